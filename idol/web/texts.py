"""What the web says to people, in their language. The texts lie in texts.json by code."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import cast

from idol.model import LANGUAGES, Language


@cache
def _texts() -> dict[str, dict[Language, str]]:
    text = files("idol.web").joinpath("texts.json").read_text("utf-8")
    return cast(dict[str, dict[Language, str]], json.loads(text))


def known(code: str) -> bool:
    return code in _texts()


def say(code: str, language: Language, **details: object) -> str:
    """The text of a code; of "refused" when the code is not known. Never raises for a code."""
    entry = _texts().get(code) or _texts()["refused"]
    return entry[language].format_map({"detail": "", **details})


def language_of(asked: str | None, accepted: str | None = None) -> Language:
    """The page's language: `?lang=`, else the first of Accept-Language that we speak, else zh."""
    for tag in (asked or "", *(accepted or "").split(",")):
        short = tag.strip().lower()[:2]
        if short in LANGUAGES:
            return short
    return "zh"
