"""Group prices: the more pieces are paid by the close, the less each one costs everybody.

Each tier that is reached puts its price on sale as a flash price until the close; at the close
the price of the highest tier reached is final, and whoever paid more gets the difference back.
Nobody is ever asked for more. Functions over a transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from idol.commerce import aftersale, listing, refunds
from idol.commerce.orders import note
from idol.errors import BadInput, Refused
from idol.model import Money
from idol.store import Row, Tx


@dataclass(frozen=True, slots=True)
class Group:
    """`tiers` are (pieces from which it holds, unit price in minor units), the least first.

    `pieces` and `final` are set at the close; `final` is None if no tier was reached.
    """

    id: str
    listing: int
    currency: str
    opens_at: float
    closes_at: float
    state: str
    tiers: tuple[tuple[int, int], ...]
    pieces: int | None = None
    final: int | None = None

    def price(self, pieces: int) -> int | None:
        """The unit price at so many pieces, or None below the first tier."""
        reached = [minor for least, minor in self.tiers if pieces >= least]
        return min(reached) if reached else None


def open_group(
    tx: Tx, number: int, tiers: Sequence[tuple[int, Money]], seconds: float, now: float, by: str
) -> Group:
    """Begin a group price on a listing. Raises `BadInput`; `Refused`: unknown_listing,
    bad_currency, not_lower, group_open."""
    steps = sorted((least, price.minor) for least, price in tiers)
    if not steps or seconds <= 0 or steps[0][0] < 1:
        raise BadInput("a group price needs tiers of one piece or more, and time")
    if any(b[0] == a[0] or b[1] >= a[1] for a, b in pairwise(steps)):
        raise BadInput("each tier must be of more pieces and a lower price than the one before")
    quote = tx.all(
        "SELECT v.sku FROM variants v WHERE v.listing = :n ORDER BY v.position", n=number
    )
    if not quote:
        raise Refused("unknown_listing", f"there is no listing {number}")
    currency = tiers[0][1].currency
    for row in quote:
        item = listing.priced(tx, row["sku"], now)
        if item is None or {price.currency for _, price in tiers} != {item.price.currency}:
            raise Refused("bad_currency")
        if steps[0][1] >= item.price.minor:
            raise Refused("not_lower", f"a group price must be below the price of {row['sku']}")
    if tx.one("SELECT 1 FROM groups_open WHERE listing = :n AND state = 'open'", n=number):
        raise Refused("group_open", f"listing {number} has a group price already")
    id = f"g_{secrets.token_hex(6)}"
    tx.run(
        "INSERT INTO groups_open (id, listing, currency, opens_at, closes_at, state)"
        " VALUES (:id, :n, :currency, :now, :until, 'open')",
        id=id,
        n=number,
        currency=currency,
        now=now,
        until=now + seconds,
    )
    for least, minor in steps:
        tx.run(
            "INSERT INTO group_tiers (id, least, minor) VALUES (:id, :least, :minor)",
            id=id,
            least=least,
            minor=minor,
        )
    note(tx, now, "group_opened", group=id, listing=number, tiers=steps, by=by)
    return get(tx, id)


def get(tx: Tx, id: str) -> Group:
    """Raises `Refused("unknown_group")`."""
    row = tx.one("SELECT * FROM groups_open WHERE id = :id", id=id)
    if row is None:
        raise Refused("unknown_group", f"there is no group price {id!r}")
    return _read(tx, row)


def current(tx: Tx, number: int) -> Group | None:
    """The open group price of a listing."""
    row = tx.one("SELECT * FROM groups_open WHERE listing = :n AND state = 'open'", n=number)
    return _read(tx, row) if row else None


def every(tx: Tx) -> list[Group]:
    """All of them, oldest first."""
    return [_read(tx, row) for row in tx.all("SELECT * FROM groups_open ORDER BY opens_at, id")]


def pieces(tx: Tx, group: Group) -> int:
    """Pieces that were ordered while it was open, are paid for, and stay with their buyers."""
    return sum(row["kept"] for row in _lines(tx, group))


def step(tx: Tx, number: int, now: float) -> bool:
    """Something was paid: put the tier's price on sale if one was reached. True if it was."""
    group = current(tx, number)
    if group is None or now >= group.closes_at:
        return False
    price = group.price(pieces(tx, group))
    # Whatever has become of prices meanwhile, none is raised, and no payment is refused for it.
    if price is None or not listing.lower(
        tx, number, Money(price, group.currency), now, group.closes_at - now
    ):
        return False
    note(tx, now, "group_tier", group=group.id, unit=price)
    return True


def due(tx: Tx, now: float) -> list[str]:
    """Group prices whose time is over and that are not settled."""
    rows = tx.all("SELECT id FROM groups_open WHERE state = 'open' AND closes_at <= :now", now=now)
    return [row["id"] for row in rows]


def close(tx: Tx, id: str, now: float, by: str) -> tuple[Group, int]:
    """Settle: fix the final price and give the difference back. Returns minor units given back.

    Raises `Refused`: unknown_group, group_settled.
    """
    group = get(tx, id)
    if not tx.run("UPDATE groups_open SET state = 'settled' WHERE id = :id AND state = 'open'",
                  id=id):  # fmt: skip
        raise Refused("group_settled")
    count = pieces(tx, group)
    final = group.price(count)
    tx.run("UPDATE groups_open SET pieces = :n, final = :final WHERE id = :id",
           n=count, final=final, id=id)  # fmt: skip
    listing.close_flash(tx, group.listing, now)
    given = sum(_difference(tx, group, final, row, now) for row in _lines(tx, group))
    note(tx, now, "group_settled", group=id, pieces=count, final=final, given=given, by=by)
    return get(tx, id), given


def late(tx: Tx, order: str, now: float) -> int:
    """An order of a group price was paid after its close: it gets the difference too."""
    given = 0
    for row in tx.all(
        "SELECT DISTINCT g.id FROM groups_open g JOIN order_lines l ON l.listing = g.listing"
        " JOIN orders o ON o.id = l.order_id WHERE o.id = :o AND g.state = 'settled'"
        " AND g.opens_at <= o.created_at AND o.created_at < g.closes_at",
        o=order,
    ):
        group = get(tx, row["id"])
        for line in _lines(tx, group):
            if line["order_id"] == order:
                given += _difference(tx, group, group.final, line, now)
    return given


def _difference(tx: Tx, group: Group, final: int | None, row: Row, now: float) -> int:
    if final is None or row["unit"] <= final or not row["kept"]:
        return 0
    each = row["unit"] - final
    # A coupon may have paid for a part of it: nobody gets back more than was paid.
    paid = aftersale.paid(tx, row["order_id"])[row["line"]] * row["kept"] // row["quantity"]
    cause = f"tier:{group.id}:{row['order_id']}:{row['line']}:"
    return refunds.give_back(tx, row["order_id"], min(each * row["kept"], paid), "tier", cause, now)


def _lines(tx: Tx, group: Group) -> list[Row]:
    """Paid lines of orders that were placed while it was open; `kept` pieces were not returned."""
    return tx.all(
        "SELECT l.order_id, l.line, l.unit, l.quantity, l.quantity - coalesce((SELECT"
        " sum(r.quantity) FROM returns r WHERE r.order_id = l.order_id AND r.line = l.line"
        " AND r.state = 'received'), 0) AS kept FROM order_lines l"
        " JOIN orders o ON o.id = l.order_id AND o.state IN ('paid', 'shipped')"
        " WHERE l.listing = :n AND :start <= o.created_at AND o.created_at < :until"
        " AND NOT EXISTS (SELECT 1 FROM refunds f WHERE f.order_id = l.order_id"
        "  AND f.reason = 'delay' AND f.cause LIKE 'line:' || l.order_id || ':' || l.line || ':%')"
        " ORDER BY o.paid_at, l.order_id, l.line",
        n=group.listing,
        start=group.opens_at,
        until=group.closes_at,
    )


def _read(tx: Tx, row: Row) -> Group:
    tiers = tx.all("SELECT least, minor FROM group_tiers WHERE id = :id ORDER BY least",
                   id=row["id"])  # fmt: skip
    return Group(
        row["id"], row["listing"], row["currency"], row["opens_at"], row["closes_at"],
        row["state"], tuple((tier["least"], tier["minor"]) for tier in tiers),
        row["pieces"], row["final"],
    )  # fmt: skip
