"""Depth of a stage: its planes shift against each other as if somebody held the camera.

A slow drift that never repeats, and a little of her own turn. What is behind her is put together
anew only when it has moved by half a pixel, in pictures made ahead for both halves; what is before
her is drawn in every frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from idol.avatar.compose import lay
from idol.avatar.scenery import Planes
from idol.avatar.sprites import Image

MID, NEAR = 0.5, -1.8
"""How far the planes shift beside the far one; she herself stands still."""
TURN, FOLLOW = 0.35, 0.9
"""How much of the whole way her turn is worth, and the seconds in which it is followed."""
PHASES = {2: (0.25, 0.75), 4: (0.0, 0.25, 0.5, 0.75)}
"""Parts of a pixel for which there are pictures. Of two, both are equally soft: the eye would see
sharp and soft take turns."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a plane that is not empty, for each phase, and its corner in the frame."""

    images: tuple[Image, ...]
    left: int
    top: int

    def draw(self, frame: Image, shift: float) -> None:
        whole, phase = parted(shift, len(self.images))
        lay(frame, self.images[phase], at=(self.left + whole, self.top))


def parted(shift: float, phases: int) -> tuple[int, int]:
    """A shift in whole pixels, and which phase shows what is left of it."""
    whole = math.floor(shift)
    return whole, min(int((shift - whole) * phases), phases - 1)


def pieces(plane: Image | None, phases: int) -> tuple[Piece, ...]:
    """The parts of a plane that are not empty, each with its phases."""
    if plane is None:
        return ()
    step = 8
    there = cv2.dilate((plane[..., 3] > 0).astype(np.uint8), np.ones((step, step), np.uint8))
    small = there[step // 2 :: step, step // 2 :: step]
    count, _, boxes, _ = cv2.connectedComponentsWithStats(small, connectivity=8)
    out = []
    for x, y, wide, high, _ in boxes[1:count].tolist():
        left, top = max((x - 1) * step, 0), max((y - 1) * step, 0)
        part = plane[top : (y + high + 1) * step, left : (x + wide + 1) * step]
        part = cv2.copyMakeBorder(part, 0, 0, 1, 1, cv2.BORDER_CONSTANT, value=0)
        out.append(Piece(shifted(part, phases), left - 1, top))
    return tuple(out)


def shifted(image: Image, phases: int) -> tuple[Image, ...]:
    """A picture moved right by each part of a pixel."""
    size = image.shape[1::-1]
    out = []
    for part in PHASES[phases]:
        move = np.array([(1, 0, part), (0, 1, 0)], np.float64)
        moved = cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE)
        out.append(np.asarray(moved, np.uint8))
    return tuple(out)


class Depth:
    """The camera before one stage, in frames of one size (width, height)."""

    def __init__(self, size: tuple[int, int], sway: float, seed: int) -> None:
        """`sway`: output pixels that the far plane moves to either side at most, about."""
        chance = np.random.default_rng([seed, 77])
        self._size, self._sway = size, sway
        self._phase = chance.uniform(0, math.tau, 3).tolist()
        self._turn = 0.0
        self._goal = 0.0
        self._room = math.ceil(sway * (1 + TURN)) + 1
        self.far = 0.0
        """Output pixels by which the far plane stands aside, as shown."""
        self._fresh = True

    @property
    def mid(self) -> float:
        """As `far`, of the plane in which products stand."""
        return self.far * MID

    def stand_before(self, planes: Planes) -> Image:
        """Take up a stage, or another light of it; gives what is behind her now."""
        self._whole = planes.whole()
        self._near = pieces(planes.near, 4)
        if not self._sway:
            return self._whole
        self._mid = pieces(planes.mid, 2)
        room = self._room
        wide = cv2.copyMakeBorder(planes.far, 0, 0, room, room, cv2.BORDER_REFLECT_101)
        self._far = shifted(np.asarray(wide, np.uint8), 2)
        self._grounds = [np.empty_like(planes.far), np.empty_like(planes.far)]
        return self._ground()

    def look(self, time: float, turn: float, seconds: float) -> None:
        """The camera at a media time, `seconds` after the last frame, as she turns (-1..1)."""
        self._turn += (turn * TURN - self._turn) * (1 - math.exp(-seconds / FOLLOW))
        a, b, c = self._phase
        drift = 0.5 * math.sin(0.31 * time + a) + 0.3 * math.sin(0.187 * time + b)
        drift += 0.2 * math.sin(0.53 * time + c)
        self._goal = (drift + min(max(self._turn, -TURN), TURN)) * self._sway

    def moved(self) -> Image | None:
        """What is behind her after half a pixel of motion, if there was that much."""
        if not self._sway:
            return None
        if self._fresh:
            self._fresh = False
            self.far = round(self._goal * 2) / 2
        elif abs(self._goal - self.far) < 0.5:
            return None
        else:
            self.far += math.copysign(0.5, self._goal - self.far)
        return self._ground()

    def _ground(self) -> Image:
        """Put together in the one of two pictures that is not on show."""
        self._grounds.reverse()
        ground = self._grounds[0]
        whole, phase = parted(self.far, 2)
        left = self._room - whole
        np.copyto(ground, self._far[phase][:, left : left + self._size[0]])
        for piece in self._mid:
            piece.draw(ground, self.mid)
        return ground

    def front(self, frame: Image) -> None:
        """Draw what is before her."""
        for piece in self._near:
            piece.draw(frame, self._goal * NEAR)
