"""The shop's use cases: one async method each, a thin shell over the ledger's functions.

Everything that changes the ledger is one transaction, on disk before it is answered and
before the listener hears of it. A repeated request (same key, same content) gets the first
answer again; the same key with other content is refused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar

from idol.clock import Clock
from idol.commerce import (
    answers,
    attribution,
    holds,
    idempotency,
    intent_change,
    listing,
    money,
    orders,
    seeding,
    supply,
    waitlist,
)
from idol.commerce.answers import Purchase
from idol.commerce.backoffice import BackOffice
from idol.commerce.books import viewer_id
from idol.commerce.catalog import Catalog
from idol.commerce.desk import Desk
from idol.commerce.holds import Origin, Rules
from idol.commerce.intent import Opinion, Pending, parse
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import (
    Asked,
    Floor,
    Held,
    Hold,
    HoldEnded,
    NotOrder,
    OrderEnded,
    Outcome,
    PriceChanged,
    Refusal,
    Report,
    ShopEvent,
    Source,
    StockChanged,
)
from idol.commerce.queueing import Queue
from idol.commerce.supply import Dates
from idol.commerce.till import Till
from idol.commerce.waitlist import Waiting
from idol.errors import Refused
from idol.model import ChatMessage, Language, Money, Viewer
from idol.ports import PaymentProvider
from idol.store import Store, Tx
from idol.telemetry import Log

T = TypeVar("T")
_REMEMBERED = 4096
"""Viewers whose open question, and messages whose answer wrote nothing, are remembered."""


class Shop(BackOffice):
    """The one door to the ledger; implements `ports.Ledger`. `start` before use.

    `listener` is called on the event loop, after commit, and must not block.
    """

    def __init__(
        self,
        store: Store,
        catalog: Catalog,
        provider: PaymentProvider,
        clock: Clock,
        listener: Callable[[ShopEvent], None],
        log: Log,
        *,
        rules: Rules | None = None,
        return_url: str = "/orders/{order}",
        sense: Opinion | None = None,
    ) -> None:
        super().__init__(store, provider, clock, listener, log, rules or Rules(), return_url)
        self.currency = catalog.currency
        self.catalog, self._sense = catalog, sense
        self.floor = Floor()
        """What is on air, for sales by tap; the stage keeps it up to date."""
        self._lexicon = Lexicon(catalog.listings)
        self._till = Till(store, clock, self.rules, self._announce)
        self._desk = Desk(catalog.listings, self.quote, self.rules.hold_seconds)
        self._pending: OrderedDict[str, tuple[float, Pending]] = OrderedDict()
        self._queue = Queue(self.wait, self.wait_rest, self.unwait, self._desk.name)
        self._hearing: dict[tuple[str, str, str], asyncio.Task[Outcome]] = {}
        self._said: OrderedDict[str, tuple[str, Outcome]] = OrderedDict()

    async def start(self) -> None:
        """Bring the catalogue into the ledger, and take up the payments that were under way.

        Stock of known skus stays as the ledger has it.
        """
        now, dates = self._clock.now(), self.rules.dates
        new = await self._store.submit(lambda tx: seeding.seed(tx, self.catalog, now, dates))
        self._watch(now)
        self._quotes.clear()
        await self._resume_payments()
        self._log.info("shop open", listings=len(self.catalog.listings), new_skus=len(new))

    # ---- reads

    async def holds(self, viewer: Viewer | str) -> list[Hold]:
        """A viewer's holds that may still be confirmed, oldest first."""
        now = self._clock.now()
        return self._store.read(lambda tx: holds.live(tx, viewer_id(viewer), now))

    async def report(self) -> Report:
        """What sold, by listing, segment, spoken line and source."""
        return self._store.read(lambda tx: attribution.report(tx, self.catalog.currency))

    # ---- the purchase

    async def hear(self, message: ChatMessage, floor: Floor) -> Outcome:
        """Read one chat message and do what a good seller would; once per viewer and message id.

        Raises `Refused("key_reused")` for another text under the same id.
        """
        same = (message.viewer.id, message.id, message.text)
        task = self._hearing.get(same)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._hear(message, floor))
            self._hearing[same] = task
            task.add_done_callback(lambda _: self._hearing.pop(same, None))
        # Shielded: a page that leaves must not undo what another copy of the message waits for.
        return await asyncio.shield(task)

    async def hold(
        self,
        viewer: Viewer,
        listing: int,
        sku: str,
        quantity: int,
        key: str,
        source: Source = "tap",
        language: Language = "zh",
    ) -> Held | Refusal:
        """Set pieces aside by a tap. Raises `Refused`: key_reused, bad_quantity."""
        if quantity < 1:
            raise Refused("bad_quantity", "at least one piece")
        floor = self.floor
        origin = Origin(source, "", floor.segment, floor.utterance, floor.licence)
        item = self.catalog.listings.get(listing)
        if item is None or all(variant.sku != sku for variant in item.product.variants):
            return self._desk.refusal("unknown_variant", "", sku, language)
        self._pending.pop(viewer.id, None)
        request = idempotency.digest(listing, sku, quantity)
        scoped = f"tap:{viewer.id}:{key}"
        return await self._place(scoped, request, viewer, [(sku, quantity)], origin, language)

    async def wait_for(self, viewer: Viewer, sku: str, quantity: int) -> Waiting:
        """Wait by a tap for what is sold out. Raises `Refused` as `queue` does."""
        floor = self.floor
        origin = Origin("tap", "", floor.segment, floor.utterance, floor.licence)
        return await self.queue(viewer, sku, quantity, origin)

    async def cancel(self, viewer: Viewer | str, hold_id: str) -> Hold:
        """Give a hold back, also one whose order is not paid yet.

        Raises `Refused`: unknown_hold, hold_sold, hold_expired, ...
        """
        now, who = self._clock.now(), viewer_id(viewer)

        def work(tx: Tx) -> tuple[Hold, list[ShopEvent]]:
            hold = holds.get(tx, hold_id, who)
            if hold.state == "cancelled":
                return hold, []
            row = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold_id)
            if row and row["order_id"]:
                order = orders.cancel(tx, who, row["order_id"], now)
                hold = holds.get(tx, hold_id)
                ended: list[ShopEvent] = [OrderEnded(order, "cancelled")]
            else:
                hold, ended = holds.cancel(tx, hold_id), []
            offered = waitlist.promote(tx, [hold.sku], now, self.rules)
            return hold, [HoldEnded(hold, "cancelled"), *ended, *offered]

        return await self._write(work)

    # ---- the merchant

    async def set_stock(self, sku: str, on_hand: int, by: str) -> None:
        """Make `on_hand` pieces sellable beyond those held. Raises `Refused`: unknown_variant,
        bad_stock."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            events = answers.expire(tx, now, self.rules)
            item = listing.priced(tx, sku, now)
            if item is None:
                raise Refused("unknown_variant", f"there is no variant {sku!r}")
            supply.set_on_hand(tx, sku, on_hand)
            orders.note(tx, now, "stock_set", sku=sku, on_hand=on_hand, by=by)
            events += waitlist.promote(tx, [sku], now, self.rules)
            return None, [*events, StockChanged(item.listing)]

        await self._write(work)

    async def open_flash(self, listing_number: int, price: Money | str, seconds: float) -> None:
        """Put a flash price on a listing, ending by this clock; a string is in major units.

        Raises `BadInput`; `Refused`: unknown_listing, bad_currency, not_lower.
        """
        amount = price if isinstance(price, Money) else money.parse(price, self.catalog.currency)
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            listing.open_flash(tx, listing_number, amount, now, seconds)
            return None, [PriceChanged(listing_number)]

        await self._write(work)

    async def close_flash(self, listing_number: int) -> None:
        """End a flash price; nothing happens if there is none."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            closed = listing.close_flash(tx, listing_number, now)
            return None, [PriceChanged(listing_number)] if closed else []

        await self._write(work)

    async def sweep(self) -> None:
        """Tell of what has run out and carry out what is due outside. Call every second or so.

        Stock is right without it; only the telling and the refunds wait for it.
        """
        now = self._clock.now()
        due = self._store.read(
            lambda tx: tx.one(
                "SELECT 1 FROM holds WHERE state IN ('live', 'confirmed') AND expires_at <= :now",
                now=now,
            )
        )
        if due:
            await self._write(lambda tx: (None, answers.expire(tx, now, self.rules)))
        await self.duties()
        await self._send_outbox()

    # ---- inside

    def _follow(self, dates: Dates) -> None:
        super()._follow(dates)
        self._till.rules = self.rules

    async def _hear(self, message: ChatMessage, floor: Floor) -> Outcome:
        viewer, language = message.viewer, message.language
        # Pages choose the ids of their messages: only with the viewer's are they anyone's own.
        key, request = f"chat:{viewer.id}:{message.id}", idempotency.digest(message.text)
        said = self._said.get(key)
        if said:
            if said[0] != request:
                raise Refused("key_reused", "this message id was used for another message")
            return said[1]
        answer = self._store.read(lambda tx: answers.find(tx, key, request))
        if answer:
            return self._desk.word(answer, language)
        now = self._clock.now()
        queued = await self._queue.heard(message, now)
        if queued:
            _bound(self._said, key, (request, queued))
            return queued
        until, pending = self._pending.get(viewer.id, (0.0, None))
        asked = pending if now < until else None
        if not asked and intent_change.hinted(message.text):
            moved = await self._change(message, floor, key, request)
            if moved:
                return moved
        intent = parse(message.text, self._lexicon, floor, asked, self._sense)
        if intent.kind == "cancel":
            cancelled = await self._write(
                lambda tx: answers.cancel(tx, key, request, viewer.id, intent.skus, now, self.rules)
            )
            outcome: Outcome = NotOrder("cancel", intent.listing)
            if cancelled.holds:
                return self._desk.word(cancelled, language)
        elif intent.kind != "order":
            outcome = NotOrder(intent.kind, intent.listing)
        else:
            question = self._desk.question(message, intent)
            if question is None:
                self._pending.pop(viewer.id, None)
                wants = [(want.skus[0], want.quantity) for want in intent.wants]
                origin = Origin("chat", message.id, floor.segment, floor.utterance, floor.licence)
                return await self._place(key, request, viewer, wants, origin, language)
            outcome = question
        if isinstance(outcome, Asked):
            skus = tuple(option.sku for option in outcome.options)
            ask = Pending(outcome.listing, skus, outcome.quantity)
            _bound(self._pending, viewer.id, (now + self.rules.ask_seconds, ask))
        elif intent.kind in ("order", "cancel", "negative"):
            self._pending.pop(viewer.id, None)
        if not (isinstance(outcome, NotOrder) and intent.kind == "none"):
            _bound(self._said, key, (request, outcome))
        return outcome

    async def _change(
        self, message: ChatMessage, floor: Floor, key: str, request: str
    ) -> Outcome | None:
        """The viewer's last hold made into what the message asks for; None if it asks for no
        such thing. What cannot be had leaves the hold as it was."""
        viewer, language = message.viewer, message.language
        mine = await self.holds(viewer)
        change = mine and intent_change.changed(message.text, self._lexicon, mine[-1], floor)
        if not change:
            return None
        wants, now = ((change.sku, change.quantity),), self._clock.now()
        origin = Origin("chat", message.id, floor.segment, floor.utterance, floor.licence)
        if change.more:
            return await self._place(key, request, viewer, wants, origin, language)
        purchase = Purchase(key, request, viewer, wants, origin)
        try:
            answer = await self._write(
                lambda tx: answers.change(tx, purchase, mine[-1].id, now, self.rules)
            )
        except Refused as error:
            outcome = self._desk.kept(error, mine[-1], change.sku, language)
            _bound(self._said, key, (request, outcome))
            return outcome
        return self._desk.word(answer, language)

    async def _place(
        self,
        key: str,
        request: str,
        viewer: Viewer,
        wants: Sequence[tuple[str, int]],
        origin: Origin,
        language: Language,
    ) -> Held | Refusal:
        answer = await self._till.place(Purchase(key, request, viewer, tuple(wants), origin))
        outcome = self._desk.word(answer, language)
        assert isinstance(outcome, Held | Refusal), "a purchase is held or refused"
        return await self._queue.after(
            outcome, viewer, wants, origin, key, self._clock.now(), language
        )


def _bound(table: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep a value, and at most `_REMEMBERED` of them, dropping the oldest."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > _REMEMBERED:
        table.popitem(last=False)
