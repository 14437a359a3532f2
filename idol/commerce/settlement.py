"""Payments of orders: attempts, the provider's word, money that must go back.

Functions over a transaction. What must be done outside (a refund at the provider) is written
to the outbox in the same commit and carried out afterwards.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from idol.commerce import coupons, holds, refunds
from idol.commerce.holds import Rules
from idol.commerce.orders import get, move, note
from idol.commerce.outcomes import Order
from idol.commerce.states import PAYMENT
from idol.errors import Refused
from idol.model import Money
from idol.ports import PaymentEvent
from idol.store import Row, Tx


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


def open_attempt(tx: Tx, order: str) -> Payment | None:
    """The payment by which an order that waits for it may be paid; None before the first try,
    after a failed one, and once it waits no longer."""
    row = tx.one(
        "SELECT p.* FROM payments p JOIN orders o ON o.id = p.order_id"
        " WHERE p.order_id = :id AND p.state = 'started' AND o.state = 'awaiting_payment'",
        id=order,
    )
    return _payment(row) if row else None


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


def pay_at(tx: Tx, reference: str, url: str) -> None:
    """Keep where a payment is made."""
    tx.run("UPDATE payments SET url = :url WHERE reference = :ref", url=url, ref=reference)


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
        failed = PAYMENT.move(tx, event.reference, "failed")
        # One try of an order that another has paid is nothing to tell.
        open_still = order.state == "awaiting_payment"
        return Settled("failed" if failed and open_still else "", order)
    if event.kind == "refunded":
        cause = f"provider:{event.id}"
        changed = refunds.reported(tx, event.reference, event.amount.minor, cause, now)
        return Settled("refunded" if changed else "", get(tx, order.id))
    if not PAYMENT.move(tx, event.reference, "paid", captured=event.amount.minor):
        return Settled("", order)
    if event.amount != Money(row["amount"], row["currency"]) or not _accept(tx, order, now, rules):
        if event.amount.minor:
            cause = f"unwanted:{event.reference}"
            refunds.enter(tx, event.reference, event.amount, "unwanted", cause, now)
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
        if not (expired and coupons.retake(tx, order.id)):
            return False
        for done, hold in enumerate(mine):
            if not holds.rehold(tx, hold, now, rules):
                for again in mine[:done]:  # all of the order, or nothing
                    holds.cancel(tx, again)
                coupons.give_back(tx, order.id)
                return False
    else:
        return False
    move(tx, order.id, "paid")
    return True


def refund(tx: Tx, order: str, now: float, by: str) -> Order:
    """Give all the money back; unshipped pieces return to stock. Raises `Refused`."""
    before = get(tx, order)
    move(tx, order, "refunded")
    refunds.give_back(tx, order, refunds.left(tx, order), "order", f"order:{order}", now)
    for row in tx.all("SELECT id FROM holds WHERE order_id = :o AND state = 'sold'", o=order):
        holds.cancel(tx, row["id"])
    note(tx, now, "order_refunded", order=order, by=by, was=before.state)
    return get(tx, order)


def _payment(row: Row) -> Payment:
    return Payment(
        row["reference"],
        row["order_id"],
        Money(row["amount"], row["currency"]),
        row["url"],
        row["state"],
    )
