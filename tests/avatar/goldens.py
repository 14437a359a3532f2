"""Golden pictures: how each idol looked when somebody last judged her with their own eyes.

After an intended change of looks: look at `idol avatar sheet`, then draw them again with
`python tests/avatar/goldens.py` and commit what comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from avatar_folders import ROOT, STUDIO

from idol.avatar.contact import FPS, SILENT, Camera
from idol.model import EMOTIONS, GESTURES, VISEMES, Scene
from idol.ports import MouthKey

FOLDER = Path(__file__).parent / "golden"
IDOLS = [
    folder.name
    for folder in sorted((ROOT / "assets" / "idols").iterdir())
    if (folder / "avatar.yaml").is_file()
]
KINDS = ("emotions", "visemes", "gestures", "states")
SIZE = (270, 480)
CELL = {"emotions": (72, 90), "visemes": (72, 56), "gestures": (72, 128), "states": (72, 128)}
COLUMNS = 8
FINE = [
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
]
TOLERANCE = 9.0
"""Colour distance (CIE Lab) at the worst place of a cell; an eye sees about 2 side by side."""


def cells(idol: str, cache: Path | None) -> Iterator[tuple[str, str, np.ndarray]]:
    """Kind, name and small picture of everything that is compared."""
    camera = Camera(ROOT / "assets" / "idols" / idol, STUDIO, SIZE, cache)
    camera.last(0.4)

    def small(kind: str, image: np.ndarray) -> np.ndarray:
        return cv2.resize(image, CELL[kind], interpolation=cv2.INTER_AREA)

    for emotion in EMOTIONS:
        image = camera.last(1.3, emotion=emotion)
        yield "emotions", emotion, small("emotions", camera.head(image))
    camera.last(1.2, emotion="neutral")
    for viseme in VISEMES:
        image = camera.last(0.32, mouth=MouthKey(viseme, viseme, 0.0))
        yield "visemes", viseme, small("visemes", camera.mouth(image))
    camera.last(0.8, mouth=SILENT)
    for gesture in GESTURES[1:]:
        *_, image = camera.gesture(gesture, 1.0)
        yield "gestures", gesture, small("gestures", image)
        camera.last(0.5, gesture="none")
    for state in ("idle", "listening", "thinking", "waiting", "celebrating"):
        image = camera.last(2.2, scene=Scene(activity=state, ai_label="AI"))
        yield "states", state, small("states", image)
    assert FPS == 25


def sheet(pictures: list[np.ndarray]) -> np.ndarray:
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // COLUMNS)
    out = np.zeros((rows * height, COLUMNS * width, 3), np.uint8)
    for i, picture in enumerate(pictures):
        y, x = i // COLUMNS * height, i % COLUMNS * width
        out[y : y + height, x : x + width] = picture
    return out


def cell(drawn: np.ndarray, kind: str, i: int) -> np.ndarray:
    width, height = CELL[kind]
    y, x = i // COLUMNS * height, i % COLUMNS * width
    return drawn[y : y + height, x : x + width]


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """How differently two cells look at their worst place: blind to a pixel, not to a brow."""
    lab = [
        cv2.cvtColor(cv2.GaussianBlur(p, (0, 0), 1.6).astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
        for p in (a, b)
    ]
    return float(np.linalg.norm(lab[0] - lab[1], axis=2).max())


def file(idol: str, kind: str) -> Path:
    return FOLDER / f"{idol}-{kind}.jpg"


def redraw() -> None:
    FOLDER.mkdir(exist_ok=True)
    for idol in IDOLS:
        drawn: dict[str, list[np.ndarray]] = {kind: [] for kind in KINDS}
        for kind, _, picture in cells(idol, None):
            drawn[kind].append(picture)
        for kind, pictures in drawn.items():
            cv2.imwrite(str(file(idol, kind)), sheet(pictures), FINE)
            print(file(idol, kind))


if __name__ == "__main__":
    redraw()
    from test_avatar_renderer import draw_goldens

    draw_goldens()
