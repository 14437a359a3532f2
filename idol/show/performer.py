"""Gives one performance at a time: lines to voice, voice to studio, and what was heard back.

A performance is one or more lines spoken as a whole (a reply may have several). It has a
turn number of its own; cutting raises the number, so that everything stale is dropped
wherever it is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from idol.clock import SAMPLE_RATE, Clock
from idol.model import Line, Played, SpeechChunk, Utterance

CLAUSE_END = re.compile(r"[，。！？；：、…,.!?;:](?=\D|$)['\"”’）)]*\s*")
CHARS_PER_SECOND = {"zh": 4.2, "en": 14.0}
"""Speaking rates of the built-in voices, only to guess how far the clause's end is."""
CLAUSE_WAIT_S = 0.6
"""A clause that ends within this time is finished; one that does not is broken off."""
RETAKE_S = 8.0
"""So long a line is tried again that the studio took with it."""
LOST_PAUSE_S = 0.3
"""Before a line is taken up again after the studio was lost: it needs time to come back."""
SILENCE_S = 1.5
"""No word from the studio for this long while sound is due: it died, the line is cut."""


class Voice(Protocol):
    """What the performer needs of `voice.speaker.Speaker`."""

    def speak(self, utterance: Utterance) -> AsyncIterator[SpeechChunk]: ...


class Screen(Protocol):
    """What the performer needs of `show.studio.Studio`."""

    def say(self, chunk: SpeechChunk) -> bool: ...

    def flush(self, turn: int) -> None: ...


@dataclass(slots=True)
class Prepared:
    """A line whose first sound is ready."""

    utterance: Utterance
    first: SpeechChunk | None
    rest: AsyncIterator[SpeechChunk]


@dataclass(slots=True)
class _Running:
    turn: int
    seq: int
    utterance: Utterance
    heard: int = 0
    progress: float = 0.0
    ends: float = 0.0
    """Monotonic time at which all sound sent so far will have been heard."""
    done: bool = False
    lost: bool = False
    """The studio died or could not take it: not heard to its end, and not cut by us."""


class Performer:
    """The one who has the floor. `played` is called with each report of the studio."""

    def __init__(
        self,
        voice: Voice,
        screen: Screen,
        clock: Clock,
        *,
        on_started: Callable[[Utterance, int], None],
        on_done: Callable[[Utterance, int, bool], None],
    ) -> None:
        """`on_started(utterance, pts)` when it sounds; `on_done(utterance, heard, cut)`."""
        self._voice, self._screen, self._clock = voice, screen, clock
        self._on_started, self._on_done = on_started, on_done
        self._turn = self._seq = 0
        self._running: _Running | None = None
        self._changed = asyncio.Event()
        self._cut: Literal["clause", "now"] | None = None

    @property
    def turn(self) -> int:
        return self._turn

    def begin(self) -> None:
        """A new performance has the floor: cuts from now on are meant for it."""
        self._cut = None

    async def prepare(self, utterance: Utterance) -> Prepared:
        """Synthesise until the first sound is ready to play."""
        chunks = self._voice.speak(utterance)
        first = await anext(aiter(chunks), None)
        return Prepared(utterance, first, chunks)

    async def perform(self, lines: AsyncIterator[Prepared]) -> tuple[Utterance, int] | None:
        """Perform until the end or a cut. After a cut: what was cut, and the characters heard.

        What is lost with the studio is taken up again when that is back.
        """
        self._next_turn()
        async with aclosing(lines):  # type: ignore[type-var]
            async for line in lines:
                cut = await self._one(line)
                patience = self._clock.monotonic() + RETAKE_S
                while cut and self._cut is None and self._clock.monotonic() < patience:
                    cut = await self._retake(*cut)
                if cut is not None:
                    return cut
        return None

    async def _retake(self, utterance: Utterance, heard: int) -> tuple[Utterance, int] | None:
        start = clause_start(utterance.line.text, heard)
        rest = from_clause(utterance.line, start)
        if not rest.text.strip():
            return None
        self._next_turn()
        cut = await self._one(await self.prepare(replace(utterance, line=rest)))
        return None if cut is None else (utterance, start + cut[1])

    def _next_turn(self) -> None:
        self._turn += 1
        self._seq = 0

    def cut(self, when: Literal["clause", "now"]) -> None:
        """End the performance: now, or where its clause ends if that is soon."""
        if self._cut != "now":
            self._cut = when
        if when == "now" and self._running:
            # The picture and sound must stop before the performer's task next runs.
            self._silence()
        self._changed.set()

    def played(self, report: Played) -> None:
        """A report from the studio."""
        running = self._running
        if not running or report.utterance != running.utterance.id or report.turn != running.turn:
            return
        running.heard = max(running.heard, report.chars)
        running.progress = self._clock.monotonic()
        if report.started:
            self._on_started(running.utterance, report.pts)
        running.done = running.done or report.done
        running.lost = running.lost or (report.done and report.cut)
        self._changed.set()

    async def _one(self, line: Prepared) -> tuple[Utterance, int] | None:
        now = self._clock.monotonic()
        running = self._running = _Running(self._turn, self._seq, line.utterance, progress=now)
        self._seq += 1
        try:
            feeder = asyncio.ensure_future(self._feed(running, line))
            try:
                finished = await self._watch(running, feeder)
            finally:
                feeder.cancel()
                await asyncio.gather(feeder, return_exceptions=True)
                await _close(line.rest)
        finally:
            self._running = None
        text = running.utterance.line.text
        heard = len(text) if finished else running.heard
        self._on_done(running.utterance, heard, not finished)
        return None if finished else (running.utterance, heard)

    async def _feed(self, running: _Running, line: Prepared) -> None:
        if line.first is not None:
            self._send(running, line.first)
        async for chunk in line.rest:
            self._send(running, chunk)

    def _send(self, running: _Running, chunk: SpeechChunk) -> None:
        self._screen.say(replace(chunk, turn=running.turn, seq=running.seq))
        now = self._clock.monotonic()
        running.ends = max(running.ends, now) + len(chunk.pcm) / SAMPLE_RATE
        running.progress = max(running.progress, now)

    async def _watch(self, running: _Running, feeder: asyncio.Future[None]) -> bool:
        """True when the line was heard to its end, false when it was cut."""
        deadline: float | None = None
        goal: int | None = None
        while not running.done:
            now = self._clock.monotonic()
            if self._cut == "now":
                return False
            if self._cut == "clause" and goal is None:
                goal, seconds = self._clause_end(running)
                deadline = now + seconds
            if goal is not None and deadline is not None:
                at_end = goal >= len(running.utterance.line.text)
                if (running.heard >= goal and not at_end) or now >= deadline:
                    self._silence()
                    return at_end and running.heard >= goal
            stalled = feeder.done() and now > max(running.progress, running.ends) + SILENCE_S
            if stalled:
                self._silence()
                running.lost = True
                break
            self._changed.clear()
            until = now + 0.25 if deadline is None else min(now + 0.25, deadline)
            waits = asyncio.ensure_future(self._changed.wait())
            timer = asyncio.ensure_future(self._clock.sleep(max(0.005, until - now)))
            try:
                await asyncio.wait({waits, timer}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waits.cancel()
                timer.cancel()
        if running.lost and self._cut is None:
            await self._clock.sleep(LOST_PAUSE_S)
        return not running.lost

    def _clause_end(self, running: _Running) -> tuple[int, float]:
        """Where to stop, and in how many seconds at the latest."""
        line = running.utterance.line
        ends = [m.end() for m in CLAUSE_END.finditer(line.text)] + [len(line.text)]
        goal = next(end for end in ends if end >= running.heard)
        seconds = (goal - running.heard) / CHARS_PER_SECOND[line.language]
        # A little grace: the guess of the rate is rough, and a clause's tail is quiet.
        return (goal, seconds + 0.4) if seconds <= CLAUSE_WAIT_S else (goal, 0.0)

    def _silence(self) -> None:
        self._turn += 1
        self._screen.flush(self._turn)


def clause_start(text: str, heard: int) -> int:
    """Where to take up a line of which `heard` characters were heard: its clause's start.

    >>> clause_start("One two, three four.", 12)
    9
    """
    starts = [0] + [m.end() for m in CLAUSE_END.finditer(text)]
    return max(start for start in starts if start <= heard)


def from_clause(line: Line, start: int) -> Line:
    """The rest of a line from character `start` on, with its cues."""
    if start <= 0:
        return line
    cues = tuple(replace(cue, at=cue.at - start) for cue in line.cues if cue.at >= start)
    return replace(line, text=line.text[start:], cues=cues)


async def _close(chunks: AsyncIterator[SpeechChunk]) -> None:
    close = getattr(chunks, "aclose", None)
    if close is not None:
        await close()
