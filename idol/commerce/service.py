"""The shop's use cases: one async method each, a thin shell over the ledger's functions.

Everything that changes the ledger is one transaction, on disk before it is answered and
before the listener hears of it. A repeated request (same key, same content) gets the first
answer again; the same key with other content is refused.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from idol.clock import Clock
from idol.commerce import (
    answers,
    attribution,
    holds,
    idempotency,
    listing,
    money,
    orders,
    outbox,
    supply,
)
from idol.commerce.catalog import Catalog
from idol.commerce.desk import Desk
from idol.commerce.holds import Origin, Rules
from idol.commerce.intent import Pending, parse
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import (
    Asked,
    Floor,
    Held,
    Hold,
    HoldEnded,
    HoldMade,
    NotOrder,
    Order,
    OrderEnded,
    OrderPaid,
    OrderPlaced,
    Outcome,
    PaymentFailed,
    PriceChanged,
    Refusal,
    Report,
    ShopEvent,
    Source,
    StockChanged,
)
from idol.errors import IdolError, Refused
from idol.model import ChatMessage, Language, Money, Quote, Viewer
from idol.ports import PaymentProvider, PaymentRequest
from idol.store import Store, Tx
from idol.telemetry import Log

T = TypeVar("T")
_QUOTE_SECONDS = 0.2
"""How long a quote is remembered when nothing has changed: bounds how late an expiry shows."""
_REMEMBERED = 4096
"""Viewers whose open question, and messages whose answer wrote nothing, are remembered."""


class Shop:
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
    ) -> None:
        self.catalog = catalog
        self.rules = rules or Rules()
        self.floor = Floor()
        """What is on air, for sales by tap; the stage keeps it up to date."""
        self._store, self._provider, self._clock = store, provider, clock
        self._listener, self._log, self._return_url = listener, log, return_url
        self._lexicon = Lexicon(catalog.listings)
        self._desk = Desk(catalog.listings, self.quote, self.rules.hold_seconds)
        self._quotes: dict[int, tuple[float, Quote]] = {}
        self._pending: OrderedDict[str, tuple[float, Pending]] = OrderedDict()
        self._hearing: dict[str, asyncio.Task[Outcome]] = {}
        self._said: OrderedDict[str, tuple[str, Outcome]] = OrderedDict()
        self._changed: set[int] = set()

    async def start(self) -> None:
        """Bring the catalogue into the ledger, and take up the payments that were under way.

        Stock of known skus stays as the ledger has it.
        """
        now, dates = self._clock.now(), self.rules.dates
        new = await self._store.submit(lambda tx: listing.seed(tx, self.catalog, now, dates))
        self._quotes.clear()
        for order in self._store.read(lambda tx: orders.awaiting(tx, now)):
            try:
                await self._with_pay_url(order)
            except IdolError as error:
                self._log.warning("payment not resumed", order=order.number, why=str(error))
        self._log.info("shop open", listings=len(self.catalog.listings), new_skus=len(new))

    # ---- reads

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

    async def order(self, viewer: Viewer | str, order_id: str) -> Order:
        """Raises `Refused("unknown_order")`, also for another viewer's."""
        return self._store.read(lambda tx: orders.get(tx, order_id, _id(viewer)))

    async def orders(self, viewer: Viewer | str) -> list[Order]:
        """A viewer's orders, newest first."""
        return self._store.read(lambda tx: orders.of_viewer(tx, _id(viewer)))

    async def holds(self, viewer: Viewer | str) -> list[Hold]:
        """A viewer's holds that may still be confirmed, oldest first."""
        now = self._clock.now()
        return self._store.read(lambda tx: holds.live(tx, _id(viewer), now))

    async def report(self) -> Report:
        """What sold, by listing, segment, spoken line and source."""
        return self._store.read(lambda tx: attribution.report(tx, self.catalog.currency))

    # ---- the purchase

    async def hear(self, message: ChatMessage, floor: Floor) -> Outcome:
        """Read one chat message and do what a good seller would; once per message id."""
        task = self._hearing.get(message.id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._hear(message, floor))
            self._hearing[message.id] = task
            task.add_done_callback(lambda _: self._hearing.pop(message.id, None))
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

    async def confirm(self, viewer: Viewer | str, hold_id: str, key: str) -> Order:
        """Turn a hold into an order; its `pay_url` is where to send the buyer.

        Raises `Refused`: unknown_hold, hold_expired, hold_cancelled, key_reused; `Unavailable`
        if the provider cannot be reached (the order stands: confirm or pay again).
        """
        now, who = self._clock.now(), _id(viewer)
        scoped, request = f"confirm:{who}:{key}", idempotency.digest(hold_id)

        def work(tx: Tx) -> tuple[tuple[Order | None, bool], list[ShopEvent]]:
            known = idempotency.find(tx, scoped, request)
            if known:
                return (orders.get(tx, known["order"]), False), []
            events = answers.expire(tx, now)
            before = holds.get(tx, hold_id, who)
            if before.state in ("expired", "cancelled"):
                return (None, False), events  # not raised here, or the expiry would be undone
            order = orders.place(tx, who, hold_id, self._provider.name, now, self.rules)
            idempotency.keep(tx, scoped, request, {"order": order.id}, now)
            if before.state != "live":
                return (order, False), events
            return (order, True), [*events, HoldEnded(holds.get(tx, hold_id), "confirmed")]

        order, placed = await self._write(work)
        if order is None:
            state = self._store.read(lambda tx: holds.get(tx, hold_id).state)
            raise Refused(f"hold_{state}")
        try:
            order = await self._with_pay_url(order)
        finally:
            if placed:  # told with its pay_url, but told in any case
                self._tell(OrderPlaced(order))
        return order

    async def pay(self, viewer: Viewer | str, order_id: str) -> Order:
        """An order with a fresh `pay_url`, to try again after a failed payment."""
        return await self._with_pay_url(await self.order(viewer, order_id))

    async def cancel(self, viewer: Viewer | str, hold_id: str) -> Hold:
        """Give a hold back, also one whose order is not paid yet.

        Raises `Refused`: unknown_hold, hold_sold, hold_expired, ...
        """
        now, who = self._clock.now(), _id(viewer)

        def work(tx: Tx) -> tuple[Hold, list[ShopEvent]]:
            hold = holds.get(tx, hold_id, who)
            if hold.state == "cancelled":
                return hold, []
            row = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold_id)
            if row and row["order_id"]:
                order = orders.cancel(tx, who, row["order_id"], now)
                hold = holds.get(tx, hold_id)
                return hold, [HoldEnded(hold, "cancelled"), OrderEnded(order, "cancelled")]
            hold = holds.cancel(tx, hold_id)
            return hold, [HoldEnded(hold, "cancelled")]

        return await self._write(work)

    async def cancel_order(self, viewer: Viewer | str, order_id: str) -> Order:
        """The buyer withdraws an unpaid order. Raises `Refused("order_STATE")` afterwards."""
        now, who = self._clock.now(), _id(viewer)

        def work(tx: Tx) -> tuple[Order, list[ShopEvent]]:
            order = orders.cancel(tx, who, order_id, now)
            return order, [OrderEnded(order, "cancelled")]

        return await self._write(work)

    async def webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take in the payment provider's word, once per event.

        Raises `Refused`: bad_signature, unknown_payment; `BadInput`.
        """
        event = self._provider.parse(headers, body)
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            events = answers.expire(tx, now)
            settled = orders.settle(tx, event, now, self.rules)
            if settled.what == "paid":
                events.append(OrderPaid(settled.order))
            elif settled.what == "failed":
                events.append(PaymentFailed(settled.order))
            elif settled.what == "refunded":
                events.append(OrderEnded(settled.order, "refunded"))
            return None, events

        await self._write(work)
        self._log.info("payment event", kind=event.kind, reference=event.reference)
        await self._send_outbox()

    # ---- the merchant

    async def set_stock(self, sku: str, on_hand: int, by: str) -> None:
        """Make `on_hand` pieces sellable beyond those held. Raises `Refused`: unknown_variant,
        bad_stock."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            events = answers.expire(tx, now)
            item = listing.priced(tx, sku, now)
            if item is None:
                raise Refused("unknown_variant", f"there is no variant {sku!r}")
            supply.set_on_hand(tx, sku, on_hand)
            orders.note(tx, now, "stock_set", sku=sku, on_hand=on_hand, by=by)
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

    async def ship(self, order_id: str, by: str) -> Order:
        """A paid order has left the house. Raises `Refused("order_STATE")`."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Order, list[ShopEvent]]:
            order = orders.ship(tx, order_id, now, by)
            return order, [OrderEnded(order, "shipped")]

        return await self._write(work)

    async def refund(self, order_id: str, by: str) -> Order:
        """Give an order's money back. Raises `Refused("order_STATE")`."""
        now = self._clock.now()

        def work(tx: Tx) -> tuple[Order, list[ShopEvent]]:
            order = orders.refund(tx, order_id, now, by)
            return order, [OrderEnded(order, "refunded")]

        order = await self._write(work)
        await self._send_outbox()
        return order

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
            await self._write(lambda tx: (None, answers.expire(tx, now)))
        await self._send_outbox()

    # ---- inside

    async def _hear(self, message: ChatMessage, floor: Floor) -> Outcome:
        key, viewer, language = f"chat:{message.id}", message.viewer, message.language
        request = idempotency.digest(viewer.id, message.text)
        said = self._said.get(key)
        if said:
            if said[0] != request:
                raise Refused("key_reused", "this message id was used for another message")
            return said[1]
        answer = self._store.read(lambda tx: answers.find(tx, key, request))
        if answer:
            return self._desk.word(answer, language)
        now = self._clock.now()
        until, pending = self._pending.get(viewer.id, (0.0, None))
        intent = parse(message.text, self._lexicon, floor, pending if now < until else None)
        if intent.kind == "cancel":
            cancelled = await self._write(
                lambda tx: answers.cancel(tx, key, request, viewer.id, intent.skus, now)
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

    async def _place(
        self,
        key: str,
        request: str,
        viewer: Viewer,
        wants: Sequence[tuple[str, int]],
        origin: Origin,
        language: Language,
    ) -> Held | Refusal:
        now = self._clock.now()
        answer = await self._write(
            lambda tx: answers.place(tx, key, request, viewer, wants, origin, now, self.rules)
        )
        outcome = self._desk.word(answer, language)
        assert isinstance(outcome, Held | Refusal), "a purchase is held or refused"
        return outcome

    async def _with_pay_url(self, order: Order) -> Order:
        """Start the payment at the provider if it has not been, and keep where it is paid."""
        if order.state != "awaiting_payment":
            return order
        now = self._clock.now()
        payment = await self._store.submit(
            lambda tx: orders.attempt(tx, order.id, self._provider.name, now)
        )
        # Started again each time: it is idempotent, and a provider may have lost or moved it.
        url = await self._provider.start(
            PaymentRequest(
                reference=payment.reference,
                order=order.id,
                amount=payment.amount,
                description=order.number,
                return_url=self._return_url.format(order=order.id),
            )
        )
        if url != payment.url:
            await self._store.submit(partial(orders.pay_at, reference=payment.reference, url=url))
        return self._store.read(lambda tx: orders.get(tx, order.id))

    async def _send_outbox(self) -> None:
        """Carry out what is due outside; what fails is tried again later, ever more seldom."""
        now = self._clock.now()
        for task in self._store.read(lambda tx: outbox.due(tx, now)):
            try:
                amount = Money(task.amount, task.currency)
                await self._provider.refund(task.reference, amount, task.key)
            except IdolError as error:
                self._log.warning("refund not done yet", reference=task.reference, why=str(error))
                await self._store.submit(partial(outbox.put_off, id=task.id, now=now))
            else:
                await self._store.submit(partial(outbox.done, task=task, now=now))

    async def _write(self, work: Callable[[Tx], tuple[T, list[ShopEvent]]]) -> T:
        """Commit, then tell: the listener first hears of what is on disk."""
        result, events = await self._store.submit(work)
        for number in {number for event in events for number in _listings(event)}:
            self._quotes.pop(number, None)
            if number not in self._changed:
                self._changed.add(number)
                asyncio.get_running_loop().call_soon(self._tell_stock, number)
        for event in events:
            if not isinstance(event, StockChanged):
                self._tell(event)
        return result

    def _tell_stock(self, number: int) -> None:
        self._changed.discard(number)
        self._tell(StockChanged(number))

    def _tell(self, event: ShopEvent) -> None:
        try:
            self._listener(event)
        except Exception:  # what is committed stays committed whoever listens
            self._log.exception("shop listener failed", shop_event=type(event).__name__)


def _id(viewer: Viewer | str) -> str:
    return viewer if isinstance(viewer, str) else viewer.id


def _listings(event: ShopEvent) -> tuple[int, ...]:
    """The listings whose quote an event changes."""
    match event:
        case StockChanged() | PriceChanged():
            return (event.listing,)
        case HoldMade() | HoldEnded():
            return (event.hold.listing,)
        case _:
            return tuple(line.listing for line in event.order.lines)


def _bound(table: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep a value, and at most `_REMEMBERED` of them, dropping the oldest."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > _REMEMBERED:
        table.popitem(last=False)
