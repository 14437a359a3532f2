"""What one more viewer costs, 720x1280 at 30 a second and 1.5 Mbit/s: our edge process with each
of its send loops, beside plain aiortc and beside Janus, all with the same viewers and picture."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import shutil
import socket
import struct
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.sinks import PATIENCE, Counts, sinks
from benchmarks.table import Table, percentile
from idol.stream import native
from idol.stream.edges import Edges
from idol.stream.rtp import Unit
from idol.stream.webrtc import WhepSettings
from idol.testing.serve import CARD, station

CARD30 = replace(CARD, fps=30)
VIEWERS, NAIVE = 64, 2
SECONDS = 10.0
COLUMNS = (
    "way",
    "viewers",
    "server, cores",
    "each viewer, % of a core",
    "pictures a second, worst viewer",
    "kbit/s",
    "join P50, P95, ms",
    "the viewers' own, cores",
)
JANUS_TIME = {"audio": 48_000, "video": 90_000}


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


async def measured(
    table: Table, name: str, url: str, pid: int, count: int, seconds: float, janus: bool = False
) -> None:
    """Add a row: `count` viewers of `url`, served by process `pid`."""
    idle, begin = cpu_s(pid), time.monotonic()
    await asyncio.sleep(min(4.0, seconds))
    base = (cpu_s(pid) - idle) / (time.monotonic() - begin)
    async with sinks(url, janus) as crowd:
        joins = await crowd.join(count)
        await asyncio.sleep(2.0)
        first, used = await crowd.count(), cpu_s(pid)
        await asyncio.sleep(seconds)
        last, used = await crowd.count(), cpu_s(pid) - used
        passed = last.at - first.at
        table.add(
            name,
            count,
            f"{used / passed:.3f}",
            f"{(used / passed - base) / count * 100:.3f}",
            f"{min(frames(first, last)):.1f}",
            f"{rate(first, last):.0f}",
            f"{percentile(joins, 0.5) * 1000:.0f}, {percentile(joins, 0.95) * 1000:.0f}",
            f"{(last.cpu_s - first.cpu_s) / passed:.3f}",
        )


def frames(first: Counts, last: Counts) -> list[float]:
    """Pictures a second of each viewer between two counts."""
    passed = last.at - first.at
    return [
        (after.frames - before.frames) / passed
        for key, after in last.viewers.items()
        if (before := first.viewers.get(key))
    ]


def rate(first: Counts, last: Counts) -> float:
    """kbit/s of the mean viewer, with all headers below UDP."""
    octets = sum(c.octets for c in last.viewers.values()) - sum(
        c.octets for c in first.viewers.values()
    )
    return octets * 8 / 1000 / (last.at - first.at) / max(1, len(last.viewers))


async def fan_out(count: int = VIEWERS, seconds: float = SECONDS) -> Table:
    """Every way, one after the other."""
    table = Table("One more viewer", COLUMNS)
    ways = {"edge, our loop in Python": WhepSettings(native=False)}
    if native.load() is not None:
        ways = {"edge, our loop in C": WhepSettings(), **ways}
    ways["edge, aiortc's loop, packets ready (the fallback)"] = WhepSettings(direct=False)
    for name, settings in ways.items():
        async with station(CARD30, settings, edges=1) as on_air:
            assert isinstance(on_air.whep, Edges)
            edge = on_air.whep.edges[0]
            while not edge.values:  # noqa: ASYNC110 - what it spends to come up counts for nobody
                await asyncio.sleep(0.1)
            assert edge.worker.pid
            await measured(table, name, on_air.url, edge.worker.pid, count, seconds)
    async with naive() as (url, pid):
        await measured(table, "plain aiortc, H.264 for each", url, pid, NAIVE, seconds)
    if shutil.which("janus"):
        async with station(CARD30) as on_air, janus() as (url, pid, feed):
            on_air.hub.add(feed)
            await measured(table, "Janus streaming", url, pid, count, seconds, janus=True)
    table.note = (
        "An edge sends packets that are ready; plain aiortc draws and encodes in the same process, "
        "so its base is taken without viewers. Viewers count packets and decode nothing."
    )
    return table


# ---- plain aiortc


@contextlib.asynccontextmanager
async def naive() -> AsyncIterator[tuple[str, int]]:
    """A WHEP server as aiortc's examples build it: a relay and an encoder for each viewer."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_naive, args=(theirs,), daemon=True)
    await asyncio.to_thread(child.start)
    theirs.close()
    try:
        port = await asyncio.to_thread(ours.recv)
        assert child.pid
        yield f"http://127.0.0.1:{port}", child.pid
    finally:
        ours.close()
        child.kill()
        await asyncio.to_thread(child.join, 10)


def _naive(pipe: Connection[Any, Any]) -> None:
    asyncio.run(_serve_naive(pipe))


async def _serve_naive(pipe: Connection[Any, Any]) -> None:
    import av
    import uvicorn
    from aiortc import (
        RTCConfiguration,
        RTCPeerConnection,
        RTCRtpSender,
        RTCSessionDescription,
        VideoStreamTrack,
    )
    from aiortc.codecs import h264
    from aiortc.contrib.media import MediaRelay
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from idol.testing.stream import TestCard, stamp

    h264.DEFAULT_BITRATE = h264.MAX_BITRATE = 1_500_000
    card = TestCard()
    card.load(Path(), Path(), CARD30.size, 30, 1)
    width, height = CARD30.size
    pictures = [np.zeros((height * 3 // 2, width), np.uint8) for _ in range(60)]
    for index, picture in enumerate(pictures):
        picture[:height], picture[height:] = card._luma, 128
        left = int((width - 200) * (0.5 + 0.5 * np.sin(index / 30 * 2)))
        picture[height // 2 : height // 2 + 200, left : left + 200] = card._noise

    class Card(VideoStreamTrack):  # type: ignore[misc]
        index = 0

        async def recv(self) -> Any:
            pts, base = await self.next_timestamp()
            picture = pictures[self.index % 60]
            stamp(picture, self.index, flash=False)
            self.index += 1
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = pts, base
            return frame

    relay, source = MediaRelay(), Card()
    peers: list[Any] = []

    async def join(request: Request) -> Response:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peers.append(peer)
        sender = peer.addTrack(relay.subscribe(source))
        for each in peer.getTransceivers():
            if each.sender is sender:
                codecs = RTCRtpSender.getCapabilities("video").codecs
                each.setCodecPreferences([c for c in codecs if "264" in c.mimeType])
        offer = RTCSessionDescription((await request.body()).decode(), "offer")
        await peer.setRemoteDescription(offer)
        await peer.setLocalDescription(await peer.createAnswer())
        return Response(peer.localDescription.sdp, 201)

    app = Starlette(routes=[Route("/whep", join, methods=["POST"])])
    listener = socket.create_server(("127.0.0.1", 0))
    pipe.send(listener.getsockname()[1])
    config = uvicorn.Config(app, lifespan="off", log_level="error")
    await uvicorn.Server(config).serve(sockets=[listener])


# ---- Janus


class Feed:
    """A hub's viewer that sends plain RTP to a Janus mountpoint."""

    def __init__(self, ports: dict[str, int]) -> None:
        self._sockets = {}
        for kind, port in ports.items():
            self._sockets[kind] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._sockets[kind].connect(("127.0.0.1", port))
        self._sequence = dict.fromkeys(ports, 0)

    def push(self, unit: Unit) -> None:
        kind, sequence = {"audio": 111, "video": 102}[unit.kind], self._sequence[unit.kind]
        for index, payload in enumerate(unit.payloads):
            last = unit.kind == "video" and index == len(unit.payloads) - 1
            header = struct.pack(
                "!BBHLL", 128, kind | last << 7, sequence & 0xFFFF, unit.timestamp, kind
            )
            with contextlib.suppress(OSError):
                self._sockets[unit.kind].send(header + payload)
            sequence += 1
        self._sequence[unit.kind] = sequence


@contextlib.asynccontextmanager
async def janus() -> AsyncIterator[tuple[str, int, Feed]]:
    """Debian's Janus on free ports, with one streaming mountpoint."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as held:
        ports = []
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM):
            one = held.enter_context(socket.socket(socket.AF_INET, kind))
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
        held.close()
        web, audio, video = ports
        for name, text in (
            ("janus.jcfg", 'general: { debug_level = 2, server_name = "bench" }\nmedia: { }\n'),
            (
                "janus.transport.http.jcfg",
                f'general: {{ http = true, port = {web}, https = false, ip = "127.0.0.1" }}\n',
            ),
            (
                "janus.plugin.streaming.jcfg",
                f"""bench: {{ type = "rtp", id = 1, media = (
                {{ type = "audio", mid = "a", label = "a", port = {audio}, pt = 111,
                   codec = "opus" }},
                {{ type = "video", mid = "v", label = "v", port = {video}, pt = 102,
                   codec = "h264",
                   fmtp = "profile-level-id=42e01f;packetization-mode=1" }} ) }}\n""",
            ),
        ):
            await asyncio.to_thread((Path(folder) / name).write_text, text)
        process = await asyncio.create_subprocess_exec(
            *("janus", "-F", folder, "-o"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_connection("127.0.0.1", web)
                        writer.close()
                        break
                    await asyncio.sleep(0.1)
            feed = Feed({"audio": audio, "video": video})
            yield f"http://127.0.0.1:{web}", process.pid, feed
        finally:
            process.terminate()
            await process.wait()
