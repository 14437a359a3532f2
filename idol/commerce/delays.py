"""A lot comes late: its new date is said, and each buyer consents or has the money back.

A promise never moves silently: whoever does not answer in time is refunded. Functions over a
transaction.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date

from idol.commerce import aftersale, holds, lateness, lots, orders, promise, suppliers
from idol.commerce.orders import note
from idol.commerce.outcomes import HoldEnded, OrderEnded, ShopEvent
from idol.commerce.supply import Dates
from idol.errors import BadInput, Refused
from idol.model import Language
from idol.store import Row, Tx


@dataclass(frozen=True, slots=True)
class Announced:
    """`asked` orders must answer until `answer_by`; `freed` holds were not paid and are void."""

    id: str
    lot: str
    ships_by: date
    answer_by: float
    asked: tuple[str, ...]
    freed: int
    events: tuple[ShopEvent, ...]


def announce(
    tx: Tx,
    lot_name: str,
    ready_on: date,
    reason: dict[Language, str],
    answer_seconds: float,
    dates: Dates,
    now: float,
    by: str,
) -> Announced:
    """The lot will be ready later. Buyers whose date cannot be kept are asked; holds that are
    not paid yet are freed, so that nobody pays for a promise that is known to be void.

    Raises `BadInput`; `Refused`: unknown_lot, not_later, lot_STATE.
    """
    if not all(reason.get(language, "").strip() for language in ("zh", "en")):
        raise BadInput("the reason is told to buyers: it is needed in Chinese and in English")
    if answer_seconds < 3600:
        raise BadInput("buyers need an hour or more to answer")
    lot = lots.get(tx, lot_name)
    if lot.state in ("arrived", "cancelled"):
        raise Refused(f"lot_{lot.state}")
    if ready_on <= lot.ready_on:
        raise Refused("not_later", f"the lot is due on {lot.ready_on}")
    delay = lateness.p90(suppliers.delays(tx, lot.supplier))
    ships_by = promise.ships_by(
        dates.today(now),
        dates.calendar,
        handling=dates.handling,
        ready_on=ready_on,
        delay=delay,
        factory=dates.factories.get(lot.supplier),
    )
    tx.run("UPDATE supply SET ready_on = :day, delay = :delay WHERE id = :id",
           day=ready_on.isoformat(), delay=delay, id=lot.supply)  # fmt: skip
    id = f"d_{secrets.token_hex(6)}"
    tx.run(
        "INSERT INTO delays (id, lot, was_on, now_on, reason, answer_by, at, by_whom)"
        " VALUES (:id, :lot, :was, :day, :reason, :until, :now, :by)",
        id=id,
        lot=lot.name,
        was=lot.ready_on.isoformat(),
        day=ready_on.isoformat(),
        reason=json.dumps(reason, ensure_ascii=False),
        until=now + answer_seconds,
        now=now,
        by=by,
    )
    events = _free(tx, lot.supply, ships_by, now)
    asked = _ask(tx, id, lot.supply, ships_by)
    note(tx, now, "lot_delayed", lot=lot.name, delay=id, asked=len(asked), by=by)
    freed = sum(isinstance(event, HoldEnded) for event in events)
    return Announced(
        id, lot.name, ships_by, now + answer_seconds, tuple(asked), freed, tuple(events)
    )


def answer(tx: Tx, order: str, consent: bool, now: float, viewer: str | None = None) -> int:
    """A buyer's word on every open question about an order; returns minor units given back.

    Raises `Refused`: unknown_order, nothing_asked.
    """
    orders.get(tx, order, viewer)
    rows = _open(tx, order)
    if not rows:
        raise Refused("nothing_asked", "there is no open question about this order")
    return sum(_settle(tx, row, consent, now, "buyer") for row in rows)


def lapse(tx: Tx, now: float) -> list[ShopEvent]:
    """Refund whoever has not answered in time."""
    rows = tx.all(
        "SELECT a.* FROM delay_answers a JOIN delays d ON d.id = a.delay"
        " WHERE a.state = 'asked' AND d.answer_by <= :now ORDER BY a.order_id, a.line",
        now=now,
    )
    for row in rows:
        _settle(tx, row, False, now, "no answer")
    changed = sorted({row["order_id"] for row in rows})
    return [OrderEnded(orders.get(tx, order), "refunded") for order in changed]


def _settle(tx: Tx, row: Row, consent: bool, now: float, by: str) -> int:
    still = any(item["line"] == row["line"] for item in aftersale.open_lines(tx, row["order_id"]))
    state = "moot" if not still else "consented" if consent else "refunded"
    tx.run(
        "UPDATE delay_answers SET state = :state, answered_at = :now"
        " WHERE delay = :d AND order_id = :o AND line = :line AND state = 'asked'",
        state=state,
        now=now,
        d=row["delay"],
        o=row["order_id"],
        line=row["line"],
    )
    note(tx, now, f"delay_{state}", delay=row["delay"], order=row["order_id"], line=row["line"])
    if state == "refunded":
        return aftersale.drop(tx, row["order_id"], row["line"], "delay", now, by)
    return 0


def _open(tx: Tx, order: str) -> list[Row]:
    return tx.all(
        "SELECT * FROM delay_answers WHERE order_id = :o AND state = 'asked' ORDER BY line",
        o=order,
    )


def _ask(tx: Tx, delay: str, supply: int, ships_by: date) -> list[str]:
    """Put the question to every paid line of the lot whose date is earlier."""
    rows = tx.all(
        "SELECT o.order_id, o.line, coalesce((SELECT max(a.now_on) FROM delay_answers a"
        " WHERE a.order_id = o.order_id AND a.line = o.line AND a.state = 'consented'),"
        " o.ships_by) AS by_on FROM order_lines o JOIN holds h ON h.id = o.hold"
        " JOIN hold_parts p ON p.hold = o.hold AND p.supply = o.supply"
        " WHERE o.supply = :s AND h.state = 'sold' ORDER BY o.order_id, o.line",
        s=supply,
    )
    asked: dict[str, None] = {}
    for row in rows:
        if date.fromisoformat(row["by_on"]) >= ships_by:
            continue
        tx.run(
            "UPDATE delay_answers SET state = 'moot' WHERE order_id = :o AND line = :line"
            " AND state = 'asked'",
            o=row["order_id"],
            line=row["line"],
        )
        tx.run(
            "INSERT INTO delay_answers (delay, order_id, line, was_on, now_on, state)"
            " VALUES (:d, :o, :line, :was, :now, 'asked')",
            d=delay,
            o=row["order_id"],
            line=row["line"],
            was=row["by_on"],
            now=ships_by.isoformat(),
        )
        asked[row["order_id"]] = None
    return list(asked)


def _free(tx: Tx, supply: int, ships_by: date, now: float) -> list[ShopEvent]:
    """Void what is not paid and was promised earlier than can be kept."""
    events: list[ShopEvent] = []
    for row in tx.all(
        "SELECT h.id, h.viewer, h.order_id FROM holds h JOIN hold_parts p ON p.hold = h.id"
        " WHERE p.supply = :s AND p.ships_by < :day AND h.state IN ('live', 'confirmed')"
        " ORDER BY h.id",
        s=supply,
        day=ships_by.isoformat(),
    ):
        if row["order_id"]:
            order = orders.cancel(tx, row["viewer"], row["order_id"], now)
            events.append(OrderEnded(order, "cancelled"))
            events.append(HoldEnded(holds.get(tx, row["id"]), "cancelled"))
        else:
            events.append(HoldEnded(holds.cancel(tx, row["id"]), "cancelled"))
    return events
