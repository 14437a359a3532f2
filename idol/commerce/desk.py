"""The seller's manner: what to ask, offer or regret, in the viewer's language. No writing here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from idol.commerce import catalog, texts
from idol.commerce.answers import Answer
from idol.commerce.intent import Intent
from idol.commerce.intent_wants import Want
from idol.commerce.outcomes import Asked, Cancelled, Held, Hold, Option, Refusal
from idol.errors import Refused
from idol.model import ChatMessage, Language, Listing, Quote, Variant

Quotes = Callable[[int], Quote]


class Desk:
    """Words an answer from the listings and the ledger's quotes."""

    def __init__(self, listings: Mapping[int, Listing], quote: Quotes, hold_seconds: float) -> None:
        self._listings, self._quote, self._seconds = listings, quote, hold_seconds
        self._sold_out: dict[tuple[str, Language], tuple[Quote, Refusal]] = {}

    def question(self, message: ChatMessage, intent: Intent) -> Asked | Refusal | None:
        """What must be cleared up before anything is held; None if nothing."""
        language = message.language
        for want in intent.wants:
            if want.listing is None:
                return self._which_listing(message, want, language)
            item = self._listings.get(want.listing)
            if item is None:
                offered = texts.links(self._listings.values(), language)
                text = texts.say("unknown_listing", language, number=want.listing, options=offered)
                return Refusal("unknown_listing", text, want.listing)
            if want.skus == () or len(want.skus) > 1 or not intent.sure or want.vague:
                return self._which_variant(message, item, want, intent.sure, language)
        return None

    def word(self, answer: Answer, language: Language) -> Held | Refusal | Cancelled:
        """What the ledger did, in words."""
        if answer.cancelled:
            items = texts.join((texts.pieces(hold, language) for hold in answer.holds), language)
            return Cancelled(answer.holds, texts.say("cancelled", language, items=items))
        if not answer.holds:
            return self.refusal(answer.code, answer.detail, answer.sku, language)
        parts = [
            texts.held(hold, n, self._seconds, language)
            for hold, n in zip(answer.holds, answer.asked, strict=True)
        ]
        first, *rest = answer.holds
        return Held(first, answer.asked[0], " ".join(parts), tuple(rest))

    def refusal(self, code: str, detail: str, sku: str, language: Language) -> Refusal:
        """Why nothing could be held, and what could be instead."""
        item, variant = self._find(sku)
        name = texts.title(item, language)
        text = texts.say("unknown_variant", language)
        if code == "sold_out" and item and variant:
            return self._gone(item, variant, language)
        if code == "limit":
            text = texts.say("limit", language, title=name, limit=detail)
        elif code == "closed":
            text = texts.say("closed", language, title=name)
        return Refusal(code, text, item.number if item else None)

    def _gone(self, item: Listing, variant: Variant, language: Language) -> Refusal:
        """That a variant is sold out. In a rush hundreds hear the same until the stock changes."""
        quote = self._quote(item.number)
        known = self._sold_out.get((variant.sku, language))
        if known and known[0] is quote:
            return known[1]
        name = texts.title(item, language)
        text = texts.say(
            "sold_out",
            language,
            item=texts.named(name, texts.both(catalog.label(variant), language), language),
            others=self._others(item, variant.sku, language),
        )
        told = Refusal("sold_out", text, item.number)
        self._sold_out[variant.sku, language] = quote, told
        return told

    def kept(self, error: Refused, hold: Hold, sku: str, language: Language) -> Refusal:
        """Why a hold was not changed, and that it still stands."""
        why = self.refusal(error.code, str(error), sku, language).text
        if error.code == "price_moved":
            why = texts.say("price_moved", language)
        stays = texts.say(
            "stays", language, item=texts.pieces(hold, language), quantity=hold.quantity
        )
        return Refusal(error.code, f"{why} {stays}".strip(), hold.listing)

    def _which_listing(self, message: ChatMessage, want: Want, language: Language) -> Asked:
        text = texts.say(
            "ask_listing", language, options=texts.links(self._listings.values(), language)
        )
        return Asked(message.id, None, want.quantity, (), text, tuple(self._listings))

    def _which_variant(
        self, message: ChatMessage, item: Listing, want: Want, sure: bool, language: Language
    ) -> Asked | Refusal:
        quote = self._quote(item.number)
        every = tuple(variant.sku for variant in item.product.variants)
        options = tuple(
            Option(variant.sku, catalog.label(variant), line.on_hand + line.presale)
            for variant in item.product.variants
            if variant.sku in (want.skus or every) and (line := quote.variant(variant.sku))
        )
        name = texts.title(item, language)
        if not any(option.left for option in options):
            others = self._others(item, "", language)
            text = texts.say("sold_out", language, item=name, others=others)
            return Refusal("sold_out", text, item.number)
        key = "ask_missing" if not want.skus else "ask_variant" if sure else "ask_sure"
        offered = texts.options(options, name, language)
        text = texts.say(key, language, title=name, quantity=want.quantity, options=offered)
        return Asked(message.id, item.number, want.quantity, options, text)

    def _others(self, item: Listing, sku: str, language: Language) -> str:
        quote = self._quote(item.number)
        options = [
            Option(variant.sku, catalog.label(variant), line.on_hand + line.presale)
            for variant in item.product.variants
            if variant.sku != sku and (line := quote.variant(variant.sku))
        ]
        offered = texts.options(options, texts.title(item, language), language)
        return texts.say("others", language, options=offered) if offered else ""

    def name(self, sku: str, language: Language) -> str:
        """What a variant is called; the sku itself if it is not in this show."""
        item, variant = self._find(sku)
        if item is None or variant is None:
            return sku
        label = texts.both(catalog.label(variant), language)
        return texts.named(texts.title(item, language), label, language)

    def _find(self, sku: str) -> tuple[Listing | None, Variant | None]:
        for item in self._listings.values():
            for variant in item.product.variants:
                if variant.sku == sku:
                    return item, variant
        return None, None
