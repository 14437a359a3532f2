"""The show without picture and encoder: the same playout on any clock, far faster than real.

Used by `idol rehearse` and by tests. What viewers would hear, see and be told is reported
through the same callbacks as on air.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

import numpy as np

from idol.clock import SAMPLE_RATE, Clock, samples
from idol.model import (
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
from idol.stream.playout import Playout

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

    async def prepare(self, lines: Iterable[Line]) -> None:
        for _ in lines:
            pass
