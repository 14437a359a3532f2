"""A WHEP player made of aiortc, for tests: what a stranger's player would do."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError


class Player:
    """Joins a `Whep` and keeps the last frames it decoded."""

    def __init__(self, kinds: tuple[str, ...] = ("audio", "video"), *, read: bool = True) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.frames: dict[str, list[Any]] = {"audio": [], "video": []}
        self.session = ""
        self._readers: list[asyncio.Task[None]] = []
        for kind in kinds:
            self.connection.addTransceiver(kind, "recvonly")
        if read:
            self.connection.on("track", self._on_track)

    def _on_track(self, track: Any) -> None:
        self._readers.append(asyncio.ensure_future(self._read(track)))

    async def _read(self, track: Any) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                self.frames[track.kind].append(await track.recv())

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return str(self.connection.localDescription.sdp)

    async def join(self, whep: Any) -> None:
        self.session, answer = await whep.join(await self.offer())
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: self.connection.connectionState == "connected")

    async def close(self) -> None:
        await self.connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)


async def until(true: Any, seconds: float = 60.0) -> None:
    """Wait until a condition holds; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any condition, no event to wait for
            await asyncio.sleep(0.01)
