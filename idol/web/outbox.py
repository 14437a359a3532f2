"""The bounded queue of one page: a slow page loses what it can do without. Pure.

When it is full, the oldest dispensable event goes. If only indispensable ones are left, all
are dropped and the page is `stale`: it gets the whole state anew, which is shorter than what
it missed. A newer event of the same slot replaces the older one.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict

LIMIT = 200


class Outbox:
    """Texts on their way to one page, at most `limit`."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._queue: OrderedDict[str | int, tuple[str, bool]] = OrderedDict()
        self._serial = itertools.count()
        self.stale = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, text: str, *, keep: bool, slot: str = "") -> None:
        """Add an event. `keep`: it may not be lost without the page being refreshed."""
        if self.stale:
            return
        key = slot or next(self._serial)
        self._queue.pop(key, None)
        self._queue[key] = (text, keep)
        if len(self._queue) <= self._limit:
            return
        self.dropped += 1
        for old, (_, kept) in self._queue.items():
            if not kept:
                del self._queue[old]
                return
        self.dropped += len(self._queue)
        self._queue.clear()
        self.stale = True

    def pop(self) -> str | None:
        """The oldest text, or None."""
        return self._queue.popitem(last=False)[1][0] if self._queue else None

    def refresh(self) -> None:
        """The page is about to get the whole state: whatever waits is part of it."""
        self._queue.clear()
        self.stale = False
