"""The store: what is acknowledged is on disk, failures undo only themselves."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from idol.errors import BadInput, Refused, Unavailable
from idol.store import SqliteStore, Tx
from idol.store.sqlite import connect, migrate


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "ledger.db")
    yield store
    store.close()


def note(tx: Tx, text: str) -> int:
    return tx.run("INSERT INTO events (at, kind, body) VALUES (0, 'test', :t)", t=text)


def notes(tx: Tx) -> list[str]:
    return [row["body"] for row in tx.all("SELECT body FROM events ORDER BY id")]


async def test_a_failure_undoes_only_itself(store: SqliteStore) -> None:
    def bad(tx: Tx) -> None:
        note(tx, "bad")
        raise Refused("no")

    done = await asyncio.gather(
        store.submit(lambda tx: note(tx, "a")),
        store.submit(bad),
        store.submit(lambda tx: note(tx, "b")),
        return_exceptions=True,
    )
    assert done[0] == done[2] == 1 and isinstance(done[1], Refused)
    assert store.read(notes) == ["a", "b"]


async def test_a_constraint_is_an_error_of_its_own_job(store: SqliteStore) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await store.submit(
            lambda tx: tx.run("INSERT INTO supply (sku, kind, capacity) VALUES ('x', 'lot', 1)")
        )
    assert await store.submit(lambda tx: note(tx, "a")) == 1


async def test_readers_see_what_is_committed_and_cannot_write(store: SqliteStore) -> None:
    await store.submit(lambda tx: note(tx, "a"))
    assert await asyncio.to_thread(store.read, notes) == ["a"]
    with pytest.raises(sqlite3.OperationalError):
        store.read(lambda tx: note(tx, "b"))
    assert store.read(notes) == ["a"]


async def test_prices_and_events_are_append_only(store: SqliteStore) -> None:
    await store.submit(lambda tx: note(tx, "a"))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        await store.submit(lambda tx: tx.run("UPDATE events SET body = 'x'"))


async def test_after_closing_it_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.db")
    await store.submit(lambda tx: note(tx, "a"))
    store.close()
    store.close()
    with pytest.raises(Unavailable):
        await store.submit(lambda tx: note(tx, "b"))
    with pytest.raises(Unavailable):
        store.read(notes)


async def test_a_cancelled_caller_harms_nobody(store: SqliteStore) -> None:
    tasks = [asyncio.ensure_future(store.submit(lambda tx: note(tx, "a"))) for _ in range(20)]
    tasks[3].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(1 for result in done if result == 1) == 19
    assert len(store.read(notes)) == 20


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
                if hold.startswith("h_") and len(hold) == 18:
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
