"""The back office and an order's page over HTTP, with the real ledger behind them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook
from web_fakes import PASSWORD, fake_services

from idol.clock import VirtualClock
from idol.commerce.catalog import load
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.model import Product, Viewer
from idol.store import open_store
from idol.telemetry import get_log
from idol.web.auth import VIEWER_COOKIE, Viewers
from idol.web.server import create_app

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CSV = """link,product,sku,colour_zh,colour_en,size,price,stock
1,cloud-jacket,jk-m,黑色,black,M,199.00,5
1,cloud-jacket,jk-l,黑色,black,L,199.00,0
2,moon-lamp,lamp,,,,89.00,3
"""
FACTS = {
    "cloud-jacket": Product("cloud-jacket", {"zh": "云步外套", "en": "CloudStep jacket"}, ()),
    "moon-lamp": Product("moon-lamp", {"zh": "小夜灯", "en": "Night lamp"}, ()),
}


class Room:
    """The app, an operator's client and a buyer's."""

    def __init__(self, shop: Shop, clock: VirtualClock, provider: SandboxProvider) -> None:
        self.shop, self.clock, self.provider = shop, clock, provider
        self.services = fake_services(
            clock, shop=shop, office=shop, listings=shop.catalog.listings, sandbox=provider,
            factory_secret=SECRET,
        )  # fmt: skip
        self.app = create_app(self.services)
        viewers = Viewers(self.services.cookie_secret)
        cookie = viewers.new()
        self.viewer = Viewer(viewers.id(cookie) or "", "小雨")
        transport = httpx.ASGITransport(app=self.app)
        base = "http://idol"
        self.desk = httpx.AsyncClient(transport=transport, base_url=base)
        self.page = httpx.AsyncClient(
            transport=transport, base_url=base, cookies={VIEWER_COOKIE: cookie}
        )

    async def do(self, name: str, /, **fields: Any) -> Any:
        answer = await self.desk.post("/console/office", json={"do": name, **fields})
        assert answer.status_code == 200, answer.text
        return answer.json()["done"]

    async def refused(self, name: str, /, **fields: Any) -> str:
        answer = await self.desk.post("/console/office?lang=en", json={"do": name, **fields})
        assert answer.status_code in (400, 404, 409), answer.text
        return str(answer.json()["text"])

    async def books(self) -> dict[str, Any]:
        books: dict[str, Any] = (await self.desk.get("/console/office")).json()
        return books

    async def buy(self, sku: str, quantity: int = 1, key: str = "k") -> str:
        number = 2 if sku == "lamp" else 1
        held = await self.shop.hold(self.viewer, number, sku, quantity, key)
        order = await self.shop.confirm(self.viewer, held.hold.id, key)  # type: ignore[union-attr]
        word = self.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed")
        await self.shop.webhook(word.headers, word.body)
        return order.id

    async def order(self, id: str) -> dict[str, Any]:
        order: dict[str, Any] = (await self.page.get(f"/api/orders/{id}")).json()
        return order

    def day(self, days: int) -> date:
        return datetime.fromtimestamp(self.clock.now(), UTC).date() + timedelta(days=days)


@contextlib.asynccontextmanager
async def open_room(folder: Path) -> AsyncIterator[Room]:
    file = folder / "products.csv"
    file.write_text(CSV, "utf-8")
    store, clock, provider = open_store("l.db", folder), VirtualClock(), SandboxProvider()
    catalog = load(file, FACTS, "CNY")
    shop = Shop(store, catalog, provider, clock, lambda event: None, get_log("shop"))
    await shop.start()
    room = Room(shop, clock, provider)
    try:
        await room.desk.post("/console/login", json={"password": PASSWORD})
        yield room
    finally:
        await room.desk.aclose()
        await room.page.aclose()
        store.close()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as room:
        yield room


async def test_nothing_without_the_operators_session(room: Room) -> None:
    for path in ("/console/office", "/console/office/production.csv"):
        assert (await room.page.get(path)).status_code == 401
    answer = await room.page.post("/console/office", json={"do": "refund", "order": "x"})
    assert answer.status_code == 401
    elsewhere = {"origin": "https://evil.example"}
    answer = await room.desk.post("/console/office", json={}, headers=elsewhere)
    assert answer.status_code == 403


async def test_what_is_wrong_with_an_action_is_named(room: Room) -> None:
    assert "no action" in await room.refused("fly")
    assert "carrier" in await room.refused("ship", order="x", tracking="1")
    assert "extra" in (await room.refused("refund", order="x", why="y")).lower()
    assert "order" in await room.refused("refund", order="x")


async def test_ship_track_deliver_and_the_buyer_sees_it(room: Room) -> None:
    id = await room.buy("jk-m", 2)
    number = (await room.order(id))["number"]
    parcel = await room.do("ship", order=number, carrier="顺丰", tracking="SF1")
    assert (await room.order(id))["state"] == "shipped"
    await room.do("track", parcel=parcel["id"], carrier="顺丰", tracking="SF2")
    await room.do("deliver", parcel=parcel["id"])
    after = (await room.order(id))["after"]
    assert after["parcels"][0]["tracking"] == "SF2" and after["parcels"][0]["delivered_at"] > 0
    books = await room.books()
    assert books["orders"][0]["parcels"][0]["tracking"] == "SF2"


async def test_a_refund_asked_before_it_ships_is_given_at_once(room: Room) -> None:
    id = await room.buy("jk-m", 2)
    path = f"/api/orders/{id}/return"
    part = await room.page.post(path, json={"line": 0, "quantity": 1})
    assert part.status_code == 409
    asked = await room.page.post(path, json={"line": 0, "quantity": 2, "reason": "买错了"})
    assert asked.json()["after"]["returns"][0]["state"] == "asked"
    assert (await room.page.post(path, json={"line": 0, "quantity": 2})).status_code == 409
    request = (await room.books())["returns"][0]
    assert request["reason"] == "买错了"
    await room.do("decide-return", request=request["id"], approve=True, answer="好的")
    order = await room.order(id)
    assert order["state"] == "refunded"
    assert order["after"]["returns"][0] | {"state": "received", "amount": 39800, "answer": "好的"} \
        == order["after"]["returns"][0]  # fmt: skip
    assert [r["amount"] for r in order["after"]["refunds"]] == [39800]
    assert room.shop.quote(1).left == 5


async def test_a_return_is_paid_when_the_goods_are_back(room: Room) -> None:
    id = await room.buy("lamp", 2)
    await room.do("ship", order=id, carrier="DHL", tracking="1")
    await room.page.post(f"/api/orders/{id}/return", json={"line": 0, "quantity": 1})
    request = (await room.books())["returns"][0]["id"]
    await room.do("decide-return", request=request, approve=True)
    assert (await room.order(id))["after"]["refunds"] == []
    await room.do("receive-return", request=request, restock=True)
    order = await room.order(id)
    assert [r["amount"] for r in order["after"]["refunds"]] == [8900]
    assert order["state"] == "shipped" and room.shop.quote(2).left == 2


async def test_a_presale_lot_from_the_adviser_to_the_factory_and_a_delay(room: Room) -> None:
    await room.do("supplier", id="hz", name="杭州一厂", minimum=50, step=10, lead=5)
    await room.shop.hold(room.viewer, 1, "jk-m", 2, "a")
    for _ in range(3):
        await room.shop.on_air(1, 120)
        await room.clock.advance(60)
    asked = {"sku": "jk-m", "cost": "80", "supplier": "hz", "more": "10", "lang": "zh"}
    advice = (await room.desk.get("/console/office/advice", params=asked)).json()
    assert advice["lot"] % 10 == 0 and "件" in advice["reason"]["zh"]
    plot = await room.desk.get("/console/office/plot.svg", params=asked)
    assert plot.headers["content-type"] == "image/svg+xml" and plot.text.startswith("<svg")
    item = await room.do("propose", lot="L1", sku="jk-l", supplier="hz", quantity=60)
    assert room.shop.quote(1).presale_left == 0, "nothing is sold before approval"
    await room.do("approve", production=item["id"])
    assert room.shop.quote(1).presale_left == 60
    sent = await room.do("send", production=item["id"])
    assert sent["sequence"] == 1
    table = (await room.desk.get("/console/office/production.csv")).text
    assert f"1,{item['id']},hz,L1,jk-l" in table
    assert await _factory(room, item["id"], 1, SECRET) == 204
    assert await _factory(room, item["id"], 1, SECRET) == 204, "once more changes nothing"
    assert await _factory(room, item["id"], 2, SECRET) == 409
    assert await _factory(room, item["id"], 1, "whsec_" + "A" * 32) == 401
    assert (await room.books())["lots"][0]["state"] == "acknowledged"

    id = await room.buy("jk-l", 2, "p")
    promised = (await room.order(id))["lines"][0]["ships_by"]
    done = await room.do(
        "delay", lot="L1", ready_on=room.day(40).isoformat(), reason_zh="面料晚到",
        reason_en="The fabric is late",
    )  # fmt: skip
    assert done["asked"] == 1
    delay = (await room.order(id))["after"]["delays"][0]
    assert delay["was_on"] == promised < delay["now_on"]
    assert delay["reason"] == {"zh": "面料晚到", "en": "The fabric is late"}
    answer = await room.page.post(f"/api/orders/{id}/delay", json={"consent": True})
    assert answer.json()["after"]["delays"][0]["state"] == "consented"
    assert answer.json()["lines"][0]["ships_by"] == promised, "the frozen promise stays"
    again = await room.page.post(f"/api/orders/{id}/delay", json={"consent": False})
    assert again.status_code == 409
    await room.do("arrive", lot="L1", pieces=60, came=room.day(40).isoformat())
    await room.do("ship", order=id, carrier="SF", tracking="9")
    assert (await room.order(id))["state"] == "shipped"


async def _factory(room: Room, id: str, sequence: int, secret: str) -> int:
    body = json.dumps({"type": "production.acknowledged", "data": {"id": id, "sequence": sequence}})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"m{sequence}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(f"m{sequence}", now, body),
    }
    answer = await room.page.post("/webhooks/factory", content=body, headers=headers)
    return answer.status_code


async def test_offers(room: Room) -> None:
    wave = await room.do("wave", sku="jk-l", quantity=4)
    before = room.shop.quote(1).left
    await room.do("release", wave=wave["id"])
    assert room.shop.quote(1).left == before + 4
    group = await room.do("group", listing=2, tiers="2:79 3:69", minutes=30)
    id = await room.buy("lamp", 2)
    assert room.shop.quote(2).price.minor == 7900, "the tier that was reached is on sale"
    done = await room.do("close-group", group=group["id"])
    assert done["given_back"] == 2000
    assert [r["reason"] for r in (await room.order(id))["after"]["refunds"]] == ["tier"]
    coupon = await room.do("coupon", off="10%", code="NEW10")
    assert (coupon["kind"], coupon["value"]) == ("percent", 1000)
    packet = await room.do("packet", title_zh="福袋", title_en="Red packet", prizes="20x1 5x3")
    assert packet["commitment"] and not packet["seed"]
    await room.do("flash", listing=1, price="149", minutes=5)
    assert room.shop.quote(1).price.minor == 14900
    books = await room.books()
    assert [len(books[n]) for n in ("waves", "groups", "coupons", "packets")] == [1, 1, 1, 1]
    assert {"ship", "delay", "packet"} <= books["forms"].keys()


async def test_another_viewers_order_is_nobodys_business(room: Room, tmp_path: Path) -> None:
    id = await room.buy("jk-m")
    stranger = {VIEWER_COOKIE: Viewers(room.services.cookie_secret).new()}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=room.app), base_url="http://idol", cookies=stranger
    ) as other:
        assert (await other.get(f"/api/orders/{id}")).status_code == 404
        for verb, body in (("return", {"line": 0, "quantity": 1}), ("delay", {"consent": True})):
            answer = await other.post(f"/api/orders/{id}/{verb}", json=body)
            assert answer.status_code == 404
