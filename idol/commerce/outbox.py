"""Work for the payment provider that was committed with its cause: found, done, put off.

Functions over a transaction. Each task carries its own idempotency key, so one that was done
but not marked so is done again without harm.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from idol.commerce import refunds
from idol.store import Tx

_PAUSES = (5.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)
"""Seconds until the next try; the last one repeats."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to give back: `amount` in minor units of the payment's own currency."""

    id: int
    reference: str
    amount: int
    currency: str
    key: str


def due(tx: Tx, now: float) -> list[Refund]:
    """What should be tried now, oldest first, a handful at a time."""
    rows = tx.all(
        "SELECT id, body FROM outbox WHERE done_at IS NULL AND next_at <= :now"
        " AND topic = 'refund' ORDER BY next_at, id LIMIT 20",
        now=now,
    )
    return [Refund(id=row["id"], **json.loads(row["body"])) for row in rows]


def put_off(tx: Tx, id: int, now: float) -> None:
    """It failed: try again after a longer pause."""
    row = tx.one("SELECT tries FROM outbox WHERE id = :id", id=id)
    tries = row["tries"] if row else 0
    tx.run(
        "UPDATE outbox SET tries = tries + 1, next_at = :at WHERE id = :id",
        at=now + _PAUSES[min(tries, len(_PAUSES) - 1)],
        id=id,
    )


def done(tx: Tx, task: Refund, now: float) -> None:
    """The provider took it; the payment shows the money as returned."""
    if tx.run("UPDATE outbox SET done_at = :now WHERE id = :id AND done_at IS NULL",
              now=now, id=task.id):  # fmt: skip
        refunds.done(tx, task.key, task.reference, task.amount)
