"""A host for the pages alone: the protocol of docs/protocol.md with a tiny shop behind it.

Everything a page can meet is here and can be made to happen: `POST /test/emit` broadcasts any
event. The picture is a drawn frame through the real encoder, hub and WHEP, so RTP time is real.

Run it to look at the pages: ``python tests/pages/fake_host.py [PORT] [PICTURE.png]``.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import structlog
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles

sys.path.insert(0, str(Path(__file__).parent))
import sample_shop

from idol.clock import SAMPLE_RATE, SystemClock
from idol.errors import Refused
from idol.stream.encoder import OPUS_FRAME, AudioEncoder, VideoEncoder
from idol.stream.hub import Hub
from idol.stream.webrtc import Whep

STATIC = Path(__file__).parents[2] / "idol" / "web" / "static"
CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
HOLD_SECONDS = 300


class World:
    """What the host knows, and who is watching."""

    def __init__(self) -> None:
        self.listings = sample_shop.listings()
        self.holds: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.chat: list[dict[str, Any]] = []
        self.pages: dict[WebSocket, dict[str, Any]] = {}
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
            "holds": [h for h in self.holds.values() if h["state"] == "live"],
            "orders": list(self.orders.values()),
            "chat": self.chat[-50:],
            "card": self.card,
            "viewers": len(self.pages),
            "now": time.time(),
            "rtp_origin": rtp_origin,
        }

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

    async def confirm(self, page: WebSocket, hold_id: str) -> None:
        hold = self.holds[hold_id]
        hold["state"] = "confirmed"
        line = {
            k: hold[k]
            for k in ("listing", "sku", "title", "label", "quantity", "unit", "total", "ships_by")
        }
        order = {
            "id": f"o-{hold_id}",
            "number": f"A{1001 + len(self.orders)}",
            "state": "awaiting_payment",
            "lines": [line],
            "total": hold["total"],
            "pay_url": f"/test/pay/o-{hold_id}",
            "created_at": time.time(),
            "paid_at": 0.0,
            "pay_by": time.time() + 900,
        }
        self.orders[order["id"]] = order
        await self.tell(page, {"type": "hold", **hold})
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
                await self.confirm(page, message["hold"])
            case "cancel":
                await self.cancel(page, message["hold"])
            case "name":
                who["name"] = message["name"]
            case "language":
                who["lang"] = message["language"]

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


class Picture:
    """Paces frames and silence through the real encoders into the hub, on one thread."""

    def __init__(self, world: World, path: Path | None, size: tuple[int, int] = (360, 640)) -> None:
        self.world, self.fps = world, 10
        image = cv2.imread(str(path)) if path else None
        if image is not None:
            size = (image.shape[1] // 2 * 2, image.shape[0] // 2 * 2)
            image = image[: size[1], : size[0]]
        self.size, self.image = size, image
        self.frozen = False
        self.video = VideoEncoder(size, self.fps)
        self.audio = AudioEncoder()
        self.stopping = threading.Event()

    def frame(self, index: int) -> np.ndarray:
        width, height = self.size
        if self.image is not None:
            picture = self.image.copy()
        else:
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            glow = np.exp(-(((x - width / 2) / 90) ** 2 + ((y - height * 0.36) / 120) ** 2))
            picture = np.dstack([90 + 90 * glow, 30 + 70 * glow, 70 + 150 * glow]).astype(np.uint8)
        centre = (width // 2 + int(width * 0.2 * np.sin(index / 6)), height * 3 // 5)
        cv2.circle(picture, centre, width // 40, (255, 220, 255), -1, cv2.LINE_AA)
        return cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)

    def run(self, publish: Any) -> None:
        step = SAMPLE_RATE // self.fps
        born = time.monotonic()
        silence = np.zeros(OPUS_FRAME, np.int16)
        index = 0
        while not self.stopping.is_set():
            pts = index * step
            self.world.pts = pts
            for at in range(pts, pts + step, OPUS_FRAME):
                for packet in self.audio.encode(silence, at):
                    publish(packet)
            if not self.frozen:
                for packet in self.video.encode(self.frame(index), pts):
                    publish(packet)
            index += 1
            self.stopping.wait(max(0.0, born + index / self.fps - time.monotonic()))


def create_app(world: World, picture: Picture) -> FastAPI:
    shared: dict[str, Any] = {}

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI):
        loop = asyncio.get_running_loop()
        hub = Hub(picture.video.request_key, SystemClock())
        shared["whep"] = Whep(hub, structlog.get_logger())

        def publish(packet: Any) -> None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(hub.publish, packet)

        thread = threading.Thread(target=picture.run, args=(publish,), daemon=True)
        thread.start()
        yield
        picture.stopping.set()
        await asyncio.to_thread(thread.join)
        await shared["whep"].close()

    app = FastAPI(lifespan=lifespan)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.middleware("http")
    async def headers(request: Request, call_next: Any) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/")
    async def viewer_page() -> FileResponse:
        return FileResponse(STATIC / "viewer.html")

    @app.get("/orders/{order_id}")
    async def order_page(order_id: str) -> FileResponse:
        return FileResponse(STATIC / "order.html")

    @app.get("/pictures/{name}")
    async def product_picture(name: str) -> Response:
        svg = sample_shop.picture(name)
        return Response(svg, media_type="image/svg+xml") if svg else Response(status_code=404)

    @app.post("/whep")
    async def whep_join(request: Request) -> Response:
        session, answer = await shared["whep"].join((await request.body()).decode())
        return Response(answer, 201, {"Location": f"/whep/{session}"}, media_type="application/sdp")

    @app.delete("/whep/{session}")
    async def whep_leave(session: str) -> Response:
        try:
            await shared["whep"].leave(session)
        except Refused:
            return Response(status_code=404)
        return Response(status_code=200)

    @app.websocket("/ws")
    async def socket(page: WebSocket, lang: str = "zh") -> None:
        await page.accept()
        world.pages[page] = {"id": "v1", "name": "小鱼", "lang": lang}
        viewer = {"id": "v1", "name": "小鱼"}
        await world.tell(page, world.hello(lang, viewer, shared["whep"].rtp_origin))
        await world.broadcast({"type": "viewers", "count": len(world.pages)})
        try:
            while True:
                await world.hear(page, await page.receive_json())
        except WebSocketDisconnect:
            world.pages.pop(page, None)

    @app.post("/api/orders/{order_id}/{verb}")
    async def order_verb(order_id: str, verb: str) -> dict[str, Any]:
        order = world.orders[order_id]
        if verb == "cancel":
            order.update(state="cancelled", pay_url="")
            line = order["lines"][0]
            await world.move_stock(line["sku"], line["quantity"])
        return order

    @app.get("/test/pay/{order_id}")
    async def pay(order_id: str) -> RedirectResponse:
        await world.pay(order_id)
        return RedirectResponse(f"/orders/{order_id}")

    @app.post("/test/emit")
    async def emit(request: Request) -> dict[str, int]:
        event = await request.json()
        if "pts" in event and event["pts"] is None:
            event["pts"] = world.pts
        await world.broadcast(event)
        return {"pts": world.pts}

    @app.post("/test/hang-up")
    async def hang_up() -> None:
        for page in list(world.pages):
            world.pages.pop(page)
            await page.close()

    return app


@contextlib.contextmanager
def serve(port: int = 0, path: Path | None = None):
    """Run it in a thread; yields `(url, world, picture)`."""
    world = World()
    picture = Picture(world, path)
    config = uvicorn.Config(create_app(world, picture), port=port, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = server.servers[0].sockets[0].getsockname()
    try:
        yield f"http://127.0.0.1:{address[1]}", world, picture
    finally:
        server.should_exit = True
        thread.join(10)


if __name__ == "__main__":
    chosen = int(sys.argv[1]) if len(sys.argv) > 1 else 8790
    drawn = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with serve(chosen, drawn) as (url, _, _):
        print(url)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
