"""The store, on both databases: what is acknowledged is kept, failures undo only themselves."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from idol.errors import Refused, Unavailable
from idol.store import Store, Tx, among, open_store

IntegrityError = (sqlite3.IntegrityError, psycopg.IntegrityError)
ReadOnly = (sqlite3.OperationalError, psycopg.errors.ReadOnlySqlTransaction)


@pytest.fixture
def store(tmp_path: Path, database: str) -> Iterator[Store]:
    store = open_store(database, tmp_path)
    yield store
    store.close()


def note(tx: Tx, text: str) -> int:
    return tx.run("INSERT INTO events (at, kind, body) VALUES (0, 'test', :t)", t=text)


def notes(tx: Tx) -> list[str]:
    return [row["body"] for row in tx.all("SELECT body FROM events ORDER BY id")]


async def test_a_failure_undoes_only_itself(store: Store) -> None:
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


async def test_a_constraint_is_an_error_of_its_own_job(store: Store) -> None:
    with pytest.raises(IntegrityError):
        await store.submit(
            lambda tx: tx.run("INSERT INTO supply (sku, kind, capacity) VALUES ('x', 'lot', 1)")
        )
    assert await store.submit(lambda tx: note(tx, "a")) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO hold_parts (hold, supply, quantity, ships_by) VALUES ('h', 99, 1, '')",
        "INSERT INTO hold_parts (hold, supply, quantity, ships_by) VALUES ('none', 1, 1, '')",
        "INSERT INTO holds SELECT 'h2', viewer, '', '', 99, sku, 1, 1, 'CNY', 'live', 0, 1, '',"
        " NULL, 'tap', '', '', '', '' FROM holds",
        "INSERT INTO holds SELECT 'h2', viewer, '', '', 1, 'none', 1, 1, 'CNY', 'live', 0, 1, '',"
        " NULL, 'tap', '', '', '', '' FROM holds",
        "UPDATE holds SET sku = 'none'",
        "UPDATE holds SET listing = 99",
        "UPDATE hold_parts SET supply = 99",
        "DELETE FROM holds",
        "DELETE FROM supply",
        "DELETE FROM variants",
        "DELETE FROM listings",
    ],
)
async def test_what_a_hold_refers_to_exists_and_stays(store: Store, sql: str) -> None:
    """Whatever wrote it, and by hand too; PostgreSQL checks this by statement, not by row."""

    def seed(tx: Tx) -> None:
        tx.run("INSERT INTO listings (number, product, title) VALUES (1, 'p', '{}')")
        tx.run("INSERT INTO variants (sku, listing, position, label) VALUES ('s', 1, 0, '{}')")
        tx.run("INSERT INTO supply (id, sku, kind, capacity) VALUES (1, 's', 'on_hand', 9)")
        tx.run(
            "INSERT INTO holds (id, viewer, viewer_name, platform, listing, sku, quantity, unit,"
            " currency, state, created_at, ships_by, source, message, segment, utterance, licence)"
            " VALUES ('h', 'v', '', '', 1, 's', 1, 1, 'CNY', 'live', 0, '', 'tap', '', '', '', '')"
        )
        tx.run("INSERT INTO hold_parts (hold, supply, quantity, ships_by) VALUES ('h', 1, 1, '')")

    await store.submit(seed)
    with pytest.raises(IntegrityError):
        await store.submit(lambda tx: tx.run(sql))


async def test_readers_see_what_is_committed_and_cannot_write(store: Store) -> None:
    await store.submit(lambda tx: note(tx, "a"))
    assert await asyncio.to_thread(store.read, notes) == ["a"]
    with pytest.raises(ReadOnly):
        store.read(lambda tx: note(tx, "b"))
    assert store.read(notes) == ["a"]


async def test_prices_and_events_are_append_only(store: Store) -> None:
    await store.submit(lambda tx: note(tx, "a"))
    with pytest.raises(IntegrityError, match="append-only"):
        await store.submit(lambda tx: tx.run("UPDATE events SET body = 'x'"))


async def test_after_closing_it_says_so(tmp_path: Path, database: str) -> None:
    store = open_store(database, tmp_path)
    await store.submit(lambda tx: note(tx, "a"))
    store.close()
    store.close()
    with pytest.raises(Unavailable):
        await store.submit(lambda tx: note(tx, "b"))
    with pytest.raises(Unavailable):
        store.read(notes)


async def test_a_cancelled_caller_harms_nobody(store: Store) -> None:
    tasks = [asyncio.ensure_future(store.submit(lambda tx: note(tx, "a"))) for _ in range(20)]
    tasks[3].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(1 for result in done if result == 1) == 19
    assert len(store.read(notes)) == 20


async def test_many_rows_and_lists_of_values(store: Store) -> None:
    columns = ("at", "kind", "body")
    rows = [(0.0, "test", str(n)) for n in range(199)]
    await store.submit(lambda tx: tx.insert("events", columns, rows))
    await store.submit(lambda tx: tx.insert("events", columns, []))
    for wanted in (["3"], ["3", "5", "19"], [str(n) for n in range(9)], ["197"], []):
        names, values = among("b", wanted)

        def read(tx: Tx, names: str = names, values: dict[str, str] = values) -> list[str]:
            found = tx.all(f"SELECT body FROM events WHERE body IN ({names}) ORDER BY id", **values)
            return [row["body"] for row in found]

        assert store.read(read) == wanted


async def test_whole_numbers_stay_whole_and_may_be_large(store: Store) -> None:
    big = 9_000_000_000_000

    def work(tx: Tx) -> None:
        values = {"n": big, "at": 0.5}
        for id in ("a", "b"):
            tx.run(
                "INSERT INTO orders (id, number, viewer, viewer_name, platform, state, total,"
                " currency, created_at, pay_by) VALUES (:id, :id, '', '', '', 'paid', :n, 'CNY',"
                " :at, :at)",
                id=id,
                **values,
            )

    await store.submit(work)
    row = store.read(lambda tx: tx.one("SELECT sum(total) AS n, min(pay_by) AS at FROM orders"))
    assert row is not None and row["n"] == 2 * big and type(row["n"]) is int and row["at"] == 0.5


async def test_what_the_first_job_wrote_the_second_reads(store: Store) -> None:
    done = await asyncio.gather(
        store.submit(lambda tx: note(tx, "a")), store.submit(notes), return_exceptions=True
    )
    assert done == [1, ["a"]]
