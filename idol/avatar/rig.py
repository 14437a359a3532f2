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

    def __init__(self, pack: Pack, layers: Sequence[Layer], springs: Sequence[str]) -> None:
        """`springs` names the channels, in the order of the rows given to `displace`."""

        def column(values: list[float]) -> Array:
            return np.array(values, np.float32)[:, None]

        self._axis = pack.head.axis
        self._radius = pack.head.radius
        self._neck = pack.head.neck
        self._waist = pack.waist
        self._head = column([layer.head for layer in layers])
        self._depth = column([layer.depth for layer in layers])
        self._curve = column([layer.curve for layer in layers])
        swings = [layer.swing for layer in layers]
        self._root = column([s.root if s else 0.0 for s in swings])
        self._length = column([s.length if s else 1.0 for s in swings])
        self._amount = np.array([s.amount if s else 0.0 for s in swings], np.float32)
        self._hinge = pack.head.jaw[0]
        self._chin_below = max(pack.head.jaw[1] - pack.head.jaw[0], 1.0)
        self._jaw = np.array([i for i, layer in enumerate(layers) if layer.jaw], np.intp)
        self._drop = column([layer.jaw for layer in layers if layer.jaw])
        self._mouth = np.array([i for i, x in enumerate(layers) if x.sprite == "mouth"], np.intp)
        self._lip = pack.mouth.tilt
        self._last: tuple[Array, Array] | None = None
        self._channel = np.array([springs.index(s.spring) if s else 0 for s in swings])

    def displace(
        self, x: Array, y: Array, params: Mapping[str, float], swing: Array
    ) -> tuple[Array, Array]:
        """How far points (layers, n) move. `swing` is (springs, 2): slow and quick part."""
        yaw, pitch, roll = (
            math.radians(params[f"ParamAngle{a}"]) * k for a, k in zip("XYZ", _TURN, strict=True)
        )
        pull = swing[self._channel] * self._amount[:, None]
        t = _share((y - self._root) / self._length)
        t2 = t * t
        dx = pull[:, :1] * (t * np.sqrt(t)) + (pull[:, 1:] - pull[:, :1]) * 0.9 * (t2 * t)
        dy = np.abs(pull[:, :1]) * (-0.12) * t2
        self._chin(x, y, dy, params)
        # the head as a bulging shell that turns
        u, v = x - self._axis[0], y - self._axis[1]
        across, down = u / self._radius[0], v / self._radius[1]
        bulge = np.sqrt(np.maximum(1 - across * across, 0) * np.maximum(1 - down * down, 0))
        z = self._depth + self._curve * bulge
        # hair below the chin follows less
        follow = self._head * (1 - 0.75 * _share((y - self._neck[1]) / 260))
        dx += follow * (u * math.cos(yaw) + z * math.sin(yaw) - u)
        dy += follow * (v * math.cos(pitch) - z * math.sin(pitch) - v)
        # tilt about the neck
        u, v = x + dx - self._neck[0], y + dy - self._neck[1]
        cos, sin = math.cos(roll), math.sin(roll)
        dx += follow * (u * cos - v * sin - u)
        dy += follow * (u * sin + v * cos - v)
        bx, by = self.lean(x, y, params)
        # the chest widens with a breath
        chest = np.exp(-(((y - 880) / 110) ** 2)) * (1 - self._head)
        dx += bx + chest * (x - self._axis[0]) * 0.010 * params["ParamBreath"]
        return dx, dy + by

    def _chin(self, x: Array, y: Array, dy: Array, params: Mapping[str, float]) -> None:
        """The jaw drops as the mouth opens, and a corner of the mouth goes up."""
        fall, tilt = params["ParamMouthOpenY"], params["ParamMouthTilt"]
        if fall and len(self._jaw):
            share = _share((y[self._jaw] - self._hinge) / self._chin_below)
            dy[self._jaw] += self._drop * _smooth(share) * fall
        if tilt and len(self._mouth):
            out = (x[self._mouth] - self._axis[0]) * math.copysign(1.0, tilt)
            dy[self._mouth] -= self._lip * abs(tilt) * np.where(out > 0, out, out * 0.25)

    def lean(self, x: Array, y: Array, params: Mapping[str, float]) -> tuple[Array, Array]:
        """How the body carries a point at height `y`: nothing at the waist, all at the neck."""
        up = _smooth(_share((self._waist - y) / 480, 1.15)).astype(np.float32)
        side = params["ParamBodyAngleX"] * 2.2 + params["ParamBodyAngleZ"] * 2.6
        rise = params["ParamBreath"] * 4.0 + params["ParamBodyAngleY"] * 2.1
        tilt = math.radians(params["ParamBodyAngleZ"]) * 0.35
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
        box = land.astype(np.float32)
        width = np.maximum(box[:, 2:3] - box[:, :1], 1) * np.float32(step)
        height = np.maximum(box[:, 3:] - box[:, 1:2], 1) * np.float32(step)
        stretch = GRID / (GRID - 1)
        goal_x = corner[0] + box[:, :1] * np.float32(step) + width * (0.5 + _MIDDLE_X * stretch)
        goal_y = corner[1] + box[:, 1:2] * np.float32(step) + height * (0.5 + _MIDDLE_Y * stretch)
        # start from the last frame's answer: little has changed since
        if self._last is None:
            self._last = self.displace(goal_x, goal_y, params, swing)
            rounds = 4
        else:
            rounds = 2
        dx, dy = self._last
        for _ in range(rounds):
            dx, dy = self.displace(goal_x - dx, goal_y - dy, params, swing)
        self._last = dx, dy
        grid = np.stack([goal_x - dx, goal_y - dy], axis=-1).astype(np.float32, copy=False)
        return grid.reshape(len(box), GRID, GRID, 2)
