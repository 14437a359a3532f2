"""The back office of the live shop: its actions and lists, the adviser, factories, persons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from idol.commerce import demand, elsewhere, lots, office, persons, production
from idol.commerce.merchant import Merchant
from idol.commerce.office import Desk
from idol.commerce.office_actions import Action
from idol.commerce.outcomes import ShopEvent, StockChanged
from idol.errors import BadInput, Refused
from idol.model import Language
from idol.store import Tx

_PURGE_SECONDS = 86_400.0


class BackOffice(Merchant):
    """What an operator does besides directing the show. One transaction each."""

    currency = "CNY"
    _purged = 0.0
    _spot: tuple[int, int, frozenset[str]] = (0, -1, frozenset())
    """Of the last minute that was written down: listing, minute, and what was sold out."""
    _seen_events = -1

    async def office(self, action: Action, by: str) -> Any:
        """Carry out an action; returns what came of it as JSON can carry it.

        Raises `BadInput` and `Refused` naming what is wrong; then nothing is changed.
        """

        def work(tx: Tx) -> tuple[Any, list[ShopEvent]]:
            result, events = office.carry_out(tx, action, self._hand(by))
            return office.plain(result), events

        result = await self._write(work)
        self._watch(self._clock.now())  # a calendar or a lateness may have changed
        await self._send_outbox()
        return result

    async def books(self) -> dict[str, Any]:
        """Every list of the back office."""
        return self._store.read(lambda tx: office.snapshot(tx, self._hand("")))

    async def advise(
        self, sku: str, cost: str, salvage: str, supplier: str, more: int, language: Language
    ) -> demand.Proposal:
        """How large a lot to order, why, and its plot. Raises `BadInput`, `Refused`."""
        now = self._clock.now()
        return self._store.read(
            lambda tx: demand.propose(
                tx, sku, cost, salvage, supplier, more, self.currency, now, language
            )
        )

    async def production_csv(self) -> str:
        """All production orders as CSV for the factory's spreadsheet."""
        return self._store.read(lambda tx: production.to_csv(production.every(tx)))

    async def factory(self, headers: Mapping[str, str], body: bytes, secret: str) -> None:
        """A factory's signed answer to a production order, once per message.

        Raises `Refused`: bad_signature, wrong_sequence, ...; `BadInput`.
        """
        try:
            word = Webhook(secret).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError) as error:
            raise Refused("bad_signature", str(error)) from None
        if not isinstance(word, dict):
            word = json.loads(body)
        now, message = self._clock.now(), headers.get("webhook-id", "")

        def work(tx: Tx) -> tuple[bool, list[ShopEvent]]:
            item, later = production.heard(tx, word, message, now)
            return later, [StockChanged(lots.get(tx, item.lot).listing)]

        if await self._write(work):
            self._log.warning("a factory names a later date: announce the delay", message=message)

    async def on_air(self, listing: int | None, viewers: int) -> None:
        """Call every second or so: writes down each minute of a listing for the adviser, and
        lets go of what its three years are over for."""
        now = self._clock.now()
        if listing is not None:
            shown = self.quote(listing).variants
            out = frozenset(v.sku for v in shown if v.on_hand + v.presale < 1)
            spot = (listing, int(now // 60), out)
            if spot != self._spot:
                self._spot = spot
                await self._store.submit(lambda tx: demand.record(tx, listing, viewers, now))
        if now - self._purged >= _PURGE_SECONDS:
            self._purged = now
            gone = await self._store.submit(lambda tx: persons.purge(tx, now))
            if gone:
                self._log.info("records older than three years let go", rows=gone)

    async def follow(self) -> None:
        """Call every second or so: tells of what another process (`idol shop`) has changed."""
        row = self._store.read(lambda tx: tx.one("SELECT coalesce(max(id), 0) AS n FROM events"))
        newest = int(row["n"]) if row else 0
        before, self._seen_events = self._seen_events, newest
        if before in (-1, newest):
            return
        known = {number: quote for number, (_, quote) in self._quotes.items()}
        self._quotes.clear()
        for number, quote in known.items():
            if self.quote(number) != quote:
                self._announce([StockChanged(number)])
        self._announce(self._store.read(lambda tx: elsewhere.heard(tx, before)))

    def _hand(self, by: str) -> Desk:
        return Desk(by, self._clock.now(), self.rules, self.currency)


def parse_json(body: bytes) -> Any:
    """Raises `BadInput` for what is not JSON."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadInput(f"not JSON: {error}") from None
