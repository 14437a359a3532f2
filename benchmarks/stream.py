"""Measure the stream: `python -m benchmarks.stream [studio] [viewers] [offset] [joins]`.

Without a name it runs all four; CPU is in cores (CPU seconds a
second), so it can be compared between machines that are busy and that are not.

studio   drawing and encoding in the child process, with the test card and with the avatar
viewers  what each further viewer costs the host; the receivers are a process of their own
offset   sound against picture in a real Chromium, time from offer to first picture
joins    200 joins and leaves: tasks, sockets and memory that are left
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aioice.ice
import httpx
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket

from benchmarks.table import Table, percentile
from idol.errors import IdolError
from idol.show.studio import StudioSettings
from idol.stream.webrtc import WhepSettings
from idol.telemetry import configure_log
from idol.testing.serve import CARD, TestStation, station

ROOT = Path(__file__).parents[1]
AVATAR = StudioSettings(ROOT / "assets" / "idols" / "aira", ROOT / "assets" / "stages" / "studio")
SECONDS = 10.0
VIEWERS = (0, 10, 40)
JOINS = 200


Row = Callable[[str, str], None]
"""Takes one figure and its value."""


async def until(true: Callable[[], bool]) -> None:
    """Wait for a condition, at most 20 s."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - any condition, no event to wait for
            await asyncio.sleep(0.01)


# ---- studio


async def studio(row: Row) -> None:
    for name, settings in (("test card", CARD), ("avatar", AVATAR)):
        begin = time.monotonic()
        try:
            async with station(settings) as on_air:
                started = time.monotonic() - begin
                await until(lambda: on_air.stats is not None)
                first = on_air.stats
                await asyncio.sleep(SECONDS)
                last = on_air.stats
                assert first is not None and last is not None
        except IdolError as error:
            row(f"studio, {name}", f"not measured: {error}")
            continue
        seconds = (last.pts - first.pts) / 48_000
        frames = last.frames - first.frames
        row(f"studio, {name}: on air after", f"{started:.2f} s")
        row(f"studio, {name}: CPU", f"{(last.cpu_s - first.cpu_s) / seconds:.3f} core")
        row(f"studio, {name}: draw, encode", f"{last.render_ms:.1f}, {last.encode_ms:.1f} ms")
        row(f"studio, {name}: repeated", f"{last.repeated - first.repeated} of {frames} frames")


# ---- viewers


class CheapReceiver:
    """Connects like any viewer, then only counts datagrams: no decryption, no decoding."""

    counts: dict[int, int] = {}  # noqa: RUF012 - one per process on purpose

    @classmethod
    def install(cls) -> None:
        real = aioice.ice.StunProtocol.datagram_received

        def received(self: Any, data: bytes, address: Any) -> None:
            if 127 < data[0] < 192:
                key = id(self.receiver)
                cls.counts[key] = cls.counts.get(key, 0) + 1
            else:
                real(self, data, address)

        aioice.ice.StunProtocol.datagram_received = received


def receivers(pipe: Connection, url: str) -> None:
    """Entry of the receiving process: `("more", n)` joins n viewers, `"end"` leaves."""
    asyncio.run(_receivers(pipe, url))


async def _receivers(pipe: Connection, url: str) -> None:
    CheapReceiver.install()
    viewers: list[tuple[RTCPeerConnection, list[int]]] = []

    async def join(client: httpx.AsyncClient) -> float:
        begin = time.monotonic()
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTransceiver("audio", "recvonly")
        peer.addTransceiver("video", "recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        answer = await client.post(f"{url}/whep", content=peer.localDescription.sdp)
        answer.raise_for_status()
        await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await until(lambda: peer.connectionState == "connected")
        lines = [line for line in answer.text.splitlines() if line.startswith("a=ssrc:")]
        viewers.append((peer, [int(line[7:].split()[0]) for line in lines]))
        return time.monotonic() - begin

    async def report() -> None:
        """Receiver reports, as real viewers send them each second."""
        while True:
            await asyncio.sleep(1.0)
            for peer, sources in viewers:
                transport = peer.getTransceivers()[0].receiver.transport
                reports = [
                    RtcpReceiverInfo(ssrc, 0, 0, 0, 0, 0, 0) for ssrc in dict.fromkeys(sources)
                ]
                await transport._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=reports)))

    reporter = asyncio.create_task(report())
    async with httpx.AsyncClient(timeout=30) as client:
        while (order := await asyncio.to_thread(pipe.recv)) != "end":
            _, count = order
            times: list[float] = []
            for begin in range(0, count, 4):
                batch = range(begin, min(count, begin + 4))
                times += await asyncio.gather(*(join(client) for _ in batch))
            pipe.send(times)
            if count == 0:
                pipe.send(list(CheapReceiver.counts.values()))
    reporter.cancel()
    await asyncio.gather(*(peer.close() for peer, _ in viewers), return_exceptions=True)


async def viewers(row: Row) -> None:
    for direct in (True, False):
        mode = "own send loop" if direct else "aiortc's send loop"
        async with station(CARD, WhepSettings(direct=direct)) as on_air:
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            child = context.Process(target=receivers, args=(theirs, on_air.url), daemon=True)
            await asyncio.to_thread(child.start)
            theirs.close()
            cost: dict[int, float] = {}
            now = 0
            for count in VIEWERS:
                await asyncio.to_thread(ours.send, ("more", count - now))
                await asyncio.to_thread(ours.recv)
                if count == now:
                    await asyncio.to_thread(ours.recv)
                now = count
                await asyncio.sleep(2.0)
                cpu, begin = time.process_time(), time.monotonic()
                await asyncio.sleep(SECONDS)
                cost[count] = (time.process_time() - cpu) / (time.monotonic() - begin)
            await asyncio.to_thread(ours.send, ("more", 0))
            await asyncio.to_thread(ours.recv)
            received = await asyncio.to_thread(ours.recv)
            await asyncio.to_thread(ours.send, "end")
            await asyncio.to_thread(child.join, 20)
            most = VIEWERS[-1]
            for count, cores in cost.items():
                row(f"host, {mode}, {count} viewers", f"{cores:.3f} core")
            each = (cost[most] - cost[0]) / most
            row(f"each further viewer, {mode}", f"{each * 100:.2f} % of a core")
            joined = on_air.whep.stats()["join_ms"]
            row(f"offer to connected, {mode}, P50, P95", _two(joined, "ms"))
            row(f"packets at the viewers, {mode}", f"{min(received)} to {max(received)}")


def _two(values: list[float], unit: str) -> str:
    return f"{percentile(values, 0.5):.0f}, {percentile(values, 0.95):.0f} {unit}"


# ---- sound against picture


async def offset(row: Row) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    tool = importlib.import_module("browser")
    async with station() as on_air, tool.open_browser() as browser:
        first_picture: list[float] = []
        for _ in range(5):
            page = await browser.new_page()
            await page.goto(on_air.url)
            await tool.wait_for(page, "state.frames > 5 || state.error")
            first_picture.append(await page.evaluate("state.joinMs"))
            if len(first_picture) < 5:
                await page.evaluate("fetch(state.location, {method: 'DELETE'})")
                await page.close()
        await page.wait_for_timeout(30_000)
        state = await page.evaluate("state")
        report = await page.evaluate("report()")
        origin = on_air.hub.wall_origin
    apart = [min((c - f for f in state["flashes"]), key=abs) for c in state["clicks"][2:]]
    glass = [at - (origin + stamp / 48_000) * 1000 for at, stamp, *_ in state["stamps"][20:]]
    row("Chromium: offer to first picture, P50, worst", _two(first_picture, "ms"))
    row(
        "Chromium: sound after picture, P5, P50, P95",
        ", ".join(f"{percentile(apart, share):+.0f}" for share in (0.05, 0.5, 0.95)) + " ms",
    )
    row("Chromium: media time to the page, P50, P95", _two(glass, "ms"))
    row(
        "Chromium: frames dropped, freezes, concealed samples",
        ", ".join(
            str(report[kind].get(name))
            for kind, name in (
                ("video", "framesDropped"),
                ("video", "freezeCount"),
                ("audio", "concealedSamples"),
            )
        ),
    )


# ---- joins and leaves


async def _visit(on_air: TestStation, client: httpx.AsyncClient, polite: bool) -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio", "recvonly")
    peer.addTransceiver("video", "recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    answer = await client.post(f"{on_air.url}/whep", content=peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
    await until(lambda: peer.connectionState == "connected")
    if polite:
        await client.delete(on_air.url + answer.headers["Location"])
    await peer.close()


async def joins(row: Row) -> None:
    process = psutil.Process()
    async with station() as on_air, httpx.AsyncClient(timeout=30) as client:

        async def left() -> tuple[int, int, float]:
            for _ in range(50):
                if not on_air.whep.stats()["sessions"]:
                    break
                await asyncio.sleep(0.1)
            await asyncio.sleep(1.0)
            gc.collect()
            sockets = len(process.net_connections("udp"))
            return len(asyncio.all_tasks()), sockets, process.memory_info().rss / 2**20

        # What is loaded, cached and kept by the allocator after the first hundred is no leak.
        for _ in range(25):
            await asyncio.gather(*(_visit(on_air, client, bool(j % 2)) for j in range(4)))
        tasks, sockets, memory = await left()
        times: list[float] = []
        for i in range(0, JOINS, 4):
            begin = time.monotonic()
            await asyncio.gather(*(_visit(on_air, client, bool((i + j) % 3)) for j in range(4)))
            times.append((time.monotonic() - begin) * 1000)
        after = await left()
    row(f"{JOINS} joins: tasks left", str(after[0] - tasks))
    row(f"{JOINS} joins: UDP sockets left", str(after[1] - sockets))
    row(f"{JOINS} joins: memory grown (player and host)", f"{after[2] - memory:+.1f} MiB")
    row("four joins and leaves at once, median", f"{statistics.median(times):.0f} ms")


ALL = {"studio": studio, "viewers": viewers, "offset": offset, "joins": joins}


def run(names: Sequence[str] = ()) -> list[Table]:
    """The named measurements, or all four."""
    configure_log("CRITICAL")
    table = Table("The stream", ("figure", "value"))
    for name in names or list(ALL):
        if name not in ALL:
            raise SystemExit(f"there is no benchmark {name!r}; there are {', '.join(ALL)}")
        asyncio.run(ALL[name](table.add))
    return [table]


if __name__ == "__main__":
    print(run(sys.argv[1:])[0].markdown())
