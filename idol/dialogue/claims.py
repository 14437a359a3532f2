"""Which claims a clause makes, and whether it affirms, denies or only mentions them.

The lexicon is data (`data/claims.yaml`); each claim has one identity across languages, so a
Chinese fact proves an English sentence and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from idol.dialogue.data import read
from idol.dialogue.numbers import normalise

Kind = Literal["fact", "promise", "ledger", "never"]
Polarity = Literal["yes", "no", "open"]

_NO_BEFORE = re.compile(
    r"(?:不(?!仅|但|光|只|错|过|止)|没(?!想)|无(?!理由|线|论)|未(?!来)|别|非(?!常)|免|勿|禁止|拒绝)"
    r"[^，,。!！?？]{0,6}$"
    r"|\b(?:not|no|never|n't|without|cannot|isn't|don't|doesn't|won't|nor|neither|avoid|free of)\b"
    r"[^,.!?]{0,24}$|n't\b[^,.!?]{0,24}$"
)
_NO_AFTER = re.compile(
    r"^\s*(?:没有|不行|不可以|不能|不支持|不含|不提供|[- ]free\b|is not\b|isn't\b|not )"
)
_OPEN = re.compile(
    r"不确定|不知道|不清楚|不敢说|不敢保证|没写|没有写|帮你问|问一下|问问|确认一下|是不是|会不会|有没有"
    r"|能不能|防不防|吗$|\b(?:not sure|don't know|check (?:if|whether|with)|ask (?:the team|if)"
    r"|whether|isn't on my sheet|not on my sheet|doesn't say)\b"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as made in one clause. `open` means that it is asked or left undecided."""

    name: str
    kind: Kind
    polarity: Polarity
    words: str


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: Kind
    pattern: re.Pattern[str]


class Lexicon:
    """The claims that the guard knows how to see."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._entries = tuple(
            _Entry(name, e["kind"], re.compile(f"{e['zh']}|{e['en']}"))
            for name, e in entries.items()
        )

    def claims(self, clause: str) -> list[Claim]:
        """Every claim in one clause, with the polarity it has there."""
        text = normalise(clause)
        found: list[Claim] = []
        for entry in self._entries:
            for m in entry.pattern.finditer(text):
                found.append(Claim(entry.name, entry.kind, _polarity(text, m), m[0]))
        return found


def _polarity(text: str, m: re.Match[str]) -> Polarity:
    if _OPEN.search(text):
        return "open"
    denied = bool(_NO_BEFORE.search(text[: m.start()])) != bool(_NO_AFTER.search(text[m.end() :]))
    return "no" if denied else "yes"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The built-in lexicon; immutable, read once."""
    return Lexicon(read("claims.yaml"))
