"""How soon a commit is seen on every open page: card, stock and sold-out at many viewers.

    python -m benchmarks pages --no-write
    python -m benchmarks.pages [--pages 200] [--changes 60] [--database sqlite|postgres]

The real web server and the real shop are in this process; the pages are websockets in a process
of their own, which only note when which event came. Both read the machine's one monotonic clock,
so the figure is the whole way from before the commit, which is in it, to each page. The card is the
audience's event at the moment the stage changes it, as no commit causes it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from benchmarks.commerce import DATABASES, catalog
from benchmarks.table import Table, percentile
from idol.clock import SystemClock
from idol.commerce.outcomes import PriceChanged, ShopEvent, StockChanged
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.config import Settings
from idol.model import Language, Viewer
from idol.show import views
from idol.show.script import Show
from idol.store import open_store
from idol.telemetry import configure_log, get_log
from idol.testing.postgres import PostgresServer
from idol.web.audience import WebAudience
from idol.web.server import create_app, make_server
from idol.web.services import Services

PAGES, CHANGES = 200, 60
TARGET_MS = 100.0
PAUSE_S = 0.15
BOTH: dict[Language, str] = {"zh": "x", "en": "x"}
KINDS = ("stock", "sold out", "card")


class _Off:
    """The rooms that this benchmark does without."""

    card: int | None = 1
    count = 0
    rtp_origin = 0

    def status(self) -> dict[str, Any]:
        return {}

    def joined(self, *_: Any) -> None: ...

    def reads(self, *_: Any) -> None: ...


async def measure(database: str, folder: Path, pages: int, changes: int) -> dict[str, list[float]]:
    """Milliseconds from commit to page, by kind: pages * changes of each."""
    stock = changes + 1
    wares = catalog(folder, 2, stock)
    store, clock, audience = open_store(database, folder), SystemClock(), WebAudience()
    done: list[tuple[str, float]] = []

    def changed(event: ShopEvent) -> None:
        match event:
            case StockChanged(listing) | PriceChanged(listing):
                item = wares.listings[listing]
                audience.broadcast({"type": "listing", **views.listing(item, shop.quote(listing))})
            case _:
                pass

    shop = Shop(store, wares, SandboxProvider(), clock, changed, get_log("bench"))
    await shop.start()
    off: Any = _Off()
    services = Services(
        stage=off, reception=off, shop=shop, whep=off, audience=audience, settings=Settings(),
        show=Show(folder, BOTH, "zh", "CNY", "aira", "studio", BOTH, ()),
        listings=wares.listings, clock=clock, log=get_log("web"), console_password="x" * 12,
        cookie_secret=b"0123456789abcdef",
    )  # fmt: skip
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = make_server(create_app(services), "127.0.0.1", 0, ready.set_result)
    serving = asyncio.create_task(server.serve())
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_pages, args=(theirs, await ready, pages), daemon=True)
    await asyncio.to_thread(child.start)
    theirs.close()
    assert await asyncio.to_thread(ours.recv) == pages, "every page is open"
    for n in range(changes):
        done.append(("stock", time.monotonic()))
        await shop.hold(Viewer(f"v{n}", "x"), 1, "s1", 1, "k")
        await asyncio.sleep(PAUSE_S)
    for n in range(changes):
        done.append(("sold out", time.monotonic()))
        await shop.set_stock("s2", 0 if n % 2 == 0 else 5, "bench")
        await asyncio.sleep(PAUSE_S)
    for n in range(changes):
        done.append(("card", time.monotonic()))
        audience.broadcast({"type": "card", "listing": 1 + n % 2, "serial": n})
        await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(1.0)
    await asyncio.to_thread(ours.send, "enough")
    seen = await asyncio.to_thread(ours.recv)
    server.should_exit = True
    await serving
    store.close()
    return _waits(done, seen, pages)


def _waits(
    done: Sequence[tuple[str, float]], seen: Sequence[Sequence[tuple[str, float]]], pages: int
) -> dict[str, list[float]]:
    """Each page saw the changes of a kind in their order: the n-th is the n-th."""
    waits: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        ours = [at for name, at in done if name == kind]
        for page in seen:
            theirs = [at for name, at in page if name == kind]
            assert len(theirs) == len(ours), f"{kind}: {len(theirs)} of {len(ours)} seen"
            waits[kind] += [(b - a) * 1000 for a, b in zip(ours, theirs, strict=True)]
    assert len(waits["card"]) == pages * len(done) // len(KINDS)
    return waits


def _pages(pipe: Connection[Any, Any], port: int, count: int) -> None:
    asyncio.run(_look(pipe, port, count))


async def _look(pipe: Connection[Any, Any], port: int, count: int) -> None:
    seen: list[list[tuple[str, float]]] = [[] for _ in range(count)]
    opened = 0
    everybody = asyncio.Event()

    async def page(number: int) -> None:
        nonlocal opened
        async with connect(
            f"ws://127.0.0.1:{port}/ws", proxy=None, compression=None, ping_interval=None
        ) as socket:
            async for raw in socket:
                at = time.monotonic()
                text = raw if isinstance(raw, str) else raw.decode()
                if text.startswith('{"type":"hello"') or '"hello"' in text[:40]:
                    opened += 1
                    if opened == count:
                        everybody.set()
                    continue
                if '"listing"' not in text[:40] and '"card"' not in text[:40]:
                    continue
                event = json.loads(text)
                kind = event["type"]
                if kind == "listing":
                    kind = "stock" if event["number"] == 1 else "sold out"
                seen[number].append((kind, at))

    tasks = []
    for number in range(count):
        tasks.append(asyncio.create_task(page(number)))
        if number % 20 == 19:
            await asyncio.sleep(0.1)
    await asyncio.wait_for(everybody.wait(), 120)
    pipe.send(opened)
    await asyncio.to_thread(pipe.recv)
    pipe.send(seen)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def run(
    pages: int = PAGES, changes: int = CHANGES, databases: Sequence[str] = DATABASES
) -> list[Table]:
    configure_log("WARNING")
    table = Table(
        f"From commit to each of {pages} open pages",
        ("What", "Database", "Seen", "P50 ms", "P99 ms", "Worst ms", "Target P99"),
        note="Server, shop and database in one process and its server; pages in another.",
    )
    for database in databases:
        with tempfile.TemporaryDirectory() as folder:
            if database == "sqlite":
                waits = asyncio.run(measure("ledger.db", Path(folder), pages, changes))
            else:
                with PostgresServer() as server:
                    waits = asyncio.run(measure(server.database(), Path(folder), pages, changes))
        for kind, values in waits.items():
            table.add(
                kind, database, f"{len(values):,}", f"{percentile(values, 0.5):.1f}",
                f"{percentile(values, 0.99):.1f}", f"{max(values):.1f}", f"< {TARGET_MS:.0f}",
            )  # fmt: skip
    return [table]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--changes", type=int, default=CHANGES)
    parser.add_argument("--database", choices=DATABASES, action="append")
    options = parser.parse_args()
    for table in run(options.pages, options.changes, options.database or DATABASES):
        print(table.markdown())


if __name__ == "__main__":
    main()
