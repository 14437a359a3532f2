"""Bad lines in a real Chromium: freezes and recovery of our viewers beside plain aiortc's.

The line is a relay in user space (`idol.testing.badline`): it loses, delays, reorders and narrows
what goes to the viewer. The picture is the test card, 720x1280 at 30 a second, 1.5 Mbit/s.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import itertools
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.fanout import CARD30, naive
from benchmarks.table import Table
from idol.stream.ladder import rungs
from idol.stream.webrtc import WhepSettings
from idol.testing.badline import BadLine, Faults
from idol.testing.serve import PAGE, station
from idol.testing.stream import voice

SECONDS = 20.0
FROZEN_S = 0.5
RUNGS = 2
LINES = {
    "good": Faults(delay=0.02),
    "2 % lost": Faults(loss=0.02, delay=0.02),
    "8 % lost": Faults(loss=0.08, delay=0.02),
    "20 % lost": Faults(loss=0.2, delay=0.02),
    "jitter 60 ms": Faults(delay=0.02, jitter=0.06),
    "5 % reordered": Faults(delay=0.02, reorder=0.05),
    "narrowed to 700 kbit/s": Faults(delay=0.02, kbps=700),
    "narrowed to 150 kbit/s": Faults(delay=0.02, kbps=150),
}
GOOD = LINES["good"]
SHORT = ("8 % lost", "narrowed to 700 kbit/s")


@contextlib.asynccontextmanager
async def behind(upstream: str, line: BadLine) -> AsyncIterator[str]:
    """A page and WHEP whose media passes `line`."""

    async def page(request: Request) -> Response:
        return Response(PAGE.read_text("utf-8"), media_type="text/html")

    async def whep(request: Request) -> Response:
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.post(f"{upstream}/whep", content=await request.body())
        return Response(
            await line.between(answer.text),
            answer.status_code,
            {"Location": answer.headers.get("Location", "/")},
            "application/sdp",
        )

    app = Starlette(routes=[Route("/", page), Route("/whep", whep, methods=["POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        line.close()


async def bad_lines(seconds: float = SECONDS, names: Sequence[str] = tuple(LINES)) -> Table:
    """Each line for `seconds`, then a good one again."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    browser = importlib.import_module("browser")
    table = Table(
        "Bad lines, Chromium",
        (
            "line",
            "server",
            "pictures a second",
            f"freezes over {FROZEN_S:.1f} s: number, total",
            "steady again after, s",
            "sound concealed",
            "back to full after, s",
        ),
    )
    kbps = tuple(rung.kbps for rung in rungs(CARD30.size, 1500, RUNGS))
    settings = replace(CARD30, rungs=RUNGS)
    for name in names:
        faults = LINES[name]
        async with station(settings, WhepSettings(kbps=kbps), track=voice) as on_air:
            await _row(table, browser, name, "idol", on_air.url, faults, seconds)
        async with naive() as (url, _):
            await _row(table, browser, name, "plain aiortc", url, faults, seconds)
    table.note = (
        f"{seconds:.0f} s of each line, then as long of a good one. Steady: two seconds without a "
        "gap. Full: the picture has 1280 lines again and comes at 24 a second. Sound: a voice's "
        "buzz. Plain aiortc has no sound here and encodes for this one viewer alone."
    )
    return table


async def _row(
    table: Table, tool: Any, name: str, server: str, url: str, faults: Faults, seconds: float
) -> None:
    line = BadLine(GOOD)
    async with behind(url, line) as front, tool.open_browser() as browser:
        page = await browser.new_page()
        await page.goto(front)
        await tool.wait_for(page, "state.frames > 60 || state.error")
        before, at = await page.evaluate("report()"), await _now(page)
        line.faults = faults
        await asyncio.sleep(seconds)
        worse, until = await page.evaluate("report()"), await _now(page)
        line.faults = GOOD
        await asyncio.sleep(seconds)
        stamps = [each[0] for each in await page.evaluate("state.stamps")]
        sizes = await page.evaluate("state.sizes")
    during = [each for each in stamps if at <= each <= until]
    gaps = [b - a for a, b in zip([at, *during], [*during, until], strict=True)]
    frozen = [gap / 1000 for gap in gaps if gap > FROZEN_S * 1000]
    print(f"{name}, {server}: {len(during)} pictures", file=sys.stderr, flush=True)
    table.add(
        name,
        server,
        f"{len(during) / seconds:.1f}",
        f"{len(frozen)}, {sum(frozen):.1f} s",
        _steady(stamps, at, until),
        _concealed(before, worse),
        _full(sizes, until),
    )


async def _now(page: Any) -> float:
    now: float = await page.evaluate("performance.timeOrigin + performance.now()")
    return now


def _steady(stamps: list[float], at: float, until: float) -> str:
    """Seconds from `at` to the first picture after which two seconds have no gap."""
    after = [each for each in stamps if at <= each <= until]
    for index, begin in enumerate(after):
        if begin + 2000 > until:
            break
        ahead = [*(each for each in after[index:] if each <= begin + 2000), begin + 2000]
        if all(b - a < FROZEN_S * 1000 for a, b in itertools.pairwise(ahead)):
            return f"{(begin - at) / 1000:.1f}"
    return "not"


def _full(sizes: list[tuple[float, int]], until: float) -> str:
    """Seconds from `until` to full size at speed."""
    full = [each for each, height in sizes if each > until and height == CARD30.size[1]]
    for index, begin in enumerate(full[:-24]):
        if full[index + 24] - begin < 1000:
            return f"{(begin - until) / 1000:.1f}"
    return "not"


def _concealed(before: Any, after: Any) -> str:
    if not after.get("audio") or not before.get("audio"):
        return "no sound"
    values = [
        after["audio"][name] - before["audio"][name]
        for name in ("concealedSamples", "totalSamplesReceived")
    ]
    return f"{values[0] / max(1, values[1]) * 100:.1f} %"
