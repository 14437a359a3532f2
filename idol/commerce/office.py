"""The back office: carries out an action in one transaction, and shows what there is.

Functions over a transaction; `Merchant.office` and `idol shop` call them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from idol.commerce import (
    aftersale,
    answers,
    coupons,
    delays,
    demand,
    groups,
    listing,
    lots,
    money,
    orders,
    packets,
    production,
    returns,
    settlement,
    suppliers,
    supply,
    waitlist,
    waves,
)
from idol.commerce import office_actions as acts
from idol.commerce.coupons import Coupon
from idol.commerce.draw import Prize
from idol.commerce.holds import Rules
from idol.commerce.outcomes import (
    OffersChanged,
    OrderChanged,
    OrderEnded,
    PacketChanged,
    PriceChanged,
    ShopEvent,
    StockChanged,
)
from idol.errors import BadInput
from idol.model import Language, Money
from idol.store import Tx


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose hand it is and by which rules."""

    by: str
    now: float
    rules: Rules
    currency: str


def carry_out(tx: Tx, action: acts.Action, desk: Desk) -> tuple[Any, list[ShopEvent]]:
    """Do it; returns what came of it and what the audience must be told.

    Raises `BadInput` and `Refused` as the functions it calls do; then nothing is changed.
    """
    events = answers.expire(tx, desk.now, desk.rules)
    for kinds, part in (
        (_ORDER_ACTIONS, _orders),
        (_SUPPLY_ACTIONS, _supply),
        (_PRODUCTION_ACTIONS, _production),
    ):
        if isinstance(action, kinds):
            result, more = part(tx, action, desk)
            return result, [*events, *more]
    result, more = _offers(tx, action, desk)
    return result, [*events, *more]


_ORDER_ACTIONS = (
    acts.Ship, acts.Track, acts.Deliver, acts.Refund, acts.DecideReturn, acts.ReceiveReturn,
)  # fmt: skip
_SUPPLY_ACTIONS = (
    acts.KeepSupplier, acts.SetDay, acts.PlanLot, acts.ResizeLot, acts.Arrive, acts.CancelLot,
    acts.Delay,
)  # fmt: skip
_PRODUCTION_ACTIONS = (acts.Propose, acts.Approve, acts.Send, acts.Withdraw, acts.Acknowledge)


def _orders(tx: Tx, action: acts.Action, desk: Desk) -> tuple[Any, list[ShopEvent]]:
    now, by = desk.now, desk.by
    match action:
        case acts.Ship():
            id = aftersale.find(tx, action.order)
            parcel = aftersale.ship(tx, id, action.carrier, action.tracking, now, by, action.lines)
            return parcel, [_order_event(tx, id)]
        case acts.Track():
            parcel = aftersale.track(tx, action.parcel, action.carrier, action.tracking, now, by)
            return parcel, [_order_event(tx, parcel.order)]
        case acts.Deliver():
            parcel = aftersale.deliver(tx, action.parcel, now, by)
            return parcel, [_order_event(tx, parcel.order)]
        case acts.Refund():
            order = settlement.refund(tx, aftersale.find(tx, action.order), now, by)
            skus = {line.sku for line in order.lines}
            offered = waitlist.promote(tx, skus, now, desk.rules)
            return order, [OrderEnded(order, "refunded"), *offered]
        case acts.DecideReturn():
            item = returns.decide_return(tx, action.request, action.approve, action.answer, now, by)
            return item, [_order_event(tx, item.order), *_freed(tx, item.order, desk)]
        case _:
            assert isinstance(action, acts.ReceiveReturn)
            item, order = returns.receive_return(
                tx, action.request, now, by, restock=action.restock
            )
            return item, [_order_event(tx, order.id), *_freed(tx, order.id, desk)]


def _supply(tx: Tx, action: acts.Action, desk: Desk) -> tuple[Any, list[ShopEvent]]:
    now, by = desk.now, desk.by
    match action:
        case acts.KeepSupplier():
            rest = frozenset(int(day) for day in action.rest.split(",") if day)
            suppliers.keep(
                tx,
                suppliers.Supplier(
                    action.id, action.name, action.minimum, action.step, action.most,
                    action.lead, rest, action.url,
                ),
            )  # fmt: skip
            return suppliers.get(tx, action.id), []
        case acts.SetDay():
            suppliers.set_day(tx, action.place, action.day, action.works)
            return {"place": action.place, "day": action.day, "works": action.works}, []
        case acts.PlanLot():
            lot = lots.plan(
                tx, action.name, action.sku, action.supplier, action.capacity, action.ready_on, now
            )
        case acts.ResizeLot():
            lot = lots.resize(tx, action.lot, action.capacity, now, by)
        case acts.Arrive():
            lot = lots.arrive(tx, action.lot, action.pieces, action.came, now, by)
        case acts.CancelLot():
            lot = lots.cancel(tx, action.lot, now, by)
        case _:
            assert isinstance(action, acts.Delay)
            reason: dict[Language, str] = {"zh": action.reason_zh, "en": action.reason_en}
            said = delays.announce(
                tx, action.lot, action.ready_on, reason, action.answer_hours * 3600.0,
                desk.rules.dates, now, by,
            )  # fmt: skip
            asked = [OrderChanged(orders.get(tx, order)) for order in said.asked]
            result = {"delay": said.id, "asked": len(said.asked), "freed": said.freed,
                      "ships_by": said.ships_by}  # fmt: skip
            return result, [*said.events, *asked, StockChanged(lots.get(tx, action.lot).listing)]
    return lot, [StockChanged(lot.listing), *waitlist.promote(tx, [lot.sku], now, desk.rules)]


def _production(tx: Tx, action: acts.Action, desk: Desk) -> tuple[Any, list[ShopEvent]]:
    now, by = desk.now, desk.by
    match action:
        case acts.Propose():
            quantity, reason = action.quantity, _own_words(by)
            if action.cost:
                found = demand.propose(
                    tx, action.sku, action.cost, action.salvage, action.supplier,
                    action.more_minutes, desk.currency, now, "zh",
                )  # fmt: skip
                quantity, reason = quantity or found.advice.lot, found.reason
            if quantity < 1:
                raise BadInput("give a quantity, or a cost for the adviser", where="quantity")
            item = production.propose(
                tx, action.lot, action.sku, action.supplier, quantity, reason, desk.rules.dates, now
            )
        case acts.Approve():
            item = production.approve(tx, action.production, by, now)
        case acts.Send():
            item = production.send(tx, action.production, now)
        case acts.Withdraw():
            item = production.withdraw(tx, action.production, by, now)
        case _:
            assert isinstance(action, acts.Acknowledge)
            item, later = production.answer(
                tx, action.production, action.accepted, now, by, action.ready_on
            )
            result = {**plain(item), "later": later}
            return result, [StockChanged(lots.get(tx, item.lot).listing)]
    number = lots.get(tx, item.lot).listing
    return item, [StockChanged(number), *waitlist.promote(tx, [item.sku], now, desk.rules)]


def _offers(tx: Tx, action: acts.Action, desk: Desk) -> tuple[Any, list[ShopEvent]]:
    now, by, currency = desk.now, desk.by, desk.currency
    match action:
        case acts.PlanWave():
            at = now + action.in_minutes * 60 if action.in_minutes else None
            return waves.plan(tx, action.sku, action.quantity, at, now, by), []
        case acts.ReleaseWave():
            wave = waves.release(tx, action.wave, now, by)
            item = listing.priced(tx, wave.sku, now)
            told: list[ShopEvent] = [StockChanged(item.listing)] if item else []
            return wave, [*told, *waitlist.promote(tx, [wave.sku], now, desk.rules)]
        case acts.WithdrawWave():
            return waves.withdraw(tx, action.wave, now, by), []
        case acts.OpenGroup():
            tiers = [
                (int(least), money.parse(price, currency))
                for least, price in (step.split(":") for step in action.tiers.split())
            ]
            group = groups.open_group(tx, action.listing, tiers, action.minutes * 60, now, by)
            return group, [PriceChanged(group.listing)]
        case acts.CloseGroup():
            group, given = groups.close(tx, action.group, now, by)
            return {**plain(group), "given_back": given}, [PriceChanged(group.listing)]
        case acts.Flash():
            price = money.parse(action.price, currency)
            listing.open_flash(tx, action.listing, price, now, action.minutes * 60)
            return {"listing": action.listing}, [PriceChanged(action.listing)]
        case acts.PutListing():
            listing.put(tx, action.listing, "open" if action.on_sale else "draft")
            orders.note(tx, now, "listing_put", listing=action.listing, on_sale=action.on_sale,
                        by=by)  # fmt: skip
            rows = tx.all("SELECT sku FROM variants WHERE listing = :n", n=action.listing)
            offered = waitlist.promote(tx, [row["sku"] for row in rows], now, desk.rules)
            done = {"listing": action.listing, "on_sale": action.on_sale}
            return done, [StockChanged(action.listing), *offered]
        case acts.MakeCoupon():
            coupon = coupons.make(tx, _coupon(action, currency, now))
            orders.note(tx, now, "coupon_made", code=coupon.code, show=action.show, by=by)
            return coupon, [OffersChanged()] if action.show else []
        case _:
            assert isinstance(action, acts.OpenPacket)
            prizes = [
                Prize(money.parse(amount, currency).minor, int(count))
                for amount, count in (prize.split("x") for prize in action.prizes.split())
            ]
            titles: dict[Language, str] = {"zh": action.title_zh, "en": action.title_en}
            packet = packets.open_packet(
                tx, titles, prizes, currency, action.most, action.minutes * 60,
                action.good_hours * 3600, now, by,
            )  # fmt: skip
            return packet, [PacketChanged(packet.id, ())]


def _coupon(action: acts.MakeCoupon, currency: str, now: float) -> Coupon:
    share = action.off.endswith("%")
    value = (
        money.parse(action.off[:-1], "CNY").minor  # two digits: hundredths of a percent
        if share
        else money.parse(action.off, currency).minor
    )
    return Coupon(
        action.code.upper() or coupons.new_code(), "percent" if share else "amount", value,
        currency, now, now + action.hours * 3600, money.parse(action.least or "0", currency).minor,
        action.listing, uses=action.uses, per_viewer=action.per_viewer,
        origin=coupons.OFFER if action.show else "",
    )  # fmt: skip


def _own_words(by: str) -> dict[Language, str]:
    return {"zh": f"{by}自行决定的数量", "en": f"quantity decided by {by}"}


def _order_event(tx: Tx, id: str) -> ShopEvent:
    order = orders.get(tx, id)
    if order.state in ("shipped", "refunded"):
        return OrderEnded(order, order.state)
    return OrderChanged(order)


def _freed(tx: Tx, id: str, desk: Desk) -> list[ShopEvent]:
    lines = orders.get(tx, id).lines
    told: list[ShopEvent] = [StockChanged(number) for number in {line.listing for line in lines}]
    offered = waitlist.promote(tx, {line.sku for line in lines}, desk.now, desk.rules)
    return [*told, *offered]


# ---- what there is

LISTS: dict[str, Callable[[Tx, Desk], list[Any]]] = {
    "orders": lambda tx, desk: [_open_order(tx, id) for id in _recent(tx)],
    "returns": lambda tx, desk: [
        dict(row)
        for row in tx.all(
            "SELECT r.id, o.number AS order_number, r.line, l.sku, r.quantity, r.reason, r.state,"
            " r.answer, r.amount, o.currency, r.asked_at FROM returns r JOIN orders o"
            " ON o.id = r.order_id JOIN order_lines l ON l.order_id = r.order_id"
            " AND l.line = r.line ORDER BY CASE r.state WHEN 'asked' THEN 0 WHEN 'approved'"
            " THEN 1 ELSE 2 END, r.asked_at DESC, r.id LIMIT 200"
        )
    ],
    "lots": lambda tx, desk: [plain(lot) for lot in lots.every(tx)],
    "alerts": lambda tx, desk: [
        plain(alert) for alert in lots.alerts(tx, desk.rules.dates, desk.now)
    ],
    "production": lambda tx, desk: [plain(item) for item in production.every(tx)],
    "suppliers": lambda tx, desk: [
        {**plain(item), "delays": suppliers.delays(tx, item.id)} for item in suppliers.every(tx)
    ],
    "delays": lambda tx, desk: [
        dict(row)
        for row in tx.all(
            "SELECT d.id, d.lot, d.was_on, d.now_on, d.answer_by,"
            " sum(CASE a.state WHEN 'asked' THEN 1 ELSE 0 END) AS asked,"
            " sum(CASE a.state WHEN 'consented' THEN 1 ELSE 0 END) AS consented,"
            " sum(CASE a.state WHEN 'refunded' THEN 1 ELSE 0 END) AS refunded FROM delays d"
            " LEFT JOIN delay_answers a ON a.delay = d.id"
            " GROUP BY d.id, d.lot, d.was_on, d.now_on, d.answer_by, d.at ORDER BY d.at DESC"
        )
    ],
    "waves": lambda tx, desk: [plain(wave) for wave in waves.every(tx)],
    "groups": lambda tx, desk: [
        {**plain(g), "now": groups.pieces(tx, g) if g.state == "open" else g.pieces}
        for g in groups.every(tx)
    ],
    "coupons": lambda tx, desk: [plain(coupon) for coupon in coupons.every(tx)],
    "packets": lambda tx, desk: [plain(packet) for packet in packets.shown(tx, desk.now)],
    "variants": lambda tx, desk: [
        {"sku": row["sku"], "listing": row["listing"], "left": supply.room(tx, row["sku"])}
        for row in tx.all("SELECT sku, listing FROM variants ORDER BY listing, position")
    ],
}


def snapshot(tx: Tx, desk: Desk) -> dict[str, Any]:
    """All lists, for the back office's page."""
    return {name: rows(tx, desk) for name, rows in LISTS.items()}


def plain(value: Any) -> Any:
    """Frozen data as JSON can carry it; money in minor units, days as ISO text."""
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value


def _recent(tx: Tx) -> list[str]:
    """Orders that somebody must do something for come first."""
    rows = tx.all(
        "SELECT id FROM orders ORDER BY CASE state WHEN 'paid' THEN 0 ELSE 1 END,"
        " created_at DESC, id LIMIT 200"
    )
    return [row["id"] for row in rows]


def _open_order(tx: Tx, id: str) -> dict[str, Any]:
    order: dict[str, Any] = plain(orders.get(tx, id))
    after = aftersale.of(tx, id)
    left = [row["line"] for row in aftersale.open_lines(tx, id)]
    return {**order, "parcels": plain(after.parcels), "open_lines": left}
