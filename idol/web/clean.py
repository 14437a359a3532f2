"""Text from strangers: what is left of it may be stored, spoken and shown. Pure.

HTML is not looked for: every page shows text as text.
"""

from __future__ import annotations

import unicodedata

CHAT_LENGTH = 200
NAME_LENGTH = 24
_MARKS = 3
"""Combining marks kept on one letter; enough for every script, not for "zalgo" towers."""
_JOINERS = "\u200c\u200d"
"""Needed by emoji families and some scripts; every other invisible character goes."""


def clean(text: str) -> str:
    """One line without control, bidirectional, invisible or private characters; NFC."""
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text):
        if letter.isspace():
            letter = " "
        category = unicodedata.category(letter)
        if category[0] == "C" and letter not in _JOINERS:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(letter)
    return " ".join("".join(kept).split()).strip(" " + _JOINERS)


def clean_name(text: str, reserved: frozenset[str] = frozenset()) -> str:
    """A viewer's name, or empty if nothing usable is left or it is `reserved` (the host's)."""
    name = clean(text)[:NAME_LENGTH].strip()
    plain = unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
    if not any(letter.isalnum() for letter in plain) or plain in reserved:
        return ""
    return name
