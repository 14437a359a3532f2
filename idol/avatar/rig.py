"""Parameters to shapes: where every point of every layer goes, all layers at once.

A head turn is 2.5-D: each layer has a depth and a curvature, so nobody draws angles. The screen
asks the opposite question (which point of the drawing is under this pixel?), answered on a coarse
grid by fixed-point iteration and smoothed by bilinear interpolation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from idol.avatar import native
from idol.avatar.pack import Layer, Pack

Array = npt.NDArray[np.float32]

GRID = 6
"""Control points along each side of a piece of a layer."""
_MIDDLES = (np.arange(GRID, dtype=np.float32) + np.float32(0.5)) / np.float32(GRID) - np.float32(
    0.5
)
_MIDDLE_X, _MIDDLE_Y = np.tile(_MIDDLES, GRID), np.repeat(_MIDDLES, GRID)
_TURN = (0.55, 0.5, 0.6)
"""How many degrees the drawing turns per degree of ParamAngleX, Y, Z: a flat one tears beyond."""


def _share(t: npt.NDArray[Any], most: float = 1) -> Array:
    """`t` kept between 0 and `most`; `np.clip` takes twice as long to get there."""
    clipped: Array = np.minimum(np.maximum(t, 0, out=t), most, out=t)
    return clipped


def _smooth(t: Array) -> Array:
    """0..1 ease; beyond 1 it goes on straight enough."""
    eased: Array = t * t * (3 - 2 * np.minimum(t, 1))
    return eased


class Rig:
    """Displacement of layers. Design pixels throughout."""

    def __init__(
        self,
        pack: Pack,
        layers: Sequence[Layer],
        springs: Sequence[str],
        blend: native.Blend | None = None,
    ) -> None:
        """`springs` names the channels, in the order of the rows given to `displace`.

        `blend` is the C part, if there is one.
        """
        self._blend = blend
        self._axis = pack.head.axis
        self._waist = pack.waist
        jaw = pack.head.jaw
        chin_below = max(jaw[1] - jaw[0], 1.0)
        self._still = (
            *(*pack.head.axis, *pack.head.radius, *pack.head.neck),
            *(jaw[0], chin_below, pack.waist),
        )
        swings = [layer.swing for layer in layers]
        rows = [
            (
                *(layer.head, layer.depth, layer.curve),
                *((swing.root, swing.length) if swing else (0.0, 1.0)),
                *(layer.jaw, pack.mouth.tilt if layer.sprite == "mouth" else 0.0),
            )
            for layer, swing in zip(layers, swings, strict=True)
        ]
        self._layers = np.array(rows, np.float32).reshape(-1, 7)
        """`Layer` in `native/shape.h`, one a row."""
        self._columns = self._layers.T[..., None]
        self._amount = np.array([s.amount if s else 0.0 for s in swings], np.float32)[:, None]
        self._last: Array | None = None
        self._channel = np.array([springs.index(s.spring) if s else 0 for s in swings])

    def displace(
        self, x: Array, y: Array, params: Mapping[str, float], swing: Array
    ) -> tuple[Array, Array]:
        """How far points (layers, n) move. `swing` is (springs, 2): slow and quick part."""
        moved = self._settle(
            np.stack([x, y]), np.zeros((2, *x.shape), np.float32), params, swing, 1
        )
        return moved[0], moved[1]

    def _settle(
        self, points: Array, moved: Array, params: Mapping[str, float], swing: Array, rounds: int
    ) -> Array:
        """How far points (2, layers, n) have moved that are now at `points`.

        The answer is `moved` made better so many times; with none moved, the first round says how
        far they will move.
        """
        pull, world = self._pose(params, swing)
        if self._blend:
            self._blend.settle(points, moved, self._layers, pull, world, rounds)
            return moved
        for _ in range(rounds):
            x, y = points - moved
            moved = self._move(x, y, params, pull, world.tolist())
        return moved

    def _pose(self, params: Mapping[str, float], swing: Array) -> tuple[Array, Array]:
        """What the springs pull at each layer (layers, 2), and the `World` of native/shape.h."""
        return swing[self._channel] * self._amount, np.array(self._world(params), np.float32)

    def _world(self, params: Mapping[str, float]) -> tuple[float, ...]:
        """What a pose says of the whole drawing, in the order of `World` in `native/shape.h`."""
        turns = (
            math.radians(params[f"ParamAngle{a}"]) * k for a, k in zip("XYZ", _TURN, strict=True)
        )
        turned = (f(turn) for turn in turns for f in (math.cos, math.sin))
        side, lean, rise = self._leaning(params)
        opening = params["ParamMouthOpenY"], params["ParamMouthTilt"]
        return (*self._still, *turned, *opening, side, lean, rise, params["ParamBreath"])

    def _move(
        self, x: Array, y: Array, params: Mapping[str, float], pull: Array, world: Sequence[float]
    ) -> Array:
        """How far points (layers, n) move, (2, layers, n): `move` in `native/shape.h`."""
        head, depth, curve, root, length, jaw, lip = self._columns
        (axis_x, axis_y, radius_x, radius_y, neck_x, neck_y, hinge, chin, _) = world[:9]
        (cos_yaw, sin_yaw, cos_pitch, sin_pitch, cos_roll, sin_roll) = world[9:15]
        fall, tilt, breath = world[15], world[16], world[20]
        t = _share((y - root) / length)
        t2 = t * t
        dx = pull[:, :1] * (t * np.sqrt(t)) + (pull[:, 1:] - pull[:, :1]) * 0.9 * (t2 * t)
        dy = np.abs(pull[:, :1]) * (-0.12) * t2
        # the jaw drops as the mouth opens, and a corner of the mouth goes up
        dy += jaw * _smooth(_share((y - hinge) / chin)) * fall
        out = (x - axis_x) * math.copysign(1.0, tilt)
        dy -= lip * abs(tilt) * np.where(out > 0, out, out * 0.25)
        # the head as a bulging shell that turns
        u, v = x - axis_x, y - axis_y
        across, down = u / radius_x, v / radius_y
        bulge = np.sqrt(np.maximum(1 - across * across, 0) * np.maximum(1 - down * down, 0))
        z = depth + curve * bulge
        # hair below the chin follows less
        follow = head * (1 - 0.75 * _share((y - neck_y) / 260))
        dx += follow * (u * cos_yaw + z * sin_yaw - u)
        dy += follow * (v * cos_pitch - z * sin_pitch - v)
        # tilt about the neck
        u, v = x + dx - neck_x, y + dy - neck_y
        dx += follow * (u * cos_roll - v * sin_roll - u)
        dy += follow * (u * sin_roll + v * cos_roll - v)
        bx, by = self.lean(x, y, params)
        # the chest widens with a breath
        chest = np.exp(-(((y - 880) / 110) ** 2)) * (1 - head)
        dx += bx + chest * (x - axis_x) * 0.010 * breath
        return np.stack([dx, dy + by]).astype(np.float32, copy=False)

    def _leaning(self, params: Mapping[str, float]) -> tuple[float, float, float]:
        """How far the neck goes aside, how much it tilts and how far it sinks."""
        side = params["ParamBodyAngleX"] * 2.2 + params["ParamBodyAngleZ"] * 2.6
        rise = params["ParamBreath"] * 4.0 + params["ParamBodyAngleY"] * 2.1
        return side, math.radians(params["ParamBodyAngleZ"]) * 0.35, rise

    def lean(self, x: Array, y: Array, params: Mapping[str, float]) -> tuple[Array, Array]:
        """How the body carries a point at height `y`: nothing at the waist, all at the neck."""
        side, tilt, rise = self._leaning(params)
        up = _smooth(_share((self._waist - y) / 480, 1.15)).astype(np.float32)
        return up * side, up * (tilt * (x - self._axis[0]) - rise)

    def grids(
        self,
        land: npt.NDArray[np.intp],
        params: Mapping[str, float],
        swing: Array,
        corner: tuple[float, float],
        step: float,
    ) -> Array:
        """What each layer shows where it lands: (layers, GRID, GRID, 2), points of the drawing.

        `land` (layers, 4) are left, top, right, bottom in whole output pixels counted from the
        frame's `corner`; `step` is one output pixel; the rest is in design pixels. The points lie
        in the middles of a GRID x GRID division of that box stretched by GRID / (GRID - 1).
        """
        # start from the last frame's answer: little has changed since
        rounds = 2
        if self._last is None:
            self._last, rounds = np.zeros((2, len(land), GRID * GRID), np.float32), 5
        if self._blend:
            out = np.empty((len(land), GRID, GRID, 2), np.float32)
            pull, world = self._pose(params, swing)
            place = (*corner, step)
            self._blend.aim(land, place, self._last, self._layers, pull, world, rounds, out)
            return out
        box = land.astype(np.float32)
        width = np.maximum(box[:, 2:3] - box[:, :1], 1) * np.float32(step)
        height = np.maximum(box[:, 3:] - box[:, 1:2], 1) * np.float32(step)
        stretch = GRID / (GRID - 1)
        goal_x = corner[0] + box[:, :1] * np.float32(step) + width * (0.5 + _MIDDLE_X * stretch)
        goal_y = corner[1] + box[:, 1:2] * np.float32(step) + height * (0.5 + _MIDDLE_Y * stretch)
        goal = np.stack([goal_x, goal_y]).astype(np.float32, copy=False)
        self._last = self._settle(goal, self._last, params, swing, rounds)
        grid = np.ascontiguousarray((goal - self._last).transpose(1, 2, 0))
        return grid.reshape(len(box), GRID, GRID, 2)
