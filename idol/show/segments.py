"""What must be true before a segment airs, and undone after: licence, flash price, voice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from idol.errors import IdolError
from idol.licensing.policy import Decision, Deny
from idol.model import Language, Line, Listing
from idol.show.answers import Guard
from idol.show.picture import Picture
from idol.show.script import Segment, Show, Tag
from idol.voice.speaker import IDLE, SCRIPT

FLASH_S = 120.0
"""How long a flash price holds where the script gives no `seconds`."""


class Prices(Protocol):
    """What a segment asks of the shop."""

    async def open_flash(self, listing: int, price: str, seconds: float) -> Any: ...

    async def close_flash(self, listing: int) -> Any: ...


class Preparing(Protocol):
    async def prepare(self, lines: Iterable[Line], rank: int = SCRIPT) -> None: ...


class Segments:
    """Enters and leaves segments one at a time, in the order asked for."""

    def __init__(
        self,
        *,
        show: Show,
        listings: Mapping[int, Listing],
        prices: Prices,
        guard: Guard,
        voice: Preparing,
        picture: Picture,
        admit: Callable[[Segment], Decision],
        warn: Callable[[str, str], None],
        likely: Callable[[Listing, Language], Iterable[Line]] = lambda listing, language: (),
    ) -> None:
        """`admit` decides on a sponsored segment; `warn(code, text)` reaches the console.
        `likely` gives the answers that a listing will probably need."""
        self._show, self._prices, self._guard, self._voice = show, prices, guard, voice
        self._picture, self._admit, self._warn = picture, admit, warn
        self._likely, self._listings = likely, listings
        self._numbers = {item.product.id: item.number for item in listings.values()}
        self._turn = asyncio.Lock()
        self.refused: dict[str, str] = {}
        """Why a sponsored segment did not air, by its id."""

    def number(self, segment: Segment | None) -> int | None:
        """The listing that a segment is about."""
        return self._numbers.get(segment.product) if segment else None

    def line(self, segment: Segment, index: int) -> Line:
        """A line of the script as the guard takes it."""
        return aired(segment, index, self.number(segment))

    async def enter(self, segment: Segment) -> bool:
        """Make a segment ready to air; false if its licence does not allow it."""
        async with self._turn:
            number = self.number(segment)
            try:
                if segment.kind == "sponsored" and not self._licensed(segment):
                    return False
                if segment.price and number is not None:
                    await self._prices.open_flash(number, segment.price, segment.seconds or FLASH_S)
                await self._prepare(segment)
            except IdolError as error:
                self._warn("segment", f"{segment.id}: {error}")
        return True

    async def expect_questions(self, segment: Segment) -> None:
        """Render ahead what will be asked about its product, when the voice has nothing to do."""
        number = self.number(segment)
        if number is None:
            return
        answers = self._likely(self._listings[number], self._show.language)
        verdicts = [self._guard.prove(line) for line in answers]
        await self._voice.prepare([v.line for v in verdicts if not v.reasons], IDLE)

    async def leave(self, segment: Segment) -> None:
        async with self._turn:
            number = self.number(segment)
            if segment.price and number is not None:
                try:
                    await self._prices.close_flash(number)
                except IdolError as error:
                    self._warn("segment", f"{segment.id}: {error}")
            self._picture.sponsor(None)

    def _licensed(self, segment: Segment) -> bool:
        decision = self._admit(segment)
        if isinstance(decision, Deny):
            self.refused[segment.id] = decision.reason
            self._warn("licence", f"{segment.id}: {decision.reason}")
            return False
        self.refused.pop(segment.id, None)
        self._picture.sponsor(decision.grant, segment.product)
        return True

    async def _prepare(self, segment: Segment) -> None:
        """Render this segment's and the next one's lines ahead."""
        parts = self._show.segments
        after = parts[(parts.index(segment) + 1) % len(parts)]
        lines = [self.line(part, i) for part in (segment, after) for i in range(len(part.lines))]
        verdicts = [self._guard.prove(line) for line in lines]
        await self._voice.prepare([verdict.line for verdict in verdicts if verdict.ok])


def aired(segment: Segment, index: int, number: int | None) -> Line:
    """A line of a segment about listing `number`, with the cues that it has on air."""
    line = segment.lines[index].line(number)
    cards = [cue for cue in line.cues if cue.kind == "card"]
    if not cards or _reveals(segment):
        return line
    # A segment that never reveals the price shows it together with the card.
    prices = [type(cue)("price", cue.at, cue.value) for cue in cards]
    return Line(line.text, line.language, line.source, line.emotion, (*line.cues, *prices), number)


def _reveals(segment: Segment) -> bool:
    pieces = (piece for line in segment.lines for piece in line.pieces)
    return any(isinstance(piece, Tag) and piece.kind == "price" for piece in pieces)
