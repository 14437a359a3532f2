"""Rungs of quality: the picture encoded in two or three sizes, and who gets which. Pure.

Each viewer climbs alone, by what its own reports say: the share of packets lost and its
estimate of the line (REMB). Down at once, up with patience that doubles each time a climb
fails, because the only way to learn that a line takes more is to send more. Where not even the
smallest picture passes, the picture stops and the sound stays.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDES = {1: (1.0,), 2: (1.0, 0.5), 3: (1.0, 0.75, 0.5)}
"""For each number of rungs, the length of a side of each as a share of the full picture's."""
LOSSY = 0.10
"""Above this share of lost packets the line is too small; below it, resending mends it."""
HOPELESS = 0.30
SMOOTH = 0.5
"""Weight of the newest report."""
CLEAN = 0.02
PATIENCE = 8.0
"""Seconds of clean reports before the first climb."""
LONGEST = 60.0
PROVED = 20.0
"""A climb that held this long has not failed."""
SOUND_KBPS = 80
"""What the sound and its headers take."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One encode: (width, height), kbit/s."""

    size: tuple[int, int]
    kbps: int


def rungs(size: tuple[int, int], kbps: int, count: int) -> tuple[Rung, ...]:
    """The ladder below a full picture, itself first.

    >>> rungs((720, 1280), 1500, 2)
    (Rung(size=(720, 1280), kbps=1500), Rung(size=(360, 640), kbps=375))
    """
    width, height = size
    return tuple(
        Rung((round(width * side / 2) * 2, round(height * side / 2) * 2), round(kbps * side**2))
        for side in SIDES[count]
    )


class Climber:
    """Which rung one viewer should get. `step` is called with each of its reports."""

    def __init__(self, kbps: tuple[int, ...], now: float) -> None:
        """`kbps` of each rung, the full one first."""
        self._kbps = kbps
        self.rung: int | None = 0
        """None: no picture passes."""
        self._loss = 0.0
        self._changed_at = self._bad_at = now
        self._patience = PATIENCE

    def step(self, now: float, loss: float, estimate: int) -> int | None:
        """The rung from now on. `loss` is a share, `estimate` bits a second (0 if unknown)."""
        self._loss += SMOOTH * (loss - self._loss)
        if self._loss > CLEAN:
            self._bad_at = now
        # An estimate follows what is sent, and takes a second to: not judged too early.
        settled = now - self._changed_at > 2.0
        if settled and self._too_much(estimate):
            self._down(now, estimate)
        elif settled and now - max(self._bad_at, self._changed_at) >= self._patience:
            self._up(now)
        return self.rung

    def _too_much(self, estimate: int) -> bool:
        if self.rung is None:
            return False
        last = self.rung == len(self._kbps) - 1
        if self._loss > (HOPELESS if last else LOSSY):
            return True
        needed = (self._kbps[self.rung] + SOUND_KBPS) * 1000
        return 0 < estimate < needed * (0.5 if last else 0.85)

    def _down(self, now: float, estimate: int) -> None:
        assert self.rung is not None
        if now - self._changed_at < PROVED:  # so the last climb was one too many
            self._patience = min(LONGEST, self._patience * 2)
        else:
            self._patience = PATIENCE
        lower = self.rung + 1
        # A line that has fallen far need not be tried step by step.
        while lower < len(self._kbps) - 1 and 0 < estimate < self._kbps[lower] * 850:
            lower += 1
        self.rung = lower if lower < len(self._kbps) else None
        self._changed_at, self._loss = now, 0.0

    def _up(self, now: float) -> None:
        if self.rung == 0:
            return
        self.rung = len(self._kbps) - 1 if self.rung is None else self.rung - 1
        self._changed_at, self._loss = now, 0.0
