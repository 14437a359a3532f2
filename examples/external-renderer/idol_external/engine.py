"""The engine: a robot that draws itself. Stands for any program; it imports nothing of Idol.

Reads a JSON line for each frame from its input, draws BGRA into the mapped memory, and answers.
"""

from __future__ import annotations

import json
import math
import sys
import zlib
from typing import Any

import cv2
import numpy as np

RATE = 48_000
OPEN = {
    "sil": (0.0, 0.5), "PP": (0.0, 0.4), "FF": (0.12, 0.5), "TH": (0.25, 0.5), "DD": (0.3, 0.5),
    "kk": (0.35, 0.5), "CH": (0.3, 0.3), "SS": (0.18, 0.6), "nn": (0.22, 0.5), "RR": (0.3, 0.35),
    "aa": (1.0, 0.6), "E": (0.6, 0.7), "ih": (0.4, 0.75), "oh": (0.8, 0.35), "ou": (0.5, 0.22),
}  # fmt: skip
"""How far each viseme opens the mouth, and how wide it is."""
GLOW = {
    "happy": (150, 255, 190), "excited": (90, 220, 255), "shy": (200, 160, 255),
    "surprised": (255, 240, 140), "thinking": (255, 190, 120),
}  # fmt: skip
"""Colour of eyes and mouth for an emotion, BGR."""


class Robot:
    def __init__(self, job: dict[str, Any]) -> None:
        width, height = job["size"]
        self.picture = np.memmap(job["memory"], np.uint8, "r+", shape=(height, width, 4))
        self.seed = job["seed"]
        top, low = np.array([70, 40, 30]), np.array([150, 90, 60])
        shade = np.linspace(0, 1, height)[:, None, None]
        self.ground = np.empty((height, width, 4), np.uint8)
        self.ground[..., :3] = top + (low - top) * shade
        self.ground[..., 3] = 255
        self.unit = min(width / 720, height / 1000)
        self.middle = (width * (0.5 if height > width else 0.64), height * 0.45)

    def wander(self, t: float, which: int) -> float:
        """A slow motion that never repeats, -1..1."""
        phase = zlib.crc32(f"{self.seed} {which}".encode()) % 628 / 100
        return 0.6 * math.sin(t * 0.93 + phase) + 0.4 * math.sin(t * 1.618 + 2 * phase)

    def draw(self, moment: dict[str, Any]) -> None:
        canvas, t = self.picture, moment["pts"] / RATE
        np.copyto(canvas, self.ground)
        age = (moment["pts"] - moment["gesture_pts"]) / RATE
        busy = moment["gesture"] != "none" and 0 <= age < 2.5
        nod = math.sin(age * 7) * (1 - age / 2.5) if busy else 0.0
        x = 14 * self.wander(t, 1)
        y = 10 * self.wander(t * 1.3, 2) + 26 * nod - 20 * moment["loudness"]
        glow = GLOW.get(moment["emotion"], (255, 225, 130))
        self.box(canvas, x * 0.4, 470 + y * 0.3, 190, 190, 60, (200, 190, 196))
        self.box(canvas, x * 0.4, 470 + y * 0.3, 70, 50, 20, (120, 96, 90))
        for side in (-1, 1):
            lift = -150 * max(0.0, nod) if busy and side > 0 else 0
            self.box(
                canvas, x * 0.4 + side * 250, 480 + lift + y * 0.2, 42, 120, 42, (176, 160, 168)
            )
            self.box(canvas, x + side * 222, y, 26, 70, 24, (176, 160, 168))
        self.box(canvas, x, y, 215, 185, 90, (236, 228, 232))
        self.box(canvas, x, y + 8, 176, 136, 64, (74, 44, 40))
        shut = self.blink(t)
        for side in (-1, 1):
            look = 12 * self.wander(t * 0.7, 3)
            tall = 44 * (0.15 if shut else 1.2 if moment["emotion"] == "surprised" else 1)
            self.oval(canvas, x * 1.4 + side * 78 + look, y - 26, 30, tall, glow)
        self.mouth(canvas, x * 1.4, y + 78, moment["mouth"], glow)
        self.box(canvas, x, y - 232, 7, 46, 6, (176, 160, 168))
        self.oval(canvas, x * 1.1, y - 288, 20, 20, glow)

    def blink(self, t: float) -> bool:
        slot = int(t / 3.1)
        start = slot * 3.1 + zlib.crc32(f"{self.seed} blink {slot}".encode()) % 280 / 100
        return start <= t < start + 0.14

    def mouth(
        self, canvas: np.ndarray, x: float, y: float, mouth: dict[str, Any], glow: tuple[int, ...]
    ) -> None:
        a, b = OPEN.get(mouth["from"], OPEN["sil"]), OPEN.get(mouth["to"], OPEN["sil"])
        k, weight = mouth["blend"], mouth["weight"]
        opened = (a[0] + (b[0] - a[0]) * k) * weight
        wide = a[1] + (b[1] - a[1]) * k
        self.oval(canvas, x, y, 90 * wide, 6 + 40 * opened, glow)
        if opened > 0.2:
            self.oval(canvas, x, y, 90 * wide - 10, 40 * opened - 4, (60, 30, 90))

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round(self.middle[0] + x * self.unit), round(self.middle[1] + y * self.unit)

    def oval(
        self, canvas: np.ndarray, x: float, y: float, rx: float, ry: float, colour: tuple[int, ...]
    ) -> None:
        axes = (max(1, round(rx * self.unit)), max(1, round(ry * self.unit)))
        cv2.ellipse(canvas, self.at(x, y), axes, 0, 0, 360, (*colour, 255), -1, cv2.LINE_AA)

    def box(
        self,
        canvas: np.ndarray,
        x: float,
        y: float,
        half_width: float,
        half_height: float,
        corner: float,
        colour: tuple[int, ...],
    ) -> None:
        """A rounded box, shaded below."""
        for down, share in ((0.0, 0.82), (-0.06, 1.0)):
            shade = tuple(round(v * share) for v in colour)
            left, top = x - half_width + corner, y - half_height + corner + down * half_height
            right, low = x + half_width - corner, y + half_height - corner + down * half_height
            points = [self.at(*p) for p in ((left, top), (right, top), (right, low), (left, low))]
            fill = (*shade, 255)
            cv2.fillPoly(canvas, [np.array(points)], fill)
            for p, q in zip(points, (*points[1:], points[0]), strict=True):
                cv2.line(canvas, p, q, fill, max(1, round(2 * corner * self.unit)), cv2.LINE_AA)


def main() -> None:
    cv2.setNumThreads(1)
    robot: Robot | None = None
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if message["type"] == "load":
                robot = Robot(message)
                answer: dict[str, Any] = {"type": "ready"}
            else:
                assert robot is not None, "a frame before load"
                robot.draw(message)
                answer = {"type": "done", "pts": message["pts"]}
        except Exception as error:
            answer = {"type": "error", "text": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
