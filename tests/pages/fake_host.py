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
from fake_world import World

from idol.clock import SAMPLE_RATE, SystemClock
from idol.errors import Refused
from idol.stream.encoder import OPUS_FRAME, AudioEncoder, VideoEncoder
from idol.stream.hub import Hub
from idol.stream.webrtc import Whep

STATIC = Path(__file__).parents[2] / "idol" / "web" / "static"
CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def glow(size: tuple[int, int]) -> np.ndarray:
    """A light in the dark where she would stand: BGR."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.exp(-(((x - width / 2) / 90) ** 2 + ((y - height * 0.36) / 120) ** 2))
    return np.dstack([90 + 90 * light, 30 + 70 * light, 70 + 150 * light]).astype(np.uint8)


class Picture:
    """Paces frames and silence through the real encoders into the hub, on one thread."""

    def __init__(self, world: World, path: Path | None, size: tuple[int, int] = (360, 640)) -> None:
        self.world, self.fps = world, 10
        image = cv2.imread(str(path)) if path else glow(size)
        self.size = size = (image.shape[1] // 2 * 2, image.shape[0] // 2 * 2)
        self.image = image[: size[1], : size[0]]
        self.frozen = False
        self.video = VideoEncoder(size, self.fps)
        self.audio = AudioEncoder()
        self.stopping = threading.Event()

    def frame(self, index: int) -> np.ndarray:
        width, height = self.size
        picture = self.image.copy()
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
        hub = Hub(lambda rung: picture.video.request_key(), SystemClock())
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

    @app.get("/api/ice")
    async def ice() -> dict[str, list[str]]:
        return {"iceServers": []}

    @app.post("/whep")
    async def whep_join(request: Request) -> Response:
        session, answer = await shared["whep"].join((await request.body()).decode())
        return Response(answer, 201, {"Location": f"/whep/{session}"}, media_type="application/sdp")

    @app.patch("/whep/{session}")
    async def whep_trickle(session: str, request: Request) -> Response:
        try:
            await shared["whep"].trickle(session, (await request.body()).decode())
        except Refused:
            return Response(status_code=404)
        return Response(status_code=204)

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

    @app.get("/api/packets/{packet}")
    async def packet_record(packet: str) -> dict[str, Any]:
        return world.perks.record()

    @app.post("/test/packet/{what}")
    async def packet(what: str, seconds: float = 150.0) -> None:
        perks = world.perks
        changed = perks.draw() if what == "draw" else perks.open_packet(seconds)
        await world.broadcast({"type": "packet", **changed})

    @app.post("/test/offers")
    async def offers(request: Request) -> None:
        world.perks.offers = await request.json()
        await world.broadcast({"type": "offers", "coupons": world.perks.offers})

    @app.post("/test/restock/{sku}")
    async def restock(sku: str) -> None:
        await world.restock(sku)

    @app.get("/api/orders/{order_id}")
    async def order_now(order_id: str) -> dict[str, Any]:
        return {**world.orders[order_id], "after": None}

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

    @app.post("/test/edge-dies")
    async def edge_dies() -> dict[str, int]:
        """What serves the viewers is gone in the middle of a packet, and says no word."""
        whep = shared["whep"]
        for id, session in list(whep._sessions.items()):
            for sender in session.connection.getSenders():
                for protocol in sender.transport.transport._connection._protocols:
                    protocol.transport.abort()
            await whep.leave(id)
        return {"joined": whep.stats()["joined"]}

    @app.get("/test/joined")
    async def joined() -> dict[str, int]:
        return {"joined": shared["whep"].stats()["joined"]}

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
