"""Red packets, coupons and the waiting list over the viewer's websocket, on the real ledger."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from test_web_office import CSV, FACTS
from web_fakes import fake_services

from idol.clock import VirtualClock
from idol.commerce import draw
from idol.commerce.catalog import load
from idol.commerce.outcomes import HoldEnded, ShopEvent
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.model import Viewer
from idol.show import perks, views
from idol.store import open_store
from idol.telemetry import get_log
from idol.web.audience import Page
from idol.web.auth import Viewers
from idol.web.chat import ChatDesk
from idol.web.greeting import viewer_hello
from idol.web.server import create_app


class Wire:
    """One viewer's page without its socket: what is said goes in, what it is told comes out."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.viewer = house, Viewer(f"v-{name}", name)
        self.page = Page(self.viewer, "en")
        house.services.audience.join(self.page)

    async def say(self, kind: str, /, **fields: Any) -> None:
        await self.house.desk.receive(self.page, json.dumps({"type": kind, **fields}))

    async def ask(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """The last thing that it is told after this."""
        await self.say(kind, **fields)
        return self.told()[-1]

    def told(self) -> list[dict[str, Any]]:
        said = []
        while (text := self.page.outbox.pop()) is not None:
            said.append(json.loads(text))
        return said

    async def hello(self) -> dict[str, Any]:
        return dict(await viewer_hello(self.house.services, self.viewer))


class House:
    def __init__(self, shop: Shop, clock: VirtualClock, events: list[ShopEvent]) -> None:
        self.shop, self.clock, self.events = shop, clock, events
        self.services = fake_services(clock, shop=shop, perks=shop, listings=shop.catalog.listings)
        self.desk = ChatDesk(self.services, Viewers(self.services.cookie_secret))

    async def record(self, packet: str) -> dict[str, Any]:
        """What anybody may fetch of a red packet."""
        transport = httpx.ASGITransport(app=create_app(self.services))
        async with httpx.AsyncClient(transport=transport, base_url="http://idol") as anybody:
            return dict((await anybody.get(f"/api/packets/{packet}")).json())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    file = tmp_path / "products.csv"
    file.write_text(CSV, "utf-8")
    store, clock, events = open_store("l.db", tmp_path), VirtualClock(), list[ShopEvent]()
    shop = Shop(
        store, load(file, FACTS, "CNY"), SandboxProvider(), clock, events.append, get_log("shop")
    )
    await shop.start()
    yield House(shop, clock, events)
    store.close()


async def office(house: House, name: str, /, **fields: Any) -> Any:
    from idol.commerce import office_actions

    return await house.shop.office(office_actions.read({"do": name, **fields}), "test")


async def test_enter_once_and_see_the_draw(house: House) -> None:
    made = await office(
        house, "packet", title_zh="福", title_en="Luck", prizes="20x1", minutes=1, most=2
    )
    me, other, third = (Wire(house, name) for name in ("me", "other", "third"))
    (packet,) = (await me.hello())["packets"]
    assert (packet["state"], packet["seed"], packet["entrants"]) == ("open", "", 0)
    for nonce in ("abc", "changed"):  # the first entry stands
        mine = await me.ask("enter", key="k", packet=made["id"], nonce=nonce)
        assert mine["entered"] == [{"packet": made["id"], "place": 0, "nonce": "abc", "won": ""}]
    assert (await other.ask("enter", key="k", packet=made["id"], nonce="no space"))["code"] == (
        "bad_nonce"
    )
    await other.say("enter", key="k", packet=made["id"], nonce="b")
    full = await third.ask("enter", key="k7", packet=made["id"], nonce="c")
    assert (full["code"], full["key"]) == ("packet_full", "k7") and "full" in full["text"]
    await house.clock.advance(61)
    assert (await house.record(made["id"]))["code"] == "packet_open"
    await house.shop.sweep()
    late = await third.ask("enter", key="k8", packet=made["id"], nonce="c")
    assert late["code"] == "packet_over"
    (shown,) = (await third.hello())["packets"]
    assert shown["state"] == "drawn" and shown["seed"] and shown["entrants"] == 2
    assert draw.check(await house.record(made["id"])) == []
    assert (await house.record("k_none"))["code"] == "unknown_packet"
    wins = [w for w in (me, other) if (await w.hello())["mine"]["entered"][0]["won"]]
    assert len(wins) == 1
    (coupon,) = (await wins[0].hello())["mine"]["coupons"]
    assert coupon["off"] == {"minor": 2000, "currency": "CNY"} and coupon["packet"] == made["id"]


async def test_all_pages_are_told_the_number_once_for_many_entrants(house: House) -> None:
    made = await office(house, "packet", title_zh="福", title_en="Luck", prizes="5x1", minutes=5)
    pages = [Wire(house, str(n)) for n in range(5)]
    for page in pages:
        await page.say("enter", key="k", packet=made["id"], nonce="n")
        page.told()
    await asyncio.sleep(0)
    await house.clock.advance(1.0)
    for _ in range(20):
        await asyncio.sleep(0)
    events = [event for event in pages[0].told() if event["type"] == "packet"]
    assert [event["entrants"] for event in events] == [5]


async def test_a_coupon_is_claimed_and_applied_by_the_ledger(house: House) -> None:
    await office(house, "coupon", off="20", code="SAVE", least="150", uses=2, show=True)
    await office(house, "coupon", off="5", code="SECRET")
    me, other, third = (Wire(house, name) for name in ("me", "other", "third"))
    assert [c["code"] for c in (await me.hello())["offers"]] == ["SAVE"]  # not the secret one
    own = [(await me.ask("claim", key="c", code="save"))["coupons"] for _ in range(2)]
    assert own[0] == own[1] and len(own[0]) == 1  # asked twice, had once
    hello = await me.hello()
    assert hello["mine"]["claimed"] == ["SAVE"] and hello["offers"]
    code = own[0][0]["code"]
    # Somebody else's, and an offer that was not claimed, are no use.
    for theirs, why in ((code, "unknown_coupon"), ("SAVE", "coupon_claim")):
        await other.say("hold", key=f"h{why}", listing=2, sku="lamp", quantity=1)
        hold = next(e for e in other.told() if e["type"] == "hold")
        refused = await other.ask("confirm", key=why, hold=hold["id"], coupon=theirs)
        assert refused["code"] == why
    # What it takes off, and why it does not, is said before.
    await me.say("hold", key="h1", listing=1, sku="jk-m", quantity=1)
    jacket = next(e for e in me.told() if e["type"] == "hold")
    await house.clock.advance(1)
    (fit,) = (await me.ask("mine"))["fits"]
    assert (fit["off"]["minor"], fit["pay"]["minor"], fit["why"]) == (2000, 17900, "")
    order = await me.ask("confirm", key="o1", hold=jacket["id"], coupon=code)
    assert (order["total"]["minor"], order["discount"]["minor"]) == (17900, 2000)
    assert order["coupon"] == {"code": code, "packet": None}
    assert await me.ask("confirm", key="o1", hold=jacket["id"], coupon=code) == order
    await house.clock.advance(10)
    await third.say("claim", key="c", code="SAVE")
    third.told()
    assert (await me.hello())["offers"] == []  # all taken
    assert (await other.ask("claim", key="cx", code="SAVE"))["code"] == "coupon_gone"
    again = await me.ask("claim", key="c2", code="SAVE")
    assert (again["code"], again["text"]) == (
        "coupon_limit",
        "1 per person, and you have had yours.",
    )
    assert (await me.ask("claim", key="c3", code="NOPE"))["code"] == "unknown_coupon"
    told = await other.ask("claim", key="c4", code="secret")
    assert [c["off"]["minor"] for c in told["coupons"]] == [500]


async def test_an_order_that_is_too_small_and_a_coupon_that_is_over(house: House) -> None:
    await office(house, "coupon", off="20", code="SAVE", least="150", hours=1, show=True)
    me = Wire(house, "me")
    own = (await me.ask("claim", key="c", code="SAVE"))["coupons"][0]["code"]
    await me.say("hold", key="h1", listing=2, sku="lamp", quantity=1)
    lamp = next(e for e in me.told() if e["type"] == "hold")
    (fit,) = (await me.ask("mine"))["fits"]
    assert (fit["why"], fit["off"], fit["pay"]["minor"]) == ("coupon_least", None, 8900)
    small = await me.ask("confirm", key="o", hold=lamp["id"], coupon=own)
    assert small["code"] == "coupon_least"
    await house.clock.advance(3601)
    assert (await me.ask("claim", key="c2", code="SAVE"))["code"] == "coupon_over"
    assert (await me.ask("mine"))["coupons"] == []


async def test_the_queue_gives_what_comes_back_in_turn(house: House) -> None:
    first, second = Wire(house, "first"), Wire(house, "second")
    available = await first.ask("wait", key="w", sku="jk-m", quantity=1)
    assert available["code"] == "in_stock"
    assert (await first.ask("wait", key="w", sku="none", quantity=1))["code"] == "unknown_variant"
    assert (await first.ask("wait", key="w1", sku="jk-l", quantity=2))["waiting"] == [
        {"sku": "jk-l", "quantity": 2, "before": 0}
    ]
    await house.clock.advance(1)
    (place,) = (await second.ask("wait", key="w", sku="jk-l", quantity=1))["waiting"]
    assert place["before"] == 2
    assert (await second.hello())["mine"]["waiting"] == [place]  # after a reconnect
    assert (await first.ask("unwait", key="u", sku="jk-l"))["waiting"] == []
    (place,) = (await second.ask("mine"))["waiting"]
    assert place["before"] == 0
    await house.shop.set_stock("jk-l", 1, "test")
    mine = await second.ask("mine")
    (hold,) = mine["holds"]
    assert mine["offered"] == [hold["id"]] and mine["waiting"] == []
    order = await second.ask("confirm", key="o", hold=hold["id"])
    assert order["state"] == "awaiting_payment"


async def test_an_offer_that_runs_out_is_told_and_goes_to_the_next(house: House) -> None:
    first, second = Wire(house, "first"), Wire(house, "second")
    await first.ask("wait", key="w", sku="jk-l", quantity=1)
    await house.clock.advance(1)
    await second.ask("wait", key="w", sku="jk-l", quantity=1)
    await house.shop.set_stock("jk-l", 1, "test")
    assert len((await first.ask("mine"))["offered"]) == 1
    first.told()
    told = len(house.events)
    await house.clock.advance(house.shop.rules.hold_seconds + 1)
    assert [offer["sku"] for offer in (await first.ask("mine"))["missed"]] == ["jk-l"]
    await house.shop.sweep()
    (ended,) = [event for event in house.events[told:] if isinstance(event, HoldEnded)]
    assert (ended.hold.viewer.id, ended.why) == ("v-first", "lapsed")
    mine = await first.ask("mine")
    assert mine["offered"] == [] and mine["holds"] == []
    assert [(offer["sku"], offer["quantity"]) for offer in mine["missed"]] == [("jk-l", 1)]
    assert len((await second.ask("mine"))["offered"]) == 1
    again = await first.ask("wait", key="w2", sku="jk-l", quantity=1)
    assert again["missed"] == [] and [place["sku"] for place in again["waiting"]] == ["jk-l"]
    await house.clock.advance(90_000)
    await house.shop.sweep()
    assert (await second.ask("mine"))["missed"] == []  # yesterday's news


async def test_an_order_names_the_red_packet_that_its_coupon_was_won_in(house: House) -> None:
    await office(
        house, "packet", title_zh="周五福袋", title_en="Friday luck", prizes="20x3", minutes=5
    )
    me = Wire(house, "me")
    (packet,) = (await me.hello())["packets"]
    await me.ask("enter", key="e", packet=packet["id"], nonce="n")
    await house.clock.advance(301)
    await house.shop.sweep()
    (coupon,) = (await me.ask("mine"))["coupons"]
    await me.say("hold", key="h", listing=1, sku="jk-m", quantity=1)
    hold = next(e for e in me.told() if e["type"] == "hold")
    order = await me.ask("confirm", key="o", hold=hold["id"], coupon=coupon["code"])
    title = {"zh": "周五福袋", "en": "Friday luck"}
    assert order["coupon"] == {"code": coupon["code"], "packet": title}


def test_what_the_chat_says_of_a_draw_names_winners_and_not_a_crowd() -> None:
    from idol.commerce.packets import Packet

    item = Packet("k_1", {"zh": "福", "en": "Luck"}, (), "CNY", 9, "", 0, 1, "drawn", 0, "", "")
    assert perks.drawn(item, ["小雨", "Maya"])["zh"].endswith("恭喜 小雨、Maya！")
    assert perks.drawn(item, [f"v{n}" for n in range(11)])["en"].endswith("v7 and 3 more!")
    assert "Nobody" in perks.drawn(item, [])["en"]
    assert views.money(None) is None


async def test_a_shop_without_them_says_so(house: House) -> None:
    bare = House(house.shop, house.clock, [])
    bare.services = fake_services(house.clock)
    bare.desk = ChatDesk(bare.services, Viewers(bare.services.cookie_secret))
    page = Wire(bare, "me")
    assert (await page.ask("claim", key="c", code="X"))["code"] == "refused"
    hello = await page.hello()
    assert hello["packets"] == hello["offers"] == hello["mine"]["coupons"] == []
