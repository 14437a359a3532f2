"""Holds: stock set aside for a viewer, from the chat message to the parcel.

Functions over a transaction; every change of state goes through `move`, which refuses what
its table in `states` does not allow. Whatever has run out is expired first, so no answer
depends on a sweeper having come by.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from idol.commerce import listing, supply
from idol.commerce.outcomes import Hold, HoldState, Source
from idol.commerce.states import HOLD
from idol.commerce.supply import Dates, Part
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.store import Row, Tx, among, in_parts


@dataclass(frozen=True, slots=True)
class Rules:
    """What the merchant decides once. Durations in seconds."""

    hold_seconds: float = 300.0
    pay_seconds: float = 900.0
    ask_seconds: float = 60.0
    most_pieces: int = 20
    """Pieces of one listing that one viewer may hold and own where the listing has no limit."""
    dates: Dates = field(default_factory=Dates)
    webhooks: tuple[str, ...] = ()
    """Who is told of orders; see `webhooks`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a sale came from; frozen on the hold and its order lines."""

    source: Source = "tap"
    message: str = ""
    segment: str = ""
    utterance: str = ""
    licence: str = ""


_HOLD = """
SELECT h.*, v.label, l.title FROM holds h
JOIN variants v ON v.sku = h.sku JOIN listings l ON l.number = h.listing
"""


@dataclass(frozen=True, slots=True)
class Want:
    """Pieces of one variant that a viewer would have."""

    viewer: Viewer
    sku: str
    quantity: int
    origin: Origin = field(default_factory=Origin)


def place(
    tx: Tx, viewer: Viewer, sku: str, quantity: int, origin: Origin, now: float, rules: Rules
) -> Hold:
    """`place_all` for one want. Raises `Refused` as that would answer it."""
    answer = place_all(tx, [Want(viewer, sku, quantity, origin)], now, rules)[0]
    if isinstance(answer, Refused):
        raise answer
    return answer


def place_all(tx: Tx, wants: Sequence[Want], now: float, rules: Rules) -> list[Hold | Refused]:
    """Set pieces aside, in the order of the wants: for each as many as there are and its viewer
    may have. All are read, decided and written together, so a rush costs few statements.

    Call `expire` first in the same transaction. `Refused` is one of bad_quantity,
    unknown_variant, closed, limit, sold_out.
    """
    items = listing.priced_all(tx, {want.sku for want in wants}, now)
    shelves = supply.shelves(tx, items, rules.dates, now)
    have = _owned_all(tx, {want.viewer.id for want in wants})
    ids = _ids(len(wants), now)
    answers: list[Hold | Refused] = []
    made: list[tuple[Hold, Origin, list[Part]]] = []
    for want in wants:
        item = items.get(want.sku)
        shelf = shelves.get(want.sku, [])
        try:
            parts = _decide(want, item, have, shelf, rules)
        except Refused as error:
            answers.append(error)
            continue
        assert item is not None, "what was decided on exists"
        hold = _hold(next(ids), want, item, parts, now, rules)
        mine = (want.viewer.id, item.listing)
        have[mine] = have.get(mine, 0) + hold.quantity
        answers.append(hold)
        made.append((hold, want.origin, parts))
    supply.reserve(tx, [part for _, _, parts in made for part in parts])
    tx.insert("holds", _COLUMNS, [_values(hold, origin, now) for hold, origin, _ in made])
    _keep_parts(tx, [(hold.id, part) for hold, _, parts in made for part in parts])
    return answers


def _ids(count: int, now: float) -> Iterator[str]:
    """New ids: milliseconds, then 64 random bits. Ids of one time lie side by side in the
    indexes, so that a commit writes few pages."""
    at, chance = f"h_{int(now * 1000) & 0xFFFF_FFFF_FFFF:012x}", secrets.token_hex(8 * count)
    return (at + chance[n : n + 16] for n in range(0, 16 * count, 16))


def _decide(
    want: Want,
    item: listing.Priced | None,
    have: dict[tuple[str, int], int],
    shelf: list[supply.Shelf],
    rules: Rules,
) -> list[Part]:
    """What one viewer gets, taken off the shelves at once. Pure; raises `Refused`."""
    if want.quantity < 1:
        raise Refused("bad_quantity", "a hold is for at least one piece")
    if item is None:
        raise Refused("unknown_variant", f"there is no variant {want.sku!r}")
    if item.state != "open":
        raise Refused("closed", f"listing {item.listing} is not on sale")
    limit = item.per_viewer or rules.most_pieces
    may = limit - have.get((want.viewer.id, item.listing), 0)
    if may < 1:
        raise Refused("limit", str(limit))
    parts = supply.take(shelf, min(want.quantity, may))
    if not parts:
        raise Refused("sold_out")
    return parts


def _hold(
    id: str, want: Want, item: listing.Priced, parts: list[Part], now: float, rules: Rules
) -> Hold:
    return Hold(
        id=id,
        viewer=want.viewer,
        listing=item.listing,
        sku=item.sku,
        title=item.title,
        label=item.label,
        quantity=sum(part.quantity for part in parts),
        unit=item.price,
        expires_at=now + rules.hold_seconds,
        ships_by=max(part.ships_by for part in parts),
        state="live",
        source=want.origin.source,
    )


def owned(tx: Tx, viewer: str, number: int) -> int:
    """Pieces of a listing that a viewer holds or has bought."""
    return _owned_all(tx, (viewer,)).get((viewer, number), 0)


def _owned_all(tx: Tx, viewers: Iterable[str]) -> dict[tuple[str, int], int]:
    """(viewer, listing) -> pieces held or bought; what is missing is none.

    Of every listing: databases would look for each viewer with each of the listings named.
    """
    who, whom = among("v", viewers)
    rows = tx.all(
        f"SELECT viewer, listing, sum(quantity) AS n FROM holds WHERE viewer IN ({who})"
        " AND state IN ('live', 'confirmed', 'sold', 'shipped') GROUP BY viewer, listing",
        **whom,
    )
    return {(row["viewer"], row["listing"]): row["n"] for row in rows}


def move(tx: Tx, hold: str, to: HoldState, *, expires_at: float | None = None) -> None:
    """Change state if the table allows it. Raises `Refused("hold_STATE")` if not."""
    if not HOLD.move(tx, hold, to, expires_at=expires_at):
        state = HOLD.now(tx, hold)
        raise Refused(f"hold_{state}" if state else "unknown_hold")


def expire(tx: Tx, now: float) -> list[Hold]:
    """Free the stock of every hold whose time has run out; return them as they now are."""
    due = tx.all(
        "SELECT id FROM holds WHERE state IN ('live', 'confirmed') AND expires_at <= :now"
        " ORDER BY expires_at, id",
        now=now,
    )
    ended: list[Hold] = []
    # What was held in one second runs out in one: not one by one, for buyers wait behind it.
    for ids in in_parts([row["id"] for row in due]):
        supply.release(tx, ids)
        HOLD.move_all(tx, ids, "expired")
        names, values = among("h", ids)
        rows = tx.all(_HOLD + f"WHERE h.id IN ({names}) ORDER BY h.expires_at, h.id", **values)
        ended += map(read, rows)
    return ended


def cancel(tx: Tx, hold: str) -> Hold:
    """Give the pieces back. Raises `Refused` if the hold is past that."""
    move(tx, hold, "cancelled")
    supply.release(tx, (hold,))
    return get(tx, hold)


def rehold(tx: Tx, hold: str, now: float, rules: Rules) -> bool:
    """Take an expired hold's pieces again for a payment that came late.

    Only if all of them can still be had by the promised date: a promise never moves silently.
    """
    old = get(tx, hold)
    parts = supply.plan(tx, old.sku, old.quantity, rules.dates, now)
    late = any(part.ships_by > old.ships_by for part in parts)
    if late or sum(part.quantity for part in parts) < old.quantity:
        return False
    supply.reserve(tx, parts)
    _keep_parts(tx, [(hold, part) for part in parts])
    move(tx, hold, "sold")
    return True


def get(tx: Tx, hold: str, viewer: str | None = None) -> Hold:
    """One hold. Raises `Refused("unknown_hold")`, also if it is another viewer's."""
    row = tx.one(_HOLD + "WHERE h.id = :id", id=hold)
    if row is None or (viewer is not None and row["viewer"] != viewer):
        raise Refused("unknown_hold")
    return read(row)


def live(tx: Tx, viewer: str, now: float) -> list[Hold]:
    """A viewer's holds that may still be confirmed, oldest first."""
    return [
        read(row)
        for row in tx.all(
            _HOLD + "WHERE h.viewer = :viewer AND h.state = 'live' AND h.expires_at > :now"
            " ORDER BY h.created_at, h.id",
            viewer=viewer,
            now=now,
        )
    ]


def read(row: Row) -> Hold:
    """A row of holds joined with variants and listings."""
    return Hold(
        id=row["id"],
        viewer=Viewer(row["viewer"], row["viewer_name"], row["platform"]),
        listing=row["listing"],
        sku=row["sku"],
        title=listing.words(row["title"]),
        label=listing.words(row["label"]),
        quantity=row["quantity"],
        unit=Money(row["unit"], row["currency"]),
        expires_at=row["expires_at"] or 0.0,
        ships_by=date.fromisoformat(row["ships_by"]),
        state=row["state"],
        source=row["source"],
    )


_COLUMNS = (
    "id", "viewer", "viewer_name", "platform", "listing", "sku", "quantity", "unit", "currency",
    "state", "created_at", "expires_at", "ships_by", "source", "message", "segment", "utterance",
    "licence",
)  # fmt: skip


def _values(hold: Hold, origin: Origin, now: float) -> tuple[object, ...]:
    """In the order of `_COLUMNS`."""
    viewer = hold.viewer
    return (
        hold.id,
        viewer.id,
        viewer.name,
        viewer.platform,
        hold.listing,
        hold.sku,
        hold.quantity,
        hold.unit.minor,
        hold.unit.currency,
        hold.state,
        now,
        hold.expires_at,
        hold.ships_by.isoformat(),
        origin.source,
        origin.message,
        origin.segment,
        origin.utterance,
        origin.licence,
    )


def _keep_parts(tx: Tx, parts: Iterable[tuple[str, Part]]) -> None:
    tx.insert(
        "hold_parts",
        ("hold", "supply", "quantity", "ships_by"),
        [(hold, part.supply, part.quantity, part.ships_by.isoformat()) for hold, part in parts],
    )
