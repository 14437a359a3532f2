"""Shows on air that modules share where they can, one browser for all, and a recogniser."""

from __future__ import annotations

import contextlib
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

from idol import weights  # noqa: E402
from idol.errors import Missing  # noqa: E402

ORDER = ("joins", "shop", "watch", "console", "faults", "mind")
"""One show serves the first four; at the end of the fourth the operator ends it."""


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


class Hall:
    """The room of one show at a time. A show goes on for the next module if it suits."""

    def __init__(self, folders: pytest.TempPathFactory, browser: Any) -> None:
        self._folders, self._browser = folders, browser
        self._room: Room | None = None
        self._settings: dict[str, str] = {}
        self._open = contextlib.AsyncExitStack()

    async def room(self, settings: dict[str, str]) -> Room:
        room = self._room
        if room is None or settings != self._settings or room.live.process.returncode is not None:
            await self.close()
            here = room_of_show(self._folders.mktemp("e2e"), self._browser, settings=settings)
            self._room, self._settings = await self._open.enter_async_context(here), settings
        return self._room

    async def close(self) -> None:
        self._room = None
        await self._open.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def hall(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> AsyncIterator[Hall]:
    made = Hall(tmp_path_factory, browser)
    yield made
    await made.close()


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """IDOL_* variables of the show, for a module that wants others."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def house(hall: Hall, settings: dict[str, str]) -> AsyncIterator[Room]:
    """The show on air; whoever came for one test leaves after it."""
    room = await hall.room(settings)
    yield room
    await room.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def desk(house: Room) -> Desk:
    return await house.desk()
