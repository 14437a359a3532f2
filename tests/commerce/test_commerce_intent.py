"""The grammar against the labelled corpus, and against anything at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import CALLING, CSV, FACTS, ON_AIR

from idol.commerce.catalog import load
from idol.commerce.intent import Intent, Pending, parse
from idol.commerce.lexicon import Lexicon, clean, number
from idol.commerce.outcomes import Floor
from idol.model import Product


@dataclass(frozen=True)
class Case:
    line: int
    expected: str
    floor: Floor
    text: str


def corpus() -> Iterator[Case]:
    expected, floor = "", Floor()
    path = Path(__file__).with_name("intent_corpus.txt")
    for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        if text.startswith("## "):
            expected, _, place = text[3:].rpartition(" @")
            digits = place.rstrip("!")
            current = int(digits) if digits.isdigit() else None
            floor = Floor(open_call=current if place.endswith("!") else None, current=current)
        elif text and not text.startswith("#"):
            yield Case(line, expected, floor, text)


def verdict(intent: Intent) -> str:
    """What the shop would do, in the corpus's own words."""
    if intent.kind == "cancel":
        return "cancel"
    if intent.kind != "order":
        return "none"
    certain = all(len(want.skus) == 1 and not want.vague for want in intent.wants)
    if not intent.sure or not certain:
        return "ask"
    return "hold " + "+".join(sorted(f"{w.skus[0]}*{w.quantity}" for w in intent.wants))


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    file = tmp_path_factory.mktemp("shop") / "products.csv"
    file.write_text(CSV, "utf-8")
    return Lexicon(load(file, FACTS, "CNY").listings)


def test_the_corpus(lexicon: Lexicon) -> None:
    wrong: list[str] = []
    orders = right = held = held_right = 0
    for case in corpus():
        got = verdict(parse(case.text, lexicon, case.floor))
        if case.expected.startswith("hold"):
            orders += 1
            right += got == case.expected
        if got.startswith("hold"):
            held += 1
            held_right += got == case.expected
        if got != case.expected:
            wrong.append(f"{case.line}: {case.text!r} wanted {case.expected}, got {got}")
    report = "\n".join(wrong)
    assert orders > 150
    assert held == held_right, f"a hold on the wrong line is never acceptable\n{report}"
    assert right >= orders * 0.95, report
    assert len(wrong) <= 0.02 * sum(1 for _ in corpus()), report


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("十二", 12), ("二十", 20), ("两", 2), ("俩", 2), ("仨", 3), ("半打", 6),
     ("一百零五", 105), ("a dozen", 12), ("two", 2), ("两三", None), ("好多", None)],
)  # fmt: skip
def test_numerals(text: str, value: int | None) -> None:
    assert number(text) == value


def test_the_call_counts_only_while_it_is_open(lexicon: Lexicon) -> None:
    assert parse("扣1", lexicon, ON_AIR).kind == "none"
    called = parse("扣1", lexicon, CALLING)
    assert called.kind == "order" and called.wants[0].listing == 1
    other = Floor(open_call=3, current=1, call="冲")
    assert parse("冲", lexicon, other).wants[0].skus == ("ml",)
    assert parse("1", lexicon, other).kind == "none"


def test_an_answer_completes_the_question(lexicon: Lexicon) -> None:
    asked = Pending(1, ("cj-rd-m", "cj-rd-l"), 2)
    for text in ("L", "l码", "要L的", "L please", "大码"):
        want = parse(text, lexicon, ON_AIR, asked).wants[0]
        assert (want.skus, want.quantity) == (("cj-rd-l",), 2), text
    assert parse("L码三件", lexicon, ON_AIR, asked).wants[0].quantity == 3
    assert parse("还有L吗", lexicon, ON_AIR, asked).kind == "question"
    assert parse("不要了", lexicon, ON_AIR, asked).kind == "cancel"
    assert parse("哈哈", lexicon, ON_AIR, asked).kind == "none"


def test_an_answer_names_the_product(lexicon: Lexicon) -> None:
    asked = Pending(None, (), 2)
    for text in ("3", "3号", "小夜灯", "item 3"):
        intent = parse(text, lexicon, Floor(), asked)
        assert intent.wants[0].skus == ("ml",) and intent.wants[0].quantity == 2, text


def test_yes_answers_only_a_question_with_one_answer(lexicon: Lexicon) -> None:
    assert parse("好的", lexicon, ON_AIR, Pending(3, ("ml",), 2)).wants[0].quantity == 2
    assert parse("好的", lexicon, ON_AIR, Pending(1, ("cj-bk-m", "cj-bk-l"), 1)).kind == "none"


def test_a_question_says_which_product_it_is_about(lexicon: Lexicon) -> None:
    intent = parse("3号链接还有货吗", lexicon, ON_AIR)
    assert (intent.kind, intent.listing) == ("question", 3)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_nothing_breaks_it(lexicon: Lexicon, text: str) -> None:
    parse(text, lexicon, ON_AIR)
    parse(text, lexicon, CALLING, Pending(1, ("cj-rd-m",), 1))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["如果有红包", "昨天", "不想", "if it is cheaper ", "she said ", "要是降价"]),
    st.sampled_from(["要两件黑色L", "来一件红色M", "I'll take two black L", "黑色L两件"]),
)
def test_no_hold_behind_a_condition_a_memory_or_a_no(
    lexicon: Lexicon, before: str, order: str
) -> None:
    assert not verdict(parse(before + order, lexicon, ON_AIR)).startswith("hold")


@given(st.text(alphabet="我要来两件黑色L红m吗不了?1一 的xX", max_size=12))
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


WARES = """link,product,sku,colour_zh,colour_en,size,price,stock
1,bottle,pine-350,松绿,Pine green,350ml,99,5
1,bottle,pine-500,松绿,Pine green,500ml,99,5
1,bottle,chalk-500,粉笔白,Chalk white,500ml,99,5
1,bottle,ink-500,墨蓝,Ink blue,500ml,99,5
1,bottle,mist-500,雾蓝,Mist blue,500ml,99,5
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("要一个绿色500毫升的", "hold pine-500*1"),
        ("松绿350ml来两个", "hold pine-350*2"),
        ("白色500的来一个", "hold chalk-500*1"),
        ("white, 500 ml, one please", "hold chalk-500*1"),
        ("要一个墨蓝的", "hold ink-500*1"),
        ("one mist blue please", "hold mist-500*1"),
        ("要一个蓝色的", "ask"),  # there are two kinds of blue
        ("要一个粉色的", "ask"),  # 粉笔白 is not pink
        ("要一个黑色的", "ask"),  # 墨蓝 is not black
        ("能装500ml吗", "none"),
    ],
)
def test_colours_by_kind_and_sizes_by_measure(tmp_path: Path, text: str, expected: str) -> None:
    file = tmp_path / "products.csv"
    file.write_text(WARES, "utf-8")
    bottle = Product("bottle", {"zh": "保温杯", "en": "bottle"}, (), aliases=("杯子",))
    wares = Lexicon(load(file, {"bottle": bottle}, "CNY").listings)
    assert verdict(parse(text, wares, Floor(current=1))) == expected
