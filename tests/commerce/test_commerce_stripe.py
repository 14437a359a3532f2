"""The Stripe adapter against a Stripe of our own, by itself and under the whole shop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from fake_stripe import KEY, SECRET, FakeStripe
from shops import Bench

from idol.commerce.payments.stripe import StripeProvider, from_stripe, to_stripe
from idol.errors import BadInput, Missing, Refused, Unavailable
from idol.model import Money, Viewer
from idol.ports import PaymentProvider, PaymentRequest
from idol.testing.payments import RETURN_URL, PaymentProviderSuite, heard

LIN = Viewer("lin", "Lin")


def provider(stripe: FakeStripe) -> StripeProvider:
    return StripeProvider(KEY, SECRET, transport=stripe.transport, now=lambda: float(stripe.now))


class TestStripe(PaymentProviderSuite):
    def make(self) -> PaymentProvider:
        self.stripe = FakeStripe()
        return provider(self.stripe)

    async def pay(
        self, provider: PaymentProvider, reference: str, ok: bool
    ) -> tuple[Mapping[str, str], bytes]:
        return self.stripe.pay(reference) if ok else self.stripe.decline(reference)


@pytest.fixture
def stripe() -> FakeStripe:
    return FakeStripe()


def request(minor: int = 19900, currency: str = "CNY") -> PaymentRequest:
    return PaymentRequest("p_1", "o_1", Money(minor, currency), "251128-A", RETURN_URL)


async def test_a_key_with_another_amount_is_refused(stripe: FakeStripe) -> None:
    await provider(stripe).start(request())
    with pytest.raises(Refused) as error:
        await provider(stripe).start(request(20000))
    assert error.value.code == "key_reused"
    assert len(stripe.sessions) == 1


async def test_a_new_process_finds_the_same_session_and_payment(stripe: FakeStripe) -> None:
    url = await provider(stripe).start(request())
    assert await provider(stripe).start(request()) == url
    stripe.pay("p_1")
    await provider(stripe).refund("p_1", Money(900, "CNY"), "k1")
    await provider(stripe).refund("p_1", Money(19000, "CNY"), "k2")
    assert [r["amount"] for r in stripe.refunds] == [900, 19000]


async def test_what_may_pass_is_tried_again_and_what_will_not_is_refused(
    stripe: FakeStripe,
) -> None:
    stripe.broken = 1
    with pytest.raises(Unavailable):
        await provider(stripe).start(request())
    await provider(stripe).start(request())
    stripe.pay("p_1")
    stripe.indexed = False
    with pytest.raises(Unavailable):
        await provider(stripe).refund("p_1", Money(900, "CNY"), "k1")
    stripe.indexed = True
    with pytest.raises(Refused) as error:
        await provider(stripe).refund("p_1", Money(99999, "CNY"), "k2")
    assert error.value.code == "amount_too_large"
    wrong = StripeProvider("sk_wrong", SECRET, transport=stripe.transport)
    with pytest.raises(Unavailable, match="Invalid API Key"):
        await wrong.start(request())


async def test_old_and_foreign_words_are_not_taken(stripe: FakeStripe) -> None:
    mine = provider(stripe)
    await mine.start(request())
    headers, body = stripe.pay("p_1")
    stripe.now += 301
    with pytest.raises(Refused, match="too old"):
        mine.parse(headers, body)
    with pytest.raises(Refused):
        mine.parse(*stripe.event("checkout.session.completed", {}, secret="whsec_other"))
    for kind, item in (
        ("customer.created", {"id": "cus_1", "metadata": {}}),
        ("checkout.session.completed", {"id": "cs_9", "metadata": None, "payment_status": "paid"}),
    ):
        assert mine.parse(*stripe.event(kind, item)) is None
    unpaid = {**stripe.session("p_1"), "payment_status": "unpaid"}
    assert mine.parse(*stripe.event("checkout.session.completed", unpaid)) is None
    with pytest.raises(BadInput):
        mine.parse(*stripe.event("checkout.session.completed", {"metadata": {"reference": "p_1"}}))
    for signature in ("", "t=,v1=", "t=１,v1=00", "v1=00", "t=1;v1=é", "t=" + "9" * 40):
        with pytest.raises(Refused):
            mine.parse({"stripe-signature": signature}, b"{}")


async def test_a_slow_method_counts_once_whichever_event_comes_first(stripe: FakeStripe) -> None:
    mine = provider(stripe)
    await mine.start(request())
    paid = heard(mine, stripe.pay("p_1"))
    slow = stripe.event("checkout.session.async_payment_succeeded", stripe.session("p_1"))
    assert heard(mine, slow).id == paid.id
    failed = stripe.event("checkout.session.async_payment_failed", stripe.session("p_1"))
    assert heard(mine, failed).kind == "failed"


@pytest.mark.parametrize(
    ("money", "count"), [(Money(5, "USD"), 5), (Money(5, "JPY"), 5), (Money(5, "ISK"), 500)]
)
def test_minor_units_are_each_others(money: Money, count: int) -> None:
    assert to_stripe(money) == count
    assert from_stripe(count, money.currency.lower()) == money
    with pytest.raises(ValueError):
        from_stripe(550, "isk")


def test_secrets_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDOL_STRIPE_KEY", raising=False)
    with pytest.raises(Missing, match="IDOL_STRIPE_KEY"):
        StripeProvider()
    monkeypatch.setenv("IDOL_STRIPE_KEY", KEY)
    monkeypatch.setenv("IDOL_STRIPE_WEBHOOK_SECRET", SECRET)
    assert KEY not in repr(StripeProvider())


# ---- under the shop


async def sold(folder: Path, stripe: FakeStripe) -> tuple[Bench, str, str]:
    """A shop with one order waiting to be paid at Stripe; the order's id and the reference."""
    bench = Bench(folder, provider=provider(stripe), return_url="https://s.example/orders/{order}")
    await bench.shop.start()
    held = await bench.say("要一件黑色L")
    order = await bench.shop.confirm(LIN, held.hold.id, "c1")
    assert order.pay_url.startswith("https://checkout.stripe.test/")
    return bench, order.id, next(iter(stripe.sessions.values()))["client_reference_id"]


async def test_words_doubled_shuffled_and_at_once_settle_one_order_once(tmp_path: Path) -> None:
    for seed in range(12):
        stripe = FakeStripe()
        folder = tmp_path / str(seed)
        folder.mkdir()
        bench, order, reference = await sold(folder, stripe)
        words = [stripe.decline(reference), stripe.pay(reference), stripe.decline(reference)]
        words += [stripe.pay(reference), words[0], stripe.event("customer.created", {"id": "c"})]
        random.Random(seed).shuffle(words)
        await asyncio.gather(*(bench.shop.webhook(*word) for word in words))
        assert (await bench.shop.order(LIN, order)).state == "paid", seed
        report = await bench.shop.report()
        assert (report.paid, report.gmv, report.refunded) == (1, 19900, 0)
        bench.store.close()


async def test_a_refund_reaches_stripe_once_and_its_echo_changes_nothing(tmp_path: Path) -> None:
    stripe = FakeStripe()
    bench, order, reference = await sold(tmp_path, stripe)
    await bench.shop.webhook(*stripe.pay(reference))
    stripe.broken = 1
    await bench.shop.refund(order, "desk")
    assert not stripe.refunds
    await bench.clock.advance(10)
    await bench.shop.sweep()
    assert [r["amount"] for r in stripe.refunds] == [19900]
    await bench.shop.webhook(*stripe.refunded_by_clerk(reference, 19900))
    assert (await bench.shop.report()).refunded == 19900
    bench.store.close()


async def test_a_payment_after_the_time_is_given_back_when_the_stock_is_gone(
    tmp_path: Path,
) -> None:
    stripe = FakeStripe()
    bench, order, reference = await sold(tmp_path, stripe)
    await bench.clock.advance(1000)
    stripe.now += 1000
    await bench.shop.sweep()
    await bench.shop.set_stock("cj-bk-l", 0, "desk")
    await bench.shop.webhook(*stripe.pay(reference))
    assert (await bench.shop.order(LIN, order)).state == "refunded"
    assert [r["amount"] for r in stripe.refunds] == [19900]
    bench.store.close()
