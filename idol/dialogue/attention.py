"""Which message she answers next, when there are many. Deterministic, and it says why.

Messages that ask the same thing about the same product are one question. Buying comes before
price, price before shipping, shipping before small talk; a question that nobody reached in
`LIFE_S` seconds is let go; whoever was just answered waits until others have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from idol.clock import Clock
from idol.model import ChatMessage

LIFE_S = 25.0
"""A message older than this is no longer answered."""
COOL_DOWN_S = 12.0
"""After an answer, a viewer comes behind everyone else for this long."""
MOST = 200
"""Questions kept; when full, the least pressing and oldest goes."""

_RANKS: tuple[tuple[str, ...], ...] = (
    ("order",),
    ("how_to_buy", "payment", "service"),
    ("price", "total", "stock", "size", "presale", "limit", "discount"),
    ("colour", "material", "weight", "dimensions", "care", "origin", "warranty", "absent",
     "about", "compare", "recommend", "catalogue", "sold", "question", "conditional"),
    ("shipping", "abroad", "returns"),
    ("who", "are_you_ai", "repeat", "complaint", "negative", "greet", "praise", "thanks", "bye",
     "none", "past", "quoted", "cancel"),
    ("banter", "offtopic"),
    ("injection",),
)  # fmt: skip
_RANK = {intent: rank for rank, intents in enumerate(_RANKS) for intent in intents}
_NAMES = ("buying", "how to buy", "price, stock or size", "the product", "shipping", "social",
          "small talk", "mischief")  # fmt: skip
_SOCIAL = 5
_PERSONAL = frozenset(("banter", "offtopic", "repeat", "service", "size", "none"))
"""Intents whose messages ask different things and are never merged."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message is about: an intent and the listing it names, if it names one."""

    intent: str
    listing: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a message was taken; `merged` are the ids of those answered together with it."""

    message: ChatMessage
    topic: Topic
    merged: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class _Question:
    topic: Topic
    order: int
    messages: list[ChatMessage] = field(default_factory=list)


class Attention:
    """`offer` every message that is not an order; `take` the one to answer now.

    `topic` sorts a message (`HostBrain.topic`); without it the shop's own word for the message
    is used, which is coarser.
    """

    def __init__(self, clock: Clock, topic: Callable[[ChatMessage], Topic] | None = None) -> None:
        self._clock, self._topic = clock, topic
        self._questions: dict[tuple[object, ...], _Question] = {}
        self._answered: dict[str, float] = {}
        self._count = 0
        self.last: Choice | None = None
        """The last choice, for the console."""

    @property
    def waiting(self) -> int:
        """How many different questions wait."""
        self._forget()
        return len(self._questions)

    def offer(self, message: ChatMessage, intent_kind: str) -> bool:
        """Take note of a message; false if it needs no answer."""
        topic = self._topic(message) if self._topic else Topic(intent_kind)
        if topic.intent == "order" and intent_kind in ("negative", "past", "quoted", "cancel"):
            topic = Topic(intent_kind, topic.listing)  # the shop's grammar is the stricter judge
        if topic.intent == "noise":
            return False
        self._forget()
        for question in list(self._questions.values()):
            # A viewer who asks again means the newer words.
            if question.topic == topic:
                question.messages = [
                    m for m in question.messages if m.viewer.id != message.viewer.id
                ]
        self._drop_empty()
        personal = topic.intent in _PERSONAL
        key: tuple[object, ...] = (topic.intent, topic.listing, message.id if personal else "")
        if key not in self._questions:
            self._count += 1
            self._questions[key] = _Question(topic, self._count)
        self._questions[key].messages.append(message)
        if len(self._questions) > MOST:
            worst = max(self._questions, key=lambda k: self._rank(self._questions[k])[:2])
            del self._questions[worst]
        return True

    def take(self) -> ChatMessage | None:
        """The message to answer now, or None. The choice is explained in `last`."""
        self._forget()
        if not self._questions:
            return None
        key = min(self._questions, key=lambda k: self._rank(self._questions[k]))
        question = self._questions.pop(key)
        now = self._clock.monotonic()
        message = min(question.messages, key=lambda m: self._cooling(m, now))
        for m in question.messages:
            self._answered[m.viewer.id] = now
        rank = _RANK.get(question.topic.intent, _SOCIAL)
        reason = _NAMES[rank]
        if len(question.messages) > 1:
            reason += f", asked by {len(question.messages)}"
        if self._questions:
            reason += f", before {len(self._questions)} other(s)"
        merged = tuple(m.id for m in question.messages if m.id != message.id)
        self.last = Choice(message, question.topic, merged, reason)
        return message

    def _rank(self, question: _Question) -> tuple[int, int, int, int]:
        """Smaller is sooner: cooling viewers last, then rank, then askers, then arrival."""
        now = self._clock.monotonic()
        cooling = all(self._cooling(m, now) for m in question.messages)
        rank = _RANK.get(question.topic.intent, _SOCIAL)
        # Buying is never held back by the cool-down.
        return (int(cooling and rank > 1), rank, -len(question.messages), question.order)

    def _cooling(self, message: ChatMessage, now: float) -> bool:
        return now - self._answered.get(message.viewer.id, -COOL_DOWN_S) < COOL_DOWN_S

    def _forget(self) -> None:
        limit = self._clock.now() - LIFE_S
        for question in self._questions.values():
            question.messages = [m for m in question.messages if m.at >= limit]
        self._drop_empty()
        cooled = self._clock.monotonic() - COOL_DOWN_S
        self._answered = {v: at for v, at in self._answered.items() if at > cooled}

    def _drop_empty(self) -> None:
        self._questions = {k: q for k, q in self._questions.items() if q.messages}
