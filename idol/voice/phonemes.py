"""From phonemes to mouth shapes.

Symbols are those of the engines: the Kokoro and hibari alphabet (misaki's IPA with one letter
for each diphthong: A I O Q W Y) and espeak-ng's IPA. Shapes are the 15 visemes of the Oculus
lip-sync set, whose reference gives the English phonemes of each; Mandarin sounds take the
shape of the English sound nearest in place and rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idol.clock import SAMPLE_RATE
from idol.model import Mark, Viseme, VisemeEvent

Shape = tuple[Viseme, float]
"""A viseme and how far the mouth goes into it, 0..1."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A symbol and the samples (48 kHz) in which it sounds."""

    symbol: str
    start: int
    end: int


def _table() -> dict[str, tuple[Shape, ...]]:
    single: dict[Viseme, dict[float, str]] = {
        "PP": {1.0: "pbm", 0.7: "ɸβ"},
        "FF": {0.9: "fv", 0.7: "ʋ"},
        "TH": {0.7: "θð"},
        "DD": {0.6: "tdTɾ", 0.5: "ɖʈ"},
        "nn": {0.5: "nlɳɫɭ", 0.4: "ŋɴ", 0.6: "ɲʎ"},
        "kk": {0.5: "kɡgcɟ", 0.4: "qxχɣ", 0.2: "hʔɰ"},
        "CH": {0.8: "ʧʤʃʒʨʥ", 0.7: "ꭧʂʐɕʑ", 0.6: "çʝ"},
        "SS": {0.7: "sz", 0.75: "ʦʣ"},
        "RR": {0.6: "ɹrʁɽɻ", 0.5: "ɚɝ", 0.55: "ɜ"},
        "aa": {1.0: "aɑ", 0.8: "æɐ", 0.7: "ʌ"},
        "E": {0.8: "ɛe", 0.5: "ɤ", 0.4: "ə", 0.3: "ᵊ"},
        "ih": {1.0: "i", 0.6: "ɪ", 0.5: "ɨᵻjɯ"},
        "oh": {0.9: "oɔ", 0.8: "ɒ", 0.7: "øœ"},
        "ou": {1.0: "uw", 0.8: "ʊyɥ"},
    }
    table: dict[str, tuple[Shape, ...]] = {
        symbol: ((viseme, weight),)
        for viseme, groups in single.items()
        for weight, symbols in groups.items()
        for symbol in symbols
    }
    table |= {
        "A": (("E", 0.8), ("ih", 0.7)),
        "I": (("aa", 1.0), ("ih", 0.7)),
        "O": (("oh", 0.9), ("ou", 0.8)),
        "Q": (("E", 0.4), ("ou", 0.8)),
        "W": (("aa", 1.0), ("ou", 0.8)),
        "Y": (("oh", 0.9), ("ih", 0.7)),
    }
    return table


SHAPES = _table()
_PAUSES = frozenset(';:,.!?—…"()“” _|')
_REST_S = 0.07
"""A pause shorter than this does not close the mouth."""


def shapes(symbol: str) -> tuple[Shape, ...]:
    """The mouth shapes of one symbol in order; empty for tones, stress and length marks."""
    return tuple(shape for char in symbol for shape in SHAPES.get(char, ()))


def is_pause(symbol: str) -> bool:
    """Whether the symbol is punctuation, a word gap or espeak's pause."""
    return all(char in _PAUSES for char in symbol)


def visemes(phones: Iterable[Phone]) -> tuple[VisemeEvent, ...]:
    """Mouth events in order, starting and ending at rest; equal neighbours are one event.

    Marks without a shape of their own lengthen what stands before them.
    """
    events = [VisemeEvent(0, "sil", 0.0)]
    end = 0
    for phone in phones:
        end = max(end, phone.end)
        if is_pause(phone.symbol):
            if phone.end - phone.start >= _REST_S * SAMPLE_RATE:
                _add(events, VisemeEvent(phone.start, "sil", 0.0))
            continue
        mouth = shapes(phone.symbol)
        for i, (viseme, weight) in enumerate(mouth):
            at = phone.start + (phone.end - phone.start) * i // len(mouth)
            _add(events, VisemeEvent(at, viseme, weight))
    _add(events, VisemeEvent(end, "sil", 0.0))
    return tuple(events)


def _add(events: list[VisemeEvent], event: VisemeEvent) -> None:
    last = events[-1]
    if event.at <= last.at and len(events) > 1 and event.viseme != "sil":
        events[-1] = event if event.at == last.at else last
    elif (event.viseme, event.weight) != (last.viseme, last.weight):
        if event.at == last.at:
            events.pop()
        events.append(event)


def marks(starts: Iterable[tuple[int, int]]) -> tuple[Mark, ...]:
    """(sample, character) pairs as marks, both rising; what would go back is left out."""
    out: list[Mark] = []
    for at, char in starts:
        if not out or (char > out[-1].char and at >= out[-1].at):
            out.append(Mark(at, char))
    return tuple(out)


def spread(symbols: Sequence[str], start: int, end: int) -> list[Phone]:
    """Estimated times for an engine that gives none: by how long each kind usually sounds."""
    lengths = [_usual_length(symbol) for symbol in symbols]
    total = sum(lengths) or 1.0
    phones: list[Phone] = []
    done = 0.0
    for symbol, length in zip(symbols, lengths, strict=True):
        a, b = (start + round((end - start) * x / total) for x in (done, done + length))
        phones.append(Phone(symbol, a, b))
        done += length
    return phones


def _usual_length(symbol: str) -> float:
    """Relative: a vowel is about twice as long as a consonant."""
    if is_pause(symbol):
        return 0.3 if symbol.strip() == "" else 2.0
    vowels = sum(viseme in ("aa", "E", "ih", "oh", "ou") for viseme, _ in shapes(symbol))
    return 1.0 * len(shapes(symbol)) + 0.9 * vowels
