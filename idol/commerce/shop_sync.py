"""Stock that an outside shop knows of too: each number has one owner, the other side follows it.

Of an item that the shop owns, the ledger may promise what the shop has, less what is held here
and not paid there yet. Of an item that we own, the shop is told what is still free here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from idol.clock import Clock
from idol.commerce.service import Shop
from idol.errors import IdolError
from idol.ports import ShopAdapter
from idol.store import Store, Tx
from idol.telemetry import Log

EVERY_S = 30.0


class StockSync:
    """`step` as often as you like; it does its round every 30 s and tells changes at once."""

    def __init__(self, adapter: ShopAdapter, shop: Shop, store: Store, log: Log) -> None:
        self._adapter, self._shop, self._store, self._log = adapter, shop, store, log
        self._told: dict[str, int] = {}
        self._next = 0.0

    async def step(self, now: float) -> None:
        """Follow what the shop owns, tell what we own. A shop that is away is tried again."""
        items = self._adapter.items
        try:
            if now >= self._next:
                self._next = now + EVERY_S
                theirs = [sku for sku, item in items.items() if item.owner == "shop"]
                if theirs:
                    await self.follow(await self._adapter.stock(theirs))
            for sku in (sku for sku, item in items.items() if item.owner == "idol"):
                free = self._store.read(partial(_on_hand, sku=sku))
                if self._told.get(sku) != free:
                    await self._adapter.set_stock(sku, free)
                    self._told[sku] = free
        except IdolError as error:
            self._log.warning("the outside shop's stock is not in step", why=str(error))

    async def run(self, clock: Clock) -> None:
        """For ever; a round that fails is made again."""
        while True:
            await self.step(clock.now())
            await clock.sleep(1.0)

    async def follow(self, available: Mapping[str, int]) -> None:
        """The shop's own numbers, by our sku."""
        for sku, count in available.items():
            item = self._adapter.items.get(sku)
            if item is None or item.owner != "shop":
                continue
            unpaid = self._store.read(partial(_unpaid, sku=sku))
            free = max(0, count - unpaid)
            if free != self._store.read(partial(_on_hand, sku=sku)):
                await self._shop.set_stock(sku, free, by=self._adapter.name)

    async def heard(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook that was about no payment: perhaps about stock."""
        word = self._adapter.parse_stock(headers, body)
        if word is not None:
            skus = {item.external: sku for sku, item in self._adapter.items.items()}
            known = {skus[ext]: n for ext, n in word.available.items() if ext in skus}
            await self.follow(known)


def _on_hand(tx: Tx, sku: str) -> int:
    row = tx.one(
        "SELECT coalesce(sum(capacity - reserved), 0) AS n FROM supply"
        " WHERE sku = :sku AND kind = 'on_hand' AND state = 'open'",
        sku=sku,
    )
    return int(row["n"]) if row else 0


def _unpaid(tx: Tx, sku: str) -> int:
    row = tx.one(
        "SELECT coalesce(sum(p.quantity), 0) AS n FROM hold_parts p JOIN holds h ON h.id = p.hold"
        " JOIN supply s ON s.id = p.supply WHERE h.sku = :sku AND s.kind = 'on_hand'"
        " AND h.state IN ('live', 'confirmed')",
        sku=sku,
    )
    return int(row["n"]) if row else 0
