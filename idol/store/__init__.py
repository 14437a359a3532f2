"""Where the ledger is kept: numbered SQL, one writer, snapshot reads."""

from idol.store.sqlite import SqliteStore
from idol.store.store import Row, Store, Tx

__all__ = ["Row", "SqliteStore", "Store", "Tx"]
