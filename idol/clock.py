"""Wall time, monotonic time and the media clock.

Media time is one integer that counts 48 kHz samples from the start of the show. Audio and
video pts, visemes, cues and card flips all derive from it, so they cannot drift apart.
Wall time only paces. Rehearsals and tests run the same code on `VirtualClock`.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import Protocol

SAMPLE_RATE = 48_000
"""Samples per second of the media clock, and of all PCM that flows between rooms."""


class Clock(Protocol):
    """Time as the rest of the code sees it."""

    def now(self) -> float:
        """Unix time in seconds (for records that people read)."""

    def monotonic(self) -> float:
        """Seconds that never go back (for intervals)."""

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only yields to other tasks."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class VirtualClock:
    """A clock that stands still until `advance` moves it; sleepers wake in order of time."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._start + self._elapsed

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Move time on, waking each sleeper at its own moment."""
        until = self._elapsed + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, future = heapq.heappop(self._sleepers)
            self._elapsed = at
            if not future.done():
                future.set_result(None)
            await self._settle()
        self._elapsed = until

    @staticmethod
    async def _settle() -> None:
        # Let every task that became runnable go on until it waits again.
        for _ in range(20):
            await asyncio.sleep(0)


def samples(seconds: float) -> int:
    """Seconds to media-clock samples, rounded to the nearest."""
    return round(seconds * SAMPLE_RATE)
