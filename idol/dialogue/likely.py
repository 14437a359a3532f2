"""What will probably be asked about a listing, in the very words of her answers. Pure.

The voice renders these when it has nothing to do, so that the answer is there when it is asked.
Stock is not among them: its number is another by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from idol.dialogue.answers import Question, answer
from idol.dialogue.knowledge import text_of
from idol.dialogue.phrases import Phrases
from idol.model import Language, Listing, Quote

ASKED = (
    "price", "size", "colour", "material", "shipping", "limit", "discount", "presale", "returns",
    "care", "weight", "dimensions", "about", "recommend", "origin", "warranty", "abroad",
    "how_to_buy",
)  # fmt: skip
"""Intents of the router that a listing and the ledger answer, the most usual first."""


def answers(
    listing: Listing, quote: Quote | None, language: Language, phrases: Phrases
) -> Iterator[str]:
    """Texts without the viewer's name, with the ledger's placeholders standing in them."""
    for intent in ASKED:
        found = answer(Question("", language, intent, listing, quote, {listing.number: listing}))
        if found.slot != "absent":
            yield from phrases.every(found.slot, language, found.known)
    for row in listing.product.sizes:
        yield from phrases.every("size_fit", language, {"size": row.size})
    for entry in listing.product.faq:
        yield from phrases.every("faq", language, {"fact": text_of(entry.say, language)})
