"""A line of chat in one spelling: characters, case, signs. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

_T2S = opencc.OpenCC("t2s")
_VARIANTS = str.maketrans("黒緑両靑桔", "黑绿两青橘")
"""Japanese and old forms, and one that shops write as often as its standard."""
_HEARTS = re.compile(r"(?<!\w)([🖤💙💚🤍💜🧡🤎💛])(?=\ufe0f?\s?(?:x{0,4}l|s|m|\d)(?![a-z]))", re.I)
_HEART = dict(zip("🖤💙💚🤍💜🧡🤎💛", "黑蓝绿白紫橙棕黄", strict=True))


@lru_cache(maxsize=4096)  # the catalogue's own words, for every message
def clean(text: str) -> str:
    """NFKC, simplified characters, lower case; emoji and odd spaces as one space, but a coloured
    heart before a size or number ("🖤L1件") as its colour."""
    text = _HEARTS.sub(lambda heart: _HEART[heart[1]], text)
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    text = _T2S.convert(text.lower()).translate(_VARIANTS)
    text = "".join(" " if unicodedata.category(c) in ("So", "Cf", "Mn", "Sk", "Cs") else c
                   for c in text)  # fmt: skip
    text = re.sub(r"([^\d\s])\1{2,}", r"\1\1", text)
    return re.sub(r"\s+", " ", text).strip()
