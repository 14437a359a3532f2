"""Which listing a message is about: by number, by name, or the one on show."""

from __future__ import annotations

import re
from collections.abc import Mapping

from idol.dialogue.numbers import find, normalise
from idol.model import Listing

_ORDINAL = re.compile(r"第([一二三四五六七八九十\d]{1,2})\s*(?:款|个|件|样|条|只)")
_ENGLISH_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth)\s+(?:one|item|link|product)"
)
_PAIR = re.compile(
    r"([一二三四五六七八九十\d]{1,2})号?(?:链接)?(?:和|跟|与|还是)([一二三四五六七八九十\d]{1,2})号"
    r"|\blinks?\s+(\d{1,2})\s*(?:and|or|vs\.?|,|&)\s*(?:link\s*)?(\d{1,2})"
)
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")


def numbers_named(text: str) -> list[int]:
    """Listing numbers written out in a message, in order: "3号链接", "link 3", "第三款"."""
    named = [int(n.value) for n in find(text) if n.unit == "link" and n.value.denominator == 1]
    clean = normalise(text)
    for m in _ORDINAL.finditer(clean):
        named += [int(n.value) for n in find(f"{m[1]}号")]
    named += [_ORDER.index(m[1]) + 1 for m in _ENGLISH_ORDINAL.finditer(clean)]
    if pair := _PAIR.search(clean):  # "1号和2号", "一和三号", "links 1 and 2"
        words = [w for w in pair.groups() if w]
        named = [int(n.value) for w in words for n in find(f"{w}号")]
    return list(dict.fromkeys(named))


def named(text: str, listings: Mapping[int, Listing]) -> list[int]:
    """Listings that a message names by number, title or alias; the surest first."""
    found = [n for n in numbers_named(text) if n in listings]
    clean = normalise(text)
    hits: list[tuple[int, int]] = []
    for number, listing in listings.items():
        words = {*listing.product.aliases, *listing.product.title.values()}
        length = max((len(w) for w in words if _in(normalise(w), clean)), default=0)
        if length:
            hits.append((-length, number))
    return list(dict.fromkeys([*found, *(number for _, number in sorted(hits))]))


def about(
    text: str, listings: Mapping[int, Listing], current: int | None, before: int | None = None
) -> int | None:
    """The listing a message asks about. `before` is what this viewer asked about last.

    A word that fits several listings (外套) means the one on show if that is among them.
    """
    found = named(text, listings)
    if found:
        explicit = numbers_named(text)
        if current in found and not any(n in listings for n in explicit):
            return current
        return found[0]
    for guess in (current, before):
        if guess is not None and guess in listings:
            return guess
    return next(iter(listings)) if len(listings) == 1 else None


def _in(word: str, text: str) -> bool:
    if not word:
        return False
    if word.isascii():
        return re.search(rf"\b{re.escape(word)}s?\b", text) is not None
    return word in text
