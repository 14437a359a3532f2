"""The shop's private words to one viewer, in their language, from `texts.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from importlib import resources

from idol.commerce import money
from idol.commerce.outcomes import Hold, Option
from idol.model import Language, Listing, Money


@cache
def _table() -> Mapping[str, Mapping[Language, str]]:
    table: Mapping[str, Mapping[Language, str]] = json.loads(
        resources.files("idol.commerce").joinpath("texts.json").read_text("utf-8")
    )
    return table


def say(key: str, language: Language, **values: object) -> str:
    """One text filled in."""
    return _table()[key][language].format(**values).strip()


def both(texts: Mapping[Language, str], language: Language) -> str:
    """The text in this language, or in the other where this one is missing."""
    return texts.get(language) or next(iter(texts.values()), "")


def title(item: Listing | None, language: Language) -> str:
    return both(item.product.title, language) if item else ""


def named(name: str, label: str, language: Language) -> str:
    """ "云步外套（黑色 L）", "CloudStep jacket (black L)"."""
    if not label:
        return name
    return f"{name}（{label}）" if language == "zh" else f"{name} ({label})"


def pieces(hold: Hold, language: Language) -> str:
    """What a hold is of, named."""
    return named(both(hold.title, language), both(hold.label, language), language)


def join(items: Iterable[str], language: Language) -> str:
    return _table()["join"][language].join(items)


def options(items: Iterable[Option], name: str, language: Language) -> str:
    """The variants that can be had, with how many are left."""
    return join(
        (
            say("left", language, label=both(item.label, language) or name, left=item.left)
            for item in items
            if item.left > 0
        ),
        language,
    )


def links(items: Iterable[Listing], language: Language) -> str:
    return join(
        (say("link", language, number=x.number, title=title(x, language)) for x in items), language
    )


def held(hold: Hold, asked: int, seconds: float, language: Language) -> str:
    """What was held, for how much and for how long. `asked` are the pieces asked for."""
    return _held(
        pieces(hold, language),
        hold.quantity,
        asked,
        hold.total,
        hold.ships_by,
        max(1, round(seconds / 60)),
        language,
    )


@lru_cache(maxsize=1024)  # in a rush all buy the same few things
def _held(
    item: str,
    quantity: int,
    asked: int,
    total: Money,
    day: date,
    minutes: int,
    language: Language,
) -> str:
    ships = say("ships", language, month=day.month, day=day.day, date=f"{day:%b} {day.day}")
    return say(
        "held" if asked <= quantity else "held_some",
        language,
        quantity=quantity,
        asked=asked,
        item=item,
        total=money.show(total, language),
        minutes=minutes,
        ships=ships,
    )
