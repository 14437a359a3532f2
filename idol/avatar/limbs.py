"""Arms and hands: two bones from shoulder to wrist, carried by the body, and a hand on the end."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.bake import Atlas, Image
from idol.avatar.bend import Bend
from idol.avatar.compose import Composer
from idol.avatar.outline import Outline, measure
from idol.avatar.pack import Pack
from idol.avatar.rig import Rig
from idol.ports import Pose

Array = npt.NDArray[np.float64]

_OVERLAP = 46.0
"""Design pixels above the elbow at which the near part of a sleeve begins."""


class Limbs:
    """Both arms of one idol at one scale. `corner` is the frame's, in design pixels."""

    def __init__(
        self, pack: Pack, atlas: Atlas, composer: Composer, rig: Rig, corner: tuple[float, float]
    ) -> None:
        self._pack, self._arms, self._rig = pack, pack.arms, rig
        self._none = pack.limbless
        self._params: Mapping[str, float] | None = None
        self._at: dict[str, tuple[Array, Array, Array]] = {}
        self._composer, self._corner, self._scale = composer, corner, atlas.scale
        names = ["sleeve"] if pack.arms.sleeve else ["upperarm", "forearm"]
        names += [f"hand_{name}" for name in pack.arms.hands]
        self._sprites = {name: atlas.sprites[name] for name in names}
        self._pictures: dict[tuple[str, str], tuple[Image, Outline]] = {}
        for name in names:
            right = atlas.sprites[name].image
            for side, image in (("R", right), ("L", np.ascontiguousarray(cv2.flip(right, 1)))):
                self._pictures[name, side] = (image, measure(image, 4))

    def upper(self, frame: Image, params: Mapping[str, float]) -> None:
        """Draw what lies behind the hair: both upper arms."""
        arms = self._arms
        for side in "LR":
            shoulder, elbow, wrist = self._joints(params, side)
            if arms.sleeve:
                self._sleeve(frame, side, (shoulder, elbow, wrist), -60.0, arms.upper + 30)
            else:
                self._bone(frame, "upperarm", side, shoulder, elbow, arms.upper)

    def lower(self, frame: Image, pose: Pose) -> None:
        """Draw what lies over everything: forearms and hands, the higher hand nearer."""
        if self._none:
            return
        arms, params = self._arms, pose.params
        joints = {side: self._joints(params, side) for side in "LR"}
        for side in sorted("LR", key=lambda side: -joints[side][2][1]):
            shoulder, elbow, wrist = joints[side]
            self._hand(frame, side, wrist, pose)
            if arms.sleeve:
                whole = arms.upper + arms.lower
                self._sleeve(
                    frame, side, (shoulder, elbow, wrist), arms.upper - _OVERLAP, whole + 60
                )
            else:
                self._bone(frame, "forearm", side, elbow, wrist, arms.lower)

    def where(self, pose: Pose) -> npt.NDArray[np.float32]:
        """What moves when the arms do, in output pixels: joints, tips of the hands, shapes."""
        out: list[float] = []
        for i, side in enumerate("LR"):
            _, elbow, wrist = self._joints(pose.params, side)
            turn = math.radians(pose.params[f"Arm{side}Hand"])
            reach = 110 * self._arms.hand_scale
            tip = (wrist[0] + math.sin(turn) * reach, wrist[1] - math.cos(turn) * reach)
            # a change of shape is as good as a jump
            shape = (self._arms.hands.index(pose.hands[i]) + pose.hands_new[i]) * 1e3
            out += [*elbow, *wrist, *tip, shape]
        return np.array(out, np.float32) * np.float32(self._scale)

    def boxes(self, pose: Pose) -> npt.NDArray[np.intp]:
        """Rectangles (n, 4) of the frame that hold the arms: upper, lower and hand of each."""
        boxes: list[tuple[int, int, int, int]] = []
        if self._none:
            return np.zeros((0, 4), np.intp)
        for side in "LR":
            shoulder, elbow, wrist = self._joints(pose.params, side)
            boxes.append(self._box((shoulder, elbow), 70))
            boxes.append(self._box((elbow, wrist), 60))
            boxes.append(self._box((wrist,), 150 * self._arms.hand_scale))
        return np.array(boxes, np.intp)

    def clear(self, pose: Pose, rects: npt.NDArray[np.intp]) -> bool:
        """Whether none of `rects` meets the lower arms."""
        if self._none:
            return True
        boxes = self.boxes(pose)[[1, 2, 4, 5]]
        some = rects[rects[:, 2] > rects[:, 0], None]
        meet = (some[..., :2] < boxes[:, 2:]) & (some[..., 2:] > boxes[:, :2])
        return not meet.all(axis=2).any()

    def _box(self, points: tuple[Array, ...], pad: float) -> tuple[int, int, int, int]:
        (left, top), scale = self._corner, self._scale
        x, y = [float(p[0]) for p in points], [float(p[1]) for p in points]
        return (
            *(int((min(x) - pad - left) * scale), int((min(y) - pad - top) * scale)),
            *(int((max(x) + pad - left) * scale) + 1, int((max(y) + pad - top) * scale) + 1),
        )

    def _joints(self, params: Mapping[str, float], side: str) -> tuple[Array, Array, Array]:
        """Shoulder, elbow and wrist in design pixels, carried by the body."""
        if params is not self._params:  # asked several times in a frame
            x, y = self._arms.shoulder
            points = []
            for which, shoulder in (("L", 2 * self._pack.axis - x), ("R", x)):
                points.append((shoulder, y))
                for joint in ("Elbow", "Wrist"):
                    name = f"Arm{which}{joint}"
                    points.append((params[f"{name}X"], params[f"{name}Y"]))
            place = np.array(points, np.float64)
            at = place.astype(np.float32)
            dx, dy = self._rig.lean(at[:, :1], at[:, 1:], params)
            place += np.concatenate([dx, dy], axis=1)
            self._params = params
            self._at = {
                "L": (place[0], place[1], place[2]),
                "R": (place[3], place[4], place[5]),
            }
        return self._at[side]

    def _hand(self, frame: Image, side: str, wrist: Array, pose: Pose) -> None:
        """The hand; while it changes its shape, the old one turns away and the new one comes."""
        i = 0 if side == "L" else 1
        turn = math.radians(pose.params[f"Arm{side}Hand"])
        size, t = self._arms.hand_scale, pose.hands_new[i]
        new, old = pose.hands[i], pose.hands_before[i]
        girth = 1.0 - 0.3 * math.sin(math.pi * t) if old != new else 1.0
        if old != new and t < 1:
            self._limb(
                frame, f"hand_{old}", side, wrist, turn, size, 1.0, girth, min(1.0, 2 - 2 * t)
            )
        opacity = min(1.0, 2 * t) if old != new else 1.0
        self._limb(frame, f"hand_{new}", side, wrist, turn, size, 1.0, girth, opacity)

    def _sleeve(
        self, frame: Image, side: str, joints: tuple[Array, Array, Array], first: float, last: float
    ) -> None:
        """The part of a sleeve from `first` to `last` design pixels along it."""
        arms, scale = self._arms, self._scale
        image, _ = self._pictures["sleeve", side]
        sprite = self._sprites["sleeve"]
        x = sprite.x if side == "R" else -sprite.x - image.shape[1] / scale
        # rows of the picture, which points up
        top = max(0, round((-last - sprite.y) * scale))
        bottom = min(image.shape[0], round((-first - sprite.y) * scale))
        place = [(joint - self._corner) * scale for joint in joints]
        bend = Bend(
            (place[0], place[1], place[2]),
            (arms.upper * scale, arms.lower * scale),
            (-x * scale - 0.5, -sprite.y * scale - 0.5 - top),
            image.shape[1] / 2,
            arms.elbow * scale,
        )
        rect = bend.reach(
            (self._composer.width, self._composer.height),
            max(first * scale, -(sprite.y * scale + image.shape[0])),
            min(last * scale, -sprite.y * scale),
        )
        if rect is not None:
            self._composer.bent(frame, image[top:bottom], bend, rect)

    def _bone(
        self, frame: Image, name: str, side: str, start: Array, end: Array, long: float
    ) -> None:
        x, y = (end - start).tolist()
        stretch = max(math.hypot(x, y) / long, 0.3)
        self._limb(frame, name, side, start, math.atan2(x, -y), 1.0, stretch)

    def _limb(
        self,
        frame: Image,
        name: str,
        side: str,
        joint: Array,
        turn: float,
        size: float,
        stretch: float,
        girth: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Draw a limb from `joint`, pointing `turn` radians clockwise from up.

        `size` is the scale it was baked at beyond the picture's; `stretch` acts along it and
        `girth` across.
        """
        image, outline = self._pictures[name, side]
        sprite = self._sprites[name]
        x, y = sprite.x * size, sprite.y * size
        if side == "L":  # the picture is mirrored already
            x = -x - image.shape[1] / self._scale
        cos, sin, scale = math.cos(turn), math.sin(turn), self._scale
        a, b, c, d = cos * girth, -sin * stretch, sin * girth, cos * stretch
        left, top = float(joint[0]) - self._corner[0], float(joint[1]) - self._corner[1]
        # pixels are named by their middles
        across = (a * x + b * y + left) * scale + (a + b) / 2 - 0.5
        down = (c * x + d * y + top) * scale + (c + d) / 2 - 0.5
        matrix = np.array(((a, b, across), (c, d, down)))
        self._composer.turn(frame, image, outline, matrix, opacity)
