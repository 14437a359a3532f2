"""Company she has a line for: what people say to a host every evening, by example.

A small model makes up something every time; a hand-written line meets the mood, is in the voice's
cache, and is there at once. What is near no example is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from idol.dialogue.data import read
from idol.dialogue.router import Route, Router

NEAR = 0.62
"""Cosine to an example from which its line fits what was routed as company; chosen on
tests/dialogue/held_out_talk.yaml, as is `SURE`."""
SURE, AHEAD = 0.72, 0.1
"""The same where the router took the message for something else, and how much less sure it was."""
COURTEOUS = 0.5
"""From here a greeting is a greeting, however much it sounds like talk of hosts."""
_COURTESY = frozenset(("greet", "praise", "thanks", "who", "are_you_ai"))
COMPANY = frozenset(("banter", "offtopic"))
_HURT = re.compile(
    r"自杀|自殺|轻生|輕生|不想活|想死(?!你)|suicid|kill(?:ing)? myself|want to die|end my life",
    re.I,
)
"""Never left to likeness: whoever says this is pointed to help, and nothing else."""


class SmallTalk:
    """Topics of `data/smalltalk.yaml`, found by the nearest of their examples."""

    def __init__(self, router: Router, topics: Mapping[str, Any] | None = None) -> None:
        self.topics: Mapping[str, Any] = topics or read("smalltalk.yaml")
        pairs = [(str(ask), name) for name, topic in self.topics.items() for ask in topic["asks"]]
        self._names = [name for _, name in pairs]
        self._router = router
        self._vectors = router.encode([ask for ask, _ in pairs])

    def topic(self, text: str, route: Route) -> str:
        """The topic that a message is about; empty if she has no line for it."""
        if _HURT.search(text):
            return "hurt"
        at, score = self._router.nearest(text[:400], self._vectors)
        if route.intent in COMPANY:
            return self._names[at] if score >= NEAR else ""
        if route.intent in ("injection", "noise") or (
            route.intent in _COURTESY and route.score >= COURTEOUS
        ):
            return ""
        return self._names[at] if score >= max(SURE, route.score + AHEAD) else ""
