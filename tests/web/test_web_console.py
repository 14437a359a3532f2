"""The operator's desk in a real browser, over sample data."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from web_fakes import PASSWORD, FakeShop, FakeStage, fake_services, sample_health, sample_past

from idol.clock import SystemClock
from idol.web.server import create_app, make_server
from idol.web.services import Services

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
SIZES = [{"width": 1440, "height": 900}, {"width": 1024, "height": 768}]


class Desk:
    """A running host, and a browser page that is logged in to its console."""

    def __init__(self, url: str, services: Services, browser: Any) -> None:
        self.url, self.services, self.browser = url, services, browser
        self.stage: FakeStage = services.stage  # type: ignore[assignment]
        self.shop: FakeShop = services.shop  # type: ignore[assignment]
        self.complaints: list[str] = []

    async def door(self, lang: str = "zh", size: dict[str, int] = SIZES[0], **more: Any) -> Any:
        locale = "zh-CN" if lang == "zh" else "en-US"
        options = {"reduced_motion": "reduce", **more}
        context = await self.browser.new_context(viewport=size, locale=locale, **options)
        page = await context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.goto(f"{self.url}/console")
        await page.wait_for_selector("#login [type=password]")
        return page

    async def open(self, **options: Any) -> Any:
        page = await self.door(**options)
        await page.fill("[type=password]", PASSWORD)
        await page.press("[type=password]", "Enter")
        await page.wait_for_selector(".segment")
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def desk(browser: Any) -> AsyncIterator[Desk]:
    services = fake_services(SystemClock(), health=sample_health)
    sample_past(services, services.clock.now())
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = make_server(create_app(services), "127.0.0.1", 0, ready.set_result)
    task = asyncio.create_task(server.serve())
    made = Desk(f"http://127.0.0.1:{await ready}", services, browser)
    yield made
    for context in browser.contexts:
        await context.close()
    server.should_exit = True
    await task
    assert made.complaints == []


async def until(condition: Any, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came true")


async def test_the_door_opens_only_to_the_password(desk: Desk) -> None:
    page = await desk.door(lang="en")
    assert await page.is_hidden("#desk")
    await page.wait_for_selector("[type=password]:focus")
    await page.fill("[type=password]", "nonsense")
    await page.press("[type=password]", "Enter")
    await page.wait_for_selector(".error:has-text('Wrong password.')")
    await page.click(".lang")
    await page.wait_for_selector("button:has-text('进入')")
    await page.fill("[type=password]", PASSWORD)
    await page.press("[type=password]", "Enter")
    await page.wait_for_selector(".segment")
    await page.reload()
    await page.wait_for_selector(".segment")
    await page.click("text=退出登录")
    await page.wait_for_selector("#login [type=password]")


async def test_her_reload_shows_that_it_goes_on_and_how_it_ended(desk: Desk) -> None:
    page = await desk.open(lang="en")
    desk.stage.baked.clear()
    await page.click("#reload")
    await page.wait_for_selector("#reload:disabled:has-text('Baking')")
    await page.keyboard.press("Space")  # the desk is heard meanwhile
    await until(lambda: ("pause",) in desk.stage.did)
    desk.stage.baked.set()
    await page.wait_for_selector("#toasts :text('She is on air as her folder is now')")
    await page.wait_for_selector("#reload:enabled:has-text('Reload her')")
    desk.stage.broken = "avatar.yaml:12 eyes: field required"
    await page.click("#reload")
    await page.wait_for_selector("#toasts :text('avatar.yaml:12 eyes: field required')")
    await page.wait_for_selector("#reload:enabled:has-text('Reload her')")
    assert desk.stage.did.count(("reload",)) == 2


async def test_everything_is_done_by_keys(desk: Desk) -> None:
    page = await desk.open()
    did = desk.stage.did
    await page.keyboard.press("Space")
    await until(lambda: ("pause",) in did)
    await page.wait_for_selector(".light.paused")
    await page.keyboard.press("Space")
    await until(lambda: ("resume",) in did)
    await page.keyboard.press("n")
    await until(lambda: ("skip",) in did)
    await page.keyboard.press("m")
    await until(lambda: ("mute", True) in did)
    await page.keyboard.press("3")
    await until(lambda: ("pin", 3) in did)
    await page.keyboard.press("0")
    await until(lambda: ("pin", None) in did)
    await page.keyboard.press("s")
    await page.keyboard.type("大家好，n m 3 都是字")
    await page.keyboard.press("Enter")
    await until(lambda: ("say", "大家好，n m 3 都是字", "zh") in did)
    await page.wait_for_selector("#toasts >> text=已插播")
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".jump .primary")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await until(lambda: did[-1][0] == "jump")
    await page.keyboard.press("Shift+X")
    await page.wait_for_selector("dialog[open] .danger")
    assert ("stop",) not in did
    await page.click("dialog .danger")
    await until(lambda: ("stop",) in did)
    desk.services.audience.tell_operators({"type": "state", **desk.stage.status()})
    await page.wait_for_selector(".light.stopped")


async def test_stock_is_edited_in_place_and_asked_once(desk: Desk) -> None:
    page = await desk.open(lang="en")
    await page.click("tbody:nth-of-type(2) button.count")
    await page.wait_for_selector("input.stock:focus")
    await page.keyboard.type("99")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".sure >> text=17 → 99")
    assert desk.shop.stock["dawn-mug-k-"] == 17
    await page.keyboard.press("Enter")
    await until(lambda: desk.shop.stock["dawn-mug-k-"] == 99)
    await page.click("button.title >> nth=0")
    await page.wait_for_selector(".variant >> text=red M")


async def test_a_line_that_cannot_be_proved_stays_in_the_box(desk: Desk) -> None:
    page = await desk.open(lang="en")
    await page.fill("#say textarea", "we guarantee it")
    await page.click("#say [type=submit]")
    await page.wait_for_selector("#toasts .warn >> text=The facts do not support that line")
    assert await page.input_value("#say textarea") == "we guarantee it"


async def test_what_happens_is_on_the_desk(desk: Desk) -> None:
    page = await desk.open()
    tell = desk.services.audience.tell_operators
    desk.services.audience.broadcast(
        {
            "type": "chat",
            "id": "z1",
            "kind": "viewer",
            "name": "<i>x</i>",
            "text": "<b>hi</b>",
            "at": 1.0,
            "reply_to": "",
        }
    )
    await page.wait_for_selector("#chat >> text=<b>hi</b>")
    tell({"type": "log", "at": 1.0, "level": "error", "text": "worker died worker=mind"})
    await page.click("[role=tab] >> nth=1")
    await page.wait_for_selector(".log .error >> text=worker=mind")
    await page.wait_for_selector(".refused .why >> text=授权已于")
    await page.wait_for_selector("#orders >> text=¥6,834")


async def test_a_lost_host_is_told_and_found_again(desk: Desk) -> None:
    page = await desk.open()
    await page.context.set_offline(True)
    await page.evaluate("1")
    for open_page in list(desk.services.audience._operators):
        open_page.outbox.stale = True  # it is simply served anew when it comes back
    await page.context.set_offline(False)
    await page.wait_for_selector(".light.on_air")


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_nothing_sticks_out_and_axe_is_content(desk: Desk, lang: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.base")
    page = await desk.open(lang=lang, bypass_csp=True)
    await page.add_script_tag(content=(Path(axe.__file__).parent / "axe.min.js").read_text())
    for size in SIZES:
        await page.set_viewport_size(size)
        await page.wait_for_timeout(300)
        assert await page.evaluate(
            "document.documentElement.scrollWidth <= innerWidth"
            " && document.documentElement.scrollHeight <= innerHeight"
        ), size
        found = await page.evaluate("axe.run()")
        wrong = [f"{v['id']} {n['target']}" for v in found["violations"] for n in v["nodes"]]
        assert not wrong, f"{size}\n" + "\n".join(wrong)
