"""Numbers are read exactly, in three scripts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.dialogue.numbers import chinese, english, find

READ = {
    "八十九块九": [("89.9", "money:CNY")],
    "89块9": [("89.9", "money:CNY")],
    "一千零五元": [("1005", "money:CNY")],
    "三百二十件": [("320", "piece")],
    "两万块": [("20000", "money:CNY")],
    "¥1,299.00": [("1299", "money:CNY")],
    "US$39.90": [("39.9", "money:USD")],
    "two hundred and ten grams": [("210", "mass")],
    "50-58公斤": [("50000", "mass"), ("58000", "mass")],
    "五到七天": [("120", "time"), ("168", "time")],
    "百分之五十": [("50", "percent")],
    "１９９元": [("199", "money:CNY")],
    "11月28日": [("1128", "date")],
    "by November 28": [("1128", "date")],
    "一号链接": [("1", "link")],
    "link 12": [("12", "link")],
    "only one left": [("1", "piece")],
    "2XL": [("2", "size")],
    "": [],
    "一起看看，十分好看": [],
    "this one is nice, that one too": [],
    "千万别错过，第一次来": [],
    "iphone15": [],
}


@pytest.mark.parametrize("text", READ)
def test_numbers_with_their_units(text: str) -> None:
    assert [(n.value, n.unit) for n in find(text)] == [(Fraction(v), u) for v, u in READ[text]]


def test_a_unit_ends_where_chinese_begins() -> None:
    assert [n.unit for n in find("有350ml和500ml可以选，还有120g的")] == [
        "volume",
        "volume",
        "mass",
    ]


def test_words_are_numbers() -> None:
    assert chinese("三百二") == 320 and chinese("一千零五") == 1005 and chinese("二零二六") == 2026
    assert (
        chinese("一万二") == 12000 and chinese("十") == 10 and chinese("八点五") == Fraction("8.5")
    )
    assert english("two hundred and ten") == 210 and english("twelve thousand five") == 12005


@given(st.integers(1, 99_999))
def test_every_amount_is_read_back(value: int) -> None:
    assert [(n.value, n.unit) for n in find(f"{value}元")] == [(value, "money:CNY")]
    assert [(n.value, n.unit) for n in find(f"{value:,} dollars")] == [(value, "money:USD")]
