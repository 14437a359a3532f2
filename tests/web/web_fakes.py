"""A show without rooms behind it: fakes with sample data, for the tests and to look at pages.

``python tests/web/web_fakes.py [PORT]`` serves it; the console's password is "let-me-in-please".
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from idol.clock import Clock, SystemClock, VirtualClock
from idol.commerce.outcomes import Held, Hold, Order, OrderLine, Refusal, Report
from idol.commerce.payments.sandbox import SandboxProvider
from idol.config import Settings
from idol.errors import Refused, Unavailable
from idol.model import (
    ChatMessage,
    Language,
    Listing,
    Money,
    Product,
    Quote,
    Variant,
    VariantQuote,
    Viewer,
)
from idol.ports import PaymentRequest
from idol.show import views
from idol.show.messages import StudioStats
from idol.show.raw import SegmentKind
from idol.show.script import ScriptLine, Segment, Show
from idol.telemetry import get_log
from idol.web.audience import WebAudience
from idol.web.services import Health, Services, WorkerHealth

PASSWORD = "let-me-in-please"
_TITLES = [
    ("cloud-jacket", "云步轻跑外套", "CloudStep running jacket", 29900, 19900),
    ("dawn-mug", "晨雾手冲杯", "Dawnmist pour-over mug", 12900, 8990),
    ("fern-tote", "蕨叶帆布包", "Fern canvas tote", 0, 15900),
    ("moss-lamp", "苔光小夜灯", "Mossglow night lamp", 19900, 14900),
    ("river-scarf", "溪纹羊毛围巾", "Riverline wool scarf", 32900, 25900),
    ("stone-candle", "暖石香薰烛", "Warmstone candle", 0, 9900),
]
_SEGMENTS: list[tuple[str, SegmentKind, str, int]] = [
    ("hello", "greeting", "", 3),
    ("jacket", "pitch", "cloud-jacket", 7),
    ("jacket-demo", "demo", "cloud-jacket", 4),
    ("call-jacket", "flash", "cloud-jacket", 3),
    ("questions", "qa", "", 2),
    ("mug", "pitch", "dawn-mug", 6),
    ("tote", "pitch", "fern-tote", 5),
    ("lamp-presale", "presale", "moss-lamp", 5),
    ("sponsor", "sponsored", "river-scarf", 4),
    ("more-questions", "qa", "", 2),
    ("goodbye", "closing", "", 3),
]


def sample_listings() -> dict[int, Listing]:
    found = {}
    for number, (id, zh, en, _, _) in enumerate(_TITLES, 1):
        colours: list[tuple[str, dict[Language, str]]] = [
            ("k", {"zh": "黑色", "en": "black"}),
            ("r", {"zh": "红色", "en": "red"}),
        ]
        variants = tuple(
            Variant(f"{id}-{code}-{size}", colour, size)
            for code, colour in colours[: 2 if number == 1 else 1]
            for size in (("M", "L") if number == 1 else ("",))
        )
        titles: dict[Language, str] = {"zh": zh, "en": en}
        found[number] = Listing(number, Product(id, titles, variants), limit=2)
    return found


def sample_show(folder: Path = Path("sample")) -> Show:
    def lines(count: int) -> tuple[ScriptLine, ...]:
        return (ScriptLine(("...",), "zh"),) * count

    return Show(
        folder=folder,
        title={"zh": "秋日轻装专场", "en": "Light layers for autumn"},
        language="zh",
        currency="CNY",
        idol="aira",
        stage="studio",
        host={"zh": "爱蕾", "en": "Aira"},
        segments=tuple(
            Segment(id, kind, lines(count), product, 60.0 if kind in ("qa", "flash") else 0.0)
            for id, kind, product, count in _SEGMENTS
        ),
    )


class FakeStage:
    """Remembers what it was told; its state is what a console shows."""

    def __init__(self, show: Show, listings: Mapping[int, Listing]) -> None:
        self.show = show
        self.did: list[tuple[Any, ...]] = []
        self.card: int | None = 1
        self.broken = ""
        """What is wrong with the idol's folder."""
        self.baked = asyncio.Event()
        """Unset, a reload takes as long as it does."""
        self.baked.set()
        self.facts: dict[str, Any] = {
            "segment": "jacket",
            "line": 2,
            "since": 0.0,
            "elapsed": 41.0,
            "busy": "reply",
            "paused": False,
            "muted": False,
            "stopped": False,
            "laps": 0,
            "pinned": None,
            "saying": "这件外套只有二百一十克，折起来和手机差不多大。",
        }
        self._numbers = {item.product.id: item.number for item in listings.values()}

    async def say(self, text: str, language: Language) -> None:
        if "guarantee" in text:
            raise Refused("not_proved", "claim: guarantee")
        self.did.append(("say", text, language))
        self.facts["saying"] = text

    async def reload(self) -> None:
        self.did.append(("reload",))
        await self.baked.wait()
        if self.broken:
            raise Refused("not_reloaded", self.broken)

    def skip(self) -> None:
        self.did.append(("skip",))
        ids = [segment.id for segment in self.show.segments]
        at = ids.index(self.facts["segment"])
        self._go(ids[(at + 1) % len(ids)])

    def pause(self) -> None:
        self.did.append(("pause",))
        self.facts["paused"] = True

    def resume(self) -> None:
        self.did.append(("resume",))
        self.facts["paused"] = False

    def jump(self, segment: str) -> None:
        if all(segment != s.id for s in self.show.segments):
            raise Refused("unknown_segment", segment)
        self.did.append(("jump", segment))
        self._go(segment)

    def mute(self, on: bool) -> None:
        self.did.append(("mute", on))
        self.facts["muted"] = on

    def pin(self, listing: int | None) -> None:
        self.did.append(("pin", listing))
        self.facts["pinned"] = listing

    async def stop(self) -> None:
        self.did.append(("stop",))
        self.facts["stopped"] = True

    def status(self) -> dict[str, Any]:
        segments = [
            {
                "id": s.id,
                "kind": s.kind,
                "product": s.product,
                "listing": self._numbers.get(s.product),
                "lines": len(s.lines),
                "seconds": s.seconds,
                "refused": "授权已于2026-11-01 00:00 UTC到期 / the licence ended on 2026-11-01"
                if s.kind == "sponsored"
                else "",
            }
            for s in self.show.segments
        ]
        return {**self.facts, "card": self.card, "segments": segments}

    def _go(self, segment: str) -> None:
        self.facts.update(segment=segment, line=0, elapsed=0.0)


class FakeReception:
    """Broadcasts what it hears, and can be told to fail."""

    def __init__(self, audience: WebAudience) -> None:
        self.audience = audience
        self.heard: list[ChatMessage] = []
        self.greeted: list[Viewer] = []
        self.read: dict[str, str] = {}
        self.fail: Exception | None = None

    async def chat(self, message: ChatMessage) -> None:
        if self.fail:
            raise self.fail
        self.heard.append(message)
        self.audience.broadcast(
            {
                "type": "chat",
                "id": message.id,
                "kind": "viewer",
                "name": message.viewer.name,
                "text": message.text,
                "at": message.at,
                "reply_to": "",
            }
        )

    def joined(self, viewer: Viewer, language: Language) -> None:
        self.greeted.append(viewer)

    def reads(self, viewer: Viewer, language: Language) -> None:
        self.read[viewer.id] = language


class FakeShop:
    """Stock in a dict, orders in a dict; enough to walk through a purchase."""

    def __init__(
        self, listings: Mapping[int, Listing], clock: Clock, provider: SandboxProvider
    ) -> None:
        self.listings, self.clock, self.provider = listings, clock, provider
        self.stock = {
            variant.sku: (0 if number == 6 else 3 + 7 * number)
            for number, item in listings.items()
            for variant in item.product.variants
        }
        self.live: dict[str, Hold] = {}
        self.placed: dict[str, Order] = {}
        self.down = False
        self.refuses = ""

    def quote(self, listing_number: int) -> Quote:
        _, _, _, was, price = _TITLES[listing_number - 1]
        variants = tuple(
            VariantQuote(
                variant.sku,
                Money(price, "CNY"),
                Money(was, "CNY") if was else None,
                self.stock[variant.sku],
                presale=40 if listing_number == 4 else 0,
                ships_by=date(2026, 12, 5),
            )
            for variant in self.listings[listing_number].product.variants
        )
        return Quote(listing_number, variants, sold=12 * listing_number)

    async def hold(
        self,
        viewer: Viewer,
        listing: int,
        sku: str,
        quantity: int,
        key: str,
        source: Any = "tap",
        language: Language = "zh",
    ) -> Held | Refusal:
        if self.refuses:
            raise Refused(self.refuses)
        if self.stock.get(sku, 0) < quantity:
            return Refusal("sold_out", "已经抢光了", listing)
        item, quote = self.listings[listing], self.quote(listing)
        hold = Hold(
            id=f"h-{key}",
            viewer=viewer,
            listing=listing,
            sku=sku,
            title=dict(item.product.title),
            label={"zh": "黑色 L", "en": "black L"},
            quantity=quantity,
            unit=quote.price,
            expires_at=self.clock.now() + 300,
            ships_by=date(2026, 12, 5),
            state="live",
            source=source,
        )
        self.live.setdefault(hold.id, hold)
        return Held(hold, quantity, "已预留")

    async def confirm(
        self, viewer: Viewer | str, chosen: str | Sequence[str], key: str, coupon: str = ""
    ) -> Order:
        if self.down:
            raise Unavailable("the payment provider cannot be reached")
        hold = self.live.get(chosen if isinstance(chosen, str) else chosen[0])
        if hold is None or hold.viewer != viewer:
            raise Refused("unknown_hold")
        line = OrderLine(
            hold.listing, hold.sku, hold.title, hold.label, hold.quantity, hold.unit, hold.ships_by
        )
        id = f"o-{hold.id}"
        request = PaymentRequest(f"pay-{id}", id, line.total, "CloudStep", f"/orders/{id}")
        url = await self.provider.start(request)
        now = self.clock.now()
        order = Order(
            id, "A1001", hold.viewer, "awaiting_payment", (line,), line.total, now, now + 900, url
        )
        self.placed[id] = order
        return order

    async def cancel(self, viewer: Viewer | str, hold_id: str) -> Hold:
        if hold_id not in self.live:
            raise Refused("unknown_hold")
        return replace(self.live.pop(hold_id), state="cancelled")

    async def holds(self, viewer: Viewer | str) -> list[Hold]:
        return [hold for hold in self.live.values() if hold.viewer == viewer]

    async def order(self, viewer: Viewer | str, order_id: str) -> Order:
        order = self.placed.get(order_id)
        if order is None or order.viewer.id != viewer:
            raise Refused("unknown_order")
        return order

    async def orders(self, viewer: Viewer | str) -> list[Order]:
        id = viewer if isinstance(viewer, str) else viewer.id
        return [order for order in self.placed.values() if order.viewer.id == id]

    async def pay(self, viewer: Viewer | str, order_id: str) -> Order:
        return await self.order(viewer, order_id)

    async def cancel_order(self, viewer: Viewer | str, order_id: str) -> Order:
        order = replace(await self.order(viewer, order_id), state="cancelled", pay_url="")
        self.placed[order_id] = order
        return order

    async def webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        event = self.provider.parse(headers, body)
        id = event.reference.removeprefix("pay-")
        if event.kind == "paid":
            now = self.clock.now()
            self.placed[id] = replace(self.placed[id], state="paid", pay_url="", paid_at=now)

    async def set_stock(self, sku: str, on_hand: int, by: str) -> None:
        if sku not in self.stock:
            raise Refused("unknown_variant", sku)
        self.stock[sku] = on_hand

    async def report(self) -> Report:
        return Report("CNY", 41, 37, 683400, 19900, 52, 66, 9)


class FakeWhep:
    """Answers anything that looks like an offer."""

    rtp_origin: int | None = 0

    def __init__(self) -> None:
        self.sessions: dict[str, list[str]] = {}
        self.full = False

    @property
    def count(self) -> int:
        return len(self.sessions)

    async def join(self, offer_sdp: str) -> tuple[str, str]:
        if self.full:
            raise Refused("full", "full")
        if not offer_sdp.startswith("v=0"):
            raise Refused("bad_sdp", "not an offer")
        id = f"s{len(self.sessions)}"
        self.sessions[id] = []
        return id, "v=0\r\nanswer"

    async def trickle(self, session_id: str, fragment: str) -> str:
        if session_id not in self.sessions:
            raise Refused("unknown_session")
        self.sessions[session_id].append(fragment)
        return "a=ice-ufrag:ours\r\n" if "ice-ufrag" in fragment else ""

    async def leave(self, session_id: str) -> None:
        if self.sessions.pop(session_id, None) is None:
            raise Refused("unknown_session")


def sample_health() -> Health:
    return Health(
        StudioStats(45_120, 31, 2, 7.4, 4.9, 21.0, 340.0, pts=86_630_400),
        (WorkerHealth("studio", None, 1), WorkerHealth("voice", None), WorkerHealth("mind", None)),
        {"voice zh": "kokoro", "voice en": "hibari", "mind": "qwen05"},
    )


def fake_services(clock: Clock | None = None, **changes: Any) -> Services:
    """A whole bundle; each part can be replaced by name."""
    clock = clock or VirtualClock()
    listings = sample_listings()
    show, audience = sample_show(), WebAudience()
    provider = SandboxProvider()
    parts: dict[str, Any] = {
        "stage": FakeStage(show, listings),
        "reception": FakeReception(audience),
        "shop": FakeShop(listings, clock, provider),
        "whep": FakeWhep(),
        "audience": audience,
        "settings": Settings(),
        "show": show,
        "listings": listings,
        "clock": clock,
        "log": get_log("web"),
        "console_password": PASSWORD,
        "cookie_secret": b"0123456789abcdef",
        "sandbox": provider,
        **changes,
    }
    parts.setdefault("reload", parts["stage"].reload)
    return Services(**parts)


# ---- to look at


def sample_past(services: Services, now: float) -> None:
    """Fill chat, orders and log, as after a while on air."""
    audience = services.audience
    talk = [
        ("viewer", "小雨", "主播晚上好！", ""),
        ("viewer", "Maya", "is the jacket waterproof?", ""),
        ("host", "爱蕾", "It sheds light rain, but it is not fully waterproof.", "c1"),
        ("viewer", "阿泽", "170斤穿什么码？", ""),
        ("host", "爱蕾", "您可以选L码，肩膀这里会留一点余量。", "c3"),
        ("viewer", "橘子汽水", "要2件黑色L", ""),
        ("system", "", "橘子汽水 预留了 2 件 云步轻跑外套", ""),
        ("viewer", "Kenji", "I'll take one in red", ""),
        ("viewer", "林间小路", "包邮吗？多久能到成都", ""),
        ("host", "爱蕾", "全国包邮，四十八小时内从杭州发出。", "c8"),
        ("viewer", "<b>bold</b>", "<script>alert(1)</script> 😀😀😀", ""),
    ]
    for i, (kind, name, text, reply) in enumerate(talk):
        event = {"id": f"c{i}", "kind": kind, "name": name, "text": text, "reply_to": reply}
        audience.broadcast({"type": "chat", "at": now - 90 + i * 8, **event})
    people = ["橘子汽水", "Maya", "阿泽", "Kenji", "林间小路", "小雨"]
    states = ["awaiting_payment", "paid", "paid", "cancelled", "paid", "shipped"]
    for i, (person, state) in enumerate(zip(people, states, strict=True)):
        number = i % 6 + 1
        item, quote = services.listings[number], services.shop.quote(number)
        unit = views.money(quote.price)
        line = {
            "listing": number,
            "title": dict(item.product.title),
            "label": {"zh": "黑色 L", "en": "black L"},
            "quantity": 1 + i % 2,
        }
        audience.tell_operators(
            {
                "type": "sale",
                "id": f"o{i}",
                "number": f"A10{31 + i}",
                "viewer": person,
                "state": state,
                "lines": [line],
                "total": {**(unit or {}), "minor": quote.price.minor * (1 + i % 2)},
                "created_at": now - 400 + i * 60,
                "paid_at": 0,
            }
        )
    for i, (level, text) in enumerate(
        [
            ("info", "worker started worker=studio pid=4821"),
            ("info", "shop open listings=6 new_skus=9"),
            ("warning", "licence sponsor: the licence ended on 2026-11-01"),
            ("info", "viewer joined viewers=23"),
            ("error", "worker died worker=voice exitcode=-9 again_in_s=0.2"),
            ("info", "worker started worker=voice pid=4990"),
        ]
    ):
        audience.tell_operators(
            {"type": "log", "at": now - 300 + i * 40, "level": level, "text": text}
        )


async def _live(services: Services) -> None:
    """Something happens every second."""
    rng = random.Random(1)
    stage: Any = services.stage
    while True:
        await asyncio.sleep(1)
        stage.facts["elapsed"] += 1
        if rng.random() < 0.3:
            services.audience.tell_operators({"type": "state", **stage.status()})


def main(port: int) -> None:
    from idol.web.server import create_app, make_server

    health = sample_health()
    started = SystemClock().monotonic()

    def now_health() -> Health:
        assert health.studio
        passed = SystemClock().monotonic() - started
        frames, pts = health.studio.frames + int(passed * 25), int(passed * 48_000)
        workers = tuple(replace(w, pid=os.getpid()) for w in health.workers)
        return replace(
            health, studio=replace(health.studio, frames=frames, pts=pts), workers=workers
        )

    services = fake_services(SystemClock(), health=now_health)

    async def run() -> None:
        sample_past(services, services.clock.now())
        live = asyncio.create_task(_live(services))
        await make_server(create_app(services), "127.0.0.1", port).serve()
        live.cancel()

    asyncio.run(run())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8099)
