"""Which database a setting names: a file, or a PostgreSQL server by its URL."""

from __future__ import annotations

from pathlib import Path

from idol.errors import Missing
from idol.store.sqlite import SqliteStore
from idol.store.store import Store

_SCHEMES = ("postgresql://", "postgres://")


def is_url(database: str) -> bool:
    """Whether the setting names a server, not a file."""
    return database.startswith(_SCHEMES)


def open_store(database: str, folder: Path) -> Store:
    """The ledger that `shop.database` names; a relative file lies in `folder`.

    Raises `BadInput` for what is no ledger, `Missing` without the driver, `Unavailable` if the
    server cannot be reached.
    """
    if not is_url(database):
        return SqliteStore(folder / database)
    try:
        from idol.store.postgres import PostgresStore
    except ImportError as error:
        raise Missing("PostgreSQL needs its driver: pip install 'idol[postgres]'") from error
    return PostgresStore(database)
