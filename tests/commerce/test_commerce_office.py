"""`idol shop` on a real ledger, what a live show sees of it, and what is kept of one person."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from shops import Bench
from typer.testing import CliRunner

from idol.cli import app
from idol.clock import SystemClock
from idol.commerce import persons, returns
from idol.commerce.office_actions import MakeCoupon, Ship
from idol.commerce.outcomes import Held, HoldMade, OrderEnded, StockChanged
from idol.errors import Refused
from idol.model import Viewer
from idol.store.schema import migrations

BUYER = Viewer("buyer-1", "小雨")
TABLES = sorted(
    {name for _, sql in migrations("sqlite") for name in re.findall(r"CREATE TABLE (\w+)", sql)}
)


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("IDOL_DATA", str(tmp_path))
    monkeypatch.setenv("IDOL_SHOP__DATABASE", "ledger.db")
    monkeypatch.chdir(tmp_path)
    bench = Bench(tmp_path, clock=SystemClock())
    await bench.shop.start()
    return bench


async def sold(bench: Bench, sku: str = "cj-bk-m", listing: int = 1) -> str:
    held = await bench.shop.hold(BUYER, listing, sku, 1, sku)
    assert isinstance(held, Held)
    order = await bench.shop.confirm(BUYER, held.hold.id, sku)
    word = bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed")
    await bench.shop.webhook(word.headers, word.body)
    return order.id


async def run(*words: str, fails: bool = False) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["shop", *words])
    assert (result.exit_code != 0) == fails, (result.output, result.exception)
    return result.output


async def test_the_whole_way_of_a_parcel_on_the_command_line(bench: Bench) -> None:
    id = await sold(bench)
    number = (await bench.shop.order(BUYER, id)).number
    assert number in await run("list", "orders")
    parcel = json.loads(await run("ship", number, "SF", "SF1", "--by", "Li"))
    await run("deliver", parcel["id"])
    rows = json.loads(await run("list", "orders", "--json"))
    assert rows[0]["state"] == "shipped" and rows[0]["parcels"][0]["delivered_at"] > 0
    asked = await bench.shop.ask_return(BUYER, id, 0, 1, "太小")
    await run("decide-return", asked.id, "true")
    await run("receive-return", asked.id)
    assert (await bench.shop.order(BUYER, id)).state == "refunded"
    await run("ship", number, "SF", "SF2", fails=True)


async def test_a_live_show_follows_what_the_command_line_changes(bench: Bench) -> None:
    await bench.shop.follow()
    left = bench.shop.quote(3).left
    bench.events.clear()
    await run("supplier", "hz", "--lead", "3")
    await run("lot", "L9", "ml", "hz", "40", "2031-05-06")
    await bench.shop.follow()
    assert StockChanged(3) in bench.events or bench.shop.quote(3).presale_left == 40
    assert bench.shop.quote(3).left == left
    rows = {row["name"]: row for row in json.loads(await run("list", "lots", "--json"))}
    assert rows["L9"]["ready_on"] == "2031-05-06"
    presold = rows["cj-rd-l"]
    assert (presold["supplier"], presold["capacity"], presold["delay"]) == ("own", 4, 0)
    assert "L9" in await run("list", "lots")


async def test_who_is_concerned_hears_what_the_command_line_did(bench: Bench) -> None:
    """A refund frees a piece that somebody waits for: both are told, and only once."""
    id = await sold(bench, "cj-rd-l", 1)
    for number in range(4):  # the rest, which is presold
        await bench.shop.hold(Viewer(f"rest-{number}", "Rest"), 1, "cj-rd-l", 1, f"r{number}")
    waits = Viewer("wen", "Wen")
    await bench.shop.wait_for(waits, "cj-rd-l", 1)
    await bench.shop.follow()
    bench.events.clear()
    await run("refund", (await bench.shop.order(BUYER, id)).number)
    await bench.shop.follow()
    (ended,) = bench.heard(OrderEnded)
    assert (ended.order.id, ended.order.state, ended.why) == (id, "refunded", "refunded")
    (made,) = bench.heard(HoldMade)
    assert (made.hold.viewer.id, made.hold.sku, made.hold.state) == ("wen", "cj-rd-l", "live")
    await bench.shop.follow()
    assert len(bench.heard(OrderEnded)) == 1


async def test_advice_needs_a_show(bench: Bench, tmp_path: Path) -> None:
    await run("advise", "ml", "--cost", "40", fails=True)
    await bench.shop.hold(BUYER, 3, "ml", 2, "x")
    await bench.shop.on_air(3, 50)
    plot = tmp_path / "plot.svg"
    assert "Order" in await run("advise", "ml", "--cost", "40", "--plot", str(plot))
    assert plot.read_text("utf-8").startswith("<svg")


async def test_one_person_is_exported_and_forgotten(bench: Bench, tmp_path: Path) -> None:
    id = await sold(bench)
    order = await bench.shop.order(BUYER, id)
    file = tmp_path / "person.json"
    await run("export-person", order.number, str(file))
    data = json.loads(file.read_text("utf-8"))
    assert data["orders"][0]["viewer_name"] == "小雨" and data["order_lines"]
    await run("erase-person", order.number, "--by", "Li", fails=True)  # not shipped yet
    await run("ship", order.number, "SF", "SF1")
    assert "erased" in await run("erase-person", order.number, "--by", "Li")
    kept = await bench.shop.order(BUYER, id)
    assert kept.viewer.name == "erased" and kept.total == order.total
    await run("export-person", "nobody", str(file), fails=True)


async def test_records_go_after_three_years(bench: Bench) -> None:
    id = await sold(bench)
    now = bench.clock.now()
    soon = await bench.store.submit(lambda tx: persons.purge(tx, now + persons.KEEP_SECONDS - 60))
    assert soon == 0
    gone = await bench.store.submit(lambda tx: persons.purge(tx, now + persons.KEEP_SECONDS + 60))
    assert gone >= 2
    with pytest.raises(Refused):
        await bench.shop.order(BUYER, id)  # the sale is nobody's now
    assert bench.store.read(lambda tx: tx.one("SELECT total FROM orders"))["total"] == 19900


async def test_who_is_forgotten_is_named_nowhere_but_in_the_sale(
    tmp_path: Path, database: str
) -> None:
    """Every table is looked through: only the sale knows the viewer, in three years none."""
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    who = Viewer("ann-7f3", "小雨")
    given_back = await bench.shop.hold(who, 1, "cj-bk-l", 1, "a")
    assert isinstance(given_back, Held)
    await bench.shop.cancel(who, given_back.hold.id)
    held = await bench.shop.hold(who, 1, "cj-bk-m", 1, "b")
    assert isinstance(held, Held)
    await bench.shop.set_stock("ml", 0, "op")
    await bench.shop.wait_for(who, "ml", 2)
    await bench.shop.office(MakeCoupon(off="10", code="TEN10", show=True), "op")
    coupon = await bench.shop.claim(who, "TEN10")
    order = await bench.shop.confirm(who, held.hold.id, "c", coupon.code)
    await bench.webhook(bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed"))
    await bench.shop.office(Ship(order=order.number, carrier="SF", tracking="1"), "op")

    def where(word: str) -> set[str]:
        found = set()
        for table in TABLES:
            for row in bench.store.read(lambda tx, t=table: tx.all(f"SELECT * FROM {t}")):
                if any(word in str(row[column]) for column in row.keys()):  # noqa: SIM118
                    found.add(table)
        return found

    assert {"waitlist", "idempotency", "holds", "orders"} <= where(who.id)
    now = bench.clock.now()
    await bench.store.submit(lambda tx: persons.erase(tx, who.id, now, "op"))
    assert where("小雨") == set()
    assert where(who.id) == {"holds", "orders", "coupons", "coupon_uses", "erasures"}
    sold = bench.store.read(lambda tx: tx.all("SELECT order_id FROM holds WHERE viewer = :v",
                                              v=who.id))  # fmt: skip
    assert [row["order_id"] for row in sold] == [order.id]
    late = now + persons.KEEP_SECONDS + 2 * 86_400
    await bench.store.submit(lambda tx: persons.purge(tx, late))
    assert where(who.id) == set()
    bench.store.close()


async def test_a_request_is_decided_once(bench: Bench) -> None:
    id = await sold(bench)
    asked = await bench.shop.ask_return(BUYER, id, 0, 1, "")
    await bench.store.submit(lambda tx: returns.decide_return(tx, asked.id, False, "no", 1.0, "x"))
    with pytest.raises(Refused, match="return_refused"):
        await bench.store.submit(lambda tx: returns.decide_return(tx, asked.id, True, "", 1.0, "x"))
    assert (await bench.shop.order(BUYER, id)).state == "paid"
    again = await bench.shop.ask_return(BUYER, id, 0, 1, "")
    assert again.state == "asked"
