"""Token buckets: how often one sender may do something. Pure, on a monotonic clock."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then `per_second` on average."""

    burst: float
    per_second: float


class Limiter:
    """One bucket per sender; remembers at most `size` senders, the longest silent go first."""

    def __init__(self, rate: Rate, size: int = 10_000) -> None:
        self._rate, self._size = rate, size
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, sender: str, now: float) -> bool:
        """Take one token; False if there is none. `now` in seconds that never go back."""
        left, at = self._buckets.pop(sender, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
        allowed = left >= 1.0
        self._buckets[sender] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > self._size:
            self._buckets.popitem(last=False)
        return allowed

    def wait(self, sender: str) -> float:
        """Seconds from the last `take` until the next one can succeed."""
        left, _ = self._buckets.get(sender, (self._rate.burst, 0.0))
        return max(0.0, (1.0 - left) / self._rate.per_second)
