"""From a message to what is wanted, by example: a linear classifier over sentence vectors.

The examples are data (`data/intents.yaml`); the classifier is ridge regression solved in
closed form when the router is built, blended with the nearest example, so that adding a line
is all the training there is. Injection is caught by pattern first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idol.dialogue.data import read
from idol.dialogue.encoder import Encoder, Vectors
from idol.dialogue.knowledge import body, pieces_asked
from idol.dialogue.numbers import normalise

RIDGE = 0.3
"""Regularisation of the classifier; chosen on the held-out lines of tests/dialogue."""
NEAREST = 0.5
"""Weight of the nearest example against the classifier; chosen likewise."""
UNSURE = 0.42
"""Below this score a message counts as off-topic rather than as the best of bad guesses."""
FAQ = 0.72
"""Cosine to a product's own question from which its own answer is given."""

_INJECTION = re.compile(
    r"(?:ignore|disregard|forget|override).{0,30}(?:instruction|rule|prompt|above|previous|setting)"
    r"|system prompt|developer mode|jailbreak|\bdan mode|new rules?\b|you (?:are|must) now\b"
    r"|from now on,? (?:you|the|every|this)|pretend (?:to be|you)"
    r"|act as (?:the|a|my)\b|repeat after me"
    r"|(?:^|\n)\s*(?:system|assistant)\s*:|</?(?:system|s)>|<\|"
    r"|(?:忽略|无视|忘记|忘掉|跳过).{0,10}(?:指令|设定|规则|要求|提示|之前|限制)|系统提示|提示词|开发者模式|越狱"
    r"|从现在(?:起|开始).{0,12}(?:你|这|价)|假装(?:你|自己)|扮演|跟我念|跟着我说|重复我(?:的话|说的)|你现在是"
    r"|请?(?:宣布|确认).{0,8}(?:新价|免费|打.折|半价)"
)
_NOISE = re.compile(r"[\W\d_a-z]?|(?:哈|啊|嗯|6|呵|嘿|h|a|o)+|[\W_]+|lo+l+|lma+o+", re.I)
_TOTAL = re.compile(
    r"多少钱|总共|一共|合计|多少米|怎么卖|how much|total|cost|price|damage|altogether|come to"
)
_SIZE = re.compile(r"码|穿|合身|能不能穿|\bsizes?\b|\bfits?\b|\bwear\b|which one")
_STOCK = re.compile(
    r"还有(?:货|吗|没|么|嘛|$)|没了吗|卖完|售罄|有货"
    r"|(?:any|more|is|are) .*\bleft\b|in stock|sold out|still (?:have|available)"
)
_PRICE = re.compile(
    r"多少钱|几块钱?|什么价|怎么卖|原价|之前.{0,4}(?:价|多少)"
    r"|^how much(?: is| are| was| were|'s| for)?\b(?!.*\b(?:weigh|hold|left)|\s+does)"
    r"|\bhow much (?:do|does) .*\bcost|\bprices?\b|\b(?:more|less) expensive|\bcheaper before"
)
_CLOSE_TO_STOCK = frozenset(
    ("price", "colour", "about", "size", "catalogue", "absent", "offtopic", "order", "noise")
)
_REFERENCE = re.compile(
    r"第?[\d一二三四五六七八九十]{1,3}号(?:链接)?的?|(?:link|item) ?\d{1,3}(?:'s)?"
    r"|[这那][件款个条只双]?"
    r"|^(?:请问|主播|那个|话说|hi|hey|hello)[,，!！ ]*|[呀呢啊哦哈嘛]+(?=[?？!！。~～]*$)"
)
"""What points at a product or softens a question, and says nothing of what is asked."""
_TELLS = re.compile(
    r"(?:我|俺|咱|刚|今天|昨天|明天|周末)(?!.*(?:[吗呢么?？]|什么|怎么|谁|哪|几|多少|为啥|帮))"
    r"|(?:i|i'm|im|my|we|we're|just|today|yesterday)\b(?!.*\?)"
)
"""Somebody tells of the day, and asks nothing: that is company, whatever it is about."""
_ASKS = re.compile(
    r"[?？]\s*$|[吗么嘛]|(?:能|会|有|好|显|起|掉)不(?:能|会|有|好|显|起|掉)|有没有|没有?$|不$|啥|怎么|怎样|多久|多少"
    r"|^(?:is|are|does|do|can|will|has|have|how|what|which|where|any)\b"
)
_ABOUT_HER = re.compile(r"你|主播|\b(?:you|your|stream)\b")
_QUALITY = re.compile(r"质量|做工|\bquality\b|\bwell made\b")
_LINK_ONLY = re.compile(r"(?:讲|介绍|看|说|show|tell).{0,12}(?:号|链接|link|item)")


@dataclass(frozen=True, slots=True)
class Route:
    """What a message wants: an intent, how sure (0..1), and the best other guess."""

    intent: str
    score: float
    second: str = ""


class Router:
    """Built once (it encodes every example); `route` takes 1 to 3 ms."""

    def __init__(
        self, encoder: Encoder, examples: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        self._encoder = encoder
        self._seen: dict[str, npt.NDArray[np.float32]] = {}
        intents = examples or read("intents.yaml")
        self.intents: tuple[str, ...] = tuple(intents)
        texts = [normalise(str(text)) for lines in intents.values() for text in lines]
        labels = [i for i, lines in enumerate(intents.values()) for _ in lines]
        self._labels = np.array(labels)
        self._examples = encoder.encode(texts)
        self._weights = _ridge(self._examples, self._labels, len(self.intents))

    def route(self, text: str) -> Route:
        """The intent of one message."""
        clean = normalise(text[:400]).strip()
        if _INJECTION.search(clean):
            return Route("injection", 1.0)
        if not clean or _NOISE.fullmatch(clean):
            return Route("noise", 1.0)
        scores = self._scores(self._vector(clean))
        bare = _bare(clean)
        if bare != clean and not _LINK_ONLY.search(clean):
            scores = np.maximum(scores, self._scores(self._vector(bare)))
        order = np.argsort(scores)[::-1]
        best, second = self.intents[order[0]], self.intents[order[1]]
        score = float(scores[order[0]])
        return Route(_corrected(clean, best, score), score, second)

    def _vector(self, clean: str) -> npt.NDArray[np.float32]:
        """A message is looked at several times (to be ordered, routed, matched); encode it once."""
        vector = self._seen.pop(clean, None)
        if vector is None:
            vector = self._encoder.encode([clean])[0]
        self._seen[clean] = vector
        if len(self._seen) > 256:
            del self._seen[next(iter(self._seen))]
        return vector

    def _scores(self, vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        similar = self._examples @ vector
        nearest = np.full(len(self.intents), -1.0)
        np.maximum.at(nearest, self._labels, similar)
        linear = np.append(vector, 1.0) @ self._weights
        return np.asarray(NEAREST * nearest + (1 - NEAREST) * linear, np.float64)

    def nearest(self, text: str, vectors: Vectors) -> tuple[int, float]:
        """Index and cosine of the nearest of some encoded texts; (-1, 0.0) of none.

        "link 3, is it unisex?" is as near as "is it unisex" alone.
        """
        if not len(vectors):
            return -1, 0.0
        clean = normalise(text).strip()
        similar = vectors @ self._vector(clean)
        if (bare := _bare(clean)) != clean:
            similar = np.maximum(similar, vectors @ self._vector(bare))
        at = int(np.argmax(similar))
        return at, float(similar[at])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of a product's own questions, as `nearest` wants them."""
        return self._encoder.encode([normalise(t).strip() for t in texts])


def _bare(clean: str) -> str:
    """A normalised message without the product that it points at; itself if nothing is left."""
    bare = _REFERENCE.sub("", clean).strip(" ,，.。:：!！?？~～")
    return bare if len(bare) > 1 else clean


def _ridge(x: Vectors, labels: npt.NDArray[Any], classes: int) -> npt.NDArray[np.float64]:
    """Weights (dimensions + 1, classes) of ridge regression onto one-hot labels, each class
    weighing the same however many examples it has."""
    a = np.hstack([x, np.ones((len(x), 1))]).astype(np.float64)
    y = np.eye(classes)[labels]
    share = np.sqrt(len(x) / (classes * np.bincount(labels, minlength=classes)[labels]))[:, None]
    a, y = a * share, y * share
    return np.asarray(np.linalg.solve(a.T @ a + RIDGE * np.eye(a.shape[1]), a.T @ y))


def _corrected(text: str, intent: str, score: float) -> str:
    """What numbers say more surely than vectors: a count with a price word asks for a total,
    a body measure asks for a size."""
    pieces = pieces_asked(text)
    if pieces and pieces > 1 and _TOTAL.search(text) and intent not in ("injection", "discount"):
        return "total"
    if intent == "total" and not pieces:
        return "price"
    if _STOCK.search(text) and intent in _CLOSE_TO_STOCK:
        return "stock"
    if _PRICE.search(text) and (intent in ("absent", "offtopic", "about") or score < UNSURE):
        return "price"
    if any(body(text)) and (_SIZE.search(text) or intent not in ("weight", "shipping")):
        return "size"
    if score < UNSURE and intent not in ("greet", "noise", "praise"):
        # A question that fits nothing is more likely about the product than about the world.
        product = _ASKS.search(text) and not _ABOUT_HER.search(text)
        intent = "about" if _LINK_ONLY.search(text) else "absent" if product else "offtopic"
    if intent == "absent" and _QUALITY.search(text):
        return "material"
    return "banter" if intent == "offtopic" and _TELLS.match(text) else intent
