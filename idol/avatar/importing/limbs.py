"""Arms as they are drawn to arms that move: where the joints are, and each bone turned upright."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.importing.layers import Drawn, Image

Point = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bone:
    """A limb turned to point up: straight BGRA, and where its joint lies in the picture."""

    image: Image
    joint: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arm:
    """The right arm on the drawing's canvas: its joints, the hand's direction, its pictures."""

    shoulder: Point
    elbow: Point
    wrist: Point
    hand: float
    """Degrees, 0 up, clockwise."""
    bones: dict[str, Bone]
    """By file name: upperarm, forearm, hand_NAME."""

    @property
    def lengths(self) -> tuple[float, float]:
        """Of upper arm and forearm."""
        return math.dist(self.shoulder, self.elbow), math.dist(self.elbow, self.wrist)


def arm(parts: Mapping[str, Drawn]) -> Arm:
    """`parts` are upper, lower, and hands by ``hand_NAME`` with ``hand_rest`` among them.

    All are drawn in place, as one arm with a hand.
    """
    upper, lower, hand = parts["upper"], parts["lower"], parts.get("hand_rest")
    elbow = _meeting(upper, lower)
    shoulder = _end(upper, elbow)
    wrist = _meeting(lower, hand) if hand is not None else _end(lower, elbow)
    tip = _far(hand, wrist) if hand is not None else wrist + (wrist - elbow)
    bones = {
        "upperarm": _upright(upper, shoulder, elbow),
        "forearm": _upright(lower, elbow, wrist),
    }
    for name, drawn in parts.items():
        if name.startswith("hand_"):
            bones[name] = _upright(drawn, wrist, tip)
    if hand is None:
        bones["hand_rest"] = Bone(np.zeros((8, 8, 4), np.uint8), (4.0, 8.0))
    along = tip - wrist
    turn = math.degrees(math.atan2(along[0], -along[1]))
    return Arm(shoulder, elbow, wrist, turn, bones)


def _points(drawn: Drawn) -> Point:
    """Canvas places of what is drawn, (n, 2)."""
    ys, xs = np.nonzero(drawn.image[..., 3] > 128)
    return np.stack([xs + drawn.x, ys + drawn.y], axis=1).astype(np.float64)


def _meeting(one: Drawn, other: Drawn) -> Point:
    """The middle of where two layers overlap, or of the gap between them."""
    a, b = _points(one), _points(other)
    both = {tuple(p) for p in a.astype(int)} & {tuple(p) for p in b.astype(int)}
    if both:
        middle: Point = np.array(list(both), np.float64).mean(axis=0)
        return middle
    near = a[np.argmin(((a - b.mean(axis=0)) ** 2).sum(axis=1))]
    nearest = b[np.argmin(((b - near) ** 2).sum(axis=1))]
    gap: Point = (near + nearest) / 2
    return gap


def _far(drawn: Drawn, start: Point) -> Point:
    """The end of a layer away from `start`: the middle of its furthest twentieth."""
    points = _points(drawn)
    away = ((points - start) ** 2).sum(axis=1)
    far: Point = points[away >= np.quantile(away, 0.95)].mean(axis=0)
    return far


def _end(drawn: Drawn, start: Point) -> Point:
    """The joint at the far end: half the limb's thickness before its tip."""
    points, tip = _points(drawn), _far(drawn, start)
    along = (tip - start) / max(float(np.hypot(*(tip - start))), 1.0)
    across = np.abs((points - start) @ np.array([-along[1], along[0]]))
    thick = float(np.quantile(across, 0.9))
    end: Point = tip - along * thick * 0.6
    return end


def _upright(drawn: Drawn, joint: Point, end: Point) -> Bone:
    """Turned about `joint` so that `end` lies straight above it."""
    along = end - joint
    turn = -math.atan2(along[0], -along[1])
    cos, sin = math.cos(turn), math.sin(turn)
    spin = np.array([[cos, -sin], [sin, cos]])
    height, width = drawn.image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)], np.float64)
    corner = np.array([drawn.x, drawn.y], np.float64)
    placed = (corners + corner - joint) @ spin.T
    low = np.floor(placed.min(axis=0)) - 2
    size = np.ceil(placed.max(axis=0)) + 2 - low
    shift = spin @ (corner - joint) - low
    matrix = np.concatenate([spin, shift[:, None]], axis=1)
    colours = drawn.image.astype(np.float32)
    colours[..., :3] *= colours[..., 3:] / 255
    out = cv2.warpAffine(colours, matrix, (int(size[0]), int(size[1])), flags=cv2.INTER_CUBIC)
    out[..., :3] /= np.maximum(out[..., 3:] / 255, 1e-3)
    image = np.asarray(np.clip(out + 0.5, 0, 255), np.uint8)
    return Bone(image, (-float(low[0]), -float(low[1])))


@dataclass(frozen=True, slots=True)
class Fitting:
    """From another idol's arm poses to these arms: shoulders and lengths differ.

    `here` and `there` are right shoulders in design pixels, ours and theirs; `scale` is how much
    longer our arms are. Hand shapes that are not drawn become the hand at rest.
    """

    here: Point
    there: Point
    scale: float
    axis: float
    hands: frozenset[str]

    def moves(self, section: Any) -> dict[str, Any]:
        """Gestures by name."""
        return {
            name: {**gesture, "keys": [self.both(key) for key in gesture["keys"]]}
            for name, gesture in section.items()
        }

    def both(self, value: Any) -> dict[str, Any]:
        """Anything with a pose for `left`, `right` or both."""
        out = dict(value)
        for side in ("left", "right"):
            if out.get(side):
                out[side] = self._pose(out[side], side == "left")
        return out

    def _pose(self, value: Any, mirrored: bool) -> dict[str, Any]:
        out = dict(value)
        for joint in ("elbow", "wrist"):
            out[joint] = self._point(value[joint], mirrored)
        out["shape"] = value["shape"] if value["shape"] in self.hands else "rest"
        return out

    def _point(self, p: Any, mirrored: bool) -> list[float]:
        flip = np.array([-1.0, 1.0]) if mirrored else np.ones(2)
        shift = np.array([2 * self.axis, 0.0]) if mirrored else np.zeros(2)
        at = (np.array(p, np.float64) - shift) * flip  # as on the right
        out = ((at - self.there) * self.scale + self.here) * flip + shift
        return [round(float(v), 1) for v in out]
