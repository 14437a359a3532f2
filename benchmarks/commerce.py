"""How fast the shop is on each database, and the grammar's time for one chat message.

    python -m benchmarks commerce --no-write
    python -m benchmarks.commerce [--seconds 3] [--database sqlite|postgres]

Holds go through `Shop.hold`, every one by a viewer and with a key of its own, and each is on
disk before it is answered. On the hot item that sells out both answers are in the figure, as on
a real evening. PostgreSQL is a server of our own with fsync and synchronous_commit on, on the
same machine: its processor time is in its figures.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import Table, percentile
from idol.clock import SystemClock
from idol.commerce.catalog import Catalog, load
from idol.commerce.intent import parse
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import Floor, Held
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.sense import Sense
from idol.commerce.service import Shop
from idol.dialogue.encoder import SentenceEncoder
from idol.model import Product, Viewer
from idol.store import open_store
from idol.telemetry import configure_log, get_log
from idol.testing.postgres import PostgresServer

DATABASES = ("sqlite", "postgres")
LINES = (
    "要2件黑色L", "I'll take two in red", "3号链接还有货吗", "主播好", "哈哈哈哈哈哈", "扣1",
    "便宜点我就买两件黑色L", "what size should i get, i'm 60kg", "黑色M一件，红色L两件",
    "我昨天买了两件还没收到，什么时候发货啊主播，已经等了好几天了",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    name: str
    items: int
    stock: int
    """Of each item."""
    clients: int = 64


SCENES = (
    Scene("one hot item of 3,000, sold out on the way", 1, 3_000),
    Scene("one hot item that lasts", 1, 10_000_000),
    Scene("100 items", 100, 10_000_000),
    Scene("100 items", 100, 10_000_000, 256),
)
TARGETS = {
    ("sqlite", 1): ">= 5,000/s, P99 < 25 ms",
    ("postgres", 1): ">= 2,000/s",
    ("postgres", 100): ">= 4,000/s",
}
"""By database and number of items."""


@dataclass(frozen=True)
class Figures:
    """`cpu_us` is this process's alone; the waits are in milliseconds."""

    attempts: int
    per_second: float
    p50: float
    p99: float
    cpu_us: float
    held: int
    oversold: int
    lost: int


def catalog(folder: Path, items: int, stock: int) -> Catalog:
    """`items` products with one variant each."""
    rows = ["link,product,sku,colour_zh,colour_en,size,price,was,stock"]
    rows += [f"{n},p{n},s{n},黑色,black,L,199.00,299.00,{stock}" for n in range(1, items + 1)]
    file = folder / "products.csv"
    file.write_text("\n".join(rows) + "\n", "utf-8")
    facts = {
        f"p{n}": Product(f"p{n}", {"zh": f"外套{n}", "en": f"jacket {n}"}, ())
        for n in range(1, items + 1)
    }
    return load(file, facts, "CNY")


async def holds(database: str, folder: Path, scene: Scene, seconds: float) -> Figures:
    """All clients buy as fast as they are answered, going round the items."""
    store = open_store(database, folder)
    shop = Shop(
        store,
        catalog(folder, scene.items, scene.stock),
        SandboxProvider(),
        SystemClock(),
        lambda event: None,
        get_log("bench"),
    )
    await shop.start()
    gc.collect()
    gc.freeze()  # as a live show does once it is on air
    waits: list[float] = []
    counts = [0] * (scene.items + 1)
    turn = itertools.cycle(range(1, scene.items + 1))
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        n = 0
        while (begun := time.perf_counter()) < end:
            n, item = n + 1, next(turn)
            viewer = Viewer(f"{number}-{n}", "")
            outcome = await shop.hold(viewer, item, f"s{item}", 1, "k")
            counts[item] += isinstance(outcome, Held)
            waits.append((time.perf_counter() - begun) * 1000)

    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client(number) for number in range(scene.clients)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    reserved = {
        row["sku"]: row["reserved"]
        for row in store.read(lambda tx: tx.all("SELECT sku, reserved FROM supply"))
    }
    store.close()
    return Figures(
        attempts=len(waits),
        per_second=len(waits) / wall,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        cpu_us=cpu / len(waits) * 1e6,
        held=sum(counts),
        oversold=sum(max(0, count - scene.stock) for count in counts),
        lost=sum(abs(counts[n] - reserved[f"s{n}"]) for n in range(1, scene.items + 1)),
    )


def intents(folder: Path, rounds: int = 300) -> list[float]:
    """CPU milliseconds per message, over ten kinds of message."""
    lexicon = Lexicon(catalog(folder, 1, 1).listings)
    floor, encoder = Floor(current=1), SentenceEncoder()
    encoder.encode(["warm"])
    sense = Sense(encoder.encode)
    times: list[float] = []
    for _ in range(rounds):
        for line in LINES:
            begun = time.thread_time()
            parse(line, lexicon, floor, sense=sense)
            times.append((time.thread_time() - begun) * 1000)
    return times


def run(seconds: float = 3.0, databases: tuple[str, ...] = DATABASES) -> list[Table]:
    configure_log("WARNING")
    table = Table(
        "Hold attempts, every answer on disk",
        (
            "Item", "Clients", "Database", "Attempts/s", "Target", "P50 ms", "P99 ms",
            "CPU us each", "Held", "Oversold", "Lost",
        ),
        note="CPU is the shop's process; PostgreSQL's own ran beside it on the same cores.",
    )  # fmt: skip
    for scene in SCENES:
        for database in databases:
            got = _measure(database, scene, seconds)
            table.add(
                scene.name,
                scene.clients,
                database,
                f"{got.per_second:,.0f}",
                TARGETS.get((database, scene.items), ""),
                f"{got.p50:.1f}",
                f"{got.p99:.1f}",
                f"{got.cpu_us:.0f}",
                f"{got.held:,}",
                got.oversold,
                got.lost,
            )
    with tempfile.TemporaryDirectory() as folder:
        times = intents(Path(folder))
    chat = Table(
        "One chat message read, by grammar and encoder",
        ("Messages", "Mean ms CPU", "P99 ms CPU", "Target"),
    )
    mean, worst = statistics.mean(times), percentile(times, 0.99)
    chat.add(len(times), f"{mean:.2f}", f"{worst:.2f}", "< 3 ms")
    return [table, chat]


def _measure(database: str, scene: Scene, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            return asyncio.run(holds("ledger.db", Path(folder), scene, seconds))
        with PostgresServer() as server:
            url = server.database()
            return asyncio.run(holds(url, Path(folder), scene, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--database", choices=DATABASES, action="append")
    options = parser.parse_args()
    databases = tuple(options.database or DATABASES)
    for table in run(options.seconds, databases):
        print(table.markdown())


if __name__ == "__main__":
    main()
