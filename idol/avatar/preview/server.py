"""The preview's web server: one page, one socket that carries wishes in and pictures out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from idol.avatar.overlay import themes
from idol.avatar.preview.booth import FPS, Booth, known_viseme, parameters
from idol.model import EMOTIONS, GESTURES, VISEMES, Activity

STATIC = Path(__file__).with_name("static")
ACTIVITIES: tuple[Activity, ...] = (
    *("idle", "listening", "thinking", "speaking", "waiting", "celebrating"),
)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def create_app(booth: Booth) -> FastAPI:
    """The page for one booth."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def headers(request: Any, call_next: Any) -> Response:
        answer: Response = await call_next(request)
        answer.headers.update(HEADERS)
        return answer

    @app.get("/")
    async def page() -> Response:
        return FileResponse(STATIC / "preview.html")

    @app.get("/about")
    async def about() -> Response:
        return JSONResponse(
            {
                "folder": booth.folder.name,
                "stages": sorted(booth.stages),
                "params": parameters(),
                "emotions": EMOTIONS,
                "gestures": GESTURES[1:],
                "visemes": VISEMES,
                "activities": ACTIVITIES,
                "themes": themes.names(),
            }
        )

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        origin = socket.headers.get("origin")
        if origin and urlsplit(origin).netloc != socket.headers.get("host"):
            await socket.close(4403)
            return
        await socket.accept()
        hears = asyncio.create_task(_hear(socket, booth))
        try:
            await _show(socket, booth, hears)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the page is gone
        finally:
            hears.cancel()

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


async def _hear(socket: WebSocket, booth: Booth) -> None:
    """Take wishes until the page leaves."""
    while True:
        try:
            message = json.loads(await socket.receive_text())
        except ValueError:
            continue
        except (WebSocketDisconnect, KeyError, RuntimeError):
            return
        if isinstance(message, dict):
            booth.ask(**clean(message))


async def _show(socket: WebSocket, booth: Booth, hears: asyncio.Task[None]) -> None:
    """Send pictures in their time, and the state whenever it has changed."""
    loop = asyncio.get_running_loop()
    due, told = loop.time(), None
    while not hears.done():
        jpeg = await asyncio.to_thread(booth.frame)
        if booth.state != told:
            told = booth.state
            await socket.send_text(json.dumps(asdict(told), ensure_ascii=False))
        if jpeg is not None:
            await socket.send_bytes(jpeg)
        due = max(due + 1 / FPS, loop.time() - 0.2)
        await asyncio.sleep(max(0.0, due - loop.time()))


def clean(message: dict[str, Any]) -> dict[str, Any]:
    """What of a page's message can be asked of a booth."""
    out: dict[str, Any] = {}
    if isinstance(message.get("params"), dict):
        bounds = {str(p["name"]): p for p in parameters()}
        out["params"] = {
            name: min(
                max(float(value), float(str(bounds[name]["low"]))), float(str(bounds[name]["high"]))
            )
            for name, value in message["params"].items()
            if name in bounds and isinstance(value, (int, float))
        }
    for field, known in (
        ("emotion", EMOTIONS),
        ("gesture", GESTURES),
        ("activity", ACTIVITIES),
        ("orientation", ("portrait", "landscape")),
        ("language", ("zh", "en")),
        ("theme", themes.names()),
    ):
        if message.get(field) in known:
            out[field] = message[field]
    for field in ("talk", "card"):
        if isinstance(message.get(field), bool):
            out[field] = message[field]
    if isinstance(message.get("stage"), str):
        out["stage"] = message["stage"]
    if "viseme" in message:
        out["viseme"] = known_viseme(message["viseme"])
    return out
