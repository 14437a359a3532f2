"""The second opinion on an order: a sentence encoder and one linear layer over it.

The grammar finds what is wanted; the encoder says how much the whole line sounds like an order.
It can turn a hold into a question and a doubtful order into a sure one, but it never overrules
what the grammar knows to be a question, a refusal, a memory or a condition.
`tools/train_sense.py` makes the layer from the labelled corpus.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from idol.commerce.lexicon import Token

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Sentences to unit vectors, shape (sentences, 512)."""

DOUBT, DOUBT_UNEXPLAINED = 0.15, 0.4
"""An order that sounds less like one than this is asked about; more is needed where some of its
words are not explained by any rule."""
HOPELESS = 0.01
"""And a line that sounds like this is asked about however plain the order in it is."""
LIKELY = 0.6
"""What is no order by the rules, but sounds so much like one, is asked about."""
SURE = 0.9
"""And what sounds like this is held, if number and variant are plain."""
_REMEMBERED = 4096
"""Lines of chat whose likelihood is kept: viewers say much the same once products are set aside."""
_STANDS_FOR = {
    "quantity": ("两件", "two"), "number": ("2", "2"), "colour": ("黑色", "black"),
    "size": ("L", "L"), "product": ("外套", "jacket"), "listing": ("1号链接", "item 1"),
}  # fmt: skip


class Sense:
    """How much a line sounds like an order, 0 to 1; about 1 ms."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        text = resources.files("idol.commerce").joinpath("sense.json").read_text("utf-8")
        layer = json.loads(text)
        self._weights = np.array(layer["weights"], np.float32)
        self._bias = float(layer["bias"])

        self.likelihood = lru_cache(_REMEMBERED)(self._likelihood)

    def __call__(self, line: str, tokens: Sequence[Token]) -> float:
        return self.likelihood(canonical(line, tokens))

    def _likelihood(self, line: str) -> float:
        vector = self._encode([line])[0]
        return 1.0 / (1.0 + math.exp(-float(vector @ self._weights) - self._bias))


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
