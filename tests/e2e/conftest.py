"""One show on air and one browser for all modules, and a recogniser."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from browser import open_browser  # noqa: E402
from e2e_room import Desk, Room  # noqa: E402
from e2e_room import room as room_of_show  # noqa: E402
from playwright.async_api import expect  # noqa: E402

from idol import weights  # noqa: E402
from idol.errors import Missing  # noqa: E402

expect.set_options(timeout=60_000)  # on a busy machine a browser takes its time
ORDER = ("joins", "shop", "watch", "faults", "mind", "console")
"""All in one show: the start of another takes longer than most tests. The operator ends it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    at = {f"test_e2e_{name}": number for number, name in enumerate(ORDER)}
    items.sort(key=lambda item: at.get(item.path.stem, -1))


@pytest.fixture(scope="session")
def recogniser() -> Any:
    """Whisper base, offline, on the CPU."""
    whisper = pytest.importorskip("faster_whisper")
    try:
        folder = weights.locate("whisper-base")
    except Missing as missing:
        pytest.skip(str(missing))
    return whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def show(
    tmp_path_factory: pytest.TempPathFactory, browser: Any, tiny: Path
) -> AsyncIterator[Room]:
    """The one show, with the language model that loads in a moment and has nothing to say."""
    settings = {"IDOL_MIND__ENABLED": "true", "IDOL_MIND__MODEL": str(tiny)}
    folder = tmp_path_factory.mktemp("e2e")
    async with room_of_show(folder, browser, settings=settings) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def house(show: Room) -> AsyncIterator[Room]:
    """The show on air; whoever came for one test leaves after it."""
    yield show
    await show.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(house: Room) -> Desk:
    return await house.desk()
