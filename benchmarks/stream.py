"""Measure the stream: `python -m benchmarks.stream [--short] [name ...]`.

Without a name it runs all but `long`; CPU is in cores (CPU seconds a second), so it can be
compared between machines that are busy and that are not.

studio   drawing and encoding in the child process, with the test card and with the avatar
fanout   what each further viewer costs, beside plain aiortc and Janus (if it is installed)
house    200 viewers of a whole show that renders, speaks and thinks
badnet   freezes and recovery on bad lines in Chromium, beside plain aiortc
offset   sound against picture and latency in Chromium, time from offer to first picture
joins    200 joins and leaves (`long`: 5000): tasks, sockets and memory that are left
long     `offset` for 30 minutes and 5000 joins
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from benchmarks import badnet, crowd, fanout
from benchmarks.sinks import ONCE, until
from benchmarks.table import Table, percentile
from idol.clock import SAMPLE_RATE
from idol.errors import IdolError
from idol.show.studio import StudioSettings
from idol.stream.edges import Edges
from idol.telemetry import configure_log
from idol.testing.serve import CARD, TestStation, station

ROOT = Path(__file__).parents[1]
AVATAR = StudioSettings(ROOT / "assets" / "idols" / "aira", ROOT / "assets" / "stages" / "studio")
SECONDS = 10.0
JOINS = 200


Row = Callable[[str, str], None]
"""Takes one figure and its value."""


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
        seconds = (last.pts - first.pts) / SAMPLE_RATE
        frames = last.frames - first.frames
        row(f"studio, {name}: on air after", f"{started:.2f} s")
        row(f"studio, {name}: CPU", f"{(last.cpu_s - first.cpu_s) / seconds:.3f} core")
        row(f"studio, {name}: draw, encode", f"{last.render_ms:.1f}, {last.encode_ms:.1f} ms")
        row(f"studio, {name}: repeated", f"{last.repeated - first.repeated} of {frames} frames")


def _two(values: list[float], unit: str) -> str:
    return f"{percentile(values, 0.5):.0f}, {percentile(values, 0.95):.0f} {unit}"


# ---- sound against picture

OUTPUT = """async () => {
  const audio = new AudioContext(), tone = audio.createOscillator(), quiet = audio.createGain();
  quiet.gain.value = 1e-4;
  tone.connect(quiet).connect(audio.destination);
  tone.start();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return audio.outputLatency * 1000;
}"""
"""Milliseconds from when a page's sound is handed over to when it is heard."""


async def offset(row: Row, minutes: float = 0.5) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    tool = importlib.import_module("browser")
    async with station(edges=1) as on_air, tool.open_browser() as browser:
        first_picture: list[float] = []
        for _ in range(5):
            page = await browser.new_page()
            await page.goto(on_air.url)
            await tool.wait_for(page, "state.frames > 5 || state.error")
            first_picture.append(await page.evaluate("state.joinMs"))
            if len(first_picture) < 5:
                await page.evaluate("fetch(state.location, {method: 'DELETE'})")
                await page.close()
        origin = time.time() - on_air.studio.pts / SAMPLE_RATE
        await asyncio.sleep(minutes * 60)
        state = await page.evaluate("state")
        report = await page.evaluate("report()")
        queue = await page.evaluate(OUTPUT)
    apart = [min((c - f for f in state["flashes"]), key=abs) for c in state["clicks"][2:]]
    glass = [at - (origin + stamp / SAMPLE_RATE) * 1000 for at, stamp, *_ in state["stamps"][20:]]
    row("Chromium: offer to first picture, P50, worst", _two(first_picture, "ms"))
    row(
        "Chromium: sound handed over for playing after picture, P5, P50, P95",
        ", ".join(f"{percentile(apart, share):+.0f}" for share in (0.05, 0.5, 0.95)) + " ms",
    )
    row("Chromium: its own queue for sound after that, as it reports it", f"{queue:.0f} ms")
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


async def joins(row: Row, count: int = JOINS) -> None:
    """Half of them at sessions in this process, whose tasks and sockets can be counted; half at
    an edge's, whose memory is nobody else's: in this one players live too."""
    process = psutil.Process()
    async with station() as on_air:

        async def left() -> tuple[int, int]:
            await _gone(on_air)
            return len(asyncio.all_tasks()), len(process.net_connections("udp"))

        (first, _, last), times = await _come_and_go(on_air, count // 2, left)
    row(f"{count // 2} joins: tasks left", str(last[0] - first[0]))
    row(f"{count // 2} joins: UDP sockets left", str(last[1] - first[1]))
    row("four joins and leaves at once, median", f"{statistics.median(times):.0f} ms")
    async with station(edges=1) as on_air:
        assert isinstance(on_air.whep, Edges)
        edge = psutil.Process(on_air.whep.edges[0].worker.pid)

        async def kept() -> tuple[int, int]:
            await _gone(on_air)
            return edge.memory_info().rss >> 10, len(edge.net_connections("udp"))

        (first, half, last), times = await _come_and_go(on_air, count // 2, kept)
    grown = f"{(half[0] - first[0]) / 1024:+.1f}, {(last[0] - half[0]) / 1024:+.1f} MiB"
    row(f"{count // 2} joins at an edge: memory grown in the first half, in the second", grown)
    row(f"{count // 2} joins at an edge: UDP sockets left", str(last[1] - first[1]))


async def _gone(on_air: TestStation) -> None:
    """Until nobody is there any more, and what they left has been swept up."""
    for _ in range(50):
        if not on_air.whep.stats()["sessions"]:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)
    gc.collect()


async def _come_and_go(
    on_air: TestStation, count: int, left: Callable[[], Coroutine[Any, Any, tuple[int, int]]]
) -> tuple[tuple[tuple[int, int], ...], list[float]]:
    """What is `left` before, in the middle and after `count` joins; ms that four at once take."""
    times: list[float] = []
    async with httpx.AsyncClient(timeout=30, limits=ONCE) as client:
        # What is loaded and cached with the first hundred is no leak; and an allocator keeps more
        # and more for a while.
        for _ in range(25):
            await asyncio.gather(*(_visit(on_air, client, bool(j % 2)) for j in range(4)))
        seen = [await left()]
        for _ in range(2):
            for i in range(0, count // 2, 4):
                begin = time.monotonic()
                await asyncio.gather(*(_visit(on_air, client, bool((i + j) % 3)) for j in range(4)))
                times.append((time.monotonic() - begin) * 1000)
            seen.append(await left())
    return tuple(seen), times


async def long(row: Row, minutes: float = 30.0, count: int = 5000) -> None:
    await offset(row, minutes)
    await joins(row, count)


ROWS: dict[str, Callable[[Row, bool], Coroutine[Any, Any, None]]] = {
    "studio": lambda row, short: studio(row),
    "offset": lambda row, short: offset(row, *((0.1,) if short else ())),
    "joins": lambda row, short: joins(row, *((24,) if short else ())),
    "long": lambda row, short: long(row, *((0.2, 48) if short else ())),
}
TABLES: dict[str, Callable[[bool], Coroutine[Any, Any, Table]]] = {
    "fanout": lambda short: fanout.fan_out(*((16, 5.0) if short else ())),
    "house": lambda short: crowd.full_house(*((40, 15.0) if short else ())),
    "badnet": lambda short: badnet.bad_lines(
        *((8.0, ("8 % lost", "narrowed to 700 kbit/s")) if short else ())
    ),
}


def run(names: Sequence[str] = (), short: bool = False) -> list[Table]:
    """The named measurements, or all but the half hour."""
    configure_log("CRITICAL")
    table = Table("The stream", ("figure", "value"))
    tables: list[Table] = []
    for name in names or [name for name in (*ROWS, *TABLES) if name != "long"]:
        if name in ROWS:
            asyncio.run(ROWS[name](table.add, short))
        elif name in TABLES:
            tables.append(asyncio.run(TABLES[name](short)))
        else:
            raise SystemExit(
                f"there is no benchmark {name!r}; there are {', '.join(ROWS | TABLES)}"
            )
    return [table, *tables] if table.rows else tables


if __name__ == "__main__":
    wanted = [name for name in sys.argv[1:] if name != "--short"]
    print("\n".join(each.markdown() for each in run(wanted, "--short" in sys.argv)))
