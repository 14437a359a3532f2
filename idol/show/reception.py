"""Receives the chat: first the shop hears it, then it may be answered. And tells of sales.

Chat is data. A purchase is committed before anybody is told; what the viewer alone should
know goes to that viewer's pages, what everybody may see is broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from idol.clock import Clock
from idol.commerce import outcomes as o
from idol.commerce.coupons import Coupon
from idol.commerce.packets import Packet
from idol.model import ChatMessage, Cue, Language, Listing, Quote, Viewer
from idol.ports import Audience
from idol.show import perks, views
from idol.show.courtesy import Courtesies
from idol.show.director import Courtesy, Waiting
from idol.show.stage import Stage
from idol.telemetry import Log

ALOUD_EVERY_S = 10.0
"""At most so often she asks somebody back aloud who has no page of ours to read it on."""
SAID_WINNERS = 3
"""Winners that are named aloud."""
WELCOME_EVERY_S = 20.0
"""At most one welcome in this time: greeting must not become the show."""


class Shop(Protocol):
    """What reception asks of the shop."""

    def quote(self, listing: int) -> Quote: ...

    async def hear(self, message: ChatMessage, floor: o.Floor) -> o.Outcome: ...

    def packet(self, packet: str) -> Packet: ...

    def offers(self) -> list[Coupon]: ...


class Attention(Protocol):
    def offer(self, message: ChatMessage, intent_kind: str) -> Any: ...


class Reception:
    """Between the audience and the show."""

    def __init__(
        self,
        *,
        stage: Stage,
        shop: Shop,
        attention: Attention,
        audience: Audience,
        listings: Mapping[int, Listing],
        language_of: Callable[[str, Language], Language],
        spoken_name: Callable[[str], str],
        cue: Callable[[Cue], Any],
        clock: Clock,
        log: Log,
        expect: Callable[[str, Language], None] = lambda name, language: None,
        wrote: Callable[[ChatMessage], None] = lambda message: None,
    ) -> None:
        """`spoken_name` gives a name that may be said aloud, or empty. `expect(name, language)`
        is told of somebody whom she may soon address; `wrote` keeps each message for the
        report."""
        self._stage, self._shop, self._attention = stage, shop, attention
        self._audience, self._listings, self._clock, self._log = audience, listings, clock, log
        self._expect = expect
        self._language_of, self._spoken_name, self._cue = language_of, spoken_name, cue
        self._wrote = wrote
        self._courtesies = Courtesies()
        self._welcomed_at = -WELCOME_EVERY_S
        self._aloud_at = -ALOUD_EVERY_S
        self._welcomed: set[str] = set()
        self._languages: dict[str, Language] = {}
        self._names: dict[str, str] = {}
        self._packets: set[tuple[str, str]] = set()
        self._sold_out: set[int] = set()
        self._hearing: dict[str, list[o.Hold]] = {}
        """What was held for each viewer whom the shop is hearing: said once, when it has heard."""

    async def chat(self, message: ChatMessage) -> None:
        """Take one message: show it, let the shop hear it, let her answer it."""
        language = self._language_of(message.text, message.language)
        self._languages[message.viewer.id] = language
        self._audience.broadcast(
            {
                "type": "chat",
                "id": message.id,
                "kind": "viewer",
                "name": message.viewer.name,
                "viewer": message.viewer.id,
                "text": message.text,
                "at": message.at,
                "reply_to": "",
            }
        )
        self._wrote(message)
        heard = ChatMessage(message.id, message.viewer, message.text, message.at, language)
        held = self._hearing.setdefault(message.viewer.id, [])
        try:
            outcome = await self._shop.hear(heard, self.floor())
        finally:
            self._hearing.pop(message.viewer.id, None)
            self._say_held(held)
        self._tell_outcome(message.viewer, outcome)
        if message.viewer.platform != "web" and isinstance(outcome, o.Asked | o.Refusal | o.Queued):
            self._aloud(message.viewer, outcome.text, language)
        if isinstance(outcome, o.NotOrder):
            self._attention.offer(heard, outcome.kind)
            self._stage.post(Waiting())

    def floor(self) -> o.Floor:
        """What "this one" and a bare "1" mean now."""
        segment, current = self._stage.segment, self._stage.current
        utterance = self._stage.utterance
        return o.Floor(
            open_call=current if segment and segment.call else None,
            current=current,
            call=segment.call if segment and segment.call else "1",
            segment=segment.id if segment else "",
            utterance=utterance.id if utterance else "",
            licence=segment.grant_id if segment else "",
        )

    def joined(self, viewer: Viewer, language: Language) -> None:
        """Somebody with a name of their own opened the page: greet them now and then."""
        self._languages.setdefault(viewer.id, language)
        self._names[viewer.id] = viewer.name
        now = self._clock.monotonic()
        name = self._spoken_name(viewer.name)
        if name:
            self._expect(viewer.name, language)
        if viewer.id in self._welcomed or not name or now - self._welcomed_at < WELCOME_EVERY_S:
            return
        self._welcomed.add(viewer.id)
        self._welcomed_at = now
        text = self._courtesies.line("welcome", language, name=name)
        self._stage.post(Courtesy(text, language, name))

    def reads(self, viewer: Viewer, language: Language) -> None:
        """The language of a viewer's page: what they are told until they write another."""
        self._languages[viewer.id] = language
        self._names[viewer.id] = viewer.name

    def _tell_outcome(self, viewer: Viewer, outcome: o.Outcome) -> None:
        match outcome:
            case o.Held():
                self._notice(viewer, "info", "held", outcome.text)
            case o.Asked():
                self._audience.tell(viewer.id, {"type": "ask", **views.ask(outcome)})
            case o.Refusal():
                self._notice(viewer, "warn", outcome.code, outcome.text)
            case o.Cancelled():
                self._notice(viewer, "info", "cancelled", outcome.text)
            case o.Queued():
                self._notice(viewer, "info", "queued", outcome.text)

    def _aloud(self, viewer: Viewer, text: str, language: Language) -> None:
        """Say to somebody of another platform what a page of ours would show."""
        now = self._clock.monotonic()
        if now - self._aloud_at < ALOUD_EVERY_S:
            return
        self._aloud_at = now
        name = self._spoken_name(viewer.name)
        said = (f"{name}，{text}" if language == "zh" else f"{name}, {text}") if name else text
        self._stage.post(Courtesy(said, language, name, given=(said,)))

    def _notice(self, viewer: Viewer, level: str, code: str, text: str) -> None:
        event = {"type": "notice", "level": level, "code": code, "text": text}
        self._audience.tell(viewer.id, event)

    # ---- what the shop committed

    def shop_event(self, event: o.ShopEvent) -> None:
        """Called by the shop after each commit."""
        match event:
            case o.StockChanged(listing) | o.PriceChanged(listing):
                self._listing_changed(listing)
            case o.HoldMade(hold):
                self._stage.picture.awaits(hold.id, True)
                self._tell_hold(hold)
                if hold.source == "chat":
                    heard = self._hearing.get(hold.viewer.id)
                    self._say_held([hold]) if heard is None else heard.append(hold)
            case o.HoldEnded(hold, why):
                self._stage.picture.awaits(hold.id, False)
                self._tell_hold(hold, why)
                if why == "lapsed":
                    self._tell_lapsed(hold)
            case o.OrderPaid(order):
                self._stage.picture.awaits(order.id, False)
                self._tell_order(order)
                self._thank(order)
            case o.PaymentFailed(order):
                self._stage.picture.awaits(order.id, False)
                self._tell_order(order)
                text = {
                    "zh": "付款没有成功，可以再试一次。",
                    "en": "The payment failed. Try again.",
                }
                self._notice(
                    order.viewer, "warn", "payment_failed", text[self._language(order.viewer)]
                )
            case o.OrderPlaced(order):
                self._stage.picture.awaits(order.id, True)
                self._tell_order(order)
            case o.OrderEnded(order):
                self._stage.picture.awaits(order.id, False)
                self._tell_order(order)
            case o.OrderChanged(order):
                self._audience.tell(order.viewer.id, {"type": "order", **views.order(order)})
            case o.PacketChanged(packet, winners):
                self._packet_changed(packet, winners)
            case o.OffersChanged():
                offers = [perks.coupon(item) for item in self._shop.offers()]
                self._audience.broadcast({"type": "offers", "coupons": offers})

    def _packet_changed(self, id: str, winners: tuple[tuple[str, str], ...]) -> None:
        item = self._shop.packet(id)
        self._audience.broadcast({"type": "packet", **perks.packet(item)})
        for who, code in winners:
            self._audience.tell(who, {"type": "prize", "packet": id, "coupon": code})
        if (id, item.state) in self._packets:
            return
        self._packets.add((id, item.state))
        names = [self._names.get(who, "") for who, _ in winners]
        texts = perks.opened(item) if item.state == "open" else perks.drawn(item, names)
        self._audience.broadcast(
            {
                "type": "chat",
                "id": f"{id}-{item.state}",
                "kind": "system",
                "name": "",
                "text": texts[self._stage.show.language],
                "texts": texts,
                "at": self._clock.now(),
                "reply_to": "",
            }
        )
        self._say_packet(item, names)

    def _say_packet(self, item: Packet, names: list[str]) -> None:
        """Of a packet that has opened or was drawn; only names that can be said are."""
        language = self._stage.show.language
        called = item.title[language]
        said = [name for name in map(self._spoken_name, names) if name][:SAID_WINNERS]
        if item.state == "open":
            kind = "packet_open"
        else:
            kind = "packet_drawn" if names else "packet_nobody"
        who = perks.people(said, len(names), language)
        text = self._courtesies.line(kind, language, name=who, item=called)
        # The ledger has committed it: title and winners are its own.
        self._stage.post(Courtesy(text, language, urgent=True, given=(text,)))

    def _tell_lapsed(self, hold: o.Hold) -> None:
        """What waited for somebody who did not come goes to the next, but not without a word."""
        language = self._language(hold.viewer)
        item = views.pieces(hold, language)
        text = {
            "zh": f"给你留的{item}过了时间，已经让给后面的人。还想要的话可以再排队。",
            "en": f"The time for {item} that we held for you is over, and it went to the next in"
            " line. You can queue again.",
        }[language]
        self._notice(hold.viewer, "warn", "offer_lapsed", text)
        if hold.viewer.platform != "web":
            self._aloud(hold.viewer, text, language)

    def _language(self, viewer: Viewer) -> Language:
        return self._languages.get(viewer.id, self._stage.show.language)

    def _tell_hold(self, hold: o.Hold, why: str = "") -> None:
        self._audience.tell(hold.viewer.id, {"type": "hold", **views.hold(hold, why)})

    def _tell_order(self, order: o.Order) -> None:
        self._audience.tell(order.viewer.id, {"type": "order", **views.order(order)})
        view = {"viewer": order.viewer.name, **views.order(order)}
        self._audience.tell_operators({"type": "sale", **view})

    def _say_held(self, held: list[o.Hold]) -> None:
        """One sentence for all that one message took; `held` is one viewer's, and is emptied."""
        if not held:
            return
        viewer = held[0].viewer
        language = self._language(viewer)
        name = self._spoken_name(viewer.name)
        item = views.several([views.pieces(hold, language) for hold in held], language)
        held.clear()
        text = self._courtesies.line("held", language, name=name, item=item)
        # The holds are committed: every word of this is vouched for by the ledger.
        self._stage.post(Courtesy(text, language, name, urgent=True, given=(text,)))

    def _thank(self, order: o.Order) -> None:
        language = self._language(order.viewer)
        name = self._spoken_name(order.viewer.name)
        line = order.lines[0]
        item = line.title.get(language) or next(iter(line.title.values()))
        text = self._courtesies.line("thanks", language, name=name, item=item)
        self._stage.post(Courtesy(text, language, name, urgent=True, given=(text,)))
        self._stage.picture.celebrate(order.viewer.name)
        self._audience.broadcast({"type": "thanks", "name": order.viewer.name})

    def _listing_changed(self, number: int) -> None:
        item, quote = self._listings[number], self._shop.quote(number)
        self._audience.broadcast({"type": "listing", **views.listing(item, quote)})
        self._stage.picture.refresh()
        gone = quote.left == 0 and quote.presale_left == 0
        if gone and number not in self._sold_out:
            self._sold_out.add(number)
            if self._stage.card == number:
                self._cue(Cue("sold_out", 0, str(number)))
            language = self._stage.show.language
            name = views.title(item, language)
            self._stage.post(
                Courtesy(self._courtesies.line("sold_out", language, item=name), language)
            )
        elif not gone:
            self._sold_out.discard(number)
