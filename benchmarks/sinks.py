"""Cheap viewers in a process of their own: real ICE, DTLS and receiver reports, but packets are
only counted, not decrypted or decoded, and fetched from the kernel a few dozen times a second.
Their CPU is counted apart, for they share the cores."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import aioice.ice
import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket

from idol.stream import aiortc_private

PATIENCE = 120.0
ONCE = httpx.Limits(max_keepalive_connections=0)
"""A connection kept open may be closed by the server at the very moment that it is used."""
TRY = 10.0
"""Seconds after which a viewer that has got nothing joins again, as the page does."""
FETCH = 0.03
"""Seconds between two looks into the sockets."""
AT_ONCE = 4
"""Viewers that join at the same time."""


@dataclass(frozen=True, slots=True)
class Count:
    """Totals of one viewer."""

    packets: int
    octets: int
    frames: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All viewers at one moment; `cpu_s` is that of the viewers' process."""

    at: float
    cpu_s: float
    viewers: dict[int, Count]


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any condition, no event to wait for
            await asyncio.sleep(0.01)


class Sinks:
    """The measuring side."""

    def __init__(self, pipe: Connection[Any, Any]) -> None:
        self._pipe = pipe

    async def _ask(self, *order: Any) -> Any:
        await asyncio.to_thread(self._pipe.send, order)
        return await asyncio.to_thread(self._pipe.recv)

    async def join(self, count: int) -> list[float]:
        """So many more viewers; the seconds from the (first) offer of each to its first packet."""
        times: list[float] = await self._ask("join", count)
        return times

    async def count(self) -> Counts:
        counts: Counts = await self._ask("count")
        return counts


@asynccontextmanager
async def sinks(url: str, janus: bool = False) -> AsyncIterator[Sinks]:
    """Viewers of the WHEP server at `url`, or of Janus' streaming mountpoint 1."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_main, args=(theirs, url, janus), daemon=True)
    await asyncio.to_thread(child.start)
    theirs.close()
    try:
        yield Sinks(ours)
    finally:
        ours.close()
        await asyncio.to_thread(child.join, 20)
        if child.is_alive():
            child.kill()


def _main(pipe: Connection[Any, Any], url: str, janus: bool) -> None:
    asyncio.run(_Crowd(pipe, url, janus).run())


class _Crowd:
    def __init__(self, pipe: Connection[Any, Any], url: str, janus: bool) -> None:
        self._pipe, self._url, self._janus = pipe, url, janus
        self._peers: list[tuple[RTCPeerConnection, list[int]]] = []
        self._counts: dict[int, list[int]] = {}
        self._sound: set[int] = set()
        """Payload types of Opus."""
        self._keep: list[Any] = []
        self._ways: list[tuple[Any, Any]] = []
        """Socket and protocol of each viewer that has joined."""
        self._connections = aiortc_private.Connections()
        real = aioice.ice.StunProtocol.datagram_received
        counts, sound = self._counts, self._sound

        def received(self: Any, data: bytes, address: Any) -> None:
            kind = data[0]
            if not 127 < kind < 192:
                real(self, data, address)
            elif not 200 <= data[1] <= 206:  # RTCP is none of the stream
                count = counts.setdefault(id(self.receiver), [0, 0, 0])
                count[0] += 1
                count[1] += len(data)
                if data[1] & 0x7F not in sound:
                    count[2] += data[1] >> 7  # the marker: the last packet of a picture

        aioice.ice.StunProtocol.datagram_received = received

    async def run(self) -> None:
        tasks = [asyncio.create_task(self._report()), asyncio.create_task(self._fetch())]
        async with httpx.AsyncClient(timeout=PATIENCE, limits=ONCE) as client:
            try:
                while True:
                    order = await asyncio.to_thread(self._pipe.recv)
                    if order[0] == "join":
                        times: list[float] = []
                        for begin in range(0, order[1], AT_ONCE):
                            batch = range(begin, min(order[1], begin + AT_ONCE))
                            times += await asyncio.gather(*(self._join(client) for _ in batch))
                        self._pipe.send(times)
                    else:
                        viewers = {key: Count(*each) for key, each in self._counts.items()}
                        self._pipe.send(Counts(time.monotonic(), time.process_time(), viewers))
            except (EOFError, BrokenPipeError):
                pass  # the measuring side is gone
        for task in tasks:
            task.cancel()
        await asyncio.gather(*(peer.close() for peer, _ in self._peers), return_exceptions=True)

    async def _join(self, client: httpx.AsyncClient) -> float:
        begin = time.monotonic()
        while True:
            peer = (
                RTCPeerConnection(RTCConfiguration(iceServers=[]))
                if self._janus
                else self._connections.new([], bundled=True)
            )
            try:
                answer = await self._watch(client, peer)
                break
            except TimeoutError:
                await peer.close()
                if time.monotonic() - begin > PATIENCE:
                    raise
        took = time.monotonic() - begin
        lines = [line for line in answer.splitlines() if line.startswith("a=ssrc:")]
        self._peers.append((peer, list({int(line[7:].split()[0]): 0 for line in lines})))
        protocol = _transport(peer)._nominated[1].protocol
        way = protocol.transport.get_extra_info("socket").dup()
        way.setblocking(False)
        asyncio.get_running_loop()._remove_reader(protocol.transport._sock_fd)  # type: ignore[attr-defined]
        self._ways.append((way, protocol))
        return took

    async def _watch(self, client: httpx.AsyncClient, peer: RTCPeerConnection) -> str:
        """Until packets come; returns the description that names the sources."""
        if self._janus:
            answer = await self._watch_janus(client, peer)
        else:
            with aiortc_private.sending_only():  # nothing that would be estimated is looked at
                peer.addTransceiver("audio", "recvonly")
                peer.addTransceiver("video", "recvonly")
            await peer.setLocalDescription(await peer.createOffer())
            response = await client.post(
                f"{self._url}/whep",
                content=peer.localDescription.sdp,
                headers={"Content-Type": "application/sdp"},
            )
            response.raise_for_status()
            answer = response.text
            await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        self._sound |= {int(number) for number in re.findall(r"a=rtpmap:(\d+) opus", answer)}
        key = id(_transport(peer))
        await until(lambda: peer.connectionState == "connected" and key in self._counts, TRY)
        return answer

    async def _fetch(self) -> None:
        """Hand on what lies in the sockets of those who have joined."""
        while True:
            await asyncio.sleep(FETCH)
            for way, protocol in self._ways:
                with contextlib.suppress(BlockingIOError):
                    while True:
                        protocol.datagram_received(*way.recvfrom(2048))

    async def _watch_janus(self, client: httpx.AsyncClient, peer: RTCPeerConnection) -> str:
        """Janus offers and we answer; returns its offer, which names the sources."""
        number = itertools.count()

        async def post(path: str, **body: Any) -> Any:
            body["transaction"] = f"t{next(number)}"
            return (await client.post(self._url + path, json=body)).json()

        path = f"/janus/{(await post('/janus', janus='create'))['data']['id']}"
        plugin = "janus.plugin.streaming"
        handle = await post(path, janus="attach", plugin=plugin)
        at = f"{path}/{handle['data']['id']}"
        await post(at, janus="message", body={"request": "watch", "id": 1})
        while "jsep" not in (event := (await client.get(self._url + path + "?maxev=1")).json()):
            pass
        offer: str = event["jsep"]["sdp"]
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        answer = {"type": "answer", "sdp": peer.localDescription.sdp}
        await post(at, janus="message", body={"request": "start"}, jsep=answer)

        async def keep_alive() -> None:
            while True:
                await asyncio.sleep(20)
                await post(path, janus="keepalive")

        self._keep.append(asyncio.create_task(keep_alive()))
        return offer

    async def _report(self) -> None:
        """Receiver reports, as real viewers send them each second."""
        while True:
            await asyncio.sleep(1.0)
            for peer, sources in self._peers:
                transport = peer.getTransceivers()[0].receiver.transport
                reports = [RtcpReceiverInfo(ssrc, 0, 0, 0, 0, 0, 0) for ssrc in sources]
                await transport._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=reports)))


def _transport(peer: RTCPeerConnection) -> Any:
    """aioice's connection below the first receiver."""
    return peer.getTransceivers()[0].receiver.transport.transport._connection
