"""Money on its way back: each cause once, and together never more than was taken.

Functions over a transaction. A refund is entered with the change that causes it, carried out
at the provider by the outbox, and settled when the provider took it or reports it.
"""

from __future__ import annotations

import json
import secrets
from typing import Literal

from idol.commerce.states import PAYMENT
from idol.model import Money
from idol.store import Tx

Reason = Literal["order", "unwanted", "tier", "delay", "return", "goodwill", "provider"]


def left(tx: Tx, order: str) -> int:
    """Minor units of an order that were taken and are not given back or about to be."""
    row = tx.one(
        "SELECT (SELECT coalesce(sum(captured), 0) FROM payments WHERE order_id = :o)"
        " - (SELECT coalesce(sum(amount), 0) FROM refunds WHERE order_id = :o) AS n",
        o=order,
    )
    return int(row["n"]) if row else 0


def known(tx: Tx, cause: str) -> bool:
    """Whether this cause has been paid for already."""
    row = tx.one(
        "SELECT 1 FROM refunds WHERE cause = :c OR cause LIKE :parts", c=cause, parts=f"{cause}/%"
    )
    return row is not None


def give_back(tx: Tx, order: str, amount: int, reason: Reason, cause: str, now: float) -> int:
    """Enter a refund of up to `amount` minor units of an order, from its payments in turn.

    Returns what could be entered: less than asked if not so much is left, nothing if this
    `cause` was entered before.
    """
    if amount <= 0 or known(tx, cause):
        return 0
    entered = 0
    for turn, row in enumerate(
        tx.all(
            "SELECT p.reference, p.currency, p.captured - (SELECT coalesce(sum(r.amount), 0)"
            " FROM refunds r WHERE r.reference = p.reference) AS room FROM payments p"
            " WHERE p.order_id = :o AND p.state IN ('paid', 'refunding') ORDER BY p.attempt",
            o=order,
        )
    ):
        take = min(amount - entered, row["room"])
        if take > 0:
            own = cause if take == amount else f"{cause}/{turn}"
            enter(tx, row["reference"], Money(take, row["currency"]), reason, own, now)
            entered += take
    return entered


def enter(tx: Tx, reference: str, amount: Money, reason: Reason, cause: str, now: float) -> None:
    """Owe `amount` of one payment back, and leave the doing of it to the outbox."""
    row = tx.one("SELECT order_id FROM payments WHERE reference = :ref", ref=reference)
    assert row is not None, "a refund is of a payment"
    id = f"r_{secrets.token_hex(8)}"
    tx.run(
        "INSERT INTO refunds (id, reference, order_id, amount, currency, reason, cause, at)"
        " VALUES (:id, :ref, :order, :n, :currency, :reason, :cause, :now)",
        id=id,
        ref=reference,
        order=row["order_id"],
        n=amount.minor,
        currency=amount.currency,
        reason=reason,
        cause=cause,
        now=now,
    )
    if _room(tx, reference) <= 0:
        PAYMENT.move(tx, reference, "refunding")
    body = {"reference": reference, "amount": amount.minor, "currency": amount.currency, "key": id}
    tx.run(
        "INSERT INTO outbox (topic, body, at, next_at) VALUES ('refund', :body, :now, :now)",
        body=json.dumps(body),
        now=now,
    )


def done(tx: Tx, id: str, reference: str, amount: int) -> None:
    """The provider took it: the payment shows the money as returned. Idempotent."""
    if tx.run("UPDATE refunds SET state = 'done' WHERE id = :id AND state = 'due'", id=id):
        _returned(tx, reference, amount)


def reported(tx: Tx, reference: str, amount: int, cause: str, now: float) -> bool:
    """The provider says that money went back: one of ours, or one made at its own desk.

    False if it says what cannot be, such as more than was taken.
    """
    ours = tx.one(
        "SELECT id FROM refunds WHERE reference = :ref AND amount = :n AND told = 0"
        " ORDER BY at, id",
        ref=reference,
        n=amount,
    )
    if ours:
        tx.run("UPDATE refunds SET told = 1 WHERE id = :id", id=ours["id"])
        done(tx, ours["id"], reference, amount)
        return True
    row = tx.one("SELECT order_id, currency FROM payments WHERE reference = :ref", ref=reference)
    if row is None or not 0 < amount <= _room(tx, reference):
        return False
    tx.run(
        "INSERT INTO refunds (id, reference, order_id, amount, currency, reason, cause, state,"
        " told, at) VALUES (:id, :ref, :order, :n, :currency, 'provider', :cause, 'done', 1, :now)",
        id=f"r_{secrets.token_hex(8)}",
        ref=reference,
        order=row["order_id"],
        n=amount,
        currency=row["currency"],
        cause=cause,
        now=now,
    )
    _returned(tx, reference, amount)
    return True


def _returned(tx: Tx, reference: str, amount: int) -> None:
    tx.run(
        "UPDATE payments SET refunded = refunded + :n WHERE reference = :ref"
        " AND state IN ('paid', 'refunding') AND refunded + :n <= captured",
        n=amount,
        ref=reference,
    )
    if tx.one("SELECT 1 FROM payments WHERE reference = :ref AND 0 < captured"
              " AND captured <= refunded", ref=reference):  # fmt: skip
        PAYMENT.move(tx, reference, "refunded")


def _room(tx: Tx, reference: str) -> int:
    """Minor units of one payment that were taken and are neither back nor on their way."""
    row = tx.one(
        "SELECT captured - (SELECT coalesce(sum(amount), 0) FROM refunds"
        " WHERE reference = :ref) AS n FROM payments WHERE reference = :ref",
        ref=reference,
    )
    return int(row["n"]) if row else 0
