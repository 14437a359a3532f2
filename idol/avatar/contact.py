"""Contact sheets: every face, mouth, gesture and state of an idol in one look each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar import folder as folders
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.clock import SAMPLE_RATE
from idol.model import EMOTIONS, GESTURES, VISEMES, Activity, CardView, Scene
from idol.ports import Moment, MouthKey

Image = npt.NDArray[np.uint8]
"""BGR."""
FPS = 25
MIXES = ("happy+shy", "surprised:0.7+loving:0.7", "sad:0.5+proud:0.5")
STATES: tuple[Activity, ...] = (
    "idle", "listening", "thinking", "speaking", "waiting", "celebrating",
)  # fmt: skip
CARD = CardView(1, "Card", "¥199.00", "¥299.00", "12")
SILENT = MouthKey("sil", "sil", 0.0)


class Camera:
    """One loaded idol, filmed frame by frame."""

    def __init__(
        self,
        idol: Path,
        stage: Path,
        size: tuple[int, int],
        cache: Path | None = None,
        tell: Callable[[float], None] | None = None,
    ) -> None:
        """`tell` hears how much of her is baked, 0..1."""
        self._renderer = SpriteRenderer(cache)
        self._renderer.progress = tell
        self._renderer.load(idol, stage, size, FPS, seed=7)
        pack = folders.load(idol)
        view = pack.views["portrait" if size[1] >= size[0] else "landscape"]
        self._scale = size[1] / view.height
        self._left = pack.axis - view.centre * size[0] / self._scale
        self._top = view.top
        self._head = pack.head
        self._frame = 0
        self._out = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
        self.now = Moment(0, Scene(ai_label="AI"), SILENT)

    def film(self, seconds: float, **changes: object) -> Iterator[Image]:
        """Frames of the next `seconds` with these fields of the moment; the array is reused."""
        self.now = replace(self.now, **changes)  # type: ignore[arg-type]
        for _ in range(round(seconds * FPS)):
            self.now = replace(self.now, pts=self._frame * SAMPLE_RATE // FPS)
            self._renderer.render(self.now, self._out)
            self._frame += 1
            yield np.asarray(cv2.cvtColor(self._out, cv2.COLOR_YUV2BGR_I420), np.uint8)

    def last(self, seconds: float, **changes: object) -> Image:
        """The frame after `seconds`."""
        *_, image = self.film(seconds, **changes)
        return image

    def gesture(self, name: str, seconds: float) -> Iterator[Image]:
        yield from self.film(seconds, gesture=name, gesture_pts=self._frame * SAMPLE_RATE // FPS)

    def head(self, image: Image, wide: float = 1.05, high: float = 0.9) -> Image:
        """The part of a frame that shows her face."""
        (x, y), (rx, ry) = self._head.axis, self._head.radius
        return self._cut(image, x - rx * wide, y - ry * 0.78, x + rx * wide, y + ry * (high - 0.1))

    def mouth(self, image: Image) -> Image:
        """Nose to chin."""
        (x, y), (rx, ry) = self._head.axis, self._head.radius
        return self._cut(image, x - rx * 0.5, y + ry * 0.1, x + rx * 0.5, y + ry * 0.58)

    def _cut(self, image: Image, x0: float, y0: float, x1: float, y1: float) -> Image:
        box = [
            max(0, round((v - corner) * self._scale))
            for v, corner in ((x0, self._left), (y0, self._top), (x1, self._left), (y1, self._top))
        ]
        return image[box[1] : box[3], box[0] : box[2]]


def emotions(camera: Camera) -> Image:
    """Every emotion, and some mixes, half a second after its eyes have settled."""
    cells = []
    for feeling in (*EMOTIONS, *MIXES):
        # the last of several frames, so that no sheet shows a blink by chance
        frames = [camera.head(f).copy() for f in camera.film(2.2, emotion=feeling)][-14:]
        cells.append((feeling, frames[int(np.argmax([_edges(f) for f in frames]))]))
    camera.last(1.6, emotion="neutral")
    return tile(cells, 6)


def _edges(image: Image) -> float:
    """How much detail there is: an open eye has more than a shut one."""
    return float(cv2.Laplacian(image, cv2.CV_32F).std())


def visemes(camera: Camera) -> Image:
    """Every mouth shape, close up."""
    cells: list[tuple[str, Image]] = []
    for viseme in VISEMES:
        frame = camera.last(0.4, mouth=MouthKey(viseme, viseme, 0.0))
        close = cv2.resize(camera.mouth(frame), None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC)
        cells.append((viseme, np.asarray(close, np.uint8)))
    camera.last(1.0, mouth=SILENT)
    return tile(cells, 5)


def gestures(camera: Camera) -> Image:
    """Every gesture at eight moments, with the card on show."""
    scene = Scene(cards=(CARD,), ai_label="AI")
    cells = []
    times = (4, 9, 13, 18, 24, 34, 48, 62)
    camera.last(1.2, scene=scene, card=1)
    for gesture in GESTURES[1:]:
        frames = [_half(f) for i, f in enumerate(camera.gesture(gesture, 2.6)) if i in times]
        cells += [(f"{gesture} {t / FPS:.2f}", f) for t, f in zip(times, frames, strict=True)]
        camera.last(2.0, gesture="none")
    camera.last(1.0, card=None)
    return tile(cells, len(times))


def states(camera: Camera) -> Image:
    """Every activity, looked at eight times, 1.6 seconds apart."""
    cells = []
    for state in STATES:
        talk = state == "speaking"
        scene = Scene(activity=state, ai_label="AI")
        camera.last(1.2, scene=scene)
        for i in range(8):
            viseme = VISEMES[(i * 7) % 15] if talk else "sil"
            mouth = MouthKey(viseme, viseme, 0.0)
            louder = 0.25 if talk and i % 2 else 0.02 * talk
            frame = camera.last(1.6, mouth=mouth, loudness=louder)
            cells.append((f"{state} {i}", _half(frame)))
        camera.last(1.0, mouth=SILENT, loudness=0.0)
    return tile(cells, 8)


def _half(image: Image) -> Image:
    return np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


SHEETS: dict[str, Callable[[Camera], Image]] = {
    "emotions": emotions,
    "visemes": visemes,
    "gestures": gestures,
    "states": states,
}


def tile(cells: list[tuple[str, Image]], columns: int) -> Image:
    """Pictures of one size in rows, each with its name."""
    height, width = cells[0][1].shape[:2]
    rows = -(-len(cells) // columns)
    sheet = np.full((rows * height, columns * width, 3), 24, np.uint8)
    for i, (name, image) in enumerate(cells):
        y, x = i // columns * height, i % columns * width
        sheet[y : y + height, x : x + width] = image
        for colour, thick in (((20, 10, 20), 4), ((255, 255, 255), 1)):
            cv2.putText(
                sheet, name, (x + 8, y + height - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour,
                thick, cv2.LINE_AA,
            )  # fmt: skip
    return sheet
