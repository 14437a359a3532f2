"""The viewer page and the order page in a real Chromium, against a host that we can steer."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import DESK, PHONE, playing, until
from fake_perks import coupon
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_the_picture_plays_and_sound_is_one_tap_away(house: Any) -> None:
    page = await house.page()
    await playing(page)
    video = "document.querySelector('video')"
    assert await page.evaluate(f"{video}.muted") is True
    await expect(page.locator(".ai-label")).to_have_text("AI 虚拟主播")
    await expect(page.locator("#poster > *")).to_have_count(0)
    await page.locator(".tap-sound").click()
    assert await page.evaluate(f"{video}.muted") is False
    await expect(page.locator(".tap-sound")).to_have_count(0)
    await page.keyboard.press("m")
    await expect(page.locator(".tap-sound")).to_be_visible()


async def test_chat_goes_there_and_back(house: Any) -> None:
    page = await house.page()
    await page.locator("#say").fill("<b>会起球吗</b>")
    await page.keyboard.press("Enter")
    mine = page.locator(".line-mine")
    await expect(mine.locator(".text")).to_have_text("<b>会起球吗</b>")
    answer = page.locator(".line-host")
    await expect(answer).to_contain_text("抗起球")
    await expect(answer.locator(".quote-text")).to_have_text("<b>会起球吗</b>")
    await expect(mine.locator(".sending")).to_have_count(0)
    await expect(mine).to_have_count(1)
    assert await page.locator("#say").input_value() == ""
    await answer.locator(".quote").click()
    await expect(mine).to_have_class("line line-mine found")


async def test_from_the_shelf_to_a_paid_order(house: Any) -> None:
    page = await house.page(reduced_motion="no-preference")
    await page.locator(".shelf-button").click()
    await page.locator("#sheet .product-open").first.click()
    buy = page.locator("#sheet .primary.wide")
    await expect(buy).to_have_text("请选择颜色和尺码")
    await expect(buy).to_be_disabled()
    await page.get_by_role("radio", name="酒红", exact=True).check(force=True)
    await page.get_by_role("radio", name="L，已抢光").check(force=True)
    await expect(page.locator("#sheet .wait-button")).to_have_text("到货叫我")
    await page.get_by_role("radio", name="黑色", exact=True).check(force=True)
    await page.get_by_role("radio", name="L", exact=True).check(force=True)
    await page.get_by_role("button", name="增加一件").click()
    await expect(page.get_by_role("button", name="增加一件")).to_be_disabled()  # limit 2
    await expect(buy).to_have_text("锁定 ¥398")
    await buy.click()
    await expect(page.locator(".held .ring-time")).to_have_text("5:00")
    await expect(buy).to_have_text("确认下单 ¥398")
    await buy.click()
    await expect(page.locator(".order-item .state")).to_have_text("待付款")
    async with page.context.expect_page() as opened:
        await page.locator(".order-item .primary").click()
    order = await opened.value
    await expect(order.locator(".paper .state")).to_have_text("已付款")
    await expect(page.locator(".order-item .state")).to_have_text("已付款")
    await expect(page.locator(".toast")).to_contain_text("A1001")
    await expect(page.locator(".line-thanks")).to_have_text("感谢 小鱼 的支持！")
    bought = [m["type"] for m in house.world.seen if m["type"] != "click"]
    assert bought == ["hold", "confirm"]


async def test_a_question_is_answered_with_one_tap(house: Any) -> None:
    page = await house.page()
    await page.locator("#say").fill("要一件")
    await page.keyboard.press("Enter")
    await page.locator(".ask .chip").first.click()
    await expect(page.locator(".strip .ring")).to_be_visible()
    await expect(page.locator(".ask")).to_have_count(0)
    await page.get_by_role("button", name="不要了").click()
    await expect(page.locator(".strip")).to_have_count(0)


async def test_what_is_held_becomes_one_order(house: Any) -> None:
    page = await house.page()
    for option in (0, 1):
        await page.locator("#say").fill("要一件")
        await page.keyboard.press("Enter")
        await page.locator(".ask .chip").nth(option).click()
        await expect(page.locator(".ask")).to_have_count(0)
    strip = page.locator(".strip")
    await expect(strip).to_contain_text("2 样商品 · ¥398")
    await strip.locator(".strip-words").click()
    both = page.locator("#sheet .held-all .primary")
    await expect(both).to_have_text("2 样一起下单 ¥398")
    await both.click()
    await expect(page.locator(".order-item .order-lines > *")).to_have_count(2)
    await expect(strip).to_contain_text("¥398")
    (asked,) = [m for m in house.world.seen if m["type"] == "confirm"]
    assert len(asked["holds"]) == 2 and "hold" not in asked


async def test_a_card_waits_for_its_frame_and_flips_to_sold_out(house: Any) -> None:
    page = await house.page()
    await playing(page)
    now = await house.emit(page, {"type": "viewers", "count": 1280})
    await expect(page.locator(".labels")).to_contain_text("1280")
    await house.emit(page, {"type": "card", "listing": 3, "pts": now + 2 * 48_000})
    assert await page.locator(".card").count() == 0
    await expect(page.locator(".card .title")).to_have_text("晨雾保温杯 500ml")
    assert house.world.pts >= now + 1.5 * 48_000
    await house.emit(page, {"type": "price", "listing": 3, "pts": None})
    item = {**house.world.listings[3], "state": "sold_out", "left": 0}
    await house.emit(page, {"type": "listing", **item})
    await expect(page.locator(".card .stamp")).to_have_text("已抢光")
    await house.emit(page, {"type": "card", "listing": None, "pts": 0})
    await expect(page.locator(".card")).to_have_count(0)


async def test_the_language_switches_everything_and_stays(house: Any) -> None:
    page = await house.page(size=DESK)
    await expect(page.locator("#shelf h2")).to_have_text("商品")
    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.locator("#shelf h2")).to_have_text("Products")
    await expect(page.locator("#shelf .title").first).to_have_text("CloudStep running jacket")
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert {"type": "language", "language": "en"} in house.world.seen
    await page.reload()
    await expect(page.locator("#shelf h2")).to_have_text("Products")
    body = await page.locator("body").inner_text()
    assert not any("\u4e00" <= letter <= "\u9fff" and letter != "中" for letter in body), body


async def test_the_whole_way_by_keyboard(house: Any) -> None:
    page = await house.page(lang="en", size=DESK)
    await expect(page.locator("#shelf .product")).to_have_count(6)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "say"
    await page.keyboard.press("Escape")
    await page.locator("#shelf .product-open").nth(1).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog#sheet")).to_be_visible()
    for _ in range(8):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('.primary.wide')"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator(".held .primary")).to_be_focused()  # the next step
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog#sheet")).to_be_hidden()
    assert await page.evaluate("document.activeElement.matches('.product-open')")
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "say"


async def test_a_lost_line_comes_back_and_nothing_said_is_lost(house: Any) -> None:
    page = await house.page()
    await expect(page.locator("#lines .line-system")).to_be_visible()
    house.world.deaf = True
    await page.locator("#say").fill("还在吗")
    await page.keyboard.press("Enter")
    await expect(page.locator(".sending")).to_be_visible()
    await until(lambda: house.world.seen)
    house.world.deaf = False
    await page.request.post(f"{house.url}/test/hang-up")
    await expect(page.locator(".line-host")).to_be_visible()
    await expect(page.locator(".line-mine")).to_have_count(1)
    await expect(page.locator(".sending")).to_have_count(0)
    sent = [m["id"] for m in house.world.seen if m["type"] == "chat"]
    assert len(sent) == 2 and len(set(sent)) == 1


async def test_a_frozen_picture_says_so_and_recovers(house: Any) -> None:
    page = await house.page()
    await playing(page)
    house.picture.frozen = True
    await expect(page.locator(".note")).to_have_text("网络有点慢，马上就好")
    house.picture.frozen = False
    house.picture.video.request_key()
    await expect(page.locator(".note")).to_have_count(0)


async def test_when_what_serves_the_picture_dies_the_page_joins_again(house: Any) -> None:
    page = await house.page()
    await playing(page)
    died = await (await page.request.post(f"{house.url}/test/edge-dies")).json()

    async def again() -> bool:
        answer = await (await page.request.get(f"{house.url}/test/joined")).json()
        return bool(answer["joined"] > died["joined"])

    async def shown() -> int:
        quality = "document.querySelector('video').getVideoPlaybackQuality()"
        return int(await page.evaluate(f"{quality}.totalVideoFrames"))

    await until(again)
    before = await shown()

    async def moves() -> bool:
        return await shown() > before

    await until(moves)
    await expect(page.locator(".note")).to_have_count(0)
    # The answer "404, I do not know you" is how it learned; the browser complains of it.
    house.complaints[:] = [each for each in house.complaints if "404" not in each]


async def test_the_order_page_cancels_after_asking(house: Any) -> None:
    page = await house.page(lang="en", size=DESK)
    await page.locator("#shelf .product-open").nth(1).click()
    for label in ("Hold · ¥59.90", "Confirm · ¥59.90"):
        await page.get_by_role("button", name=label).click()
    await expect(page.locator(".order-item")).to_be_visible()
    order = await house.page(lang="en", path=f"/orders/{next(iter(house.world.orders))}")
    await expect(order.locator("h1")).to_have_text("Order A1001")
    await order.get_by_role("button", name="Cancel order").click()
    await order.get_by_role("button", name="Yes, cancel").click()
    await expect(order.locator(".paper .state")).to_have_text("Cancelled")
    missing = await house.page(lang="en", path="/orders/none")
    await expect(missing.locator("h1")).to_have_text("We could not find this order here")


async def test_nothing_lies_outside_the_window(house: Any) -> None:
    page = await house.page(lang="en", size=PHONE)
    await expect(page.locator("#bar .say")).to_be_in_viewport(ratio=1)
    await page.locator("#say").fill("I'll take two in red")
    await page.keyboard.press("Enter")
    await house.emit(page, {"type": "card", "listing": 2, "pts": 0})
    for width, height in ((390, 844), (1440, 900), (360, 640), (820, 1180)):
        await page.set_viewport_size({"width": width, "height": height})
        told = f"{width} x {height}"
        await expect(page.locator(".ask"), told).to_be_visible()
        for part in (".card", "#bar .say"):
            await expect(page.locator(part), told).to_be_in_viewport(ratio=1)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, told


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_axe_finds_nothing_against_it(house: Any, size: dict[str, int]) -> None:
    axe = pytest.importorskip("axe_playwright_python.base")
    from pathlib import Path

    script = (Path(axe.__file__).parent / "axe.min.js").read_text()
    page = await house.page(size=size, bypass_csp=True)
    await page.request.post(f"{house.url}/test/packet/open?seconds=600")
    house.world.perks.coupons = [coupon("MINE", 500)]
    await page.request.post(f"{house.url}/test/offers", data=[coupon("SAVE20", 2000, 5000)])
    await expect(page.locator("#packet .packet-take")).to_be_visible()
    await house.emit(page, {"type": "card", "listing": 1, "pts": 0})
    await page.locator("#say").fill("要一件")
    await page.keyboard.press("Enter")
    await page.locator(".ask .chip").first.click()
    await expect(page.locator(".strip")).to_be_visible()
    await page.evaluate(script)
    await _axe(page)
    await page.locator(".cart-button").click()
    await expect(page.locator(".held-item")).to_be_visible()
    await _axe(page)
    await page.keyboard.press("Escape")
    await page.locator(".card").click()
    await expect(page.locator(".picker-head")).to_be_visible()
    await _axe(page)
    await page.keyboard.press("Escape")
    await page.locator(".packet-open").click()
    await page.locator("#sheet summary").click()
    await _axe(page)


async def _axe(page: Any) -> None:
    found = await page.evaluate("axe.run()")
    bad = [
        f"{v['id']}: {node['html'][:160]} {node['failureSummary']}"
        for v in found["violations"]
        for node in v["nodes"]
    ]
    assert not bad, "\n".join(bad)
