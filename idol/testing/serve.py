"""The smallest real server: a test card, its click track, and WHEP, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from idol.clock import SAMPLE_RATE, SystemClock
from idol.errors import Refused
from idol.model import Pcm, Played, SpeechChunk
from idol.show.messages import StudioStats
from idol.show.studio import Studio, StudioSettings
from idol.stream.edges import open_whep
from idol.stream.hub import Hub
from idol.stream.webrtc import WhepSettings
from idol.telemetry import Log, get_log
from idol.testing.stream import clicks

Track = Callable[[int, int], Pcm]
"""Sound from a media time on, and of how many samples."""
PAGE = Path(__file__).with_name("player.html")
CHUNK = SAMPLE_RATE // 2
LEAD = 4
"""Chunks that are sent ahead: two seconds, so that a busy machine cannot starve the track."""
CARD = StudioSettings(Path(), Path(), renderer="idol.testing.stream:TestCard")


class TestStation:
    """A studio, a hub and WHEP on one loopback port. `url` is where the player is."""

    __test__ = False  # not a test case, whatever its name says

    def __init__(
        self, settings: StudioSettings, whep: WhepSettings, log: Log, edges: int = 0
    ) -> None:
        self._began: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.stats: StudioStats | None = None
        self.studio = Studio(
            settings,
            log,
            on_packet=lambda packet: self.hub.publish(packet),
            on_played=self._played,
            on_stats=lambda stats: setattr(self, "stats", stats),
        )
        self.hub = Hub(self.studio.request_key, SystemClock(), self.studio.rungs)
        self.whep = open_whep(self.hub, log, whep, edges)
        self.url = ""

    def app(self) -> FastAPI:
        """WHEP as the web room serves it, and the measuring player at /."""
        app = FastAPI()

        @app.get("/")
        def page() -> HTMLResponse:
            return HTMLResponse(PAGE.read_text("utf-8"))

        @app.get("/favicon.ico")
        def icon() -> Response:
            return Response(status_code=204)

        @app.post("/whep")
        async def join(request: Request) -> Response:
            try:
                session, answer = await self.whep.join((await request.body()).decode())
            except Refused as refused:
                return Response(str(refused), 503 if refused.code == "full" else 400)
            headers = {"Location": f"/whep/{session}"}
            return Response(answer, 201, headers, "application/sdp")

        @app.delete("/whep/{session}")
        async def leave(session: str) -> Response:
            try:
                await self.whep.leave(session)
            except Refused:
                return Response(status_code=404)
            return Response()

        return app

    async def play(self, track: Track) -> None:
        """Play a track for ever, in step with media time.

        Two seconds of silence tell at which media time the utterance began; every chunk after
        them is cut from the track at its own media time.
        """
        for index in range(LEAD):
            silence = np.zeros(CHUNK, np.int16)
            self.studio.say(SpeechChunk("clicks", 0, 0, index, index * CHUNK, silence))
        base = await self._began
        for index in itertools.count(LEAD):
            start = index * CHUNK
            due = base + start + CHUNK - LEAD * CHUNK
            await asyncio.sleep(max(0.0, (due - self.studio.pts) / SAMPLE_RATE))
            pcm = track(base + start, CHUNK)
            self.studio.say(SpeechChunk("clicks", 0, 0, index, start, pcm))

    def _played(self, played: Played) -> None:
        if played.started and not self._began.done():
            self._began.set_result(played.pts)


@contextlib.asynccontextmanager
async def station(
    settings: StudioSettings = CARD,
    whep: WhepSettings | None = None,
    edges: int = 0,
    track: Track = clicks,
) -> AsyncIterator[TestStation]:
    """A station on air, on a free port of 127.0.0.1; everything ends with the block.

    Clicks go with the picture's flashes.
    """
    log = get_log("station")
    one = TestStation(settings, whep or WhepSettings(), log, edges)
    listener = socket.create_server(("127.0.0.1", 0))
    one.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(one.app(), log_level="warning", lifespan="off"))
    await asyncio.gather(one.studio.start(), one.whep.start())
    # The socket listens already, so a page may be opened before the server has come up.
    tasks = [
        asyncio.create_task(server.serve(sockets=[listener])),
        asyncio.create_task(one.play(track)),
    ]
    try:
        yield one
    finally:
        await one.whep.close()
        server.should_exit = True
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await one.studio.stop()
