"""Lips: viseme events in, the mouth at any moment out.

Two steps. `MouthTrack` places events on the media clock and says which two visemes the mouth is
between. `Lips` runs in the renderer and lets them flow into each other (co-articulation), except
that lips which must meet do meet.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from idol.model import VISEMES, Viseme, VisemeEvent
from idol.ports import MouthKey

LEAD = 1_440
"""Samples (30 ms) by which lips run ahead of the sound, as people's do."""
CROSSFADE = 4_320
"""Samples (90 ms) that a long change takes; a short sound gets at most 60% of its length."""
_CLOSED: tuple[Viseme, ...] = ("PP",)
_OPEN = np.array(
    [0, 0, 0.1, 0.2, 0.25, 0.35, 0.25, 0.12, 0.2, 0.3, 1, 0.6, 0.35, 0.75, 0.4], np.float32
)
"""How far the jaw drops for each viseme."""
_INDEX = {viseme: i for i, viseme in enumerate(VISEMES)}


class MouthTrack:
    """What the mouth does, by media time in 48 kHz samples."""

    def __init__(self, frame: int = 1920) -> None:
        """`frame`: samples between two pictures; no closed sound falls between two of them."""
        self._frame = frame
        self._at: list[int] = [0]
        self._shape: list[tuple[Viseme, float]] = [("sil", 1.0)]

    def add(self, origin: int, visemes: Iterable[VisemeEvent]) -> None:
        """Take events whose `at` counts from media time `origin`; times never go back."""
        for event in visemes:
            self._at.append(max(origin + event.at - LEAD, self._at[-1]))
            self._shape.append((event.viseme, event.weight))

    def cut(self, at: int) -> None:
        """Forget what begins after `at` and close the mouth there."""
        keep = max(bisect_right(self._at, at), 1)
        del self._at[keep:], self._shape[keep:]
        self._at.append(max(at, self._at[-1]))
        self._shape.append(("sil", 1.0))

    def key(self, at: int) -> MouthKey:
        """The mouth at media time `at`, which never goes back by more than a second."""
        now = max(bisect_right(self._at, at) - 1, 0)
        if now > 64:
            drop = now - 16
            del self._at[:drop], self._shape[:drop]
            now -= drop
        closed = self._closed(at, now)
        if closed is not None:
            return MouthKey(closed[0], closed[0], 0.0, closed[1])
        viseme, weight = self._shape[now]
        if now + 1 >= len(self._at):
            return MouthKey(viseme, viseme, 0.0, weight)
        to, to_weight = self._shape[now + 1]
        length = self._at[now + 1] - self._at[now]
        fade = max(1.0, min(CROSSFADE, 0.6 * length))
        blend = min(1.0, max(0.0, 1 - (self._at[now + 1] - at) / fade))
        blend = blend * blend * (3 - 2 * blend)
        return MouthKey(viseme, to, blend, weight + (to_weight - weight) * blend)

    def _closed(self, at: int, now: int) -> tuple[Viseme, float] | None:
        """The closed sound nearest to this picture, if one belongs to it and to no other."""
        half = self._frame / 2
        for i in range(max(now - 2, 0), min(now + 3, len(self._at))):
            if self._shape[i][0] not in _CLOSED:
                continue
            end = self._at[i + 1] if i + 1 < len(self._at) else self._at[i]
            middle = (self._at[i] + end) / 2
            if middle - half <= at < middle + half or self._at[i] <= at < end:
                return self._shape[i]
        return None


class Lips:
    """Follows mouth keys picture by picture. Weights are (visemes,), in the order of VISEMES."""

    def __init__(self) -> None:
        self.weights = np.zeros(len(VISEMES), np.float32)
        self.weights[0] = 1
        self.speaking = 0.0
        """0 at rest .. 1 in speech, eased: how much the face leaves the mouth to the words."""
        self.opening = 0.0
        """How far the jaw has dropped, 0..1: slower than the lips, as a jaw is heavy."""

    def step(self, key: MouthKey, seconds: float) -> npt.NDArray[np.float32]:
        """Move on to `key`; returns the weights (its own array)."""
        goal = np.zeros(len(VISEMES), np.float32)
        goal[_INDEX.get(key.viseme, 0)] += 1 - key.blend
        goal[_INDEX.get(key.next, 0)] += key.blend
        weight = min(max(key.weight, 0.0), 1.0)
        goal *= weight
        goal[0] += 1 - weight
        closing = goal[_INDEX["PP"]] > 0.5 or goal[_INDEX["FF"]] > 0.7
        pace = 0.008 if closing else 0.032
        self.weights += (goal - self.weights) * (1 - math.exp(-seconds / pace))
        talking = 1.0 if goal[0] < 0.6 else 0.0
        self.speaking += (talking - self.speaking) * (
            1 - math.exp(-seconds / (0.05 if talking else 0.22))
        )
        jaw = float(_OPEN @ self.weights)
        self.opening += (jaw - self.opening) * (1 - math.exp(-seconds / 0.045))
        return self.weights
