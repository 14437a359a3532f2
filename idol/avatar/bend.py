"""An arm that bends like one: a single sleeve laid along two bones with a rounded elbow."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CELL = 10
"""Output pixels between the points of the map."""


class Bend:
    """The curve of one arm in one frame. Frame pixels in, pixels of the sleeve's picture out.

    The sleeve is drawn straight, pointing up: its joint at `origin`, one bone of `lengths` after
    the other. The bones on the screen may be shorter, when they come towards the viewer.
    """

    def __init__(
        self,
        joints: tuple[Array, Array, Array],
        lengths: tuple[float, float],
        origin: tuple[float, float],
        half: float,
        soft: float,
    ) -> None:
        """`joints`: shoulder, elbow, wrist in frame pixels; `soft`: radius of the elbow's arc.

        `half` is the sleeve's half width, all in frame pixels.
        """
        start, elbow, end = joints
        self._start, self._end = start, end
        self._origin, self._half = origin, half
        one, two = elbow - start, end - elbow
        self._long = max(float(np.hypot(*one)), 1.0), max(float(np.hypot(*two)), 1.0)
        self._u, self._v = one / self._long[0], two / self._long[1]
        self._rate = lengths[0] / self._long[0], lengths[1] / self._long[1]
        self._drawn = lengths
        cross = float(self._u[0] * self._v[1] - self._u[1] * self._v[0])
        self._turn = math.atan2(cross, float(self._u @ self._v))
        # the arc leaves each bone at `cut` before and after the elbow
        tangent = math.tan(min(abs(self._turn), 2.9) / 2)
        cut = min(soft * tangent, 0.4 * min(self._long))
        self._cut, self._radius = cut, cut / tangent if tangent > 1e-3 else 0.0
        self._side = math.copysign(1.0, self._turn)
        inward = np.array([-self._u[1], self._u[0]]) * self._side
        self._centre = elbow - self._u * cut + inward * self._radius
        self._elbow = elbow

    def reach(
        self, size: tuple[int, int], first: float, last: float
    ) -> tuple[int, int, int, int] | None:
        """The rectangle of the frame that the sleeve touches from `first` to `last` along it."""
        ends = []
        for s in (first, min(max(self._drawn[0], first), last), last):
            beyond = s - self._drawn[0]
            bone, rate = (self._u, self._rate[0]) if beyond <= 0 else (self._v, self._rate[1])
            ends.append(self._elbow + bone * beyond / rate)
        place, pad = np.array(ends), self._half + 3
        x0, y0 = (max(math.floor(float(v) - pad), 0) for v in place.min(axis=0))
        x1, y1 = (
            min(math.ceil(float(v) + pad), edge)
            for v, edge in zip(place.max(axis=0), size, strict=True)
        )
        return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else None

    def grid(self, rect: tuple[int, int, int, int]) -> npt.NDArray[np.float32]:
        """Source pixels at points CELL apart, the first half a cell outside the rectangle."""
        x0, y0, x1, y1 = rect
        across = np.arange(-(-(x1 - x0) // CELL) + 2) * CELL + (x0 - CELL / 2 - 0.5)
        down = np.arange(-(-(y1 - y0) // CELL) + 2) * CELL + (y0 - CELL / 2 - 0.5)
        x, y = np.meshgrid(across, down)
        u, v = self._u, self._v
        # along and across each bone
        dx, dy = x - self._start[0], y - self._start[1]
        s1 = dx * u[0] + dy * u[1]
        t1 = dx * -u[1] + dy * u[0]
        dx, dy = x - self._end[0], y - self._end[1]
        s2 = dx * v[0] + dy * v[1]
        t2 = dx * -v[1] + dy * v[0]
        straight, bent = self._long[0] - self._cut, self._long[1] - self._cut
        first = s1 * self._rate[0]
        last = self._drawn[0] + self._drawn[1] + s2 * self._rate[1]
        if self._radius < 0.5:
            near = s1 <= self._long[0]
            s, t = np.where(near, first, last), np.where(near, t1, t2)
        else:
            cx, cy = x - self._centre[0], y - self._centre[1]
            away = np.hypot(cx, cy)
            arc = np.arctan2(cx * u[0] + cy * u[1], -(cx * -u[1] + cy * u[0]) * self._side)
            part = np.clip(arc / abs(self._turn), 0, 1)
            lower, upper = straight * self._rate[0], self._drawn[0] + self._cut * self._rate[1]
            around = lower + part * (upper - lower)
            curved = (self._radius - away) * self._side
            # beyond the arc's middle both bones claim a point: the crease halves them
            halfway = u + v
            past = (cx * halfway[0] + cy * halfway[1]) > 0
            on_first, on_last = s1 <= straight, s2 >= -bent
            both = on_first & on_last
            use_last = (on_last & ~on_first) | (both & past)
            use_first = on_first & ~use_last
            s = np.where(use_first, first, np.where(use_last, last, around))
            t = np.where(use_first, t1, np.where(use_last, t2, curved))
        grid = np.empty((*s.shape, 2), np.float32)
        grid[..., 0] = self._origin[0] + t
        grid[..., 1] = self._origin[1] - s
        return grid
