"""Promise dates: on hand first, then the earliest lot, counted in working days. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the warehouse packs. Weekdays as `date.weekday()` numbers them, Monday 0."""

    rest: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = field(default=frozenset())
    extra: frozenset[date] = field(default=frozenset())
    """Rest days that are worked all the same (调休)."""

    def works(self, day: date) -> bool:
        if day in self.extra:
            return True
        return day.weekday() not in self.rest and day not in self.holidays

    def roll(self, day: date) -> date:
        """`day` itself if it is worked, else the next worked day."""
        for _ in range(400):  # a calendar without a working day in a year is a mistake
            if self.works(day):
                return day
            day += timedelta(days=1)
        raise ValueError("the calendar has no working day")

    def add(self, day: date, working_days: int) -> date:
        """The working day that lies `working_days` after `day` (0: `day` rolled forward)."""
        day = self.roll(day)
        for _ in range(working_days):
            day = self.roll(day + timedelta(days=1))
        return day


def ships_by(
    today: date,
    calendar: Calendar,
    *,
    handling: int,
    ready_on: date | None = None,
    delay: int = 0,
    factory: Calendar | None = None,
) -> date:
    """The date that may be promised: ready (or today), plus the supplier's delay and handling.

    `delay` is the 90th percentile of that supplier's lateness in working days of its own
    `factory` calendar, `handling` the warehouse's own time in those of `calendar`. A lot whose
    date has passed counts from today.
    """
    start = (factory or calendar).add(max(today, ready_on), delay) if ready_on else today
    return calendar.add(start, handling)
