"""Draws a pose: the idol in front of her stage, into a BGRA frame.

The back of the picture (stage, long hair, body, upper arms) moves slowly most of the time. It is
kept and redrawn only when something in it has moved by a visible amount; face and hands are
drawn in every frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.bake import Atlas, Image, lid_weights
from idol.avatar.compose import Composer
from idol.avatar.pack import Layer, Orientation, Pack, mouth_keys
from idol.avatar.rig import GRID, Rig
from idol.avatar.springs import Noise, Springs
from idol.ports import Pose

VISIBLE = 0.25
"""Output pixels of motion in the back that are worth a redraw, at most every second frame."""
FAST = 2.5
"""Output pixels of motion that are worth one at once."""


class Puppet:
    """One idol at one frame size."""

    def __init__(
        self,
        pack: Pack,
        atlas: Atlas,
        background: Image,
        orientation: Orientation,
        seed: int,
    ) -> None:
        height, width = background.shape[:2]
        view = pack.views[orientation]
        self._pack, self._atlas, self._background = pack, atlas, background
        self._scale = atlas.scale
        self._left = pack.axis - view.centre * width / self._scale
        self._top = view.top
        self._frame = (
            self._left,
            self._top,
            self._left + width / self._scale,
            self._top + height / self._scale,
        )
        self._composer = Composer((width, height))
        self._back = background.copy()
        self._layers = pack.layers
        self._rig = Rig(pack, pack.layers, list(pack.springs))
        springs = list(pack.springs.values())
        self._pull = [(s.pull, s.wind) for s in springs]
        still = np.zeros(len(springs))
        self._slow = Springs([s.hz for s in springs], [s.damping for s in springs], still)
        self._quick = Springs(
            [s.hz * 1.7 for s in springs], [s.damping * 0.8 for s in springs], still
        )
        self._noise = Noise(seed + 1)
        self._time = 0.0
        self._shown: npt.NDArray[np.float32] | None = None
        self._age = 0
        limbs = ("upperarm", "forearm", *(f"hand_{name}" for name in pack.arms.hands))
        self._limbs = {
            (name, side): image
            for name in limbs
            for side, image in zip("RL", _both(atlas.sprites[name].image), strict=True)
        }
        self._mouth = atlas.banks["mouth"]
        self._mouth_names = mouth_keys(pack)
        self._eyes = {side: _Eye(pack, atlas, side == "L") for side in "LR"}
        self._boxes = np.zeros((len(pack.layers), 4), np.float32)

    def draw(
        self,
        frame: Image,
        pose: Pose,
        mouth: Mapping[str, float],
        smile: float,
        seconds: float,
    ) -> None:
        """Draw stage and idol into `frame` (h, w, 4), moving hair and ribbons by `seconds`.

        `mouth` weighs mouth keys by name (they need not add up to 1); `smile` is -1..1.
        """
        params = pose.params
        swing = self._swing(params, seconds)
        sprites = self._sprites(pose, mouth, smile)
        land, grid = self._rig.grids(self._boxes, params, swing, self._frame, 1 / self._scale)
        self._back_tier(params, land, grid, sprites)
        np.copyto(frame, self._back)
        for i, layer in enumerate(self._layers):
            if layer.tier == "front":
                self._layer(frame, i, layer, pose, sprites, land, grid)

    def _swing(self, params: Mapping[str, float], seconds: float) -> npt.NDArray[np.float32]:
        self._time += seconds
        goal = np.array(
            [
                sum(params[name] * k for name, k in pull.items())
                + wind * self._noise(i, self._time * 0.35)
                for i, (pull, wind) in enumerate(self._pull)
            ]
        )
        slow, quick = self._slow.step(goal, seconds), self._quick.step(goal, seconds)
        return np.stack([slow, quick], axis=1).astype(np.float32)

    def _sprites(
        self, pose: Pose, mouth: Mapping[str, float], smile: float
    ) -> dict[str, tuple[Image, float, float]]:
        """The picture of each layer now, with its design corner; fills the table of boxes."""
        out: dict[str, tuple[Image, float, float]] = {}
        for i, layer in enumerate(self._layers):
            if layer.limbs:
                continue
            if layer.sprite is None:
                sprite = self._atlas.sprites[layer.name]
                now = (sprite.image, sprite.x, sprite.y)
            elif layer.sprite == "mouth":
                now = self._mouth_now(mouth, smile)
            elif layer.sprite.startswith("eye"):
                eye = self._eyes["L" if layer.sprite == "eye_left" else "R"]
                now = (eye.picture(pose), eye.x, eye.y)
            else:
                now = self._brow(pose.params, "L" if layer.sprite == "brow_left" else "R")
            out[layer.name] = now
            image, x, y = now
            self._boxes[i] = (x, y, image.shape[1] / self._scale, image.shape[0] / self._scale)
        return out

    def _mouth_now(self, mouth: Mapping[str, float], smile: float) -> tuple[Image, float, float]:
        weights = np.array([mouth.get(name, 0.0) for name in self._mouth_names], np.float32)
        total = weights.sum()
        if total > 0:
            weights /= total
        side = self._pack.mouth.smile if smile > 0 else self._pack.mouth.frown
        weights[self._mouth_names.index(side)] += abs(smile)
        bank = self._mouth
        return bank.images[bank.nearest(weights)], bank.x, bank.y

    def _brow(self, params: Mapping[str, float], side: str) -> tuple[Image, float, float]:
        bank = self._atlas.banks["brow"]
        weights = (params[f"ParamBrow{side}Angle"], params[f"ParamBrow{side}Form"])
        image = bank.images[bank.nearest(np.array(weights, np.float32))]
        x = bank.x
        if side == "L":
            image = cv2.flip(image, 1)
            x = 2 * self._pack.axis - x - image.shape[1] / self._scale
        return image, x, bank.y - params[f"ParamBrow{side}Y"] * self._pack.brows.lift

    def _back_tier(
        self,
        params: Mapping[str, float],
        land: npt.NDArray[np.float32],
        grid: npt.NDArray[np.float32],
        sprites: Mapping[str, tuple[Image, float, float]],
    ) -> None:
        back = [i for i, layer in enumerate(self._layers) if layer.tier == "back"]
        still = [i for i in back if not self._layers[i].limbs]
        # where fixed points of the drawing land: two corners and the middle of each layer's box
        points = grid[still][:, (0, GRID // 2, GRID - 1), (0, GRID // 2, 0)]
        where = points - land[still, None, :2] / np.float32(self._scale)
        state = where.ravel()
        self._age += 1
        if self._shown is not None:
            moved = float(np.abs(state - self._shown).max()) * self._scale
            if moved < VISIBLE or (self._age < 2 and moved < FAST):
                return
        self._age = 0
        self._shown = state
        np.copyto(self._back, self._background)
        for i in back:
            layer = self._layers[i]
            if layer.limbs:
                self._upper_arms(self._back, params)
            else:
                self._still(self._back, i, layer, params, sprites, land, grid)

    def _layer(
        self,
        frame: Image,
        i: int,
        layer: Layer,
        pose: Pose,
        sprites: Mapping[str, tuple[Image, float, float]],
        land: npt.NDArray[np.float32],
        grid: npt.NDArray[np.float32],
    ) -> None:
        if layer.limbs == "upper":
            self._upper_arms(frame, pose.params)
        elif layer.limbs == "lower":
            self._lower_arms(frame, pose)
        else:
            self._still(frame, i, layer, pose.params, sprites, land, grid)

    def _still(
        self,
        frame: Image,
        i: int,
        layer: Layer,
        params: Mapping[str, float],
        sprites: Mapping[str, tuple[Image, float, float]],
        land: npt.NDArray[np.float32],
        grid: npt.NDArray[np.float32],
    ) -> None:
        opacity = 1.0 if layer.fade is None else min(1.0, params[layer.fade])
        if opacity < 0.02:
            return
        image, x, y = sprites[layer.name]
        # design points to picture pixels; -0.5 because pixels are named by their middles
        source = (grid[i] - np.array((x, y), np.float32)) * np.float32(self._scale) - np.float32(
            0.5
        )
        self._composer.warp(frame, image, land[i], source, opacity)

    # ---- arms: affine, in design coordinates, then to the frame

    def _joints(
        self, params: Mapping[str, float], side: str
    ) -> tuple[npt.NDArray[np.float64], ...]:
        """Shoulder, elbow and wrist in design pixels, carried by the body."""
        arms = self._pack.arms
        x, y = arms.shoulder
        if side == "L":
            x = 2 * self._pack.axis - x
        points = [(x, y)]
        points += [(params[f"Arm{side}{j}X"], params[f"Arm{side}{j}Y"]) for j in ("Elbow", "Wrist")]
        place = np.array(points, np.float64)
        dx, dy = self._rig.lean(
            place[:, :1].astype(np.float32), place[:, 1:].astype(np.float32), params
        )
        place += np.concatenate([dx, dy], axis=1)
        return tuple(place)

    def _upper_arms(self, frame: Image, params: Mapping[str, float]) -> None:
        for side in "LR":
            shoulder, elbow, _ = self._joints(params, side)
            self._bone(frame, "upperarm", side, shoulder, elbow, self._pack.arms.upper)

    def _lower_arms(self, frame: Image, pose: Pose) -> None:
        arms = self._pack.arms
        joints = {side: self._joints(pose.params, side) for side in "LR"}
        # the hand that is higher is nearer
        order = sorted("LR", key=lambda side: -joints[side][2][1])
        for side in order:
            _, elbow, wrist = joints[side]
            hand = f"hand_{pose.hands[0 if side == 'L' else 1]}"
            turn = math.radians(pose.params[f"Arm{side}Hand"])
            self._limb(frame, hand, side, wrist, turn, arms.hand_scale, 1.0)
            self._bone(frame, "forearm", side, elbow, wrist, arms.lower)

    def _bone(
        self,
        frame: Image,
        name: str,
        side: str,
        start: npt.NDArray[np.float64],
        end: npt.NDArray[np.float64],
        long: float,
    ) -> None:
        along = end - start
        stretch = max(float(np.hypot(*along)) / long, 0.3)
        self._limb(frame, name, side, start, math.atan2(along[0], -along[1]), 1.0, stretch)

    def _limb(
        self,
        frame: Image,
        name: str,
        side: str,
        joint: npt.NDArray[np.float64],
        turn: float,
        size: float,
        stretch: float,
    ) -> None:
        """Draw a limb from `joint`, pointing `turn` radians clockwise from up.

        `size` is the scale it was baked at beyond the picture's, `stretch` acts along it.
        """
        image, sprite = self._limbs[name, side], self._atlas.sprites[name]
        x, y = sprite.x * size, sprite.y * size
        if side == "L":  # the picture is mirrored already
            x = -x - image.shape[1] / self._scale
        cos, sin = math.cos(turn), math.sin(turn)
        spin = np.array([[cos, -sin * stretch], [sin, cos * stretch]])
        corner = spin @ np.array([x, y]) + joint - (self._left, self._top)
        # pixels are named by their middles
        shift = corner * self._scale + spin @ np.array([0.5, 0.5]) - 0.5
        self._composer.turn(frame, image, np.concatenate([spin, shift[:, None]], axis=1))


class _Eye:
    """One eye: white, iris where she looks, lid over it. Redrawn only when it changes."""

    def __init__(self, pack: Pack, atlas: Atlas, left: bool) -> None:
        self._pack, self._left, self._scale = pack, left, atlas.scale
        self._white, self._lid = atlas.banks["white"], atlas.banks["lid"]
        self._irises = {style: atlas.sprites[f"iris_{style}"] for style in pack.eyes.irises}
        height, width = self._lid.images.shape[1:3]
        self._picture = np.zeros((height, width, 4), np.uint8)
        self._ball = np.zeros((height, width, 4), np.uint8)
        self._composer = Composer((width, height))
        self._now: tuple[object, ...] = ()
        bank = self._lid
        self.x = bank.x if not left else 2 * pack.axis - bank.x - width / self._scale
        self.y = bank.y
        # where the white lies inside the lid's box, in pixels
        wx = round((self._white.x - bank.x) * self._scale)
        wy = round((self._white.y - bank.y) * self._scale)
        wh, ww = self._white.images.shape[1:3]
        if left:
            wx = width - wx - ww
        self._spot = (slice(max(wy, 0), wy + wh), slice(max(wx, 0), wx + ww))

    def picture(self, pose: Pose) -> Image:
        """The eye for a pose; shape of the lid bank's pictures."""
        side = "L" if self._left else "R"
        params = pose.params
        weights = lid_weights(
            self._pack, params[f"ParamEye{side}Open"], params[f"ParamEye{side}Smile"]
        )
        index = self._lid.nearest(weights)
        gx, gy = self._pack.eyes.gaze
        # a quarter of a pixel is finer than can be seen
        look = (
            round(params["ParamEyeBallX"] * gx * self._scale * 4) / 4,
            round(-params["ParamEyeBallY"] * gy * self._scale * 4) / 4,
        )
        now = (index, look, pose.eye_style)
        if now == self._now:
            return self._picture
        self._now = now
        white, lid = self._white.images[index], self._lid.images[index]
        if self._left:
            white, lid = cv2.flip(white, 1), cv2.flip(lid, 1)
        iris = self._irises.get(pose.eye_style) or self._irises["normal"]
        x = iris.x
        if self._left:  # the place is mirrored, the highlights are not
            x = 2 * self._pack.axis - x - iris.image.shape[1] / self._scale
        matrix = np.array(
            [
                [1, 0, (x - self.x) * self._scale + look[0]],
                [0, 1, (iris.y - self.y) * self._scale + look[1]],
            ],
            np.float64,
        )
        height, width = self._ball.shape[:2]
        cv2.warpAffine(iris.image, matrix, (width, height), self._ball, cv2.INTER_LINEAR)
        self._picture[:] = 0
        eye, ball = self._picture[self._spot], self._ball[self._spot]
        np.copyto(eye, white)
        inside = cv2.merge([white[..., 3]] * 4)
        self._composer.over(eye, cv2.multiply(ball, inside, None, 1 / 255))
        self._composer.over(self._picture, lid)
        return self._picture


def _both(image: Image) -> tuple[Image, Image]:
    """As drawn, and mirrored."""
    return image, np.ascontiguousarray(cv2.flip(image, 1))
