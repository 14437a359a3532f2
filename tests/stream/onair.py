"""A tiny station for tests: an encoder in this process that feeds a hub and its viewers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import numpy as np

from idol.clock import SystemClock
from idol.stream.edges import open_whep
from idol.stream.encoder import AudioEncoder, LadderEncoder
from idol.stream.hub import Hub
from idol.stream.webrtc import WhepSettings
from idol.telemetry import get_log
from idol.testing.stream import clicks, stamp

SIZE = (416, 240)


class Station:
    """25 frames a second, stamped with their media time, and the click track."""

    def __init__(self, settings: WhepSettings, edges: int) -> None:
        self.video = LadderEncoder(SIZE, 25, kbps=1000, rungs=len(settings.kbps))
        self.audio = AudioEncoder()
        self.hub = Hub(
            self.video.request_key,
            SystemClock(),
            lambda rungs: setattr(self.video, "rungs", rungs),
        )
        self.whep = open_whep(self.hub, get_log("test"), settings, edges)
        self.pts = 0

    async def run(self) -> None:
        rng = np.random.default_rng(1)
        frame = rng.integers(40, 200, (SIZE[1] * 3 // 2, SIZE[0]), dtype=np.uint8)
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while True:
            frame[170:230] = rng.integers(40, 200, (60, SIZE[0]))  # fills the bit rate
            stamp(frame, self.pts, flash=False)
            packets = self.audio.encode(clicks(self.pts, 1920), self.pts)
            packets += self.video.encode(frame, self.pts)
            for packet in packets:
                self.hub.publish(packet)
            self.pts += 1920
            await asyncio.sleep(max(0.0, begin + self.pts / 48_000 - loop.time()))


@contextlib.asynccontextmanager
async def station(settings: WhepSettings | None = None, edges: int = 0) -> AsyncIterator[Station]:
    one = Station(settings or WhepSettings(), edges)
    await one.whep.start()
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await one.whep.close()
