"""What she says to free questions about the things of the shipped shows, with the real encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from idol.clock import SystemClock
from idol.commerce.catalog import load
from idol.dialogue.asked import slots
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.persona import from_show
from idol.model import Listing, Money, Quote, VariantQuote
from idol.show.script import load as load_show
from idol.telemetry import get_log
from idol.testing.brain import FakeLedger, lines_of, situation

SHOWS = Path(__file__).parents[2] / "assets/shows"
UNKNOWN = ("资料", "不确定", "不知道", "sheet", "not sure", "don't know", "isn't written")


class Host:
    """The host of one show, with ten of everything to sell."""

    def __init__(self, name: str, encoder: SentenceEncoder) -> None:
        show = load_show(SHOWS / name)
        self.listings = load(show.csv, show.products, show.currency).listings
        self.language = show.language
        ledger = FakeLedger({n: self._quote(item) for n, item in self.listings.items()})
        persona = from_show(show.host, show.persona)
        self.brain = HostBrain(
            encoder, None, ledger, SystemClock(), get_log("test"), persona, seed=7
        )

    def _quote(self, item: Listing) -> Quote:
        variants = tuple(
            VariantQuote(v.sku, Money(9900, "CNY"), None, 10) for v in item.product.variants
        )
        return Quote(item.number, variants)

    async def said(self, text: str, number: int) -> str:
        where = situation(self.listings, number)
        lines = await lines_of(self.brain, text, where, language=self.language)
        return " ".join(line.text for line in lines)


@pytest.fixture(scope="module")
def hosts() -> dict[str, Host]:
    encoder = SentenceEncoder()
    return {name: Host(name, encoder) for name in ("zh-autumn", "en-studio")}


@pytest.mark.parametrize(
    ("show", "number", "text", "words"),
    [
        ("zh-autumn", 1, "里面能穿毛衣吗", "薄卫衣"),
        ("zh-autumn", 1, "有没有粉色", "雾蓝和黑色"),
        ("zh-autumn", 1, "还有什么好东西", "保温杯"),
        ("zh-autumn", 4, "能点多久", "25小时"),
        ("zh-autumn", 6, "能装下平板吗", "14英寸"),
        ("zh-autumn", 7, "能调光吗", "亮度"),
        ("zh-autumn", 1, "我的衣服破了怎么办", "同事"),
        ("en-studio", 1, "do they work with iphone", "Bluetooth"),
        ("en-studio", 1, "link 3, is it unisex?", "everyone"),
        ("en-studio", 1, "link 2, do they stack?", "stack"),
        ("en-studio", 1, "how much are the headphones?", "99"),
        ("en-studio", 1, "is the coral jacket in M left?", "10"),
        ("zh-autumn", 1, "2号围巾掉毛吗", "浮毛"),
        ("en-studio", 1, "do you have them in red", "Iris and Graphite"),
        ("en-studio", 1, "what else do you have", "Osier wool throw"),
        ("en-studio", 4, "how many pages", "144"),
        ("en-studio", 3, "does it pack small", "left pocket"),
    ],
)
async def test_what_the_sheet_knows(
    hosts: dict[str, Host], show: str, number: int, text: str, words: str
) -> None:
    assert words in await hosts[show].said(text, number)


@pytest.mark.parametrize(
    ("show", "number", "text"),
    [
        ("zh-autumn", 2, "起静电吗"),
        ("zh-autumn", 3, "掉漆吗"),
        ("zh-autumn", 5, "痘痘肌能用吗"),
        ("en-studio", 1, "are these better than sony"),
        ("en-studio", 2, "is it lead free"),
        ("en-studio", 6, "is it safe for my dog"),
    ],
)
async def test_what_it_does_not_know_is_no_joke_and_no_guess(
    hosts: dict[str, Host], show: str, number: int, text: str
) -> None:
    said = await hosts[show].said(text, number)
    assert any(word in said for word in UNKNOWN), said


async def test_an_answer_for_some_is_not_given_to_others(hosts: dict[str, Host]) -> None:
    assert "男女" in await hosts["zh-autumn"].said("男生能穿吗", 1)
    assert "男女" not in await hosts["zh-autumn"].said("孕妇能穿吗", 1)


def test_a_question_names_its_facts() -> None:
    assert list(slots("能点多久")) == ["burning"]
    assert not list(slots("今天好累"))
