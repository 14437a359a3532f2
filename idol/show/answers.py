"""An answer on its way: a message chosen, thought about, proved, and made ready to sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from idol.model import ChatMessage, Line, Listing, Utterance
from idol.ports import Brain, Situation
from idol.show.performer import Prepared
from idol.show.script import Show
from idol.telemetry import Log


class Verdict(Protocol):
    """What the show needs of `dialogue.guard.Verdict`."""

    @property
    def ok(self) -> bool: ...
    @property
    def line(self) -> Line: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


class Guard(Protocol):
    """What the show needs of `dialogue.guard.Guard`: the one gate before the voice."""

    def prove(self, line: Line, given: Iterable[str] = ()) -> Verdict: ...


class Attention(Protocol):
    """What the show needs of `dialogue.attention.Attention`."""

    def take(self) -> ChatMessage | None: ...

    @property
    def waiting(self) -> int: ...


class Preparer(Protocol):
    async def prepare(self, utterance: Utterance) -> Prepared: ...


@dataclass(slots=True)
class _Answer:
    message: ChatMessage
    first: Prepared
    next: asyncio.Task[Prepared | None]
    more: AsyncIterator[Line]


class Answers:
    """Prepares one answer at a time, and gives it when it has the floor."""

    def __init__(
        self,
        *,
        show: Show,
        listings: Mapping[int, Listing],
        brain: Brain,
        guard: Guard,
        attention: Attention,
        performer: Preparer,
        utter: Callable[[Line, str], Utterance],
        log: Log,
    ) -> None:
        """`utter(line, reply_to)` gives a line its place in the show."""
        self._show, self._listings, self._brain, self._guard = show, listings, brain, guard
        self._attention, self._performer, self._utter = attention, performer, utter
        self._log = log
        self._ready: _Answer | None = None
        self._heard: list[tuple[str, str]] = []

    @property
    def waiting(self) -> bool:
        return self._attention.waiting > 0

    def note(self, who: str, text: str) -> None:
        """Remember what was really said, and by whom."""
        self._heard.append((who, text))
        del self._heard[:-12]

    async def prepare(self, current: int | None) -> bool:
        """Choose a message and make its answer ready; false if there is nothing to say.

        The answer is thought on while it waits for the floor.
        """
        if self._ready is not None:  # the floor was never given to it
            self._ready.next.cancel()
            self._ready = None
        while (message := self._attention.take()) is not None:
            host = self._show.host.get(message.language) or next(iter(self._show.host.values()))
            situation = Situation(self._listings, current, host, tuple(self._heard[-6:]))
            lines = self._brain.reply(message, situation)
            first = await self._proved(lines)
            if first is not None:
                ahead = asyncio.ensure_future(self._upcoming(lines, message.id))
                try:
                    ready = await self._performer.prepare(self._utter(first, message.id))
                except BaseException:
                    ahead.cancel()
                    raise
                self._ready = _Answer(message, ready, ahead, lines)
                return True
        return False

    async def give(self) -> AsyncIterator[Prepared]:
        """The prepared answer; each further line is prepared while the one before is heard."""
        answer, self._ready = self._ready, None
        if answer is None:
            return
        self.note(answer.message.viewer.name, answer.message.text)

        ahead = answer.next
        try:
            yield answer.first
            while (prepared := await ahead) is not None:
                ahead = asyncio.ensure_future(self._upcoming(answer.more, answer.message.id))
                yield prepared
        finally:
            ahead.cancel()

    async def _upcoming(self, lines: AsyncIterator[Line], reply_to: str) -> Prepared | None:
        line = await self._proved(lines)
        if line is None:
            return None
        return await self._performer.prepare(self._utter(line, reply_to))

    async def _proved(self, lines: AsyncIterator[Line]) -> Line | None:
        async for line in lines:
            verdict = self._guard.prove(line)
            if verdict.ok:
                return verdict.line
            self._log.info("answer not proved", text=line.text, reasons=verdict.reasons)
        return None
