"""The ledger in one SQLite file: WAL, full sync, one writer thread, group commit.

Every write goes to one thread, which runs all that wait in one transaction with a savepoint
for each, and syncs the disk once for all of them. Writers therefore never see "database is
locked", and one hot product costs no more than a hundred cold ones.
"""

from __future__ import annotations

import asyncio
import queue
import re
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar, cast

from idol.errors import BadInput, Unavailable
from idol.store.store import Row, Tx

T = TypeVar("T")
_GROUP = 256
"""Most transactions in one commit: bounds the wait of the first among them."""


class SqliteTx:
    """A transaction on a sqlite3 connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def one(self, sql: str, **values: Any) -> Row | None:
        return cast("Row | None", self._connection.execute(sql, values).fetchone())

    def all(self, sql: str, **values: Any) -> list[Row]:
        return cast("list[Row]", self._connection.execute(sql, values).fetchall())


def connect(path: Path | str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection as the ledger needs it. `path` may be ":memory:" for one connection alone."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA busy_timeout = 5000")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    else:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    return connection


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date, each numbered file in one transaction; return its version.

    Raises `BadInput` if the file was written by a newer Idol.
    """
    files = sorted(
        (int(match[1]), item.read_text("utf-8"))
        for item in resources.files("idol.store").joinpath("migrations").iterdir()
        if (match := re.fullmatch(r"(\d{4})_\w+(?:\.sqlite)?\.sql", item.name))
    )
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    newest = files[-1][0]
    if version > newest:
        raise BadInput(f"this ledger is of version {version}; this Idol knows up to {newest}")
    for number, sql in files:
        if number > version:
            # user_version is part of the database, so it commits with the change.
            connection.executescript(f"BEGIN;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
    return newest


class SqliteStore:
    """Implements `Store`. Raises `BadInput` if the file is not a ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._writer = connect(path)
            migrate(self._writer)
        except sqlite3.DatabaseError as error:
            raise BadInput(f"not a ledger: {error}", where=str(path)) from error
        self._readers = threading.local()
        self._open_readers: list[sqlite3.Connection] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._write, name="ledger", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if self._closed:
                raise Unavailable("the ledger is closed")
            self._jobs.put(_Job(work, future, loop))
        return future

    def read(self, work: Callable[[Tx], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            with self._lock:
                if self._closed:
                    raise Unavailable("the ledger is closed")
                connection = connect(self.path, read_only=True)
                self._open_readers.append(connection)
            self._readers.connection = connection
        try:
            connection.execute("BEGIN")
        except sqlite3.ProgrammingError as error:
            raise Unavailable("the ledger is closed") from error
        try:
            return work(SqliteTx(connection))
        finally:
            connection.execute("ROLLBACK")

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        for connection in self._open_readers:
            connection.close()
        self._writer.close()

    def _write(self) -> None:
        ending = False
        while not ending:
            batch: list[_Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    ending = True
                    break
                batch.append(job)
                if len(batch) == _GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[_Job]) -> None:
        execute, tx = self._writer.execute, SqliteTx(self._writer)
        try:
            execute("BEGIN IMMEDIATE")
            for job in batch:
                execute("SAVEPOINT job")
                try:
                    job.result = job.work(tx)
                except Exception as error:
                    job.error = error
                    execute("ROLLBACK TO job")
                execute("RELEASE job")
            execute("COMMIT")
        except sqlite3.Error as error:  # disk full, I/O error: nobody's change is kept
            if self._writer.in_transaction:
                execute("ROLLBACK")
            for job in batch:
                job.error = Unavailable(f"the ledger could not be written: {error}")
        _tell(batch)


class _Job:
    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(
        self,
        work: Callable[[Tx], Any],
        future: asyncio.Future[Any],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.work, self.future, self.loop = work, future, loop
        self.result: Any = None
        self.error: BaseException | None = None


def _tell(batch: list[_Job]) -> None:
    """Resolve the futures, waking each event loop once for the whole batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, jobs)
        except RuntimeError:  # the loop has ended; the change is on disk all the same
            continue


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.cancelled():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
