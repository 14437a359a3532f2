"""Promises and what becomes of them: lots, dates, alerts, delays, production, group prices,
and how many to make. Where the ledger is in it, on both databases."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import pytest
from shops import Bench

from idol.commerce import advice, delays, demand, groups, lateness, lots, orders, production
from idol.commerce import office_actions as acts
from idol.commerce import suppliers as makers
from idol.commerce.advice import Costs, Limits, Minute
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Held, OrderEnded
from idol.commerce.promise import Calendar
from idol.commerce.supply import Dates
from idol.errors import BadInput, Refused
from idol.model import Money, Viewer
from idol.store import Tx

DATES = Dates(zone=UTC)  # the bench's clock begins on Tuesday, 14 November 2023
LIN, MO = Viewer("lin", "Lin"), Viewer("mo", "Mo")
READY = date(2023, 12, 4)
WHY = {"zh": "面料晚到", "en": "The fabric is late"}


@pytest.fixture
async def bench(tmp_path: Path, database: str) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path, database=database, rules=Rules(dates=DATES))
    await bench.shop.start()
    await bench.shop.office(acts.KeepSupplier(id="hz", minimum=10, step=5, lead=5), "op")
    yield bench
    bench.store.close()


async def held(bench: Bench, who: Viewer, sku: str, n: int, listing: int = 3) -> Held:
    answer = await bench.shop.hold(who, listing, sku, n, secrets.token_hex(4))
    assert isinstance(answer, Held), answer
    return answer


async def bought(bench: Bench, who: Viewer, sku: str, n: int, listing: int = 3) -> str:
    hold = (await held(bench, who, sku, n, listing)).hold
    order = await bench.shop.confirm(who, hold.id, hold.id)
    await bench.webhook(bench.provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed"))
    return order.id


def given(bench: Bench, order: str) -> list[tuple[str, int]]:
    rows = bench.store.read(
        lambda tx: tx.all("SELECT reason, amount FROM refunds WHERE order_id = :o", o=order)
    )
    return [(row["reason"], row["amount"]) for row in rows]


# ---- dates


def test_p90_is_cautious_and_learns() -> None:
    assert lateness.p90([]) == 5, "nobody knows this supplier"
    assert lateness.p90([0] * 9) == 0
    assert lateness.p90([0] * 18 + [7]) == 0 and lateness.p90([0] * 17 + [7, 7]) == 7
    assert lateness.p90([1, 1]) == 5, "two deliveries do not outweigh caution"


def test_the_chance_to_be_late_is_counted_and_alerts_above_a_tenth() -> None:
    ten = [0] * 9 + [4]
    assert lateness.chance(ten, 3) == 10 and not lateness.chance(ten, 3) > lateness.ALERT_PERCENT
    assert lateness.chance([0] * 8 + [4, 4], 3) == 20 and lateness.chance(ten, 4) == 0
    assert lateness.chance(ten, 3, elapsed=1) == 100, "of those that were late at all, all were"
    assert lateness.chance(ten, 4, elapsed=5) == 100
    plain = Calendar()
    assert lateness.slack(plain, plain, READY, 2, date(2023, 12, 13)) == 5
    assert lateness.slack(plain, plain, READY, 2, date(2023, 12, 5)) == -1


async def test_stock_in_hand_first_then_the_earliest_lot(bench: Bench) -> None:
    """4 December + 5 days of an unknown supplier + 2 of handling, on working days of both."""
    await bench.shop.office(acts.SetDay(place="hz", day=date(2023, 12, 5), works=False), "op")
    for name, ready in (("late", READY + timedelta(days=30)), ("soon", READY)):
        lot = acts.PlanLot(name=name, sku="ml", supplier="hz", capacity=20, ready_on=ready)
        await bench.shop.office(lot, "op")
    assert (await held(bench, LIN, "ml", 9)).hold.ships_by == date(2023, 11, 16)
    split = (await held(bench, MO, "ml", 3)).hold
    assert split.ships_by == date(2023, 12, 14), "one from stock, two of the lot: the later date"
    quote = bench.shop.quote(3).variants[0]
    assert (quote.on_hand, quote.presale, quote.ships_by) == (0, 38, date(2023, 12, 14))
    order = await bench.shop.confirm(MO, split.id, "x")
    assert [(line.quantity, line.ships_by) for line in order.lines] == [
        (1, date(2023, 11, 16)), (2, date(2023, 12, 14)),
    ]  # fmt: skip


async def test_a_promise_in_danger_is_told(bench: Bench) -> None:
    lot = acts.PlanLot(name="L", sku="ml", supplier="hz", capacity=20, ready_on=READY)
    await bench.shop.set_stock("ml", 0, "op")
    await bench.shop.office(lot, "op")
    await bought(bench, LIN, "ml", 2)
    now = bench.clock.now()

    def alerts() -> list[lots.Alert]:
        return bench.store.read(lambda tx: lots.alerts(tx, bench.shop.rules.dates, now))

    assert alerts() == []

    def came_late(tx: Tx) -> None:
        for _ in range(2):
            makers.arrived(tx, "hz", date(2023, 10, 2), date(2023, 10, 30), now)

    await bench.store.submit(came_late)
    (alert,) = alerts()
    assert (alert.lot, alert.pieces, alert.orders) == ("L", 2, 1)
    assert alert.chance == 22 > lateness.ALERT_PERCENT
    assert (await bench.shop.books())["alerts"][0]["chance"] == 22


async def test_what_products_csv_presells_is_a_lot_like_others(bench: Bench) -> None:
    """Its days are the merchant's own promise: no alert while it can be kept, one once it
    cannot, and its buyers can be asked."""
    await bought(bench, LIN, "cj-rd-l", 2, 1)  # one in hand, one presold
    lot = bench.store.read(lambda tx: lots.get(tx, "cj-rd-l"))
    assert (lot.supplier, lot.capacity, lot.reserved, lot.delay) == ("own", 4, 1, 0)

    def alerts() -> list[tuple[str, int]]:
        dates, now = bench.shop.rules.dates, bench.clock.now()
        return bench.store.read(
            lambda tx: [(alert.lot, alert.chance) for alert in lots.alerts(tx, dates, now)]
        )

    assert alerts() == []
    await bench.clock.advance((lot.ready_on - date(2023, 11, 14)).days * 86_400 + 8 * 86_400)
    assert ("cj-rd-l", 100) in alerts()
    later = acts.Delay(
        lot="cj-rd-l", ready_on=lot.ready_on + timedelta(days=30), reason_zh="晚", reason_en="late"
    )
    assert (await bench.shop.office(later, "op"))["asked"] == 1


# ---- delays


async def test_who_does_not_agree_has_the_money_back(bench: Bench) -> None:
    await bench.shop.set_stock("ml", 0, "op")
    lot = acts.PlanLot(name="L", sku="ml", supplier="hz", capacity=20, ready_on=READY)
    await bench.shop.office(lot, "op")
    silent, agrees = await bought(bench, LIN, "ml", 2), await bought(bench, MO, "ml", 1)
    unpaid = (await held(bench, Viewer("zoe", "Zoe"), "ml", 1)).hold
    late = acts.Delay(lot="L", ready_on=date(2024, 1, 8), reason_zh="晚", reason_en="late")
    said = await bench.shop.office(late, "op")
    assert (said["asked"], said["freed"]) == (2, 1)
    with pytest.raises(Refused, match="cancelled"):
        await bench.shop.confirm("zoe", unpaid.id, "z")
    await bench.shop.answer_delay(MO, agrees, True)
    promised = date(2023, 12, 13)
    assert (await bench.shop.order(MO, agrees)).lines[0].ships_by == promised, "it never moves"
    await bench.clock.advance(72 * 3600 - 1)
    await bench.shop.sweep()
    assert given(bench, silent) == []
    await bench.clock.advance(2)
    await bench.shop.sweep()
    assert given(bench, silent) == [("delay", 17800)] and given(bench, agrees) == []
    assert (await bench.shop.order(LIN, silent)).state == "refunded"
    assert bench.heard(OrderEnded)[-1].order.id == silent
    assert bench.store.read(lambda tx: lots.get(tx, "L")).reserved == 1
    with pytest.raises(Refused, match="no open question"):
        await bench.store.submit(lambda tx: delays.answer(tx, silent, True, 0.0))


# ---- production


async def test_the_factory_counts_without_gaps(bench: Bench) -> None:
    """An order that is withdrawn after its approval was never sent: no number is missing."""
    url = "https://factory.example/hook"
    with pytest.raises(BadInput, match="https"):
        await bench.shop.office(acts.KeepSupplier(id="hz", url="http://factory.example"), "op")
    await bench.shop.office(acts.KeepSupplier(id="hz", url=url), "op")
    made: dict[str, Any] = {}
    for name in ("a", "b", "c"):
        wish = acts.Propose(lot=name, sku="ml", supplier="hz", quantity=10)
        made[name] = await bench.shop.office(wish, "op")
        await bench.shop.office(acts.Approve(production=made[name]["id"]), "op")
    await bench.shop.office(acts.Withdraw(production=made["a"]["id"]), "op")
    for name in ("b", "c"):
        await bench.shop.office(acts.Send(production=made[name]["id"]), "op")
    rows = bench.store.read(lambda tx: tx.all("SELECT body FROM outbox WHERE topic = 'webhook'"))
    sent = [json.loads(json.loads(row["body"])["payload"]) for row in rows]
    assert [word["type"] for word in sent] == ["production.ordered"] * 2
    assert [(word["data"]["sequence"], word["data"]["lot"]) for word in sent] == [
        (1, "b"),
        (2, "c"),
    ]
    now = bench.clock.now()

    def hear(body: Any, message: str) -> Any:
        return bench.store.submit(lambda tx: production.heard(tx, body, message, now))

    b = {"id": made["b"]["id"], "sequence": 1}
    with pytest.raises(Refused, match="number 1"):
        await hear({"type": "production.acknowledged", "data": {**b, "sequence": 2}}, "m0")
    later = {**b, "ready_on": "2024-02-01"}
    for _ in range(2):
        item, moved = await hear({"type": "production.acknowledged", "data": later}, "m1")
        assert item.state == "acknowledged"
    assert not moved, "the same message twice says nothing new"
    assert {lot.name: lot.ready_on for lot in bench.store.read(lots.every)}["b"] < date(2024, 2, 1)
    with pytest.raises(Refused, match="acknowledged"):
        await hear({"type": "production.refused", "data": b}, "m2")
    with pytest.raises(BadInput):
        await hear({"type": "production.acknowledged", "data": {}}, "m3")
    table = production.to_csv(bench.store.read(production.every)).splitlines()
    assert sorted(line.split(",")[0] for line in table[1:]) == ["", "1", "2"]


# ---- group prices


async def test_a_group_price_goes_down_for_all_and_up_for_nobody(bench: Bench) -> None:
    tiers = acts.OpenGroup(listing=3, tiers="3:79 5:69", minutes=10)
    await bench.shop.office(tiers, "op")
    first = await bought(bench, LIN, "ml", 2)
    second = await bought(bench, MO, "ml", 1)
    assert bench.shop.quote(3).price.minor == 7900
    third = await bought(bench, LIN, "ml", 2)
    assert bench.shop.quote(3).price.minor == 6900
    await bench.clock.advance(601)
    await bench.shop.sweep()
    # 89 was paid twice and once, 79 twice; 69 holds for all.
    assert given(bench, first) == [("tier", 4000)] and given(bench, second) == [("tier", 2000)]
    assert given(bench, third) == [("tier", 2000)]
    assert bench.shop.quote(3).price.minor == 8900
    await bench.shop.sweep()
    assert given(bench, first) == [("tier", 4000)], "once"
    with pytest.raises(Refused):
        group = bench.store.read(groups.every)[0].id
        await bench.store.submit(lambda tx: groups.close(tx, group, 0.0, "op"))


async def test_no_payment_is_refused_for_a_group_price(bench: Bench) -> None:
    """The file has been changed meanwhile: one variant costs less than the tier by now."""
    await bench.shop.office(acts.OpenGroup(listing=4, tiers="1:259", minutes=10), "op")

    def cheaper(tx: Tx) -> None:
        tx.run(
            "INSERT INTO prices (sku, kind, minor, currency, from_at)"
            " VALUES ('bs-38', 'regular', 19900, 'CNY', 0.0)"
        )

    await bench.store.submit(cheaper)
    order = await bought(bench, LIN, "bs-42", 1, 4)
    assert (await bench.shop.order(LIN, order)).state == "paid"
    prices = {v.sku: v.price.minor for v in bench.shop.quote(4).variants}
    assert prices == {"bs-38": 19900, "bs-42": 25900}


def test_tiers_must_go_down() -> None:
    with pytest.raises(BadInput):
        groups.open_group(None, 1, [(2, Money(100, "CNY")), (5, Money(100, "CNY"))], 60, 0, "op")  # type: ignore[arg-type]


# ---- how many to make


def test_textbook_newsvendors() -> None:
    assert advice.normal(300, 80, 60, 20) == pytest.approx(353.96, abs=0.01)
    sure = 1e9  # so sharp a gamma that what is left is Poisson(300)
    assert advice.negative_binomial(300 * sure, sure, 1.0, 0.75) == 312


def test_the_advice_earns_what_it_says() -> None:
    """Minutes that are plainly Poisson(12): ten more of them, and the lot covers Cu/(Cu+Co)."""
    seen = [Minute(12, 100)] * 8
    costs = Costs(price=10_000, cost=4_000)
    found = advice.advise(seen, 10, costs, half_life=1e9)
    assert found.level == 60 and found.sold == 96 and found.worth_it
    assert 96 + 115 <= found.best <= 96 + 130 and found.lot == found.best
    assert found.low < found.middle < found.high
    boxed = advice.advise(seen, 10, costs, Limits(50, 50, 200), half_life=1e9)
    assert boxed.lot == 200, "the supplier's most, in its steps"
    with pytest.raises(BadInput):
        advice.advise(seen, 10, Costs(100, 200))
    with pytest.raises(BadInput):
        advice.advise([Minute(3, 0)], 10, costs)


def test_a_sold_out_minute_counts_as_at_least() -> None:
    costs = Costs(price=10_000, cost=5_000)
    seen = [Minute(10, 100), Minute(10, 100), Minute(2, 100), Minute(0, 100)]
    blind = advice.advise(seen, 10, costs, half_life=1e9)
    knows = advice.advise(
        [*seen[:2], Minute(2, 100, True), Minute(0, 100, True)], 10, costs, half_life=1e9
    )
    assert knows.censored == 2 and knows.best > blind.best * 1.4


async def test_a_minute_that_sells_out_on_the_way_is_noted(bench: Bench) -> None:
    await bench.clock.advance(40)  # to the full minute
    await bench.shop.on_air(3, 50)
    await bench.clock.advance(20)
    await held(bench, LIN, "ml", 10)
    await bench.shop.on_air(3, 60)
    await bench.shop.on_air(1, 60)
    seen = bench.store.read(lambda tx: demand.minutes(tx, "ml"))
    assert seen == [Minute(10, 50, True)]
    assert bench.store.read(lambda tx: demand.minutes(tx, "cj-bk-m")) == [Minute(0, 60)]
    proposal = await bench.shop.advise("ml", "40", "0", "hz", 10, "zh")
    assert "断货" in proposal.reason["zh"] and "sold out" in proposal.reason["en"]
    assert proposal.plot.startswith("<svg") and proposal.advice.lot % 5 == 0
    assert bench.store.read(lambda tx: orders.of_viewer(tx, "lin")) == []
