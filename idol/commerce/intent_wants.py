"""Things wanted, found in the catalogue: which listing, which variants, how many. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from idol.commerce.intent_slots import Group, grouped
from idol.commerce.lexicon import Lexicon, Token
from idol.commerce.outcomes import Floor


@dataclass(frozen=True, slots=True)
class Want:
    """One thing wanted. `skus` are those that fit: one is certain, none means there is no such."""

    listing: int | None
    quantity: int
    skus: tuple[str, ...]
    vague: bool = False
    """The quantity or the variant is not one certain thing (两三件, black or white)."""


def all_wants(tokens: list[Token], text: str, lexicon: Lexicon, floor: Floor) -> tuple[Want, ...]:
    """Everything that a line names, five things at most, each once."""
    wants: list[Want] = []
    for group in grouped(tokens, text):
        want = one_want(group, lexicon, floor)
        if want not in wants:
            wants.append(want)
    return tuple(wants[:5])


def one_want(group: Group, lexicon: Lexicon, floor: Floor) -> Want:
    """What a group of words comes to; "this one" is what is on the floor."""
    quantity = group.quantity or 1
    vague = group.vague or group.quantity == 0
    numbers = [int(n) for n in group.place.split(",") if n]
    preferred = [n for n in (floor.open_call, floor.current) if n is not None]
    if len(numbers) == 1:
        number: int | None = numbers[0]
    elif numbers:
        number = next((n for n in preferred if n in numbers), None)
    else:
        number = next((n for n in (floor.current, floor.open_call) if n is not None), None)
        if number is None:
            number = _only_one(lexicon, group.colours, group.sizes)
    item = lexicon.listings.get(number) if number is not None else None
    if item and group.copied and not lexicon.matching(item, group.colours, group.sizes):
        setattr(group, group.copied, [])  # "one big sea blue, two clay" where clay is small
    if (
        item
        and (not numbers or group.inherited)
        and lexicon.own_words(group.colours, group.sizes)
        and not lexicon.matching(item, group.colours, group.sizes)
    ):  # "graphite" while notebooks are shown, if one thing alone has it
        number = _only_one(lexicon, group.colours, group.sizes) or item.number
        item = lexicon.listings[number]
    if item is None:
        return Want(number, quantity, (), vague)
    if group.pairs and not lexicon.in_pairs(item):
        quantity *= 2  # "一对" of what is not sold by the pair is two
    fits = lexicon.matching(item, group.colours, group.sizes)
    skus = tuple(v.sku for v in item.product.variants if v.sku in fits)
    return Want(number, quantity, skus, vague)


def _only_one(lexicon: Lexicon, colours: Iterable[str], sizes: Iterable[str]) -> int | None:
    """The one listing that comes in what was named; None if there are several."""
    fits = [
        number
        for number, item in lexicon.listings.items()
        if not (colours or sizes) or lexicon.matching(item, colours, sizes)
    ]
    return fits[0] if len(fits) == 1 else None
