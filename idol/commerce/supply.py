"""The one path by which anything is promised: rows of `supply`, in hand or in a lot.

Functions over a transaction. Reserving sums the demand per supply row before it checks, takes
rows in a fixed order, and first frees what has expired, so that stock is right without a
sweeper. The `CHECK` of the table stands behind all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from idol.commerce import promise
from idol.errors import Refused, Unavailable
from idol.store import Row, Tx


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
    zone: tzinfo | None = None
    """Where the warehouse stands; None for the machine's own zone."""

    def today(self, now: float) -> date:
        return datetime.fromtimestamp(now, self.zone).date()

    def ships_by(self, row: Row, today: date) -> date:
        ready = date.fromisoformat(row["ready_on"]) if row["ready_on"] else None
        return promise.ships_by(
            today, self.calendar, handling=self.handling, ready_on=ready, delay=row["delay"]
        )


_ROWS = """
SELECT id, capacity - reserved AS room, kind, ready_on, delay FROM supply
WHERE sku = :sku AND state = 'open' ORDER BY kind DESC, ready_on, id
"""  # 'on_hand' sorts after 'lot', hence DESC: stock in hand goes first


def room(tx: Tx, sku: str) -> int:
    """Pieces of a variant that may still be promised, in hand and in lots together."""
    return sum(row["room"] for row in tx.all(_ROWS, sku=sku))


def plan(tx: Tx, sku: str, quantity: int, dates: Dates, now: float) -> list[Part]:
    """Where `quantity` pieces would come from; fewer when there are not so many.

    Stock in hand first, then lots by date: each piece at the earliest date it can be had.
    """
    today = dates.today(now)
    parts: list[Part] = []
    for row in tx.all(_ROWS, sku=sku):
        take = min(quantity, row["room"])
        if take > 0:
            parts.append(Part(row["id"], take, dates.ships_by(row, today)))
            quantity -= take
        if not quantity:
            break
    return parts


def reserve(tx: Tx, parts: Iterable[Part]) -> None:
    """Take the planned pieces. Raises `Unavailable` if another writer was faster.

    The whole transaction must then be undone and tried again.
    """
    demand: dict[int, int] = {}
    for part in parts:
        demand[part.supply] = demand.get(part.supply, 0) + part.quantity
    for supply, quantity in sorted(demand.items()):  # one order for all, so none can deadlock
        changed = tx.run(
            "UPDATE supply SET reserved = reserved + :n"
            " WHERE id = :id AND state = 'open' AND reserved + :n <= capacity",
            n=quantity,
            id=supply,
        )
        if changed != 1:
            raise Unavailable("another buyer was faster")


def release(tx: Tx, hold: str) -> None:
    """Give back everything that a hold has reserved."""
    for part in tx.all(
        "SELECT supply, quantity FROM hold_parts WHERE hold = :hold ORDER BY supply", hold=hold
    ):
        tx.run(
            "UPDATE supply SET reserved = reserved - :n WHERE id = :id",
            n=part["quantity"],
            id=part["supply"],
        )
    tx.run("DELETE FROM hold_parts WHERE hold = :hold", hold=hold)


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
) -> None:
    """A new supply row. There is one `on_hand` row to a variant, and any number of lots."""
    tx.run(
        "INSERT INTO supply (sku, kind, capacity, ready_on, delay, supplier)"
        " VALUES (:sku, :kind, :capacity, :ready, :delay, :supplier)",
        sku=sku,
        kind=kind,
        capacity=capacity,
        ready=ready_on.isoformat() if ready_on else None,
        delay=delay,
        supplier=supplier,
    )
