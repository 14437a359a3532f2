"""Red packets, coupons and the waiting list on the viewer page, in a real Chromium."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import DESK
from fake_perks import coupon
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_red_packet_from_the_pop_to_the_proof(house: Any) -> None:
    page = await house.page(size=DESK)
    await expect(page.locator("#shelf .product")).to_have_count(6)
    await page.request.post(f"{house.url}/test/packet/open?seconds=600")
    widget = page.get_by_role("region", name="福袋")
    await expect(widget.get_by_role("timer")).to_contain_text(":")
    await widget.get_by_role("button", name="抢福袋").click()  # one tap
    await expect(widget).to_contain_text("已参加")
    (asked,) = [m for m in house.world.seen if m["type"] == "enter"]
    assert asked["packet"] == "k_1" and len(asked["nonce"]) == 24
    # By keyboard: what is published, and a line that breaks in between.
    await widget.locator(".packet-open").focus()
    await page.keyboard.press("Enter")
    sheet = page.locator("dialog#sheet")
    await expect(sheet).to_contain_text("你是第 38 位")
    await expect(sheet).to_contain_text("38 / 500")
    await sheet.locator("summary").click()
    await expect(sheet).to_contain_text(house.world.perks.packets["k_1"]["commitment"])
    await page.request.post(f"{house.url}/test/hang-up")
    await expect(sheet).to_contain_text("你是第 38 位")
    # The draw: the result, the seed, and the same draw computed in the page.
    await page.request.post(f"{house.url}/test/packet/draw")
    await expect(sheet).to_contain_text("恭喜你抽中 ¥20 优惠券")
    await expect(sheet).to_contain_text("5e5e5e5e")
    check = sheet.get_by_role("button", name="在我的浏览器里重算一遍")
    await check.click()
    await expect(sheet.locator(".packet-check")).to_contain_text("核对无误")
    winners = house.world.perks.winners
    house.world.perks.winners = {place + 1: prize for place, prize in winners.items()}
    await check.click()
    await expect(sheet.locator(".packet-bad")).to_contain_text("对不上")
    await sheet.get_by_role("button", name="去使用").click()
    await expect(sheet.locator(".tickets-own")).to_contain_text("福袋奖品")
    await page.keyboard.press("Escape")
    await expect(widget).to_have_count(0)  # its result has been seen
    late = await house.page(lang="en")  # who comes later sees it as it is now
    await expect(late.get_by_role("button", name="Won ¥20")).to_be_visible()


async def test_coupons_are_claimed_and_the_host_does_the_sum(house: Any) -> None:
    page = await house.page(lang="en", size=DESK)
    await expect(page.locator("#shelf .product")).to_have_count(6)
    offers = [coupon("SAVE20", 2000, 5000), coupon("BIG300", 30000, 90000)]
    await page.request.post(f"{house.url}/test/offers", data=offers)
    for left in (1, 0):
        await page.locator("#shelf .ticket-take").first.click()
        await expect(page.locator("#shelf .ticket-take")).to_have_count(left)
    await page.locator("#shelf .product-open").nth(1).click()
    await page.locator("#sheet .primary.wide").click()
    await expect(page.locator(".held .primary.wide")).to_have_text("Confirm · ¥39.90")
    await page.keyboard.press("Escape")
    await expect(page.locator(".strip")).to_contain_text("¥39.90 · ¥20 off")
    await page.locator(".cart-button").click()
    choice = page.get_by_role("group", name="Which coupon to use")
    await expect(choice.get_by_role("radio", name="from ¥900")).to_be_disabled()
    confirm = page.locator(".held-buttons .primary")
    await choice.get_by_role("radio", name="No coupon").check(force=True)
    await expect(confirm).to_have_text("Confirm · ¥59.90")
    await choice.get_by_role("radio", name="¥20 off").check(force=True)
    await expect(confirm).to_have_text("Confirm · ¥39.90")
    await page.locator("#coupon-code").fill("nonsense")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("There is no such coupon")
    await confirm.click()
    await expect(page.locator(".order-discount")).to_contain_text("Coupon OWNSAVE20−¥20")
    await expect(page.locator(".order-item footer .price")).to_have_text("¥39.90")
    (asked,) = [m for m in house.world.seen if m["type"] == "confirm"]
    assert asked["coupon"] == "OWNSAVE20"
    await expect(choice).to_have_count(0)


async def test_who_waits_is_given_what_comes_back(house: Any) -> None:
    page = await house.page()
    await page.locator(".shelf-button").click()
    await expect(page.locator("#sheet .pill-wait")).to_have_text("到货叫我")
    await page.locator("#sheet .product-open").nth(5).click()
    sheet = page.locator("dialog#sheet")
    await sheet.get_by_role("button", name="到货叫我").click()
    await expect(sheet.get_by_role("status")).to_contain_text("前面还有 2 件")
    await sheet.get_by_role("button", name="不等了").click()
    await sheet.get_by_role("button", name="到货叫我").click()
    await expect(sheet.get_by_role("status")).to_be_visible()
    await page.reload()  # the place is the ledger's, not the page's
    await page.locator(".cart-button").click()
    await expect(page.locator(".wait-item")).to_contain_text("云朵速干毛巾")
    await page.keyboard.press("Escape")
    await page.request.post(f"{house.url}/test/restock/towel")
    offer = page.get_by_role("region", name="到货了，为你留好")
    await expect(offer.get_by_role("timer")).to_contain_text(":")
    await offer.get_by_role("button", name="确认下单").click()
    await expect(page.locator(".order-item .state")).to_have_text("待付款")


async def test_who_missed_an_offer_sees_it_and_may_queue_again(house: Any) -> None:
    house.world.perks.missed = [{"sku": "towel", "quantity": 2, "at": 0.0}]
    page = await house.page()
    await page.locator(".cart-button").click()
    missed = page.locator(".wait-item")
    await expect(missed).to_contain_text("过了时间，已让给后面的人")
    await missed.get_by_role("button", name="再排队").click()
    await expect(missed.get_by_role("button", name="不等了")).to_be_visible()
    (asked,) = [m for m in house.world.seen if m["type"] == "wait"]
    assert (asked["sku"], asked["quantity"]) == ("towel", 2)


async def test_the_page_of_an_order_names_what_took_something_off(house: Any) -> None:
    """By the same words as the cart, with the sum before it."""
    house.world.orders["o-1"] = {
        "id": "o-1", "number": "A1", "state": "paid", "lines": [], "pay_url": "",
        "total": {"minor": 3990, "currency": "CNY"},
        "discount": {"minor": 2000, "currency": "CNY"},
        "coupon": {"code": "X", "packet": {"zh": "周五福袋", "en": "Friday luck"}},
        "created_at": 1.0, "paid_at": 2.0, "pay_by": 3.0,
    }  # fmt: skip
    page = await house.page()
    await page.goto(f"{house.url}/orders/o-1")
    await expect(page.locator(".sum-off")).to_have_text("福袋「周五福袋」−¥20")
    await expect(page.locator(".sums")).to_contain_text("商品合计¥59.90")
