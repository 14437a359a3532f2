"""The speaker: an utterance in, chunks of speech with lips, marks and cues out.

Clauses are synthesised one ahead of what is taken. Each language has its engines in order;
the next one takes over when one is dead, slow or refuses, and a show without any voice goes
on in captions, timed as if they were read.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from idol.errors import Unavailable
from idol.model import Language, Line, Mark, SpeechChunk, Utterance, VisemeEvent
from idol.ports import VoiceAudio
from idol.telemetry import Log, TaskSet
from idol.voice import chunks
from idol.voice.cache import SpeechCache
from idol.voice.chunks import Chunker
from idol.voice.clauses import Clause, split
from idol.voice.engine import Preempted, SpeechEngine
from idol.voice.normalise import Spoken, spoken

SOON, SCRIPT, IDLE = 0, 1, 2
_START_WAIT_S = 30.0
_REST_S, _LONGEST_REST_S = 3.0, 60.0
_PREPARE_RETRY_S = 1.0
_MOST_SOON = 16
"""Clauses at the highest rank that may wait: a flood of viewers must not put off the script."""
_PREPARE_TRIES = 20
"""Interruptions and failures of one clause before it is left to be spoken live."""


@dataclass(slots=True)
class _Health:
    """How often an engine has failed in a row, and until when it is left alone."""

    failures: int = 0
    rests_until: float = 0.0


@dataclass(frozen=True, slots=True)
class _Over:
    """Put after the last piece of a clause."""


@dataclass(frozen=True, slots=True, order=True)
class _Ahead:
    """A clause to be rendered ahead: by rank, then by age."""

    rank: int
    order: int
    language: Language
    text: str


@dataclass(slots=True)
class _Plan:
    """One line, ready to be spoken."""

    said: Spoken
    clauses: list[Clause] = field(default_factory=list)


class Speaker:
    """Speaks utterances with `engines` (best first for each language).

    `cache_dir` keeps rendered clauses on disk, at most `cache_mb` megabytes of them.
    """

    def __init__(
        self,
        engines: Mapping[Language, Sequence[SpeechEngine]],
        cache_dir: Path,
        log: Log,
        *,
        cache_mb: int = 512,
    ) -> None:
        self._engines = engines
        self._cache = SpeechCache(cache_dir / "speech", cache_mb * 1_000_000)
        self._log = log
        self._health: dict[str, _Health] = {}
        self._tasks = TaskSet(log)
        self._to_prepare: asyncio.PriorityQueue[_Ahead] = asyncio.PriorityQueue()
        self._order = itertools.count()
        self._soon = 0

    async def start(self) -> None:
        """Start every engine; return when the best one of each language has loaded or failed."""
        for engine in self._all():
            await engine.start()
        first = [chain[0].settled() for chain in self._engines.values() if chain]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*first), _START_WAIT_S)
        self._tasks.start(self._prepare_all(), "voice-prepare")

    async def close(self) -> None:
        await self._tasks.close()
        await asyncio.gather(*(engine.close() for engine in self._all()))

    def states(self) -> dict[str, str]:
        """Engine name to ``loading``, ``ready`` or ``failed``."""
        return {engine.name: engine.state for engine in self._all()}

    async def speak(self, utterance: Utterance) -> AsyncIterator[SpeechChunk]:
        """Chunks in order, the last one marked. Close the iterator to cancel."""
        line = utterance.line
        plan = await asyncio.to_thread(_plan, line)
        chunker = Chunker(utterance, plan.said.to_source)
        # One piece queue; the producer may be one clause ahead of what is taken from it.
        pieces: asyncio.Queue[VoiceAudio | _Over] = asyncio.Queue()
        ahead = asyncio.Semaphore(2)
        producer = asyncio.create_task(
            self._produce(plan, line.language, pieces, ahead), name=f"speak-{utterance.id}"
        )
        try:
            for i, clause in enumerate(plan.clauses):
                chunker.begin(clause)
                while not isinstance(piece := await pieces.get(), _Over):
                    for chunk in chunker.add(piece):
                        yield chunk
                last = i == len(plan.clauses) - 1
                for chunk in chunker.end(pause=not last):
                    yield chunk
                ahead.release()
            for chunk in chunker.finish(plan.clauses[-1].pause_s if plan.clauses else 0.0):
                yield chunk
        finally:
            producer.cancel()
            await asyncio.gather(producer, return_exceptions=True)

    async def prepare(self, lines: Iterable[Line], rank: int = SCRIPT) -> None:
        """Queue lines to be rendered into the cache; live speech always goes first.

        `rank` is `SOON` (a viewer's name; of these only a few may wait), `SCRIPT` or `IDLE` (what
        may be asked). Returns at once; `prepared` waits until the queue is done.
        """
        for line in lines:
            plan = await asyncio.to_thread(_plan, line)
            for clause in plan.clauses:
                text = plan.said.text[clause.start : clause.end]
                if rank == SOON:
                    if self._soon >= _MOST_SOON:
                        return
                    self._soon += 1
                self._to_prepare.put_nowait(_Ahead(rank, next(self._order), line.language, text))

    @property
    def to_prepare(self) -> int:
        """Clauses that wait to be rendered ahead."""
        return self._to_prepare.qsize()

    async def prepared(self) -> None:
        """Wait until everything given to `prepare` is in the cache, or could not be rendered."""
        await self._to_prepare.join()

    # ---- one clause after the other

    async def _produce(
        self,
        plan: _Plan,
        language: Language,
        pieces: asyncio.Queue[VoiceAudio | _Over],
        ahead: asyncio.Semaphore,
    ) -> None:
        for clause in plan.clauses:
            await ahead.acquire()
            text = plan.said.text[clause.start : clause.end]
            try:
                async for piece in self._voiced(text, language):
                    pieces.put_nowait(piece)
            except Exception:
                self._log.exception("clause lost", clause=text)
            pieces.put_nowait(_Over())

    async def _voiced(self, text: str, language: Language) -> AsyncIterator[VoiceAudio]:
        """The clause by the first engine that can; silence to read by if none can."""
        chain = self._engines.get(language, ())
        if chain:
            kept = await asyncio.to_thread(self._cache.get, self._key(chain[0], language, text))
            if kept is not None:
                yield kept
                return
        for engine in chain:
            if not self._usable(engine):
                continue
            heard: list[VoiceAudio] = []
            try:
                async for piece in engine.synthesise(text, language):
                    heard.append(piece)
                    yield piece
            except Unavailable as error:
                self._failed(engine, error)
                if heard:  # another voice would say the beginning again
                    return
                continue
            if not heard:
                continue
            self._health.pop(engine.name, None)
            if engine is chain[0]:
                await asyncio.to_thread(self._keep, engine, language, text, heard)
            return
        if any(char.isalnum() for char in text):
            states = {engine.name: engine.state for engine in chain}
            self._log.warning("no voice, captions carry the clause", clause=text, engines=states)
            yield chunks.silent(text, language)

    # ---- ahead of time

    async def _prepare_all(self) -> None:
        while True:
            ahead = await self._to_prepare.get()
            self._soon -= ahead.rank == SOON
            try:
                await self._prepare_one(ahead.language, ahead.text)
            finally:
                self._to_prepare.task_done()

    async def _prepare_one(self, language: Language, text: str) -> None:
        chain = self._engines.get(language, ())
        if not chain or self._cache.has(self._key(chain[0], language, text)):
            return
        engine = chain[0]
        await engine.settled()
        if engine.state == "failed":
            return
        for _ in range(_PREPARE_TRIES):
            heard: list[VoiceAudio] = []
            try:
                async for piece in engine.synthesise(text, language, background=True):
                    heard.append(piece)
            except Preempted:
                continue
            except Unavailable:
                await asyncio.sleep(_PREPARE_RETRY_S)
                continue
            if heard:
                await asyncio.to_thread(self._keep, engine, language, text, heard)
            return

    # ---- engines and their health

    def _all(self) -> list[SpeechEngine]:
        return list({id(e): e for chain in self._engines.values() for e in chain}.values())

    def _usable(self, engine: SpeechEngine) -> bool:
        health = self._health.get(engine.name)
        now = asyncio.get_running_loop().time()
        return engine.state == "ready" and (health is None or now >= health.rests_until)

    def _failed(self, engine: SpeechEngine, error: Unavailable) -> None:
        health = self._health.setdefault(engine.name, _Health())
        health.failures += 1
        rest = min(_REST_S * 2 ** (health.failures - 1), _LONGEST_REST_S)
        health.rests_until = asyncio.get_running_loop().time() + rest
        self._log.warning("voice failed", engine=engine.name, why=str(error), rests_s=rest)

    @staticmethod
    def _key(engine: SpeechEngine, language: Language, text: str) -> str:
        return SpeechCache.key(engine.name, engine.version, language, text)

    def _keep(
        self, engine: SpeechEngine, language: Language, text: str, heard: Sequence[VoiceAudio]
    ) -> None:
        self._cache.put(self._key(engine, language, text), _joined(heard))


def _plan(line: Line) -> _Plan:
    said = spoken(line.text, line.language)
    return _Plan(said, split(said.text, line.language))


def _joined(heard: Sequence[VoiceAudio]) -> VoiceAudio:
    if len(heard) == 1:
        return heard[0]
    visemes: list[VisemeEvent] = [e for piece in heard for e in piece.visemes]
    marks: list[Mark] = [m for piece in heard for m in piece.marks]
    return VoiceAudio(np.concatenate([p.pcm for p in heard]), tuple(visemes), tuple(marks))
