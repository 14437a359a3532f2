"""Text that remembers where each of its characters came from, through any rewriting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoken:
    """Text for an engine. `to_source[i]` is the character of the line that `text[i]` stands
    for; it never goes back, and has one more entry than `text`: the line's end."""

    text: str
    to_source: tuple[int, ...]


def untouched(text: str) -> Spoken:
    return Spoken(text, tuple(range(len(text) + 1)))


def rewrite(
    spoken: Spoken, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str | None]
) -> Spoken:
    """Replace each match by what `say` gives; None leaves it as it is."""
    found = ((m.start(), m.end(), say(m)) for m in pattern.finditer(spoken.text))
    return replace(spoken, ((a, b, new) for a, b, new in found if new is not None))


def replace(spoken: Spoken, edits: Iterable[tuple[int, int, str]]) -> Spoken:
    """Put `new` for characters a to b, for each (a, b, new) in order and without overlap."""
    text: list[str] = []
    source: list[int] = []
    done = 0
    for a, b, new in edits:
        text += [spoken.text[done:a], new]
        source += spoken.to_source[done:a]
        source += [spoken.to_source[a + (b - a) * i // len(new)] for i in range(len(new))]
        done = b
    text.append(spoken.text[done:])
    source += spoken.to_source[done:]
    return Spoken("".join(text), tuple(source))
