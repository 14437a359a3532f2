"""Many cheap viewers of a whole show: what each costs, and how 200 fare beside everything else."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks import scratch
from benchmarks.fanout import cpu_s, frames
from benchmarks.questions import QUESTIONS
from benchmarks.seats import Seat
from benchmarks.sinks import sinks
from benchmarks.table import Table, percentile
from idol.testing.live import PASSWORD, on_air

SECONDS = 10.0
SHOW = Path(__file__).parents[1] / "assets" / "shows" / "zh-autumn"
FPS = 30


async def cost(
    url: str, pid: int, most: int, seconds: float = SECONDS
) -> list[tuple[int, float, float]]:
    """(viewers, cores, resident MiB) of the process `pid` that serves them, with none and with
    `most` further ones."""
    rows = []
    async with sinks(url) as crowd:
        for count in (0, most):
            if count:
                await crowd.join(count)
            await asyncio.sleep(3.0)
            before, begin = cpu_s(pid), time.monotonic()
            await asyncio.sleep(seconds)
            cores = (cpu_s(pid) - before) / (time.monotonic() - begin)
            rows.append((count, cores, psutil.Process(pid).memory_info().rss / 2**20))
    return rows


async def full_house(count: int = 200, seconds: float = 60.0) -> Table:
    """A show that renders, speaks and thinks, a question every six seconds, `count` viewers."""
    table = Table(f"{count} viewers of a whole show on this machine", ("figure", "value"))
    with tempfile.TemporaryDirectory(prefix="idol-bench-") as folder:
        cache = Path(folder) / "cache"
        scratch.fill(cache, SHOW)
        settings = {"IDOL_CACHE": str(cache), "IDOL_STREAM__FPS": str(FPS)}
        async with on_air(SHOW, Path(folder) / "var", settings=settings) as live:
            edge, studio = live.worker("edge-0"), live.worker("studio")
            seat = await Seat.take(live.url, "Maya", "zh")
            desk = await Seat.console(live.url, PASSWORD)
            asking = asyncio.create_task(_ask(seat))
            async with sinks(live.url) as crowd:
                joins = await crowd.join(count)
                await asyncio.sleep(3.0)
                pids = {"host": live.pid, "studio": studio, "edge": edge}
                used = {name: cpu_s(pid) for name, pid in pids.items()}
                first, drawn = await crowd.count(), _studio(desk)
                await asyncio.sleep(seconds)
                last, drawn = await crowd.count(), _studio(desk) - drawn
                passed = last.at - first.at
                used = {name: (cpu_s(pid) - used[name]) / passed for name, pid in pids.items()}
            asking.cancel()
            await seat.close()
            await desk.close()
    rates = frames(first, last)
    table.add("joined", f"{len(rates)}")
    table.add("pictures a second that the studio had time to draw", f"{drawn / passed:.1f}")
    table.add(
        f"pictures a second of {FPS}: worst viewer, P50",
        f"{min(rates):.1f}, {percentile(rates, 0.5):.1f}",
    )
    table.add("viewers below 29", sum(rate < 29 for rate in rates))
    table.add(
        "offer to first packet, P50, P95",
        f"{percentile(joins, 0.5) * 1000:.0f}, {percentile(joins, 0.95) * 1000:.0f} ms",
    )
    for name, cores in used.items():
        table.add(f"{name}: CPU", f"{cores:.3f} core")
    cores = (last.cpu_s - first.cpu_s) / passed
    table.add("the viewers' own process: CPU", f"{cores:.3f} core")
    return table


def _studio(desk: Seat) -> int:
    """Pictures drawn so far."""
    stats = desk.latest("stats")
    studio = stats["studio"] if stats else None
    return studio["frames"] - studio["repeated"] if studio else 0


async def _ask(seat: Seat) -> None:
    questions = [text for kind in QUESTIONS["zh"].values() for text in kind]
    for number, text in enumerate(questions * 9):
        await seat.send(type="chat", text=text, nonce=f"q{number}")
        await asyncio.sleep(6.0)
