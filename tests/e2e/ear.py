"""An ear among the viewers that hears in media time: which sample of the show was how loud,
however late it came. What it says does not depend on how busy the machine is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from idol.clock import SAMPLE_RATE

BLOCK = SAMPLE_RATE // 50
"""Samples in one block, 20 ms."""
SPEECH, SILENCE = 0.01, 0.002
"""Levels (RMS, 1.0 is full scale) from which a block is speech, and below which it is silence."""


class Ear:
    """A viewer that asks for sound alone. All times are media time in 48 kHz samples."""

    def __init__(self) -> None:
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._receiver = self._connection.addTransceiver("audio", "recvonly").receiver
        self._connection.on("track", self._on_track)
        self._blocks: dict[int, np.ndarray] = {}
        self._reader: asyncio.Task[None] | None = None

    async def join(self, url: str) -> None:
        await self._connection.setLocalDescription(await self._connection.createOffer())
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(
                f"{url}/whep",
                content=self._connection.localDescription.sdp,
                headers={"Content-Type": "application/sdp"},
            )
            answer.raise_for_status()
        await self._connection.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await self.until(lambda: self._blocks, "no sound arrives")

    async def close(self) -> None:
        await self._connection.close()
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _on_track(self, track: Any) -> None:
        self._reader = asyncio.ensure_future(self._read(track))

    async def _read(self, track: Any) -> None:
        # aiortc counts from the first packet, and only its mapper knows that packet's RTP time,
        # which is media time: `rtp_origin` is 0.
        mapper = self._receiver._RTCRtpReceiver__timestamp_mapper
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                sound = frame.to_ndarray().reshape(-1, 2).mean(1) / 32768
                begin = frame.pts + mapper._origin
                for at in range(0, len(sound), BLOCK):
                    self._blocks[begin + at] = sound[at : at + BLOCK].astype(np.float32)

    @property
    def now(self) -> int:
        """The newest sample heard."""
        return max(self._blocks)

    async def until(self, condition: Callable[[], Any], why: str, seconds: float = 120) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not condition():  # noqa: ASYNC110 - any condition, no event to wait for
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(why) from None

    async def hears(self, pts: int) -> None:
        """Wait until all before `pts` has been heard."""
        await self.until(lambda: self.now >= pts, f"the sound stops at {self.now}, before {pts}")

    async def rest(self, since: int, seconds: float) -> int:
        """Wait until nothing sounds for so long, from `since` on; where that silence ends."""
        length = round(seconds * SAMPLE_RATE)
        begin = since

        def rests() -> bool:
            nonlocal begin
            begin = max([begin, *(at for at, level in self.levels(begin) if level >= SILENCE)])
            return self.now - begin > length

        await self.until(rests, "she never rests")
        return begin + length

    def levels(self, begin: int, end: int = 1 << 62) -> list[tuple[int, float]]:
        """(media time, level) of each 20 ms that begins in this span."""
        return [
            (at, float(np.sqrt((sound**2).mean())))
            for at, sound in sorted(self._blocks.items())
            if begin <= at < end
        ]

    def sound(self, begin: int, end: int) -> np.ndarray:
        """What sounded in this span: mono, float32, 48 kHz."""
        blocks = [sound for at, sound in sorted(self._blocks.items()) if begin <= at < end]
        return np.concatenate(blocks)
