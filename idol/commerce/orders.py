"""Orders: placed from a hold, paid in time or cancelled, shipped. Money is `settlement`'s part.

Functions over a transaction; every change of state goes through `move`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from datetime import date

from idol.commerce import coupons, holds, supply
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Hold, Order, OrderLine, OrderState
from idol.commerce.states import ORDER
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.store import Row, Tx, among, in_parts


def expire(tx: Tx, now: float) -> tuple[list[Hold], list[Order]]:
    """Everything whose time has run out: holds freed, unpaid orders cancelled."""
    ended = holds.expire(tx, now)
    unpaid: dict[str, float] = {}
    for ids in in_parts([hold.id for hold in ended]):
        names, values = among("h", ids)
        for row in tx.all(
            f"SELECT order_id, expires_at FROM holds WHERE id IN ({names})"
            " AND order_id IS NOT NULL",
            **values,
        ):
            unpaid[row["order_id"]] = row["expires_at"]  # the same for all of its holds
    for order in sorted(unpaid, key=lambda id: (unpaid[id], id)):
        move(tx, order, "cancelled")
        coupons.give_back(tx, order)
        note(tx, now, "order_unpaid", order=order)
    return ended, [get(tx, order) for order in sorted(unpaid, key=lambda id: (unpaid[id], id))]


def place(
    tx: Tx, viewer: str, chosen: Sequence[str], now: float, rules: Rules, coupon: str = ""
) -> Order:
    """Turn live holds into one order that waits for payment; the same order if it is one already.

    Call `expire` first. Raises `Refused`: unknown_hold, hold_STATE, and what `coupons.worth`
    raises: then nothing is placed.
    """
    wanted = [holds.get(tx, hold, viewer) for hold in dict.fromkeys(chosen)]
    known = _placed(tx, wanted)
    if known:
        return get(tx, known)
    for hold in wanted:
        if hold.state != "live":
            raise Refused(f"hold_{hold.state}")
    currency = wanted[0].unit.currency
    off = Money(0, currency)
    if coupon:
        off = coupons.worth(tx, coupon, viewer, by_listing(wanted), now)
    total = sum(hold.total.minor for hold in wanted)
    pay_by = now + rules.pay_seconds
    order = f"o_{secrets.token_hex(8)}"
    for hold in wanted:
        holds.move(tx, hold.id, "confirmed", expires_at=pay_by)
    tx.run(
        "INSERT INTO orders (id, number, viewer, viewer_name, platform, state, total, currency,"
        " created_at, pay_by, discount) VALUES (:id, :number, :viewer, :name, :platform,"
        " 'awaiting_payment', :total, :currency, :now, :pay_by, :discount)",
        id=order,
        number=_number(now, rules),
        viewer=viewer,
        name=wanted[0].viewer.name,
        platform=wanted[0].viewer.platform,
        total=total - off.minor,
        currency=currency,
        now=now,
        pay_by=pay_by,
        discount=off.minor,
    )
    if coupon:
        coupons.take(tx, coupon, order, viewer, off, now)
    line = 0
    for hold in wanted:
        tx.run("UPDATE holds SET order_id = :o WHERE id = :id", o=order, id=hold.id)
        line = _add_lines(tx, order, hold, line)
        note(tx, now, "order_placed", order=order, hold=hold.id, total=hold.total.minor)
    return get(tx, order)


def by_listing(wanted: Iterable[Hold]) -> dict[int, Money]:
    """What holds of one order come to, listing by listing."""
    totals: dict[int, Money] = {}
    for hold in wanted:
        before = totals.get(hold.listing)
        minor = hold.total.minor + (before.minor if before else 0)
        totals[hold.listing] = Money(minor, hold.unit.currency)
    return totals


def _placed(tx: Tx, wanted: Sequence[Hold]) -> str | None:
    """The order that all of these holds have become and that its time has not ended."""
    found = set()
    for hold in wanted:
        row = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold.id)
        found.add(row["order_id"] if row and hold.state != "expired" else None)
    return found.pop() if len(found) == 1 else None


def _add_lines(tx: Tx, order: str, hold: Hold, line: int) -> int:
    """A line for each part of a hold, numbered from `line` on; the next free number."""
    for part in tx.all(
        "SELECT supply, quantity, ships_by FROM hold_parts WHERE hold = :h"
        " ORDER BY ships_by, supply",
        h=hold.id,
    ):
        tx.run(
            "INSERT INTO order_lines (order_id, line, hold, listing, sku, title, label, quantity,"
            " unit, ships_by, supply, source, message, segment, utterance, licence)"
            " SELECT :order, :line, id, listing, sku, :title, :label, :quantity, unit, :ships,"
            " :supply, source, message, segment, utterance, licence FROM holds WHERE id = :hold",
            order=order,
            line=line,
            title=json.dumps(hold.title, ensure_ascii=False),
            label=json.dumps(hold.label, ensure_ascii=False),
            quantity=part["quantity"],
            ships=part["ships_by"],
            supply=part["supply"],
            hold=hold.id,
        )
        line += 1
    return line


def cancel(tx: Tx, viewer: str, order: str, now: float) -> Order:
    """The buyer withdraws before paying. Raises `Refused("order_STATE")` afterwards."""
    get(tx, order, viewer)
    move(tx, order, "cancelled")
    for row in tx.all("SELECT id FROM holds WHERE order_id = :o", o=order):
        holds.cancel(tx, row["id"])
    coupons.give_back(tx, order)
    note(tx, now, "order_cancelled", order=order)
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
    if not ORDER.move(tx, order, to):
        state = ORDER.now(tx, order)
        raise Refused(f"order_{state}" if state else "unknown_order")


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


def note(tx: Tx, now: float, kind: str, **body: object) -> None:
    """Write a line into the auditor's book, in this same commit."""
    tx.run(
        "INSERT INTO events (at, kind, body) VALUES (:at, :kind, :body)",
        at=now,
        kind=kind,
        body=json.dumps(body, ensure_ascii=False),
    )


def _order(tx: Tx, row: Row) -> Order:
    lines = tx.all("SELECT * FROM order_lines WHERE order_id = :o ORDER BY line", o=row["id"])
    pay = tx.one(
        "SELECT url FROM payments WHERE order_id = :o AND state IN ('started', 'failed')"
        " ORDER BY attempt DESC",
        o=row["id"],
    )
    used = coupons.of_order(tx, row["id"]) if row["discount"] else None
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
        discount=Money(row["discount"], currency) if row["discount"] else None,
        coupon=used[0] if used else "",
        packet=json.loads(used[1]) if used and used[1] else {},
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
