"""The show without picture and encoder: the same stage and playout on a virtual clock.

Used by `idol rehearse` and by tests. What viewers would hear, see and be told is reported
through the same callbacks as on air.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

import numpy as np

from idol.clock import SAMPLE_RATE, Clock, VirtualClock, samples
from idol.commerce.catalog import Catalog
from idol.licensing.policy import Decision
from idol.model import (
    ChatMessage,
    Cue,
    CueFired,
    Line,
    Mark,
    Played,
    Scene,
    SpeechChunk,
    TimedCue,
    Utterance,
)
from idol.ports import Situation
from idol.show.answers import Guard
from idol.show.inspection import Opening
from idol.show.script import Segment, Show
from idol.show.stage import Stage
from idol.stream.playout import Playout
from idol.telemetry import Log

READING = {"zh": 4.2, "en": 14.0}
"""Characters a second of the built-in voices (`benchmarks/voice.py` prints them)."""


class VirtualStudio:
    """The studio's side of the contract on a virtual clock; draws nothing."""

    def __init__(
        self,
        clock: Clock,
        *,
        on_played: Callable[[Played], None],
        on_cue: Callable[[CueFired], None],
        fps: int = 25,
    ) -> None:
        self._playout = Playout(fps)
        self._clock, self._on_played, self._on_cue = clock, on_played, on_cue
        self._frame = 1.0 / fps
        self.last_scene = Scene()
        self.spoken = 0
        """Samples in which she spoke."""
        self.dead = False
        """Scripted failure: a dead studio plays and reports nothing."""

    def say(self, chunk: SpeechChunk) -> bool:
        return not self.dead and self._playout.add(chunk)

    def flush(self, turn: int) -> None:
        self._playout.flush(turn)

    def cue(self, cue: Cue) -> None:
        self._playout.cue(cue)

    def scene(self, scene: Scene) -> None:
        self.last_scene = scene

    async def run(self) -> None:
        """Play frames for ever, on the clock."""
        while True:
            await self._clock.sleep(self._frame)
            if self.dead:
                continue
            tick = self._playout.tick()
            self.spoken += self._playout.samples if tick.speaking else 0
            for fired in tick.fired:
                self._on_cue(fired)
            for played in tick.played:
                self._on_played(played)


class ReadingVoice:
    """Silence of the length that the text takes to read, with marks: times without engines."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    async def speak(self, utterance: Utterance) -> AsyncIterator[SpeechChunk]:
        line = utterance.line
        self.spoken.append(line.text)
        length = samples(max(1, len(line.text)) / READING[line.language])
        step = SAMPLE_RATE // 2
        starts = range(0, length, step)

        def at(char: int) -> int:
            return char * length // max(1, len(line.text))

        for index, start in enumerate(starts):
            end = min(start + step, length)
            last = index == len(starts) - 1
            chars = [i for i in range(len(line.text)) if start <= at(i) < end]
            cues = [c for c in line.cues if start <= at(c.at) < end or (last and at(c.at) >= end)]
            yield SpeechChunk(
                utterance=utterance.id,
                turn=utterance.turn,
                seq=utterance.seq,
                index=index,
                start=start,
                pcm=np.zeros(end - start, np.int16),
                marks=tuple(Mark(at(i), i) for i in chars),
                cues=tuple(TimedCue(at(c.at), c) for c in cues),
                last=last,
                text=line.text if index == 0 else "",
                emotion=line.emotion,
                language=line.language,
            )
            await asyncio.sleep(0)

    async def prepare(self, lines: Iterable[Line], rank: int = 0) -> None:
        for _ in lines:
            pass


class Rehearsal:
    """A whole run of the show against its opening numbers, as fast as it can be computed."""

    def __init__(
        self,
        show: Show,
        catalog: Catalog,
        guard: Guard,
        ledger: Opening,
        admit: Callable[[Segment], Decision],
        say: Callable[[str], None],
        log: Log,
    ) -> None:
        self._clock = VirtualClock()
        self._say = say
        studio = VirtualStudio(
            self._clock,
            on_played=lambda played: self._stage.played(played),
            on_cue=lambda fired: self._stage.picture.cue_fired(fired),
        )
        self._studio = studio
        self._stage = Stage(
            show=show,
            listings=catalog.listings,
            shop=ledger,
            brain=_Silence(),
            guard=guard,
            voice=ReadingVoice(),
            studio=studio,
            audience=self,
            attention=_Nobody(),
            admit=admit,
            clock=self._clock,
            log=log,
        )

    async def run(self, seconds: float) -> float:
        """Run through one lap, or `seconds` of it; the seconds that it took on air."""
        tasks = [
            asyncio.ensure_future(self._studio.run()),
            asyncio.ensure_future(self._stage.run()),
        ]
        try:
            while not self._stage.status()["laps"] and self._clock.monotonic() < (seconds or 7200):
                await self._clock.advance(1.0)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return self._clock.monotonic()

    # ---- the only viewer

    def broadcast(self, event: Mapping[str, Any]) -> None:
        now = int(self._clock.monotonic())
        at = f"{now // 60:02d}:{now % 60:02d}"
        match event["type"]:
            case "caption":
                segment = self._stage.status()["segment"]
                self._say(f"{at}  {segment:<16} {event['text']}")
            case "card" if event["listing"]:
                self._say(f"{at}  {'':<16} [card {event['listing']}]")
            case "price":
                self._say(f"{at}  {'':<16} [price {event['listing']}]")

    def tell(self, viewer: str, event: Mapping[str, Any]) -> None:
        """Nobody is there to be told."""

    def tell_operators(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "log":
            self._say(f"       {'':<16} ! {event['text']}")


class _Silence:
    async def reply(self, message: ChatMessage, situation: Situation) -> AsyncIterator[Line]:
        return
        yield  # what makes this a generator


class _Nobody:
    waiting = 0

    def take(self) -> ChatMessage | None:
        return None
