"""A red packet's draw (福袋): committed to beforehand, checked by anybody afterwards. Pure.

1. When it opens, SHA-256 of a secret seed and of the rules is published.
2. Whoever enters adds a number of their own; entering ends at a published moment.
3. The seed is revealed. Place k of the shuffled entrants wins prize k. The shuffle is by
   HMAC-SHA256 over the digest of all entries, so neither the shop, which fixed the seed before
   it knew the entries, nor an entrant, who does not know the seed, can steer it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Prize:
    """`count` winners get `minor` units off."""

    minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entrant: `person` is a digest of the viewer's id, so that the list can be published."""

    place: int
    person: str
    nonce: str


def person(packet: str, viewer: str) -> str:
    """How an entrant stands in the published list; each finds their own and nobody else's."""
    return hashlib.sha256(f"{packet}/{viewer}".encode()).hexdigest()[:16]


def commitment(seed: str, rules: Mapping[str, Any]) -> str:
    """What is published at the opening."""
    text = json.dumps(rules, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{seed}\n{text}".encode()).hexdigest()


def digest(entries: Sequence[Entry]) -> str:
    """Of all entries in the order in which they came."""
    text = "\n".join(f"{entry.place} {entry.person} {entry.nonce}" for entry in entries)
    return hashlib.sha256(text.encode()).hexdigest()


def draw(seed: str, entries: Sequence[Entry], prizes: Sequence[Prize]) -> dict[int, int]:
    """Winners: place of the entry to index of the prize."""
    won = [index for index, prize in enumerate(prizes) for _ in range(prize.count)]
    places = [entry.place for entry in entries]
    source = _Numbers(bytes.fromhex(seed), digest(entries))
    winners: dict[int, int] = {}
    for index, prize in enumerate(won[: len(places)]):
        chosen = index + source.below(len(places) - index)
        places[index], places[chosen] = places[chosen], places[index]
        winners[places[index]] = prize
    return winners


def odds(prizes: Sequence[Prize], entrants: int) -> str:
    """The chance to win anything, in percent with two digits: "12.50%"; never more than all."""
    wins = min(sum(prize.count for prize in prizes), entrants)
    points = wins * 10_000 // max(1, entrants)
    return f"{points // 100}.{points % 100:02d}%"


def check(record: Mapping[str, Any]) -> list[str]:
    """What is wrong with a published draw; empty when it was honest.

    `record` is as `packets.record` writes it after the draw.
    """
    wrong: list[str] = []
    rules, seed = record["rules"], record["seed"]
    prizes = [Prize(item["minor"], item["count"]) for item in rules["prizes"]]
    entries = [Entry(e["place"], e["person"], e["nonce"]) for e in record["entries"]]
    if commitment(seed, rules) != record["commitment"]:
        wrong.append("the seed or the rules are not those that were committed to")
    if [entry.place for entry in entries] != list(range(len(entries))):
        wrong.append("an entry is missing from the list")
    if digest(entries) != record["digest"]:
        wrong.append("the list of entries has been changed")
    winners = {str(place): prize for place, prize in draw(seed, entries, prizes).items()}
    if winners != record["winners"]:
        wrong.append("the winners are not those that the seed draws")
    return wrong


class _Numbers:
    """Whole numbers from a keyed stream, each equally likely."""

    def __init__(self, key: bytes, text: str) -> None:
        self._key, self._text, self._count = key, text, 0

    def below(self, limit: int) -> int:
        """0 <= n < limit; what would make some numbers likelier is thrown away."""
        fair = (1 << 64) - (1 << 64) % limit
        while True:
            message = f"{self._text}:{self._count}".encode()
            self._count += 1
            number = int.from_bytes(hmac.digest(self._key, message, "sha256")[:8], "big")
            if number < fair:
                return number % limit
