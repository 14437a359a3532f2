"""Where sales came from: chat or tap, the line that was being spoken, its segment and listing.

Every hold froze its origin, and order lines carry it on, so this is only adding up.
"""

from __future__ import annotations

from typing import Literal

from idol.commerce.outcomes import Report
from idol.store import Row, Tx

By = Literal["listing", "segment", "utterance", "source"]
_PAID = "o.state IN ('paid', 'shipped')"


def report(tx: Tx, currency: str) -> Report:
    """Totals and tables of everything in the ledger."""
    total = _one(
        tx,
        "SELECT count(*) AS orders,"
        f" sum(CASE WHEN {_PAID} THEN 1 ELSE 0 END) AS paid,"
        f" sum(CASE WHEN {_PAID} THEN o.total ELSE 0 END) AS gmv FROM orders o",
    )
    back = _one(tx, "SELECT sum(refunded) AS n FROM payments")
    pieces = _one(
        tx,
        "SELECT sum(l.quantity) AS n FROM order_lines l JOIN orders o ON o.id = l.order_id"
        f" WHERE {_PAID}",
    )
    held = _one(
        tx,
        "SELECT count(*) AS n, sum(CASE WHEN state = 'expired' THEN 1 ELSE 0 END) AS expired"
        " FROM holds",
    )
    return Report(
        currency=currency,
        orders=total["orders"] or 0,
        paid=total["paid"] or 0,
        gmv=total["gmv"] or 0,
        refunded=back["n"] or 0,
        pieces=pieces["n"] or 0,
        holds=held["n"] or 0,
        holds_expired=held["expired"] or 0,
        by_listing=table(tx, "listing"),
        by_segment=table(tx, "segment"),
        by_utterance=table(tx, "utterance"),
        by_source=table(tx, "source"),
    )


def table(tx: Tx, by: By) -> tuple[dict[str, object], ...]:
    """One row for each value of `by`: holds, held pieces, paid orders, pieces and money.

    `conversion` is paid pieces in 10,000 held ones, an integer like all figures here.
    """
    held = {
        row["k"]: row
        for row in tx.all(
            f"SELECT {by} AS k, count(*) AS holds, sum(quantity) AS pieces FROM holds GROUP BY {by}"
        )
    }
    paid = {
        row["k"]: row
        for row in tx.all(
            f"SELECT l.{by} AS k, count(DISTINCT o.id) AS orders, sum(l.quantity) AS pieces,"
            " sum(l.quantity * l.unit) AS gmv FROM order_lines l JOIN orders o ON o.id = l.order_id"
            f" WHERE {_PAID} GROUP BY l.{by}"
        )
    }
    rows: list[dict[str, object]] = []
    for key, hold in held.items():
        sold = paid.get(key)
        pieces = sold["pieces"] if sold else 0
        rows.append(
            {
                by: key,
                "holds": hold["holds"],
                "held": hold["pieces"],
                "orders": sold["orders"] if sold else 0,
                "pieces": pieces,
                "gmv": sold["gmv"] if sold else 0,
                "conversion": pieces * 10_000 // hold["pieces"],
            }
        )
    return tuple(sorted(rows, key=lambda row: (-int(str(row["gmv"])), str(row[by]))))


def _one(tx: Tx, sql: str) -> Row:
    row = tx.one(sql)
    assert row is not None, "an aggregate always has one row"
    return row
