"""Every transition of every state table, allowed and not, on both databases; and no way round."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

import pytest
from shops import Bench

from idol.commerce import listing, production, returns, states, suppliers, waves
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Held, Refusal
from idol.commerce.supply import Dates
from idol.errors import Refused
from idol.model import Viewer
from idol.store import Tx

ROOM = Path(states.__file__).parent
DATES = Dates(zone=UTC)
LIN = Viewer("lin", "Lin")


async def test_a_transition_is_in_its_table_or_refused(tmp_path: Path, database: str) -> None:
    bench = Bench(tmp_path, database=database, rules=Rules(dates=DATES))
    await bench.shop.start()
    held = await bench.shop.hold(LIN, 3, "ml", 1, "a")
    assert isinstance(held, Held)
    order = await bench.shop.confirm(LIN, held.hold.id, "a")
    word = bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed")
    await bench.webhook(word)
    now = bench.clock.now()

    def work(tx: Tx) -> int:
        suppliers.keep(tx, suppliers.Supplier("hz", "HZ"))
        made = production.propose(tx, "L", "ml", "hz", 5, {"zh": "", "en": ""}, DATES, now)
        ids: dict[str, str | int] = {
            "listings": 3,
            "holds": held.hold.id,
            "orders": order.id,
            "payments": order.pay_url.rsplit("/", 1)[-1],
            "lots": "L",
            "production_orders": made.id,
            "returns": returns.ask_return(tx, order.id, 0, 1, "", now).id,
            "waves": waves.plan(tx, "ml", 1, None, now, "op").id,
        }
        tried = 0
        for table in states.EVERY:
            id = ids[table.table]
            before = table.before
            every = {*table.born, *before, *(s for group in before.values() for s in group)}
            for start in sorted(every):
                for to in sorted(every | {"nowhere"}):
                    tx.run(
                        f"UPDATE {table.table} SET state = :s WHERE {table.key} = :id",
                        s=start,
                        id=id,
                    )
                    allowed = start in before.get(to, ())
                    assert table.move(tx, id, to) == allowed, (table.table, start, to)
                    assert table.now(tx, id) == (to if allowed else start)
                    tx.run(
                        f"UPDATE {table.table} SET state = :s WHERE {table.key} = :id",
                        s=start,
                        id=id,
                    )
                    assert table.move_all(tx, [id], to) == allowed, (table.table, start, to)
                    assert table.now(tx, id) == (to if allowed else start)
                    tried += 1
            nobody = 999 if isinstance(id, int) else "nobody"
            assert not any(table.move(tx, nobody, to) for to in every)
            assert table.now(tx, nobody) == ""
        return tried

    assert await bench.store.submit(work) > 200
    bench.store.close()


def test_no_statement_goes_round_the_tables() -> None:
    """Whatever else updates these rows leaves their state alone."""
    guarded = {table.table for table in states.EVERY}
    seen = 0
    for file in ROOM.rglob("*.py"):
        if file.name == "states.py":
            continue
        text = re.sub(r'"\s*\n?\s*f?"', "", file.read_text("utf-8"))
        for table, columns in re.findall(r"UPDATE (\w+) SET (.*?)(?: WHERE|\")", text, re.DOTALL):
            seen += table in guarded
            assert table not in guarded or not re.search(r"\bstate =", columns), (file, columns)
    assert seen > 5


async def test_what_is_kept_back_by_hand_is_not_sold(tmp_path: Path, database: str) -> None:
    """Taken off sale, a listing stays off through a restart; what is held stays held."""
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    held = await bench.shop.hold(LIN, 3, "ml", 1, "a")
    assert isinstance(held, Held)
    await bench.store.submit(lambda tx: listing.put(tx, 3, "draft"))
    with pytest.raises(Refused, match="listing 3 is draft"):
        await bench.store.submit(lambda tx: listing.put(tx, 3, "draft"))
    await bench.shop.start()
    refused = await bench.shop.hold(Viewer("mo", "Mo"), 3, "ml", 1, "b")
    assert isinstance(refused, Refusal) and refused.code == "closed"
    order = await bench.shop.confirm(LIN, held.hold.id, "c")
    assert order.state == "awaiting_payment"
    await bench.store.submit(lambda tx: listing.put(tx, 3, "open"))
    assert isinstance(await bench.shop.hold(Viewer("mo", "Mo"), 3, "ml", 1, "d"), Held)
    bench.store.close()
