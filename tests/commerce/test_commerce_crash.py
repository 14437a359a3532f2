"""A small run of the crash suite, and that its judge can tell when a word was broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from shops import Bench

from idol.commerce.outcomes import Held
from idol.model import Viewer
from idol.store import Tx
from idol.testing.crash.proof import Heard, Proof, prove


@pytest.mark.parametrize("database", ("sqlite", "postgres"))
def test_killed_again_and_again_it_keeps_its_word(database: str) -> None:
    """400 buyers, 15 kills and, of the server, 2 crashes. In a process that may fork."""
    size = ["--buyers", "400", "--kills", "15", "--stock", "200", "--crash-every", "7"]
    size += ["--hold-seconds", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "idol.testing.crash", *size, "--database", database],
        capture_output=True,
        text=True,
        timeout=390,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    rows = [line.strip("| ").split(" | ") for line in done.stdout.splitlines()]
    cells = {row[0]: row[1] for row in rows if len(row) == 2}
    assert int(cells["Shop processes killed (SIGKILL)"]) >= 15
    assert int(cells["Answers heard"].replace(",", "")) > 500
    assert cells["Database server crashed"] == ("2" if database == "postgres" else "0")


async def test_the_judge_sees_what_is_wrong(tmp_path: Path, database: str) -> None:
    bench = Bench(tmp_path, "link,product,sku,price,stock\n1,moon-lamp,ml,9.00,3\n", None, database)
    await bench.shop.start()
    held = await bench.shop.hold(Viewer("b0", ""), 1, "ml", 2, "0")
    assert isinstance(held, Held)
    heard = Heard()
    heard.add("b0", "0", "hold", held.hold.id)

    async def after(*sql: str) -> Proof:
        """The verdict with the ledger tampered with; then it is put right again."""
        found: list[Proof] = []

        def work(tx: Tx) -> None:
            for statement in sql:
                tx.run(statement)
            found.append(prove(tx, heard, 3))
            raise LookupError

        with pytest.raises(LookupError):
            await bench.store.submit(work)
        return found[-1]

    assert (await after()).holds
    assert (await after("UPDATE supply SET reserved = 3")).unbalanced == 1
    assert (await after("DELETE FROM hold_parts", "UPDATE supply SET reserved = 0")).unbalanced == 2
    assert (await after("DELETE FROM hold_parts", "DELETE FROM holds")).lost == 1
    assert (await after("DELETE FROM idempotency")).lost == 1
    assert (await after("UPDATE holds SET quantity = 4")).oversold == 1
    assert (await after("UPDATE holds SET quantity = 5")).over_limit == 1
    twice = (
        "INSERT INTO holds SELECT 'h_2', viewer, viewer_name, platform, listing, sku, quantity,"
        " unit, currency, state, created_at, expires_at, ships_by, order_id, source, message,"
        " segment, utterance, licence FROM holds"
    )
    assert (await after(twice)).twice == 1
    coupon = (
        "INSERT INTO coupons (code, kind, value, currency, least, uses, used, per_viewer, from_at,"
        " until_at) VALUES ('RUSH', 'amount', 1, 'CNY', 0, 9, 1, 9, 0, 1)"
    )
    assert (await after(coupon)).coupons == 1
    order = (
        "INSERT INTO orders (id, number, viewer, viewer_name, platform, state, total, currency,"
        " created_at, pay_by, discount)"
        " VALUES ('o_1', '1', 'b0', '', '', 'paid', 1, 'CNY', 0, 0, 1)"
    )
    tampered = await after(order)
    assert (tampered.coupons, tampered.untold) == (1, 1)
    assert (await after(order, "UPDATE orders SET paid_at = 1")).untold == 2
    heard.add("b0", "0", "hold", "sold_out")
    assert (await after()).wrong_replays == 1
    bench.store.close()
