"""Where the ledger is kept: numbered SQL, one writer, snapshot reads; SQLite or PostgreSQL."""

from idol.store.sqlite import SqliteStore
from idol.store.store import Row, Store, Tx, among, in_parts
from idol.store.where import is_url, open_store

__all__ = ["Row", "SqliteStore", "Store", "Tx", "among", "in_parts", "is_url", "open_store"]
