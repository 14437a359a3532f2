"""Races made on purpose: another writer acts between one writer's reading and writing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from shops import Bench

from idol.commerce import supply
from idol.commerce.outcomes import Held, Refusal
from idol.errors import Unavailable
from idol.model import Viewer
from idol.store import Store, Tx, open_store
from idol.store.postgres import PostgresStore
from idol.testing.postgres import PostgresServer

LAMP = "SELECT capacity, reserved FROM supply WHERE sku = 'ml'"


async def shop(folder: Path, database: str) -> Bench:
    bench = Bench(folder, database=database)
    await bench.shop.start()
    return bench


def between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Once, after the shelves are read and before anything is taken, do `act`."""
    honest, done = supply.shelves, threading.Event()

    def hooked(*values: Any, **named: Any) -> Any:
        found = honest(*values, **named)
        if not done.is_set():
            done.set()
            act()
        return found

    monkeypatch.setattr(supply, "shelves", hooked)


async def test_two_shops_and_the_last_lamps(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read that ten are free before either writes. Ten are held, not twenty."""
    ours, theirs = await shop(tmp_path, database), await shop(tmp_path, database)
    racing: list[asyncio.Future[Any]] = []
    loop = asyncio.get_running_loop()
    began = threading.Event()

    def meanwhile() -> None:
        async def other() -> None:
            racing.append(
                asyncio.ensure_future(theirs.shop.hold(Viewer("bob", "Bob"), 3, "ml", 10, "k"))
            )
            began.set()

        asyncio.run_coroutine_threadsafe(other(), loop)
        began.wait(5)
        threading.Event().wait(0.3)  # time enough for the other to come to our row

    between(monkeypatch, meanwhile)
    mine = await ours.shop.hold(Viewer("ann", "Ann"), 3, "ml", 10, "k")
    yours = await racing[0]
    assert sorted(type(answer).__name__ for answer in (mine, yours)) == ["Held", "Refusal"]
    assert isinstance(mine, Held) and isinstance(yours, Refusal) and yours.code == "sold_out"
    row = ours.store.read(lambda tx: tx.one(LAMP))
    assert row is not None and (row["capacity"], row["reserved"]) == (10, 10)
    ours.store.close()
    theirs.store.close()


async def test_the_same_key_at_two_shops_is_one_hold(tmp_path: Path, database: str) -> None:
    shops = [await shop(tmp_path, database) for _ in range(2)]
    for n in range(20):
        answers = await asyncio.gather(
            *(bench.shop.hold(Viewer(f"v{n}", ""), 2, "st-sb-s", 1, "k") for bench in shops)
        )
        assert len({answer.hold.id for answer in answers}) == 1  # type: ignore[union-attr]
    row = shops[0].store.read(lambda tx: tx.one("SELECT count(*) AS n FROM holds"))
    assert row is not None and row["n"] == 20
    for bench in shops:
        bench.store.close()


async def test_the_limit_holds_across_shops_and_variants(tmp_path: Path, database: str) -> None:
    """Three jackets to a viewer, whichever colour, whichever process."""
    shops = [await shop(tmp_path, database) for _ in range(2)]
    skus = ("cj-bk-m", "cj-bk-l", "cj-rd-m", "cj-rd-l")
    await asyncio.gather(
        *(
            bench.shop.hold(Viewer("lin", "Lin"), 1, sku, 2, f"{n}-{sku}")
            for n, bench in enumerate(shops)
            for sku in skus
        )
    )
    row = shops[0].store.read(lambda tx: tx.one("SELECT sum(quantity) AS n FROM holds"))
    assert row is not None and row["n"] == 3
    for bench in shops:
        bench.store.close()


async def test_a_hand_on_the_table_undoes_the_decision(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes past the shop, by psql, and takes no turn: the decision is made anew."""
    url = postgres.database()
    bench = await shop(tmp_path, url)

    def meanwhile() -> None:
        with psycopg.connect(url, autocommit=True) as hand:
            hand.execute("UPDATE supply SET capacity = 4 WHERE sku = 'ml'")

    between(monkeypatch, meanwhile)
    answer = await bench.shop.hold(Viewer("ann", "Ann"), 3, "ml", 10, "k")
    assert isinstance(answer, Held) and answer.hold.quantity == 4
    bench.store.close()


async def test_a_server_that_crashes_in_mid_write_is_waited_for(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await shop(tmp_path, postgres.database())
    between(monkeypatch, postgres.crash)
    answer = await bench.shop.hold(Viewer("ann", "Ann"), 3, "ml", 2, "k")
    assert isinstance(answer, Held)
    row = bench.store.read(lambda tx: tx.one(LAMP))
    assert row is not None and row["reserved"] == 2
    bench.store.close()


@pytest.mark.parametrize("reached", (True, False), ids=("committed", "not committed"))
async def test_a_commit_whose_answer_is_lost_counts_once(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, reached: bool
) -> None:
    """The connection breaks at COMMIT, after or before the server has heard it."""
    store = PostgresStore(postgres.database())
    honest, lost = psycopg.Connection.execute, threading.Event()

    def breaking(self: Any, query: Any, *values: Any, **named: Any) -> Any:
        if query == "COMMIT" and not lost.is_set():
            lost.set()
            if reached:
                honest(self, query)
            self.close()
            raise psycopg.OperationalError("the line is dead")
        return honest(self, query, *values, **named)

    def work(tx: Tx) -> int:
        return tx.run("INSERT INTO events (at, kind, body) VALUES (0, 'test', 'once')")

    monkeypatch.setattr(psycopg.Connection, "execute", breaking)
    assert await store.submit(work) == 1
    row = store.read(lambda tx: tx.one("SELECT count(*) AS n FROM events"))
    assert row is not None and row["n"] == 1 and lost.is_set()
    store.close()


async def test_a_server_that_stays_away_is_unavailable(postgres: PostgresServer) -> None:
    url = postgres.database()
    store = PostgresStore(url, patience=0.3)
    with psycopg.connect(postgres.url(), autocommit=True) as other:
        name = url.split("@/")[1].split("?")[0]
        other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        other.execute(b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <>"
                      b" pg_backend_pid() AND backend_type = 'client backend'")  # fmt: skip
    with pytest.raises(Unavailable):
        await store.submit(lambda tx: tx.all("SELECT 1 AS n"))
    with pytest.raises(Unavailable):
        store.read(lambda tx: tx.all("SELECT 1 AS n"))
    store.close()


async def test_a_writer_elsewhere_is_waited_for_on_a_file(tmp_path: Path) -> None:
    store: Store = open_store("ledger.db", tmp_path)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.2, other.execute, "COMMIT")
    sql = "INSERT INTO events (at, kind, body) VALUES (0, 'test', 'x')"
    assert await store.submit(lambda tx: tx.run(sql)) == 1
    other.close()
    store.close()
