"""Sales traced through what was said: by hand-made records, and through a real ledger."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from shops import Bench

from idol.commerce import attribution, exports, report_page
from idol.commerce.analysis import (
    Click,
    Held,
    Record,
    Shown,
    Spoken,
    Visit,
    analyse,
    find_bots,
    split,
)
from idol.commerce.outcomes import Floor
from idol.commerce.presence import Presence
from idol.commerce.traffic import MOST, Traffic
from idol.errors import Unavailable
from idol.model import ChatMessage, Line, Utterance, Viewer
from idol.show import insight
from idol.telemetry import get_log


def said(n: int, at: float, listing: int | None = 1, seconds: float = 5.0) -> Spoken:
    return Spoken(f"u{n}", f"pitch#{n}", "pitch", listing, "script", f"line {n}", at, at + seconds)


def sale(n: int, at: float, gmv: int = 1000, **other: Any) -> Held:
    values: dict[str, Any] = {
        "hold": f"h{n}", "at": at, "viewer": f"v{n}", "platform": "web", "listing": 1,
        "sku": "s", "quantity": 1, "state": "sold" if gmv else "expired", "source": "chat",
        "message": f"m{n}", "words": "来一件", "segment": "pitch", "utterance": "",
        "order": f"o{n}" if gmv else "", "order_state": "paid", "paid_at": at + 60 if gmv else 0.0,
        "gmv": gmv, **other,
    }  # fmt: skip
    return Held(**values)


def lines(record: Record) -> dict[str, dict[str, Any]]:
    return {str(row["line"]): row for row in analyse(record).tables["lines"]}


def test_the_two_models_answer_differently_and_each_adds_up() -> None:
    spoken = (said(1, 0), said(2, 500), said(3, 600), said(4, 610, listing=2), said(5, 2000))
    sales = (
        sale(1, 620, 1001, utterance="u4"),  # lines 2 and 3 within five minutes, 3 the last
        sale(2, 1500, 500),  # nothing within five minutes, but 3 was the last
        sale(3, 620, 300, listing=2),
        sale(4, 620, 70, listing=9),  # nobody ever spoke of it
    )
    rows = lines(Record("CNY", spoken=spoken, held=sales))
    assert {line: row["last_explained"] for line, row in rows.items()} == {
        "pitch#1": 0, "pitch#2": 0, "pitch#3": 1501, "pitch#4": 300, "pitch#5": 0, "": 70,
    }  # fmt: skip
    assert rows["pitch#2"]["five_minutes"] == 500 and rows["pitch#3"]["five_minutes"] == 501
    assert rows[""]["five_minutes"] == 570
    assert rows["pitch#4"]["on_air"] == 1001  # she spoke of something else at that moment
    for model in ("on_air", "last_explained", "five_minutes"):
        assert sum(row[model] for row in rows.values()) == 1871


@given(
    st.lists(st.tuples(st.floats(0, 4000), st.integers(1, 3)), max_size=30),
    st.lists(st.tuples(st.floats(0, 4000), st.integers(0, 9999), st.integers(1, 3)), max_size=30),
)
def test_every_cent_is_credited_once_by_every_model(
    told: list[tuple[float, int]], bought: list[tuple[float, int, int]]
) -> None:
    spoken = tuple(said(n, at, listing) for n, (at, listing) in enumerate(sorted(told)))
    held = tuple(sale(n, at, gmv, listing=k) for n, (at, gmv, k) in enumerate(bought))
    analysis = analyse(Record("CNY", spoken=spoken, held=held))
    gmv = sum(h.gmv for h in held)
    for model in ("on_air", "last_explained", "five_minutes"):
        assert sum(int(str(row[model])) for row in analysis.tables["lines"]) == gmv
    for name in ("minutes", "segments", "listings", "sales"):
        assert sum(int(str(row["gmv"])) for row in analysis.tables[name]) == gmv
    assert analysis.totals["gmv"] == gmv


@given(st.integers(0, 10**9), st.integers(1, 50))
def test_a_split_loses_nothing(amount: int, parts: int) -> None:
    shares = split(amount, parts)
    assert sum(shares) == amount and max(shares) - min(shares) <= 1


def test_figures_of_the_funnel() -> None:
    visits = tuple(Visit(f"v{n}", 0, 600) for n in range(10))
    record = Record(
        "CNY",
        visits=visits,
        shown=(Shown(10, 70, 1, "pitch", "u1"), Shown(100, 110, 2, "demo", "u2")),
        clicks=(Click(20, "v1", 1, "pitch", "u1"), Click(25, "v2", 1, "pitch", "u1")),
        spoken=(said(1, 5),),
        held=(sale(1, 30, 5000, refunded=1000), sale(2, 90, 0)),
    )
    analysis = analyse(record)
    assert analysis.totals == {
        "viewers": 10, "impressions": 20, "clicks": 2, "holds": 2, "orders": 1, "buyers": 1,
        "pieces": 1, "gmv": 5000, "refunded": 1000, "gpm": 250_000, "click_rate": 1000,
        "conversion": 5000, "uv_value": 500,
    }  # fmt: skip
    minutes = analysis.tables["minutes"]
    assert [row["minute"] for row in minutes] == list(range(11))
    assert (minutes[0]["gmv"], minutes[1]["gmv"], minutes[1]["impressions"]) == (5000, 0, 10)
    segments = {row["segment"]: row for row in analysis.tables["segments"]}
    assert (segments["pitch"]["impressions"], segments["pitch"]["clicks"]) == (10, 2)
    assert (segments["pitch"]["viewers"], segments["pitch"]["uv_value"]) == (10, 500)
    assert segments["demo"]["gmv"] == 0
    (line,) = analysis.tables["lines"][:1]
    assert (line["viewers"], line["last_explained"], line["uv_value"]) == (10, 5000, 500)


def test_bots_are_named_with_the_reason_and_buyers_are_none() -> None:
    times = [i * 0.4 for i in range(21)]
    record = Record(
        "CNY",
        visits=(Visit("curl", 0, 9, machine=True), Visit("fast", 0, 9), Visit("hoard", 0, 9),
                Visit("fan", 0, 9), Visit("calm", 0, 900)),
        clicks=tuple(Click(at, v, 1, "", "") for v in ("fast", "fan") for at in times),
        chats=tuple(("calm", i * 0.6) for i in range(40)),
        held=(
            *(sale(n, n, 0, viewer="hoard") for n in range(5)),
            sale(90, 5, 0, viewer="ghost"),
            sale(91, 5, 0, viewer="tiktok-user", platform="tiktok"),
            sale(92, 5, 100, viewer="fan"),
        ),
    )  # fmt: skip
    assert find_bots(record) == {
        "curl": "agent", "fast": "flood", "hoard": "hoard", "ghost": "no_page",
    }  # fmt: skip
    analysis = analyse(record)
    assert analysis.totals["viewers"] == 2 and analysis.totals["holds"] == 2
    assert len(analysis.tables["bots"]) == 4


def test_a_line_said_twice_has_each_hearer_once() -> None:
    visits = (Visit("a", 0, 1000), Visit("b", 0, 40), Visit("c", 490, 495), Visit("d", 495, 900))
    twice = (Spoken("u1", "x", "p", 1, "script", "t", 30, 35),
             Spoken("u2", "x", "p", 1, "script", "t", 500, 505))  # fmt: skip
    record = Record("CNY", visits=visits, spoken=twice, held=(sale(1, 510, 900, viewer="a"),))
    line = lines(record)["x"]
    assert (line["heard_by"], line["viewers"], line["uv_value"]) == (4, 3, 300)
    assert Presence(()).people([(0.0, 1.0)]) == 0


def test_presence_counts_a_viewer_with_two_pages_once() -> None:
    presence = Presence([Visit("a", 0, 10), Visit("a", 5, 20), Visit("b", 15, 30)])
    assert [presence.between(t, t) for t in (1, 7, 17, 25, 40)] == [1, 1, 2, 1, 0]


# ---- from a running shop to the files


async def told(folder: Path) -> tuple[Bench, Traffic]:
    """A small show: a line is spoken, a card shown, three come, two buy, one sends it back."""
    bench = Bench(folder)
    await bench.shop.start()
    traffic = Traffic(bench.store, bench.clock, lambda: bench.shop.floor, get_log("test"))
    line = Line("这件外套超轻。", "zh", "script", listing=1)
    utterance = Utterance("r1-u7", 0, 0, line, "jacket", "", "jacket#abc123")
    visits = [traffic.joined(who, "Mozilla/5.0") for who in ("lin", "wu", "zhao")]
    traffic.joined("spider", "ExampleBot/2.1 (+https://bots.example)")
    traffic.spoke(utterance)
    bench.shop.floor = floor = Floor(
        current=1, segment="jacket", utterance="r1-u7", licence="grant.jwt"
    )
    traffic.shown(1)
    await bench.clock.advance(3)
    message = ChatMessage("m1", Viewer("lin", "Lin"), "=要一件黑色L", bench.clock.now())
    traffic.wrote(message)
    traffic.clicked("wu", 1)
    held = await bench.shop.hear(replace(message, text="要一件黑色L"), floor)
    await bench.clock.advance(1)
    tapped = await bench.shop.hold(Viewer("wu", "Wu"), 1, "cj-rd-m", 2, "t1")
    traffic.silent(utterance, 7)
    traffic.shown(None)
    for who, hold in (("lin", held.hold), ("wu", tapped.hold)):
        order = await bench.shop.confirm(who, hold.id, f"c-{who}")
        reference = order.pay_url.rsplit("/", 1)[1]
        await bench.webhook(bench.provider.decide(reference, "succeed"))
        if who == "wu":
            await bench.shop.refund(order.id, "desk")
    for visit in visits:
        traffic.left(visit)
    await traffic.close()
    return bench, traffic


async def test_a_sale_is_traced_from_the_viewer_to_the_refund(tmp_path: Path) -> None:
    bench, _ = await told(tmp_path)
    analysis = analyse(bench.store.read(lambda tx: attribution.record(tx, "CNY")))
    by_tap, by_chat = sorted(analysis.tables["sales"], key=lambda row: str(row["viewer"]))[::-1]
    assert by_chat["words"] == "=要一件黑色L" and by_chat["source"] == "chat"
    assert by_chat["line"] == by_chat["last_explained"] == "jacket#abc123"
    assert by_chat["five_minutes"] == "jacket#abc123"
    assert (by_chat["text"], by_chat["segment"], by_chat["listing"]) == (
        "这件外套超轻。", "jacket", 1,
    )  # fmt: skip
    assert str(by_chat["hold"]).startswith("h_") and str(by_chat["order"]).startswith("o_")
    assert (by_chat["gmv"], by_chat["refunded"]) == (19900, 0)
    assert (by_tap["source"], by_tap["gmv"], by_tap["refunded"]) == ("tap", 39800, 39800)
    assert analysis.bots == {"spider": "agent"}
    assert analysis.totals["viewers"] == 3 and analysis.totals["impressions"] == 3
    bench.store.close()


@pytest.mark.parametrize(("language", "word"), [("zh", "最后讲解"), ("en", "last explained")])
async def test_the_report_fits_a_terminal(tmp_path: Path, language: Any, word: str) -> None:
    bench, _ = await told(tmp_path)
    record = bench.store.read(lambda tx: attribution.record(tx, "CNY"))
    record = replace(record, held=[replace(held, words="[/] 要一件") for held in record.held])
    console = Console(file=io.StringIO(), width=80)
    for table in insight.tables(analyse(record), language):
        console.print(table)
    text = console.file.getvalue()
    assert word in text.replace("\n", " ") and "…" not in text
    assert "[/] 要一件" in text, "a viewer's words are no markup"
    assert "¥199" in text and "spider" in text
    bench.store.close()


async def test_the_files_hold_it_all_and_the_page_needs_nothing_else(tmp_path: Path) -> None:
    bench, _ = await told(tmp_path)
    analysis = analyse(bench.store.read(lambda tx: attribution.record(tx, "CNY")))
    exports.to_csv(analysis, tmp_path / "out")
    rows = list(csv.DictReader((tmp_path / "out" / "sales.csv").open(encoding="utf-8-sig")))
    assert [row["gmv"] for row in rows] == ["19900", "39800"]
    assert rows[0]["words"] == "'=要一件黑色L"  # no spreadsheet runs what a viewer wrote
    parquet = pytest.importorskip("pyarrow.parquet")
    exports.to_parquet(analysis, tmp_path / "out")
    table = parquet.read_table(tmp_path / "out" / "sales.parquet")
    assert table.column("gmv").to_pylist() == [19900, 39800]
    for language in ("zh", "en"):
        page = report_page.page(analysis, "<b>A & B</b>", language)  # type: ignore[arg-type]
        assert "<b>A" not in page and not re.search(r"(src|href)=|https?://|<script", page)
        plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        assert len(plots) == 3
        for plot in plots:
            ET.fromstring(plot)
    bench.store.close()


async def test_notes_wait_for_a_disk_that_fails_and_are_bounded(tmp_path: Path) -> None:
    bench = Bench(tmp_path)

    class Failing:
        def submit(self, work: Any) -> Any:
            raise Unavailable("the disk is full")

    store: Any = Failing()
    traffic = Traffic(store, bench.clock, Floor, get_log("test"))
    for n in range(MOST + 5):
        traffic.clicked(f"v{n}", 1)
    with pytest.raises(Unavailable):
        await traffic.flush()
    traffic._store = bench.store
    assert await traffic.flush() == MOST
    rows = bench.store.read(lambda tx: tx.one("SELECT count(*) AS n FROM clicks"))
    assert rows["n"] == MOST
    bench.store.close()
