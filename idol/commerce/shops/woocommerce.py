"""WooCommerce: the order is made there, pending, at our frozen prices; its pay page takes over.

Settings from the environment: `IDOL_WOO_URL` (https://shop.example), `IDOL_WOO_KEY`,
`IDOL_WOO_SECRET`, `IDOL_WOO_WEBHOOK_SECRET`. `external` of products.csv is the product's id, or
"PRODUCT/VARIATION". Webhooks order.updated and product.updated go to /webhooks/payments.
Source: woocommerce.github.io/woocommerce-rest-api-docs (v3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from idol.commerce import money
from idol.commerce.shops import wire
from idol.errors import BadInput, Unavailable
from idol.model import Money
from idol.ports import PaymentEvent, PaymentRequest, ShopItem, StockWord

_PAID = ("processing", "completed")
_PAGES = 10
"""Of a hundred orders each: how far back an order is looked for after a restart."""


class WooCommerceShop:
    """Implements `ports.ShopAdapter`. Raises `Missing` when a setting is not there."""

    name = "woocommerce"

    def __init__(
        self,
        url: str = "",
        key: str = "",
        secret: str = "",
        webhook_secret: str = "",
        *,
        items: Mapping[str, ShopItem] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._api = (url or wire.secret("IDOL_WOO_URL")).rstrip("/") + "/wp-json/wc/v3"
        self._auth = (key or wire.secret("IDOL_WOO_KEY"), secret or wire.secret("IDOL_WOO_SECRET"))
        self._secret = webhook_secret or wire.secret("IDOL_WOO_WEBHOOK_SECRET")
        self.items = items or {}
        self._transport = transport
        self._orders: dict[str, dict[str, Any]] = {}
        self._starting = asyncio.Lock()

    async def start(self, request: PaymentRequest) -> str:
        """Raises `BadInput` if a line has no `external`; `Unavailable`, `Refused`."""
        async with self._starting:
            order = await self._find(request.reference)
            if order is None:
                order = await self._call("POST", "/orders", content=self._order(request))
                self._orders[request.reference] = order
        return str(order["payment_url"])

    def _order(self, request: PaymentRequest) -> dict[str, Any]:
        lines = []
        for line in request.lines:
            product, variation = _ids(self._item(line.sku).external)
            total = money.plain(Money(line.unit.minor * line.quantity, line.unit.currency))
            entry: dict[str, Any] = {
                "product_id": product, "quantity": line.quantity, "subtotal": total, "total": total,
            }  # fmt: skip
            lines.append(entry | ({"variation_id": variation} if variation else {}))
        # With a coupon of ours there are no lines: one fee carries what is to be paid.
        fees = (
            [] if lines else [{"name": request.description, "total": money.plain(request.amount)}]
        )
        return {
            "status": "pending",
            "set_paid": False,
            "currency": request.amount.currency,
            "line_items": lines,
            "fee_lines": fees,
            "meta_data": [{"key": wire.REFERENCE, "value": request.reference}],
        }

    async def refund(self, reference: str, amount: Money, key: str) -> None:
        order = await self._find(reference)
        if order is None:
            raise Unavailable(f"WooCommerce does not show the order of {reference}")
        path = f"/orders/{order['id']}/refunds"
        if any(item.get("reason") == key for item in await self._call("GET", path)):
            return
        await self._call(
            "POST", path,
            content={"amount": money.plain(amount), "reason": key, "api_refund": True},
        )  # fmt: skip

    def parse(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent | None:
        order = wire.verified(headers, "x-wc-webhook-signature", body, self._secret)
        if not wire.topic(headers, "x-wc-webhook-topic").startswith("order."):
            return None
        try:
            reference = _reference(order)
            if not reference:
                return None
            self._orders[reference] = order
            state, currency = order["status"], order["currency"]
            entries = [*order.get("line_items", ()), *order.get("fee_lines", ())]
            amount = Money(sum(money.parse(e["total"], currency).minor for e in entries), currency)
            if state in _PAID:
                return PaymentEvent(f"woo-{order['id']}-paid", reference, "paid", amount)
            if state in ("failed", "cancelled"):
                at = order.get("date_modified_gmt", "")
                return PaymentEvent(f"woo-{order['id']}-{at}-failed", reference, "failed", amount)
            if state == "refunded":
                return PaymentEvent(f"woo-{order['id']}-refunded", reference, "refunded", amount)
        except (KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"not a WooCommerce order: {error}") from error
        return None

    async def stock(self, skus: Sequence[str]) -> Mapping[str, int]:
        found = {}
        for sku in skus:
            item = await self._call("GET", _path(self._item(sku).external))
            found[sku] = max(0, int(item.get("stock_quantity") or 0))
        return found

    async def set_stock(self, sku: str, available: int) -> None:
        content = {"manage_stock": True, "stock_quantity": available}
        await self._call("PUT", _path(self._item(sku).external), content=content)

    def parse_stock(self, headers: Mapping[str, str], body: bytes) -> StockWord | None:
        item = wire.verified(headers, "x-wc-webhook-signature", body, self._secret)
        if wire.topic(headers, "x-wc-webhook-topic") != "product.updated":
            return None
        try:
            parent = item.get("parent_id") or 0
            id = f"{parent}/{item['id']}" if parent else str(item["id"])
            count = item.get("stock_quantity")
        except (KeyError, AttributeError) as error:
            raise BadInput(f"not a WooCommerce product: {error}") from error
        return None if count is None else StockWord({id: max(0, int(count))})

    async def _find(self, reference: str) -> dict[str, Any] | None:
        if reference in self._orders:
            return self._orders[reference]
        for page in range(1, _PAGES + 1):
            rows = await self._call("GET", "/orders", params={"per_page": 100, "page": page})
            for order in rows:
                if _reference(order) == reference:
                    self._orders[reference] = order
                    return dict(order)
            if len(rows) < 100:
                break
        return None

    def _item(self, sku: str) -> ShopItem:
        item = self.items.get(sku)
        if item is None or not item.external:
            raise BadInput(f"{sku} has no id in the outside shop", where="products.csv external")
        return item

    async def _call(self, method: str, path: str, **more: Any) -> Any:
        return await wire.call(
            "WooCommerce", method, self._api + path, transport=self._transport, auth=self._auth,
            **more,
        )  # fmt: skip


def _reference(order: Mapping[str, Any]) -> str:
    entries = order.get("meta_data") or ()
    return next((str(e["value"]) for e in entries if e.get("key") == wire.REFERENCE), "")


def _ids(external: str) -> tuple[int, int]:
    product, _, variation = external.partition("/")
    if not product.isdigit() or (variation and not variation.isdigit()):
        raise BadInput(f"{external!r} is not PRODUCT or PRODUCT/VARIATION", where="external")
    return int(product), int(variation or 0)


def _path(external: str) -> str:
    product, variation = _ids(external)
    return f"/products/{product}" + (f"/variations/{variation}" if variation else "")
