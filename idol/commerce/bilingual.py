"""Patterns with words of two languages that read a line by those which it can hold. Pure.

A long choice of words is tried at every character of a line, so those of the other language cost
most of the time: a line in plain letters is read without the Chinese words, and one without
letters without the English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[a-z]{2}")
_SPECIAL = re.compile(r"\\.|\(\?[^:)]{0,3}")
"""Escapes and the heads of groups, whose letters are no words."""


class Bilingual:
    """One pattern of many alternatives over `clean` text: `search` and `sub` as of `re`."""

    def __init__(self, *parts: str) -> None:
        choices = [choice for part in parts for choice in _choices(part)]
        self._all = re.compile("|".join(choices))
        self._letters = _some(choice for choice in choices if not _HAN.search(choice))
        self._chinese = _some(
            choice
            for choice in choices
            if _HAN.search(choice) or not _LETTERS.search(_SPECIAL.sub("", choice))
        )

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in a text."""
        return self._for(text).search(text)

    def sub(self, repl: str, text: str) -> str:
        """The text with each match replaced."""
        return self._for(text).sub(repl, text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches."""
        return self._for(text).finditer(text)

    def _for(self, text: str) -> re.Pattern[str]:
        if not _HAN.search(text):
            return self._letters
        return self._all if _LETTERS.search(text) else self._chinese


def _some(choices: Iterator[str]) -> re.Pattern[str]:
    return re.compile("|".join(choices) or "(?!)")


def _choices(pattern: str) -> list[str]:
    """The alternatives of a pattern's outermost level."""
    parts, depth, start, place = [], 0, 0, 0
    in_class = False
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]
