"""Payments by Stripe's hosted Checkout, over its HTTP interface.

The buyer pays on Stripe's page; its word comes to `/webhooks/payments`, signed. Our payment
reference is the idempotency key, and travels in the metadata of session, intent and charge,
so every later word names the payment it is about. Nothing is kept here: after a restart the
same calls give the same session, and a payment to refund is found by its reference.

Secrets come from the environment alone: `IDOL_STRIPE_KEY`, `IDOL_STRIPE_WEBHOOK_SECRET`.
Sources: docs.stripe.com/api/checkout/sessions, /api/idempotent_requests, /webhooks/signature.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import httpx

from idol.errors import BadInput, Missing, Refused, Unavailable
from idol.model import Money
from idol.ports import PaymentEvent, PaymentRequest

API = "https://api.stripe.com"
VERSION = "2025-03-31.basil"
"""Of Stripe's interface: requests are answered in this shape whatever the account's default."""
TOLERANCE_S = 300.0
"""How old a signed webhook may be: an older one may be a replay."""
_TWO_DIGITS = frozenset(("ISK", "UGX"))
"""Currencies without minor units that Stripe still wants times a hundred."""
_TRY_AGAIN = frozenset((408, 409, 425, 429))


class StripeProvider:
    """Implements `ports.PaymentProvider`. Raises `Missing` when a secret is not set.

    `base` and `transport` are for tests; `now` gives Unix time.
    """

    name = "stripe"

    def __init__(
        self,
        key: str = "",
        secret: str = "",
        *,
        base: str = API,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = key or _from_environment("IDOL_STRIPE_KEY")
        self._secret = secret or _from_environment("IDOL_STRIPE_WEBHOOK_SECRET")
        self._base, self._transport, self._now = base, transport, now

    async def start(self, request: PaymentRequest) -> str:
        """Raises `BadInput` if the return address is not a whole URL; `Unavailable`, `Refused`."""
        if not request.return_url.startswith(("https://", "http://")):
            raise BadInput("Stripe must know where buyers return: set `public_url` of [web]")
        tag = {"reference": request.reference, "order": request.order}
        session = await self._call(
            "POST",
            "/v1/checkout/sessions",
            {
                "mode": "payment",
                "client_reference_id": request.reference,
                "success_url": request.return_url,
                "cancel_url": request.return_url,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": request.amount.currency.lower(),
                            "unit_amount": to_stripe(request.amount),
                            "product_data": {"name": request.description},
                        },
                    }
                ],
                "metadata": tag,
                # On the intent and, through it, on the charge: their events carry it too.
                "payment_intent_data": {"metadata": tag},
            },
            key=request.reference,
        )
        url = session.get("url")
        if not url:  # the session is paid or has expired: there is nothing more to pay there
            raise Refused("payment_closed", request.reference)
        return str(url)

    async def refund(self, reference: str, amount: Money, key: str) -> None:
        """Raises `Refused`, also when Stripe has given it all back; `Unavailable`."""
        intent = await self._intent(reference)
        await self._call(
            "POST",
            "/v1/refunds",
            {
                "payment_intent": intent,
                "amount": to_stripe(amount),
                "metadata": {"reference": reference, "key": key},
            },
            key=key,
        )

    async def _intent(self, reference: str) -> str:
        found = await self._call(
            "GET",
            "/v1/payment_intents/search",
            {"query": f"metadata['reference']:'{reference}' AND status:'succeeded'", "limit": 1},
        )
        if not found.get("data"):
            # Stripe's search lags up to a minute behind: not found now says little.
            raise Unavailable(f"Stripe does not show the payment {reference} yet")
        return str(found["data"][0]["id"])

    def parse(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent | None:
        signature = next((v for k, v in headers.items() if k.lower() == "stripe-signature"), "")
        self._verify(signature, body)
        try:
            event = json.loads(body)
            return _read(event)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"not a Stripe event: {error}") from error

    def _verify(self, signature: str, body: bytes) -> None:
        """The scheme: hex HMAC-SHA256 over "TIME.BODY"; several v1 while a secret is rolled."""
        parts = [part.strip().partition("=") for part in signature.split(",")]
        at = next((value for name, _, value in parts if name == "t"), "")
        given = [value for name, _, value in parts if name == "v1"]
        if not at.isascii() or not at.isdigit() or len(at) > 12:
            raise Refused("bad_signature", "no time in it")
        mine = hmac.new(self._secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
        if not any(hmac.compare_digest(mine.encode(), value.encode()) for value in given):
            raise Refused("bad_signature", "it does not match")
        if abs(self._now() - int(at)) > TOLERANCE_S:
            raise Refused("bad_signature", "too old")

    async def _call(
        self, method: str, path: str, values: Mapping[str, Any], *, key: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}", "Stripe-Version": VERSION}
        if key:
            headers["Idempotency-Key"] = key
        form = dict(_flat(values))
        try:
            async with httpx.AsyncClient(
                base_url=self._base, transport=self._transport, timeout=20.0
            ) as client:
                answer = await client.request(
                    method,
                    path,
                    headers=headers,
                    params=form if method == "GET" else None,
                    data=form if method == "POST" else None,
                )
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"Stripe cannot be reached: {type(error).__name__}") from error
        if answer.is_success and isinstance(content, dict):
            return content
        problem = content.get("error", {}) if isinstance(content, dict) else {}
        text = str(problem.get("message", f"status {answer.status_code}"))
        if answer.status_code >= 500 or answer.status_code in (*_TRY_AGAIN, 401, 403):
            raise Unavailable(f"Stripe: {text}")
        if problem.get("type") == "idempotency_error":
            raise Refused("key_reused", text)
        raise Refused(str(problem.get("code") or "refused_by_stripe"), text)


def to_stripe(amount: Money) -> int:
    """Minor units as Stripe counts them."""
    return amount.minor * 100 if amount.currency in _TWO_DIGITS else amount.minor


def from_stripe(amount: int, currency: str) -> Money:
    """Our money from Stripe's count. Raises `ValueError` if it is no whole coin of ours."""
    code = currency.upper()
    if type(amount) is not int or (code in _TWO_DIGITS and amount % 100):
        raise ValueError(f"{amount!r} {code}")
    return Money(amount // 100 if code in _TWO_DIGITS else amount, code)


def _read(event: dict[str, Any]) -> PaymentEvent | None:
    """What an event says of a payment of ours; None if nothing."""
    kind, item = event["type"], event["data"]["object"]
    reference = (item.get("metadata") or {}).get("reference", "")
    if not reference:
        return None  # the account may sell elsewhere too
    match kind:
        case "checkout.session.completed" | "checkout.session.async_payment_succeeded":
            if item["payment_status"] != "paid":
                return None  # a slow method: its own event follows
            amount = from_stripe(item["amount_total"], item["currency"])
            # One payment may be reported by both events, and is taken in once.
            return PaymentEvent(f"{item['id']}-paid", reference, "paid", amount)
        case "checkout.session.async_payment_failed" | "checkout.session.expired":
            amount = from_stripe(item["amount_total"], item["currency"])
            return PaymentEvent(event["id"], reference, "failed", amount)
        case "payment_intent.payment_failed":
            amount = from_stripe(item["amount"], item["currency"])
            return PaymentEvent(event["id"], reference, "failed", amount)
        case "charge.refunded" if item["refunded"]:
            # Whatever of it we asked for ourselves, the ledger counts once: never above capture.
            before = (event["data"].get("previous_attributes") or {}).get("amount_refunded", 0)
            amount = from_stripe(item["amount_refunded"] - before, item["currency"])
            return PaymentEvent(event["id"], reference, "refunded", amount)
        case _:
            return None


def _flat(values: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested values as Stripe's form fields: {"a": [{"b": 1}]} is a[0][b]=1."""
    if isinstance(values, Mapping):
        pairs = [(f"{prefix}[{k}]" if prefix else str(k), v) for k, v in values.items()]
    elif isinstance(values, list):
        pairs = [(f"{prefix}[{i}]", v) for i, v in enumerate(values)]
    else:
        return [(prefix, str(values))]
    return [field for name, value in pairs for field in _flat(value, name)]


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Missing(f"{name} is not set; payments by Stripe need it in the environment")
    return value
