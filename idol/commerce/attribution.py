"""Where sales came from: chat or tap, the line that was being spoken, its segment and listing.

Every hold froze its origin, and order lines carry it on, so this is only adding up. `record`
reads what `analysis` needs to go further: who was there and what was said before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from idol.commerce.analysis import Click, Held, Record, Shown, Spoken, Visit, split
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


def record(tx: Tx, currency: str) -> Record:
    """Everything of this ledger that `analysis` works on.

    What has no end (the show runs, or a process died) ends with the last thing that happened.
    """
    last = _one(
        tx,
        "SELECT max(at) AS at FROM (SELECT max(started_at) AS at FROM spoken UNION ALL"
        " SELECT max(joined_at) FROM visits UNION ALL SELECT max(created_at) FROM holds"
        " UNION ALL SELECT max(at) FROM remarks UNION ALL SELECT max(at) FROM shown) AS ends",
    )
    now = last["at"] or 0.0
    return Record(
        currency,
        spoken=tuple(
            Spoken(
                row["utterance"],
                row["line"],
                row["segment"],
                row["listing"],
                row["source"],
                row["text"],
                row["started_at"],
                row["ended_at"] or row["started_at"],
                row["heard"],
            )
            for row in tx.all("SELECT * FROM spoken ORDER BY started_at, utterance")
        ),
        visits=tuple(
            Visit(row["viewer"], row["joined_at"], row["left_at"] or now, bool(row["machine"]))
            for row in tx.all("SELECT * FROM visits ORDER BY joined_at, id")
        ),
        shown=tuple(
            Shown(row["at"], row["until_at"] or now, row["listing"], row["segment"],
                  row["utterance"])
            for row in tx.all("SELECT * FROM shown ORDER BY at, id")
        ),
        clicks=tuple(
            Click(row["at"], row["viewer"], row["listing"], row["segment"], row["utterance"])
            for row in tx.all("SELECT * FROM clicks ORDER BY at, id")
        ),
        held=tuple(_held(tx)),
        chats=tuple(
            (row["viewer"], row["at"]) for row in tx.all("SELECT viewer, at FROM remarks")
        ),
    )  # fmt: skip


def _held(tx: Tx) -> list[Held]:
    """Every hold, with its order's money where it was paid: refunds are spread over the lines."""
    words = {(r["viewer"], r["message"]): r["text"] for r in tx.all("SELECT * FROM remarks")}
    back = {
        row["order_id"]: (row["captured"], row["refunded"])
        for row in tx.all(
            "SELECT order_id, sum(captured) AS captured, sum(refunded) AS refunded FROM payments"
            " GROUP BY order_id"
        )
    }
    rows = tx.all(
        "SELECT h.*, o.number, o.state AS order_state, o.paid_at, o.total FROM holds h"
        " LEFT JOIN orders o ON o.id = h.order_id ORDER BY h.created_at, h.id"
    )
    amounts: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row["paid_at"]:
            amounts[row["order_id"]].append(row["quantity"] * row["unit"])
    held: list[Held] = []
    seen: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        gmv = refunded = 0
        order = row["order_id"] or ""
        if row["paid_at"]:
            gross, place = amounts[order], seen[order]
            seen[order] += 1
            gmv = _share(row["total"], gross)[place]
            captured, returned = back.get(order, (0, 0))
            whole = captured if row["order_state"] == "refunded" else returned
            refunded = min(gmv, _share(int(whole or 0), gross)[place])
        held.append(
            Held(
                hold=row["id"],
                at=row["created_at"],
                viewer=row["viewer"],
                platform=row["platform"],
                listing=row["listing"],
                sku=row["sku"],
                quantity=row["quantity"],
                state=row["state"],
                source=row["source"],
                message=row["message"],
                words=words.get((row["viewer"], row["message"]), ""),
                segment=row["segment"],
                utterance=row["utterance"],
                order=order,
                number=row["number"] or "",
                order_state=row["order_state"] or "",
                paid_at=row["paid_at"] or 0.0,
                gmv=gmv,
                refunded=refunded,
            )
        )
    return held


def _share(amount: int, weights: list[int]) -> list[int]:
    """An amount shared by weight in whole coins; they add up to it."""
    whole = sum(weights)
    if not whole:
        return split(amount, len(weights))
    shares = [amount * weight // whole for weight in weights]
    shares[-1] += amount - sum(shares)
    return shares
