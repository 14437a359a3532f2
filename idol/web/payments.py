"""The provider's webhook, and the pay page of the sandbox provider.

The sandbox's buyer decides on its page; its word then comes to `/webhooks/payments` as a
real provider's would: signed, over HTTP, at once or late.
"""

from __future__ import annotations

import html
from string import Template
from typing import Literal

import httpx
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from idol.commerce import money
from idol.errors import Refused
from idol.telemetry import TaskSet
from idol.web.security import body_of, same_origin
from idol.web.services import Sandbox, SandboxDelivery, Services
from idol.web.texts import language_of
from idol.web.viewer_api import STATIC

LATE_S = 20.0
"""How long the sandbox keeps its word back when the buyer chose to pay late."""
LARGEST = 64 * 1024

_WORDS = {
    "zh": {
        "lang": "zh-CN",
        "title": "沙盒收银台",
        "note": "这是测试支付，不会扣款。",
        "amount": "应付金额",
        "order": "订单",
        "succeed": "付款成功",
        "late": f"{LATE_S:.0f} 秒后才到账",
        "fail": "付款失败",
        "back": "返回订单",
        "open": "等待付款",
        "paid": "已付款",
        "failed": "上次付款失败，可以再试",
        "refunded": "已退款",
    },
    "en": {
        "lang": "en",
        "title": "Sandbox checkout",
        "note": "This is a test payment. No money moves.",
        "amount": "To pay",
        "order": "Order",
        "succeed": "Payment succeeds",
        "late": f"Payment arrives {LATE_S:.0f} s late",
        "fail": "Payment fails",
        "back": "Back to the order",
        "open": "Waiting for payment",
        "paid": "Paid",
        "failed": "The last payment failed; try again",
        "refunded": "Refunded",
    },
}


def router(services: Services, app: FastAPI, tasks: TaskSet) -> APIRouter:
    """The webhook for any provider; the pay page only with the sandbox."""
    api = APIRouter()

    @api.post("/webhooks/payments")
    async def webhook(request: Request) -> Response:
        body = await body_of(request, LARGEST)
        await services.shop.webhook(dict(request.headers), body)
        return Response(status_code=204)

    if services.sandbox is not None:
        _sandbox(api, services, services.sandbox, app, tasks)
    return api


def _sandbox(
    api: APIRouter, services: Services, sandbox: Sandbox, app: FastAPI, tasks: TaskSet
) -> None:
    page = Template((STATIC / "pay.html").read_text("utf-8"))

    @api.get("/sandbox/pay/{reference}", include_in_schema=False)
    async def pay_page(reference: str, request: Request) -> Response:
        charge = sandbox.charge(reference)
        language = language_of(
            request.query_params.get("lang"), request.headers.get("accept-language")
        )
        words = _WORDS[language]
        facts = {
            "amount_value": money.show(charge.request.amount, language),
            "description": charge.request.description,
            "order_value": charge.request.order,
            "reference": reference,
            "return_url": charge.request.return_url,
            "state": charge.state,
            "state_text": words[charge.state],
            "can_pay": "" if charge.state in ("open", "failed") else "hidden",
        }
        filled = {name: html.escape(value) for name, value in {**words, **facts}.items()}
        return HTMLResponse(page.substitute(filled))

    @api.post("/sandbox/pay/{reference}", include_in_schema=False)
    async def decide(reference: str, request: Request) -> Response:
        if not same_origin(request, services.settings.web.public_url):
            raise Refused("wrong_origin")
        back = sandbox.charge(reference).request.return_url
        form = (await body_of(request, 1024)).decode("ascii", "replace")
        choice = dict(pair.partition("=")[::2] for pair in form.split("&")).get("choice", "")
        if choice not in ("succeed", "fail", "late"):
            raise Refused("bad_command", "choice")
        outcome: Literal["succeed", "fail"] = "fail" if choice == "fail" else "succeed"
        delivery = sandbox.decide(reference, outcome)
        if choice == "late":
            tasks.start(_deliver_late(delivery), "sandbox-late")
        else:
            await _deliver(delivery)
        return RedirectResponse(back, status_code=303)

    async def _deliver_late(delivery: SandboxDelivery) -> None:
        await services.clock.sleep(LATE_S)
        await _deliver(delivery)

    async def _deliver(delivery: SandboxDelivery) -> None:
        # Through the app's own route, so that signature and parsing are those of real webhooks.
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            answer = await client.post(
                "/webhooks/payments", headers=delivery.headers, content=delivery.body
            )
        if answer.status_code != 204:
            services.log.warning("webhook refused", status=answer.status_code, body=answer.text)
