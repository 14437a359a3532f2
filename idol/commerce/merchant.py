"""Offers and after sale as the live shop carries them out; what is due is done by `duties`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from idol.commerce import (
    aftersale,
    coupons,
    delays,
    groups,
    holds,
    idempotency,
    listing,
    lots,
    mine,
    orders,
    packets,
    returns,
    suppliers,
    supply,
    waitlist,
    waves,
)
from idol.commerce.aftersale import After, Return
from idol.commerce.books import viewer_id
from idol.commerce.checkout import Checkout
from idol.commerce.coupons import Coupon
from idol.commerce.holds import Origin
from idol.commerce.mine import Mine
from idol.commerce.outcomes import (
    OffersChanged,
    Order,
    OrderChanged,
    OrderEnded,
    PacketChanged,
    PriceChanged,
    ShopEvent,
    StockChanged,
)
from idol.commerce.packets import Entered, Packet
from idol.commerce.supply import Dates
from idol.commerce.waitlist import Waiting
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.store import Tx

_DUE = """
SELECT (SELECT count(*) FROM waves WHERE state = 'planned' AND at <= :now)
 + (SELECT count(*) FROM groups_open WHERE state = 'open' AND closes_at <= :now)
 + (SELECT count(*) FROM packets WHERE state = 'open' AND closes_at <= :now)
 + (SELECT count(*) FROM delay_answers a JOIN delays d ON d.id = a.delay
    WHERE a.state = 'asked' AND d.answer_by <= :now) AS n
"""
_WATCH_SECONDS = 60.0
"""How often calendars are read anew and promises looked over."""


class Merchant(Checkout):
    """Use cases around the sale. Everything here is one transaction each, like a purchase."""

    _watched = 0.0
    _own_dates: Dates | None = None
    """As configured, before the ledger's calendars were added."""
    _warned: frozenset[tuple[str, str, str]] = frozenset()

    # ---- the viewer

    async def wait(self, viewer: Viewer, sku: str, quantity: int, origin: Origin) -> Waiting:
        """Take a place in the queue for a variant. Raises `Refused`."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Waiting, list[ShopEvent]]:
            return waitlist.join(tx, viewer, sku, quantity, origin, now), []

        return await self._write(work)

    async def wait_rest(
        self, viewer: Viewer, sku: str, short: int, origin: Origin, key: str
    ) -> Waiting | None:
        """Take a place for what a purchase could not have, once per purchase `key`; None if it
        was the viewer's limit and not the stock that was short."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Waiting | None, list[ShopEvent]]:
            item = listing.priced(tx, sku, now)
            if item is None or supply.room(tx, sku):
                return None, []
            limit = item.per_viewer or self.rules.most_pieces
            may = min(short, limit - holds.owned(tx, viewer.id, item.listing))
            if may < 1:
                return None, []
            if idempotency.find(tx, f"rest:{key}", sku) is None:
                idempotency.keep(tx, f"rest:{key}", sku, {"wait": may}, now)
                return waitlist.join(tx, viewer, sku, may, origin, now), []
            places = waitlist.of_viewer(tx, viewer.id)
            return next((place for place in places if place.sku == sku), None), []

        return await self._write(work)

    async def queue(self, viewer: Viewer, sku: str, quantity: int, origin: Origin) -> Waiting:
        """Take a place for what is sold out; asked again, the place stays and the number changes.

        Raises `Refused`: bad_quantity, unknown_variant, closed, in_stock, limit.
        """
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Waiting, list[ShopEvent]]:
            item = listing.priced(tx, sku, now)
            if item is None:
                raise Refused("unknown_variant", f"there is no variant {sku!r}")
            if item.state != "open":
                raise Refused("closed", f"listing {item.listing} is not on sale")
            if supply.room(tx, sku):
                raise Refused("in_stock")
            limit = item.per_viewer or self.rules.most_pieces
            may = limit - holds.owned(tx, viewer.id, item.listing)
            if may < 1:
                raise Refused("limit", str(limit))
            return waitlist.join(tx, viewer, sku, min(quantity, may), origin, now), []

        return await self._write(work)

    async def unwait(self, viewer: Viewer | str, sku: str = "") -> int:
        """Leave the queue of a variant, or every queue."""
        who = viewer_id(viewer)
        return await self._write(lambda tx: (waitlist.leave(tx, who, sku), []))

    async def mine(self, viewer: Viewer | str) -> Mine:
        """A viewer's places in queues, coupons, entries, and what the coupons would take off."""
        now, who = self._clock.now(), viewer_id(viewer)
        return self._store.read(lambda tx: mine.of(tx, who, now))

    def offers(self) -> list[Coupon]:
        """Coupons that everybody may claim now."""
        now = self._clock.now()
        return self._store.read(lambda tx: coupons.offers(tx, now))

    async def claim(self, viewer: Viewer | str, code: str) -> Coupon:
        """Set one use of a coupon aside for this viewer. Raises `Refused`."""
        now, who = self._clock.now(), viewer_id(viewer)

        def work(tx: Tx) -> tuple[Coupon, list[ShopEvent]]:
            coupon = coupons.claim(tx, code, who, now)
            shared = coupons.get(tx, code)
            gone = shared.origin == coupons.OFFER and shared.used >= shared.uses
            return coupon, [OffersChanged()] if gone else []

        return await self._write(work)

    async def coupon(self, viewer: Viewer | str, hold_id: str, code: str) -> Money:
        """What a coupon would take off a hold. Raises `Refused`; nothing is used up."""
        now, who = self._clock.now(), viewer_id(viewer)

        def look(tx: Tx) -> Money:
            hold = holds.get(tx, hold_id, who)
            return coupons.worth(tx, code, who, {hold.listing: hold.total}, now)

        return self._store.read(look)

    async def packets(self) -> list[Packet]:
        """Red packets to show now."""
        now = self._clock.now()
        return self._store.read(lambda tx: packets.shown(tx, now))

    def packet(self, packet: str) -> Packet:
        """One as it is now. Raises `Refused("unknown_packet")`."""
        return self._store.read(lambda tx: packets.get(tx, packet))

    async def packet_record(self, packet: str) -> dict[str, object]:
        """Everything that is published of one; see `draw.check`."""
        return self._store.read(lambda tx: packets.record(tx, packet))

    async def enter_packet(self, viewer: Viewer | str, packet: str, nonce: str) -> Entered:
        """Take part in a red packet, once and for nothing. Raises `Refused`."""
        now, who = self._clock.now(), viewer_id(viewer)
        return await self._write(lambda tx: (packets.enter(tx, packet, who, nonce, now), []))

    async def after(self, viewer: Viewer | str | None, order_id: str) -> After:
        """Parcels, returns, questions and refunds of an order; None for the operator."""
        who = None if viewer is None else viewer_id(viewer)

        def look(tx: Tx) -> After:
            orders.get(tx, order_id, who)
            return aftersale.of(tx, order_id)

        return self._store.read(look)

    async def answer_delay(self, viewer: Viewer | str, order_id: str, consent: bool) -> Order:
        """Agree to the new date, or have the money for what is late back. Raises `Refused`."""
        now, who = self._clock.now(), viewer_id(viewer)

        def work(tx: Tx) -> tuple[Order, list[ShopEvent]]:
            given = delays.answer(tx, order_id, consent, now, who)
            order = orders.get(tx, order_id)
            events: list[ShopEvent] = [_ended(order) if given else OrderChanged(order)]
            return order, [*events, *(self._offer(tx, order, now) if given else ())]

        order = await self._write(work)
        await self._send_outbox()
        return order

    async def ask_return(
        self, viewer: Viewer | str, order_id: str, line: int, quantity: int, reason: str
    ) -> Return:
        """Ask to send goods back. Raises `Refused`: not_shipped, too_many, unknown_order."""
        now, who = self._clock.now(), viewer_id(viewer)

        def work(tx: Tx) -> tuple[Return, list[ShopEvent]]:
            item = returns.ask_return(tx, order_id, line, quantity, reason, now, who)
            return item, [OrderChanged(orders.get(tx, order_id))]

        return await self._write(work)

    # ---- what is due

    async def duties(self) -> None:
        """Carry out what its minute has come for: waves, closes, draws, answers not given.

        Each is a transaction of its own, so that one that fails does not hold up the others.
        """
        now = self._clock.now()
        row = self._store.read(lambda tx: tx.one(_DUE, now=now))
        if row and row["n"]:
            await self._do_due(now)
        if now - self._watched >= _WATCH_SECONDS:
            self._watched = now
            self._watch(now)

    async def _do_due(self, now: float) -> None:
        for id in self._store.read(lambda tx: waves.due(tx, now)):
            await self._write(partial(self._release, id, now))
        for id in self._store.read(lambda tx: groups.due(tx, now)):
            await self._write(partial(self._settle, id, now))
        for id in self._store.read(lambda tx: packets.due(tx, now)):
            await self._write(partial(self._draw, id, now))
        await self._write(partial(self._lapse, now))

    def _release(self, id: str, now: float, tx: Tx) -> tuple[None, list[ShopEvent]]:
        wave = waves.release(tx, id, now, "clock")
        return None, [
            *_stock(tx, wave.sku, now),
            *waitlist.promote(tx, [wave.sku], now, self.rules),
        ]

    def _settle(self, id: str, now: float, tx: Tx) -> tuple[None, list[ShopEvent]]:
        group, given = groups.close(tx, id, now, "clock")
        self._log.info("group price settled", group=id, pieces=group.pieces, given_back=given)
        return None, [PriceChanged(group.listing)]

    def _draw(self, id: str, now: float, tx: Tx) -> tuple[None, list[ShopEvent]]:
        _, given = packets.draw_packet(tx, id, now)
        winners = tuple((viewer, coupon.code) for viewer, coupon in given)
        return None, [PacketChanged(id, winners)]

    def _lapse(self, now: float, tx: Tx) -> tuple[None, list[ShopEvent]]:
        events = delays.lapse(tx, now)
        ended = [event.order for event in events if isinstance(event, OrderEnded)]
        return None, [*events, *(e for order in ended for e in self._offer(tx, order, now))]

    def _watch(self, now: float) -> None:
        """Follow the calendars, and warn of promises that are likely to be broken."""
        own = self._own_dates = self._own_dates or self.rules.dates
        self._follow(self._store.read(lambda tx: suppliers.dates(tx, own)))
        dates = self.rules.dates
        found = self._store.read(lambda tx: lots.alerts(tx, dates, now))
        fresh = frozenset((a.lot, a.sku, a.ships_by.isoformat()) for a in found)
        for alert in found:
            if (alert.lot, alert.sku, alert.ships_by.isoformat()) not in self._warned:
                self._log.warning(
                    "promise in danger",
                    lot=alert.lot or "on hand",
                    sku=alert.sku,
                    ships_by=alert.ships_by.isoformat(),
                    orders=alert.orders,
                    chance=f"{alert.chance}%",
                )
        self._warned = fresh

    def _follow(self, dates: Dates) -> None:
        """Make promises by these calendars from now on."""
        if dates != self.rules.dates:
            self.rules = replace(self.rules, dates=dates)


def _stock(tx: Tx, sku: str, now: float) -> list[ShopEvent]:
    item = listing.priced(tx, sku, now)
    return [StockChanged(item.listing)] if item else []


def _ended(order: Order) -> ShopEvent:
    return OrderEnded(order, "refunded") if order.state == "refunded" else OrderChanged(order)
