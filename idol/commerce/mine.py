"""What a viewer has here besides orders: places, coupons, entries, and what a coupon would do."""

from __future__ import annotations

from dataclasses import dataclass

from idol.commerce import coupons, holds, orders, packets, waitlist
from idol.commerce.coupons import Coupon
from idol.commerce.outcomes import Hold
from idol.commerce.packets import Entered
from idol.commerce.waitlist import Missed, Waiting
from idol.errors import Refused
from idol.model import Money
from idol.store import Tx

ALL = "all"
"""Stands for a hold's id where all live holds are one order."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One coupon on one hold, or on `ALL`: what it takes off and what is left to pay, or why it
    does not."""

    hold: str
    code: str
    pay: Money
    off: Money | None = None
    why: str = ""
    """A code of `coupons.worth`; empty when it applies."""


@dataclass(frozen=True, slots=True)
class Mine:
    """All of it at one moment. `fits`: of each live hold, the coupon that takes off most first.

    `claimed` are codes of offers that this viewer can claim no more; `offered` are ids of live
    holds that came from waiting; `missed` are such that ran out.
    """

    waiting: tuple[Waiting, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    claimed: tuple[str, ...] = ()
    entered: tuple[Entered, ...] = ()
    offered: tuple[str, ...] = ()
    missed: tuple[Missed, ...] = ()
    holds: tuple[Hold, ...] = ()
    fits: tuple[Fit, ...] = ()


def of(tx: Tx, viewer: str, now: float) -> Mine:
    """What this viewer has now."""
    own = coupons.of_viewer(tx, viewer, now)
    live = holds.live(tx, viewer, now)
    return Mine(
        waiting=tuple(waitlist.of_viewer(tx, viewer)),
        coupons=tuple(own),
        claimed=tuple(offer.code for offer in coupons.offers(tx, now) if _had(tx, offer, viewer)),
        entered=tuple(packets.entries(tx, viewer, now)),
        offered=tuple(waitlist.offered(tx, viewer, now)),
        missed=tuple(waitlist.lapsed(tx, viewer, now)),
        holds=tuple(live),
        fits=tuple(fit for chosen in _choices(live) for fit in fits(tx, chosen, own, now)),
    )


def _choices(live: list[Hold]) -> list[tuple[Hold, ...]]:
    """What may be confirmed: each hold by itself, or all of them as one order."""
    return [(hold,) for hold in live] + ([tuple(live)] if len(live) > 1 else [])


def fits(tx: Tx, chosen: tuple[Hold, ...], own: list[Coupon], now: float) -> list[Fit]:
    """Each of these coupons on one order of these holds, what takes off most first."""
    name = chosen[0].id if len(chosen) == 1 else ALL
    totals = orders.by_listing(chosen)
    total = Money(sum(part.minor for part in totals.values()), chosen[0].unit.currency)
    found = []
    for coupon in own:
        try:
            off = coupons.worth(tx, coupon.code, chosen[0].viewer.id, totals, now)
        except Refused as error:
            found.append(Fit(name, coupon.code, total, why=error.code))
        else:
            found.append(Fit(name, coupon.code, Money(total.minor - off.minor, off.currency), off))
    return sorted(found, key=lambda fit: -(fit.off.minor if fit.off else 0))


def _had(tx: Tx, offer: Coupon, viewer: str) -> bool:
    """Nothing more to claim: one waits to be used, or the limit is reached."""
    mine = coupons.claimed(tx, offer.code, viewer)
    return len(mine) >= offer.per_viewer or any(old.used < old.uses for old in mine)
