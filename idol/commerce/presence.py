"""How many people were there in a stretch of time. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np


class Stay(Protocol):
    """One page of one viewer; Unix seconds."""

    @property
    def viewer(self) -> str: ...
    @property
    def joined(self) -> float: ...
    @property
    def left(self) -> float: ...


class Presence:
    """How many viewers were there in a stretch of time, each counted once."""

    def __init__(self, visits: Iterable[Stay]) -> None:
        by_viewer: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for visit in visits:
            by_viewer[visit.viewer].append((visit.joined, visit.left))
        # Overlapping pages of one viewer are one stay, so that counting stays is counting people
        # (who left and came back within one card is counted twice, which is near enough).
        stays = [
            (start, end, who)
            for who, pages in enumerate(by_viewer.values())
            for start, end in _merged(pages)
        ]
        self._starts = sorted(start for start, _, _ in stays)
        self._ends = sorted(end for _, end, _ in stays)
        self._stays = np.array(stays, np.float64).reshape(-1, 3).T

    def between(self, start: float, end: float) -> int:
        """Stays that touch [start, end]: those begun by its end, less those over before it."""
        return bisect_right(self._starts, end) - bisect_left(self._ends, start)

    def people(self, spans: Sequence[tuple[float, float]]) -> int:
        """Viewers who were there in any of the spans, each once."""
        starts, ends, who = self._stays
        there = np.zeros(len(who), bool)
        for start, end in spans:
            there |= (starts <= end) & (ends >= start)
        return int(np.unique(who[there]).size)


def _merged(pages: list[tuple[float, float]]) -> list[tuple[float, float]]:
    stays: list[tuple[float, float]] = []
    for start, end in sorted(pages):
        if stays and start <= stays[-1][1]:
            stays[-1] = (stays[-1][0], max(end, stays[-1][1]))
        else:
            stays.append((start, end))
    return stays
