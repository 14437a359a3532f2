"""Second-order followers and smooth noise: the two things that make a drawing seem alive."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Springs:
    """Damped springs that follow targets; any step length is stable."""

    def __init__(
        self, hz: Sequence[float] | float, damping: Sequence[float] | float, at: Array
    ) -> None:
        """`hz` and `damping` (1 is critical) per channel or for all; `at` is where they rest."""
        self.at = np.array(at, np.float64)
        self.speed = np.zeros_like(self.at)
        self._w = 2 * math.pi * np.broadcast_to(np.asarray(hz, np.float64), self.at.shape)
        self._damping = np.broadcast_to(np.asarray(damping, np.float64), self.at.shape)

    def step(self, target: Array, seconds: float) -> Array:
        """Move on; returns the new places (the springs' own array)."""
        steps = max(1, math.ceil(seconds / 0.01))
        h = seconds / steps
        for _ in range(steps):
            pull = self._w * self._w * (target - self.at)
            # implicit in the friction: cannot blow up
            self.speed = (self.speed + pull * h) / (1 + 2 * self._damping * self._w * h)
            self.at = self.at + self.speed * h
        return self.at


class Noise:
    """Smooth noise in -1..1 that never repeats: gradient noise, two octaves, any channel."""

    def __init__(self, seed: int) -> None:
        self._seed = seed * 0x9E3779B1 & 0xFFFFFFFF

    def _slope(self, channel: int, i: int) -> float:
        h = (i * 0x27D4EB2F ^ channel * 0x165667B1 ^ self._seed) & 0xFFFFFFFF
        h = (h ^ h >> 15) * 0x2C1B3C6D & 0xFFFFFFFF
        h = (h ^ h >> 12) * 0x297A2D39 & 0xFFFFFFFF
        return ((h ^ h >> 15) & 0xFFFF) / 0x7FFF - 1

    def _octave(self, channel: int, t: float) -> float:
        i = math.floor(t)
        f = t - i
        a, b = self._slope(channel, i) * f, self._slope(channel, i + 1) * (f - 1)
        return a + (b - a) * f * f * f * (f * (f * 6 - 15) + 10)

    def __call__(self, channel: int, t: float) -> float:
        """The value of `channel` at time `t`; about one wave per unit of time."""
        return 2 * self._octave(channel, t) + 0.6 * self._octave(channel + 997, t * 2.17)
