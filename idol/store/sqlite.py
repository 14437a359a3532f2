"""The ledger in one SQLite file: WAL, full sync, one writer thread, group commit.

Every write goes to one thread, which runs all that wait in one transaction with a savepoint
for each, and syncs the disk once for all of them. Writers therefore never see "database is
locked", and one hot product costs no more than a hundred cold ones.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar, cast

from idol.errors import BadInput, Unavailable
from idol.store.checkpoint import Checkpointer
from idol.store.jobs import Job, Writer
from idol.store.schema import migrations
from idol.store.store import Row, Tx

T = TypeVar("T")


_LOG_PAGES = 32_000
"""Of 4 KB."""
_AT_ONCE = 64
"""Most rows in one INSERT."""


@lru_cache(maxsize=128)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"


class SqliteTx:
    """A transaction on a sqlite3 connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, sql: str, **values: Any) -> int:
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        # Not executemany: it lets go of the interpreter for every row, and where the event loop
        # is busy has to wait for it each time. In powers of two, so that few statements differ.
        done = 0
        while done < len(rows):
            size = min(_AT_ONCE, 1 << ((len(rows) - done).bit_length() - 1))
            chunk = rows[done : done + size]
            self._connection.execute(
                _insert(table, tuple(columns), size), tuple(chain.from_iterable(chunk))
            )
            done += size

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
        # The checkpointer copies; only if it falls so many pages behind does the writer help.
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute("PRAGMA foreign_keys = ON")
    return connection


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date, each numbered file in one transaction; return its version.

    Raises `BadInput` if the file was written by a newer Idol.
    """
    files = migrations("sqlite")
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

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = connect(path)
            migrate(self._connection)
        except sqlite3.DatabaseError as error:
            raise BadInput(f"not a ledger: {error}", where=str(path)) from error
        self._readers = threading.local()
        self._open_readers: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._checkpointer = Checkpointer(connect(path))
        self._writer = Writer(self._commit)

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        return self._writer.submit(work)

    def read(self, work: Callable[[Tx], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            with self._lock:
                if self._writer.closed:
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
        if not self._writer.close():
            return
        with self._lock:
            for connection in self._open_readers:
                connection.close()
        self._checkpointer.close()
        self._connection.close()

    def _commit(self, batch: list[Job]) -> None:
        execute, tx = self._connection.execute, SqliteTx(self._connection)
        several = len(batch) > 1
        try:
            execute("BEGIN IMMEDIATE")
            for job in batch:
                if several:
                    execute("SAVEPOINT job")
                try:
                    job.result = job.work(tx)
                except Exception as error:
                    job.error = error
                    execute("ROLLBACK TO job" if several else "ROLLBACK")
                if several:
                    execute("RELEASE job")
            if self._connection.in_transaction:
                execute("COMMIT")
            self._checkpointer.committed()
        except sqlite3.Error as error:  # disk full, I/O error: nobody's change is kept
            if self._connection.in_transaction:
                execute("ROLLBACK")
            for job in batch:
                job.error = Unavailable(f"the ledger could not be written: {error}")
