"""The waiting list: who could not have all that was asked for gets what comes free, in turn.

Functions over a transaction. What is offered is an ordinary hold with its ordinary time, so
nobody waits behind somebody who has gone; it cannot oversell, nor pass a viewer's limit.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idol.commerce import holds, supply
from idol.commerce.holds import Origin, Rules
from idol.commerce.outcomes import HoldMade, ShopEvent
from idol.errors import Refused
from idol.model import Viewer
from idol.store import Tx, among, in_parts

_AT_ONCE = 64
"""Most offers in one transaction: the rest come with the next."""
_REMEMBERED = 86_400.0
"""Seconds for which a page tells of an offer that its viewer has missed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """`before` counts the pieces that others wait for ahead of this one."""

    id: str
    sku: str
    quantity: int
    before: int


@dataclass(frozen=True, slots=True)
class Missed:
    """An offer that ran out: what it was, and when it was made."""

    sku: str
    quantity: int
    at: float


def join(tx: Tx, viewer: Viewer, sku: str, quantity: int, origin: Origin, now: float) -> Waiting:
    """Wait for pieces; asking again for the same thing keeps the place and takes the new number.

    Raises `Refused`: bad_quantity, unknown_variant.
    """
    if not 0 < quantity <= 99:
        raise Refused("bad_quantity", "one piece or more")
    if not tx.one("SELECT 1 FROM variants WHERE sku = :s", s=sku):
        raise Refused("unknown_variant", f"there is no variant {sku!r}")
    changed = tx.run(
        "UPDATE waitlist SET quantity = :n WHERE viewer = :v AND sku = :s AND state = 'waiting'",
        n=quantity,
        v=viewer.id,
        s=sku,
    )
    if not changed:
        _add(tx, viewer, sku, quantity, origin, now)
    return next(item for item in of_viewer(tx, viewer.id) if item.sku == sku)


def _add(tx: Tx, viewer: Viewer, sku: str, quantity: int, origin: Origin, at: float) -> None:
    tx.run(
        "INSERT INTO waitlist (id, viewer, viewer_name, platform, sku, quantity, state, made_at,"
        " source, message, segment, utterance, licence) VALUES (:id, :v, :name, :platform, :s,"
        " :n, 'waiting', :at, :source, :message, :segment, :utterance, :licence)",
        id=f"q_{secrets.token_hex(6)}",
        v=viewer.id,
        name=viewer.name,
        platform=viewer.platform,
        s=sku,
        n=quantity,
        at=at,
        source=origin.source,
        message=origin.message,
        segment=origin.segment,
        utterance=origin.utterance,
        licence=origin.licence,
    )


def leave(tx: Tx, viewer: str, sku: str = "") -> int:
    """Stop waiting for a variant, or for everything; how many places were given up."""
    return tx.run(
        "UPDATE waitlist SET state = 'left' WHERE viewer = :v AND state = 'waiting'"
        " AND (sku = :s OR :s = '')",
        v=viewer,
        s=sku,
    )


def of_viewer(tx: Tx, viewer: str) -> list[Waiting]:
    """What a viewer waits for, oldest first."""
    return [
        Waiting(row["id"], row["sku"], row["quantity"], row["before"])
        for row in tx.all(
            "SELECT w.id, w.sku, w.quantity, coalesce((SELECT sum(b.quantity) FROM waitlist b"
            " WHERE b.sku = w.sku AND b.state = 'waiting' AND (b.made_at < w.made_at"
            " OR (b.made_at = w.made_at AND b.id < w.id))), 0) AS before FROM waitlist w"
            " WHERE w.viewer = :v AND w.state = 'waiting' ORDER BY w.made_at, w.id",
            v=viewer,
        )
    ]


def offered(tx: Tx, viewer: str, now: float) -> list[str]:
    """Live holds of a viewer that came from waiting."""
    rows = tx.all(
        "SELECT w.hold FROM waitlist w JOIN holds h ON h.id = w.hold WHERE w.viewer = :v"
        " AND w.state = 'offered' AND h.state = 'live' AND h.expires_at > :now ORDER BY h.id",
        v=viewer,
        now=now,
    )
    return [row["hold"] for row in rows]


def offers(tx: Tx, holds: Sequence[str]) -> set[str]:
    """Those of these holds that were offered to somebody who waited."""
    found: set[str] = set()
    for some in in_parts(holds):
        names, values = among("h", some)
        rows = tx.all(f"SELECT hold FROM waitlist WHERE hold IN ({names})", **values)
        found.update(row["hold"] for row in rows)
    return found


def lapsed(tx: Tx, viewer: str, now: float) -> list[Missed]:
    """What was offered to a viewer within a day and ran out, unless they wait for it again or
    have had another hold of it since; newest first."""
    rows = tx.all(
        "SELECT w.sku, h.quantity, h.created_at FROM waitlist w JOIN holds h ON h.id = w.hold"
        " WHERE w.viewer = :v AND w.state = 'offered' AND h.created_at > :since"
        " AND (h.state = 'expired' OR (h.state = 'live' AND h.expires_at <= :now))"
        " AND NOT EXISTS (SELECT 1 FROM waitlist again WHERE again.viewer = w.viewer"
        " AND again.sku = w.sku AND again.state = 'waiting')"
        " AND NOT EXISTS (SELECT 1 FROM holds later WHERE later.viewer = w.viewer"
        " AND later.sku = w.sku AND later.created_at > h.created_at)"
        " ORDER BY h.created_at DESC",
        v=viewer,
        now=now,
        since=now - _REMEMBERED,
    )
    return [Missed(row["sku"], row["quantity"], row["created_at"]) for row in rows]


def counts(tx: Tx) -> dict[str, int]:
    """Pieces waited for, by sku."""
    rows = tx.all(
        "SELECT sku, sum(quantity) AS n FROM waitlist WHERE state = 'waiting' GROUP BY sku"
    )
    return {row["sku"]: row["n"] for row in rows}


def promote(tx: Tx, skus: Iterable[str], now: float, rules: Rules) -> list[ShopEvent]:
    """Offer what is free of these variants to those who wait, first come, first served.

    Expire first in the same transaction. Who has reached the limit meanwhile loses the place;
    who can have a part only keeps it for the rest.
    """
    events: list[ShopEvent] = []
    for sku in sorted(set(skus)):
        for row in tx.all(
            "SELECT * FROM waitlist WHERE sku = :s AND state = 'waiting'"
            " ORDER BY made_at, id LIMIT :most",
            s=sku,
            most=_AT_ONCE,
        ):
            viewer = Viewer(row["viewer"], row["viewer_name"], row["platform"])
            origin = Origin(
                row["source"], row["message"], row["segment"], row["utterance"], row["licence"]
            )
            try:
                hold = holds.place(tx, viewer, sku, row["quantity"], origin, now, rules)
            except Refused as error:
                if error.code in ("sold_out", "closed"):
                    break
                tx.run("UPDATE waitlist SET state = 'left' WHERE id = :id", id=row["id"])
                continue
            tx.run(
                "UPDATE waitlist SET state = 'offered', hold = :h WHERE id = :id",
                h=hold.id,
                id=row["id"],
            )
            rest = row["quantity"] - hold.quantity
            if rest and not supply.room(tx, sku):  # else it was the limit that was short
                _add(tx, viewer, sku, rest, origin, row["made_at"])
            events.append(HoldMade(hold))
    return events
