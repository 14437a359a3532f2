"""A fake host in a thread, and pages of a real browser that must not complain."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import expect

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from browser import open_browser  # noqa: E402
from fake_host import Picture, serve  # noqa: E402
from fake_world import World  # noqa: E402

expect.set_options(timeout=60_000)  # on a busy machine a browser takes its time

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


class House:
    """The fake host and a browser that looks at it."""

    def __init__(self, url: str, world: World, picture: Picture, browser: Any) -> None:
        self.url, self.world, self.picture, self.browser = url, world, picture, browser
        self.complaints: list[str] = []

    async def page(
        self, *, path: str = "/", lang: str = "zh", size: dict[str, int] = PHONE, **more: Any
    ) -> Any:
        """A new page in a context of its own. What its console complains of is collected.

        Without motion, unless `reduced_motion` says otherwise: drawing it takes half the time.
        """
        locale = "zh-CN" if lang == "zh" else "en-US"
        options = {"reduced_motion": "reduce", **more}
        context = await self.browser.new_context(viewport=size, locale=locale, **options)
        page = await context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.complaints.append(m.text))
        await page.goto(self.url + path)
        return page

    async def emit(self, page: Any, event: dict[str, Any]) -> int:
        """Broadcast an event; `pts: None` becomes now. The media time of the host."""
        answer = await page.request.post(f"{self.url}/test/emit", data=event)
        return (await answer.json())["pts"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def house(browser: Any) -> AsyncIterator[House]:
    with serve() as (url, world, picture):
        made = House(url, world, picture, browser)
        yield made
        for context in browser.contexts:
            with contextlib.suppress(Exception):
                await context.close()
    assert made.complaints == []


async def until(condition: Callable[[], Any], *, seconds: float = 60) -> None:
    """Wait until a condition, plain or awaitable, is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if await value if inspect.isawaitable(value) else value:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"stayed false: {inspect.getsource(condition).strip()}")


async def playing(page: Any) -> None:
    """Wait until the video moves. (Not by `wait_for_function`: the page's policy forbids eval.)"""
    await until(lambda: page.evaluate("document.querySelector('video').currentTime > 0.3"))
