"""The waiting list in chat: who missed out is told of it, and takes a place with one word."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from idol.commerce import texts
from idol.commerce.holds import Origin
from idol.commerce.outcomes import Held, Queued, Refusal
from idol.commerce.waitlist import Waiting
from idol.model import ChatMessage, Language, Viewer

_JOIN = re.compile(
    r"(?:我要|我想|帮我|幫我|给我|給我|请|請)?(?:候补|候補|排队|排隊|排个队|排個隊|等补货|等補貨)"
    r"(?:一下|一个|一個|吧|呗|唄|啊|了|谢谢|謝謝)*"
    r"|(?:please )?(?:(?:put|add) me on the )?wait ?list(?: me)?(?: please)?|(?:please )?queue me"
)
_LEAVE = re.compile(
    r"(?:不|别|別|取消|退出)(?:用|要)?(?:再)?(?:候补|候補|排队|排隊|排|等)了?"
    r"|(?:leave|cancel)(?: the| my)? (?:queue|wait ?list)|stop waiting"
)
_PATIENCE = 600.0
"""Seconds for which it is remembered what a viewer could not have."""
_REMEMBERED = 4096
Join = Callable[[Viewer, str, int, Origin], Awaitable[Waiting]]
Rest = Callable[[Viewer, str, int, Origin, str], Awaitable[Waiting | None]]
Leave = Callable[[Viewer, str], Awaitable[int]]
Name = Callable[[str, Language], str]


class Queue:
    """Remembers what each viewer missed. `join`, `rest` and `leave` are the ledger's; `name`
    says what a sku is called."""

    def __init__(self, join: Join, rest: Rest, leave: Leave, name: Name) -> None:
        self._join, self._rest, self._leave, self._name = join, rest, leave, name
        self._missed: OrderedDict[str, tuple[float, str, int, Origin]] = OrderedDict()
        self._last: tuple[Refusal | None, Refusal] = None, Refusal("", "", None)

    async def heard(self, message: ChatMessage, now: float) -> Queued | None:
        """A word for the queue, and nothing else; None if the message is about something else."""
        text = re.sub(r"[\s!！。.,，~～]+", " ", message.text.strip().lower()).strip()
        viewer, language = message.viewer, message.language
        if _LEAVE.fullmatch(text) and await self._leave(viewer, ""):
            return Queued("", 0, 0, texts.say("unqueued", language))
        missed = self._missed.get(viewer.id)
        if missed is None or now >= missed[0] or not _JOIN.fullmatch(text):
            return None
        _, sku, quantity, origin = self._missed.pop(viewer.id)
        place = await self._join(viewer, sku, quantity, replace(origin, message=message.id))
        said = texts.say(
            "queued",
            language,
            quantity=place.quantity,
            item=self._name(sku, language),
            before=_ahead(place.before, language),
        )
        return Queued(sku, place.quantity, place.before, said)

    async def after(
        self,
        outcome: Held | Refusal,
        viewer: Viewer,
        wants: Sequence[tuple[str, int]],
        origin: Origin,
        key: str,
        now: float,
        language: Language,
    ) -> Held | Refusal:
        """What follows from an answer: the rest of a part that was held is waited for, and who
        got nothing is told how to wait."""
        if isinstance(outcome, Refusal):
            if outcome.code != "sold_out" or len(wants) != 1:
                return outcome
            sku, quantity = wants[0]
            self._missed[viewer.id] = (now + _PATIENCE, sku, quantity, origin)
            self._missed.move_to_end(viewer.id)
            if len(self._missed) > _REMEMBERED:
                self._missed.popitem(last=False)
            if self._last[0] is not outcome:  # else in a rush the same is said again and again
                how = texts.say("queue", language)
                self._last = outcome, replace(outcome, text=f"{outcome.text} {how}".strip())
            return self._last[1]
        short = outcome.asked - outcome.hold.quantity
        if short < 1:
            return outcome
        place = await self._rest(viewer, outcome.hold.sku, short, origin, key)
        if place is None:
            return outcome
        before = _ahead(place.before, language)
        rest = texts.say("queued_rest", language, quantity=place.quantity, before=before)
        return replace(outcome, text=f"{outcome.text} {rest}")


def _ahead(before: int, language: Language) -> str:
    if not before:
        return texts.say("queue_first", language)
    return texts.say("queue_ahead", language, before=before)
