"""What the ledger does for one request to buy or to cancel, once: found again or carried out.

Functions over a transaction; the words for it are the desk's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from idol.commerce import holds, idempotency, listing, orders, waitlist
from idol.commerce.holds import Origin, Rules, Want
from idol.commerce.outcomes import Hold, HoldEnded, HoldMade, OrderEnded, ShopEvent
from idol.errors import Refused
from idol.model import Viewer
from idol.store import Tx


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds made (or cancelled), each with the pieces asked for; or why there are none."""

    holds: tuple[Hold, ...] = ()
    asked: tuple[int, ...] = ()
    cancelled: bool = False
    code: str = ""
    detail: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One request to buy: `wants` as (sku, pieces), `request` the digest of its content."""

    key: str
    request: str
    viewer: Viewer
    wants: tuple[tuple[str, int], ...]
    origin: Origin


def find(tx: Tx, key: str, request: str) -> Answer | None:
    """The answer given before, its holds as they are now. Raises `Refused("key_reused")`."""
    record = idempotency.find(tx, key, request)
    return None if record is None else _again(tx, record)


def place_all(
    tx: Tx, purchases: Sequence[Purchase], now: float, rules: Rules
) -> tuple[list[Answer | Refused], list[ShopEvent]]:
    """Hold what is wanted, first come, first served; what cannot be had of it is left out.

    A purchase that was answered before gets that answer; `Refused` is key_reused alone.
    """
    if not purchases:
        return [], []
    known = idempotency.find_all(tx, {purchase.key for purchase in purchases})
    first: dict[str, Purchase] = {}
    for purchase in purchases:
        if purchase.key not in known:
            first.setdefault(purchase.key, purchase)
    events = expire(tx, now, rules) if first else []
    wants = [
        Want(purchase.viewer, sku, quantity, purchase.origin)
        for purchase in first.values()
        for sku, quantity in purchase.wants
    ]
    placed = iter(holds.place_all(tx, wants, now, rules) if wants else ())
    fresh = {key: _answer(purchase, placed) for key, purchase in first.items()}
    idempotency.keep_all(
        tx, [(key, first[key].request, _encoded(answer)) for key, answer in fresh.items()], now
    )
    answers: list[Answer | Refused] = []
    for purchase in purchases:
        request, record = known.get(purchase.key, ("", {}))
        try:
            if record:
                idempotency.check(request, purchase.request)
                answers.append(_again(tx, record))
            else:
                idempotency.check(first[purchase.key].request, purchase.request)
                answers.append(fresh[purchase.key])
        except Refused as error:
            answers.append(error)
    made = [HoldMade(hold) for answer in fresh.values() for hold in answer.holds]
    return answers, [*events, *made]


def cancel(
    tx: Tx, key: str, request: str, viewer: str, skus: Sequence[str], now: float, rules: Rules
) -> tuple[Answer, list[ShopEvent]]:
    """Give back the viewer's last hold, or the last one of `skus` if any are named."""
    again = find(tx, key, request)
    if again:
        return again, []
    events = expire(tx, now, rules)
    mine = [hold for hold in holds.live(tx, viewer, now) if not skus or hold.sku in skus]
    given = tuple(holds.cancel(tx, hold.id) for hold in mine[-1:])
    answer = Answer(given, (), True)
    if given:  # with nothing to cancel nothing was done, and nothing need be remembered
        idempotency.keep(tx, key, request, _record(answer), now)
    offered = waitlist.promote(tx, {hold.sku for hold in given}, now, rules)
    return answer, [*events, *(HoldEnded(hold, "cancelled") for hold in given), *offered]


def change(
    tx: Tx, purchase: Purchase, old: str, now: float, rules: Rules
) -> tuple[Answer, list[ShopEvent]]:
    """Give one hold back and make another in its place, both or neither.

    Raises `Refused` if the viewer would be worse off than asked: sold_out when not all of it can
    be had, price_moved when its pieces cost more by now, unknown_hold when the old one has ended.
    """
    again = find(tx, purchase.key, purchase.request)
    if again:
        return again, []
    events = expire(tx, now, rules)
    before = holds.get(tx, old, purchase.viewer.id)
    if before.state != "live":
        raise Refused("unknown_hold")
    given = holds.cancel(tx, old)
    [(sku, quantity)] = purchase.wants
    hold = holds.place(tx, purchase.viewer, sku, quantity, purchase.origin, now, rules)
    if hold.quantity < quantity:
        raise Refused("sold_out")
    price = listing.priced_all(tx, {before.sku}, now)[before.sku].price
    if price.minor > before.unit.minor:
        raise Refused("price_moved")
    answer = Answer((hold,), (quantity,))
    idempotency.keep(tx, purchase.key, purchase.request, _record(answer), now)
    offered = waitlist.promote(tx, {given.sku}, now, rules)
    return answer, [*events, HoldEnded(given, "cancelled"), HoldMade(hold), *offered]


def expire(tx: Tx, now: float, rules: Rules | None = None) -> list[ShopEvent]:
    """Everything whose time has run out, as events; with `rules`, what came free is offered to
    those who wait before anybody else can have it."""
    ended, cancelled = orders.expire(tx, now)
    missed = waitlist.offers(tx, [hold.id for hold in ended]) if ended else set()
    offered = waitlist.promote(tx, {hold.sku for hold in ended}, now, rules) if rules else []
    return [
        *(HoldEnded(hold, "lapsed" if hold.id in missed else "expired") for hold in ended),
        *(OrderEnded(order, "unpaid") for order in cancelled),
        *offered,
    ]


def _answer(purchase: Purchase, placed: Iterator[Hold | Refused]) -> Answer:
    """Gather the answers to a purchase's wants, which come in their order."""
    made: list[Hold] = []
    asked: list[int] = []
    code = detail = failed = ""
    for sku, quantity in purchase.wants:
        given = next(placed)
        if isinstance(given, Refused):
            code, detail, failed = given.code, str(given), sku
        else:
            made.append(given)
            asked.append(quantity)
    return Answer(tuple(made), tuple(asked), False, code, detail, failed)


def _again(tx: Tx, record: dict[str, Any]) -> Answer:
    return Answer(
        holds=tuple(holds.get(tx, id) for id in record["holds"]),
        asked=tuple(record["asked"]),
        cancelled=record["cancelled"],
        code=record["code"],
        detail=record["detail"],
        sku=record["sku"],
    )


def _encoded(answer: Answer) -> str:
    return idempotency.encode(_record(answer)) if answer.holds else _refused(answer)


@lru_cache(maxsize=1024)  # in a rush hundreds are refused for one reason
def _refused(answer: Answer) -> str:
    return idempotency.encode(_record(answer))


def _record(answer: Answer) -> dict[str, Any]:
    return {
        "holds": [hold.id for hold in answer.holds],
        "asked": list(answer.asked),
        "cancelled": answer.cancelled,
        "code": answer.code,
        "detail": answer.detail,
        "sku": answer.sku,
    }
