"""The one path by which anything is promised: rows of `supply`, in hand or in a lot.

Functions over a transaction. Reserving sums the demand per supply row before it checks, takes
rows in a fixed order, and first frees what has expired, so that stock is right without a
sweeper. The `CHECK` of the table stands behind all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from idol.commerce import promise
from idol.errors import Refused, Unavailable
from idol.store import Row, Tx, among

_NO_ROW = -1
"""Ids of supply rows begin at 1."""


@dataclass(frozen=True, slots=True)
class Part:
    """`quantity` pieces of one supply row, and the date that may be promised for them."""

    supply: int
    quantity: int
    ships_by: date


@dataclass(frozen=True, slots=True)
class Dates:
    """How promise dates are made: today comes from the shop's clock in `zone`."""

    calendar: promise.Calendar = field(default_factory=promise.Calendar)
    handling: int = 2
    """Working days from payment to the parcel's departure."""
    factories: Mapping[str, promise.Calendar] = field(default_factory=dict)
    """When each supplier works, where that differs from the warehouse."""
    zone: tzinfo | None = None
    """Where the warehouse stands; None for the machine's own zone."""

    def today(self, now: float) -> date:
        return datetime.fromtimestamp(now, self.zone).date()

    def ships_by(self, row: Row, today: date) -> date:
        ready = date.fromisoformat(row["ready_on"]) if row["ready_on"] else None
        return promise.ships_by(
            today,
            self.calendar,
            handling=self.handling,
            ready_on=ready,
            delay=row["delay"],
            factory=self.factories.get(row["supplier"]),
        )


@dataclass(slots=True)
class Shelf:
    """One supply row while a transaction decides: `room` shrinks as pieces are taken."""

    supply: int
    room: int
    ships_by: date


def shelves(tx: Tx, skus: Iterable[str], dates: Dates, now: float) -> dict[str, list[Shelf]]:
    """Where each variant's pieces would come from: stock in hand first, then lots by date."""
    names, values = among("sku", skus)
    today = dates.today(now)
    found: dict[str, list[Shelf]] = {}
    promised: dict[tuple[str | None, int, str], date] = {}
    for row in tx.all(
        "SELECT sku, id, capacity - reserved AS room, kind, ready_on, delay, supplier FROM supply"
        f" WHERE sku IN ({names}) AND state = 'open' AND reserved < capacity"
        # 'on_hand' sorts after 'lot', hence DESC
        " ORDER BY sku, kind DESC, ready_on, id",
        **values,
    ):
        source = (row["ready_on"], row["delay"], row["supplier"])
        if source not in promised:  # most rows are stock in hand and share one date
            promised[source] = dates.ships_by(row, today)
        shelf = Shelf(row["id"], row["room"], promised[source])
        found.setdefault(row["sku"], []).append(shelf)
    return found


def take(shelves: Iterable[Shelf], quantity: int) -> list[Part]:
    """Up to `quantity` pieces off the shelves, each at the earliest date it can be had. Pure."""
    parts: list[Part] = []
    for shelf in shelves:
        if quantity < 1:
            break
        pieces = min(quantity, shelf.room)
        if pieces > 0:
            parts.append(Part(shelf.supply, pieces, shelf.ships_by))
            shelf.room -= pieces
            quantity -= pieces
    return parts


def room(tx: Tx, sku: str) -> int:
    """Pieces of a variant that may still be promised, in hand and in lots together."""
    row = tx.one(
        "SELECT coalesce(sum(capacity - reserved), 0) AS n FROM supply"
        " WHERE sku = :sku AND state = 'open'",
        sku=sku,
    )
    return int(row["n"]) if row else 0


def plan(tx: Tx, sku: str, quantity: int, dates: Dates, now: float) -> list[Part]:
    """Where `quantity` pieces would come from; fewer when there are not so many."""
    return take(shelves(tx, (sku,), dates, now).get(sku, ()), quantity)


def reserve(tx: Tx, parts: Iterable[Part]) -> None:
    """Take the planned pieces. Raises `Unavailable` if there are no longer so many.

    The whole transaction must then be undone and tried again.
    """
    demand: dict[int, int] = {}
    for part in parts:
        demand[part.supply] = demand.get(part.supply, 0) + part.quantity
    if not demand:
        return
    # In one order for all, so that none can deadlock; filled up with rows that match none, so
    # that few statements differ.
    rows = sorted(demand.items())
    rows += [(_NO_ROW, 0)] * ((1 << (len(rows) - 1).bit_length()) - len(rows))
    values: dict[str, int] = {}
    for n, (supply, quantity) in enumerate(rows):
        values[f"i{n}"], values[f"n{n}"] = supply, quantity
    listed = ", ".join(f"(:i{n}, :n{n})" for n in range(len(rows)))
    changed = tx.run(
        "UPDATE supply SET reserved = reserved + wanted.column2"
        f" FROM (VALUES {listed}) AS wanted WHERE id = wanted.column1"
        " AND state = 'open' AND reserved + wanted.column2 <= capacity",
        **values,
    )
    if changed != len(demand):
        raise Unavailable("another buyer was faster")


def release(tx: Tx, holds: Iterable[str]) -> None:
    """Give back everything that these holds have reserved."""
    names, values = among("h", holds)
    for part in tx.all(
        f"SELECT supply, sum(quantity) AS n FROM hold_parts WHERE hold IN ({names})"
        " GROUP BY supply ORDER BY supply",
        **values,
    ):
        tx.run(
            "UPDATE supply SET reserved = reserved - :n WHERE id = :id",
            n=part["n"],
            id=part["supply"],
        )
    tx.run(f"DELETE FROM hold_parts WHERE hold IN ({names})", **values)


def ship(tx: Tx, hold: str) -> None:
    """The pieces of a sold hold leave the house: out of reserve and out of stock."""
    for part in tx.all(
        "SELECT supply, quantity FROM hold_parts WHERE hold = :hold ORDER BY supply", hold=hold
    ):
        tx.run(
            "UPDATE supply SET reserved = reserved - :n, capacity = capacity - :n WHERE id = :id",
            n=part["quantity"],
            id=part["supply"],
        )


def set_on_hand(tx: Tx, sku: str, free: int) -> None:
    """Make `free` pieces sellable from stock in hand, beyond those that are reserved."""
    if free < 0:
        raise Refused("bad_stock", "stock cannot be negative")
    changed = tx.run(
        "UPDATE supply SET capacity = reserved + :free WHERE sku = :sku AND kind = 'on_hand'",
        free=free,
        sku=sku,
    )
    if not changed:
        add(tx, sku, "on_hand", free)


def add(
    tx: Tx,
    sku: str,
    kind: str,
    capacity: int,
    *,
    ready_on: date | None = None,
    delay: int = 0,
    supplier: str = "",
) -> int:
    """A new supply row, and its id. There is one `on_hand` row to a variant, and any number of
    lots."""
    rows = tx.all(
        "INSERT INTO supply (sku, kind, capacity, ready_on, delay, supplier)"
        " VALUES (:sku, :kind, :capacity, :ready, :delay, :supplier) RETURNING id",
        sku=sku,
        kind=kind,
        capacity=capacity,
        ready=ready_on.isoformat() if ready_on else None,
        delay=delay,
        supplier=supplier,
    )
    return int(rows[0]["id"])
