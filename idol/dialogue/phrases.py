"""Her ready-made lines: several ways to say each thing, never the same one twice in a row."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from idol.dialogue.data import read
from idol.model import Language, Line, Source


class Phrases:
    """Picks variants from `data/lines.yaml`, reproducibly from a seed."""

    def __init__(self, seed: int, lines: Mapping[str, Any] | None = None) -> None:
        self._lines: Mapping[str, Any] = lines or read("lines.yaml")
        self._random = random.Random(seed)
        self._decks: dict[tuple[str, Language], list[str]] = {}
        self._last: dict[tuple[str, Language], str] = {}

    def pick(self, slot: str, language: Language, known: Mapping[str, str]) -> str:
        """The next variant of a slot whose placeholders all have values; empty if none has.

        Ledger placeholders that the guard will fill may stay; see `LEDGER`.
        """
        key = (slot, language)
        variants: list[str] = self._lines[slot][language]
        usable = [v for v in variants if _holes(v) <= (known.keys() | LEDGER)]
        if not usable:
            return ""
        deck = [v for v in self._decks.get(key, []) if v in usable]
        if not deck:
            deck = self._random.sample(usable, len(usable))
            if len(deck) > 1 and deck[-1] == self._last.get(key):
                deck.insert(0, deck.pop())
        text = deck.pop()
        self._decks[key], self._last[key] = deck, text
        return _fill(text, known)

    def line(
        self,
        slot: str,
        language: Language,
        known: Mapping[str, str],
        *,
        lead: str = "",
        listing: int | None = None,
        source: Source = "fact",
    ) -> Line | None:
        """A variant as a line, after `lead` ("Tom, "); None if no variant can be filled."""
        text = self.pick(slot, language, known)
        if not text:
            return None
        emotion = str(self._lines[slot].get("emotion", "neutral"))
        return Line(joined(lead, text, language), language, source, emotion, listing=listing)

    def all(self, slot: str, language: Language) -> list[str]:
        """Every variant without placeholders, for rendering ahead."""
        return [v for v in self._lines[slot][language] if not _holes(v)]

    def every(self, slot: str, language: Language, known: Mapping[str, str]) -> list[str]:
        """Every variant whose placeholders have values here or are the ledger's."""
        usable = known.keys() | LEDGER
        return [_fill(v, known) for v in self._lines[slot][language] if _holes(v) <= usable]

    def openers(self, language: Language) -> list[str]:
        """What variants with placeholders begin with before the first: "这个我知道，".

        Not of stock: there an opener is a claim ("现在是预售，"), true or not with the rest.
        """
        found: dict[str, None] = {}
        for slot, entry in self._lines.items():
            for text in () if slot.startswith("stock") else entry[language]:
                begin, hole, _ = text.partition("{")
                if hole and begin.rstrip().endswith(("，", "。", "！", ",", ".", "!")):
                    found[begin] = None
        return list(found)


LEDGER = frozenset(
    ("price", "was", "stock", "presale", "ships_by", "sold", "limit", "name", "link")
)
"""Left standing here and filled by the guard, from the quote that also proves the line."""


def joined(lead: str, text: str, language: Language) -> str:
    """A line after an address, in the case that the language wants."""
    if not lead or language == "zh" or text[:2] in ("I ", "I'"):
        return lead + text
    first = text.partition(" ")[0].strip(",.!?").partition("'")[0]
    plain = first.isalpha() and not first.isupper() and first[1:].islower()
    return lead + (text[0].lower() + text[1:] if plain else text)


def _holes(text: str) -> set[str]:
    return {part.partition("}")[0].lower() for part in text.split("{")[1:]}


def _fill(text: str, known: Mapping[str, str]) -> str:
    for name, value in known.items():
        text = text.replace("{" + name + "}", value)
        text = text.replace("{" + name.capitalize() + "}", value[:1].upper() + value[1:])
    return text
