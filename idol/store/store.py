"""What the shop needs from a database; the use cases are written against this alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
_NAMED = 256


class Row(Protocol):
    """One result row, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...
    def keys(self) -> Iterable[str]: ...


class Tx(Protocol):
    """One transaction. SQL is text with `:name` parameters that SQLite and PostgreSQL share."""

    def run(self, sql: str, **values: Any) -> int:
        """Execute; return the number of rows changed."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, their values in the order of `columns`. Far cheaper than as many `run`s."""

    def one(self, sql: str, **values: Any) -> Row | None:
        """The first row, or None."""

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row."""


class Store(Protocol):
    """A durable ledger."""

    name: str
    """Of the database: sqlite, postgres."""

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """Run `work` in a write transaction of its own; done only when it is on disk.

        If `work` raises, its changes are undone and the error is raised here. Transactions
        act as if each had run alone, whatever other processes do; to keep that, `work` may be
        undone and run again, so it must do nothing but read, compute and write. Call from the
        event loop. Raises `Unavailable` when the database refuses or the store is closed.
        """

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot of what is committed. Never waits for a writer."""

    def close(self) -> None:
        """Finish what was submitted, then let go of the files. Idempotent."""


def in_parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """In parts that one statement can name: databases bound the number of its parameters."""
    for begin in range(0, len(values), _NAMED):
        yield values[begin : begin + _NAMED]


def among(prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """For `x IN (...)`: the text of the list and its values, such as (":k0, :k1", {...}).

    Lengths are rounded up to a power of two by repeating, so that few statements differ.
    """
    items = list(values)
    if not items:
        return "NULL", {}
    size = 1 << (len(items) - 1).bit_length()
    items += items[-1:] * (size - len(items))
    named = {f"{prefix}{n}": item for n, item in enumerate(items)}
    return ", ".join(f":{name}" for name in named), named
