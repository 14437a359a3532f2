"""What the ledger does for one request to buy or to cancel, once: found again or carried out.

Functions over a transaction; the words for it are the desk's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from idol.commerce import holds, idempotency, orders
from idol.commerce.holds import Origin, Rules
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


def find(tx: Tx, key: str, request: str) -> Answer | None:
    """The answer given before, its holds as they are now. Raises `Refused("key_reused")`."""
    record = idempotency.find(tx, key, request)
    if record is None:
        return None
    return Answer(
        holds=tuple(holds.get(tx, id) for id in record["holds"]),
        asked=tuple(record["asked"]),
        cancelled=record["cancelled"],
        code=record["code"],
        detail=record["detail"],
        sku=record["sku"],
    )


def place(
    tx: Tx,
    key: str,
    request: str,
    viewer: Viewer,
    wants: Sequence[tuple[str, int]],
    origin: Origin,
    now: float,
    rules: Rules,
) -> tuple[Answer, list[ShopEvent]]:
    """Hold what is wanted, as (sku, pieces); what cannot be had of it is left out."""
    again = find(tx, key, request)
    if again:
        return again, []
    events = expire(tx, now)
    made: list[Hold] = []
    asked: list[int] = []
    code = detail = failed = ""
    for sku, quantity in wants:
        try:
            made.append(holds.place(tx, viewer, sku, quantity, origin, now, rules))
            asked.append(quantity)
        except Refused as error:
            code, detail, failed = error.code, str(error), sku
    answer = Answer(tuple(made), tuple(asked), False, code, detail, failed)
    _keep(tx, key, request, answer, now)
    return answer, [*events, *(HoldMade(hold) for hold in made)]


def cancel(
    tx: Tx, key: str, request: str, viewer: str, skus: Sequence[str], now: float
) -> tuple[Answer, list[ShopEvent]]:
    """Give back the viewer's last hold, or the last one of `skus` if any are named."""
    again = find(tx, key, request)
    if again:
        return again, []
    events = expire(tx, now)
    mine = [hold for hold in holds.live(tx, viewer, now) if not skus or hold.sku in skus]
    given = tuple(holds.cancel(tx, hold.id) for hold in mine[-1:])
    answer = Answer(given, (), True)
    if given:  # with nothing to cancel nothing was done, and nothing need be remembered
        _keep(tx, key, request, answer, now)
    return answer, [*events, *(HoldEnded(hold, "cancelled") for hold in given)]


def expire(tx: Tx, now: float) -> list[ShopEvent]:
    """Everything whose time has run out, as events."""
    ended, cancelled = orders.expire(tx, now)
    return [
        *(HoldEnded(hold, "expired") for hold in ended),
        *(OrderEnded(order, "unpaid") for order in cancelled),
    ]


def _keep(tx: Tx, key: str, request: str, answer: Answer, now: float) -> None:
    record = {
        "holds": [hold.id for hold in answer.holds],
        "asked": list(answer.asked),
        "cancelled": answer.cancelled,
        "code": answer.code,
        "detail": answer.detail,
        "sku": answer.sku,
    }
    idempotency.keep(tx, key, request, record, now)
