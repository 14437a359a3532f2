"""The open pages: who is here, and what is on its way to each. Nobody waits for anybody.

Events are turned into text once, and put into each page's own bounded outbox. What a page
that comes later must know too (the last chat lines; for operators also log and sales) is kept.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from idol.model import Language, Viewer
from idol.web.outbox import Outbox

SEND_TIMEOUT_S = 20.0
"""A page that takes nothing for this long is gone."""
CHAT_KEPT = 60
LOG_KEPT = 200
SALES_KEPT = 200
_DISPENSABLE = frozenset(("caption", "caption_end", "viewers", "thanks", "chat", "stats", "log"))
_ONE_OF_A_KIND = frozenset(("viewers", "stats", "state", "totals", "card", "offers", "mine"))
"""Only the newest of these is of any use to a page that has not seen the older one."""

Json = Mapping[str, Any]


def encode(event: Json) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


class Page:
    """One open websocket."""

    def __init__(self, viewer: Viewer, language: Language, *, operator: bool = False) -> None:
        self.viewer, self.language, self.operator = viewer, language, operator
        self.outbox = Outbox()
        self._wake = asyncio.Event()

    def send(self, event: Json) -> None:
        """Put an event on its way; never blocks."""
        self._put(str(event.get("type", "")), _slot(event), encode(event))

    def _put(self, kind: str, slot: str, text: str) -> None:
        self.outbox.put(text, keep=kind not in _DISPENSABLE, slot=slot)
        self._wake.set()

    async def pump(
        self, send: Callable[[str], Awaitable[None]], fresh: Callable[[], Awaitable[Json]]
    ) -> None:
        """Send the whole state, then events as they come, until the page is gone.

        `fresh` makes the whole state; it is asked for again when the page fell too far behind.
        Raises `TimeoutError` when the page takes nothing any more.
        """
        self.outbox.stale = True
        while True:
            if self.outbox.stale:
                self.outbox.refresh()
                text: str | None = encode(await fresh())
            else:
                text = self.outbox.pop()
            if text is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await send(text)


class WebAudience:
    """Implements `ports.Audience` over the pages that are open now."""

    def __init__(self) -> None:
        self._pages: dict[str, set[Page]] = {}
        self._operators: set[Page] = set()
        self._chat: deque[Json] = deque(maxlen=CHAT_KEPT)
        self._log: deque[Json] = deque(maxlen=LOG_KEPT)
        self._sales: dict[str, Json] = {}
        self._told = -1
        self.sold = True
        """A sale happened since it was last looked at: the totals have changed."""

    # ---- ports.Audience

    def broadcast(self, event: Json) -> None:
        """To every page, viewers' and operators'."""
        if event.get("type") == "chat":
            self._chat.append(event)
        self._send((*self._all_viewers(), *self._operators), event)

    def tell(self, viewer: str, event: Json) -> None:
        """To every page of one viewer."""
        self._send(self._pages.get(viewer, ()), event)

    def tell_operators(self, event: Json) -> None:
        if event.get("type") == "log":
            self._log.append(event)
        elif event.get("type") == "sale":
            self.sold = True
            order = str(event.get("id"))
            self._sales.pop(order, None)
            self._sales[order] = event
            if len(self._sales) > SALES_KEPT:
                del self._sales[next(iter(self._sales))]
        self._send(self._operators, event)

    # ---- pages come and go

    def join(self, page: Page) -> None:
        if page.operator:
            self._operators.add(page)
        else:
            self._pages.setdefault(page.viewer.id, set()).add(page)

    def leave(self, page: Page) -> None:
        self._operators.discard(page)
        pages = self._pages.get(page.viewer.id, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(page.viewer.id, None)

    def pages_of(self, viewer: str) -> int:
        return len(self._pages.get(viewer, ()))

    def renamed(self, viewer: Viewer) -> None:
        """The viewer's open pages write under the new name from now on."""
        for page in self._pages.get(viewer.id, ()):
            page.viewer = viewer

    # ---- what pages are told on arrival, and the count

    @property
    def viewers(self) -> int:
        """People with a page open, however many pages each."""
        return len(self._pages)

    @property
    def pages(self) -> int:
        return sum(len(pages) for pages in self._pages.values())

    @property
    def operators(self) -> int:
        return len(self._operators)

    @property
    def chat(self) -> list[Json]:
        """The last lines of chat, oldest first."""
        return [{k: v for k, v in line.items() if k != "type"} for line in self._chat]

    @property
    def log(self) -> list[Json]:
        return list(self._log)

    @property
    def sales(self) -> list[Json]:
        """The last orders as they are now, by time of their last change."""
        return list(self._sales.values())

    def announce(self) -> None:
        """Tell the number of viewers if it has changed. Called about once a second."""
        if self.viewers != self._told:
            self._told = self.viewers
            self.broadcast({"type": "viewers", "count": self.viewers})

    def _all_viewers(self) -> Iterable[Page]:
        return (page for pages in self._pages.values() for page in pages)

    @staticmethod
    def _send(pages: Iterable[Page], event: Json) -> None:
        kind, slot = str(event.get("type", "")), _slot(event)
        text = ""
        for page in pages:
            text = text or encode(event)
            page._put(kind, slot, text)


def _slot(event: Json) -> str:
    kind = str(event.get("type", ""))
    if kind in _ONE_OF_A_KIND:
        return kind
    if kind == "listing":
        return f"listing {event.get('number')}"
    if kind in ("hold", "order", "sale", "packet"):
        return f"{kind} {event.get('id')}"
    return ""
