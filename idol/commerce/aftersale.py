"""After the sale: parcels and lines that are given up.

Functions over a transaction. An order's line is open while its hold is sold and still has
reserved pieces for it; a parcel or a refund of the line closes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from idol.commerce import holds, orders, refunds
from idol.commerce.orders import note
from idol.errors import BadInput, Refused
from idol.store import Row, Tx

ReturnState = Literal["asked", "approved", "refused", "received"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """`lines` are numbers of the order's lines; `delivered_at` is 0 until it is."""

    id: str
    order: str
    carrier: str
    tracking: str
    lines: tuple[int, ...]
    shipped_at: float
    delivered_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Return:
    """Goods on their way back. `amount` in minor units, once they have been received."""

    id: str
    order: str
    line: int
    quantity: int
    reason: str
    state: ReturnState
    answer: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Delay:
    """A new date that the buyer is asked about, line by line. `state` as in the ledger."""

    delay: str
    line: int
    was_on: date
    now_on: date
    state: str
    answer_by: float
    reason: str


@dataclass(frozen=True, slots=True)
class After:
    """Everything that happened to an order since it was paid. Money in minor units."""

    parcels: tuple[Parcel, ...]
    returns: tuple[Return, ...]
    delays: tuple[Delay, ...]
    refunds: tuple[tuple[str, int, str], ...]
    """(reason, minor units, "due" or "done"), oldest first."""


def of(tx: Tx, order: str) -> After:
    """What there is to tell about an order."""
    return After(
        tuple(parcels(tx, order)),
        tuple(read_return(r) for r in tx.all(
            "SELECT * FROM returns WHERE order_id = :o ORDER BY asked_at, id", o=order)),
        tuple(
            Delay(
                r["delay"], r["line"], date.fromisoformat(r["was_on"]),
                date.fromisoformat(r["now_on"]), r["state"], r["answer_by"], r["reason"],
            )
            for r in tx.all(
                "SELECT a.*, d.answer_by, d.reason FROM delay_answers a"
                " JOIN delays d ON d.id = a.delay WHERE a.order_id = :o ORDER BY d.at, a.line",
                o=order,
            )
        ),
        tuple((r["reason"], r["amount"], r["state"]) for r in tx.all(
            "SELECT reason, amount, state FROM refunds WHERE order_id = :o ORDER BY at, id",
            o=order)),
    )  # fmt: skip


def find(tx: Tx, name: str) -> str:
    """An order's id by id or number. Raises `Refused("unknown_order")`."""
    row = tx.one("SELECT id FROM orders WHERE id = :n OR number = :n", n=name.strip())
    if row is None:
        raise Refused("unknown_order", f"there is no order {name!r}")
    return str(row["id"])


# ---- lines


def open_lines(tx: Tx, order: str) -> list[Row]:
    """Lines that are paid and neither shipped nor given up: line, hold, supply, quantity, ..."""
    return tx.all(
        "SELECT o.line, o.hold, o.sku, o.listing, o.quantity, o.unit, o.ships_by, p.supply,"
        " s.kind, l.state AS lot_state, l.name AS lot FROM order_lines o"
        " JOIN holds h ON h.id = o.hold AND h.state = 'sold'"
        " JOIN hold_parts p ON p.hold = o.hold AND p.supply = o.supply"
        " JOIN supply s ON s.id = p.supply LEFT JOIN lots l ON l.supply = s.id"
        " WHERE o.order_id = :o ORDER BY o.line",
        o=order,
    )


def paid(tx: Tx, order: str) -> dict[int, int]:
    """What each line really cost, in minor units: its share of a coupon is off."""
    row = tx.one("SELECT discount FROM orders WHERE id = :o", o=order)
    lines = tx.all(
        "SELECT o.line, o.quantity * o.unit AS total, (c.listing IS NULL OR c.listing = o.listing)"
        " AS meant FROM order_lines o LEFT JOIN coupon_uses u ON u.order_id = o.order_id"
        " LEFT JOIN coupons c ON c.code = u.code WHERE o.order_id = :o ORDER BY o.line",
        o=order,
    )
    weights = [line["total"] if line["meant"] else 0 for line in lines]
    shares = split(row["discount"] if row else 0, weights)
    return {line["line"]: line["total"] - share
            for line, share in zip(lines, shares, strict=True)}  # fmt: skip


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` in parts that are proportional to the weights and add up to it exactly."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [amount * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for index in rest[: amount - sum(shares)]:
        shares[index] += 1
    return shares


def drop(tx: Tx, order: str, line: int, reason: refunds.Reason, now: float, by: str) -> int:
    """Give up one open line: its pieces are free again, its money goes back; how much.

    Raises `Refused("line_closed")` if it has been shipped or given up.
    """
    mine = open_lines(tx, order)
    row = next((item for item in mine if item["line"] == line), None)
    if row is None:
        raise Refused("line_closed", f"line {line} is shipped or given up")
    cost = paid(tx, order)[line] - tier_refunds(tx, order, line)
    amount = refunds.give_back(tx, order, cost, reason, f"line:{order}:{line}:", now)
    note(tx, now, "line_dropped", order=order, line=line, amount=amount, reason=reason, by=by)
    if len(mine) == 1 and not parcels(tx, order):
        holds.cancel(tx, row["hold"])
        orders.move(tx, order, "refunded")
        return amount
    tx.run("UPDATE supply SET reserved = reserved - :n WHERE id = :id",
           n=row["quantity"], id=row["supply"])  # fmt: skip
    _part_gone(tx, row)
    tx.run("UPDATE holds SET quantity = quantity - :n WHERE id = :h AND quantity > :n",
           n=row["quantity"], h=row["hold"])  # fmt: skip
    if len(mine) == 1:  # the other lines have left the house
        orders.ship(tx, order, now, by)
    return amount


def tier_refunds(tx: Tx, order: str, line: int) -> int:
    """What a group price has given back on a line already."""
    row = tx.one(
        "SELECT coalesce(sum(amount), 0) AS n FROM refunds WHERE order_id = :o"
        " AND reason = 'tier' AND cause LIKE :like",
        o=order,
        like=f"%:{order}:{line}:%",
    )
    return int(row["n"]) if row else 0


def _part_gone(tx: Tx, row: Row) -> None:
    tx.run("DELETE FROM hold_parts WHERE hold = :h AND supply = :s",
           h=row["hold"], s=row["supply"])  # fmt: skip


# ---- parcels


def ship(
    tx: Tx,
    order: str,
    carrier: str,
    tracking: str,
    now: float,
    by: str,
    lines: Sequence[int] = (),
) -> Parcel:
    """A parcel with these lines, or all open ones, has left. The last parcel ships the order.

    Raises `BadInput`; `Refused`: order_STATE, nothing_to_ship, not_arrived, known_parcel.
    """
    carrier, tracking = carrier.strip(), tracking.strip()
    if not carrier or not tracking:
        raise BadInput("a parcel needs a carrier and a tracking number")
    state = orders.get(tx, order).state
    if state != "paid":
        raise Refused(f"order_{state}", f"the order is {state}")
    mine = open_lines(tx, order)
    chosen = [row for row in mine if not lines or row["line"] in lines]
    if not chosen or len(chosen) < len(set(lines)):
        raise Refused("nothing_to_ship", "no such open line")
    waiting = [row["lot"] for row in chosen if row["lot"] and row["lot_state"] != "arrived"]
    if waiting:
        raise Refused("not_arrived", f"lot {', '.join(waiting)} has not arrived")
    if tx.one("SELECT 1 FROM parcels WHERE carrier = :c AND tracking = :t", c=carrier, t=tracking):
        raise Refused("known_parcel", f"{carrier} {tracking} is a parcel already")
    parcel = f"b_{secrets.token_hex(6)}"
    tx.run(
        "INSERT INTO parcels (id, order_id, carrier, tracking, shipped_at)"
        " VALUES (:id, :o, :carrier, :tracking, :now)",
        id=parcel,
        o=order,
        carrier=carrier,
        tracking=tracking,
        now=now,
    )
    for row in chosen:
        tx.run(
            "INSERT INTO parcel_lines (parcel, order_id, line) VALUES (:p, :o, :line)",
            p=parcel,
            o=order,
            line=row["line"],
        )
    if len(chosen) == len(mine):
        orders.ship(tx, order, now, by)
    else:
        for row in chosen:
            tx.run(
                "UPDATE supply SET reserved = reserved - :n, capacity = capacity - :n"
                " WHERE id = :id",
                n=row["quantity"],
                id=row["supply"],
            )
            _part_gone(tx, row)
    note(tx, now, "parcel_shipped", order=order, parcel=parcel, by=by)
    return next(item for item in parcels(tx, order) if item.id == parcel)


def track(tx: Tx, parcel: str, carrier: str, tracking: str, now: float, by: str) -> Parcel:
    """Correct how a parcel is found. Raises `BadInput`; `Refused`: unknown_parcel, known_parcel."""
    order, carrier, tracking = _parcel_order(tx, parcel), carrier.strip(), tracking.strip()
    if not carrier or not tracking:
        raise BadInput("a parcel needs a carrier and a tracking number")
    if tx.one("SELECT 1 FROM parcels WHERE carrier = :c AND tracking = :t AND id <> :id",
              c=carrier, t=tracking, id=parcel):  # fmt: skip
        raise Refused("known_parcel", f"{carrier} {tracking} is a parcel already")
    tx.run("UPDATE parcels SET carrier = :c, tracking = :t WHERE id = :id",
           c=carrier, t=tracking, id=parcel)  # fmt: skip
    note(tx, now, "parcel_tracked", parcel=parcel, by=by)
    return next(item for item in parcels(tx, order) if item.id == parcel)


def deliver(tx: Tx, parcel: str, now: float, by: str) -> Parcel:
    """The buyer has it. Idempotent. Raises `Refused("unknown_parcel")`."""
    order = _parcel_order(tx, parcel)
    if tx.run("UPDATE parcels SET delivered_at = :now WHERE id = :id AND delivered_at IS NULL",
              now=now, id=parcel):  # fmt: skip
        note(tx, now, "parcel_delivered", parcel=parcel, by=by)
    return next(item for item in parcels(tx, order) if item.id == parcel)


def parcels(tx: Tx, order: str) -> list[Parcel]:
    """An order's parcels, oldest first."""
    lines: dict[str, list[int]] = {}
    for row in tx.all(
        "SELECT parcel, line FROM parcel_lines WHERE order_id = :o ORDER BY line", o=order
    ):
        lines.setdefault(row["parcel"], []).append(row["line"])
    return [
        Parcel(
            row["id"], order, row["carrier"], row["tracking"], tuple(lines.get(row["id"], ())),
            row["shipped_at"], row["delivered_at"] or 0.0,
        )
        for row in tx.all(
            "SELECT * FROM parcels WHERE order_id = :o ORDER BY shipped_at, id", o=order
        )
    ]  # fmt: skip


def _parcel_order(tx: Tx, parcel: str) -> str:
    row = tx.one("SELECT order_id FROM parcels WHERE id = :id", id=parcel)
    if row is None:
        raise Refused("unknown_parcel", f"there is no parcel {parcel!r}")
    return str(row["order_id"])


def read_return(row: Row) -> Return:
    """A row of `returns`; `commerce.returns` writes them."""
    return Return(row["id"], row["order_id"], row["line"], row["quantity"], row["reason"],
                  row["state"], row["answer"], row["amount"])  # fmt: skip
