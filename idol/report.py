"""What the ledger of a data folder sold, and by which words."""

from __future__ import annotations

from pathlib import Path

from idol.commerce import attribution
from idol.commerce.analysis import Analysis, analyse
from idol.config import Settings
from idol.show import script
from idol.show.script import Show
from idol.store import open_store


def sales_report(settings: Settings, folder: Path) -> tuple[Analysis, Show]:
    """`idol report`: what the ledger of this data folder sold, and by which words."""
    show = script.load(folder)
    store = open_store(settings.shop.database, Path(settings.data))
    try:
        record = store.read(lambda tx: attribution.record(tx, show.currency))
    finally:
        store.close()
    return analyse(record), show
