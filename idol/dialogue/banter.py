"""Small talk from the language model: clause by clause through the guard, or not at all.

The model only ever chats. It is given no numbers, its words are proved against an empty sheet,
and it stops at the first clause that cannot be proved.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Protocol

from idol.clock import Clock
from idol.dialogue.guard import Guard
from idol.dialogue.numbers import normalise
from idol.dialogue.sheet import ends_sentence, split
from idol.errors import Unavailable
from idol.model import Language, Line
from idol.ports import Prompt
from idol.telemetry import Log

FIRST_CLAUSE_S = 2.5
"""After this long without a clause, a scripted line answers instead."""
NEXT_CLAUSE_S = 4.0
MAX_TOKENS = 60
MAX_SENTENCES = 2
FIRST_WORDS = 2
"""Words (or pairs of Chinese characters) before the first piece may end at a comma: enough to
stand alone if what follows cannot be said."""
_WHOLE = re.compile(r"[。！？!?～\n]\s*$|[^\W\d_]{2}[,，]\s*$|[a-z]{3}\.\s*$")
"""The end of a clause that no further character can take back, as the dot of a number is."""

_SPEAKER = re.compile(r"^\w{1,12}\s?[:：]\s*")
"""The name before a line of a talk, as the examples of the prompt have it; not to be spoken."""
_LEAVE_TO_SCRIPT = re.compile(
    r"政治|总统|主席|政府|战争|台湾|香港独|宗教|色情|做爱|裸|毒品|赌博|自杀|想死|股票|股市|彩票|加密货币|比特币"
    r"|医生|药|病|癌|怀孕|律师|法律"
    r"|\b(?:politic\w*|president|election|war|religio\w*|sex\w*|nude|naked|drugs?|gambl\w*|suicid\w*"
    r"|kill|stocks?|crypto|bitcoin|lottery|doctor|medicine|disease|cancer|pregnan\w*|lawyer|legal)\b"
)


class Mind(Protocol):
    """What banter needs of `dialogue.mind.Mind`."""

    @property
    def ready(self) -> bool: ...

    def stream(self, prompts: Sequence[Prompt], max_tokens: int) -> AsyncIterator[str]: ...


def fit_for_model(text: str) -> bool:
    """Whether a message may be answered by the model at all; some subjects are not small talk."""
    return not _LEAVE_TO_SCRIPT.search(normalise(text))


def prompts(
    opening: Sequence[Prompt],
    heard: Sequence[tuple[str, str]],
    text: str,
    host: str = "host",
) -> list[Prompt]:
    """The conversation for the model: its opening, the last exchange as heard, the message."""
    messages = [*opening]
    for who, said in heard[-2:]:
        messages.append(Prompt("assistant" if who == host else "user", said[:120]))
    messages.append(Prompt("user", text[:160]))
    return messages


class Banter:
    """Asks the model and yields what could be proved."""

    def __init__(self, mind: Mind | None, clock: Clock, log: Log) -> None:
        self._mind, self._clock, self._log = mind, clock, log

    @property
    def ready(self) -> bool:
        return self._mind is not None and self._mind.ready

    async def lines(
        self, conversation: Sequence[Prompt], language: Language, guard: Guard
    ) -> AsyncIterator[Line]:
        """Proved lines of one answer, the first within `FIRST_CLAUSE_S` or none at all."""
        if self._mind is None:
            return
        talk = [prompt.content for prompt in conversation if prompt.role != "system"]
        async with aclosing(_pieces(self._mind.stream(conversation, MAX_TOKENS))) as pieces:
            patience = FIRST_CLAUSE_S
            while (piece := await self._next(pieces, patience)) is not None:
                patience = NEXT_CLAUSE_S
                verdict = guard.prove(Line(piece, language, "model", "happy"))
                if verdict.reasons or any(_parrots(piece, said) for said in talk):
                    why = verdict.reasons or ("repeats what one of them has said",)
                    self._log.info("banter not proved", text=piece, reasons=why)
                    return
                if verdict.ok:
                    yield verdict.line

    async def _next(self, pieces: AsyncGenerator[str, None], patience: float) -> str | None:
        """The next piece; None at the end, after `patience` seconds, or when the model fails."""
        waiting = asyncio.ensure_future(anext(pieces, None))
        timer = asyncio.ensure_future(self._clock.sleep(patience))
        try:
            await asyncio.wait({waiting, timer}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                self._log.info("the model is slow, a scripted line answers", patience_s=patience)
                return None
            return waiting.result()
        except Unavailable as error:
            self._log.info("the model cannot answer", why=str(error))
            return None
        finally:
            timer.cancel()
            if not waiting.done():
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)


async def _pieces(stream: AsyncIterator[str]) -> AsyncGenerator[str, None]:
    """Text cut for speaking: the first clause as soon as it is whole, then whole sentences.

    Closing this closes the stream, which tells the model to stop.
    """
    try:
        async for piece in _cut_up(stream):
            yield piece
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def _cut_up(stream: AsyncIterator[str]) -> AsyncIterator[str]:
    pending, sentences = "", 0
    first = True
    async for text in stream:
        pending += text
        while sentences < MAX_SENTENCES and (cut := _cut(pending, first)):
            piece, pending = pending[:cut].strip().lstrip('”’"」』'), pending[cut:]
            piece = _SPEAKER.sub("", piece, count=1) if first else piece
            if re.search(r"\w", piece):
                first = False
                sentences += ends_sentence(piece)
                yield piece
        if sentences >= MAX_SENTENCES:
            return
    # A last sentence that the token limit cut off is not said.
    if pending.strip() and sentences < MAX_SENTENCES and ends_sentence(pending):
        yield pending.strip()


def _cut(text: str, first: bool) -> int:
    """Where the next piece ends, or 0 while it is not whole."""
    at = so_far = 0
    for clause in split(text):
        at += len(clause)
        if at >= len(text) and not _WHOLE.search(clause):
            return 0
        words = len(clause.split()) + len(re.findall(r"[\u3400-\u9fff]", clause)) // 2
        so_far += words
        if ends_sentence(clause) or (first and so_far >= FIRST_WORDS):
            return at
    return 0


def _parrots(said: str, asked: str) -> bool:
    """Whether an answer hands back words of the talk ("repeat after me ..."), hers or theirs."""
    a, b = re.sub(r"\W+", "", normalise(said)), re.sub(r"\W+", "", normalise(asked))
    size = 8 if re.search(r"[\u3400-\u9fff]", said) else 24
    return len(a) >= size and any(a[i : i + size] in b for i in range(len(a) - size + 1))
