"""Which mouth shape is on at a media time: what the playout needs, and the plainest one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Protocol

from idol.model import Viseme, VisemeEvent
from idol.ports import MouthKey

CROSSFADE = 2_880
"""Samples (60 ms) over which one viseme turns into the next; lips lead the sound."""


class Mouth(Protocol):
    """Visemes in, mouth keys out; every time is media time in 48 kHz samples."""

    def add(self, origin: int, visemes: Iterable[VisemeEvent]) -> None:
        """Take events whose `at` counts from media time `origin`; times never go back."""

    def cut(self, at: int) -> None:
        """Forget what begins after `at` and close the mouth there."""

    def key(self, at: int) -> MouthKey:
        """The mouth at media time `at`, which never goes back by more than a second."""


class PlainMouth:
    """Linear cross-fades from viseme to viseme. The avatar room has the finer one."""

    def __init__(self) -> None:
        self._at: list[int] = [0]
        self._shape: list[tuple[Viseme, float]] = [("sil", 1.0)]

    def add(self, origin: int, visemes: Iterable[VisemeEvent]) -> None:
        for event in visemes:
            self._at.append(max(origin + event.at, self._at[-1]))
            self._shape.append((event.viseme, event.weight))

    def cut(self, at: int) -> None:
        keep = bisect_right(self._at, at)
        del self._at[keep:], self._shape[keep:]
        self._at.append(at)
        self._shape.append(("sil", 1.0))

    def key(self, at: int) -> MouthKey:
        now = max(bisect_right(self._at, at) - 1, 0)
        if now > 64:
            del self._at[: now - 8], self._shape[: now - 8]
            now = 8
        viseme, weight = self._shape[now]
        if now + 1 == len(self._at):
            return MouthKey(viseme, viseme, 0.0, weight)
        to, to_weight = self._shape[now + 1]
        blend = min(1.0, max(0.0, 1 - (self._at[now + 1] - at) / CROSSFADE))
        return MouthKey(viseme, to, blend, weight + (to_weight - weight) * blend)
