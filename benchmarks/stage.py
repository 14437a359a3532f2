"""CPU of a stage's life and of a product: python -m benchmarks.stage

Milliseconds of CPU per frame for what moves behind and before her, on every stage of the house.
"""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks.table import Table
from idol.avatar import stage as stages
from idol.avatar.life import Life
from idol.avatar.products import Products
from idol.clock import SAMPLE_RATE
from idol.model import CardView, Scene
from idol.ports import Moment, MouthKey
from idol.weights import default_cache

ROOT = Path(__file__).resolve().parents[1]
PICTURE = str(ROOT / "assets/shows/zh-autumn/pictures/cloud-jacket.png")
CARD = CardView(1, "外套", "¥199.00", picture=PICTURE)


def measure(name: str, size: tuple[int, int], frames: int = 400) -> tuple[float, float]:
    """Median milliseconds of CPU a frame: life, product."""
    cv2.setNumThreads(1)
    stage = stages.load(ROOT / "assets/stages" / name, size, default_cache() / "avatar")
    light = stage.light("auto", 0)
    bare = stage.picture(light)
    frame = bare.copy()
    life = Life(stage.spec.life, stage.orientation, size, stage.scale, 1)
    products = Products(stage, size)
    spent: tuple[list[float], list[float]] = ([], [])
    for i in range(frames):
        np.copyto(frame, bare)
        start = time.process_time()
        for front in (False, True):
            life.draw(frame, bare, i / 25, 0.2, light, front)
        half = time.process_time()
        now = Moment(i * SAMPLE_RATE // 25, Scene(cards=(CARD,)), MouthKey("sil", "sil", 0), card=1)
        products.draw(frame, bare if products.behind else None, now)
        spent[0].append((half - start) * 1000)
        spent[1].append((time.process_time() - half) * 1000)
    return float(np.median(spent[0])), float(np.median(spent[1]))


def run() -> list[Table]:
    """Every stage of the house in both orientations."""
    table = Table("Stages, ms of CPU per frame (median)", ("stage", "picture", "life", "product"))
    for name in ("studio", "boutique", "autumn"):
        for size in ((720, 1280), (1280, 720)):
            life, product = measure(name, size)
            table.add(name, f"{size[0]}x{size[1]}", round(life, 2), round(product, 2))
    return [table]


if __name__ == "__main__":
    for made in run():
        print(made.markdown())
