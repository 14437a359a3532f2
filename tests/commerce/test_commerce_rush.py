"""A rush, and what is left of it: hundreds at once, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shops import Bench

from idol.commerce import answers
from idol.commerce.answers import Purchase
from idol.commerce.holds import Origin, Rules
from idol.commerce.outcomes import Held, HoldEnded
from idol.model import Viewer
from idol.store import Tx


async def test_a_whole_rush_runs_out_at_once(tmp_path: Path, database: str) -> None:
    """More than one statement can name, among them an order; others' holds stay."""
    bench = Bench(
        tmp_path, "link,product,sku,price,stock\n3,moon-lamp,ml,9.00,700\n", None, database
    )
    await bench.shop.start()
    rush = [Purchase(f"k{n}", "", Viewer(f"v{n}", ""), (("ml", 1),), Origin()) for n in range(600)]
    rules, now = Rules(), bench.clock.now()
    await bench.store.submit(lambda tx: answers.place_all(tx, rush, now, rules))
    first = (await bench.shop.holds("v0"))[0]
    order = await bench.shop.confirm("v0", first.id, "c")
    await bench.clock.advance(200)
    late = await bench.shop.hold(Viewer("late", ""), 3, "ml", 5, "k")
    assert isinstance(late, Held)
    await bench.clock.advance(101)
    await bench.shop.sweep()
    assert len(bench.heard(HoldEnded)) == 1 + 599

    def books(tx: Tx) -> tuple[Any, ...]:
        row = tx.one(
            "SELECT (SELECT reserved FROM supply) AS reserved,"
            " (SELECT sum(quantity) FROM hold_parts) AS parts,"
            " (SELECT count(*) FROM holds WHERE state = 'expired') AS gone"
        )
        assert row
        return row["reserved"], row["parts"], row["gone"]

    assert bench.store.read(books) == (6, 6, 599)
    await bench.clock.advance(601)
    await bench.shop.sweep()
    assert bench.store.read(books) == (0, None, 601)
    assert (await bench.shop.order("v0", order.id)).state == "cancelled"
    bench.store.close()
