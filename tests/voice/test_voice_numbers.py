"""Numbers in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from idol.voice import numbers

_VALUE = {char: value for value, char in enumerate("零一二三四五六七八九")}


def read_zh(said: str) -> int:
    """The textbook way back from a Chinese numeral."""
    total = section = digit = 0
    for char in said:
        if char in _VALUE:
            digit = _VALUE[char]
        elif char in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[char]
            section += (digit or 1) * unit
            digit = 0
        else:
            section += digit
            if char == "亿":
                total = (total + section) * 100_000_000
            else:
                total += section * 10_000
            section = digit = 0
    return total + section + digit


@given(st.integers(0, 999_999_999_999))
def test_chinese_cardinals_read_back(value: int) -> None:
    assert read_zh(numbers.zh_cardinal(str(value))) == value


def test_chinese_zeros_stand_where_they_are_heard() -> None:
    assert numbers.zh_cardinal("10") == "十"
    assert numbers.zh_cardinal("105") == "一百零五"
    assert numbers.zh_cardinal("1001") == "一千零一"
    assert numbers.zh_cardinal("10010") == "一万零一十"
    assert numbers.zh_cardinal("100000000") == "一亿"
    assert numbers.zh_cardinal("0007") == "七"


def test_prices_are_called_out() -> None:
    assert numbers.zh_yuan("89.90") == "八十九块九"
    assert numbers.zh_yuan("89.05") == "八十九块零五分"
    assert numbers.zh_yuan("0.05") == "五分"
    assert numbers.zh_yuan("0.55") == "五毛五分"
    assert numbers.zh_yuan("0") == "零元"
    assert numbers.zh_yuan("2.50") == "两块五"
    assert numbers.zh_yuan("1.234") == "一点二三四元"
    assert numbers.en_money("0.99", "dollar", "dollars", "cent", "cents") == "ninety nine cents"
    assert numbers.en_money("0", "dollar", "dollars", "cent", "cents") == "zero dollars"


def test_english_years_and_ordinals() -> None:
    assert numbers.en_year("1900") == "nineteen hundred"
    assert numbers.en_year("1905") == "nineteen oh five"
    assert numbers.en_year("2000") == "two thousand"
    assert numbers.en_ordinal("100") == "one hundredth"
    assert numbers.en_cardinal("1000001") == "one million one"


@given(st.text("0123456789", min_size=1, max_size=30))
def test_any_digits_can_be_said(digits: str) -> None:
    for say in (numbers.zh_cardinal, numbers.zh_digits, numbers.en_cardinal, numbers.en_digits):
        assert say(digits)
