"""Shopify and WooCommerce adapters against shops of our own, alone and under the whole shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_shops import HOOK, KEY, SECRET, FakeShopify, FakeWoo
from shops import Bench

from idol.commerce.outcomes import Held
from idol.commerce.shop_sync import StockSync
from idol.commerce.shops.shopify import ShopifyShop
from idol.commerce.shops.woocommerce import WooCommerceShop
from idol.errors import BadInput, Missing, Refused, Unavailable
from idol.model import Money, Viewer
from idol.ports import PaymentLine, PaymentProvider, PaymentRequest, ShopItem
from idol.telemetry import get_log
from idol.testing.payments import PaymentProviderSuite

LIN = Viewer("lin", "Lin")
CSV = """link,product,sku,price,stock,external,owner
1,moon-lamp,ml,89.00,10,{external},{owner}
"""


def woo(shop: FakeWoo, **items: str) -> WooCommerceShop:
    found = {sku: ShopItem(sku, external) for sku, external in items.items()}
    return WooCommerceShop(
        "https://woo.example", KEY, SECRET, HOOK, items=found, transport=shop.transport
    )


def shopify(shop: FakeShopify, **items: str) -> ShopifyShop:
    found = {sku: ShopItem(sku, external) for sku, external in items.items()}
    return ShopifyShop("x.myshopify.com", SECRET, KEY, HOOK, items=found, transport=shop.transport)


class _WithLines(PaymentProviderSuite):
    def request(self, minor: int = 19900) -> PaymentRequest:
        line = PaymentLine("ml", 1, Money(minor, "CNY"), "lamp")
        return replace(super().request(minor), lines=(line,))


class TestWoo(_WithLines):
    def make(self) -> PaymentProvider:
        self.shop = FakeWoo()
        return woo(self.shop, ml="11/22")

    async def pay(
        self, provider: PaymentProvider, reference: str, ok: bool
    ) -> tuple[Mapping[str, str], bytes]:
        return self.shop.word(reference, "processing" if ok else "failed")


class TestShopify(_WithLines):
    def make(self) -> PaymentProvider:
        self.shop = FakeShopify()
        return shopify(self.shop, ml="101")

    async def pay(
        self, provider: PaymentProvider, reference: str, ok: bool
    ) -> tuple[Mapping[str, str], bytes]:
        return self.shop.word(reference, "199.00", ok)


async def sold(bench: Bench, word: Any) -> Any:
    held = await bench.shop.hold(LIN, 1, "ml", 2, "k")
    assert isinstance(held, Held)
    order = await bench.shop.confirm(LIN, held.hold.id, "k")
    reference = bench.store.read(lambda tx: tx.one("SELECT reference FROM payments"))["reference"]
    await bench.shop.webhook(*word(reference))
    return await bench.shop.order(LIN, order.id)


@pytest.mark.parametrize("kind", ["woo", "shopify"])
async def test_a_sale_is_paid_there_and_given_back_there(tmp_path: Path, kind: str) -> None:
    fake: Any = FakeWoo() if kind == "woo" else FakeShopify()
    adapter: Any = woo(fake, ml="11") if kind == "woo" else shopify(fake, ml="101")
    text = CSV.format(external="11" if kind == "woo" else "101", owner="idol")
    bench = Bench(tmp_path, text, provider=adapter)
    await bench.shop.start()
    word = (lambda r: fake.word(r, "processing")) if kind == "woo" else (
        lambda r: fake.word(r, "178.00"))  # fmt: skip
    order = await sold(bench, word)
    assert order.state == "paid"
    await bench.shop.refund(order.id, "x")
    assert (await bench.shop.order(LIN, order.id)).state == "refunded"
    given = fake.refunds[1] if kind == "woo" else next(iter(fake.orders.values()))["refunds"]
    assert [item["amount"] for item in given] == ["178.00"]


async def test_another_price_there_is_sent_back(tmp_path: Path) -> None:
    fake = FakeShopify()
    bench = Bench(
        tmp_path, CSV.format(external="101", owner="idol"), provider=shopify(fake, ml="101")
    )
    await bench.shop.start()
    order = await sold(bench, lambda r: fake.word(r, "150.00"))
    assert order.state == "awaiting_payment"
    assert next(iter(fake.orders.values()))["refunds"][0]["amount"] == "150.00"


async def test_after_a_restart_the_order_is_found_by_its_reference() -> None:
    fake = FakeWoo()
    line = PaymentLine("ml", 1, Money(8900, "CNY"), "lamp")
    request = PaymentRequest("p_9", "o", Money(8900, "CNY"), "n", "https://x.example", (line,))
    first = await woo(fake, ml="11").start(request)
    assert await woo(fake, ml="11").start(request) == first and len(fake.orders) == 1
    fake.word("p_9", "processing")
    await woo(fake, ml="11").refund("p_9", Money(100, "CNY"), "k")
    shop = FakeShopify()
    await shopify(shop, ml="101").start(request)
    shop.word("p_9", "89.00")
    await shopify(shop, ml="101").refund("p_9", Money(100, "CNY"), "k")
    with pytest.raises(Unavailable):
        await shopify(shop, ml="101").refund("p_unknown", Money(100, "CNY"), "k")


async def test_stock_that_the_shop_owns_is_followed_and_ours_is_told(tmp_path: Path) -> None:
    for owner in ("shop", "idol"):
        folder = tmp_path / owner
        folder.mkdir()
        fake = FakeWoo()
        adapter = woo(fake)
        bench = Bench(folder, CSV.format(external="11", owner=owner), provider=adapter)
        adapter.items = bench.shop.catalog.items
        await bench.shop.start()
        sync = StockSync(adapter, bench.shop, bench.store, get_log("stock"))
        bench.shop.elsewhere = sync.heard
        await sync.step(0.0)
        if owner == "idol":
            assert fake.stock["11"] == 10
            await bench.shop.hold(LIN, 1, "ml", 3, "k")
            await sync.step(1.0)
            assert fake.stock["11"] == 7
            continue
        assert bench.shop.quote(1).left == 7
        await bench.shop.hold(LIN, 1, "ml", 3, "k")
        await bench.shop.webhook(*fake.product(11, 5))
        assert bench.shop.quote(1).left == 2, "five there, three of them held here"
        await bench.shop.webhook(*fake.product(11, 0))
        assert bench.shop.quote(1).left == 0
        fake.away = True
        await sync.step(100.0)  # logged, not raised


async def test_shopify_stock() -> None:
    fake = FakeShopify()
    adapter = shopify(fake, ml="101")
    assert await adapter.stock(["ml"]) == {"ml": 9}
    await adapter.set_stock("ml", 4)
    assert await adapter.stock(["ml"]) == {"ml": 4}
    word = adapter.parse_stock(*fake.product({101: 3, 102: 1}))
    assert word is not None and word.available == {"101": 3, "102": 1}


async def test_what_is_wrong_is_said() -> None:
    fake = FakeWoo()
    line = PaymentLine("unknown", 1, Money(100, "CNY"), "x")
    request = PaymentRequest("p", "o", Money(100, "CNY"), "n", "https://x.example", (line,))
    with pytest.raises(BadInput, match="no id in the outside shop"):
        await woo(fake).start(request)
    fake.away = True
    with pytest.raises(Unavailable):
        await woo(fake, unknown="11").start(request)
    with pytest.raises(Refused, match="does not match"):
        woo(fake).parse({"x-wc-webhook-signature": "AAAA"}, b"{}")


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDOL_WOO_URL", raising=False)
    with pytest.raises(Missing, match="IDOL_WOO_URL"):
        WooCommerceShop()
    with pytest.raises(Missing, match="IDOL_SHOPIFY_SHOP"):
        ShopifyShop()
