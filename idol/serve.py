"""A show on air with its pages: from the port's first moment to the show's last."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable

from idol.app import LiveShow
from idol.clock import SystemClock
from idol.config import Settings, Web
from idol.telemetry import configure_log, get_log
from idol.web.auth import cookie_secret
from idol.web.server import bound, create_app, make_server
from idol.web.services import Services


@contextlib.asynccontextmanager
async def on_air(settings: Settings) -> AsyncIterator[tuple[LiveShow, Services]]:
    """A show that is running, and what its pages need."""
    live = LiveShow(settings, SystemClock(), get_log("show"))
    services = Services(
        stage=live.stage,
        reception=live.reception,
        shop=live.shop,
        whep=live.whep,
        audience=live.audience,
        settings=settings,
        show=live.show,
        listings=live.listings,
        clock=live.clock,
        log=get_log("web"),
        console_password=os.environ.get("IDOL_CONSOLE_PASSWORD") or secrets.token_urlsafe(9),
        cookie_secret=cookie_secret(live.data),
        sandbox=live.provider if settings.shop.payment == "sandbox" else None,
        health=live.health,
        traffic=live.traffic,
        chats=live.chats,
        office=live.shop,
        perks=live.shop,
        factory_secret=os.environ.get("IDOL_FACTORY_SECRET", ""),
        reload=live.studio.reload,
    )
    try:
        await live.start()
        yield live, services
    finally:
        await live.close()


async def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """`idol live`: on air until Ctrl-C, SIGTERM or the console's stop."""
    configure_log(settings.log.level, json=settings.log.json_lines)
    web = settings.web
    with bound(web.host, web.port) as address:  # before all that takes longer
        async with on_air(settings) as (live, services):
            # Else a look for garbage through all that is loaded keeps every buyer waiting.
            gc.collect()
            gc.freeze()
            await _serve_pages(live, services, web, address, say)


async def _serve_pages(
    live: LiveShow, services: Services, web: Web, address: socket.socket, say: Callable[[str], None]
) -> None:
    def listening(port: int) -> None:
        scheme = "https" if web.certificate else "http"
        url = web.public_url or f"{scheme}://{web.host}:{port}"
        say(f"\n  {live.title}: on air\n\n  viewers   {url}/\n  console   {url}/console")
        say(f"  password  {services.console_password}   (for this run)\n")
        for caution in live.cautions:
            say(f"  caution   {caution}")

    tls = (web.certificate, web.certificate_key) if web.certificate else None
    server = make_server(create_app(services), web.host, web.port, listening, tls)
    serving = asyncio.create_task(server.serve([address]))
    ended = asyncio.create_task(live.stage.ended())
    await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    ended.cancel()
    await serving
