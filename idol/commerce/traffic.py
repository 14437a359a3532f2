"""What is seen, heard, tapped and written while the show runs: noted in memory, kept in batches.

Nothing here waits for the disk and no sale waits for it: `flush`, called every second, writes
what came together in one transaction. What it is for: `attribution` and `analysis`.
"""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from idol.clock import Clock
from idol.commerce.outcomes import Floor
from idol.model import ChatMessage, Utterance
from idol.store import Store, Tx
from idol.telemetry import Log

MOST = 20_000
"""Notes kept while the disk cannot take them; beyond, the oldest are lost and counted."""
_MACHINE = re.compile(
    r"bot\b|crawl|spider|slurp|headless|phantom|puppeteer|playwright|selenium|curl|wget|python|"
    r"httpx|aiohttp|okhttp|go-http|java/|libwww|scrapy",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Note:
    sql: str
    values: dict[str, Any]


class Traffic:
    """`floor()` says what is on air now. Every method but `flush` and `close` is instant."""

    def __init__(self, store: Store, clock: Clock, floor: Callable[[], Floor], log: Log) -> None:
        self._store, self._clock, self._floor, self._log = store, clock, floor, log
        self._notes: deque[_Note] = deque(maxlen=MOST)
        self._lost = 0
        self._card: tuple[str, int] | None = None
        self._visits: set[str] = set()

    # ---- who is there

    def joined(self, viewer: str, agent: str = "") -> str:
        """A page was opened; return the visit's id. `agent` is what its browser calls itself."""
        visit = f"v_{secrets.token_hex(8)}"
        self._visits.add(visit)
        self._note(
            "INSERT INTO visits (id, viewer, joined_at, machine)"
            " VALUES (:id, :viewer, :at, :machine)",
            id=visit,
            viewer=viewer,
            at=self._clock.now(),
            machine=int(bool(_MACHINE.search(agent))),
        )
        return visit

    def left(self, visit: str) -> None:
        if visit in self._visits:
            self._visits.discard(visit)
            self._note("UPDATE visits SET left_at = :at WHERE id = :id", id=visit,
                       at=self._clock.now())  # fmt: skip

    # ---- what they saw and heard

    def shown(self, listing: int | None) -> None:
        """A product's card came into the picture, or (None) the card left it."""
        now = self._clock.now()
        if self._card is not None:
            if self._card[1] == listing:
                return
            self._note("UPDATE shown SET until_at = :at WHERE id = :id", id=self._card[0], at=now)
            self._card = None
        if listing is not None:
            floor = self._floor()
            self._card = (f"s_{secrets.token_hex(8)}", listing)
            self._note(
                "INSERT INTO shown (id, at, listing, segment, utterance)"
                " VALUES (:id, :at, :listing, :segment, :utterance)",
                id=self._card[0],
                at=now,
                listing=listing,
                segment=floor.segment,
                utterance=floor.utterance,
            )

    def spoke(self, utterance: Utterance) -> None:
        """A line began to sound."""
        line = utterance.line
        self._note(
            "INSERT INTO spoken (utterance, line, segment, listing, source, language, text,"
            " started_at) VALUES (:utterance, :line, :segment, :listing, :source, :language,"
            " :text, :at) ON CONFLICT (utterance) DO NOTHING",
            utterance=utterance.id,
            line=utterance.line_id or f"~{line.source}",
            segment=utterance.segment,
            listing=line.listing,
            source=line.source,
            language=line.language,
            text=line.text,
            at=self._clock.now(),
        )

    def silent(self, utterance: Utterance, heard: int) -> None:
        """A line ended after `heard` characters."""
        self._note(
            "UPDATE spoken SET ended_at = :at, heard = :heard WHERE utterance = :utterance",
            utterance=utterance.id,
            heard=heard,
            at=self._clock.now(),
        )

    # ---- what they did

    def clicked(self, viewer: str, listing: int) -> None:
        """A product was opened or its card tapped on a page."""
        floor = self._floor()
        self._note(
            "INSERT INTO clicks (id, at, viewer, listing, segment, utterance)"
            " VALUES (:id, :at, :viewer, :listing, :segment, :utterance)",
            id=f"k_{secrets.token_hex(8)}",
            at=self._clock.now(),
            viewer=viewer,
            listing=listing,
            segment=floor.segment,
            utterance=floor.utterance,
        )

    def wrote(self, message: ChatMessage) -> None:
        """A line of chat."""
        self._note(
            "INSERT INTO remarks (id, message, viewer, at, text)"
            " VALUES (:id, :message, :viewer, :at, :text)",
            id=f"r_{secrets.token_hex(8)}",
            message=message.id,
            viewer=message.viewer.id,
            at=message.at,
            text=message.text,
        )

    # ---- to disk

    async def flush(self) -> int:
        """Write what has come together; return how much. Raises `Unavailable` and keeps it."""
        notes = list(self._notes)
        if not notes:
            return 0
        self._notes.clear()
        if self._lost:
            self._log.warning("traffic lost", notes=self._lost)
            self._lost = 0

        def work(tx: Tx) -> None:
            for note in notes:
                tx.run(note.sql, **note.values)

        try:
            await self._store.submit(work)
        except Exception:
            self._notes.extendleft(reversed(notes))
            raise
        return len(notes)

    async def close(self) -> None:
        """The show is over: everybody has left, no card is shown."""
        self.shown(None)
        for visit in list(self._visits):
            self.left(visit)
        await self.flush()

    def _note(self, sql: str, **values: Any) -> None:
        if len(self._notes) == MOST:
            self._lost += 1
        self._notes.append(_Note(sql, values))
