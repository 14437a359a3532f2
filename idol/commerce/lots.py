"""Presale lots: planned, open for orders, closed, ordered, acknowledged, arrived.

A lot is a `supply` row like stock in hand, so that its pieces are promised by the same path
that cannot oversell; here is what the factory has to do with it. Functions over a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from idol.commerce import lateness, suppliers, supply
from idol.commerce.orders import note
from idol.commerce.states import LOT
from idol.commerce.supply import Dates
from idol.errors import BadInput, Refused
from idol.store import Row, Tx

LotState = Literal["planned", "open", "closed", "ordered", "acknowledged", "arrived", "cancelled"]
SELLING: frozenset[LotState] = frozenset(("open", "ordered", "acknowledged"))
"""Lots that are made already still sell while there is room; a closed one does not."""


@dataclass(frozen=True, slots=True)
class Lot:
    """`capacity` and `reserved` are pieces; `first_on` the ready date as first agreed; `delay`
    the working days that promises from it allow for."""

    name: str
    supply: int
    sku: str
    listing: int
    supplier: str
    state: LotState
    capacity: int
    reserved: int
    ready_on: date
    first_on: date
    delay: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Promises of one date, from one lot or from stock, that are likely to be broken.

    `chance` is in percent, `lot` empty for stock in hand.
    """

    lot: str
    sku: str
    ships_by: date
    pieces: int
    orders: int
    chance: int


_LOT = """
SELECT l.name, l.supplier, l.state, l.first_on, s.id, s.sku, s.capacity, s.reserved, s.ready_on,
       s.delay, v.listing FROM lots l JOIN supply s ON s.id = l.supply
JOIN variants v ON v.sku = s.sku
"""


def plan(
    tx: Tx, name: str, sku: str, supplier: str, capacity: int, ready_on: date, now: float,
    *, open_now: bool = True,
) -> Lot:  # fmt: skip
    """A new lot. Its promises allow for the supplier's 90th percentile as it is today.

    Raises `BadInput`; `Refused`: unknown_variant, unknown_supplier, below_minimum,
    over_capacity, known_lot.
    """
    who = suppliers.get(tx, supplier)
    if not name or len(name) > 64:
        raise BadInput("a lot needs a short name")
    if tx.one("SELECT 1 FROM lots WHERE name = :n", n=name):
        raise Refused("known_lot", f"there is a lot {name!r} already")
    if not tx.one("SELECT 1 FROM variants WHERE sku = :s", s=sku):
        raise Refused("unknown_variant", f"there is no variant {sku!r}")
    fits(who, capacity)
    delay = lateness.p90(suppliers.delays(tx, supplier))
    row = supply.add(tx, sku, "lot", capacity, ready_on=ready_on, delay=delay, supplier=supplier)
    if not open_now:
        tx.run("UPDATE supply SET state = 'closed' WHERE id = :id", id=row)
    tx.run(
        "INSERT INTO lots (supply, name, supplier, state, first_on, made_at)"
        " VALUES (:supply, :name, :supplier, :state, :ready, :now)",
        supply=row,
        name=name,
        supplier=supplier,
        state="open" if open_now else "planned",
        ready=ready_on.isoformat(),
        now=now,
    )
    note(tx, now, "lot_planned", lot=name, sku=sku, capacity=capacity, delay=delay)
    return get(tx, name)


def fits(who: suppliers.Supplier, pieces: int) -> None:
    """Raises `Refused` if the supplier does not make so few, or so many."""
    if pieces < who.minimum:
        raise Refused("below_minimum", f"{who.name} makes {who.minimum} pieces or more")
    if pieces > who.most:
        raise Refused("over_capacity", f"{who.name} makes at most {who.most} pieces")


def get(tx: Tx, name: str) -> Lot:
    """Raises `Refused("unknown_lot")`."""
    row = tx.one(_LOT + "WHERE l.name = :n", n=name)
    if row is None:
        raise Refused("unknown_lot", f"there is no lot {name!r}")
    return _read(row)


def every(tx: Tx) -> list[Lot]:
    """All lots by ready date."""
    return [_read(row) for row in tx.all(_LOT + "ORDER BY s.ready_on, l.name")]


def move(tx: Tx, name: str, to: LotState) -> Lot:
    """Change state if the table allows it. Raises `Refused("lot_STATE")` if not."""
    if not LOT.move(tx, name, to):
        raise Refused(f"lot_{get(tx, name).state}", f"lot {name!r} is {get(tx, name).state}")
    lot = get(tx, name)
    tx.run(
        "UPDATE supply SET state = :state WHERE id = :id",
        state="open" if to in SELLING else "closed",
        id=lot.supply,
    )
    return get(tx, name)


def cancel(tx: Tx, name: str, now: float, by: str) -> Lot:
    """Give up a lot that nobody has been promised anything from. Raises `Refused("promised")`."""
    lot = get(tx, name)
    if lot.reserved:
        raise Refused("promised", f"{lot.reserved} pieces of {name!r} are promised to buyers")
    note(tx, now, "lot_cancelled", lot=name, by=by)
    return move(tx, name, "cancelled")


def resize(tx: Tx, name: str, capacity: int, now: float, by: str) -> Lot:
    """Change how many pieces a lot has. Raises `Refused`: promised, below_minimum, ..."""
    lot = get(tx, name)
    fits(suppliers.get(tx, lot.supplier), capacity)
    if capacity < lot.reserved or not tx.run(
        "UPDATE supply SET capacity = :n WHERE id = :id AND reserved <= :n",
        n=capacity,
        id=lot.supply,
    ):
        raise Refused("promised", f"{lot.reserved} pieces of {name!r} are promised to buyers")
    note(tx, now, "lot_resized", lot=name, was=lot.capacity, capacity=capacity, by=by)
    return get(tx, name)


def arrive(tx: Tx, name: str, pieces: int, came: date, now: float, by: str) -> Lot:
    """The lot is in the warehouse: what is promised stays so, the rest becomes stock in hand.

    Its lateness becomes evidence for the supplier's next promises. Raises `Refused`:
    short (fewer than promised: give some orders their money back first), lot_STATE.
    """
    lot = get(tx, name)
    if pieces < lot.reserved:
        raise Refused(
            "short", f"{pieces} pieces came, {lot.reserved} are promised: refund or delay first"
        )
    move(tx, name, "arrived")
    late = suppliers.arrived(tx, lot.supplier, lot.first_on, came, now)
    tx.run("UPDATE supply SET capacity = reserved WHERE id = :id", id=lot.supply)
    free = pieces - lot.reserved
    if not tx.run(
        "UPDATE supply SET capacity = capacity + :n WHERE sku = :sku AND kind = 'on_hand'",
        n=free,
        sku=lot.sku,
    ):
        supply.add(tx, lot.sku, "on_hand", free)
    note(tx, now, "lot_arrived", lot=name, pieces=pieces, late=late, by=by)
    return get(tx, name)


def alerts(tx: Tx, dates: Dates, now: float) -> list[Alert]:
    """Every promise whose chance of being broken is above 10%, the most certain first.

    A date that the buyer has agreed to stands for the promised one.
    """
    today = dates.today(now)
    found: list[Alert] = []
    for row in tx.all(_PROMISED):
        by = date.fromisoformat(row["by_on"])
        if row["kind"] == "on_hand" or row["state"] == "arrived":
            risk = 100 if dates.calendar.roll(today) > by else 0
        else:
            ready = date.fromisoformat(row["ready_on"])
            factory = dates.factories.get(row["supplier"], dates.calendar)
            risk = lateness.chance(
                suppliers.delays(tx, row["supplier"]),
                lateness.slack(factory, dates.calendar, ready, dates.handling, by),
                lateness.days_between(factory, ready, today),
            )
        if risk > lateness.ALERT_PERCENT:
            found.append(
                Alert(row["name"] or "", row["sku"], by, row["pieces"], row["orders"], risk)
            )
    return sorted(found, key=lambda a: (-a.chance, a.ships_by, a.sku))


_PROMISED = """
SELECT x.sku, x.kind, x.supplier, x.ready_on, x.name, x.state, x.by_on,
       sum(x.quantity) AS pieces, count(DISTINCT x.order_id) AS orders
FROM (
  SELECT s.sku, s.kind, s.supplier, s.ready_on, l.name, l.state, o.order_id, o.quantity,
    coalesce((SELECT max(a.now_on) FROM delay_answers a WHERE a.order_id = o.order_id
              AND a.line = o.line AND a.state = 'consented'), o.ships_by) AS by_on
  FROM order_lines o JOIN holds h ON h.id = o.hold AND h.state = 'sold'
  JOIN hold_parts p ON p.hold = h.id AND p.supply = o.supply
  JOIN supply s ON s.id = o.supply LEFT JOIN lots l ON l.supply = s.id
) x GROUP BY x.sku, x.kind, x.supplier, x.ready_on, x.name, x.state, x.by_on
"""


def _read(row: Row) -> Lot:
    return Lot(
        name=row["name"],
        supply=row["id"],
        sku=row["sku"],
        listing=row["listing"],
        supplier=row["supplier"],
        state=row["state"],
        capacity=row["capacity"],
        reserved=row["reserved"],
        ready_on=date.fromisoformat(row["ready_on"]),
        first_on=date.fromisoformat(row["first_on"]),
        delay=row["delay"],
    )
