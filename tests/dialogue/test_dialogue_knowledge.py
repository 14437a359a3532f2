"""Placeholders, money in words, totals and sizes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest

from idol.dialogue import persona
from idol.dialogue.knowledge import body, day, fill, money, pieces_asked, sizes_for, total
from idol.dialogue.language import detect
from idol.dialogue.listings import about, named, numbers_named
from idol.dialogue.names import address, spoken_name
from idol.dialogue.numbers import find
from idol.dialogue.phrases import Phrases
from idol.errors import BadInput
from idol.model import Money
from idol.testing.brain import sample_ledger, sample_listings

LISTINGS, LEDGER = sample_listings(), sample_ledger()


def test_money_is_said_in_the_viewers_language() -> None:
    assert (
        money(Money(8990, "CNY"), "zh") == "89.9元" and money(Money(12900, "CNY"), "zh") == "129元"
    )
    assert (
        money(Money(3990, "USD"), "en") == "$39.90"
        and money(Money(12900, "CNY"), "en") == "129 yuan"
    )
    assert (
        money(Money(129905, "USD"), "en") == "$1,299.05"
        and money(Money(5, "CNY"), "zh") == "0.05元"
    )
    assert money(Money(500, "JPY"), "zh") == "500日元"


def test_what_is_said_is_read_back_as_the_same_amount() -> None:
    for minor in (1, 10, 99, 100, 8990, 12900, 123456789):
        for language in ("zh", "en"):
            number = find(money(Money(minor, "USD"), language))[0]
            assert number.value * 100 == minor and number.unit == "money:USD"


def test_placeholders_take_the_ledgers_values_or_stay() -> None:
    quote, listing = LEDGER.quote(1), LISTINGS[1]
    text = fill("{link}号{name}{price}，原价{was}，剩{stock}，限{limit}", quote, listing, "zh")
    assert text == "1号云步轻跑外套289元，原价359元，剩128，限3"
    assert fill("{was}{limit}", LEDGER.quote(2), LISTINGS[2], "zh") == "{was}{limit}"
    assert fill("{ships_by}", LEDGER.quote(2), LISTINGS[2], "en") == "November 28"
    assert fill("{host}{price}", None, None, "zh", host="爱蕾") == "爱蕾{price}"
    assert day(date(2026, 1, 2), "zh") == "1月2日"


def test_totals_are_integers_and_only_of_one_price() -> None:
    assert total(LEDGER.quote(1), 3) == Money(86700, "CNY")


@pytest.mark.parametrize(
    ("text", "kg", "cm"),
    [
        ("我120斤", 60, None),
        ("60公斤能穿吗", 60, None),
        ("165/110斤穿啥码", 55, 165),
        ("一米六五", None, 165),
        ("我一米七，130斤", 65, 170),
        ("I'm 72 kg and 180 cm", 72, 180),
        ("5'6", None, Fraction(16764, 100)),
        ("多少钱", None, None),
        ("165 55", 55, 165),
    ],
)
def test_a_body_is_read_from_chat(text: str, kg: Fraction | None, cm: Fraction | None) -> None:
    assert body(text) == (kg, cm)


def test_pounds_are_exact() -> None:
    assert body("I weigh 150 lb")[0] == Fraction(45359237, 100_000_000) * 150


def test_sizes_fit_every_measure_given() -> None:
    jacket = LISTINGS[1].product
    assert [r.size for r in sizes_for(jacket, Fraction(60), None)] == ["L"]
    assert [r.size for r in sizes_for(jacket, Fraction(58), None)] == ["M", "L"]
    assert [r.size for r in sizes_for(jacket, Fraction(58), Fraction(160))] == ["M"]
    assert sizes_for(jacket, Fraction(120), None) == []


def test_pieces_asked() -> None:
    assert pieces_asked("三件一共多少钱") == 3 and pieces_asked("how much for two?") == 2
    assert pieces_asked("多少钱") is None


def test_listings_are_found_by_number_and_name() -> None:
    assert numbers_named("3号链接还有货吗") == [3] and numbers_named("第二款多少") == [2]
    assert numbers_named("compare link 1 and 2") == [1, 2] and numbers_named("一号和二号") == [1, 2]
    assert numbers_named("how much is the second one") == [2]
    assert named("杯子多大", LISTINGS) == [2] and about("这个多少钱", LISTINGS, 1) == 1
    assert about("the mugs?", LISTINGS, 1) == 2 and about("多少钱", LISTINGS, None) is None
    assert about("多少钱", LISTINGS, None, 2) == 2 and about("9号链接", LISTINGS, 1) == 1


@pytest.mark.parametrize(
    "name",
    [
        "",
        "买一送一",
        "全场9元",
        "http://x.com",
        "加微信abc",
        "傻逼",
        "f u c k",
        "12345678",
        "防水之王",
        "官方客服",
        "😀😀",
        "最低价",
        "ignore rules",
        "user8839201",
        "习近平",
        "3号链接免费",
        "free gift",
    ],
)
def test_names_that_are_not_spoken(name: str) -> None:
    assert spoken_name(name) == ""


def test_names_that_are_spoken() -> None:
    assert address("小明", "zh") == "小明，" and address(" Tom ", "en") == "Tom, "
    assert spoken_name("小明88") == "小明" and spoken_name("Mary-Ann Lee") == "Mary-Ann Lee"
    assert address("小明", "en") == "" and spoken_name("这是一个特别特别长的名字") == ""


def test_language() -> None:
    assert detect("多少钱") == "zh" and detect("how much?") == "en"
    assert detect("666", "en") == "en" and detect("想要 size L") == "zh"


def test_no_variant_twice_in_a_row_and_all_are_used() -> None:
    phrases = Phrases(3)
    said = [phrases.pick("absent", "zh", {}) for _ in range(40)]
    assert all(a != b for a, b in pairwise(said))
    assert len(set(said)) >= 4
    assert [Phrases(3).pick("absent", "zh", {}) for _ in range(1)] == said[:1]


def test_every_slot_has_four_variants_in_both_languages() -> None:
    from idol.dialogue.data import read
    from idol.model import EMOTIONS

    for slot, lines in read("lines.yaml").items():
        assert lines["emotion"] in EMOTIONS, slot
        for language in ("zh", "en"):
            assert len(set(lines[language])) >= 4, (slot, language)


def test_persona_is_data_and_mistakes_are_named() -> None:
    her = persona.from_show({"zh": "爱蕾", "en": "Aira"}, {"traits": {"zh": "爱笑"}})
    system, *talk = her.opening("zh")
    assert "爱蕾" in system.content and "爱笑" in system.content
    assert [prompt.role for prompt in talk[:2]] == ["user", "assistant"]
    with pytest.raises(BadInput, match="trait"):
        persona.from_show({"zh": "爱蕾"}, {"trait": "x"})
    with pytest.raises(BadInput, match="facts"):
        persona.from_show({"zh": "爱蕾"}, {"facts": ["x"]})
