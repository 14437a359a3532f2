"""How fast the shop is: hold attempts on one hot item, and the grammar's time per message.

    python benchmarks/commerce.py [--seconds 3] [--clients 64] [--json FILE]

Holds go through `Shop.hold` on an SQLite ledger with full sync, every one with a key of its
own; the item sells out on the way, so both answers are in the figure, as on a real evening.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from idol.clock import SystemClock
from idol.commerce.catalog import Catalog, load
from idol.commerce.intent import parse
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import Floor, Held
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.model import Product, Viewer
from idol.store import SqliteStore
from idol.telemetry import configure_log, get_log

CSV = """link,product,sku,colour_zh,colour_en,size,price,was,stock
1,jacket,hot,黑色,black,L,199.00,299.00,{stock}
1,jacket,cold,红色,red,M,199.00,299.00,100
"""
LINES = (
    "要2件黑色L", "I'll take two in red", "3号链接还有货吗", "主播好", "哈哈哈哈哈哈", "扣1",
    "便宜点我就买两件黑色L", "what size should i get, i'm 60kg", "黑色M一件，红色L两件",
    "我昨天买了两件还没收到，什么时候发货啊主播，已经等了好几天了",
)  # fmt: skip


def catalog(folder: Path, stock: int) -> Catalog:
    file = folder / "products.csv"
    file.write_text(CSV.format(stock=stock), "utf-8")
    jacket = Product("jacket", {"zh": "外套", "en": "jacket"}, (), aliases=("外套",))
    return load(file, {"jacket": jacket}, "CNY")


async def holds(folder: Path, seconds: float, clients: int, stock: int) -> dict[str, float]:
    """Attempts per second and their waits in ms, all clients on one sku."""
    store = SqliteStore(folder / "ledger.db")
    shop = Shop(
        store,
        catalog(folder, stock),
        SandboxProvider(),
        SystemClock(),
        lambda event: None,
        get_log("bench"),
    )
    await shop.start()
    waits: list[float] = []
    held = 0
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        nonlocal held
        n = 0
        while (begun := time.perf_counter()) < end:
            n += 1
            viewer = Viewer(f"{number}-{n}", "")
            outcome = await shop.hold(viewer, 1, "hot", 1, "k")
            held += isinstance(outcome, Held)
            waits.append((time.perf_counter() - begun) * 1000)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    line = shop.quote(1).variant("hot")
    store.close()
    assert line is not None
    cuts = statistics.quantiles(waits, n=100)
    return {
        "attempts_per_s": len(waits) / wall,
        "attempts": len(waits),
        "held": held,
        "oversold": max(0, held - stock),
        "lost": held - (stock - line.on_hand),
        "p50_ms": cuts[49],
        "p99_ms": cuts[98],
        "cpu_us_per_attempt": cpu / len(waits) * 1e6,
    }


def intents(folder: Path, rounds: int = 300) -> dict[str, float]:
    """CPU milliseconds per message, over ten kinds of message."""
    lexicon = Lexicon(catalog(folder, 1).listings)
    floor = Floor(current=1)
    times: list[float] = []
    for _ in range(rounds):
        for line in LINES:
            begun = time.thread_time()
            parse(line, lexicon, floor)
            times.append((time.thread_time() - begun) * 1000)
    return {
        "intent_mean_ms": statistics.mean(times),
        "intent_p99_ms": sorted(times)[-len(times) // 100],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    configure_log("WARNING")
    results: dict[str, dict[str, float]] = {}
    for name, stock in (("sells out", 3000), ("never sells out", 1_000_000)):
        with tempfile.TemporaryDirectory() as folder:
            results[name] = asyncio.run(
                holds(Path(folder), options.seconds, options.clients, stock)
            )
    with tempfile.TemporaryDirectory() as folder:
        results["chat"] = intents(Path(folder))
    for name, figures in results.items():
        print(name)
        for key, value in figures.items():
            print(f"  {key:20} {value:12,.3f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2), "utf-8")


if __name__ == "__main__":
    main()
