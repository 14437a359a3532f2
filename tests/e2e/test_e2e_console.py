"""The operator's desk, on the real show: what it orders is what viewers see and hear."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
import pytest_asyncio
import soxr
from e2e_room import Desk, Room, transcribe, understood, until
from ear import SILENCE, SPEECH
from playwright.async_api import expect

from idol.clock import SAMPLE_RATE
from idol.testing.live import PASSWORD

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]
CUT = SAMPLE_RATE // 4
"""So soon after a newer line of the operator's nothing of the older one sounds any more."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def console(show: Room) -> Any:
    """One page for all: an operator too stays at the desk for the whole show."""
    return await show.console()


async def write(console: Any, text: str) -> Any:
    """Write a line; the button that says it."""
    form = console.locator("#say")
    await form.get_by_role("button", name="English").click()
    await form.locator("textarea").fill(text)
    return form.locator("[type=submit]")


async def test_the_door_opens_only_with_the_password(house: Room) -> None:
    context = await house.browser.new_context(locale="en-US")
    page = await context.new_page()
    await page.goto(house.live.url + "/console")
    await page.locator("input[type=password]").fill("not the password")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.locator(".error")).to_have_text("Wrong password.")
    await expect(page.locator("#desk")).to_be_hidden()
    await house.live.until("console login refused", seconds=60)
    await page.locator("input[type=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.locator("#run .segment")).to_have_count(6)
    await page.reload()
    await expect(page.locator("#run .segment")).to_have_count(6)  # the session stays
    await page.get_by_role("button", name="Log out").click()
    await expect(page.locator("input[type=password]")).to_be_visible()


async def test_say_now_cuts_the_running_line_and_is_heard(
    house: Room, console: Any, desk: Desk, recogniser: Any, record_property: Any
) -> None:
    ear = await house.ear()
    heard_of = len(desk.events)
    await desk.on("talk")
    old = await told(desk, "caption", heard_of, lambda e: e["text"].startswith("It weighs"))
    await ear.hears(old["pts"] + SAMPLE_RATE)
    submit = await write(console, "Link 3, the Wren desk lamp, it draws 7 watts.")
    # The card is pinned in the same moment: where it comes in the picture is, in media time, when
    # the host was told.
    both = "(pin, say) => { pin.click(); say.click(); }"
    pin = console.get_by_role("button", name="Pin link 3")
    await pin.evaluate(both, await submit.element_handle())
    card = await told(desk, "card", heard_of, lambda e: e["listing"] == 3)
    new = await told(desk, "caption", heard_of, lambda e: "watts" in e["text"])
    ends = lambda of: lambda e: e["utterance"] == of["utterance"]  # noqa: E731
    ended = await told(desk, "caption_end", heard_of, ends(old))
    done = await told(desk, "caption_end", heard_of, ends(new))
    assert desk.events.index(ended) < desk.events.index(new)

    said = next(e for e in desk.events if e["type"] == "state" and e["saying"] == new["text"])
    assert said["busy"] == "operator"
    # Then the script is taken up again.
    since = desk.events.index(done)
    again = await told(desk, "caption", since, lambda e: "recycled" in e["text"])
    await ear.hears(again["pts"] + 5 * SAMPLE_RATE // 2)

    # The old line sounds until the command and has ended a quarter of a second after it.
    before = [level for _, level in ear.levels(card["pts"] - SAMPLE_RATE, card["pts"])]
    assert sum(level > SPEECH for level in before) > 20, before
    after = ear.levels(card["pts"], new["pts"])
    cut = max((at for at, level in after if level > SILENCE), default=card["pts"]) - card["pts"]
    record_property("cut_ms", cut // 48)
    print(f"heard at the viewer: the old line ends {cut // 48} ms after the command")
    assert cut <= CUT, after

    # What is heard then is the new line, and nothing of the second half of the old one: it takes
    # the script five seconds to come to it again.
    end = again["pts"] + 5 * SAMPLE_RATE // 2
    sound = soxr.resample(ear.sound(card["pts"] + CUT, end), SAMPLE_RATE, 16_000)
    heard = transcribe(recogniser, sound, "en")
    assert understood("lamp|watts", heard), heard
    assert not understood("shipping|48 hours|reason|return", heard), heard
    await desk.do("pin", listing=None)


async def told(
    desk: Desk, type: str, since: int, test: Callable[[dict[str, Any]], Any]
) -> dict[str, Any]:
    """The first such event that the desk got after its event number `since`."""
    found: dict[str, Any] = await until(
        lambda: next((e for e in desk.events[since:] if e["type"] == type and test(e)), None),
        seconds=90,
        why=f"no such {type}",
    )
    return found


async def test_an_unproved_line_is_refused_with_its_reason(
    house: Room, console: Any, desk: Desk
) -> None:
    await (await write(console, "The jacket is waterproof and costs 5 yuan.")).click()
    toast = console.locator("#toasts .warn")
    await expect(toast).to_contain_text("The facts do not support that line")
    assert not any(
        "waterproof" in str(e.get("text", "")) for e in desk.events if e["type"] == "caption"
    )


async def test_pause_resume_skip_and_jump(house: Room, console: Any, desk: Desk) -> None:
    await desk.on("talk")
    await console.get_by_role("button", name="Pause").click()
    await until(lambda: desk.state["paused"] and not desk.state["busy"])
    await expect(console.locator(".light.paused")).to_be_visible()
    resumed = len(desk.events)
    await console.get_by_role("button", name="Resume").click()
    await until(lambda: any(e["type"] == "caption" for e in desk.events[resumed:]))
    await console.get_by_role("button", name="Next").click()
    await until(lambda: desk.state["segment"] == "pitch")
    await console.locator("#run .segment").nth(1).click()
    await console.get_by_role("button", name="Jump to segment").click()
    await until(lambda: desk.state["segment"] == "questions")
    await expect(console.locator("#run .current")).to_contain_text("Q&A")


async def test_muted_she_answers_nobody(house: Room, console: Any, desk: Desk) -> None:
    await desk.on("questions")
    seat = await house.seat(picture=False)
    await console.get_by_role("button", name="Mute replies").click()
    await until(lambda: desk.state["muted"])
    asked = await seat.chat("How many pockets does the jacket have?")
    # Long enough for her to answer, as she does below: her own lines go on meanwhile.
    heard = len(desk.events)
    await until(lambda: sum(e["type"] == "caption" for e in desk.events[heard:]) >= 2, seconds=60)
    assert not [e for e in await seat.events("caption") if e["reply_to"]]
    await console.get_by_role("button", name="Allow replies").click()
    later = await seat.chat("Does the jacket have pockets?")
    lines = await seat.event(
        "caption", lambda e: e["reply_to"] in (asked["id"], later["id"]), seconds=60
    )
    assert "pockets" in lines["text"]


async def test_pin_and_stock_reach_the_viewer(house: Room, console: Any, desk: Desk) -> None:
    await desk.on("questions")
    seat = await house.seat()
    await console.get_by_role("button", name="Pin link 3").click()
    await seat.event("card", lambda e: e["listing"] == 3)
    await expect(seat.page.locator(".card")).to_contain_text("Wren desk lamp")
    await console.get_by_role("button", name=re.compile("Edit stock of Wren")).click()
    await console.locator("input.stock").fill("3")
    await console.locator("input.stock").press("Enter")
    await console.locator(".sure .primary").click()
    await expect(console.locator("#toasts")).to_contain_text("Stock updated")
    await expect(seat.page.locator(".card")).to_contain_text("3 left")
    await console.get_by_role("button", name="Pin link 3").click()
    await until(lambda: desk.state["pinned"] is None)


async def test_a_sponsored_segment_airs_only_with_its_grant(
    house: Room, console: Any, desk: Desk
) -> None:
    seat = await house.seat("en", picture=False)
    since = await seat.now()
    await desk.on("partner")
    await expect(seat.page.locator(".label-sponsor")).to_have_text(re.compile("Sponsored.*Wren"))
    await seat.event("caption", lambda e: "Wren desk lamp" in e["text"], since=since)

    # Its grant names another product: she does not air it, and goes on with the next.
    await desk.do("jump", segment="stranger")
    await until(lambda: desk.state["segment"] == "talk" and desk.state["busy"])
    row = console.locator("#run li.refused")
    await expect(row).to_contain_text("the licence does not cover shore-mug")
    await expect(seat.page.locator(".label-sponsor")).to_have_count(0)
    assert any(
        e["type"] == "log" and "stranger" in e["text"] and "不含商品shore-mug" in e["text"]
        for e in desk.events
    )
    spoken = [e["text"] for e in await seat.events("caption", since)]
    assert not any("Shore mug" in text for text in spoken)


async def test_stop_ends_the_show_and_the_process(house: Room, console: Any) -> None:
    await console.get_by_role("button", name="End show").click()
    await expect(console.locator("dialog")).to_contain_text("End this show?")
    await console.locator("dialog").get_by_role("button", name="End show").click()
    async with asyncio.timeout(60):
        assert await house.live.process.wait() == 0
