"""Shopify: the order becomes a cart of the Storefront API, whose checkout takes the money.

Settings from the environment: `IDOL_SHOPIFY_SHOP` (name.myshopify.com),
`IDOL_SHOPIFY_STOREFRONT_TOKEN`, `IDOL_SHOPIFY_ADMIN_TOKEN`, `IDOL_SHOPIFY_WEBHOOK_SECRET`.
`external` of products.csv is the variant's number. Webhooks orders/paid, orders/cancelled and
products/update go to /webhooks/payments. What the buyer pays for goods must be the price here:
keep both alike, else the payment is sent back as a wrong amount.
Source: shopify.dev/docs/api (2025-07).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from idol.commerce import money
from idol.commerce.shops import wire
from idol.errors import BadInput, Refused, Unavailable
from idol.model import Money
from idol.ports import PaymentEvent, PaymentRequest, ShopItem, StockWord

VERSION = "2025-07"
_CART = """
mutation($input: CartInput!) { cartCreate(input: $input) {
  cart { id checkoutUrl } userErrors { field message } } }
"""
_ORDERS = """
query($after: String) { orders(first: 100, after: $after, reverse: true) {
  pageInfo { hasNextPage endCursor }
  nodes { id customAttributes { key value } } } }
"""
_ORDER = """
query($id: ID!) { order(id: $id) { refunds { note }
  transactions(first: 20) { id kind status gateway } } }
"""
_REFUND = """
mutation($input: RefundInput!) { refundCreate(input: $input) {
  refund { id } userErrors { field message } } }
"""
_STOCK = """
query($ids: [ID!]!) { nodes(ids: $ids) { ... on ProductVariant { id inventoryQuantity } } }
"""
_PLACE = """
query($id: ID!) { productVariant(id: $id) { inventoryItem { id
  inventoryLevels(first: 1) { nodes { location { id } } } } } }
"""
_SET = """
mutation($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) {
  userErrors { field message } } }
"""
_PAGES = 10


class ShopifyShop:
    """Implements `ports.ShopAdapter`. Raises `Missing` when a setting is not there."""

    name = "shopify"

    def __init__(
        self,
        shop: str = "",
        storefront: str = "",
        admin: str = "",
        webhook_secret: str = "",
        *,
        items: Mapping[str, ShopItem] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = f"https://{shop or wire.secret('IDOL_SHOPIFY_SHOP')}"
        self._storefront = storefront or wire.secret("IDOL_SHOPIFY_STOREFRONT_TOKEN")
        self._admin = admin or wire.secret("IDOL_SHOPIFY_ADMIN_TOKEN")
        self._secret = webhook_secret or wire.secret("IDOL_SHOPIFY_WEBHOOK_SECRET")
        self.items = items or {}
        self._transport = transport
        self._carts: dict[str, str] = {}
        self._orders: dict[str, str] = {}
        self._starting = asyncio.Lock()

    async def start(self, request: PaymentRequest) -> str:
        """Raises `BadInput` if a line has no `external` or a coupon of ours is on the order."""
        if not request.lines:
            raise BadInput("Shopify's checkout knows nothing of our coupons: use its own")
        lines = [
            {"merchandiseId": _gid(self._item(line.sku)), "quantity": line.quantity}
            for line in request.lines
        ]
        attributes = [{"key": wire.REFERENCE, "value": request.reference}]
        async with self._starting:
            if request.reference not in self._carts:
                cart = {"lines": lines, "attributes": attributes, "note": request.description}
                made = await self._graph("", _CART, {"input": cart}, "cartCreate")
                self._carts[request.reference] = str(made["cart"]["checkoutUrl"])
        return self._carts[request.reference]

    async def refund(self, reference: str, amount: Money, key: str) -> None:
        order = self._orders.get(reference) or await self._find(reference)
        found = (await self._graph("admin", _ORDER, {"id": order}))["order"]
        if any(item["note"] == key for item in found["refunds"]):
            return
        sale = next(
            (t for t in found["transactions"]
             if t["kind"] in ("SALE", "CAPTURE") and t["status"] == "SUCCESS"), None,
        )  # fmt: skip
        if sale is None:
            raise Refused("refused_by_shop", f"the order of {reference} was not paid")
        entry = {
            "orderId": order, "note": key,
            "transactions": [{"orderId": order, "parentId": sale["id"], "kind": "REFUND",
                              "gateway": sale["gateway"], "amount": money.plain(amount)}],
        }  # fmt: skip
        await self._graph("admin", _REFUND, {"input": entry}, "refundCreate")

    def parse(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent | None:
        order = wire.verified(headers, "x-shopify-hmac-sha256", body, self._secret)
        kind = wire.topic(headers, "x-shopify-topic")
        if kind not in ("orders/paid", "orders/cancelled"):
            return None
        try:
            reference = next(
                (str(a["value"]) for a in order["note_attributes"] if a["name"] == wire.REFERENCE),
                "",
            )
            if not reference:
                return None
            self._orders[reference] = str(order["admin_graphql_api_id"])
            # Goods alone: tax and shipping are the outside shop's own affair.
            amount = money.parse(order["subtotal_price"], order["currency"])
            if kind == "orders/paid":
                return PaymentEvent(f"shopify-{order['id']}-paid", reference, "paid", amount)
            return PaymentEvent(f"shopify-{order['id']}-cancelled", reference, "failed", amount)
        except (KeyError, TypeError, AttributeError) as error:
            raise BadInput(f"not a Shopify order: {error}") from error

    async def stock(self, skus: Sequence[str]) -> Mapping[str, int]:
        ids = {_gid(self._item(sku)): sku for sku in skus}
        nodes = (await self._graph("admin", _STOCK, {"ids": list(ids)}))["nodes"]
        return {ids[n["id"]]: max(0, int(n["inventoryQuantity"])) for n in nodes if n}

    async def set_stock(self, sku: str, available: int) -> None:
        found = (await self._graph("admin", _PLACE, {"id": _gid(self._item(sku))}))[
            "productVariant"
        ]
        item = found["inventoryItem"]
        levels = item["inventoryLevels"]["nodes"]
        if not levels:
            raise Refused("refused_by_shop", f"{sku} is stocked nowhere in the shop")
        entry = {
            "name": "available", "reason": "correction", "ignoreCompareQuantity": True,
            "quantities": [{"inventoryItemId": item["id"], "quantity": available,
                            "locationId": levels[0]["location"]["id"]}],
        }  # fmt: skip
        await self._graph("admin", _SET, {"input": entry}, "inventorySetQuantities")

    def parse_stock(self, headers: Mapping[str, str], body: bytes) -> StockWord | None:
        product = wire.verified(headers, "x-shopify-hmac-sha256", body, self._secret)
        if wire.topic(headers, "x-shopify-topic") != "products/update":
            return None
        try:
            return StockWord(
                {str(v["id"]): max(0, int(v["inventory_quantity"])) for v in product["variants"]}
            )
        except (KeyError, TypeError) as error:
            raise BadInput(f"not a Shopify product: {error}") from error

    async def _find(self, reference: str) -> str:
        """After a restart: the order that carries our reference, among the newest."""
        after: str | None = None
        for _ in range(_PAGES):
            page = (await self._graph("admin", _ORDERS, {"after": after}))["orders"]
            for order in page["nodes"]:
                for entry in order["customAttributes"]:
                    if (entry["key"], entry["value"]) == (wire.REFERENCE, reference):
                        self._orders[reference] = str(order["id"])
                        return self._orders[reference]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        raise Unavailable(f"Shopify does not show the order of {reference}")

    def _item(self, sku: str) -> ShopItem:
        item = self.items.get(sku)
        if item is None or not item.external:
            raise BadInput(f"{sku} has no id in the outside shop", where="products.csv external")
        return item

    async def _graph(
        self, side: str, query: str, variables: Mapping[str, Any], mutation: str = ""
    ) -> Any:
        path = f"/admin/api/{VERSION}/graphql.json" if side else f"/api/{VERSION}/graphql.json"
        name = "X-Shopify-Access-Token" if side else "X-Shopify-Storefront-Access-Token"
        answer = await wire.call(
            "Shopify", "POST", self._base + path, transport=self._transport,
            headers={name: self._admin if side else self._storefront},
            content={"query": query, "variables": variables},
        )  # fmt: skip
        problems = answer.get("errors")
        if problems:
            text = str(problems[0].get("message", "")) if isinstance(problems, list) else ""
            if "THROTTLED" in str(problems):
                raise Unavailable("Shopify: throttled")
            raise Refused("refused_by_shop", f"Shopify: {text}")
        data = answer["data"]
        if mutation:
            wrong = data[mutation].get("userErrors") or []
            if wrong:
                raise Refused("refused_by_shop", f"Shopify: {wrong[0]['message']}")
            return data[mutation]
        return data


def _gid(item: ShopItem) -> str:
    return f"gid://shopify/ProductVariant/{item.external}"
