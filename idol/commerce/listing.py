"""Numbered links (1号链接) in the ledger: seeding, prices in force, flash prices, quotes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from idol.commerce.states import LISTING
from idol.commerce.supply import Dates
from idol.errors import Refused
from idol.model import Language, Money, Quote, VariantQuote
from idol.store import Row, Tx, among

_PRICED = """
SELECT v.sku, v.listing, v.label, l.title, l.state, l.per_viewer, r.minor, r.was, r.currency,
       f.minor AS flash, f.until_at
FROM variants v JOIN listings l ON l.number = v.listing
JOIN prices r ON r.id =
  (SELECT max(id) FROM prices WHERE sku = v.sku AND kind = 'regular' AND from_at <= :now)
LEFT JOIN prices f ON f.id =
  (SELECT max(id) FROM prices WHERE sku = v.sku AND kind = 'flash' AND from_at <= :now)
"""


@dataclass(frozen=True, slots=True)
class Priced:
    """A variant with the price in force at one moment."""

    sku: str
    listing: int
    title: dict[Language, str]
    label: dict[Language, str]
    state: str
    per_viewer: int
    price: Money
    was: Money | None
    flash_until: float


def priced(tx: Tx, sku: str, now: float) -> Priced | None:
    """The variant as it can be sold now; None if there is no such sku."""
    row = tx.one(_PRICED + "WHERE v.sku = :sku", sku=sku, now=now)
    return _priced(row, now) if row else None


def priced_all(tx: Tx, skus: Iterable[str], now: float) -> dict[str, Priced]:
    """Those of the variants that there are, as they can be sold now."""
    names, values = among("sku", skus)
    rows = tx.all(_PRICED + f"WHERE v.sku IN ({names})", now=now, **values)
    return {row["sku"]: _priced(row, now) for row in rows}


@lru_cache(maxsize=4096)
def words(text: str) -> dict[Language, str]:
    """A title or label by language, from its JSON. Shared by all who ask: not to be changed."""
    found: dict[Language, str] = json.loads(text)
    return found


def _priced(row: Row, now: float) -> Priced:
    currency = row["currency"]
    flash = row["flash"] is not None and now < row["until_at"]
    minor = row["flash"] if flash else row["minor"]
    was = row["minor"] if flash else row["was"]
    return Priced(
        sku=row["sku"],
        listing=row["listing"],
        title=words(row["title"]),
        label=words(row["label"]),
        state=row["state"],
        per_viewer=row["per_viewer"],
        price=Money(minor, currency),
        was=Money(was, currency) if was is not None else None,
        flash_until=row["until_at"] if flash else 0.0,
    )


def quote(tx: Tx, number: int, now: float, dates: Dates) -> Quote:
    """What the ledger holds for a listing. Raises `Refused("unknown_listing")`.

    Holds that have run out count as free, whether or not anything has swept them.
    """
    rows = tx.all(_PRICED + "WHERE v.listing = :n ORDER BY v.position", n=number, now=now)
    if not rows:
        raise Refused("unknown_listing", f"there is no listing {number}")
    overdue = {
        row["supply"]: row["n"]
        for row in tx.all(
            "SELECT p.supply, sum(p.quantity) AS n FROM holds h JOIN hold_parts p ON p.hold = h.id"
            " WHERE h.state IN ('live', 'confirmed') AND h.expires_at <= :now GROUP BY p.supply",
            now=now,
        )
    }
    stocks: dict[str, list[Row]] = {}
    for row in tx.all(
        "SELECT s.id, s.sku, s.kind, s.capacity - s.reserved AS room, s.ready_on, s.delay,"
        " s.supplier"
        " FROM supply s JOIN variants v ON v.sku = s.sku"
        " WHERE v.listing = :n AND s.state = 'open' ORDER BY s.kind DESC, s.ready_on, s.id",
        n=number,
    ):
        stocks.setdefault(row["sku"], []).append(row)
    sold = tx.one(
        "SELECT coalesce(sum(quantity), 0) AS n FROM holds"
        " WHERE listing = :n AND state IN ('sold', 'shipped')",
        n=number,
    )
    today = dates.today(now)
    variants: list[VariantQuote] = []
    flash_until = 0.0
    for row in rows:
        item = _priced(row, now)
        flash_until = max(flash_until, item.flash_until)
        free = [(s, s["room"] + overdue.get(s["id"], 0)) for s in stocks.get(item.sku, [])]
        first = next((s for s, n in free if n > 0), None)
        closed = item.state != "open"
        variants.append(
            VariantQuote(
                sku=item.sku,
                price=item.price,
                was=item.was,
                on_hand=0 if closed else sum(n for s, n in free if s["kind"] == "on_hand"),
                presale=0 if closed else sum(n for s, n in free if s["kind"] == "lot"),
                ships_by=dates.ships_by(first, today) if first and not closed else None,
            )
        )
    return Quote(number, tuple(variants), sold["n"] if sold else 0, flash_until)


def put(tx: Tx, number: int, to: str) -> None:
    """Keep a listing back ("draft") or put it on sale ("open"). What is held or ordered stays.

    Raises `Refused`: unknown_listing, listing_STATE.
    """
    if not LISTING.move(tx, number, to):
        state = LISTING.now(tx, number)
        raise Refused(
            f"listing_{state}" if state else "unknown_listing",
            f"listing {number} is {state}" if state else f"there is no listing {number}",
        )


def lower(tx: Tx, number: int, price: Money, now: float, seconds: float) -> bool:
    """Put a flash price on those variants of a listing that cost more; True if any did."""
    lowered = False
    for row in tx.all(_PRICED + "WHERE v.listing = :n ORDER BY v.position", n=number, now=now):
        if row["currency"] == price.currency and price.minor < _priced(row, now).price.minor:
            enter(tx, row["sku"], "flash", price.minor, None, price.currency, now, now + seconds)
            lowered = True
    return lowered


def open_flash(tx: Tx, number: int, price: Money, now: float, seconds: float) -> None:
    """Put a flash price on every variant of a listing, ending by the server's clock.

    Raises `Refused`: unknown_listing, bad_currency, or not_lower when it is no bargain.
    """
    rows = tx.all(_PRICED + "WHERE v.listing = :n ORDER BY v.position", n=number, now=now)
    if not rows:
        raise Refused("unknown_listing", f"there is no listing {number}")
    for row in rows:
        if row["currency"] != price.currency:
            raise Refused("bad_currency", f"this shop sells in {row['currency']}")
        if price.minor >= row["minor"]:
            raise Refused("not_lower", f"a flash price must be below the price of {row['sku']}")
        enter(tx, row["sku"], "flash", price.minor, None, price.currency, now, now + seconds)


def close_flash(tx: Tx, number: int, now: float) -> bool:
    """End the listing's flash price before its time; False if there was none."""
    rows = [
        row
        for row in tx.all(_PRICED + "WHERE v.listing = :n", n=number, now=now)
        if row["flash"] is not None and now < row["until_at"]
    ]
    for row in rows:
        enter(tx, row["sku"], "flash", None, None, row["currency"], now)
    return bool(rows)


def enter(
    tx: Tx,
    sku: str,
    kind: str,
    minor: int | None,
    was: int | None,
    currency: str,
    now: float,
    until: float | None = None,
) -> None:
    """A new line in the list of prices, which only grows."""
    tx.run(
        "INSERT INTO prices (sku, kind, minor, was, currency, from_at, until_at)"
        " VALUES (:sku, :kind, :minor, :was, :currency, :now, :until)",
        sku=sku,
        kind=kind,
        minor=minor,
        was=was,
        currency=currency,
        now=now,
        until=until,
    )
