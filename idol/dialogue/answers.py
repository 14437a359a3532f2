"""From a question to what is true: which slot to speak, with which values. Pure.

Numbers stay placeholders wherever the ledger knows them; facts are quoted as the seller wrote
them; what is not on the sheet is answered as not on the sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from idol.dialogue.asked import slots
from idol.dialogue.claims import lexicon
from idol.dialogue.knowledge import (
    body,
    join,
    money,
    pieces_asked,
    sizes_for,
    text_of,
    total,
    variant_quotes,
)
from idol.dialogue.listings import named
from idol.model import Language, Listing, Product, Quote

LEDGER_INTENTS = frozenset(("price", "total", "stock", "sold", "limit", "presale", "discount"))
"""Answered from the ledger; a seller's own FAQ does not stand in for it."""
SOCIAL = frozenset(
    ("greet", "praise", "thanks", "bye", "who", "are_you_ai", "complaint", "service", "payment",
     "injection")
)  # fmt: skip
"""Answered by a line of the same name, whatever is on show."""
_NAMABLE = frozenset(
    ("absent", "offtopic", "size", "material", "dimensions", "about", "warranty", "weight", "care")
)
"""Intents whose question may name a fact outright."""
_FACT_SLOTS: Mapping[str, tuple[str, ...]] = {
    "shipping": ("shipping",),
    "abroad": ("abroad",),
    "returns": ("returns", "return"),
    "warranty": ("warranty",),
    "material": ("material", "fabric", "ingredients"),
    "weight": ("weight",),
    "dimensions": ("dimensions", "capacity", "size", "length"),
    "care": ("care",),
    "origin": ("origin", "brand"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One message with everything that its answer may depend on."""

    text: str
    language: Language
    intent: str
    listing: Listing | None
    quote: Quote | None
    listings: Mapping[int, Listing]
    faq: str = ""
    """The product's own answer, when one of its own questions was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A slot of `data/lines.yaml`, the values it needs, and the listing its numbers are of."""

    slot: str
    known: Mapping[str, str] = field(default_factory=dict)
    listing: int | None = None


def answer(q: Question) -> Answer:
    """What to say. Never guesses: without a fact the answer is `absent`."""
    if q.intent in SOCIAL:
        return Answer(q.intent)
    if q.intent == "catalogue":
        titles = (text_of(x.product.title, q.language) for x in list(q.listings.values())[:8])
        return Answer("catalogue", {"titles": join(titles, q.language)})
    if q.intent == "compare":
        return _compare(q)
    if q.listing is None:
        return Answer("how_to_buy_open" if q.intent in ("how_to_buy", "order") else "which")
    if q.intent in ("how_to_buy", "order"):
        return Answer("how_to_buy", {}, q.listing.number)
    if q.faq and q.intent not in LEDGER_INTENTS:
        return Answer("faq", {"fact": q.faq}, q.listing.number)
    if q.quote is not None and q.quote.variants and q.intent in LEDGER_INTENTS:
        return _from_ledger(q, q.listing, q.quote)
    return _from_facts(q, q.listing)


# ---- the ledger


def _from_ledger(q: Question, listing: Listing, quote: Quote) -> Answer:
    number = listing.number
    match q.intent:
        case "total":
            return _total(q, listing, quote)
        case "price":
            return _price(q, listing, quote)
        case "stock":
            return _stock(q, listing, quote)
        case "sold":
            return Answer("sold" if quote.sold else "sold_none", {}, number)
        case "limit":
            return Answer("limit" if listing.limit else "limit_none", {}, number)
        case "presale" if quote.presale_left and quote.ships_by:
            return Answer("stock_presale", {}, number)
        case "presale":
            if quote.left:
                return Answer("presale_none", {}, number)
            return Answer(
                "sold_out", {"variant": text_of(listing.product.title, q.language)}, number
            )
        case _:
            was = quote.was is not None and quote.was > quote.price
            return Answer("discount_was" if was else "discount_none", {}, number)


def _total(q: Question, listing: Listing, quote: Quote) -> Answer:
    pieces = pieces_asked(q.text) or 1
    if pieces > 999:
        return Answer("price", {}, listing.number)
    chosen = Quote(quote.listing, tuple(variant_quotes(quote, listing, q.text)))
    amount = total(chosen, pieces)
    if amount is None:
        return Answer("total_open", {}, listing.number)
    known = {"pieces": str(pieces), "total": money(amount, q.language)}
    return Answer("total", known, listing.number)


def _price(q: Question, listing: Listing, quote: Quote) -> Answer:
    chosen = variant_quotes(quote, listing, q.text)
    prices = {v.price for v in chosen}
    if len(prices) == 1 and prices == {quote.price}:
        was = quote.was is not None and quote.was > quote.price
        return Answer("price_was" if was else "price", {}, listing.number)
    parts: dict[str, None] = {}
    for v in chosen[:12]:
        label = variant_label(listing.product, v.sku, q.language)
        at = " " if q.language == "zh" else " at "
        parts[f"{label}{at if label else ''}{money(v.price, q.language)}"] = None
    comma = "，" if q.language == "zh" else ", "
    return Answer("price_variants", {"prices": comma.join(parts)}, listing.number)


def _stock(q: Question, listing: Listing, quote: Quote) -> Answer:
    chosen = variant_quotes(quote, listing, q.text)
    left = sum(v.on_hand for v in chosen)
    some = len(chosen) < len(quote.variants)
    title = text_of(listing.product.title, q.language)
    label = _named_label(q, listing) if some else title
    if left:
        known = {"left": str(left), "variant": label}
        return Answer("stock_variant" if some else "stock", known, listing.number)
    if sum(v.presale for v in chosen) and any(v.ships_by for v in chosen):
        return Answer("stock_presale", {}, listing.number)
    return Answer("sold_out", {"variant": label}, listing.number)


def _named_label(q: Question, listing: Listing) -> str:
    """The part of a variant that the viewer named: a colour, a size, or both."""
    quote = q.quote
    if quote is None:
        return ""
    skus = {v.sku for v in variant_quotes(quote, listing, q.text)}
    variants = [v for v in listing.product.variants if v.sku in skus]
    colours = {text_of(v.colour, q.language) for v in variants}
    sizes = {v.size for v in variants}
    parts = [next(iter(s)) for s in (colours, sizes) if len(s) == 1]
    label = (" " if q.language == "en" else "").join(p for p in parts if p)
    return label or text_of(listing.product.title, q.language)


def variant_label(product: Product, sku: str, language: Language) -> str:
    """黑色L, black L; empty where the product has neither colours nor sizes."""
    for v in product.variants:
        if v.sku == sku:
            parts = [text_of(v.colour, language), v.size]
            return (" " if language == "en" else "").join(p for p in parts if p)
    return ""


# ---- the facts


def _from_facts(q: Question, listing: Listing) -> Answer:
    product, number = listing.product, listing.number
    if q.intent in _NAMABLE and not any(body(q.text)):
        for slot in slots(q.text):
            if slot in product.facts:
                fact = _clause(text_of(product.facts[slot], q.language))
                return Answer("fact", {"fact": fact}, number)
    if q.intent == "size":
        return _size(q, listing)
    if q.intent == "colour":
        colours = [text_of(v.colour, q.language) for v in product.variants]
        if any(colours):
            slot = "colour" if _has_colour(q, product) else "colour_missing"
            return Answer(slot, {"colours": join(colours, q.language)}, number)
    if q.intent in ("about", "recommend"):
        fact = _first_fact(product, q.language)
        if not fact:
            return Answer("about_bare", {}, number)
        return Answer(q.intent, {"fact": fact}, number)
    dated = q.quote is not None and q.quote.ships_by is not None
    if q.intent == "shipping" and dated and not _fact(product, "shipping", q.language):
        return Answer("shipping_date", {}, number)
    if fact := _claimed(q, product) or _fact(product, q.intent, q.language):
        return Answer("fact", {"fact": fact}, number)
    return Answer("absent", {}, number)


def _has_colour(q: Question, product: Product) -> bool:
    """Whether it comes in the colour asked for; true too if none was named."""
    asked = {c.name for c in lexicon().claims(q.text) if c.name.startswith("c_")}
    words = " ".join(text for v in product.variants for text in v.colour.values())
    return not asked or bool(asked & {c.name for c in lexicon().claims(words)})


def _fact(product: Product, intent: str, language: Language) -> str:
    for slot in _FACT_SLOTS.get(intent, (intent,)):
        if slot in product.facts:
            return _clause(text_of(product.facts[slot], language))
    return ""


def _claimed(q: Question, product: Product) -> str:
    """The fact that speaks of what was asked: 防水吗 finds the clause about waterproofness,
    in whichever language it was asked."""
    asked = {c.name for c in lexicon().claims(q.text) if not c.name.startswith("c_")}
    if not asked:
        return ""
    answers = [*product.facts.values(), *(f.say for f in product.faq)]
    for texts in answers:
        if asked & {c.name for t in texts.values() for c in lexicon().claims(t)}:
            return _clause(text_of(texts, q.language))
    return ""


def _first_fact(product: Product, language: Language) -> str:
    for slot in ("highlight", "feature", "material", *product.facts):
        if slot in product.facts:
            return _clause(text_of(product.facts[slot], language))
    return ""


def _clause(text: str) -> str:
    return text.strip().rstrip("。.!！,，;；")


def _size(q: Question, listing: Listing) -> Answer:
    product, number = listing.product, listing.number
    weight, height = body(q.text)
    if product.sizes and (weight or height):
        rows = sizes_for(product, weight, height)
        if not rows:
            return Answer("size_none", {}, number)
        if len(rows) == 1:
            return Answer("size_fit", {"size": rows[0].size}, number)
        return Answer("size_between", {"size": join((r.size for r in rows), q.language)}, number)
    if product.sizes:
        return Answer("size_chart", {"chart": _chart(product, q.language)}, number)
    sizes = join((v.size for v in product.variants), q.language)
    if sizes:
        return Answer("size_list", {"sizes": sizes}, number)
    fact = _fact(product, "dimensions", q.language)
    return Answer("fact", {"fact": fact}, number) if fact else Answer("absent", {}, number)


def _chart(product: Product, language: Language) -> str:
    parts = []
    for row in product.sizes[:6]:
        low, high = row.kg or row.cm or (0, 0)
        if language == "zh":
            unit = "公斤" if row.kg else "厘米"
            parts.append(f"{row.size}码{low:g}到{high:g}{unit}")
        else:
            unit = "kg" if row.kg else "cm"
            parts.append(f"{row.size} fits {low:g} to {high:g} {unit}")
    return ("，" if language == "zh" else ", ").join(parts)


def _compare(q: Question) -> Answer:
    pair = [q.listings[n] for n in named(q.text, q.listings)[:2]]
    if len(pair) == 1 and q.listing is not None and q.listing.number != pair[0].number:
        pair.insert(0, q.listing)
    if len(pair) < 2:
        return Answer("compare_open")
    known: dict[str, str] = {}
    for key, listing in zip("ab", pair, strict=True):
        fact = _first_fact(listing.product, q.language)
        if not fact:
            return Answer("compare_open")
        number = listing.number
        known[key] = f"{number}号链接" if q.language == "zh" else f"link {number}"
        known[f"fact_{key}"] = fact
    return Answer("compare", known, pair[0].number)
