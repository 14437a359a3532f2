"""One life of a shop's process: it serves buyers until it is killed, and says what it answered.

The process is forked from the driver, so the buyers it inherits are where they stood when the
last answer was heard. What was asked but not answered is asked again with the same key.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from idol.clock import SystemClock
from idol.commerce.catalog import Catalog, load
from idol.commerce.coupons import Coupon
from idol.commerce.holds import Rules
from idol.commerce.outcomes import Held
from idol.commerce.payments.sandbox import SandboxProvider
from idol.commerce.service import Shop
from idol.errors import Refused, Unavailable
from idol.model import Product, Viewer
from idol.store import Store, open_store
from idol.telemetry import configure_log, get_log

SKU = "hot"
LIMIT = 4
"""Pieces that one viewer may have."""
COUPON = Coupon("RUSH", "amount", 100, "CNY", 0.0, 1e12, uses=10**9, per_viewer=10**9)
"""Never refused: an answer that changes with time could not be asked for again."""
ELSEWHERE = "https://erp.example/orders"
"""Who is to hear of orders; nobody delivers, the words stay where they are."""
_BUYING = 8
"""Who confirms or pays at once in one process: their commits, one after the other and for
hundreds at a time, would take longer than a life."""
_STEPS = ("pay", "confirm", "cancel", "hold")
SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(slots=True)
class Buyer:
    """Where one buyer stands: request number, what comes next, and with which hold or order."""

    name: str
    turn: int = 0
    step: str = "hold"
    hold: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shop is."""

    database: str
    folder: Path
    stock: int
    seconds: float
    """For which a hold or an unpaid order lasts."""

    def open(self) -> tuple[Store, Shop, SandboxProvider]:
        """The ledger, a shop on it, and its payment provider."""
        store = open_store(self.database, self.folder)
        provider = SandboxProvider(secret=SECRET)
        log = get_log("crash")
        rules = Rules(hold_seconds=self.seconds, pay_seconds=self.seconds, webhooks=(ELSEWHERE,))
        shop = Shop(
            store, self._catalog(), provider, SystemClock(), lambda event: None, log, rules=rules
        )
        return store, shop, provider

    def _catalog(self) -> Catalog:
        file = self.folder / "products.csv"
        if not file.exists():
            file.write_text(
                f"link,product,sku,price,stock,limit\n1,lamp,{SKU},9.00,{self.stock},{LIMIT}\n",
                "utf-8",
            )
        return load(file, {"lamp": Product("lamp", {"zh": "灯", "en": "lamp"}, ())}, "CNY")


def live(place: Place, buyers: Sequence[Buyer], pipe: int, seed: int, last: bool) -> None:
    """Serve until killed; with `last`, until each buyer has heard one more answer."""
    configure_log("CRITICAL")
    asyncio.run(_live(place, buyers, pipe, random.Random(seed), last))


async def _live(
    place: Place, buyers: Sequence[Buyer], pipe: int, chance: random.Random, last: bool
) -> None:
    store, shop, provider = await opened(place)
    counter = _Counter(shop, provider, pipe, chance)
    # Who is about to pay comes first, or in so short a life nobody would get as far.
    eager = sorted(buyers, key=lambda buyer: _STEPS.index(buyer.step))
    async with asyncio.TaskGroup() as group:
        for number, buyer in enumerate(eager):
            group.create_task(counter.serve(buyer, once=last))
            if number % 250 == 249:  # the first are answered while the last still come in
                await asyncio.sleep(0)
    store.close()


async def opened(place: Place) -> tuple[Store, Shop, SandboxProvider]:
    """As a supervisor does it: while the database is away, the shop is started again."""
    for _ in range(600):
        try:
            return place.open()
        except Unavailable:
            await asyncio.sleep(0.1)
    return place.open()


class _Counter:
    """What buyers do at a shop, each answer told to the driver as one line."""

    def __init__(
        self, shop: Shop, provider: SandboxProvider, pipe: int, chance: random.Random
    ) -> None:
        self._shop, self._provider, self._pipe, self._chance = shop, provider, pipe, chance
        self._buying = asyncio.Semaphore(_BUYING)

    async def serve(self, buyer: Buyer, once: bool) -> None:
        while True:
            key, step = f"{buyer.turn}", buyer.step
            answer = await self._ask(buyer, key)
            self._tell(buyer, key, step, answer)
            if self._chance.random() < 0.1:  # as after a lost answer
                self._tell(buyer, key, step, await self._ask(buyer, key))
            advance(buyer, step, answer)
            if once:
                return

    async def _ask(self, buyer: Buyer, key: str) -> str:
        """Until there is an answer: "unavailable" is none, one asks again by the same key."""
        while True:
            try:
                return await self._ask_once(buyer, key)
            except Unavailable:
                await asyncio.sleep(0.1)

    async def _ask_once(self, buyer: Buyer, key: str) -> str:
        viewer = Viewer(buyer.name, buyer.name)
        try:
            match buyer.step:
                case "hold":
                    got = await self._shop.hold(viewer, 1, SKU, 1 + buyer.turn % 2, key)
                    return got.hold.id if isinstance(got, Held) else got.code
                case "cancel":
                    return (await self._shop.cancel(viewer, buyer.hold)).state
                case "confirm":
                    coupon = COUPON.code if buyer.turn % 2 else ""
                    async with self._buying:
                        return (await self._shop.confirm(viewer, buyer.hold, key, coupon)).id
                case _:
                    async with self._buying:
                        return await self._pay(viewer, buyer)
        except Refused as error:
            return error.code

    async def _pay(self, viewer: Viewer, buyer: Buyer) -> str:
        order = await self._shop.pay(viewer, buyer.order)
        if order.pay_url:
            word = self._provider.decide(order.pay_url.rsplit("/", 1)[-1], "succeed")
            for _ in range(2):  # providers do deliver twice
                await self._shop.webhook(word.headers, word.body)
        return (await self._shop.order(viewer, buyer.order)).state

    def _tell(self, buyer: Buyer, key: str, step: str, answer: str) -> None:
        line = json.dumps([buyer.name, key, step, answer]) + "\n"
        os.write(self._pipe, line.encode())  # shorter than PIPE_BUF: whole or not at all


def advance(buyer: Buyer, step: str, answer: str) -> None:
    """The next step, the same for the driver and the process, from the answer alone."""
    if step == "hold" and answer.startswith("h_"):
        buyer.hold = answer
        # Most give it back, some buy it, some let it run out: the item stays hot.
        buyer.step = ("cancel", "cancel", "confirm", "hold")[sum(answer.encode()) % 4]
    elif step == "confirm" and answer.startswith("o_"):
        # One in eight is never paid: its time runs out.
        buyer.order, buyer.step = answer, "pay" if sum(answer.encode()) % 8 else "hold"
    else:
        buyer.step = "hold"
    if buyer.step == "hold":
        buyer.turn += 1
