"""Second-order followers and smooth noise: the two things that make a drawing seem alive."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Springs:
    """Damped springs that follow targets: the exact solution, so any step length is stable."""

    def __init__(
        self, hz: Sequence[float] | float, damping: Sequence[float] | float, at: Array
    ) -> None:
        """`hz` and `damping` (1 is critical) per channel or for all; `at` is where they rest."""
        self.at = np.array(at, np.float64)
        self.speed = np.zeros_like(self.at)
        self._w = 2 * math.pi * np.broadcast_to(np.asarray(hz, np.float64), self.at.shape)
        self._damping = np.broadcast_to(np.asarray(damping, np.float64), self.at.shape)
        self._steps: dict[float, tuple[Array, Array, Array, Array]] = {}

    def step(self, target: Array, seconds: float) -> Array:
        """Move on; returns the new places (the springs' own array)."""
        if seconds <= 0:
            return self.at
        step = self._steps.get(seconds)
        if step is None:
            if len(self._steps) > 8:
                self._steps.clear()
            step = self._steps[seconds] = self._solve(seconds)
        away = self.at - target
        self.at = target + step[0] * away + step[1] * self.speed
        self.speed = step[2] * away + step[3] * self.speed
        return self.at

    def _solve(self, t: float) -> tuple[Array, Array, Array, Array]:
        """x'' = -w^2 x - 2 z w x', solved over `t`: what place and speed become of each."""
        w, z = self._w, self._damping
        # the complex root covers under- and overdamped; critical is nudged aside
        root = np.sqrt((z * z - 1).astype(np.complex128) + 1e-9)
        a, b = w * (-z + root), w * (-z - root)
        ea, eb = np.exp(a * t), np.exp(b * t)
        solved = (
            (a * eb - b * ea) / (a - b),
            (ea - eb) / (a - b),
            a * b * (eb - ea) / (a - b),
            (a * ea - b * eb) / (a - b),
        )
        return tuple(np.ascontiguousarray(part.real) for part in solved)  # type: ignore[return-value]


class Noise:
    """Smooth noise in -1..1 that never repeats: gradient noise, two octaves, any channel."""

    def __init__(self, seed: int) -> None:
        self._seed = seed * 0x9E3779B1 & 0xFFFFFFFF
        self._ends: dict[int, tuple[int, float, float]] = {}
        """The slopes about the last place of each channel: time moves little in a frame."""

    def _slope(self, channel: int, i: int) -> float:
        h = (i * 0x27D4EB2F ^ channel * 0x165667B1 ^ self._seed) & 0xFFFFFFFF
        h = (h ^ h >> 15) * 0x2C1B3C6D & 0xFFFFFFFF
        h = (h ^ h >> 12) * 0x297A2D39 & 0xFFFFFFFF
        return ((h ^ h >> 15) & 0xFFFF) / 0x7FFF - 1

    def __call__(self, channel: int, t: float) -> float:
        """The value of `channel` at time `t`; about one wave per unit of time."""
        value = 0.0
        for row, at, weight in ((channel, t, 2.0), (channel + 997, t * 2.17, 0.6)):
            i = math.floor(at)
            f = at - i
            ends = self._ends.get(row)
            if ends is None or ends[0] != i:
                ends = self._ends[row] = (i, self._slope(row, i), self._slope(row, i + 1))
            a, b = ends[1] * f, ends[2] * (f - 1)
            value += weight * (a + (b - a) * f * f * f * (f * (f * 6 - 15) + 10))
        return value
