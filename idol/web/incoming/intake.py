"""The one door for chat from elsewhere: identity, cleaning, limits; then as our own pages' chat.

A platform's viewer is `PLATFORM:ACCOUNT`. Our own viewers' ids hold no colon, so nobody can be
taken for somebody of another platform, whatever a message says.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from idol.clock import Clock
from idol.model import ChatMessage, Language, Viewer
from idol.ports import Heard
from idol.telemetry import Log
from idol.web.clean import CHAT_LENGTH, clean, clean_name
from idol.web.limiter import Limiter, Rate
from idol.web.texts import say

VIEWER_RATE = Rate(burst=5, per_second=0.5)
PLATFORM_RATE = Rate(burst=100, per_second=25)
"""A flood on one platform takes nothing from the others: each has its own measure and queue."""
DEPTH = 200
_REMEMBERED = 5_000
_PLAIN = re.compile(r"[\w.-]{1,64}", re.ASCII)
PLATFORM = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Reception(Protocol):
    async def chat(self, message: ChatMessage) -> None: ...


class Intake:
    """For one platform. `put` never waits; `run` hands on, one message after the other."""

    def __init__(
        self,
        platform: str,
        reception: Reception,
        clock: Clock,
        log: Log,
        *,
        language: Language,
        hosts: frozenset[str] = frozenset(),
        command: Callable[[str, Viewer], bool] = lambda text, viewer: False,
    ) -> None:
        """`hosts`: her names, which nobody may bear, casefolded without spaces. `command` takes
        what is no chat, and says whether it was."""
        self.platform = platform
        self.taken = self.dropped = 0
        self._reception, self._clock, self._log = reception, clock, log
        self._language, self._hosts, self._command = language, hosts, command
        self._viewers, self._all = Limiter(VIEWER_RATE), Limiter(PLATFORM_RATE, 1)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._queue: asyncio.Queue[ChatMessage] = asyncio.Queue(DEPTH)
        self._told_at = float("-inf")

    def put(self, heard: Heard) -> bool:
        """Take a line; False if it was empty, seen before, or too much of it came."""
        text = clean(heard.text[: CHAT_LENGTH * 4])[:CHAT_LENGTH].strip()
        author = plain(heard.author)
        if not text or not author:
            return False
        id = f"{self.platform}:{plain(heard.id) or plain(f'{author} {self._clock.now()} {text}')}"
        if id in self._seen:
            return False
        now = self._clock.monotonic()
        # The viewer's own measure first: one who floods does not use up that of all.
        if not self._viewers.take(author, now) or not self._all.take("", now):
            return self._drop("too fast", now)
        if self._queue.full():
            return self._drop("too much", now)
        self._seen[id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        viewer = Viewer(f"{self.platform}:{author}", self._name(heard.name, author), self.platform)
        if self._command(text, viewer):
            return True
        self._queue.put_nowait(ChatMessage(id, viewer, text, self._clock.now(), self._language))
        self.taken += 1
        return True

    async def run(self) -> None:
        """Hand on what was put, for ever."""
        while True:
            message = await self._queue.get()
            try:
                await self._reception.chat(message)
            except Exception as error:
                self._log.error("a message failed", platform=self.platform, exc_info=error)

    def _name(self, name: str, author: str) -> str:
        if chosen := clean_name(name[:200], self._hosts):
            return chosen
        number = int(hashlib.sha256(author.encode()).hexdigest()[:8], 16) % 9000 + 1000
        return say("guest", self._language, n=number)

    def _drop(self, why: str, now: float) -> bool:
        self.dropped += 1
        if now - self._told_at > 60.0:
            self._told_at = now
            self._log.warning(
                "chat dropped", platform=self.platform, reason=why, so_far=self.dropped
            )
        return False


def plain(id: str) -> str:
    """An id that is fit for cookies, logs and tables: itself, or its hash where it is not.

    Never cut or stripped: two accounts must not become one.
    """
    if not id or _PLAIN.fullmatch(id):
        return id
    return "~" + hashlib.sha256(id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
