"""A Stripe of our own on this machine: its paths, forms, idempotency, errors and signatures.

Written from Stripe's public reference, not from our adapter, so that the two can disagree.
"""

from __future__ import annotations

import hmac
import json
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY, SECRET = "sk_test_local", "whsec_local"
Wire = tuple[dict[str, str], bytes]


class FakeStripe:
    """`transport` is what an HTTP client is given to reach it."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[str, int, dict[str, Any]]] = {}
        self.calls: list[str] = []
        self.now = 1_700_000_000
        self.broken = 0
        """So many of the next calls answer with a 503."""
        self.indexed = True
        """Stripe's search lags behind: while false it finds nothing."""
        self.app = Starlette(
            routes=[
                Route("/v1/checkout/sessions", self._create, methods=["POST"]),
                Route("/v1/payment_intents/search", self._search, methods=["GET"]),
                Route("/v1/refunds", self._refund, methods=["POST"]),
            ]
        )
        self.transport = httpx.ASGITransport(app=self.app)

    # ---- what the buyer and the clerk do there

    def pay(self, reference: str) -> Wire:
        session = self.session(reference)
        if session["payment_status"] != "paid":
            session["payment_status"], session["status"] = "paid", "complete"
            session["event"] = f"evt_{secrets.token_hex(8)}"
            intent = {
                "id": f"pi_{secrets.token_hex(8)}",
                "object": "payment_intent",
                "amount": session["amount_total"],
                "currency": session["currency"],
                "status": "succeeded",
                "metadata": session["intent_metadata"],
            }
            self.intents[intent["id"]] = intent
            session["payment_intent"] = intent["id"]
        return self.event("checkout.session.completed", self._shown(session), session["event"])

    def decline(self, reference: str) -> Wire:
        session = self.session(reference)
        intent = {
            "id": "pi_declined",
            "object": "payment_intent",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "status": "requires_payment_method",
            "metadata": session["intent_metadata"],
        }
        return self.event("payment_intent.payment_failed", intent)

    def refunded_by_clerk(self, reference: str, amount: int, before: int = 0) -> Wire:
        """Money given back in the dashboard: cumulative, as Stripe reports it."""
        session = self.session(reference)
        charge = {
            "id": "ch_1",
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": before + amount,
            "currency": session["currency"],
            "refunded": before + amount == session["amount_total"],
            "metadata": session["intent_metadata"],
        }
        return self.event("charge.refunded", charge, previous={"amount_refunded": before})

    def event(
        self,
        kind: str,
        item: dict[str, Any],
        id: str = "",
        *,
        previous: dict[str, Any] | None = None,
        secret: str = SECRET,
    ) -> Wire:
        """A signed webhook."""
        data: dict[str, Any] = {"object": item}
        if previous is not None:
            data["previous_attributes"] = previous
        body = json.dumps(
            {
                "id": id or f"evt_{secrets.token_hex(8)}",
                "object": "event",
                "type": kind,
                "created": self.now,
                "data": data,
            }
        ).encode()
        digest = hmac.new(secret.encode(), f"{self.now}.".encode() + body, sha256).hexdigest()
        header = f"t={self.now},v1={'0' * 64},v1={digest},v0=old"
        return {"Stripe-Signature": header, "content-type": "application/json"}, body

    def session(self, reference: str) -> dict[str, Any]:
        return next(s for s in self.sessions.values() if s["client_reference_id"] == reference)

    # ---- its interface

    async def _create(self, request: Request) -> Response:
        form, refusal = await self._taken(request)
        if refusal is not None:
            return refusal
        if not form["success_url"].startswith("http"):
            return self._error(400, "invalid_request_error", "url_invalid", "Not a valid URL")
        id = f"cs_test_{secrets.token_hex(8)}"
        session = {
            "id": id,
            "object": "checkout.session",
            "client_reference_id": form["client_reference_id"],
            "amount_total": int(form["line_items[0][price_data][unit_amount]"])
            * int(form["line_items[0][quantity]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "mode": form["mode"],
            "payment_status": "unpaid",
            "status": "open",
            "metadata": _nested(form, "metadata"),
            "intent_metadata": _nested(form, "payment_intent_data[metadata]"),
            "url": f"https://checkout.stripe.test/c/pay/{id}",
        }
        self.sessions[id] = session
        return self._answer(request, form, 200, self._shown(session))

    async def _search(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        query = request.query_params["query"]
        reference = query.split("metadata['reference']:'")[1].split("'")[0]
        found = [i for i in self.intents.values() if i["metadata"].get("reference") == reference]
        found = found if self.indexed else []
        return JSONResponse({"object": "search_result", "data": found, "has_more": False})

    async def _refund(self, request: Request) -> Response:
        form, refusal = await self._taken(request)
        if refusal is not None:
            return refusal
        intent = self.intents[form["payment_intent"]]
        before = sum(r["amount"] for r in self.refunds if r["payment_intent"] == intent["id"])
        amount = int(form["amount"])
        if before == intent["amount"]:
            return self._error(
                400, "invalid_request_error", "charge_already_refunded", "Already refunded"
            )
        if before + amount > intent["amount"]:
            return self._error(400, "invalid_request_error", "amount_too_large", "Too much")
        refund = {
            "id": f"re_{secrets.token_hex(8)}",
            "object": "refund",
            "amount": amount,
            "payment_intent": intent["id"],
            "status": "succeeded",
            "metadata": _nested(form, "metadata"),
        }
        self.refunds.append(refund)
        return self._answer(request, form, 200, refund)

    # ---- idempotency and errors

    async def _taken(self, request: Request) -> tuple[dict[str, str], Response | None]:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if (refusal := self._refusal(request)) is not None:
            return form, refusal
        key = request.headers.get("idempotency-key", "")
        known = self.answers.get(key)
        if key and known:
            if known[0] != json.dumps(form, sort_keys=True):
                text = "Keys for idempotent requests can only be used with the same parameters"
                return form, self._error(400, "idempotency_error", "", text)
            return form, JSONResponse(known[2], known[1], {"Idempotent-Replayed": "true"})
        return form, None

    def _refusal(self, request: Request) -> Response | None:
        self.calls.append(f"{request.method} {request.url.path}")
        if self.broken:
            self.broken -= 1
            return self._error(503, "api_error", "", "Try again")
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return self._error(401, "invalid_request_error", "", "Invalid API Key provided")
        return None

    def _answer(
        self, request: Request, form: dict[str, str], status: int, content: dict[str, Any]
    ) -> Response:
        if key := request.headers.get("idempotency-key", ""):
            self.answers[key] = (json.dumps(form, sort_keys=True), status, content)
        return JSONResponse(content, status)

    @staticmethod
    def _error(status: int, kind: str, code: str, message: str) -> Response:
        error = {"type": kind, "message": message, **({"code": code} if code else {})}
        return JSONResponse({"error": error}, status)

    @staticmethod
    def _shown(session: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in session.items() if k not in ("intent_metadata", "event")}


def _nested(form: dict[str, str], name: str) -> dict[str, str]:
    return {
        key[len(name) + 1 : -1]: value
        for key, value in form.items()
        if key.startswith(f"{name}[") and key.count("[") == name.count("[") + 1
    }
