"""One show on air per module, one browser for all, and a recogniser."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from browser import open_browser  # noqa: E402
from e2e_room import Desk, Room, room  # noqa: E402

from idol import weights  # noqa: E402
from idol.errors import Missing  # noqa: E402


@pytest.fixture(scope="session")
def recogniser() -> Any:
    """Whisper base, offline, on the CPU."""
    whisper = pytest.importorskip("faster_whisper")
    try:
        folder = weights.locate("whisper-base")
    except Missing as missing:
        pytest.skip(str(missing))
    return whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on_air_room(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, browser: Any
) -> AsyncIterator[Room]:
    """The test show; a module's `SETTINGS` are its IDOL_* variables."""
    settings = getattr(request.module, "SETTINGS", {})
    async with room(tmp_path_factory.mktemp("e2e"), browser, settings=settings) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def house(on_air_room: Room) -> AsyncIterator[Room]:
    """The show of this module; whoever came for one test leaves after it."""
    yield on_air_room
    await on_air_room.clear()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(house: Room) -> Desk:
    return await house.desk()
