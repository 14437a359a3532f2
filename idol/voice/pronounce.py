"""How text sounds: Chinese and English to phonemes that know which character they come from.

Both languages end in the one alphabet that Kokoro and hibari were trained on, so an English
word inside a Chinese sentence is simply more symbols. Text must be normalised already
(`idol.voice.normalise`): digits here would be silent in Chinese.
"""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

_RUNS = re.compile(r"([一-鿿㐀-䶿]+)|([A-Za-z][A-Za-z0-9'’.\- ]*)|(.)", re.DOTALL)
_PUNCTUATION = {
    "、": ", ",
    "，": ", ",
    ",": ", ",
    "。": ". ",
    ".": ". ",
    "！": "! ",
    "!": "! ",
    "？": "? ",
    "?": "? ",
    "：": ": ",
    ":": ": ",
    "；": "; ",
    ";": "; ",
    "…": "… ",
    "—": "—",
    "《": " “",
    "「": " “",
    "“": " “",
    "》": "” ",
    "」": "” ",
    "”": "” ",
    "（": " (",
    "(": " (",
    "）": ") ",
    ")": ") ",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """Symbols that begin to sound when character `char` of the text is reached."""

    symbols: str
    char: int


@functools.cache
def vocabulary() -> dict[str, int]:
    """Symbol to the id that the Kokoro and hibari networks read."""
    text = (resources.files("hibari") / "assets" / "vocab.json").read_text(encoding="utf-8")
    ids: dict[str, int] = json.loads(text)
    return ids


@functools.cache
def _english_g2p() -> Any:
    from hibari.g2p import G2P

    return G2P()


def english(text: str) -> list[Sound]:
    """One sound for each word and mark of punctuation; the gap after it belongs to it."""
    g2p = _english_g2p()
    sounds: list[Sound] = []
    char = 0
    for token in g2p.phonemize_tokens(g2p.tokenize(text)):
        if token.phonemes or token.whitespace:
            sounds.append(Sound((token.phonemes or "") + (" " if token.whitespace else ""), char))
        char += len(token.text) + len(token.whitespace)
    return sounds


def chinese(text: str) -> list[Sound]:
    """One sound for each character; Latin words are spoken as English."""
    sounds: list[Sound] = []
    for match in _RUNS.finditer(text):
        han, latin, other = match.groups()
        if han:
            sounds += _han(han, match.start())
        elif latin:
            words = english(latin)
            sounds += [Sound(s.symbols, s.char + match.start()) for s in words]
            if words and not sounds[-1].symbols.endswith(" "):
                sounds[-1] = Sound(sounds[-1].symbols + " ", sounds[-1].char)
        elif other in _PUNCTUATION:
            if sounds and other not in "《「“（(":
                sounds[-1] = Sound(sounds[-1].symbols.rstrip(), sounds[-1].char)
            sounds.append(Sound(_PUNCTUATION[other], match.start()))
    return sounds


def batches(sounds: Iterable[Sound], most: int) -> Iterator[list[Sound]]:
    """Runs of at most `most` symbols, cut after punctuation or a gap where there is one."""
    batch: list[Sound] = []
    size = 0
    for sound in sounds:
        if batch and size + len(sound.symbols) > most:
            cut = next(
                (i for i in range(len(batch), 0, -1) if batch[i - 1].symbols.endswith(" ")),
                len(batch),
            )
            yield batch[:cut]
            batch = batch[cut:]
            size = sum(len(s.symbols) for s in batch)
        batch.append(Sound(sound.symbols[:most], sound.char))
        size += min(len(sound.symbols), most)
    if batch:
        yield batch


def _han(text: str, offset: int) -> Iterator[Sound]:
    """Words by jieba, readings by pypinyin word by word, as Kokoro's own front end does."""
    import jieba  # type: ignore[import-untyped]
    from pypinyin import Style, lazy_pinyin

    jieba.setLogLevel(logging.WARNING)
    char = offset
    for word in jieba.lcut(text):
        readings = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
        if len(readings) != len(word):  # a character without a reading was joined to its neighbour
            readings = [r for c in word for r in lazy_pinyin(c, style=Style.TONE3)][: len(word)]
        for i, reading in enumerate(readings):
            gap = " " if i == len(readings) - 1 else ""
            yield Sound(_syllable(reading) + gap, char + i)
        char += len(word)


@functools.lru_cache(2048)
def _syllable(pinyin: str) -> str:
    """One pinyin syllable with its tone as symbols; silence for what is no syllable."""
    from misaki.zh import ZHG2P

    try:
        ipa: str = ZHG2P.py2ipa(pinyin)
    except (ValueError, KeyError, AssertionError):
        return ""
    # The combining mark under syllabic nasals is in no network's vocabulary.
    return ipa.replace("\u032f", "")
