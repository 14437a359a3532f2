"""What the shop needs from a database; the use cases are written against this alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Row(Protocol):
    """One result row, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Tx(Protocol):
    """One transaction. SQL is text with `:name` parameters that SQLite and PostgreSQL share."""

    def run(self, sql: str, **values: Any) -> int:
        """Execute; return the number of rows changed."""

    def one(self, sql: str, **values: Any) -> Row | None:
        """The first row, or None."""

    def all(self, sql: str, **values: Any) -> list[Row]:
        """Every row."""


class Store(Protocol):
    """A durable ledger."""

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """Run `work` in a write transaction of its own; done only when it is on disk.

        If `work` raises, its changes are undone and the error is raised here. Call from the
        event loop. Raises `Unavailable` when the disk refuses or the store is closed.
        """

    def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot of what is committed. Never waits for a writer."""

    def close(self) -> None:
        """Finish what was submitted, then let go of the files. Idempotent."""
