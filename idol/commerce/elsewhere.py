"""What another process commits (`idol shop`), so that a live show can tell who is concerned.

The row is written in the same commit as the change itself, into the auditor's book, and names
things by their ids only: what they are is read when it is told.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from idol.commerce import holds, orders
from idol.commerce.outcomes import (
    HoldEnded,
    HoldMade,
    OffersChanged,
    OrderChanged,
    OrderEnded,
    PacketChanged,
    PriceChanged,
    ShopEvent,
    StockChanged,
)
from idol.errors import Refused
from idol.store import Tx

_KIND = "elsewhere"


def leave_word(tx: Tx, events: Iterable[ShopEvent], now: float) -> None:
    """Write down what a live show should tell of, if there is one."""
    for event in events:
        orders.note(tx, now, _KIND, **_record(event))


def heard(tx: Tx, after: int) -> list[ShopEvent]:
    """What was left since the row `after` of the book, oldest first."""
    rows = tx.all(
        "SELECT body FROM events WHERE id > :id AND kind = :kind ORDER BY id", id=after, kind=_KIND
    )
    events: list[ShopEvent] = []
    for row in rows:
        with contextlib.suppress(Refused):  # what it names has been forgotten since
            events += _read(tx, json.loads(row["body"]))
    return events


def _record(event: ShopEvent) -> dict[str, Any]:
    match event:
        case StockChanged(listing):
            return {"what": "stock", "listing": listing}
        case PriceChanged(listing):
            return {"what": "price", "listing": listing}
        case HoldMade(hold):
            return {"what": "held", "hold": hold.id}
        case HoldEnded(hold, why):
            return {"what": "hold_ended", "hold": hold.id, "why": why}
        case PacketChanged(packet):
            return {"what": "packet", "packet": packet}
        case OffersChanged():
            return {"what": "offers"}
        case OrderEnded(order, why):
            return {"what": "order_ended", "order": order.id, "why": why}
        case _:
            return {"what": "order", "order": event.order.id}


def _read(tx: Tx, body: dict[str, Any]) -> list[ShopEvent]:
    match body["what"]:
        case "stock":
            return [StockChanged(body["listing"])]
        case "price":
            return [PriceChanged(body["listing"])]
        case "held":
            hold = holds.get(tx, body["hold"])
            return [HoldMade(hold)] if hold.state == "live" else []  # else it is over already
        case "hold_ended":
            return [HoldEnded(holds.get(tx, body["hold"]), body["why"])]
        case "packet":
            return [PacketChanged(body["packet"])]
        case "offers":
            return [OffersChanged()]
        case "order_ended":
            return [OrderEnded(orders.get(tx, body["order"]), body["why"])]
        case _:
            return [OrderChanged(orders.get(tx, body["order"]))]
