"""A Shopify and a WooCommerce of our own, as far as our adapters speak with them.

Written from the public references: paths, headers, shapes and signatures.
"""

from __future__ import annotations

import base64
import hmac
import json
from hashlib import sha256
from typing import Any

import httpx

KEY, SECRET, HOOK = "ck_1", "cs_1", "hook-secret"
Wire = tuple[dict[str, str], bytes]


def signed(header: str, topic: tuple[str, str], content: Any) -> Wire:
    body = json.dumps(content).encode()
    mac = base64.b64encode(hmac.new(HOOK.encode(), body, sha256).digest()).decode()
    return {header: mac, topic[0]: topic[1]}, body


class FakeWoo:
    """Orders, refunds and products behind Basic authentication."""

    def __init__(self) -> None:
        self.orders: dict[int, dict[str, Any]] = {}
        self.refunds: dict[int, list[dict[str, Any]]] = {}
        self.stock: dict[str, int] = {"11": 7, "11/22": 5}
        self.away = False
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            return httpx.Response(503, json={"message": "maintenance"})
        login = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {login}":
            return httpx.Response(401, json={"message": "no"})
        path = request.url.path.removeprefix("/wp-json/wc/v3")
        content = json.loads(request.content) if request.content else {}
        parts = [part for part in path.split("/") if part]
        match (request.method, parts):
            case ("POST", ["orders"]):
                id = len(self.orders) + 1
                self.orders[id] = {
                    **content, "id": id, "payment_url": f"https://woo.example/pay/{id}",
                    "date_modified_gmt": "2026-11-26T00:00:00",
                }  # fmt: skip
                return httpx.Response(201, json=self.orders[id])
            case ("GET", ["orders"]):
                page = int(request.url.params["page"])
                rows = list(self.orders.values())[::-1]
                return httpx.Response(200, json=rows[(page - 1) * 100 : page * 100])
            case ("GET", ["orders", id, "refunds"]):
                return httpx.Response(200, json=self.refunds.get(int(id), []))
            case ("POST", ["orders", id, "refunds"]):
                order, given = self.orders[int(id)], self.refunds.setdefault(int(id), [])
                total = sum(float(e["total"]) for e in _entries(order))
                if sum(float(r["amount"]) for r in given) + float(content["amount"]) > total:
                    return httpx.Response(400, json={"message": "Invalid refund amount."})
                given.append(content)
                return httpx.Response(201, json=content)
            case (method, ["products", *ids]):
                key = "/".join(part for part in ids if part != "variations")
                if method == "PUT":
                    self.stock[key] = content["stock_quantity"]
                return httpx.Response(200, json={"stock_quantity": self.stock[key]})
        return httpx.Response(404, json={"message": "no route"})

    def word(self, reference: str, status: str) -> Wire:
        order = next(o for o in self.orders.values() if o["meta_data"][0]["value"] == reference)
        order["status"] = status
        topic = ("X-WC-Webhook-Topic", "order.updated")
        return signed("X-WC-Webhook-Signature", topic, order)

    def product(self, id: int, count: int, parent: int = 0) -> Wire:
        content = {"id": id, "parent_id": parent, "stock_quantity": count}
        return signed("X-WC-Webhook-Signature", ("X-WC-Webhook-Topic", "product.updated"), content)


def _entries(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [*order["line_items"], *order["fee_lines"]]


class FakeShopify:
    """Carts of the Storefront API; orders, refunds and stock of the Admin API."""

    def __init__(self) -> None:
        self.carts: list[dict[str, Any]] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.stock = {"gid://shopify/ProductVariant/101": 9}
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        query, values = asked["query"], asked["variables"]
        if request.url.path.startswith("/admin/"):
            if request.headers.get("x-shopify-access-token") != KEY:
                return httpx.Response(401, json={"errors": "Invalid API key"})
            return httpx.Response(200, json={"data": self._admin(query, values)})
        if request.headers.get("x-shopify-storefront-access-token") != SECRET:
            return httpx.Response(401, json={"errors": "no"})
        cart = values["input"]
        if any(not line["merchandiseId"].startswith("gid://") for line in cart["lines"]):
            wrong = [{"field": ["lines"], "message": "The merchandise does not exist."}]
            data = {"cartCreate": {"cart": None, "userErrors": wrong}}
            return httpx.Response(200, json={"data": data})
        self.carts.append(cart)
        made = {"id": f"gid://shopify/Cart/{len(self.carts)}",
                "checkoutUrl": f"https://shop.example/checkouts/{len(self.carts)}"}  # fmt: skip
        return httpx.Response(200, json={"data": {"cartCreate": {"cart": made, "userErrors": []}}})

    def _admin(self, query: str, values: dict[str, Any]) -> dict[str, Any]:
        if "refundCreate" in query:
            entry = values["input"]
            order = self.orders[entry["orderId"]]
            money = entry["transactions"][0]
            given = sum(float(r["amount"]) for r in order["refunds"])
            if given + float(money["amount"]) > float(order["subtotal_price"]):
                wrong = [{"field": ["amount"], "message": "Refund amount is too large."}]
                return {"refundCreate": {"refund": None, "userErrors": wrong}}
            order["refunds"].append({"note": entry["note"], "amount": money["amount"]})
            return {"refundCreate": {"refund": {"id": "1"}, "userErrors": []}}
        if "inventorySetQuantities" in query:
            item = values["input"]["quantities"][0]
            variant = item["inventoryItemId"].replace("InventoryItem", "ProductVariant")
            self.stock[variant] = item["quantity"]
            return {"inventorySetQuantities": {"userErrors": []}}
        if "productVariant(" in query:
            place = {"nodes": [{"location": {"id": "gid://shopify/Location/1"}}]}
            item = values["id"].replace("ProductVariant", "InventoryItem")
            return {"productVariant": {"inventoryItem": {"id": item, "inventoryLevels": place}}}
        if "nodes(ids" in query:
            return {
                "nodes": [{"id": id, "inventoryQuantity": self.stock[id]} for id in values["ids"]]
            }
        if "order(id" in query:
            order = self.orders[values["id"]]
            sale = {"id": "t1", "kind": "SALE", "status": "SUCCESS", "gateway": "bogus"}
            return {"order": {"refunds": order["refunds"], "transactions": [sale]}}
        nodes = [
            {"id": id, "customAttributes": [{"key": a["name"], "value": a["value"]}
                                            for a in order["note_attributes"]]}
            for id, order in self.orders.items()
        ]  # fmt: skip
        return {"orders": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}}

    def word(self, reference: str, subtotal: str, ok: bool = True) -> Wire:
        cart = next(c for c in self.carts if c["attributes"][0]["value"] == reference)
        number = self.carts.index(cart) + 1
        id = f"gid://shopify/Order/{number}"
        order = self.orders.setdefault(
            id,
            {
                "id": number, "admin_graphql_api_id": id, "subtotal_price": subtotal,
                "currency": "CNY", "refunds": [],
                "note_attributes": [{"name": a["key"], "value": a["value"]}
                                    for a in cart["attributes"]],
            },
        )  # fmt: skip
        topic = ("X-Shopify-Topic", "orders/paid" if ok else "orders/cancelled")
        return signed("X-Shopify-Hmac-Sha256", topic, order)

    def product(self, counts: dict[int, int]) -> Wire:
        variants = [{"id": id, "inventory_quantity": n} for id, n in counts.items()]
        topic = ("X-Shopify-Topic", "products/update")
        return signed("X-Shopify-Hmac-Sha256", topic, {"id": 1, "variants": variants})
