"""The shop's use cases, told as what buyers do; on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from shops import CALLING, Bench

from idol.commerce.outcomes import (
    Asked,
    Cancelled,
    Held,
    HoldEnded,
    HoldMade,
    NotOrder,
    Order,
    OrderEnded,
    OrderPaid,
    OrderPlaced,
    PaymentFailed,
    PriceChanged,
    Refusal,
    StockChanged,
)
from idol.errors import BadInput, Refused, Unavailable
from idol.model import Money, Viewer


def left(bench: Bench, sku: str) -> int:
    for number in bench.shop.catalog.listings:
        line = bench.shop.quote(number).variant(sku)
        if line:
            return line.on_hand + line.presale
    raise AssertionError(sku)


async def buy(bench: Bench, text: str = "要2件黑色L", who: str = "lin") -> Order:
    held = await bench.say(text, who)
    return await bench.shop.confirm(who, held.hold.id, "k1")


def reference(order: Order) -> str:
    return order.pay_url.rsplit("/", 1)[-1]


async def test_chat_to_paid_order(bench: Bench) -> None:
    held = await bench.say("要2件黑色L")
    assert isinstance(held, Held)
    assert (held.hold.sku, held.hold.quantity, held.hold.total.minor) == ("cj-bk-l", 2, 39800)
    assert "2件" in held.text and "¥398" in held.text
    assert left(bench, "cj-bk-l") == 3
    order = await bench.shop.confirm("lin", held.hold.id, "k1")
    assert order.state == "awaiting_payment" and order.pay_url
    await bench.webhook(bench.provider.decide(reference(order), "succeed"))
    paid = await bench.shop.order("lin", order.id)
    assert (paid.state, paid.pay_url) == ("paid", "")
    line = paid.lines[0]
    assert (line.segment, line.utterance, line.source) == ("jacket", "u7", "chat")
    assert bench.shop.quote(1).sold == 2
    await asyncio.sleep(0)
    kinds = [type(event) for event in bench.events if not isinstance(event, StockChanged)]
    assert kinds == [HoldMade, HoldEnded, OrderPlaced, OrderPaid]
    assert bench.heard(OrderPlaced)[0].order.pay_url == order.pay_url


async def test_she_asks_once_and_a_word_completes_it(bench: Bench) -> None:
    asked = await bench.say("I'll take two in red", language="en")
    assert isinstance(asked, Asked)
    assert [option.label["en"] for option in asked.options] == ["red M", "red L"]
    held = await bench.say("M", language="en")
    assert isinstance(held, Held) and (held.hold.sku, held.hold.quantity) == ("cj-rd-m", 2)
    assert "Holding 2" in held.text
    assert isinstance(await bench.say("M"), NotOrder)


async def test_a_question_is_forgotten_after_a_minute(bench: Bench) -> None:
    await bench.say("来两件红色")
    await bench.clock.advance(61)
    assert isinstance(await bench.say("M"), NotOrder)


async def test_a_question_is_for_its_own_viewer(bench: Bench) -> None:
    await bench.say("来两件红色", "lin")
    assert isinstance(await bench.say("M", "bob"), NotOrder)


async def test_the_open_call(bench: Bench) -> None:
    assert isinstance(await bench.say("扣1"), NotOrder)
    assert isinstance(await bench.say("扣1", floor=CALLING), Asked)
    held = await bench.say("黑色L", floor=CALLING)
    assert held.hold.quantity == 1


async def test_not_wanted_after_all(bench: Bench) -> None:
    held = await bench.say("要2件黑色L")
    cancelled = await bench.say("不要了")
    assert isinstance(cancelled, Cancelled) and cancelled.holds[0].id == held.hold.id
    assert left(bench, "cj-bk-l") == 5
    assert isinstance(await bench.say("不要了"), NotOrder)


async def test_only_what_is_left(bench: Bench) -> None:
    held = await bench.say("要3件红色L")
    assert held.hold.quantity == 3
    rest = await bench.say("要3件红色L", "bob")
    assert (rest.hold.quantity, rest.asked) == (2, 3)
    assert "只能留到2件" in rest.text
    gone = await bench.say("要一件红色L", "eve")
    assert isinstance(gone, Refusal) and gone.code == "sold_out"
    assert "抢完" in gone.text and "黑色 L" in gone.text


async def test_a_split_between_stock_and_lot_has_two_dates(bench: Bench) -> None:
    order = await buy(bench, "要2件红色L")
    assert [line.quantity for line in order.lines] == [1, 1]
    now, later = (line.ships_by for line in order.lines)
    assert now < later and order.total.minor == 39800


async def test_the_limit_counts_all_that_one_viewer_has(bench: Bench) -> None:
    await bench.say("要2件黑色L")
    held = await bench.say("要2件黑色M")
    assert (held.hold.quantity, held.asked) == (1, 2)
    refused = await bench.say("要1件红色M")
    assert isinstance(refused, Refusal) and refused.code == "limit" and "限购3件" in refused.text


async def test_the_same_message_twice_is_one_hold(bench: Bench) -> None:
    first = await bench.say("要2件黑色L", id="m")
    again = await bench.say("要2件黑色L", id="m")
    assert first.hold.id == again.hold.id and left(bench, "cj-bk-l") == 3
    with pytest.raises(Refused, match="another"):
        await bench.say("要1件黑色L", id="m")


async def test_a_key_in_flight_is_not_answered_twice(bench: Bench) -> None:
    """The same request meanwhile: come again; another one by that key: never."""
    lin = Viewer("lin", "Lin")
    asked = [(3, "ml", 2), (3, "ml", 2), (3, "ml", 1)]
    first, same, other = await asyncio.gather(
        *(bench.shop.hold(lin, *what, "k") for what in asked), return_exceptions=True
    )
    assert isinstance(first, Held) and left(bench, "ml") == 8
    assert isinstance(same, Refused) and same.code == "in_flight"
    assert isinstance(other, Refused) and other.code == "key_reused"
    again = await bench.shop.hold(lin, *asked[0], "k")
    assert isinstance(again, Held) and again.hold.id == first.hold.id
    done = await asyncio.gather(
        *(bench.shop.confirm("lin", first.hold.id, "k") for _ in range(2)), return_exceptions=True
    )
    assert isinstance(done[0], Order)
    assert isinstance(done[1], Refused) and done[1].code == "in_flight"


async def test_a_message_id_is_its_viewers_own(bench: Bench) -> None:
    mine = await bench.say("要1件黑色L", "lin", id="m")
    other = await bench.say("要1件黑色L", "bob", id="m")
    assert mine.hold.id != other.hold.id and other.hold.viewer.id == "bob"


async def test_the_same_message_at_once_is_one_hold(bench: Bench) -> None:
    answers = await asyncio.gather(*(bench.say("要2件黑色L", id="m") for _ in range(5)))
    assert len({held.hold.id for held in answers}) == 1 and left(bench, "cj-bk-l") == 3


async def test_a_repeat_is_answered_after_a_restart_too(tmp_path: Path, database: str) -> None:
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    await bench.say("来两件红色", id="m1")
    first = await bench.say("M", id="m2")
    bench.store.close()
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    again = await bench.say("M", id="m2")
    assert again.hold.id == first.hold.id and left(bench, "cj-rd-m") == 3
    bench.store.close()


async def test_a_tap_is_idempotent_by_its_key(bench: Bench) -> None:
    viewer = Viewer("lin", "Lin")
    first = await bench.shop.hold(viewer, 3, "ml", 2, "k")
    again = await bench.shop.hold(viewer, 3, "ml", 2, "k")
    assert isinstance(first, Held) and isinstance(again, Held)
    assert first.hold.id == again.hold.id
    with pytest.raises(Refused) as error:
        await bench.shop.hold(viewer, 3, "ml", 1, "k")
    assert error.value.code == "key_reused"
    wrong = await bench.shop.hold(viewer, 1, "ml", 1, "k2")
    assert isinstance(wrong, Refusal) and wrong.code == "unknown_variant"


async def test_a_hold_runs_out_without_a_sweeper(bench: Bench) -> None:
    held = await bench.say("要2件黑色L")
    await bench.clock.advance(301)
    assert left(bench, "cj-bk-l") == 5
    taken = await bench.say("要3件黑色L", "bob")
    assert taken.hold.quantity == 3
    with pytest.raises(Refused) as error:
        await bench.shop.confirm("lin", held.hold.id, "k")
    assert error.value.code == "hold_expired"
    assert [event.why for event in bench.heard(HoldEnded)] == ["expired"]


async def test_the_sweeper_tells(bench: Bench) -> None:
    await bench.say("要2件黑色L")
    await bench.clock.advance(301)
    await bench.shop.sweep()
    assert bench.heard(HoldEnded)[0].why == "expired"


async def test_an_unpaid_order_frees_its_stock(bench: Bench) -> None:
    order = await buy(bench)
    await bench.clock.advance(901)
    assert left(bench, "cj-bk-l") == 5
    await bench.shop.sweep()
    assert (await bench.shop.order("lin", order.id)).state == "cancelled"
    assert bench.heard(OrderEnded)[0].why == "unpaid"


async def test_a_late_payment_takes_the_stock_again(bench: Bench) -> None:
    order = await buy(bench)
    delivery = bench.provider.decide(reference(order), "succeed")
    await bench.clock.advance(901)
    await bench.shop.sweep()
    await bench.webhook(delivery)
    assert (await bench.shop.order("lin", order.id)).state == "paid"
    assert left(bench, "cj-bk-l") == 3


async def test_a_late_payment_without_stock_goes_back(bench: Bench) -> None:
    order = await buy(bench)
    delivery = bench.provider.decide(reference(order), "succeed")
    await bench.clock.advance(901)
    await bench.shop.set_stock("cj-bk-l", 0, "op")
    bench.provider.down = True
    await bench.webhook(delivery)
    assert (await bench.shop.order("lin", order.id)).state == "refunded"
    assert bench.provider.charge(reference(order)).state == "paid"
    bench.provider.down = False
    await bench.clock.advance(6)
    await bench.shop.sweep()
    assert bench.provider.charge(reference(order)).refunded == 39800
    await bench.webhook(delivery)
    assert (await bench.shop.report()).refunded == 39800


async def test_a_promise_never_moves_silently(bench: Bench) -> None:
    """Paid so late that the promised date cannot be kept: the money goes back instead."""
    order = await buy(bench)
    delivery = bench.provider.decide(reference(order), "succeed")
    await bench.clock.advance(7 * 86400)
    await bench.webhook(delivery)
    assert (await bench.shop.order("lin", order.id)).state == "refunded"


async def test_a_failed_payment_may_be_tried_again(bench: Bench) -> None:
    order = await buy(bench)
    await bench.webhook(bench.provider.decide(reference(order), "fail"))
    assert bench.heard(PaymentFailed)[0].order.state == "awaiting_payment"
    retry = await bench.shop.pay("lin", order.id)
    assert retry.pay_url and retry.pay_url != order.pay_url
    await bench.webhook(bench.provider.decide(reference(retry), "succeed"))
    assert (await bench.shop.order("lin", order.id)).state == "paid"


async def test_paying_twice_gives_one_of_them_back(bench: Bench) -> None:
    order = await buy(bench)
    await bench.webhook(bench.provider.decide(reference(order), "fail"))
    retry = await bench.shop.pay("lin", order.id)
    await bench.webhook(bench.provider.decide(reference(order), "succeed"))
    await bench.webhook(bench.provider.decide(reference(retry), "succeed"))
    assert (await bench.shop.order("lin", order.id)).state == "paid"
    assert bench.provider.charge(reference(retry)).refunded == 39800


async def test_the_same_webhook_many_times(bench: Bench) -> None:
    order = await buy(bench)
    delivery = bench.provider.decide(reference(order), "succeed")
    await asyncio.gather(*(bench.webhook(delivery) for _ in range(5)))
    assert len(bench.heard(OrderPaid)) == 1


async def test_confirm_when_the_provider_is_away(bench: Bench) -> None:
    held = await bench.say("要2件黑色L")
    bench.provider.down = True
    with pytest.raises(Unavailable):
        await bench.shop.confirm("lin", held.hold.id, "k")
    bench.provider.down = False
    order = await bench.shop.confirm("lin", held.hold.id, "k")
    assert order.pay_url and len(bench.heard(OrderPlaced)) == 1
    assert (await bench.shop.confirm("lin", held.hold.id, "other")).id == order.id


async def test_nobody_touches_what_is_anothers(bench: Bench) -> None:
    held = await bench.say("要2件黑色L")
    for call in (
        bench.shop.confirm("eve", held.hold.id, "k"),
        bench.shop.cancel("eve", held.hold.id),
        bench.shop.order("eve", "o_none"),
    ):
        with pytest.raises(Refused) as error:
            await call
        assert error.value.code.startswith("unknown_")


async def test_cancelling_an_unpaid_order(bench: Bench) -> None:
    order = await buy(bench)
    assert (await bench.shop.cancel_order("lin", order.id)).state == "cancelled"
    assert left(bench, "cj-bk-l") == 5
    delivery = bench.provider.decide(reference(order), "succeed")
    await bench.webhook(delivery)  # it was paid all the same: withdrawn means money back
    assert (await bench.shop.order("lin", order.id)).state == "refunded"
    assert left(bench, "cj-bk-l") == 5


async def test_shipping_and_refunding(bench: Bench) -> None:
    order = await buy(bench)
    with pytest.raises(Refused) as error:
        await bench.shop.ship(order.id, "op")
    assert error.value.code == "order_awaiting_payment"
    await bench.webhook(bench.provider.decide(reference(order), "succeed"))
    assert (await bench.shop.ship(order.id, "op")).state == "shipped"
    assert left(bench, "cj-bk-l") == 3
    assert (await bench.shop.refund(order.id, "op")).state == "refunded"
    assert bench.provider.charge(reference(order)).refunded == 39800
    assert left(bench, "cj-bk-l") == 3


async def test_a_flash_price_is_frozen_on_the_hold(bench: Bench) -> None:
    await bench.shop.open_flash(1, "149.00", 60)
    quote = bench.shop.quote(1)
    assert quote.price.minor == 14900 and quote.was is not None and quote.was.minor == 19900
    assert quote.flash_until == bench.clock.now() + 60
    held = await bench.say("要1件黑色L")
    await bench.shop.close_flash(1)
    assert bench.shop.quote(1).price.minor == 19900
    order = await bench.shop.confirm("lin", held.hold.id, "k")
    assert order.total.minor == 14900
    await bench.shop.open_flash(1, "149.00", 60)
    await bench.clock.advance(61)
    assert bench.shop.quote(1).price.minor == 19900
    assert len(bench.heard(PriceChanged)) == 3
    with pytest.raises(Refused, match="below"):
        await bench.shop.open_flash(1, "500", 60)
    with pytest.raises(BadInput):
        await bench.shop.open_flash(1, "cheap", 60)


async def test_the_operator_sets_what_is_left(bench: Bench) -> None:
    await bench.say("要2件黑色L")
    await bench.shop.set_stock("cj-bk-l", 7, "op")
    assert left(bench, "cj-bk-l") == 7
    with pytest.raises(Refused):
        await bench.shop.set_stock("nothing", 1, "op")
    with pytest.raises(Refused):
        await bench.shop.set_stock("ml", -1, "op")


async def test_stock_survives_a_restart(tmp_path: Path, database: str) -> None:
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    await bench.say("要2件黑色L")
    bench.store.close()
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    assert left(bench, "cj-bk-l") == 3
    assert len(await bench.shop.holds("lin")) == 1
    bench.store.close()


async def test_a_payment_goes_on_after_a_restart(tmp_path: Path, database: str) -> None:
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    order = await buy(bench)
    bench.store.close()
    bench = Bench(tmp_path, database=database)  # with a sandbox that has never heard of it
    await bench.shop.start()
    await bench.webhook(bench.provider.decide(reference(order), "succeed"))
    assert (await bench.shop.order("lin", order.id)).state == "paid"
    bench.store.close()


async def test_a_listener_that_fails_harms_nothing(bench: Bench) -> None:
    def fail(event: object) -> None:
        raise RuntimeError("listener")

    bench.shop._listener = fail
    assert isinstance(await bench.say("要2件黑色L"), Held)


async def test_several_things_in_one_message(bench: Bench) -> None:
    held = await bench.say("一件黑色M 两件红色L")
    assert [(h.sku, h.quantity) for h in (held.hold, *held.also)] == [
        ("cj-bk-m", 1),
        ("cj-rd-l", 2),
    ]


async def test_many_buyers_of_one_hot_thing(bench: Bench) -> None:
    """2,000 buyers, 10 lamps: ten pieces are held, each once, and nobody waits for an error."""
    answers = await asyncio.gather(*(bench.say("3号来一个", f"v{i}") for i in range(2000)))
    held = [a for a in answers if isinstance(a, Held)]
    assert sum(a.hold.quantity for a in held) == 10
    assert all(isinstance(a, Held) or a.code == "sold_out" for a in answers)
    assert left(bench, "ml") == 0


async def test_the_report_adds_up(bench: Bench) -> None:
    order = await buy(bench)
    await bench.webhook(bench.provider.decide(reference(order), "succeed"))
    await bench.shop.hold(Viewer("bob", "Bob"), 3, "ml", 1, "k")
    report = await bench.shop.report()
    assert (report.gmv, report.pieces, report.paid, report.holds) == (39800, 2, 1, 2)
    assert report.by_listing[0]["listing"] == 1 and report.by_listing[0]["gmv"] == 39800
    assert {row["source"] for row in report.by_source} == {"chat", "tap"}
    assert report.by_utterance[0]["utterance"] == "u7"


@pytest.mark.parametrize(
    ("second", "sku", "quantity"),
    [
        ("改成黑色", "cj-bk-m", 2),
        ("不要M要L", "cj-rd-l", 2),
        ("换成黑色L吧", "cj-bk-l", 2),
        ("说错了，要L", "cj-rd-l", 2),
        ("改成三件", "cj-rd-m", 3),
        ("能改成黑色吗", "cj-bk-m", 2),
        ("M換L", "cj-rd-l", 2),
        ("make that black", "cj-bk-m", 2),
        ("make it three please", "cj-rd-m", 3),
        ("actually one", "cj-rd-m", 1),
        ("sorry I meant L", "cj-rd-l", 2),
        ("L instead of M", "cj-rd-l", 2),
        ("can you change it to black L please", "cj-bk-l", 2),
        ("not M, L", "cj-rd-l", 2),
    ],
)
async def test_a_second_message_changes_the_viewers_own_hold(
    bench: Bench, second: str, sku: str, quantity: int
) -> None:
    other = await bench.say("要1件红色M", "bob")
    first = await bench.say("要2件红色M")
    before = left(bench, "cj-rd-m")
    held = await bench.say(second)
    assert isinstance(held, Held), second
    assert (held.hold.sku, held.hold.quantity) == (sku, quantity)
    assert [hold.id for hold in await bench.shop.holds("lin")] == [held.hold.id] != [first.hold.id]
    assert [hold.id for hold in await bench.shop.holds("bob")] == [other.hold.id]
    assert left(bench, "cj-rd-m") == before + 2 - (quantity if sku == "cj-rd-m" else 0)


@pytest.mark.parametrize(
    "second",
    [
        "红色好看还是黑色好看",
        "改天再买",
        "她说改成黑色",
        "如果有L就改成L",
        "不是我说的",
        "换季了冷",
        "不要红色",
        "actually it looks great",
        "not bad",
        "make it rain",
        "昨天改成黑色了",
        "换主播吧",
        "改成3号吧",
    ],
)
async def test_what_is_no_change_leaves_the_hold_alone(bench: Bench, second: str) -> None:
    first = await bench.say("要2件红色M")
    assert not isinstance(await bench.say(second), Held), second
    kept = await bench.shop.holds("lin")
    assert [hold.id for hold in kept] in ([first.hold.id], []), second


async def test_a_change_without_a_hold_is_none(bench: Bench) -> None:
    for text in ("改成黑色", "make it two", "不要L要M", "one more"):
        assert not isinstance(await bench.say(text), Held), text


async def test_one_more_of_the_same(bench: Bench) -> None:
    await bench.say("要1件黑色L")
    for text in ("再来一件", "one more please"):
        held = await bench.say(text)
        assert isinstance(held, Held) and (held.hold.sku, held.hold.quantity) == ("cj-bk-l", 1)
    assert sum(hold.quantity for hold in await bench.shop.holds("lin")) == 3


async def test_a_change_that_cannot_be_had_leaves_the_hold(bench: Bench) -> None:
    first = await bench.say("要2件红色M")
    await bench.shop.set_stock("cj-bk-l", 1, "op")
    refused = await bench.say("改成黑色L")
    assert isinstance(refused, Refusal) and "还在" in refused.text
    assert [hold.id for hold in await bench.shop.holds("lin")] == [first.hold.id]
    assert left(bench, "cj-bk-l") == 1


async def test_a_pending_question_hears_a_change(bench: Bench) -> None:
    asked = await bench.say("来两件红色")
    assert isinstance(asked, Asked)
    held = await bench.say("不要L要M")
    assert isinstance(held, Held) and (held.hold.sku, held.hold.quantity) == ("cj-rd-m", 2)


async def test_a_change_never_loses_a_flash_price(bench: Bench) -> None:
    price = bench.shop.quote(1).price
    await bench.shop.open_flash(1, Money(price.minor - 1000, price.currency), 30)
    first = await bench.say("要1件红色M")
    await bench.clock.advance(31)
    for text in ("改成黑色", "改成两件"):
        refused = await bench.say(text)
        assert isinstance(refused, Refusal) and refused.code == "price_moved", text
    assert [hold.id for hold in await bench.shop.holds("lin")] == [first.hold.id]
