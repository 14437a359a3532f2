"""The app that serves everything, and the server that runs it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from idol.errors import BadInput, IdolError, Refused
from idol.telemetry import TaskSet
from idol.web import (
    console_api,
    desklog,
    hls,
    link_api,
    office_api,
    ops,
    payments,
    viewer_api,
    whep,
)
from idol.web.auth import Operators, Viewers, host_names
from idol.web.incoming import push
from idol.web.ops import HealthMeter
from idol.web.security import SecurityHeaders
from idol.web.services import Services
from idol.web.socket import LARGEST_FRAME
from idol.web.status import status_of
from idol.web.texts import known, language_of, say
from idol.web.viewer_api import STATIC


def create_app(services: Services) -> FastAPI:
    """The whole web side of a show. While it runs it also keeps pages and desks up to date."""
    tasks = TaskSet(services.log)
    meter = HealthMeter()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        detach = desklog.attach(services.audience, services.clock)
        tasks.start(_keep_told(services, meter), "web-tell")
        try:
            yield
        finally:
            detach()
            await tasks.close()

    app = FastAPI(title="Idol", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    viewers = Viewers(services.cookie_secret, host_names(services.show.host))
    operators = Operators(services.console_password, services.clock)
    app.include_router(viewer_api.router(services, viewers))
    app.include_router(whep.router(services))
    app.include_router(payments.router(services, app, tasks))
    app.include_router(console_api.router(services, operators, meter, tasks))
    if services.office is not None:
        app.include_router(office_api.router(services, operators, services.office))
    app.include_router(ops.router(services, meter))
    app.include_router(hls.router(services.settings.outputs))
    if services.chats is not None:
        app.include_router(push.router(services.chats))
    if services.chats is not None and services.chats.feeds:
        app.include_router(link_api.router(services, viewers, services.chats.links))
    app.mount("/static", _Static(directory=STATIC), name="static")

    @app.exception_handler(IdolError)
    async def refused(request: Request, error: IdolError) -> Response:
        if isinstance(error, Refused):
            code, detail = error.code, str(error)
            return _answer(request, status_of(code), code, detail)
        if isinstance(error, BadInput):
            return _answer(request, 400, "bad_command", str(error))
        services.log.warning("unavailable", path=request.url.path, why=str(error))
        return _answer(request, 503, "unavailable")

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        code = "not_found" if error.status_code == 404 else "refused"
        return _answer(request, error.status_code, code)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        services.log.error("request failed", path=request.url.path, exc_info=error)
        return _answer(request, 500, "try_again")

    return app


class _Server(uvicorn.Server):
    """uvicorn, that says when and on which port it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[int], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening(self.servers[0].sockets[0].getsockname()[1])


def bound(host: str, port: int) -> socket.socket:
    """A socket that has an address, for `server.serve([socket])`. `port` 0 takes a free one.

    Raises `BadInput` where somebody else has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise BadInput(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; "
            "another show may be on air here, and --port 0 takes a free port",
            where="web.port",
        ) from error
    return taken


def make_server(
    app: FastAPI,
    host: str,
    port: int,
    listening: Callable[[int], None] = lambda port: None,
    tls: tuple[str, str] | None = None,
) -> uvicorn.Server:
    """A server for `await server.serve()`; ends within 3 s of `server.should_exit = True`.

    `listening(port)` is called once it can be reached; `port` 0 takes a free one. `tls` names
    the files of a certificate and its key; a renewed one is taken with the next start.
    """
    return _Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            ssl_certfile=tls[0] if tls else None,
            ssl_keyfile=(tls[1] or None) if tls else None,
            ws_max_size=LARGEST_FRAME,
            # Small messages: deflating each for each page costs more than it saves.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=3,
        ),
        listening,
    )


class _Static(StaticFiles):
    """Files that are looked at again on every load (304 by ETag), so an update is seen at once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


async def _keep_told(services: Services, meter: HealthMeter) -> None:
    """Once a second: the number of viewers to all; health, and totals after a sale, to desks."""
    audience = services.audience
    while True:
        try:
            audience.announce()
            audience.tell_operators(ops.stats(services, meter))
            if audience.sold and audience.operators:
                audience.sold = False
                totals = await console_api.totals(services)
                audience.tell_operators({"type": "totals", **totals})
        except asyncio.CancelledError:
            raise
        except Exception as error:
            services.log.error("telling the pages failed", exc_info=error)
        await services.clock.sleep(1.0)


def _answer(request: Request, status: int, code: str, detail: str = "") -> Response:
    """The reason as JSON for programs; as a small page for people who followed a link."""
    language = language_of(request.query_params.get("lang"), request.headers.get("accept-language"))
    text = say(code if known(code) else "refused", language, detail=detail)
    headers = {"Access-Control-Allow-Origin": "*"} if request.url.path.startswith("/whep") else {}
    if code == "full":
        headers["Retry-After"] = "10"
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        home = {"zh": "回到直播间", "en": "Back to the show"}[language]
        page = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<title>Idol</title><link rel="stylesheet" href="/static/plain.css">'
            f'<main><p>{text}</p><a class="button" href="/">{home}</a></main></html>'
        )
        return HTMLResponse(page, status, headers)
    return JSONResponse({"code": code, "text": text}, status, headers)
