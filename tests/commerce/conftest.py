"""A shop at work, on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from shops import Bench


@pytest.fixture
async def bench(tmp_path: Path, database: str) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    yield bench
    bench.store.close()
