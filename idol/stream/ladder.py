"""Rungs of quality: the picture encoded in two or three sizes, and who gets which. Pure.

Each viewer climbs alone, by what its own reports say: the share of packets lost and its
estimate of the line (REMB). That estimate never grows far above what comes in, so it is
compared with what was really sent, which is little while she stands still. Down at once, up
with patience that doubles each time a climb fails, because the only way to learn that a line
takes more is to send more. Where not even the smallest picture passes, the picture stops and
the sound stays.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDES = {1: (1.0,), 2: (1.0, 0.5), 3: (1.0, 0.75, 0.5)}
"""For each number of rungs, the length of a side of each as a share of the full picture's."""
LOSSY = 0.15
"""Above this share of lost packets the line is too small; below it, resending mends it."""
HOPELESS = 0.30
HASTE = 1.0
"""Seconds of bad reports before it goes down."""
CLEAN = 0.02
PATIENCE = 8.0
"""Seconds of clean reports before the first climb."""
LONGEST = 60.0
PROVED = 20.0
"""A climb that held this long has not failed."""
WEIGHT = 0.5
"""Of the newest report in the running means of loss and of what was sent."""


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
        self._loss = self._sent = 0.0
        self._changed_at = self._bad_at = self._good_at = now
        self._patience = PATIENCE
        self._climbed = False
        """Whether the last change was upwards."""

    def step(self, now: float, loss: float, estimate: float, sent: float) -> int | None:
        """The rung from now on. `loss` is a share, `sent` the bits a second since the last step,
        `estimate` what the viewer thinks it can receive, in bits a second (0 if unknown)."""
        self._loss += WEIGHT * (loss - self._loss)
        self._sent += WEIGHT * (sent - self._sent)
        if self._loss > CLEAN:
            self._bad_at = now
        # An estimate follows what is sent, and takes a second to: not judged too early.
        settled = now - self._changed_at > 2.0
        if not self._too_much(estimate):
            self._good_at = now
        if settled and now - self._good_at >= HASTE:
            self._down(now, estimate)
        elif settled and now - max(self._bad_at, self._changed_at) >= self._patience:
            self._up(now)
        return self.rung

    def _too_much(self, estimate: float) -> bool:
        if self.rung is None:
            return False
        last = self.rung == len(self._kbps) - 1
        if self._loss > (HOPELESS if last else LOSSY):
            return True
        if last:  # the picture stops only where packets are lost: an estimate recovers slowly
            return self._loss > CLEAN and 0 < estimate < self._sent * 0.5
        return 0 < estimate < self._sent * 0.7

    def _down(self, now: float, estimate: float) -> None:
        assert self.rung is not None
        if self._climbed and now - self._changed_at < PROVED:  # it was one too many
            self._patience = min(LONGEST, self._patience * 2)
        lower = self.rung + 1
        # A line that has fallen far need not be tried step by step.
        share = estimate / self._sent if estimate and self._sent else 1.0
        while lower < len(self._kbps) - 1 and self._kbps[lower] > share * self._kbps[self.rung]:
            lower += 1
        self.rung = lower if lower < len(self._kbps) else None
        self._changed_at, self._loss, self._climbed = now, 0.0, False

    def _up(self, now: float) -> None:
        if self.rung == 0:
            return
        if self._climbed:  # the last one has held, so the line is better than it was
            self._patience = PATIENCE
        self.rung = len(self._kbps) - 1 if self.rung is None else self.rung - 1
        self._changed_at, self._loss, self._climbed = now, 0.0, True
