"""The shop's way to its ledger: commit, then tell; and a quote that never waits for a writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from idol.clock import Clock
from idol.commerce import listing, webhooks
from idol.commerce.holds import Rules
from idol.commerce.outcomes import (
    HoldEnded,
    HoldMade,
    OffersChanged,
    PacketChanged,
    PriceChanged,
    ShopEvent,
    StockChanged,
)
from idol.model import Quote, Viewer
from idol.store import Store, Tx
from idol.telemetry import Log

T = TypeVar("T")
_QUOTE_SECONDS = 0.2
"""How long a quote is remembered when nothing has changed: bounds how late an expiry shows."""


class Books:
    """Reads and writes for the use cases; `listener` hears of every change after its commit."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        listener: Callable[[ShopEvent], None],
        log: Log,
        rules: Rules,
    ) -> None:
        self.rules = rules
        self._store, self._clock, self._listener, self._log = store, clock, listener, log
        self._quotes: dict[int, tuple[float, Quote]] = {}
        self._changed: set[int] = set()

    def quote(self, listing_number: int) -> Quote:
        """What is committed now. Raises `Refused("unknown_listing")`."""
        now = self._clock.now()
        known = self._quotes.get(listing_number)
        if known and known[0] <= now < known[0] + _QUOTE_SECONDS:
            return known[1]
        dates = self.rules.dates
        quote = self._store.read(lambda tx: listing.quote(tx, listing_number, now, dates))
        self._quotes[listing_number] = (now, quote)
        return quote

    async def _write(self, work: Callable[[Tx], tuple[T, list[ShopEvent]]]) -> T:
        """Commit, then tell: the listener first hears of what is on disk."""
        urls, now = self.rules.webhooks, self._clock.now()

        def told(tx: Tx) -> tuple[T, list[ShopEvent]]:
            result, events = work(tx)
            webhooks.publish(tx, events, urls, now)
            return result, events

        result, events = await self._store.submit(told)
        self._announce(events)
        return result

    def _announce(self, events: list[ShopEvent]) -> None:
        """Tell of what has been committed; a listing's stock once for many changes."""
        for number in {number for event in events for number in _listings(event)}:
            self._quotes.pop(number, None)
            if number not in self._changed:
                self._changed.add(number)
                asyncio.get_running_loop().call_soon(self._tell_stock, number)
        for event in events:
            if not isinstance(event, StockChanged):
                self._tell(event)

    def _tell_stock(self, number: int) -> None:
        self._changed.discard(number)
        self._tell(StockChanged(number))

    def _tell(self, event: ShopEvent) -> None:
        try:
            self._listener(event)
        except Exception:  # what is committed stays committed whoever listens
            self._log.exception("shop listener failed", shop_event=type(event).__name__)


def viewer_id(viewer: Viewer | str) -> str:
    """The id of a viewer given as either."""
    return viewer if isinstance(viewer, str) else viewer.id


def _listings(event: ShopEvent) -> tuple[int, ...]:
    """The listings whose quote an event changes."""
    match event:
        case StockChanged() | PriceChanged():
            return (event.listing,)
        case HoldMade() | HoldEnded():
            return (event.hold.listing,)
        case PacketChanged() | OffersChanged():
            return ()
        case _:
            return tuple(line.listing for line in event.order.lines)
