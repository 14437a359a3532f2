"""Which language a line of chat is written in."""

from __future__ import annotations

import re

from idol.model import Language

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]{2,}")


def detect(text: str, default: Language = "zh") -> Language:
    """The language to answer in. `default` decides where the text says nothing ("666", "👍").

    One Chinese character weighs as much as one English word: "想要 size L" is Chinese,
    "is 云步 waterproof?" is English.
    """
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    if not han and not words:
        return default
    return "zh" if han > words else "en"
