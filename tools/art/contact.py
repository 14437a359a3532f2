"""Contact sheets of the house's idols and stages: python tools/art/contact.py [NAME ...]

Draws with the renderer that goes on air: idols by stages by light, emotions, gestures, and both
orientations with a product, as JPEG into docs/images. Some minutes the first time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from idol.avatar.renderers.sprite import SpriteRenderer
from idol.clock import SAMPLE_RATE
from idol.model import AI_LABEL, EMOTIONS, GESTURES, CardView, Scene
from idol.ports import Moment, MouthKey

ROOT = Path(__file__).resolve().parents[2]
IDOLS, STAGES = ("aira", "kai"), ("studio", "boutique", "autumn")
PICTURES = ROOT / "assets" / "shows" / "zh-autumn" / "pictures"
FPS, MOST = 12, 400_000


class Camera:
    """One idol on one stage at one size; each picture goes on where the last one ended."""

    def __init__(self, idol: str, stage: str, size: tuple[int, int]) -> None:
        self.renderer = SpriteRenderer()
        folders = ROOT / "assets" / "idols" / idol, ROOT / "assets" / "stages" / stage
        self.renderer.load(*folders, size, FPS, 7)
        self.frame = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
        self.pts = 0

    def take(
        self,
        seconds: float = 1.0,
        light: str = "auto",
        emotion: str = "neutral",
        gesture: str = "none",
        card: CardView | None = None,
        caption: str = "",
    ) -> np.ndarray:
        """The picture after some seconds of this; BGR."""
        start = self.pts
        scene = Scene("zh", (card,) if card else (), AI_LABEL["zh"], light=light)  # type: ignore[arg-type]
        for _ in range(round(seconds * FPS)):
            now = Moment(
                self.pts, scene, MouthKey("sil", "sil", 0), emotion, gesture, start,
                card.listing if card else None, start, start if card else -1,
                caption=caption, caption_chars=len(caption) // 2,
            )  # fmt: skip
            self.renderer.render(now, self.frame)
            self.pts += SAMPLE_RATE // FPS
        return cv2.cvtColor(self.frame, cv2.COLOR_YUV2BGR_I420)


def product(name: str, title: str) -> CardView:
    """A card with a picture of the demo show."""
    return CardView(
        1, title, "¥199.00", "¥299.00", "仅剩 12 件", picture=str(PICTURES / f"{name}.png")
    )


def save(rows: list[list[np.ndarray]], file: Path) -> None:
    """Lay pictures out in rows and save them, small enough for the docs."""
    gap = 8
    wide = max(sum(p.shape[1] + gap for p in row) for row in rows) + gap
    high = sum(row[0].shape[0] + gap for row in rows) + gap
    sheet = np.full((high, wide, 3), 24, np.uint8)
    y = gap
    for row in rows:
        x = gap
        for picture in row:
            sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
            x += picture.shape[1] + gap
        y += row[0].shape[0] + gap
    for quality in range(92, 30, -4):
        _, data = cv2.imencode(".jpg", sheet, (cv2.IMWRITE_JPEG_QUALITY, quality))
        if data.size < MOST:
            break
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.tobytes())


SMALL, LARGE = (270, 480), (404, 720)


def stages() -> list[list[np.ndarray]]:
    """Each idol on each stage, by day and by night."""
    rows = []
    for idol in IDOLS:
        cameras = [Camera(idol, stage, SMALL) for stage in STAGES]
        rows.append([c.take(1.5, light) for c in cameras for light in ("day", "night")])
    return rows


def emotions() -> list[list[np.ndarray]]:
    """Each idol's faces, six in a row."""
    rows = []
    for idol in IDOLS:
        camera = Camera(idol, "studio", LARGE)
        faces = []
        for emotion in EMOTIONS:
            shots = [camera.take(t, emotion=emotion) for t in (1.3, 0.17, 0.17, 0.17)]
            # the one with most in it: no blink by chance
            face = max((shot[90:450, 37:367] for shot in shots), key=_edges)
            faces.append(np.asarray(cv2.resize(face, (220, 240), interpolation=cv2.INTER_AREA)))
        faces += [np.full_like(faces[0], 24)] * (-len(faces) % 6)
        rows += [faces[i : i + 6] for i in range(0, len(faces), 6)]
    return rows


def _edges(image: np.ndarray) -> float:
    return float(cv2.Laplacian(image, cv2.CV_32F).std())


def gestures() -> list[list[np.ndarray]]:
    """Each idol's gestures at their height."""
    rows = []
    for idol, stage in zip(IDOLS, ("autumn", "boutique"), strict=True):
        camera = Camera(idol, stage, SMALL)
        row = []
        for gesture in GESTURES[1:]:
            row.append(camera.take(1.2, emotion="happy", gesture=gesture))
            camera.take(2.4)
        rows.append(row)
    return rows


def orientations() -> list[list[np.ndarray]]:
    """Both compositions, with a product."""
    rows = []
    for idol, stage, light, card in (
        ("aira", "autumn", "day", product("hill-bottle", "山丘保温杯")),
        ("kai", "boutique", "night", product("cloud-jacket", "云步轻跑外套")),
    ):
        cameras = [Camera(idol, stage, size) for size in (LARGE, (1280, 720))]
        shots = [c.take(1.6, light, "happy", "present", card, CAPTION) for c in cameras]
        small = [cv2.resize(p, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA) for p in shots]
        rows.append([np.asarray(p) for p in small])
    return rows


SHEETS = {f.__name__: f for f in (stages, emotions, gestures, orientations)}


def main() -> None:
    """Draw every sheet, or those that are named."""
    for name in sys.argv[1:] or SHEETS:
        save(SHEETS[name](), ROOT / "docs" / "images" / f"{name}.jpg")


CAPTION = "先看一号链接，今天直播间的价格只有一百九十九。"


if __name__ == "__main__":
    main()
