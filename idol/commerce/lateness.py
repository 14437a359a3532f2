"""How late a supplier is: what may be promised, and when a promise is in danger. Pure.

A supplier's delays are whole working days by its own calendar, 0 for on time. Until it has
shown enough deliveries, cautious assumed ones stand beside the real ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from idol.commerce.promise import Calendar

ALERT_PERCENT = 10
"""A promise whose chance of being broken is above this is told to the operator."""
ASSUMED = (5, 3, 2, 2, 1, 1, 0, 0, 0)
"""Delays taken for granted of a supplier nobody knows, the worst first: with nine deliveries of
its own, none of them count any more."""


def evidence(delays: Sequence[int]) -> tuple[int, ...]:
    """The supplier's delays, filled up to nine with the worst of the assumed ones."""
    return tuple(delays) + ASSUMED[: max(0, len(ASSUMED) - len(delays))]


def p90(delays: Sequence[int]) -> int:
    """The delay that at most one delivery in ten will exceed, in working days.

    The ceil(0.9 (n + 1))-th smallest of n: with so few numbers the plain percentile would be
    exceeded more often than it says.
    """
    known = sorted(evidence(delays))
    rank = min(-(-9 * (len(known) + 1) // 10), len(known))
    return known[rank - 1]


def chance(delays: Sequence[int], slack: int, elapsed: int = 0) -> int:
    """Chance in percent, rounded, that a delivery comes more than `slack` days late.

    `elapsed` working days have passed since it was due, and it has not come: only those
    deliveries that were at least as late count.
    """
    if slack < elapsed:
        return 100
    known = [n for n in evidence(delays) if n >= elapsed]
    if not known:
        return 100  # later than this supplier ever was: nothing speaks for it
    late = sum(n > slack for n in known)
    return (200 * late + len(known)) // (2 * len(known))


def days_between(calendar: Calendar, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 if `end` is not later."""
    count, day = 0, start
    while day < end:
        day = date.fromordinal(day.toordinal() + 1)
        count += calendar.works(day)
    return count


def slack(
    factory: Calendar, warehouse: Calendar, ready_on: date, handling: int, ships_by: date
) -> int:
    """How many working days late the supplier may be and the promise still be kept; -1 if
    even a punctual lot is too late."""
    late = -1
    while warehouse.add(factory.add(ready_on, late + 1), handling) <= ships_by:
        late += 1
    return late
