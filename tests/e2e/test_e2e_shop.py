"""From a line of chat to a paid order, through the pages that a viewer has."""

from __future__ import annotations

import re
from typing import Any

import pytest
from e2e_room import Desk, Room, Seat, until
from playwright.async_api import expect

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]

BLACK_L = "DJ-BLK-L"


async def left(seat: Seat, sku: str) -> int:
    """Pieces of a variant, as the newest word that this page has of it."""
    listings: dict[int, Any] = {}
    for event in await seat.events():
        if event["type"] == "hello":
            listings.update({item["number"]: item for item in event["listings"]})
        elif event["type"] == "listing":
            listings[event["number"]] = event
    return next(
        int(variant["left"])
        for item in listings.values()
        for variant in item["variants"]
        if variant["sku"] == sku
    )


async def holds(seat: Seat) -> dict[str, dict[str, Any]]:
    """This viewer's holds as they are now, by id."""
    found: dict[str, dict[str, Any]] = {}
    for event in await seat.events("hold"):
        found[event["id"]] = event
    return found


async def settled(house: Room, seat: Seat) -> None:
    """What was sent before has been dealt with: a later message of this page is answered."""
    await seat.send(type="cancel", hold="no-such-hold")
    since = await seat.now()
    await seat.event("notice", lambda e: e["code"] == "unknown_hold", since=since - 5000)


async def test_chat_hold_confirm_pay_and_thanks(house: Room, desk: Desk) -> None:
    await desk.on("questions")
    await desk.do("stock", sku=BLACK_L, on_hand=2)
    buyer = await house.seat("en", picture=False)
    other = await house.seat("zh", picture=False)
    await buyer.name("Mia")
    page = buyer.page
    since = await buyer.now()

    await buyer.chat("I'll take two in black, size L")
    await expect(page.locator(".strip .ring-time")).to_have_text(re.compile(r"^[45]:\d\d$"))
    await expect(page.locator(".strip")).to_contain_text("¥398")
    begun = await page.locator(".strip .ring-time").inner_text()
    await expect(page.locator(".strip .ring-time")).not_to_have_text(begun)  # it counts down
    await page.locator(".strip .primary").click()
    await expect(page.locator(".order-item .state")).to_have_text("Awaiting payment")
    async with page.context.expect_page() as opened:
        await page.locator(".order-item .primary").click()
    pay = await opened.value
    await expect(pay.locator(".amount")).to_contain_text("398")
    await expect(pay.locator(".note")).to_contain_text("No money moves")
    await pay.get_by_role("button", name="Payment succeeds").click()
    await expect(pay.locator(".paper .state")).to_have_text("Paid")
    await expect(pay.locator(".order-lines")).to_contain_text("Drift jacket")
    await expect(page.locator(".order-item .state")).to_have_text("Paid")

    # The pieces are gone where somebody else looks.
    await other.page.locator(".shelf-button").click()
    await other.page.locator("#sheet .product-open").first.click()
    await other.page.get_by_role("radio", name="黑色", exact=True).check(force=True)
    gone = other.page.get_by_role("radio", name="L，已抢光")
    await gone.check(force=True)  # to be told when it is back, not to buy it
    await expect(other.page.get_by_role("button", name="到货叫我")).to_be_visible()
    assert await left(other, BLACK_L) == 0

    # She thanks her by name, for all to hear and see.
    thanks = await other.event(
        "caption", lambda e: "Mia" in e["text"] and "thank" in e["text"].lower(), since=since
    )
    assert "Drift jacket" in thanks["text"]
    await expect(other.page.locator(".line-thanks")).to_contain_text("Mia")
    sale = await until(
        lambda: next((e for e in desk.events if e["type"] == "sale" and e["state"] == "paid"), None)
    )
    assert sale["viewer"] == "Mia" and sale["total"] == {"minor": 39800, "currency": "CNY"}


async def test_chinese_order_and_a_message_sent_twice(house: Room, desk: Desk) -> None:
    await desk.do("stock", sku="DJ-RED-M", on_hand=6)
    seat = await house.seat("zh", picture=False)
    await until(lambda: left_is(seat, "DJ-RED-M", 6))
    for _ in range(2):
        await seat.send(type="chat", id="the-same-message", text="要2件红色M")
    await until(lambda: count(seat, "ack", 2))
    await seat.page.reload()
    await seat.ready(picture=False)
    await seat.send(type="chat", id="the-same-message", text="要2件红色M")
    await until(lambda: count(seat, "ack", 1))
    hello = (await seat.events("hello"))[-1]
    live = [hold for hold in hello["holds"] if hold["state"] == "live"]
    assert [(h["sku"], h["quantity"]) for h in live] == [("DJ-RED-M", 2)]
    assert await holds(seat) == {}  # the third time made no hold either
    assert await left(seat, "DJ-RED-M") == 4
    await expect(seat.page.locator(".strip .ring")).to_be_visible()

    # One key, tapped twice, is one hold too.
    for _ in range(2):
        await seat.send(type="hold", key="k-1", listing=3, sku="WL-ONE", quantity=1)
    await until(lambda: count(seat, "hold", 2))
    assert len(await holds(seat)) == 1
    assert await left(seat, "WL-ONE") == 4


async def left_is(seat: Seat, sku: str, pieces: int) -> bool:
    return await left(seat, sku) == pieces


async def count(seat: Seat, type: str, least: int) -> bool:
    return len(await seat.events(type)) >= least


async def test_a_missing_size_is_asked_for_once_and_given_back_again(
    house: Room, desk: Desk
) -> None:
    await desk.on("questions")
    await desk.do("stock", sku=BLACK_L, on_hand=3)
    seat = await house.seat("zh", picture=False)
    await seat.chat("要一件黑色")
    await expect(seat.page.locator(".ask")).to_be_visible()
    ask = await seat.event("ask")
    assert {option["sku"] for option in ask["options"]} == {"DJ-BLK-M", BLACK_L}
    assert await holds(seat) == {}
    await seat.chat("L")
    await expect(seat.page.locator(".strip .ring")).to_be_visible()
    await expect(seat.page.locator(".ask")).to_have_count(0)
    (hold,) = (await holds(seat)).values()
    assert (hold["sku"], hold["quantity"], hold["state"]) == (BLACK_L, 1, "live")
    assert len(await seat.events("ask")) == 1
    await until(lambda: left_is(seat, BLACK_L, 2))

    await seat.chat("不要了")
    await expect(seat.page.locator(".strip")).to_have_count(0)
    (hold,) = (await holds(seat)).values()
    assert hold["state"] == "ended"
    await until(lambda: left_is(seat, BLACK_L, 3))


async def test_a_question_about_stock_buys_nothing(house: Room, desk: Desk) -> None:
    await desk.on("questions")
    await desk.do("stock", sku="WL-ONE", on_hand=5)
    seat = await house.seat("zh", picture=False)
    asked = await seat.chat("3号链接还有货吗")
    lines = await seat.answer(asked)
    text = "".join(line["text"] for line in lines)
    assert re.search("有|5|五", text), text
    assert await holds(seat) == {} and not await seat.events("ask")
    assert await left(seat, "WL-ONE") == 5


async def test_one_means_one_piece_only_while_she_calls(house: Room, desk: Desk) -> None:
    await desk.on("questions")
    seat = await house.seat("zh", picture=False)
    await seat.chat("扣1")
    await settled(house, seat)
    assert await holds(seat) == {}

    since = await seat.now()
    await desk.on("flash")
    await seat.event("caption", lambda e: "Shore mug" in e["text"], since=since)
    await seat.event("listing", lambda e: e["number"] == 2 and e["price"]["minor"] == 4500)
    await seat.chat("扣1")
    await expect(seat.page.locator(".strip .ring")).to_be_visible()
    (hold,) = (await holds(seat)).values()
    assert (hold["sku"], hold["quantity"], hold["unit"]["minor"]) == ("SM-ONE", 1, 4500)

    await desk.on("questions")
    await seat.event("listing", lambda e: e["number"] == 2 and e["price"]["minor"] == 5900)
    again = await house.seat("zh", picture=False)
    await again.chat("1")
    await settled(house, again)
    assert await holds(again) == {}


async def test_a_payment_that_fails_can_be_tried_again(house: Room, desk: Desk) -> None:
    seat = await house.seat("zh", picture=False)
    await seat.send(type="hold", key="k-2", listing=2, sku="SM-ONE", quantity=1)
    await seat.page.locator(".strip .primary").click()
    async with seat.page.context.expect_page() as opened:
        await seat.page.locator(".order-item .primary").click()
    pay = await opened.value
    await pay.get_by_role("button", name="付款失败").click()
    await expect(pay.locator(".paper .state")).to_have_text("待付款")
    notice = await seat.event("notice", lambda e: e["code"] == "payment_failed")
    assert notice["text"] == "付款没有成功，可以再试一次。"
    await pay.locator(".paper-foot .primary").click()
    await pay.get_by_role("button", name="付款成功").click()
    await expect(pay.locator(".paper .state")).to_have_text("已付款")
