"""Production orders: proposed, approved by a person, sent with a sequence number, acknowledged.

Functions over a transaction. The order goes out as a signed webhook (Standard Webhooks) through
the outbox and as CSV; the factory answers by a signed webhook of its own, or its answer is
entered by hand.
"""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from idol.commerce import lots, suppliers
from idol.commerce.orders import note
from idol.commerce.states import PRODUCTION
from idol.commerce.supply import Dates
from idol.errors import BadInput, Refused
from idol.model import Language
from idol.store import Row, Tx

COLUMNS = (
    "sequence", "production_order", "supplier", "lot", "sku", "label_zh", "label_en",
    "quantity", "ready_on", "approved_by", "proposed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProductionOrder:
    """`sequence` counts what was sent to a supplier from 1 without gaps; 0 until it is sent."""

    id: str
    lot: str
    supplier: str
    sku: str
    quantity: int
    ready_on: date
    state: str
    sequence: int
    reason: dict[Language, str]
    approved_by: str
    made_at: float
    label: dict[Language, str]


def propose(
    tx: Tx,
    lot_name: str,
    sku: str,
    supplier: str,
    quantity: int,
    reason: dict[Language, str],
    dates: Dates,
    now: float,
) -> ProductionOrder:
    """Put a lot before the operator. It is planned, and sells nothing, until it is approved.

    The ready date is the supplier's lead time from today in its own working days.
    Raises what `lots.plan` raises.
    """
    who = suppliers.get(tx, supplier)
    factory = dates.factories.get(supplier, dates.calendar)
    ready = factory.add(dates.today(now), who.lead)
    lots.plan(tx, lot_name, sku, supplier, quantity, ready, now, open_now=False)
    id = f"po_{secrets.token_hex(6)}"
    tx.run(
        "INSERT INTO production_orders (id, lot, supplier, sku, quantity, ready_on, state, reason,"
        " made_at) VALUES (:id, :lot, :supplier, :sku, :n, :ready, 'proposed', :reason, :now)",
        id=id,
        lot=lot_name,
        supplier=supplier,
        sku=sku,
        n=quantity,
        ready=ready.isoformat(),
        reason=json.dumps(reason, ensure_ascii=False),
        now=now,
    )
    note(tx, now, "production_proposed", id=id, lot=lot_name, quantity=quantity)
    return get(tx, id)


def approve(tx: Tx, id: str, by: str, now: float) -> ProductionOrder:
    """A person says yes: the lot goes on sale.

    Raises `Refused`: unknown_production, production_STATE; `BadInput` without a name.
    """
    if not by.strip():
        raise BadInput("an approval needs the name of who gives it", where="--by")
    item = get(tx, id)
    _move(tx, id, "approved", approved_by=by.strip())
    lots.move(tx, item.lot, "open")
    note(tx, now, "production_approved", id=id, by=by)
    return get(tx, id)


def withdraw(tx: Tx, id: str, by: str, now: float) -> ProductionOrder:
    """It will not be made. Raises `Refused`: promised (pieces are sold already), ..."""
    item = get(tx, id)
    _move(tx, id, "withdrawn")
    lots.cancel(tx, item.lot, now, by)
    note(tx, now, "production_withdrawn", id=id, by=by)
    return get(tx, id)


def send(tx: Tx, id: str, now: float) -> ProductionOrder:
    """Give an approved order its number and hand it to the outbox, if its supplier has an
    address; it counts as sent also when it goes by CSV alone. (Numbered only now: one that is
    withdrawn after its approval must not look like one that was lost.)

    Raises `Refused("production_STATE")`.
    """
    _move(tx, id, "sent", sent_at=now)
    item = get(tx, id)
    if not item.sequence:  # ledgers of old gave the number with the approval
        tx.run("UPDATE suppliers SET sent = sent + 1 WHERE id = :s", s=item.supplier)
        tx.run(
            "UPDATE production_orders SET sequence = (SELECT sent FROM suppliers WHERE id = :s)"
            " WHERE id = :id",
            s=item.supplier,
            id=id,
        )
        item = get(tx, id)
    lots.move(tx, item.lot, "ordered")
    url = suppliers.get(tx, item.supplier).url
    if url:
        body = {"id": f"msg_{item.id}", "url": url, "payload": payload(item, now)}
        tx.run(
            "INSERT INTO outbox (topic, body, at, next_at) VALUES ('webhook', :body, :now, :now)",
            body=json.dumps(body, ensure_ascii=False),
            now=now,
        )
    note(tx, now, "production_sent", id=id, url=bool(url))
    return get(tx, id)


def payload(item: ProductionOrder, now: float) -> str:
    """The signed content. A factory that sees sequence n + 2 after n knows that one is missing."""
    return json.dumps(
        {
            "type": "production.ordered",
            "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
            "data": {
                "id": item.id,
                "sequence": item.sequence,
                "supplier": item.supplier,
                "lot": item.lot,
                "sku": item.sku,
                "label": item.label,
                "quantity": item.quantity,
                "ready_on": item.ready_on.isoformat(),
                "approved_by": item.approved_by,
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def answer(
    tx: Tx, id: str, accepted: bool, now: float, by: str, ready_on: date | None = None
) -> tuple[ProductionOrder, bool]:
    """The factory's acknowledgement, once; a repeated one changes nothing.

    Returns the order, and whether the factory names a later date than was ordered: then buyers
    must be asked (`delays.announce`); nothing moves by itself. Raises `Refused`.
    """
    item = get(tx, id)
    later = accepted and ready_on is not None and ready_on > item.ready_on
    if item.state == ("acknowledged" if accepted else "refused"):
        return item, later
    _move(tx, id, "acknowledged" if accepted else "refused", answered_at=now)
    if accepted:
        lots.move(tx, item.lot, "acknowledged")
    else:  # nothing more is promised from it; what is sold must be delayed or refunded
        tx.run(
            "UPDATE supply SET state = 'closed'"
            " WHERE id = (SELECT supply FROM lots WHERE name = :n)",
            n=item.lot,
        )
    note(
        tx, now, "production_answered", id=id, accepted=accepted, by=by,
        ready_on=ready_on.isoformat() if ready_on else "",
    )  # fmt: skip
    return get(tx, id), later


def heard(tx: Tx, body: Any, message: str, now: float) -> tuple[ProductionOrder, bool]:
    """A factory's verified webhook: `production.acknowledged` or `production.refused`, with
    `data.id`, `data.sequence` and perhaps `data.ready_on`.

    Raises `BadInput`; `Refused`: unknown_production, wrong_sequence, production_STATE.
    """
    try:
        kind, data = body["type"], body["data"]
        id, sequence = data["id"], data["sequence"]
        ready = date.fromisoformat(data["ready_on"]) if data.get("ready_on") else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"the webhook lacks {error}") from error
    if kind not in ("production.acknowledged", "production.refused"):
        raise BadInput(f"unknown event {kind!r}", where="type")
    item = get(tx, str(id))
    if item.sequence != sequence:
        raise Refused("wrong_sequence", f"order {item.id} is number {item.sequence}")
    if tx.one("SELECT 1 FROM inbox WHERE id = :id", id=f"factory:{message}"):
        return item, False
    tx.run("INSERT INTO inbox (id, at) VALUES (:id, :now)", id=f"factory:{message}", now=now)
    return answer(tx, item.id, kind == "production.acknowledged", now, "webhook", ready)


def to_csv(items: Sequence[ProductionOrder]) -> str:
    """For the factory's spreadsheet: a header, one order to a line, dates as ISO text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in items:
        proposed = datetime.fromtimestamp(item.made_at, UTC).isoformat(timespec="seconds")
        writer.writerow(
            [
                item.sequence or "", item.id, item.supplier, item.lot, item.sku,
                item.label.get("zh", ""), item.label.get("en", ""), item.quantity,
                item.ready_on.isoformat(), item.approved_by, proposed,
            ]
        )  # fmt: skip
    return text.getvalue()


def get(tx: Tx, id: str) -> ProductionOrder:
    """Raises `Refused("unknown_production")`."""
    row = tx.one(_ORDER + "WHERE p.id = :id", id=id)
    if row is None:
        raise Refused("unknown_production", f"there is no production order {id!r}")
    return _read(row)


def every(tx: Tx) -> list[ProductionOrder]:
    """All of them, oldest first."""
    return [_read(row) for row in tx.all(_ORDER + "ORDER BY p.made_at, p.id")]


_ORDER = "SELECT p.*, v.label FROM production_orders p JOIN variants v ON v.sku = p.sku "


def _move(tx: Tx, id: str, to: str, **also: object) -> None:
    if not PRODUCTION.move(tx, id, to, **also):
        state = get(tx, id).state
        raise Refused(f"production_{state}", f"the production order is {state}")


def _read(row: Row) -> ProductionOrder:
    return ProductionOrder(
        row["id"], row["lot"], row["supplier"], row["sku"], row["quantity"],
        date.fromisoformat(row["ready_on"]), row["state"], row["sequence"] or 0,
        json.loads(row["reason"]), row["approved_by"], row["made_at"], json.loads(row["label"]),
    )  # fmt: skip
