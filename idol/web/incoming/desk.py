"""All chat sources of a show: checked before it, kept going during it."""

from __future__ import annotations

import contextlib
import hmac
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from idol import plugins
from idol.clock import Clock
from idol.errors import BadInput, IdolError, Refused
from idol.model import Language
from idol.ports import ChatSource
from idol.telemetry import Log, TaskSet
from idol.web.incoming.intake import PLATFORM, Intake, Reception
from idol.web.incoming.links import Links
from idol.web.incoming.push import PushSource, open_push

FIRST_S, LONGEST_S = 1.0, 60.0
STEADY_S = 60.0
OURS = frozenset(("web",))


class Feed:
    """One source: what it is called, how it is, and where its lines go."""

    def __init__(self, kind: str, settings: Mapping[str, Any], intake: Intake) -> None:
        self.name = str(settings["name"])
        self.kind, self.settings, self.intake = kind, settings, intake
        self.state = "waiting"


class Chats:
    """Raises `BadInput` at once if a source is set wrongly."""

    def __init__(
        self,
        entries: Sequence[Mapping[str, Any]],
        reception: Reception,
        clock: Clock,
        log: Log,
        *,
        language: Language,
        hosts: frozenset[str] = frozenset(),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock, self._log, self._jitter = clock, log, jitter
        self._tasks = TaskSet(log)
        self.links = Links(clock)
        self.feeds: dict[str, Feed] = {}
        self.pushes: dict[str, tuple[PushSource, Feed]] = {}
        """What comes in over our own web server, by name."""
        intakes: dict[str, Intake] = {}
        for number, entry in enumerate(entries):
            kind = str(entry.get("kind", ""))
            settings = {k: v for k, v in entry.items() if k != "kind"}
            settings["name"] = name = str(settings.get("name") or kind.rpartition(":")[2])
            where = f"chats[{number}]"
            if name in self.feeds:
                raise BadInput(f"two sources are called {name!r}", where=f"{where}.name")
            if kind == "push":
                push = open_push(settings)
                platform = push.platform
            else:
                platform = self._open(kind, settings, where).platform
            if not PLATFORM.fullmatch(platform) or platform in OURS:
                raise BadInput(f"{platform!r} cannot be a platform's name", where=where)
            if kind == "push" and platform in plugins.names("chats"):
                raise BadInput(f"{platform!r} has a source of its own", where=f"{where}.platform")
            # One intake for a platform: an account is one person in each of its channels.
            if platform not in intakes:
                intakes[platform] = Intake(
                    platform,
                    reception,
                    clock,
                    log,
                    language=language,
                    hosts=hosts,
                    command=self.links.written,
                )
            self.feeds[name] = feed = Feed(kind, settings, intakes[platform])
            if kind == "push":
                self.pushes[name] = (push, feed)
                feed.state = "listening"
        self._intakes = intakes

    def start(self) -> None:
        for intake in self._intakes.values():
            self._tasks.start(intake.run(), f"chat {intake.platform}")
        for feed in self.feeds.values():
            if feed.kind != "push":
                self._tasks.start(self._keep(feed), f"chat {feed.name}")

    async def close(self) -> None:
        await self._tasks.close()

    def states(self) -> dict[str, str]:
        """Every source in a few words, for people."""
        return {f"chat {feed.name}": feed.state for feed in self.feeds.values()}

    def push(self, name: str, token: str) -> tuple[PushSource, Feed]:
        """The push source `name`, if `token` is its own. Raises `Refused`."""
        found = self.pushes.get(name)
        if found is None:
            raise Refused("not_found")
        if not hmac.compare_digest(token.encode(), found[0].token.encode()):
            raise Refused("bad_signature")
        return found

    @staticmethod
    def _open(kind: str, settings: Mapping[str, Any], where: str) -> ChatSource:
        try:
            plugin = plugins.load("chats", kind)
        except BadInput as error:
            hint = error.hint or ("push" if kind in ("webhook", "websocket", "pushed") else "")
            raise BadInput(error.what, where=f"{where}.kind", hint=hint) from None
        source: ChatSource = plugin()
        source.open(settings)
        return source

    async def _keep(self, feed: Feed) -> None:
        """Listen, and again after a pause that grows while it keeps failing."""
        row = 0
        while True:
            began = self._clock.monotonic()
            reason = "the connection ended"
            try:
                source = self._open(feed.kind, feed.settings, feed.name)
                feed.state = "connecting"
                async with contextlib.aclosing(source.listen()) as lines:
                    async for heard in lines:
                        if heard is not None:
                            feed.intake.put(heard)
                        elif feed.state != "live":
                            feed.state = "live"
                            self._log.info("chat live", source=feed.name)
            except (Refused, BadInput) as error:
                feed.state = f"refused: {error}"
                self._log.warning("chat refused", source=feed.name, reason=str(error))
                return
            except IdolError as error:
                reason = str(error)
            except Exception as error:  # whatever a stranger sent, the show goes on
                reason = f"{type(error).__name__}: {error}"[:200]
            row = 0 if self._clock.monotonic() - began > STEADY_S else row
            pause = min(LONGEST_S, FIRST_S * 2**row) * (0.5 + 0.5 * self._jitter())
            row = min(row + 1, 16)
            feed.state = f"retrying: {reason}"
            self._log.warning(
                "chat retrying", source=feed.name, reason=reason, again_in_s=round(pause, 1)
            )
            await self._clock.sleep(pause)
