"""The sandbox provider passes the suite that every provider must pass."""

from __future__ import annotations

from collections.abc import Mapping

from idol.commerce.payments.sandbox import SandboxProvider
from idol.ports import PaymentProvider
from idol.testing.payments import PaymentProviderSuite


class TestSandbox(PaymentProviderSuite):
    def make(self) -> PaymentProvider:
        return SandboxProvider()

    async def pay(
        self, provider: PaymentProvider, reference: str, ok: bool
    ) -> tuple[Mapping[str, str], bytes]:
        assert isinstance(provider, SandboxProvider)
        delivery = provider.decide(reference, "succeed" if ok else "fail")
        return delivery.headers, delivery.body
