"""Several holds as one order, with one payment: all of it, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from shops import Bench

from idol.commerce import office_actions as acts
from idol.commerce.mine import ALL
from idol.commerce.outcomes import Held, HoldEnded, OrderEnded
from idol.errors import Refused
from idol.model import Viewer

LIN, MO = Viewer("lin", "Lin"), Viewer("mo", "Mo")


@pytest.fixture
async def bench(tmp_path: Path, database: str) -> Bench:
    bench = Bench(tmp_path, database=database)
    await bench.shop.start()
    return bench


async def held(bench: Bench, listing: int, sku: str, n: int, who: Viewer = LIN) -> str:
    answer = await bench.shop.hold(who, listing, sku, n, f"{who.id}-{sku}-{n}")
    assert isinstance(answer, Held), answer
    return answer.hold.id


async def two(bench: Bench) -> list[str]:
    """A jacket of 199.00 of which there are five, and a lamp of 89.00 of which there are ten."""
    return [await held(bench, 1, "cj-bk-l", 1), await held(bench, 3, "ml", 1)]


def reserved(bench: Bench, sku: str) -> int:
    row = bench.store.read(
        lambda tx: tx.one("SELECT sum(reserved) AS n FROM supply WHERE sku = :s", s=sku)
    )
    return int(row["n"]) if row else 0


async def test_one_payment_for_all(bench: Bench) -> None:
    both = await two(bench)
    order = await bench.shop.confirm(LIN, both, "k")
    assert [(line.sku, line.quantity) for line in order.lines] == [("cj-bk-l", 1), ("ml", 1)]
    assert order.total.minor == 28800
    again = await bench.shop.confirm(LIN, both, "k")
    assert again.id == order.id
    with pytest.raises(Refused, match="another request"):
        await bench.shop.confirm(LIN, both[:1], "k")
    await bench.webhook(bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed"))
    assert (await bench.shop.order(LIN, order.id)).state == "paid"
    ended = [(event.hold.id, event.why) for event in bench.heard(HoldEnded)]
    assert ended == [(id, "confirmed") for id in both]
    parcel = await bench.shop.office(acts.Ship(order=order.id, carrier="SF", tracking="1"), "op")
    assert parcel["tracking"] == "1"
    assert (await bench.shop.order(LIN, order.id)).state == "shipped"


async def test_what_has_run_out_orders_nothing(bench: Bench) -> None:
    first = await held(bench, 1, "cj-bk-l", 1)
    await bench.clock.advance(200)
    second = await held(bench, 3, "ml", 1)
    await bench.clock.advance(150)
    with pytest.raises(Refused, match="hold_expired"):
        await bench.shop.confirm(LIN, [first, second], "k")
    (still,) = await bench.shop.holds(LIN)
    assert (still.id, still.state) == (second, "live")
    with pytest.raises(Refused, match="unknown_hold"):
        await bench.shop.confirm(MO, [second], "k")
    await bench.shop.confirm(LIN, second, "k2")
    third = await held(bench, 1, "cj-bk-m", 1)
    with pytest.raises(Refused, match="hold_confirmed"):
        await bench.shop.confirm(LIN, [second, third], "k3")


async def test_unpaid_it_ends_once_and_all_is_free(bench: Bench) -> None:
    order = await bench.shop.confirm(LIN, await two(bench), "k")
    await bench.clock.advance(bench.shop.rules.pay_seconds + 1)
    await bench.shop.sweep()
    assert [event.order.id for event in bench.heard(OrderEnded)] == [order.id]
    assert (reserved(bench, "cj-bk-l"), reserved(bench, "ml")) == (0, 0)


async def test_a_late_payment_has_all_of_it_or_the_money_back(bench: Bench) -> None:
    order = await bench.shop.confirm(LIN, await two(bench), "k")
    word = bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed")
    await bench.clock.advance(bench.shop.rules.pay_seconds + 1)
    await bench.shop.sweep()
    await bench.shop.set_stock("ml", 0, "op")  # the jacket is there, the lamp is not
    await bench.webhook(word)
    assert (await bench.shop.order(LIN, order.id)).state == "refunded"
    assert bench.provider.charge(order.pay_url.rsplit("/", 1)[-1]).refunded == 28800
    assert (reserved(bench, "cj-bk-l"), reserved(bench, "ml")) == (0, 0)


async def test_a_coupon_counts_on_all_of_it_or_on_its_own_link(bench: Bench) -> None:
    await bench.shop.office(acts.MakeCoupon(off="20", code="BIG20", least="250"), "op")
    await bench.shop.office(acts.MakeCoupon(off="10%", code="LAMP10", listing=3), "op")
    both = await two(bench)
    order = await bench.shop.confirm(LIN, both, "k", "BIG20")
    assert order.total.minor == 26800, "neither alone comes to 250"
    await bench.shop.cancel_order(LIN, order.id)
    more = [await held(bench, 1, "cj-bk-m", 1), await held(bench, 3, "ml", 2)]
    order = await bench.shop.confirm(LIN, more, "k2", "LAMP10")
    assert order.total.minor == 19900 + 2 * 8010
    await bench.webhook(bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed"))
    asked = await bench.shop.ask_return(LIN, order.id, 0, 1, "")
    await bench.shop.office(acts.DecideReturn(request=asked.id, approve=True), "op")
    given = bench.store.read(
        lambda tx: tx.one("SELECT sum(amount) AS n FROM refunds WHERE order_id = :o", o=order.id)
    )
    assert given is not None and given["n"] == 19900, "the jacket cost its whole price"


async def test_a_viewer_is_told_what_coupons_do_to_all_of_it(bench: Bench) -> None:
    await bench.shop.office(acts.MakeCoupon(off="20", code="BIG20", least="250", show=True), "op")
    await bench.shop.claim(LIN, "BIG20")
    await two(bench)
    fits = {fit.hold: fit for fit in (await bench.shop.mine(LIN)).fits}
    assert (fits[ALL].pay.minor, fits[ALL].why) == (26800, "")
    assert all(fit.why == "coupon_least" for name, fit in fits.items() if name != ALL)
