"""Coupons: taken in the very transaction that places the order, given back if it is not paid.

Functions over a transaction. What a coupon takes off is frozen on the order; a percentage is
rounded down to a minor unit.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from idol.errors import BadInput, Refused
from idol.model import Money
from idol.store import Row, Tx


@dataclass(frozen=True, slots=True)
class Coupon:
    """`value` is in minor units, or for a percentage in hundredths of a percent.

    `least` is the order value in minor units from which it counts; `listing` None for any,
    `viewer` empty for anybody.
    """

    code: str
    kind: Literal["amount", "percent"]
    value: int
    currency: str
    from_at: float
    until_at: float
    least: int = 0
    listing: int | None = None
    viewer: str = ""
    uses: int = 1
    used: int = 0
    per_viewer: int = 1
    origin: str = ""

    def off(self, total: int) -> int:
        """What it takes off an order of `total` minor units."""
        return self.value if self.kind == "amount" else total * self.value // 10_000


OFFER = "offer"
"""The `origin` of a coupon that the pages show to everybody; it is claimed before it is used."""


def new_code() -> str:
    """A code that can be read out and cannot be guessed."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(10))


def make(tx: Tx, coupon: Coupon) -> Coupon:
    """Enter a coupon. Raises `BadInput`; `Refused("known_coupon")`."""
    if not re.fullmatch(r"[A-Z0-9]{4,24}", coupon.code):
        raise BadInput("a code is 4 to 24 capital letters and digits", where=coupon.code)
    if coupon.value < 1 or (coupon.kind == "percent" and coupon.value >= 10_000):
        raise BadInput("a coupon takes something off, and less than everything")
    if coupon.uses < 1 or coupon.per_viewer < 1 or coupon.until_at <= coupon.from_at:
        raise BadInput("a coupon must be good for one use or more, and for some time")
    if tx.one("SELECT 1 FROM coupons WHERE code = :c", c=coupon.code):
        raise Refused("known_coupon", f"there is a coupon {coupon.code} already")
    tx.run(
        "INSERT INTO coupons (code, kind, value, currency, least, listing, viewer, uses,"
        " per_viewer, from_at, until_at, origin) VALUES (:code, :kind, :value, :currency, :least,"
        " :listing, :viewer, :uses, :per, :start, :until, :origin)",
        code=coupon.code,
        kind=coupon.kind,
        value=coupon.value,
        currency=coupon.currency,
        least=coupon.least,
        listing=coupon.listing,
        viewer=coupon.viewer,
        uses=coupon.uses,
        per=coupon.per_viewer,
        start=coupon.from_at,
        until=coupon.until_at,
        origin=coupon.origin,
    )
    return coupon


def get(tx: Tx, code: str) -> Coupon:
    """Raises `Refused("unknown_coupon")`."""
    row = tx.one("SELECT * FROM coupons WHERE code = :c", c=code.strip().upper())
    if row is None:
        raise Refused("unknown_coupon", code)
    return _read(row)


def every(tx: Tx) -> list[Coupon]:
    """All coupons, the newest last."""
    return [_read(row) for row in tx.all("SELECT * FROM coupons ORDER BY from_at, code")]


def of_viewer(tx: Tx, viewer: str, now: float) -> list[Coupon]:
    """What this viewer alone may use now, such as red packet prizes."""
    return [
        _read(row)
        for row in tx.all(
            "SELECT * FROM coupons WHERE viewer = :v AND viewer <> '' AND used < uses"
            " AND from_at <= :now AND :now < until_at ORDER BY until_at, code",
            v=viewer,
            now=now,
        )
    ]


def offers(tx: Tx, now: float) -> list[Coupon]:
    """What everybody may claim now, the one that ends first at the head."""
    rows = tx.all(
        "SELECT * FROM coupons WHERE origin = :offer AND used < uses AND from_at <= :now"
        " AND :now < until_at ORDER BY until_at, code",
        offer=OFFER,
        now=now,
    )
    return [_read(row) for row in rows]


def claimed(tx: Tx, code: str, viewer: str) -> list[Coupon]:
    """What a viewer has claimed of a coupon, the latest last; also what is used or over."""
    rows = tx.all(
        "SELECT * FROM coupons WHERE origin = :o AND viewer = :v ORDER BY from_at, code",
        o=f"claim:{code}",
        v=viewer,
    )
    return [_read(row) for row in rows]


def claim(tx: Tx, code: str, viewer: str, now: float) -> Coupon:
    """One use of a coupon set aside for this viewer, as a coupon of their own.

    Asked again before it is used, the answer is the same one. Raises `Refused`: unknown_coupon,
    coupon_over, coupon_limit, coupon_gone.
    """
    coupon = get(tx, code)
    if coupon.viewer == viewer:
        return coupon
    if coupon.viewer:
        raise Refused("unknown_coupon", code)
    if not coupon.from_at <= now < coupon.until_at:
        raise Refused("coupon_over", code)
    mine = claimed(tx, coupon.code, viewer)
    for old in mine:
        if old.used < old.uses:
            return old
    if len(mine) + _taken(tx, coupon.code, viewer) >= coupon.per_viewer:
        raise Refused("coupon_limit", str(coupon.per_viewer))
    if not tx.run(
        "UPDATE coupons SET used = used + 1 WHERE code = :c AND used < uses", c=coupon.code
    ):
        raise Refused("coupon_gone", code)
    own = replace(
        coupon, code=new_code(), from_at=now, viewer=viewer, uses=1, used=0, per_viewer=1,
        origin=f"claim:{coupon.code}",
    )  # fmt: skip
    return make(tx, own)


def worth(tx: Tx, code: str, viewer: str, totals: Mapping[int, Money], now: float) -> Money:
    """What a coupon would take off an order that comes to so much, listing by listing; nothing
    is taken yet. One for a single listing counts, and takes off, that listing's share alone.

    Raises `Refused`: unknown_coupon, coupon_claim (it must be claimed first), coupon_over,
    coupon_used, coupon_least, coupon_listing.
    """
    coupon = get(tx, code)
    if coupon.viewer and coupon.viewer != viewer:
        raise Refused("unknown_coupon", code)  # another viewer's is nobody's business
    if coupon.origin == OFFER:
        raise Refused("coupon_claim", code)
    if not coupon.from_at <= now < coupon.until_at:
        raise Refused("coupon_over", code)
    mine = _taken(tx, coupon.code, viewer) + len(claimed(tx, coupon.code, viewer))
    if coupon.used >= coupon.uses or mine >= coupon.per_viewer:
        raise Refused("coupon_used", code)
    if coupon.listing is not None:
        if coupon.listing not in totals:
            raise Refused("coupon_listing", str(coupon.listing))
        totals = {coupon.listing: totals[coupon.listing]}
    currency = next(iter(totals.values())).currency
    total = Money(sum(part.minor for part in totals.values()), currency)
    off = coupon.off(total.minor)
    # An order must still cost something: free goods would need no payment, hence no proof.
    if coupon.currency != total.currency or total.minor < coupon.least or off >= total.minor:
        raise Refused("coupon_least", str(max(coupon.least, coupon.value + 1)))
    if off < 1:
        raise Refused("coupon_least", str(coupon.least))
    return Money(off, coupon.currency)


def take(tx: Tx, code: str, order: str, viewer: str, off: Money, now: float) -> None:
    """Use it up for an order that is being placed. Raises `Refused("coupon_used")`."""
    code = code.strip().upper()
    if not tx.run("UPDATE coupons SET used = used + 1 WHERE code = :c AND used < uses", c=code):
        raise Refused("coupon_used", code)
    tx.run(
        "INSERT INTO coupon_uses (order_id, code, viewer, minor, state, at)"
        " VALUES (:o, :c, :v, :n, 'taken', :now)",
        o=order,
        c=code,
        v=viewer,
        n=off.minor,
        now=now,
    )


def of_order(tx: Tx, order: str) -> tuple[str, str] | None:
    """Code of the coupon that was used, and title (JSON by language) of the red packet that it
    was won in, or empty."""
    row = tx.one(
        "SELECT u.code, p.title FROM coupon_uses u JOIN coupons c ON c.code = u.code"
        " LEFT JOIN packets p ON p.id = c.origin WHERE u.order_id = :o",
        o=order,
    )
    return (row["code"], row["title"] or "") if row else None


def give_back(tx: Tx, order: str) -> None:
    """The order was never paid: its coupon may be used again."""
    if tx.run(
        "UPDATE coupon_uses SET state = 'given_back' WHERE order_id = :o AND state = 'taken'",
        o=order,
    ):
        tx.run(
            "UPDATE coupons SET used = used - 1 WHERE code ="
            " (SELECT code FROM coupon_uses WHERE order_id = :o)",
            o=order,
        )


def retake(tx: Tx, order: str) -> bool:
    """A late payment wants the coupon again; False if it has been used up meanwhile."""
    row = tx.one("SELECT * FROM coupon_uses WHERE order_id = :o", o=order)
    if row is None or row["state"] == "taken":
        return True
    if _taken(tx, row["code"], row["viewer"]) >= get(tx, row["code"]).per_viewer:
        return False
    if not tx.run(
        "UPDATE coupons SET used = used + 1 WHERE code = :c AND used < uses", c=row["code"]
    ):
        return False
    tx.run("UPDATE coupon_uses SET state = 'taken' WHERE order_id = :o", o=order)
    return True


def _taken(tx: Tx, code: str, viewer: str) -> int:
    """How often a viewer has used a coupon under its own code."""
    row = tx.one(
        "SELECT count(*) AS n FROM coupon_uses WHERE code = :c AND viewer = :v AND state = 'taken'",
        c=code,
        v=viewer,
    )
    return int(row["n"]) if row else 0


def _read(row: Row) -> Coupon:
    return Coupon(
        row["code"], row["kind"], row["value"], row["currency"], row["from_at"], row["until_at"],
        row["least"], row["listing"], row["viewer"], row["uses"], row["used"], row["per_viewer"],
        row["origin"],
    )  # fmt: skip
