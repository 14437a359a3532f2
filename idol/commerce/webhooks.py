"""Words to other systems about orders, by the Standard Webhooks specification.

`publish` writes them in the very commit that they tell of; the `Courier` delivers them
afterwards, at least once, with the same message id each time, for up to 75 hours. Receivers
drop what they have seen by its id and order by `data.state` and `timestamp`, as words may
overtake one another. Specification: standardwebhooks.com.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
from standardwebhooks.webhooks import Webhook

from idol.clock import Clock
from idol.commerce import orders
from idol.commerce.outcomes import (
    HoldEnded,
    Order,
    OrderEnded,
    OrderPaid,
    PaymentFailed,
    ShopEvent,
)
from idol.errors import BadInput, Missing
from idol.model import Money
from idol.store import Store, Tx
from idol.telemetry import Log

PAUSES = (5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds between tries: 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 h, which is 75.6 h."""
JITTER_S = 60.0
"""At most so much more, so that a receiver that comes back is not met by all at once."""
PATIENCE_S = 20.0
_AT_ONCE = 8
_LONGEST_WAIT_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Message:
    """One word for one receiver, as the outbox holds it. `tries` have failed so far."""

    row: int
    id: str
    url: str
    payload: str
    tries: int


def check_url(url: str, where: str = "[shop] webhooks") -> str:
    """Raises `BadInput` unless it is HTTPS, or HTTP on this very machine."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise BadInput(f"{url!r}: a webhook needs an https:// address", where=where)
    return url


def publish(tx: Tx, events: Sequence[ShopEvent], urls: Sequence[str], now: float) -> None:
    """Put what the events mean for orders on its way to every receiver, in this transaction."""
    for event in events if urls else ():
        said = _said(tx, event)
        if said is None:
            continue
        kind, order = said
        payload = json.dumps(
            {
                "type": kind,
                "timestamp": datetime.fromtimestamp(now, UTC).isoformat(),
                "data": order_data(order),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for url in urls:
            body = {"id": f"msg_{secrets.token_hex(12)}", "url": url, "payload": payload}
            tx.run(
                "INSERT INTO outbox (topic, body, at, next_at)"
                " VALUES ('webhook', :body, :now, :now)",
                body=json.dumps(body, ensure_ascii=False),
                now=now,
            )


def order_data(order: Order) -> dict[str, Any]:
    """An order for programs; money in minor units."""

    def amount(money: Money) -> dict[str, Any]:
        return {"minor": money.minor, "currency": money.currency}

    return {
        "id": order.id,
        "number": order.number,
        "state": order.state,
        "viewer": {"id": order.viewer.id, "platform": order.viewer.platform},
        "total": amount(order.total),
        "created_at": order.created_at,
        "paid_at": order.paid_at or None,
        "lines": [
            {
                "listing": line.listing,
                "sku": line.sku,
                "title": line.title,
                "label": line.label,
                "quantity": line.quantity,
                "unit": amount(line.unit),
                "ships_by": line.ships_by.isoformat(),
                "origin": {
                    "source": line.source,
                    "message": line.message,
                    "segment": line.segment,
                    "utterance": line.utterance,
                },
            }
            for line in order.lines
        ],
    }


def due(tx: Tx, now: float, most: int = 64) -> list[Message]:
    """What should be tried now, oldest first."""
    rows = tx.all(
        "SELECT id, body, tries FROM outbox WHERE done_at IS NULL AND next_at <= :now"
        " AND topic = 'webhook' ORDER BY next_at, id LIMIT :most",
        now=now,
        most=most,
    )
    return [Message(row=row["id"], tries=row["tries"], **json.loads(row["body"])) for row in rows]


class Courier:
    """Delivers what is due. `secrets` are "whsec_..." keys: new first, then those rolled out."""

    def __init__(
        self,
        store: Store,
        secrets: Sequence[str],
        clock: Clock,
        log: Log,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Raises `Missing` without a secret, `BadInput` for one that is not base64."""
        if not secrets:
            raise Missing("IDOL_WEBHOOK_SECRET is not set; webhooks must be signed")
        try:
            self._signers = [Webhook(secret) for secret in secrets]
        except (ValueError, RuntimeError) as error:
            raise BadInput("not a secret such as whsec_…", where="IDOL_WEBHOOK_SECRET") from error
        self._store, self._clock, self._log = store, clock, log
        self._transport = transport
        self._left: set[str] = set()
        """Receivers that answered 410: they want nothing more."""

    async def run(self) -> None:
        """Deliver for as long as the show lasts."""
        while True:
            try:
                await self.deliver()
            except Exception as error:  # the ledger may be back at the next look
                self._log.error("webhooks failed", exc_info=error)
            await self._clock.sleep(1.0)

    async def deliver(self) -> int:
        """Try once everything that is due; return how much was."""
        now = self._clock.now()
        messages = self._store.read(lambda tx: due(tx, now))
        gate = asyncio.Semaphore(_AT_ONCE)

        async with httpx.AsyncClient(
            transport=self._transport, timeout=PATIENCE_S, follow_redirects=False
        ) as client:

            async def one(message: Message) -> None:
                async with gate:
                    await self._try(client, message)

            await asyncio.gather(*(one(message) for message in messages))
        return len(messages)

    async def _try(self, client: httpx.AsyncClient, message: Message) -> None:
        if message.url in self._left:
            await self._store.submit(partial(self._give_up, message=message, why="gone"))
            return
        status, wait, why = 0, 0.0, ""
        try:
            async with client.stream(
                "POST", message.url, headers=self._headers(message), content=message.payload
            ) as answer:  # its body is of no interest, and may be endless
                status = answer.status_code
                wait = _seconds(answer.headers.get("retry-after", ""))
                why = f"status {status}"
        except httpx.HTTPError as error:
            why = type(error).__name__
        now = self._clock.now()
        if 200 <= status < 300:
            await self._store.submit(
                lambda tx: tx.run(
                    "UPDATE outbox SET done_at = :now WHERE id = :id AND done_at IS NULL",
                    now=now,
                    id=message.row,
                )
            )
        elif status == 410 or message.tries >= len(PAUSES):
            if status == 410:
                self._left.add(message.url)
            self._log.warning("webhook given up", url=message.url, message=message.id, why=why)
            await self._store.submit(partial(self._give_up, message=message, why=why))
        else:
            pause = PAUSES[message.tries] + random.Random(f"{message.id}{message.tries}").uniform(
                0.0, min(JITTER_S, PAUSES[message.tries] / 10)
            )
            at = now + max(pause, wait if status in (429, 503) else 0.0)
            await self._store.submit(
                lambda tx: tx.run(
                    "UPDATE outbox SET tries = tries + 1, next_at = :at WHERE id = :id",
                    at=at,
                    id=message.row,
                )
            )
            self._log.info("webhook put off", url=message.url, message=message.id, why=why)

    def _headers(self, message: Message) -> dict[str, str]:
        at = datetime.fromtimestamp(int(self._clock.now()), UTC)
        signatures = (signer.sign(message.id, at, message.payload) for signer in self._signers)
        return {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _give_up(self, tx: Tx, message: Message, why: str) -> None:
        now = self._clock.now()
        tx.run("UPDATE outbox SET done_at = :now WHERE id = :id", now=now, id=message.row)
        orders.note(tx, now, "webhook_given_up", message=message.id, url=message.url, why=why)


def _said(tx: Tx, event: ShopEvent) -> tuple[str, Order] | None:
    match event:
        case HoldEnded(hold, "confirmed"):
            row = tx.one("SELECT order_id FROM holds WHERE id = :id", id=hold.id)
            if row is None or row["order_id"] is None:
                return None
            return "order.placed", orders.get(tx, row["order_id"])
        case OrderPaid(order):
            return "order.paid", order
        case PaymentFailed(order):
            return "order.payment_failed", order
        case OrderEnded(order, why):
            return f"order.{why or order.state}", order
        case _:
            return None


def _seconds(text: str) -> float:
    """Retry-After in seconds; its form as a date is rare and is ignored."""
    return min(float(text), _LONGEST_WAIT_S) if text.isascii() and text.isdigit() else 0.0
