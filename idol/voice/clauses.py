"""Where speech may be cut: pieces short enough to sound soon, long enough to sound natural."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from idol.model import Language

_STRONG = "。！？!?…\n"
_WEAK = "，,；;：:、—"
_CLOSING = "”’』」》）)\"'"
_PAUSE_S = {"、": 0.06, "，": 0.13, ",": 0.13, "：": 0.16, ":": 0.16, "—": 0.16} | dict.fromkeys(
    _STRONG, 0.26
)
_OTHER_PAUSE_S = 0.15
_TAIL_S = 0.2

# Chinese is synthesised at about half of real time, so each clause must be ready before the one
# before it has been heard: they are short and grow slowly. English is a hundred times faster
# than speech, so it keeps whole sentences, which sound better.
# The first two pieces may be as short as a name and an opener: both are said again and again, so
# they come from the cache while the rest is synthesised.
_FIRST_AT_LEAST: dict[Language, int] = {"zh": 2, "en": 40}
_FIRST_PIECES: dict[Language, int] = {"zh": 2, "en": 1}
_AT_LEAST: dict[Language, int] = {"zh": 7, "en": 60}
_JOINED_AT_MOST: dict[Language, int] = {"zh": 16, "en": 140}
_AT_MOST: dict[Language, int] = {"zh": 26, "en": 240}
_CUT_BEFORE = (
    "而且",
    "因为",
    "所以",
    "但是",
    "如果",
    "或者",
    "以及",
    "还有",
    "只要",
    "并且",
    "今天",
    "现在",
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Characters `start` to `end` of the spoken text, and the pause that follows them."""

    start: int
    end: int
    pause_s: float


def split(text: str, language: Language) -> list[Clause]:
    """Clauses that cover `text` without gap or overlap; none for a text with nothing to say."""
    pieces: list[tuple[int, int]] = []
    for start, end in _at_punctuation(text, language):
        size = _size(text[start:end])
        if pieces:
            a, _ = pieces[-1]
            early = len(pieces) <= _FIRST_PIECES[language]
            least = (_FIRST_AT_LEAST if early else _AT_LEAST)[language]
            last = _size(text[a:start])
            may_join = last + size <= _JOINED_AT_MOST[language] and not _ends_strongly(text, start)
            if size == 0 or last == 0 or (last < least and may_join):
                pieces[-1] = (a, end)
                continue
        pieces.append((start, end))
    cut: list[tuple[int, int]] = []
    for start, end in (c for a, b in pieces for c in _not_too_long(text, a, b, language)):
        if cut and not (_size(text[start:end]) and _size(text[cut[-1][0] : cut[-1][1]])):
            cut[-1] = (cut[-1][0], end)
        else:
            cut.append((start, end))
    if not any(_size(text[a:b]) for a, b in cut):
        return []
    return [Clause(a, b, _TAIL_S if b == len(text) else _pause(text[a:b])) for a, b in cut if b > a]


def _at_punctuation(text: str, language: Language) -> Iterator[tuple[int, int]]:
    """Pieces that end after each mark of punctuation, with what closes it and the spaces."""
    start = i = 0
    while i < len(text):
        char = text[i]
        stop = char in _STRONG or char in _WEAK
        if char in ".,:" and language == "en":
            # Inside a word or a number it is no stop ("e.g", "3.5").
            stop = i + 1 == len(text) or text[i + 1].isspace() or text[i + 1] in _CLOSING
            # After an abbreviation ("e.g. this") the sentence goes on in small letters.
            stop = stop and not (char == "." and text[i + 1 :].lstrip()[:1].islower())
        elif char == ".":
            stop = i + 1 == len(text) or not text[i + 1].isalnum()
        i += 1
        if stop:
            while i < len(text) and (text[i] in _CLOSING + _STRONG + ".~" or text[i].isspace()):
                i += 1
            yield start, i
            start = i
    if start < len(text):
        yield start, len(text)


def _not_too_long(text: str, start: int, end: int, language: Language) -> Iterator[tuple[int, int]]:
    most = _AT_MOST[language]
    while end - start > most:
        middle = start + most // 2
        window = range(start + most // 3, start + most)
        if language == "zh":
            places = [i for i in window if text.startswith(_CUT_BEFORE, i) or text[i - 1] == " "]
        else:
            places = [i for i in window if text[i - 1] == " "]
        cut = min(places, key=lambda i: abs(i - middle), default=start + most)
        yield start, cut
        start = cut
    yield start, end


def _size(text: str) -> int:
    return sum(char.isalnum() for char in text)


def _ends_strongly(text: str, at: int) -> bool:
    before = text[:at].rstrip().rstrip(_CLOSING)
    return before[-1:] in tuple(_STRONG) or before[-1:] == "."


def _pause(text: str) -> float:
    marks = [char for char in text.rstrip().rstrip(_CLOSING)[-1:] if not char.isalnum()]
    if not marks:
        return 0.0
    return _PAUSE_S["。"] if marks[0] == "." else _PAUSE_S.get(marks[0], _OTHER_PAUSE_S)
