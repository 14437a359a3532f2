"""Red packets, coupons and queues: what a page may ask for, and the answer, always `mine`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from idol.errors import Refused
from idol.show import perks as views
from idol.telemetry import TaskSet
from idol.web.audience import Page
from idol.web.services import Perks, Services

COUNT_SECONDS = 1.0
"""How often, at most, all pages are told how many take part in a red packet."""

Id = Annotated[str, Field(pattern=r"^[\w.:-]{1,64}$")]
Sku = Annotated[str, Field(min_length=1, max_length=80)]


class Message(BaseModel):
    model_config = ConfigDict(strict=True)


class EnterIn(Message):
    """Take part in a red packet; `nonce` is the page's own share of the chance."""

    type: Literal["enter"]
    key: Id
    packet: Id
    nonce: str = Field(min_length=1, max_length=32)


class ClaimIn(Message):
    """A coupon that is shown, or one whose code the viewer was told."""

    type: Literal["claim"]
    key: Id
    code: str = Field(min_length=1, max_length=24)


class WaitIn(Message):
    """Wait for a variant that is sold out."""

    type: Literal["wait"]
    key: Id
    sku: Sku
    quantity: int = Field(ge=1, le=99)


class UnwaitIn(Message):
    type: Literal["unwait"]
    key: Id
    sku: Sku


class MineIn(Message):
    """Tell me anew what I have."""

    type: Literal["mine"]


PerkMessage = EnterIn | ClaimIn | WaitIn | UnwaitIn | MineIn


class PerkDesk:
    """Takes them to the ledger. Amounts, limits and places are the ledger's alone."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._counting: set[str] = set()
        self._tasks = TaskSet(services.log)

    async def receive(self, page: Page, message: PerkMessage) -> None:
        """Carry it out and answer. Raises `Refused` as the ledger does."""
        shop, viewer = self._services.perks, page.viewer
        if shop is None:
            raise Refused("refused")
        match message:
            case EnterIn(packet=packet, nonce=nonce):
                await shop.enter_packet(viewer, packet, nonce)
                self._count(shop, packet)
            case ClaimIn(code=code):
                await shop.claim(viewer, code)
            case WaitIn(sku=sku, quantity=quantity):
                await shop.wait_for(viewer, sku, quantity)
            case UnwaitIn(sku=sku):
                await shop.unwait(viewer, sku)
            case MineIn():
                pass
        page.send({"type": "mine", **views.mine(await shop.mine(viewer))})

    def _count(self, shop: Perks, packet: str) -> None:
        """Tell all pages the new number soon, once for many entrants."""
        if packet in self._counting:
            return
        self._counting.add(packet)

        async def tell() -> None:
            await self._services.clock.sleep(COUNT_SECONDS)
            self._counting.discard(packet)
            event = {"type": "packet", **views.packet(shop.packet(packet))}
            self._services.audience.broadcast(event)

        self._tasks.start(tell(), "packet-count")
