"""A payment provider without money that behaves like one with it.

The buyer is sent to a page of its own (served at `/sandbox/pay/REFERENCE`), decides there,
and the provider reports by webhook, signed by the Standard Webhooks scheme
(https://www.standardwebhooks.com), perhaps late, perhaps twice, perhaps after a failure.
It keeps its own books: what it says is never read from the shop's ledger.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from idol.commerce import money
from idol.errors import BadInput, Refused, Unavailable
from idol.model import Money
from idol.ports import PaymentEvent, PaymentRequest

Choice = Literal["succeed", "fail"]


@dataclass(frozen=True, slots=True)
class Charge:
    """The provider's own record of one payment, for its page."""

    request: PaymentRequest
    state: Literal["open", "paid", "failed", "refunded"] = "open"
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it goes over the wire."""

    headers: dict[str, str]
    body: bytes


@dataclass
class SandboxProvider:
    """Implements `ports.PaymentProvider`; `decide` is what its pay page does."""

    base_url: str = ""
    """Where its pages are served; empty for the shop's own origin."""
    secret: str = ""
    """Signing secret, "whsec_" and base64; made up when empty."""
    name: str = field(default="sandbox", init=False)

    def __post_init__(self) -> None:
        self._signer = Webhook(self.secret or secrets.token_bytes(24))
        self._charges: dict[str, Charge] = {}
        self._refunds: set[str] = set()
        self.down = False
        """Set it to see how the shop fares while the provider cannot be reached."""

    async def start(self, request: PaymentRequest) -> str:
        self._reachable()
        known = self._charges.get(request.reference)
        if known and known.request.amount != request.amount:
            raise Refused("key_reused", "this reference is taken for another amount")
        if known is None:
            self._charges[request.reference] = Charge(request)
        return f"{self.base_url}/sandbox/pay/{request.reference}"

    def charge(self, reference: str) -> Charge:
        """What its pay page shows. Raises `Refused("unknown_payment")`."""
        try:
            return self._charges[reference]
        except KeyError:
            raise Refused("unknown_payment", reference) from None

    def decide(self, reference: str, choice: Choice) -> Delivery:
        """The buyer pays or fails to; return the webhook to deliver now, later or twice.

        A failed payment may be tried again on the same page; a paid one stays paid and its
        event is delivered again with the same id. Raises `Refused("unknown_payment")`.
        """
        charge = self.charge(reference)
        if charge.state in ("open", "failed"):
            charge = replace(charge, state="paid" if choice == "succeed" else "failed")
            self._charges[reference] = charge
        kind = "failed" if charge.state == "failed" else "paid"
        serial = secrets.token_hex(4) if kind == "failed" else "1"
        return self._event(f"evt_{reference}_{kind}_{serial}", reference, kind, charge)

    async def refund(self, reference: str, amount: Money, key: str) -> None:
        self._reachable()
        charge = self.charge(reference)
        if key in self._refunds:
            return
        if charge.state not in ("paid", "refunded"):
            raise Refused("not_paid", reference)
        if charge.refunded + amount.minor > charge.request.amount.minor:
            raise Refused("refund_exceeds_capture", reference)
        self._refunds.add(key)
        charge = replace(charge, state="refunded", refunded=charge.refunded + amount.minor)
        self._charges[reference] = charge

    def parse(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        try:
            data = self._signer.verify(body, dict(headers))
        except WebhookVerificationError as error:
            raise Refused("bad_signature", str(error)) from error
        except ValueError as error:  # not base64, not UTF-8, not JSON, no comma
            raise BadInput(f"not a webhook: {error}") from error
        try:
            kind = data["type"].removeprefix("payment.")
            if kind not in ("paid", "failed", "refunded"):
                raise BadInput(f"unknown event {data['type']!r}", where="type")
            item = data["data"]
            amount = money.parse(item["amount"], item["currency"])
            return PaymentEvent(data["id"], item["reference"], kind, amount)
        except (KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"the webhook lacks {error}") from error

    def _event(self, id: str, reference: str, kind: str, charge: Charge) -> Delivery:
        amount = charge.request.amount
        body = json.dumps(
            {
                "type": f"payment.{kind}",
                "id": id,
                "timestamp": datetime.now(UTC).isoformat(),
                "data": {
                    "reference": reference,
                    "order": charge.request.order,
                    "amount": money.plain(amount),
                    "currency": amount.currency,
                },
            }
        ).encode()
        now = datetime.fromtimestamp(int(time.time()), UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(id, now, body.decode()),
        }
        return Delivery(headers, body)

    def _reachable(self) -> None:
        if self.down:
            raise Unavailable("the payment provider cannot be reached")
