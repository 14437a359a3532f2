"""The second opinion on an order: one linear layer over a sentence encoder and short runs of words.

The grammar finds what is wanted; this says how much the whole line sounds like an order: the
encoder hears what is meant, the runs of characters and words hear how it is said. It can turn a
hold into a question and a doubtful order into a sure one, but it never overrules what the grammar
knows to be a question, a refusal, a memory or a condition.
`tools/train_sense.py` makes the layer from the labelled corpus.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from idol.commerce.lexicon import Token

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Sentences to unit vectors, shape (sentences, 512)."""

DOUBT, UNEXPLAINED, UNEXPLAINED_BARE = 0.2, 0.6, 0.8
"""An order that sounds less like one than this is asked about; far more is needed where some of
the line is not explained by any rule, and most where no word of ordering is in it."""
LIKELY = 0.6
"""What is no order by the rules, but sounds so much like one, is asked about."""
SURE = 0.7
"""And an order in doubt that sounds like this is held, if number and variant are plain."""
UNKNOWN = 0.8
"""As is what is no order by the rules, but sounds like this."""
SCALE = 100
"""Weights are kept as whole numbers of hundredths."""
BUCKETS = 8192
"""Where the runs of a line are counted."""
_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z']+|\d+|[\u3400-\u9fff]+|[^\w\s]")
BESIDES = 0.8
"""And what sounds like this is held though a clause before the order speaks of something else."""
_HOPELESS = 0.001
"""What its runs alone call less likely, the encoder has never made an order: it is not asked."""
_REMEMBERED = 4096
"""Lines of chat whose likelihood is kept: viewers say much the same once products are set aside."""
_STANDS_FOR = {
    "quantity": ("两件", "two"), "number": ("2", "2"), "colour": ("黑色", "black"),
    "size": ("L", "L"), "product": ("外套", "jacket"), "listing": ("1号链接", "item 1"),
}  # fmt: skip


class Sense:
    """How much a line sounds like an order, 0 to 1; 1 to 2 ms where the encoder is asked."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        text = resources.files("idol.commerce").joinpath("sense.json").read_text("utf-8")
        layer = json.loads(text)
        self._weights = np.array(layer["weights"], np.float32) / SCALE
        self._runs = np.array(layer["runs"], np.float32) / SCALE
        self._bias = float(layer["bias"])

        self.likelihood = lru_cache(_REMEMBERED)(self._likelihood)
        self._spoken = lru_cache(_REMEMBERED)(self._of_runs)

    def __call__(self, line: str, tokens: Sequence[Token], enough: float = 1.0) -> float:
        """`enough`: the runs alone, which cost a tenth, may say so much; then they have said it."""
        said = canonical(line, tokens)
        spoken = _share_of_one(self._spoken(said))
        return self.likelihood(said) if _HOPELESS <= spoken < enough else spoken

    def _likelihood(self, said: str) -> float:
        heard = float(self._encode([said])[0] @ self._weights)
        return _share_of_one(heard + self._spoken(said))

    def _of_runs(self, said: str) -> float:
        found = runs(said)
        return float(self._runs[found].sum()) * share(found) + self._bias


def _share_of_one(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, logit))))


def runs(line: str) -> list[int]:
    """The buckets of a canonical line's runs: up to four characters of Chinese, three words,
    and three letters of a longer word, so that a slip of the keyboard changes few of them."""
    found: set[str] = set()
    marked = f"^{line}$"
    for n in (1, 2, 3, 4):
        for i in range(len(marked) - n + 1):
            run = marked[i : i + n]
            if _HAN.search(run):
                found.add("c" + run)
    words = ["^", *_WORD.findall(line), "$"]
    for n in (1, 2, 3):
        found.update("w" + " ".join(words[i : i + n]) for i in range(len(words) - n + 1))
    for word in words:
        if word.isascii() and len(word) > 3:
            found.update("t" + word[i : i + 3] for i in range(len(word) - 2))
    return sorted({zlib.crc32(run.encode()) % BUCKETS for run in found})


def share(said: Sequence[int]) -> float:
    """What each run counts, so that a long line says no more than a short one."""
    return 2 / math.sqrt(len(said))


def canonical(line: str, tokens: Sequence[Token]) -> str:
    """The line with one and the same number, colour, size and product, whatever was said: so
    that the layer learns how people order, not what this shop sells."""
    language = 0 if any("\u3400" <= char <= "\u9fff" for char in line) else 1
    parts: list[str] = []
    place = 0
    for token in tokens:
        if token.kind in _STANDS_FOR:
            parts += [line[place : token.start], _STANDS_FOR[token.kind][language]]
            place = token.end
    return "".join([*parts, line[place:]])
