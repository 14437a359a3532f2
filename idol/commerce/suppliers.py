"""Suppliers in the ledger: what they can make, when they work, how late they have been.

Functions over a transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from idol.commerce import lateness, webhooks
from idol.commerce.promise import Calendar
from idol.commerce.supply import Dates
from idol.errors import BadInput, Refused
from idol.store import Row, Tx

WAREHOUSE = ""
"""The place whose calendar is the warehouse's own."""
OWN = "own"
"""Who makes what products.csv presells: the days there are the merchant's own promise."""
_RECENT = 40
"""Deliveries that are looked at: a supplier may mend its ways, or lose them."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """`minimum`, `step`, `most` are pieces to one order; `lead` its working days to make them.

    `rest` holds weekdays, Monday 0. `url` is where its production orders are posted, or empty.
    """

    id: str
    name: str
    minimum: int = 1
    step: int = 1
    most: int = 1_000_000
    lead: int = 10
    rest: frozenset[int] = frozenset({5, 6})
    url: str = ""


def keep(tx: Tx, supplier: Supplier) -> None:
    """Enter a supplier, or change what is known of it. Raises `BadInput`."""
    if not supplier.id or len(supplier.id) > 64:
        raise BadInput("a supplier needs a short id")
    if not 0 < supplier.minimum <= supplier.most or supplier.step < 1 or supplier.lead < 0:
        raise BadInput("pieces and days must be such that an order can be made")
    if supplier.rest >= frozenset(range(7)) or not supplier.rest <= frozenset(range(7)):
        raise BadInput("rest days are weekdays 0 (Monday) to 6, and not all of them")
    if supplier.url:
        webhooks.check_url(supplier.url, where="url")
    tx.run(
        "INSERT INTO suppliers (id, name, minimum, step, most, lead, rest, url)"
        " VALUES (:id, :name, :minimum, :step, :most, :lead, :rest, :url)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, minimum = excluded.minimum,"
        " step = excluded.step, most = excluded.most, lead = excluded.lead, rest = excluded.rest,"
        " url = excluded.url",
        id=supplier.id,
        name=supplier.name or supplier.id,
        minimum=supplier.minimum,
        step=supplier.step,
        most=supplier.most,
        lead=supplier.lead,
        rest=",".join(map(str, sorted(supplier.rest))),
        url=supplier.url,
    )


def keep_own(tx: Tx, rest: frozenset[int]) -> None:
    """Enter the merchant as its own supplier, if nobody has yet."""
    if not tx.one("SELECT 1 FROM suppliers WHERE id = :id", id=OWN):
        keep(tx, Supplier(OWN, "products.csv", lead=0, rest=rest))


def get(tx: Tx, id: str) -> Supplier:
    """Raises `Refused("unknown_supplier")`."""
    row = tx.one("SELECT * FROM suppliers WHERE id = :id", id=id)
    if row is None:
        raise Refused("unknown_supplier", f"there is no supplier {id!r}")
    return _read(row)


def every(tx: Tx) -> list[Supplier]:
    """All suppliers, by id."""
    return [_read(row) for row in tx.all("SELECT * FROM suppliers ORDER BY id")]


def set_day(tx: Tx, place: str, day: date, works: bool) -> None:
    """A holiday, or a rest day that is worked (调休), of a supplier or the warehouse."""
    if place != WAREHOUSE:
        get(tx, place)
    tx.run(
        "INSERT INTO calendar_days (place, day, works) VALUES (:place, :day, :works)"
        " ON CONFLICT (place, day) DO UPDATE SET works = excluded.works",
        place=place,
        day=day.isoformat(),
        works=int(works),
    )


def calendar(tx: Tx, place: str, rest: frozenset[int]) -> Calendar:
    """When a place works: its weekly rest, and the days that differ."""
    days = {
        date.fromisoformat(row["day"]): bool(row["works"])
        for row in tx.all("SELECT day, works FROM calendar_days WHERE place = :p", p=place)
    }
    return Calendar(
        rest,
        frozenset(day for day, works in days.items() if not works),
        frozenset(day for day, works in days.items() if works),
    )


def dates(tx: Tx, base: Dates) -> Dates:
    """`base` with the calendars that the ledger holds."""
    known = every(tx)
    factories = {item.id: calendar(tx, item.id, item.rest) for item in known}
    warehouse = calendar(tx, WAREHOUSE, base.calendar.rest)
    merged = Calendar(
        base.calendar.rest,
        (base.calendar.holidays | warehouse.holidays) - warehouse.extra,
        (base.calendar.extra | warehouse.extra) - warehouse.holidays,
    )
    return Dates(merged, base.handling, factories, base.zone)


def arrived(tx: Tx, supplier: str, due: date, came: date, now: float) -> int:
    """Write down when a delivery came; return how late it was, in the supplier's working days."""
    late = lateness.days_between(calendar(tx, supplier, get(tx, supplier).rest), due, came)
    tx.run(
        "INSERT INTO arrivals (id, supplier, due_on, came_on, late, at)"
        " VALUES (:id, :supplier, :due, :came, :late, :now)",
        id=f"a_{secrets.token_hex(8)}",
        supplier=supplier,
        due=due.isoformat(),
        came=came.isoformat(),
        late=late,
        now=now,
    )
    return late


def delays(tx: Tx, supplier: str) -> list[int]:
    """How late its recent deliveries were, the newest first.

    The merchant's own word counts like nine deliveries in time, until its own tell otherwise.
    """
    rows = tx.all(
        "SELECT late FROM arrivals WHERE supplier = :s ORDER BY came_on DESC, at DESC LIMIT :n",
        s=supplier,
        n=_RECENT,
    )
    late = [row["late"] for row in rows]
    return late + [0] * (9 - len(late)) if supplier == OWN else late


def _read(row: Row) -> Supplier:
    return Supplier(
        row["id"],
        row["name"],
        row["minimum"],
        row["step"],
        row["most"],
        row["lead"],
        frozenset(int(day) for day in row["rest"].split(",") if day),
        row["url"],
    )
