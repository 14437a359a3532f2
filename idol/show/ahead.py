"""All that she will certainly say, and what she will probably be asked, before anybody asks.

`idol rehearse --speech` renders it into the cache that every later show uses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from idol.model import LANGUAGES, Language, Line, Listing
from idol.show.answers import Guard
from idol.show.script import Show
from idol.show.segments import aired


class Talker(Protocol):
    """What is asked of `dialogue.brain.HostBrain`."""

    def fillers(self, language: Language) -> list[Line]: ...

    def likely(self, listing: Listing, language: Language) -> list[Line]: ...


class Voice(Protocol):
    """What is asked of `voice.speaker.Speaker`."""

    @property
    def to_prepare(self) -> int: ...

    async def prepare(self, lines: Iterable[Line]) -> None: ...

    async def prepared(self) -> None: ...


def lines(show: Show, listings: Mapping[int, Listing], guard: Guard, talker: Talker) -> list[Line]:
    """The script, her ready-made lines, then the answers about each listing; as proved now."""
    numbers = {item.product.id: item.number for item in listings.values()}
    written = [
        aired(segment, i, numbers.get(segment.product))
        for segment in show.segments
        for i in range(len(segment.lines))
    ]
    script = [verdict.line for verdict in map(guard.prove, written) if verdict.ok]
    fillers = [line for language in LANGUAGES for line in talker.fillers(language)]
    likely = [
        guard.prove(line)
        for item in listings.values()
        for line in talker.likely(item, show.language)
    ]
    return [*script, *fillers, *(v.line for v in likely if not v.reasons)]


async def render(voice: Voice, known: Iterable[Line], say: Callable[[str], None]) -> int:
    """Render what the cache has not yet, telling each tenth. How many clauses there were."""
    await voice.prepare(known)
    all = voice.to_prepare
    waiting = asyncio.ensure_future(voice.prepared())
    told = 0
    while not waiting.done():
        await asyncio.wait({waiting}, timeout=1)
        done = all - voice.to_prepare
        if all and done * 10 // all > told:
            told = done * 10 // all
            say(f"{done} / {all}")
    return all
