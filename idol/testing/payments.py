"""What every payment provider must do, as checks that a plug-in's author runs in their tests.

class TestMine(PaymentProviderSuite):
    def make(self): return MyProvider(...)
    async def pay(self, provider, reference, ok): ...   # -> (headers, body) of its webhook
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping

import pytest

from idol.errors import BadInput, Refused
from idol.model import Money
from idol.ports import PaymentEvent, PaymentProvider, PaymentRequest

RETURN_URL = "https://shop.example/orders/o_1"


def heard(provider: PaymentProvider, delivery: tuple[Mapping[str, str], bytes]) -> PaymentEvent:
    """What the provider makes of a webhook that is about a payment."""
    event = provider.parse(*delivery)
    assert event is not None, "the webhook of a payment says something of it"
    return event


class PaymentProviderSuite(ABC):
    """Subclass with a name that begins with `Test`; give `make` and `pay`."""

    @abstractmethod
    def make(self) -> PaymentProvider:
        """A fresh provider that talks to nobody outside this machine."""

    @abstractmethod
    async def pay(
        self, provider: PaymentProvider, reference: str, ok: bool
    ) -> tuple[Mapping[str, str], bytes]:
        """Let the buyer pay (or fail to); return the webhook that the provider sends."""

    def request(self, minor: int = 19900) -> PaymentRequest:
        """A payment with a reference of its own."""
        reference = f"p_{secrets.token_hex(6)}"
        return PaymentRequest(reference, "o_1", Money(minor, "CNY"), "251128-AAAAAA", RETURN_URL)

    async def test_starting_twice_is_starting_once(self) -> None:
        provider, request = self.make(), self.request()
        assert await provider.start(request) == await provider.start(request)

    async def test_a_payment_is_reported_whole(self) -> None:
        provider, request = self.make(), self.request()
        await provider.start(request)
        event = heard(provider, await self.pay(provider, request.reference, True))
        assert (event.kind, event.reference) == ("paid", request.reference)
        assert event.amount == request.amount

    async def test_a_repeated_report_has_the_same_id(self) -> None:
        provider, request = self.make(), self.request()
        await provider.start(request)
        first = heard(provider, await self.pay(provider, request.reference, True))
        again = heard(provider, await self.pay(provider, request.reference, True))
        assert first.id == again.id

    async def test_a_failure_may_be_followed_by_success(self) -> None:
        provider, request = self.make(), self.request()
        await provider.start(request)
        failed = heard(provider, await self.pay(provider, request.reference, False))
        paid = heard(provider, await self.pay(provider, request.reference, True))
        assert (failed.kind, paid.kind) == ("failed", "paid")
        assert failed.id != paid.id

    async def test_a_tampered_report_is_refused(self) -> None:
        provider, request = self.make(), self.request()
        await provider.start(request)
        headers, body = await self.pay(provider, request.reference, True)
        forged = body.replace(request.reference.encode(), b"p_forged")
        with pytest.raises(Refused) as error:
            provider.parse(headers, forged)
        assert error.value.code == "bad_signature"

    async def test_rubbish_is_refused(self) -> None:
        provider = self.make()
        for headers, body in (({}, b""), ({}, b"{}"), ({"webhook-id": "1"}, b"\xff\xfe")):
            with pytest.raises((Refused, BadInput)):
                provider.parse(headers, body)

    async def test_a_refund_is_done_once_by_its_key(self) -> None:
        provider, request = self.make(), self.request()
        await provider.start(request)
        await self.pay(provider, request.reference, True)
        for _ in range(2):
            await provider.refund(request.reference, request.amount, "key-1")
        with pytest.raises(Refused):
            await provider.refund(request.reference, request.amount, "key-2")
