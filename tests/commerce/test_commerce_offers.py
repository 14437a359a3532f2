"""Red packets that anybody can check, coupons that are used once, waves and queues in turn."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest
from shops import Bench

from idol.commerce import coupons, draw, packets
from idol.commerce import office_actions as acts
from idol.commerce.draw import Entry, Prize
from idol.commerce.outcomes import Held, PacketChanged, Refusal
from idol.errors import Refused
from idol.model import Viewer

LIN, MO, ZOE = (Viewer(name, name.title()) for name in ("lin", "mo", "zoe"))


async def opened(bench: Bench, prizes: str = "20x1 5x2", most: int = 40) -> str:
    wish = acts.OpenPacket(title_zh="福袋", title_en="Packet", prizes=prizes, most=most, minutes=1)
    packet: dict[str, Any] = await bench.shop.office(wish, "op")
    return str(packet["id"])


async def test_a_red_packet_is_committed_to_entered_drawn_and_checked(bench: Bench) -> None:
    id = await opened(bench)
    before = await bench.shop.packet_record(id)
    assert before["seed"] == "" and before["at_least"] == "7.50%" and before["winners"] == {}
    for n in range(12):
        await bench.shop.enter_packet(f"v{n}", id, f"n{n}")
    again = await bench.shop.enter_packet("v3", id, "another")
    assert (again.place, again.nonce) == (3, "n3"), "the first entry stands"
    assert bench.shop.packet(id).odds == "25.00%"
    with pytest.raises(Refused, match="not over"):
        await bench.store.submit(lambda tx: packets.draw_packet(tx, id, bench.clock.now()))
    await bench.clock.advance(61)
    with pytest.raises(Refused, match="packet_over"):
        await bench.shop.enter_packet("late", id, "x")
    await bench.shop.sweep()
    record = await bench.shop.packet_record(id)
    assert draw.check(record) == []
    assert record["commitment"] == before["commitment"], "fixed before anybody entered"
    said = f"{record['seed']}\n" + json.dumps(
        record["rules"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert hashlib.sha256(said.encode()).hexdigest() == before["commitment"]
    drawn = bench.heard(PacketChanged)[-1]
    assert len(drawn.winners) == 3
    worth = []
    for viewer, code in drawn.winners:
        (mine,) = (await bench.shop.mine(viewer)).coupons
        assert mine.code == code and draw.person(id, viewer) in str(record["entries"])
        worth.append(mine.value)
    assert sorted(worth) == [500, 500, 2000]
    await bench.shop.sweep()
    assert len(bench.heard(PacketChanged)) == 2, "opened, and drawn once"

    def forged(change: str) -> Any:
        other: Any = copy.deepcopy(record)
        if change == "seed":
            other["seed"] = "00" * 32
        elif change == "rules":
            other["rules"]["prizes"][0]["minor"] += 1
        elif change == "entry":
            other["entries"][5]["nonce"] = "mine"
        elif change == "left out":
            del other["entries"][0]
        else:
            other["winners"] = {str(n): 0 for n in range(3)}
        return other

    for change in ("seed", "rules", "entry", "left out", "winners"):
        assert draw.check(forged(change)), change


async def test_a_full_packet_takes_no_more(bench: Bench) -> None:
    id = await opened(bench, "5x1", most=2)
    await bench.shop.enter_packet("a", id, "1")
    await bench.shop.enter_packet("b", id, "1")
    with pytest.raises(Refused, match="packet_full"):
        await bench.shop.enter_packet("c", id, "1")
    with pytest.raises(Refused, match="letters"):
        await bench.shop.enter_packet("d", await opened(bench), "no way!")


def test_every_entrant_is_as_likely_to_win() -> None:
    """Over many seeds each of five wins one prize of two as often as the others."""
    entries = [Entry(n, f"p{n}", "x") for n in range(5)]
    wins = [0] * 5
    for n in range(2000):
        for place in draw.draw(hashlib.sha256(str(n).encode()).hexdigest(), entries, [Prize(1, 2)]):
            wins[place] += 1
    assert sum(wins) == 4000 and all(720 < count < 880 for count in wins), wins
    assert (
        draw.draw("00" * 32, [], [Prize(1, 2)]) == {} and draw.odds([Prize(1, 3)], 2) == "100.00%"
    )


async def test_a_coupon_is_used_once_and_comes_back_from_an_unpaid_order(bench: Bench) -> None:
    await bench.shop.office(acts.MakeCoupon(off="10%", code="TEN10", uses=1), "op")
    first = await bench.shop.hold(LIN, 3, "ml", 1, "a")
    second = await bench.shop.hold(MO, 3, "ml", 1, "b")
    assert isinstance(first, Held) and isinstance(second, Held)
    order = await bench.shop.confirm(LIN, first.hold.id, "a", "ten10")
    assert (order.total.minor, order.coupon) == (8010, "TEN10")
    with pytest.raises(Refused, match="coupon_used|TEN10"):  # noqa: RUF043
        await bench.shop.confirm(MO, second.hold.id, "b", "TEN10")
    assert (await bench.shop.holds(MO))[0].state == "live", "nothing was placed"
    await bench.shop.cancel_order(LIN, order.id)
    paid = await bench.shop.confirm(MO, second.hold.id, "c", "TEN10")
    assert paid.total.minor == 8010
    (coupon,) = bench.store.read(coupons.every)
    assert (coupon.used, coupon.uses) == (1, 1)


async def test_a_wave_goes_to_those_who_wait_first(bench: Bench) -> None:
    await bench.shop.set_stock("bs-38", 0, "op")
    gone = await bench.shop.hold(LIN, 4, "bs-38", 1, "a")
    assert isinstance(gone, Refusal) and gone.code == "sold_out"
    for who, n in ((LIN, 2), (MO, 2), (ZOE, 2)):
        await bench.shop.wait_for(who, "bs-38", n)
        await bench.clock.advance(1)
    await bench.shop.office(acts.PlanWave(sku="bs-38", quantity=3, in_minutes=5), "op")
    await bench.clock.advance(298)
    await bench.shop.sweep()
    assert bench.shop.quote(4).left == 6, "the wave is not on sale yet: 42 only"
    await bench.clock.advance(2)
    await bench.shop.sweep()
    got = {
        who.id: [hold.quantity for hold in await bench.shop.holds(who)] for who in (LIN, MO, ZOE)
    }
    assert got == {"lin": [2], "mo": [1], "zoe": []}
    (rest,), (place,) = [(await bench.shop.mine(who)).waiting for who in (MO, ZOE)]
    assert (rest.quantity, rest.before, place.quantity, place.before) == (1, 0, 2, 1)
    await bench.shop.cancel(LIN, (await bench.shop.holds(LIN))[0].id)
    assert [hold.quantity for hold in await bench.shop.holds(MO)] == [1, 1]
    assert [hold.quantity for hold in await bench.shop.holds(ZOE)] == [1]
