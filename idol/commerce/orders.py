"""Orders and their payments: placed from a hold, paid or not, given back if they must be.

Functions over a transaction. What must be done outside (a refund at the provider) is written
to the outbox in the same commit and carried out afterwards.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date
from typing import Literal

from idol.commerce import holds, supply
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Hold, Order, OrderLine, OrderState
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.ports import PaymentEvent
from idol.store import Row, Tx

FROM: dict[OrderState, tuple[OrderState, ...]] = {
    "paid": ("awaiting_payment", "cancelled"),  # cancelled: a late payment that found stock
    "shipped": ("paid",),
    "cancelled": ("awaiting_payment",),
    "refunded": ("paid", "shipped", "cancelled"),
}
PAYMENT_FROM: dict[str, tuple[str, ...]] = {
    "failed": ("started",),
    "paid": ("started", "failed"),  # providers do report out of order
    "refunding": ("paid",),
    "refunded": ("refunding", "paid"),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One attempt to pay an order. `reference` is ours and is the provider's idempotency key."""

    reference: str
    order: str
    amount: Money
    url: str
    state: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What a word from the provider changed; `what` is "" when it changed nothing."""

    what: Literal["", "paid", "failed", "refunded"]
    order: Order
    listings: tuple[int, ...] = ()


def expire(tx: Tx, now: float) -> tuple[list[Hold], list[Order]]:
    """Everything whose time has run out: holds freed, unpaid orders cancelled."""
    ended = holds.expire(tx, now)
    orders: list[Order] = []
    for hold in ended:
        row = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold.id)
        if row and row["order_id"]:
            move(tx, row["order_id"], "cancelled")
            note(tx, now, "order_unpaid", order=row["order_id"])
            orders.append(get(tx, row["order_id"]))
    return ended, orders


def place(tx: Tx, viewer: str, hold_id: str, provider: str, now: float, rules: Rules) -> Order:
    """Turn a live hold into an order that waits for payment; the same order if it is one already.

    Call `expire` first. Raises `Refused`: unknown_hold, hold_expired, hold_cancelled.
    """
    hold = holds.get(tx, hold_id, viewer)
    known = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold_id)
    if known and known["order_id"] and hold.state != "expired":
        return get(tx, known["order_id"])
    pay_by = now + rules.pay_seconds
    holds.move(tx, hold_id, "confirmed", expires_at=pay_by)
    order = f"o_{secrets.token_hex(8)}"
    tx.run(
        "INSERT INTO orders (id, number, viewer, viewer_name, platform, state, total, currency,"
        " created_at, pay_by) VALUES (:id, :number, :viewer, :name, :platform,"
        " 'awaiting_payment', :total, :currency, :now, :pay_by)",
        id=order,
        number=_number(now, rules),
        viewer=viewer,
        name=hold.viewer.name,
        platform=hold.viewer.platform,
        total=hold.total.minor,
        currency=hold.unit.currency,
        now=now,
        pay_by=pay_by,
    )
    tx.run("UPDATE holds SET order_id = :o WHERE id = :id", o=order, id=hold_id)
    parts = tx.all(
        "SELECT quantity, ships_by FROM hold_parts WHERE hold = :h ORDER BY ships_by, supply",
        h=hold_id,
    )
    for line, part in enumerate(parts):
        tx.run(
            "INSERT INTO order_lines (order_id, line, hold, listing, sku, title, label, quantity,"
            " unit, ships_by, source, message, segment, utterance, licence)"
            " SELECT :order, :line, id, listing, sku, :title, :label, :quantity, unit, :ships,"
            " source, message, segment, utterance, licence FROM holds WHERE id = :hold",
            order=order,
            line=line,
            title=json.dumps(hold.title, ensure_ascii=False),
            label=json.dumps(hold.label, ensure_ascii=False),
            quantity=part["quantity"],
            ships=part["ships_by"],
            hold=hold_id,
        )
    attempt(tx, order, provider, now)
    note(tx, now, "order_placed", order=order, hold=hold_id, total=hold.total.minor)
    return get(tx, order)


def attempt(tx: Tx, order: str, provider: str, now: float) -> Payment:
    """The payment to go on with: the open one, or a new one if the last failed.

    Raises `Refused("order_STATE")` if the order does not wait for payment.
    """
    row = tx.one("SELECT state, total, currency FROM orders WHERE id = :id", id=order)
    if row is None:
        raise Refused("unknown_order")
    if row["state"] != "awaiting_payment":
        raise Refused(f"order_{row['state']}")
    last = tx.one(
        "SELECT * FROM payments WHERE order_id = :id ORDER BY attempt DESC",
        id=order,
    )
    if last and last["state"] == "started":
        return _payment(last)
    reference = f"p_{secrets.token_hex(12)}"
    tx.run(
        "INSERT INTO payments (reference, order_id, provider, state, amount, currency, attempt,"
        " created_at) VALUES (:ref, :order, :provider, 'started', :amount, :currency, :attempt,"
        " :now)",
        ref=reference,
        order=order,
        provider=provider,
        amount=row["total"],
        currency=row["currency"],
        attempt=last["attempt"] + 1 if last else 1,
        now=now,
    )
    return Payment(reference, order, Money(row["total"], row["currency"]), "", "started")


def settle(tx: Tx, event: PaymentEvent, now: float, rules: Rules) -> Settled:
    """Take in a verified word from the provider, once. Call `expire` first.

    Raises `Refused("unknown_payment")`. A payment for an order whose time had run out takes
    the stock again if it is still there by the promised date; otherwise, as with a wrong
    amount or a second payment, the money goes back.
    """
    row = tx.one("SELECT * FROM payments WHERE reference = :ref", ref=event.reference)
    if row is None:
        raise Refused("unknown_payment", event.reference)
    order = get(tx, row["order_id"])
    if tx.one("SELECT 1 FROM inbox WHERE id = :id", id=event.id):
        return Settled("", order)
    tx.run("INSERT INTO inbox (id, at) VALUES (:id, :now)", id=event.id, now=now)
    note(tx, now, f"payment_{event.kind}", payment=event.reference, amount=event.amount.minor)
    if event.kind == "failed":
        failed = _move_payment(tx, event.reference, "failed")
        return Settled("failed" if failed else "", order)
    if event.kind == "refunded":
        changed = _refunded(tx, event.reference, event.amount.minor)
        return Settled("refunded" if changed else "", get(tx, order.id))
    if not _move_payment(tx, event.reference, "paid"):
        return Settled("", order)
    tx.run(
        "UPDATE payments SET captured = :n WHERE reference = :ref",
        n=event.amount.minor,
        ref=event.reference,
    )
    if event.amount != Money(row["amount"], row["currency"]) or not _accept(tx, order, now, rules):
        _send_back(tx, event.reference, event.amount, now)
        if order.state == "cancelled":
            move(tx, order.id, "refunded")
            return Settled("refunded", get(tx, order.id))
        return Settled("", get(tx, order.id))
    tx.run("UPDATE orders SET paid_at = :now WHERE id = :id", now=now, id=order.id)
    return Settled("paid", get(tx, order.id), tuple(line.listing for line in order.lines))


def _accept(tx: Tx, order: Order, now: float, rules: Rules) -> bool:
    """Make a full payment count, if the goods are there."""
    mine = [r["id"] for r in tx.all("SELECT id FROM holds WHERE order_id = :o", o=order.id)]
    if order.state == "awaiting_payment":
        for hold in mine:
            holds.move(tx, hold, "sold")
    elif order.state == "cancelled":
        expired = all(holds.get(tx, hold).state == "expired" for hold in mine)
        if not (expired and all(holds.rehold(tx, hold, now, rules) for hold in mine)):
            return False
    else:
        return False
    move(tx, order.id, "paid")
    return True


def cancel(tx: Tx, viewer: str, order: str, now: float) -> Order:
    """The buyer withdraws before paying. Raises `Refused("order_STATE")` afterwards."""
    get(tx, order, viewer)
    move(tx, order, "cancelled")
    for row in tx.all("SELECT id FROM holds WHERE order_id = :o", o=order):
        holds.cancel(tx, row["id"])
    note(tx, now, "order_cancelled", order=order)
    return get(tx, order)


def refund(tx: Tx, order: str, now: float, by: str) -> Order:
    """Give all the money back; unshipped pieces return to stock. Raises `Refused`."""
    before = get(tx, order)
    move(tx, order, "refunded")
    for row in tx.all(
        "SELECT reference, currency, captured - refunded AS n FROM payments"
        " WHERE order_id = :o AND state = 'paid'",
        o=order,
    ):
        _send_back(tx, row["reference"], Money(row["n"], row["currency"]), now)
    for row in tx.all("SELECT id FROM holds WHERE order_id = :o AND state = 'sold'", o=order):
        holds.cancel(tx, row["id"])
    note(tx, now, "order_refunded", order=order, by=by, was=before.state)
    return get(tx, order)


def ship(tx: Tx, order: str, now: float, by: str) -> Order:
    """The parcel has left. Raises `Refused("order_STATE")` if it is not paid."""
    move(tx, order, "shipped")
    for row in tx.all("SELECT id FROM holds WHERE order_id = :o", o=order):
        supply.ship(tx, row["id"])
        holds.move(tx, row["id"], "shipped")
    note(tx, now, "order_shipped", order=order, by=by)
    return get(tx, order)


def move(tx: Tx, order: str, to: OrderState) -> None:
    """Change state if the table allows it. Raises `Refused("order_STATE")` if not."""
    allowed = ", ".join(f"'{state}'" for state in FROM[to])
    if not tx.run(
        f"UPDATE orders SET state = :to WHERE id = :id AND state IN ({allowed})", to=to, id=order
    ):
        row = tx.one("SELECT state FROM orders WHERE id = :id", id=order)
        raise Refused(f"order_{row['state']}" if row else "unknown_order")


def get(tx: Tx, order: str, viewer: str | None = None) -> Order:
    """One order. Raises `Refused("unknown_order")`, also if it is another viewer's."""
    row = tx.one("SELECT * FROM orders WHERE id = :id", id=order)
    if row is None or (viewer is not None and row["viewer"] != viewer):
        raise Refused("unknown_order")
    return _order(tx, row)


def of_viewer(tx: Tx, viewer: str) -> list[Order]:
    """A viewer's orders, newest first."""
    return [
        _order(tx, row)
        for row in tx.all(
            "SELECT * FROM orders WHERE viewer = :v ORDER BY created_at DESC, id", v=viewer
        )
    ]


def awaiting(tx: Tx, now: float) -> list[Order]:
    """Orders that may still be paid."""
    rows = tx.all(
        "SELECT * FROM orders WHERE state = 'awaiting_payment' AND pay_by > :now", now=now
    )
    return [_order(tx, row) for row in rows]


def pay_at(tx: Tx, reference: str, url: str) -> None:
    """Keep where a payment is made."""
    tx.run("UPDATE payments SET url = :url WHERE reference = :ref", url=url, ref=reference)


def note(tx: Tx, now: float, kind: str, **body: object) -> None:
    """Write a line into the auditor's book, in this same commit."""
    tx.run(
        "INSERT INTO events (at, kind, body) VALUES (:at, :kind, :body)",
        at=now,
        kind=kind,
        body=json.dumps(body, ensure_ascii=False),
    )


def _send_back(tx: Tx, reference: str, amount: Money, now: float) -> None:
    if not _move_payment(tx, reference, "refunding"):
        raise Refused("not_paid")
    tx.run(
        "INSERT INTO outbox (topic, body, at, next_at) VALUES ('refund', :body, :now, :now)",
        body=json.dumps(
            {
                "reference": reference,
                "amount": amount.minor,
                "currency": amount.currency,
                "key": f"{reference}-back",
            }
        ),
        now=now,
    )


def _refunded(tx: Tx, reference: str, amount: int) -> bool:
    """The provider says that money went back. Never more than was taken."""
    changed = tx.run(
        "UPDATE payments SET refunded = refunded + :n, state ="
        " CASE WHEN refunded + :n = captured THEN 'refunded' ELSE state END"
        " WHERE reference = :ref AND state IN ('paid', 'refunding') AND refunded + :n <= captured",
        n=amount,
        ref=reference,
    )
    return bool(changed)


def _move_payment(tx: Tx, reference: str, to: str) -> bool:
    allowed = ", ".join(f"'{state}'" for state in PAYMENT_FROM[to])
    return bool(
        tx.run(
            f"UPDATE payments SET state = :to WHERE reference = :ref AND state IN ({allowed})",
            to=to,
            ref=reference,
        )
    )


def _payment(row: Row) -> Payment:
    return Payment(
        row["reference"],
        row["order_id"],
        Money(row["amount"], row["currency"]),
        row["url"],
        row["state"],
    )


def _order(tx: Tx, row: Row) -> Order:
    lines = tx.all("SELECT * FROM order_lines WHERE order_id = :o ORDER BY line", o=row["id"])
    pay = tx.one(
        "SELECT url FROM payments WHERE order_id = :o AND state IN ('started', 'failed')"
        " ORDER BY attempt DESC",
        o=row["id"],
    )
    currency = row["currency"]
    return Order(
        id=row["id"],
        number=row["number"],
        viewer=Viewer(row["viewer"], row["viewer_name"], row["platform"]),
        state=row["state"],
        lines=tuple(_line(line, currency) for line in lines),
        total=Money(row["total"], currency),
        created_at=row["created_at"],
        pay_by=row["pay_by"],
        pay_url=pay["url"] if pay and row["state"] == "awaiting_payment" else "",
        paid_at=row["paid_at"] or 0.0,
    )


def _line(row: Row, currency: str) -> OrderLine:
    return OrderLine(
        listing=row["listing"],
        sku=row["sku"],
        title=json.loads(row["title"]),
        label=json.loads(row["label"]),
        quantity=row["quantity"],
        unit=Money(row["unit"], currency),
        ships_by=date.fromisoformat(row["ships_by"]),
        segment=row["segment"],
        utterance=row["utterance"],
        licence=row["licence"],
        message=row["message"],
        source=row["source"],
    )


def _number(now: float, rules: Rules) -> str:
    """Short enough to read out, unguessable enough not to count our sales: 251128-7K3QX9."""
    alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    tail = "".join(secrets.choice(alphabet) for _ in range(6))
    return f"{rules.dates.today(now):%y%m%d}-{tail}"
