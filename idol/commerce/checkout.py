"""From a hold to money and back: orders, payments, refunds, parcels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from idol.clock import Clock
from idol.commerce import (
    answers,
    groups,
    holds,
    idempotency,
    orders,
    outbox,
    settlement,
    waitlist,
)
from idol.commerce.books import Books, viewer_id
from idol.commerce.holds import Rules
from idol.commerce.outcomes import (
    HoldEnded,
    Order,
    OrderEnded,
    OrderLine,
    OrderPaid,
    OrderPlaced,
    PaymentFailed,
    PriceChanged,
    ShopEvent,
)
from idol.errors import IdolError, Refused
from idol.model import Money, Viewer
from idol.ports import PaymentLine, PaymentProvider, PaymentRequest
from idol.store import Store, Tx
from idol.telemetry import Log


class Checkout(Books):
    """The use cases of orders; the provider moves the money, the ledger keeps the truth."""

    elsewhere: Callable[[Mapping[str, str], bytes], Awaitable[None]] | None = None
    """Hears the provider's webhooks that are about no payment: an outside shop's stock."""

    def __init__(
        self,
        store: Store,
        provider: PaymentProvider,
        clock: Clock,
        listener: Callable[[ShopEvent], None],
        log: Log,
        rules: Rules,
        return_url: str,
    ) -> None:
        super().__init__(store, clock, listener, log, rules)
        self._provider, self._return_url = provider, return_url
        self._confirming: dict[str, str] = {}

    async def order(self, viewer: Viewer | str, order_id: str) -> Order:
        """Raises `Refused("unknown_order")`, also for another viewer's."""
        return self._store.read(lambda tx: orders.get(tx, order_id, viewer_id(viewer)))

    async def orders(self, viewer: Viewer | str) -> list[Order]:
        """A viewer's orders, newest first."""
        return self._store.read(lambda tx: orders.of_viewer(tx, viewer_id(viewer)))

    async def confirm(
        self, viewer: Viewer | str, chosen: str | Sequence[str], key: str, coupon: str = ""
    ) -> Order:
        """Turn a hold, or several, into one order; its `pay_url` is where to send the buyer.

        Raises `Refused`: unknown_hold, hold_STATE of one that is live no more (then none is
        ordered), key_reused, in_flight; `Unavailable` if the provider cannot be reached (the
        order stands: confirm or pay again).
        """
        who = viewer_id(viewer)
        ids = (chosen,) if isinstance(chosen, str) else tuple(dict.fromkeys(chosen))
        if not ids:
            raise Refused("unknown_hold")
        asked = (*ids, coupon) if coupon else ids
        scoped, request = f"confirm:{who}:{key}", idempotency.digest(*asked)
        with idempotency.flight(self._confirming, scoped, request):
            return await self._confirm(who, ids, scoped, request, coupon)

    async def _confirm(
        self, who: str, ids: tuple[str, ...], scoped: str, request: str, coupon: str
    ) -> Order:
        now = self._clock.now()

        def work(tx: Tx) -> tuple[tuple[Order | None, bool], list[ShopEvent]]:
            known = idempotency.find(tx, scoped, request)
            if known:
                return (orders.get(tx, known["order"]), False), []
            events = answers.expire(tx, now, self.rules)
            before = [holds.get(tx, id, who) for id in ids]
            if any(hold.state in ("expired", "cancelled") for hold in before):
                return (None, False), events  # not raised here, or the expiry would be undone
            order = orders.place(tx, who, ids, now, self.rules, coupon)
            if order.state == "awaiting_payment":  # in the same commit, for one less to wait for
                settlement.attempt(tx, order.id, self._provider.name, now)
            idempotency.keep(tx, scoped, request, {"order": order.id}, now)
            if before[0].state != "live":
                return (order, False), events
            return (order, True), [
                *events,
                *(HoldEnded(holds.get(tx, id), "confirmed") for id in ids),
            ]

        order, placed = await self._write(work)
        if order is None:
            states = self._store.read(lambda tx: [holds.get(tx, id).state for id in ids])
            raise Refused(f"hold_{next(s for s in states if s in ('expired', 'cancelled'))}")
        try:
            order = await self._with_pay_url(order)
        finally:
            if placed:  # told with its pay_url, but told in any case
                self._tell(OrderPlaced(order))
        return order

    async def pay(self, viewer: Viewer | str, order_id: str) -> Order:
        """An order with a fresh `pay_url`, to try again after a failed payment."""
        return await self._with_pay_url(await self.order(viewer, order_id))

    async def cancel_order(self, viewer: Viewer | str, order_id: str) -> Order:
        """The buyer withdraws an unpaid order. Raises `Refused("order_STATE")` afterwards."""
        now, who = self._clock.now(), viewer_id(viewer)

        def work(tx: Tx) -> tuple[Order, list[ShopEvent]]:
            order = orders.cancel(tx, who, order_id, now)
            return order, [OrderEnded(order, "cancelled"), *self._offer(tx, order, now)]

        return await self._write(work)

    async def webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """Take in the payment provider's word, once per event.

        Raises `Refused`: bad_signature, unknown_payment; `BadInput`.
        """
        event = self._provider.parse(headers, body)
        if event is None:  # genuine, but of no payment of ours
            if self.elsewhere is not None:
                await self.elsewhere(headers, body)
            return
        now = self._clock.now()

        def work(tx: Tx) -> tuple[None, list[ShopEvent]]:
            events = answers.expire(tx, now, self.rules)
            settled = settlement.settle(tx, event, now, self.rules)
            if settled.what == "paid":
                events.append(OrderPaid(settled.order))
                groups.late(tx, settled.order.id, now)
                events += [PriceChanged(n) for n in settled.listings if groups.step(tx, n, now)]
            elif settled.what == "failed":
                events.append(PaymentFailed(settled.order))
            elif settled.what == "refunded":
                events.append(OrderEnded(settled.order, "refunded"))
            return None, events

        await self._write(work)
        self._log.info("payment event", kind=event.kind, reference=event.reference)
        await self._send_outbox()

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
            order = settlement.refund(tx, order_id, now, by)
            return order, [OrderEnded(order, "refunded"), *self._offer(tx, order, now)]

        order = await self._write(work)
        await self._send_outbox()
        return order

    def _offer(self, tx: Tx, order: Order, now: float) -> list[ShopEvent]:
        """What an order has given up goes to those who wait for it."""
        return waitlist.promote(tx, {line.sku for line in order.lines}, now, self.rules)

    async def _resume_payments(self) -> None:
        """Start again at the provider what was under way when this process last ended."""
        now = self._clock.now()
        for order in self._store.read(lambda tx: orders.awaiting(tx, now)):
            try:
                await self._with_pay_url(order)
            except IdolError as error:
                self._log.warning("payment not resumed", order=order.number, why=str(error))

    async def _with_pay_url(self, order: Order) -> Order:
        """Start the payment at the provider if it has not been, and keep where it is paid."""
        if order.state != "awaiting_payment":
            return order
        now = self._clock.now()

        def attempt(tx: Tx) -> settlement.Payment | None:
            # Its time may have run out since it was read: then it is answered as it is.
            if orders.get(tx, order.id).state != "awaiting_payment":
                return None
            return settlement.attempt(tx, order.id, self._provider.name, now)

        payment = self._store.read(lambda tx: settlement.open_attempt(tx, order.id))
        if payment is None:
            payment = await self._store.submit(attempt)
        if payment is None:
            return self._store.read(lambda tx: orders.get(tx, order.id))
        # Started again each time: it is idempotent, and a provider may have lost or moved it.
        url = await self._provider.start(
            PaymentRequest(
                reference=payment.reference,
                order=order.id,
                amount=payment.amount,
                description=order.number,
                return_url=self._return_url.format(order=order.id),
                # A provider adds the lines up: with a coupon they come to more than is paid.
                lines=()
                if order.discount
                else tuple(
                    PaymentLine(line.sku, line.quantity, line.unit, _title(line))
                    for line in order.lines
                ),
            )
        )
        if url != payment.url:
            await self._store.submit(
                partial(settlement.pay_at, reference=payment.reference, url=url)
            )
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


def _title(line: OrderLine) -> str:
    """What a line is called at the provider: the first language that the product has."""
    title = next(iter(line.title.values()), line.sku)
    label = next(iter(line.label.values()), "")
    return f"{title} {label}".strip()
