"""CPU time of the overlay per frame: python -m benchmarks.overlay

Prints median, P99 and worst in milliseconds of one core, for a card with captions that are
being heard, and for the seconds in which a buyer is celebrated. The worst frames paint a new
sprite; the median is what every frame costs.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.table import Table
from idol.avatar.overlay import Overlay
from idol.clock import SAMPLE_RATE
from idol.model import CardView, Scene
from idol.ports import Moment, MouthKey

PICTURE = Path(__file__).parents[1] / "assets/shows/zh-autumn/pictures/cloud-jacket.png"
CAPTION = "先看一号链接，云步轻跑外套，秋天最让人为难的就是出门那一下，穿卫衣嫌凉，穿棉服又嫌热。"


def measure(size: tuple[int, int], thanks: str, seconds: float = 4.0, fps: int = 25) -> list[float]:
    """Milliseconds of CPU for each frame."""
    cv2.setNumThreads(1)
    card = CardView(
        1, "云步轻跑外套", "¥269", "¥329", "剩 8 件", picture=str(PICTURE), deadline=9e9
    )
    scene = Scene(cards=(card,), ai_label="AI 虚拟主播", sponsor_label="广告")
    moment = Moment(0, scene, MouthKey("sil", "sil", 0), card=1, price_flip_pts=0, caption=CAPTION)
    overlay, frame = Overlay(size), np.zeros((size[1], size[0], 4), np.uint8)
    overlay.draw(frame, moment)
    spent = []
    for i in range(int(seconds * fps)):
        now = replace(
            moment,
            pts=(i + 1) * SAMPLE_RATE // fps,
            scene=replace(scene, thanks=thanks),
            caption_chars=i * len(CAPTION) // int(seconds * fps),
            wall=1000 + i / fps,
        )
        start = time.process_time_ns()
        overlay.draw(frame, now)
        spent.append((time.process_time_ns() - start) / 1e6)
    return spent


def run() -> list[Table]:
    """Both orientations, with and without a celebration."""
    table = Table("Overlay, ms of CPU per frame", ("picture", "median", "P99", "worst"))
    for size in ((720, 1280), (1280, 720)):
        for what, thanks in (("card and captions", ""), ("and a celebration", "小鹿")):
            ms = np.array(measure(size, thanks))
            figures = (np.median(ms), np.percentile(ms, 99), ms.max())
            table.add(f"{size[0]}x{size[1]} {what}", *(f"{figure:.2f}" for figure in figures))
    return [table]


if __name__ == "__main__":
    print(run()[0].markdown())
