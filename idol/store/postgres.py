"""The ledger on a PostgreSQL server: the same SQL, the same rules, any number of shops at once.

Each process commits like the SQLite ledger does: one writer takes all that waits. Between
processes a write takes its turn at a lock before its snapshot, so that writers of one hot item
stand in line for a batch each and do not undo one another's work; beneath that the
transactions are serialisable, so a write from elsewhere that would break a decision undoes it
and it is made again. A commit whose answer was lost with the connection is looked up by its
transaction id: it is neither repeated nor forgotten.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import DictRow, dict_row
from psycopg.types.numeric import Int8Dumper

from idol.errors import BadInput, Unavailable
from idol.store.jobs import Job, Writer
from idol.store.schema import migrations
from idol.store.store import Row, Tx

T = TypeVar("T")
Connection = psycopg.Connection[DictRow]

_TRIES = 30
"""How often a batch that lost against another writer is made again."""
_PATIENCE = 15.0
"""Seconds to wait for a server that has gone away."""
_OPTIONS = (
    " -c lock_timeout=10000 -c statement_timeout=20000"
    # A process that is stopped in mid-write must not keep the others waiting.
    " -c idle_in_transaction_session_timeout=5000"
    # Statements are planned once, when a new shop's tables are still empty: such a plan would
    # read whole tables for as long as the connection lasts. What is asked often has an index.
    " -c enable_seqscan=off"
    # One plan to a statement then, whatever its values: a rush must not plan each batch anew.
    # Nor compile it: a table that has to be read whole looks so dear now that a server would.
    " -c plan_cache_mode=force_generic_plan -c jit=off"
)
_BEGIN = (
    "BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE idol_schema IN EXCLUSIVE MODE;"
    " SELECT pg_current_xact_id()::text AS id"
)
_PARAMETER = re.compile(r"(?<!:):(\w+)")
_MIGRATING = 4_919_131_752_989_213_764
"""Key of the advisory lock under which one process at a time migrates: "Door" twice."""


class PostgresTx:
    """A transaction on a psycopg connection; `lazily` is run once, before its first write."""

    __slots__ = ("_cursor", "_lazily")

    def __init__(self, connection: Connection, lazily: str = "") -> None:
        self._cursor = psycopg.RawCursor(connection)
        self._lazily = lazily

    @property
    def touched(self) -> bool:
        """Whether `lazily` has been run."""
        return not self._lazily

    def run(self, sql: str, **values: Any) -> int:
        self._write()
        text, names = positional(sql)
        return self._cursor.execute(text, [values[name] for name in names]).rowcount

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        self._write()
        with self._cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def one(self, sql: str, **values: Any) -> Row | None:
        text, names = positional(sql)
        row: Row | None = self._cursor.execute(text, [values[n] for n in names]).fetchone()
        return row

    def all(self, sql: str, **values: Any) -> list[Row]:
        text, names = positional(sql)
        return list(self._cursor.execute(text, [values[name] for name in names]).fetchall())

    def _write(self) -> None:
        if self._lazily:
            self._cursor.execute(self._lazily)
            self._lazily = ""


@lru_cache(maxsize=2048)
def positional(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` parameters as PostgreSQL's own $1, $2, ... and their names in that order."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in names:
            names.append(match[1])
        return f"${names.index(match[1]) + 1}"

    return _PARAMETER.sub(number, sql), tuple(names)


class _Whole(Loader):
    """Sums of BIGINT come as NUMERIC; ours are whole numbers."""

    def load(self, data: Buffer) -> int | Decimal:
        text = bytes(data).decode()
        return Decimal(text) if "." in text else int(text)


def connect(url: str) -> Connection:
    """A connection as the ledger needs it, in autocommit. Raises `psycopg.OperationalError`."""
    connection = psycopg.connect(
        url,
        autocommit=True,
        row_factory=dict_row,
        connect_timeout=5,
        application_name="idol",
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        options=_OPTIONS,
    )
    # One type for all whole numbers, else each size of a number would be prepared anew.
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_loader("numeric", _Whole)
    return connection


def migrate(connection: Connection) -> int:
    """Bring the schema up to date, one process at a time; return its version.

    Raises `BadInput` if a newer Idol has written it.
    """
    files = migrations("postgres")
    newest = files[-1][0]
    with connection.transaction():
        connection.execute("SET LOCAL statement_timeout = 0")  # a large table takes its time
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATING])
        connection.execute("CREATE TABLE IF NOT EXISTS idol_schema (version BIGINT NOT NULL)")
        row = connection.execute("SELECT max(version) AS n FROM idol_schema").fetchone()
        version = (row["n"] if row else None) or 0
        if version > newest:
            raise BadInput(f"this ledger is of version {version}; this Idol knows up to {newest}")
        for number, sql in files:
            if number > version:
                connection.execute(sql.encode())
        if version == newest:
            return newest
        connection.execute("DELETE FROM idol_schema")
        connection.execute("INSERT INTO idol_schema (version) VALUES (%s)", [newest])
    return newest


class _Spoilt(Exception):
    """A job failed where there is no savepoint to go back to; of several, each must go alone."""


class PostgresStore:
    """Implements `Store`. Raises `Unavailable` if the server cannot be reached.

    `patience`: seconds for which a write waits for a server that has gone away.
    """

    name = "postgres"

    def __init__(self, url: str, *, patience: float = _PATIENCE) -> None:
        self._url, self._patience = url, patience
        try:
            self._connection: Connection | None = connect(url)
            migrate(self._connection)
        except psycopg.ProgrammingError as error:
            raise BadInput(f"not a ledger: {error}", where="shop.database") from error
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL cannot be used: {error}") from error
        self._readers = threading.local()
        self._open_readers: list[Connection] = []
        self._lock = threading.Lock()
        self._writer = Writer(self._commit)

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        return self._writer.submit(work)

    def read(self, work: Callable[[Tx], T]) -> T:
        for again in (True, False):
            if self._writer.closed:
                raise Unavailable("the ledger is closed")
            try:
                connection = self._reader()
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                try:
                    return work(PostgresTx(connection))
                finally:
                    if not connection.broken:
                        connection.execute("ROLLBACK")
            except psycopg.OperationalError as error:
                if not again:
                    raise Unavailable(f"the ledger cannot be read: {error}") from error
        raise AssertionError("the second try answers or raises")

    def close(self) -> None:
        if not self._writer.close():
            return
        with self._lock:
            for connection in self._open_readers:
                connection.close()
        if self._connection:
            self._connection.close()

    def _reader(self) -> Connection:
        """This thread's own connection, made again if it was lost."""
        connection: Connection | None = getattr(self._readers, "connection", None)
        if connection is None or connection.closed:
            fresh = connect(self._url)
            # Nobody waits for a reader: a long report may take its time between two questions.
            fresh.execute("SET idle_in_transaction_session_timeout = 0")
            with self._lock:
                if connection in self._open_readers:
                    self._open_readers.remove(connection)
                self._open_readers.append(fresh)
            self._readers.connection = connection = fresh
        return connection

    # ---- on the writer's thread

    def _commit(self, batch: list[Job]) -> None:
        until, tries, transaction = 0.0, 0, ""  # until: from the first failure on
        while True:
            try:
                connection = self._writing()
                if transaction:  # its COMMIT was sent, but no answer came
                    if self._committed(connection, transaction):
                        return None
                    transaction = ""
                transaction = self._run(connection, batch)
                connection.execute("COMMIT")
                return None
            except (errors.SerializationFailure, errors.DeadlockDetected) as error:
                transaction, tries = "", tries + 1
                self._undo()
                if tries == _TRIES:
                    return _fail(batch, Unavailable(f"the ledger is contended: {error}"))
                time.sleep(random.uniform(0, min(0.002 * 2**tries, 0.1)))
            except _Spoilt:
                transaction = ""
                self._undo()
                if len(batch) > 1:
                    for job in batch:
                        self._commit([job])
                return None
            except psycopg.Error as error:
                self._undo()
                until = until or time.monotonic() + self._patience
                if self._connection is not None or time.monotonic() > until:
                    said = "it is not known whether it was kept" if transaction else "nothing kept"
                    return _fail(batch, Unavailable(f"the ledger failed, {said}: {error}"))
                time.sleep(0.05)

    def _writing(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url)
        return self._connection

    def _run(self, connection: Connection, batch: list[Job]) -> str:
        """Do all of a batch up to its COMMIT; return the transaction's id."""
        cursor = connection.execute(_BEGIN)
        while cursor.nextset():
            pass
        begun, several = cursor.fetchone(), len(batch) > 1
        for job in batch:
            job.error = job.result = None
            tx = PostgresTx(connection, "SAVEPOINT job" if several else "")
            try:
                job.result = job.work(tx)
            except psycopg.OperationalError:
                raise
            except Exception as error:
                job.error = error
                if several and tx.touched:
                    connection.execute("ROLLBACK TO job")
                elif not several or isinstance(error, psycopg.Error):
                    raise _Spoilt from error
            if several and tx.touched:
                connection.execute("RELEASE job")
        return str(begun["id"]) if begun else ""

    def _committed(self, connection: Connection, transaction: str) -> bool:
        while True:
            row = connection.execute(
                "SELECT pg_xact_status(%s::xid8) AS status", [transaction]
            ).fetchone()
            if row is None or row["status"] != "in progress":
                return bool(row and row["status"] == "committed")
            time.sleep(0.02)

    def _undo(self) -> None:
        """Back to no transaction, or to no connection."""
        if self._connection is None:
            return
        try:
            self._connection.execute("ROLLBACK")
        except psycopg.Error:
            self._connection.close()
            self._connection = None


def _fail(batch: list[Job], error: Unavailable) -> None:
    for job in batch:
        job.error = error
