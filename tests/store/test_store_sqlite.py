"""What is SQLite's own: its file, its versions, and a process killed while it sells."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from idol.errors import BadInput
from idol.store import SqliteStore, Tx
from idol.store.sqlite import connect, migrate


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    connection = connect(tmp_path / "ledger.db")
    assert migrate(connection) == migrate(connection)
    connection.execute("PRAGMA user_version = 999")
    with pytest.raises(BadInput, match="999"):
        migrate(connection)
    connection.close()


def test_what_is_no_ledger(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_text("this is not a database, whatever its name says" * 50)
    with pytest.raises(BadInput, match="not a ledger"):
        SqliteStore(file)


async def test_the_log_is_copied_beside_the_writer(tmp_path: Path) -> None:
    """While the ledger stays open and no writer helps, what was committed reaches its file."""
    file = tmp_path / "ledger.db"
    store = SqliteStore(file)
    body = "so many words " * 100
    columns = ("at", "kind", "body")

    def work(tx: Tx) -> None:
        tx.insert("events", columns, [(0.0, "test", body)] * 10)

    for _ in range(40):
        await store.submit(work)
    until = time.monotonic() + 60
    while body.encode() not in file.read_bytes():
        assert time.monotonic() < until, "nothing was copied"
        await asyncio.sleep(0.02)
    assert (tmp_path / "ledger.db-wal").stat().st_size > 0
    store.close()
    assert not (tmp_path / "ledger.db-wal").exists()


BUYERS = textwrap.dedent(
    """
    import asyncio, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    from idol.clock import SystemClock
    from idol.commerce.outcomes import Held
    from idol.model import Viewer
    from shops import Bench

    CSV = "link,product,sku,price,stock\\n1,moon-lamp,ml,9.00,400\\n"

    async def main():
        bench = Bench(Path(sys.argv[1]), CSV, SystemClock())
        await bench.shop.start()
        print("ready", flush=True)
        serial = 0
        async def buyer(b):
            n = 0
            while True:
                n += 1
                key = f"{sys.argv[3]}-{b}-{n}"
                got = await bench.shop.hold(Viewer(key, key), 1, "ml", 1, key)
                id = got.hold.id if isinstance(got, Held) else "-"
                print(key, id, flush=True)
        await asyncio.gather(*(buyer(b) for b in range(16)))

    asyncio.run(main())
    """
)


def test_killed_again_and_again_it_keeps_its_word(tmp_path: Path) -> None:
    """SIGKILL in the middle of selling: nothing oversold, nothing acknowledged is lost."""
    here = Path(__file__).parents[1] / "commerce"
    said: dict[str, str] = {}
    for life in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", BUYERS, str(tmp_path), str(here), str(life)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert child.stdout
        for heard, line in enumerate(child.stdout):
            if line.count(" ") == 1 and line.endswith("\n") and line != "ready\n":
                key, _, hold = line.strip().partition(" ")
                if hold.startswith("h_") and len(hold) == 30:
                    said[key] = hold
            if heard > 40 + 37 * life:
                break
        os.kill(child.pid, signal.SIGKILL)
        child.stdout.close()
        child.wait()
    connection = connect(tmp_path / "ledger.db")
    rows = {row["viewer"]: row["id"] for row in connection.execute("SELECT id, viewer FROM holds")}
    assert len(said) > 100
    assert all(rows.get(key) == hold for key, hold in said.items())
    row = connection.execute(
        "SELECT capacity, reserved, (SELECT sum(quantity) FROM hold_parts) AS held FROM supply"
    ).fetchone()
    assert row["held"] == row["reserved"] <= row["capacity"] == 400
    assert len(set(rows)) == len(rows)
    connection.close()
