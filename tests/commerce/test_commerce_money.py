"""Money and promise dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.commerce import money
from idol.commerce.promise import Calendar, ships_by
from idol.errors import BadInput
from idol.model import Money


@given(st.integers(0, 10**11), st.sampled_from(["CNY", "USD", "JPY", "KRW"]))
def test_what_is_shown_plainly_is_read_back(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert money.parse(money.plain(amount), currency) == amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [("89.90", 8990), ("89.9", 8990), ("1,299", 129900), ("0.01", 1), (" 5 ", 500)],
)
def test_reading(text: str, minor: int) -> None:
    assert money.parse(text, "CNY").minor == minor


@pytest.mark.parametrize(
    "text", ["", "-1", "1.999", "1e3", "¥5", "1,29", "NaN", "１２", "5.", ".5"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(BadInput):
        money.parse(text, "CNY")


def test_showing() -> None:
    assert money.show(Money(8990, "CNY"), "zh") == "¥89.90"
    assert money.show(Money(8990, "CNY"), "zh", spoken=True) == "89.9元"
    assert money.show(Money(129900, "USD"), "en") == "$1,299"
    assert money.show(Money(500, "JPY"), "en") == "¥500"
    assert money.show(Money(-250, "CHF"), "en") == "-CHF 2.50"
    assert money.add(Money(1, "CNY"), Money(2, "CNY")) == Money(3, "CNY")
    with pytest.raises(ValueError, match="cannot add"):
        money.add(Money(1, "CNY"), Money(2, "USD"))


def test_promises_are_working_days() -> None:
    friday = date(2025, 11, 28)
    assert ships_by(friday, Calendar(), handling=2) == date(2025, 12, 2)
    ready = date(2025, 12, 6)  # a Saturday
    assert ships_by(friday, Calendar(), handling=1, ready_on=ready, delay=2) == date(2025, 12, 11)
    holiday = Calendar(holidays=frozenset({date(2025, 12, 1)}), extra=frozenset({friday}))
    assert ships_by(friday, holiday, handling=1) == date(2025, 12, 2)
    assert ships_by(ready, Calendar(), handling=0, ready_on=friday) == date(2025, 12, 8)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 30), st.integers(0, 9))
def test_a_promise_is_a_working_day_and_never_early(day: date, handling: int, delay: int) -> None:
    promised = ships_by(day, Calendar(), handling=handling, ready_on=day, delay=delay)
    assert promised >= day + timedelta(days=handling + delay)
    assert promised.weekday() < 5
