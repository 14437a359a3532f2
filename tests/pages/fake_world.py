"""The world of the fake host: a tiny shop, a chat, and the pages that are told of them."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from typing import Any

import sample_shop
from fake_perks import Perks
from fastapi import WebSocket, WebSocketDisconnect

HOLD_SECONDS = 300


class World:
    """What the host knows, and who is watching."""

    def __init__(self) -> None:
        self.listings = sample_shop.listings()
        self.holds: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.chat: list[dict[str, Any]] = []
        self.pages: dict[WebSocket, dict[str, Any]] = {}
        self.perks = Perks()
        self.card: int | None = None
        self.pts = 0
        self.deaf = False
        """Take nothing and answer nothing: a host that hangs."""
        self.seen: list[dict[str, Any]] = []

    # ---- telling

    async def broadcast(self, event: dict[str, Any]) -> None:
        if event["type"] == "card":
            self.card = event["listing"]
        if event["type"] == "chat":
            self.chat.append({k: v for k, v in event.items() if k != "type"})
        for page in list(self.pages):
            await self.tell(page, event)

    async def tell(self, page: WebSocket, event: dict[str, Any]) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await page.send_json(event)

    def hello(self, lang: str, viewer: dict[str, str], rtp_origin: int | None) -> dict[str, Any]:
        return {
            "type": "hello",
            "viewer": viewer,
            "show": {
                "title": {"zh": "秋日轻装专场", "en": "Light layers for autumn"},
                "language": "zh",
                "currency": sample_shop.CURRENCY,
            },
            "idol": {"name": {"zh": "爱蕾", "en": "Aira"}},
            "ai_label": {"zh": "AI 虚拟主播", "en": "AI virtual host"},
            "listings": list(self.listings.values()),
            "holds": self.live(),
            "packets": list(self.perks.packets.values()),
            "offers": self.perks.offers,
            "mine": self.mine(),
            "orders": list(self.orders.values()),
            "chat": self.chat[-50:],
            "card": self.card,
            "viewers": len(self.pages),
            "now": time.time(),
            "rtp_origin": rtp_origin,
        }

    def live(self) -> list[dict[str, Any]]:
        return [h for h in self.holds.values() if h["state"] == "live"]

    def mine(self) -> dict[str, Any]:
        return self.perks.mine(self.live())

    # ---- the shop

    def variant(self, sku: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return next(
            (item, v)
            for item in self.listings.values()
            for v in item["variants"]
            if v["sku"] == sku
        )

    async def move_stock(self, sku: str, by: int) -> None:
        item, variant = self.variant(sku)
        slot = "left" if variant["left"] or not variant["presale"] else "presale"
        variant[slot] += by
        item["left"] = sum(v["left"] for v in item["variants"])
        item["presale"] = sum(v["presale"] for v in item["variants"])
        item["state"] = "live" if item["left"] else "presale" if item["presale"] else "sold_out"
        await self.broadcast({"type": "listing", **item})

    async def hold(self, page: WebSocket, sku: str, quantity: int) -> None:
        item, variant = self.variant(sku)
        if variant["left"] + variant["presale"] < quantity:
            text = {
                "zh": "手慢了，这一款刚刚被抢光。",
                "en": "Too late, that one has just sold out.",
            }
            await self.notice(page, "warn", "sold_out", text)
            return
        total = {**variant["price"], "minor": variant["price"]["minor"] * quantity}
        label = {
            lang: " ".join(p for p in (variant["colour"].get(lang, ""), variant["size"]) if p)
            for lang in ("zh", "en")
        }
        hold = {
            "id": uuid.uuid4().hex,
            "listing": item["number"],
            "sku": sku,
            "title": item["title"],
            "label": label,
            "quantity": quantity,
            "unit": variant["price"],
            "total": total,
            "expires_at": time.time() + HOLD_SECONDS,
            "ships_by": variant["ships_by"],
            "state": "live",
            "why": "",
        }
        self.holds[hold["id"]] = hold
        await self.move_stock(sku, -quantity)
        await self.tell(page, {"type": "hold", **hold})

    async def cancel(self, page: WebSocket, hold_id: str) -> None:
        hold = self.holds[hold_id]
        hold.update(state="ended", why="cancelled")
        await self.tell(page, {"type": "hold", **hold})
        await self.move_stock(hold["sku"], hold["quantity"])

    async def confirm(self, page: WebSocket, chosen: list[str], coupon: str) -> None:
        hold_id, bought = chosen[0], [self.holds[id] for id in chosen]
        hold = bought[0]
        fits = self.perks.mine([hold])["fits"]
        total = {**hold["total"], "minor": sum(one["total"]["minor"] for one in bought)}
        fit = next((f for f in fits if f["code"] == coupon), {"off": None, "pay": total})
        self.perks.coupons = [c for c in self.perks.coupons if c["code"] != coupon]
        for one in bought:
            one["state"] = "confirmed"
        said = ("listing", "sku", "title", "label", "quantity", "unit", "total", "ships_by")
        lines = [{k: one[k] for k in said} for one in bought]
        order = {
            "id": f"o-{hold_id}",
            "number": f"A{1001 + len(self.orders)}",
            "state": "awaiting_payment",
            "lines": lines,
            "total": fit["pay"],
            "discount": fit["off"],
            "coupon": {"code": fit["code"], "packet": None} if fit["off"] else None,
            "pay_url": f"/test/pay/o-{hold_id}",
            "created_at": time.time(),
            "paid_at": 0.0,
            "pay_by": time.time() + 900,
        }
        self.orders[order["id"]] = order
        for one in bought:
            await self.tell(page, {"type": "hold", **one})
        await self.tell(page, {"type": "order", **order})

    async def pay(self, order_id: str) -> None:
        order = self.orders[order_id]
        order.update(state="paid", paid_at=time.time(), pay_url="")
        for page in list(self.pages):
            await self.tell(page, {"type": "order", **order})
        await self.broadcast({"type": "thanks", "name": "小鱼"})

    async def notice(self, page: WebSocket, level: str, code: str, text: dict[str, str]) -> None:
        lang = self.pages[page]["lang"]
        event = {"type": "notice", "level": level, "code": code, "text": text[lang]}
        await self.tell(page, event)

    # ---- hearing

    async def hear(self, page: WebSocket, message: dict[str, Any]) -> None:
        self.seen.append(message)
        if self.deaf:
            return
        who = self.pages[page]
        match message["type"]:
            case "chat":
                await self.say(page, message)
            case "hold":
                await self.hold(page, message["sku"], message["quantity"])
            case "confirm":
                chosen = message.get("holds") or [message["hold"]]
                await self.confirm(page, chosen, message.get("coupon", ""))
            case "cancel":
                await self.cancel(page, message["hold"])
            case "name":
                who["name"] = message["name"]
            case "enter" | "claim" | "wait" | "unwait" | "mine":
                await self.perk(page, message)
            case "language":
                who["lang"] = message["language"]

    async def perk(self, page: WebSocket, message: dict[str, Any]) -> None:
        perks = self.perks
        match message["type"]:
            case "enter":
                perks.enter(message["packet"], message["nonce"])
                await self.broadcast({"type": "packet", **perks.packets[message["packet"]]})
            case "claim":
                if not perks.claim(message["code"]):
                    text = {"zh": "没有这张券，请检查券码。", "en": "There is no such coupon."}
                    await self.notice(page, "warn", "unknown_coupon", text)
                    return
            case "wait":
                place = {"sku": message["sku"], "quantity": message["quantity"], "before": 2}
                perks.waiting.append(place)
                perks.missed = [m for m in perks.missed if m["sku"] != place["sku"]]
            case "unwait":
                perks.waiting = [p for p in perks.waiting if p["sku"] != message["sku"]]
        await self.tell(page, self.mine())

    async def restock(self, sku: str) -> None:
        """A piece is back, and the viewer is the next in the queue."""
        place = next(p for p in self.perks.waiting if p["sku"] == sku)
        self.perks.waiting.remove(place)
        self.variant(sku)[1]["left"] += place["quantity"]
        before = set(self.holds)
        for page in list(self.pages):
            await self.hold(page, sku, place["quantity"])
        self.perks.offered += [id for id in self.holds if id not in before]

    async def say(self, page: WebSocket, message: dict[str, Any]) -> None:
        who, text = self.pages[page], message["text"]
        if not any(line["id"] == message["id"] for line in self.chat):
            await self.broadcast(
                chat_line(message["id"], "viewer", who["name"], text, viewer=who["id"])
            )
        await self.tell(page, {"type": "ack", "id": message["id"]})
        if "要" in text or "take" in text:
            await self.tell(page, self.question(message["id"]))
            return
        answer = {
            "zh": "放心穿，面料经过抗起球处理，洗后也很平整。",
            "en": "It is treated against pilling, so normal wear is fine.",
        }[who["lang"]]
        await asyncio.sleep(0.3)
        name = {"zh": "爱蕾", "en": "Aira"}[who["lang"]]
        await self.broadcast(
            chat_line(uuid.uuid4().hex, "host", name, answer, reply_to=message["id"])
        )

    def question(self, message_id: str) -> dict[str, Any]:
        item = self.listings[1]
        options = [
            {
                "sku": v["sku"],
                "label": {
                    "zh": f"{v['colour']['zh']} {v['size']}",
                    "en": f"{v['colour']['en']} {v['size']}",
                },
                "left": v["left"],
            }
            for v in item["variants"][:5]
        ]
        return {
            "type": "ask",
            "message": message_id,
            "listing": 1,
            "listings": [],
            "text": "",
            "options": options,
            "quantity": 1,
        }


def chat_line(id: str, kind: str, name: str, text: str, *, viewer: str = "", reply_to: str = ""):
    return {
        "type": "chat",
        "id": id,
        "kind": kind,
        "name": name,
        "viewer": viewer,
        "text": text,
        "at": time.time(),
        "reply_to": reply_to,
    }
