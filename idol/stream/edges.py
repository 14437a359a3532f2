"""The host's end of the edges: it gives them units, and hands each viewer to one of them.

Looks like `Whep` to the web room. If an edge dies its viewers are told that their session is
unknown and join again, at another edge or at this one when it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections import Counter
from typing import Any

from idol.errors import Refused
from idol.stream import aiortc_private as private
from idol.stream.edge import Ask, Ended, KeyWanted, RungsWanted, Stats, Told
from idol.stream.hub import Hub
from idol.stream.rtp import Unit
from idol.stream.webrtc import Whep, WhepSettings
from idol.telemetry import Log, TaskSet
from idol.worker import Worker

PATIENCE = 15.0
"""Seconds that a request waits for an edge: one that is being started needs a few."""
SILENT = 20.0
"""Seconds without a word after which an edge that seems alive is taken for stuck; it tells its
counters each second."""
STARTING = 60.0
"""And so many more for its first word: on a machine with too much to do, a process needs long to
come up, and one that is killed for that never does."""
QUEUE = 256
"""Units on their way to an edge: three seconds. One further behind starts at a keyframe."""


def open_whep(hub: Hub, log: Log, settings: WhepSettings, edges: int) -> Whep | Edges:
    """Viewers served in this process (`edges` = 0) or by so many of their own."""
    return Edges(hub, log, settings, edges) if edges else Whep(hub, log, settings)


class Edge:
    """One child process; to the hub, a viewer that wants every rung its own viewers want."""

    def __init__(self, number: int, hub: Hub, log: Log, settings: WhepSettings) -> None:
        self.sessions: set[str] = set()
        self.values: dict[str, Any] = {}
        self.told_at = time.monotonic()
        self._hub, self._log = hub, log
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()
        self._need_key: set[int] = set()
        self.worker = Worker(
            f"edge-{number}",
            "idol.stream.edge:main",
            (settings,),
            on_message=self._receive,
            on_start=self._started,
            on_exit=self._died,
            log=log,
            nice=-5,  # where the system lets it: late packets are seen by many
            queue_size=QUEUE,
        )

    def push(self, unit: Unit) -> None:
        if unit.kind == "video" and unit.rung in self._need_key:
            if not unit.key:
                return
            self._need_key.discard(unit.rung)
        if not self.worker.send(unit) and unit.kind == "video":
            # A hole in the stream that no sequence number shows: nothing until a keyframe.
            self._need_key.add(unit.rung)
            self._hub.request_key(unit.rung)

    async def ask(self, method: Any, *arguments: str) -> Any:
        """Call a method of the edge's `Whep`; raises what that raises, or "not_ready"."""
        number = next(self._numbers)
        future = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            if not self.worker.send(Ask(number, method, arguments)):
                raise Refused("not_ready", "the edge cannot take the request")
            return await asyncio.wait_for(future, PATIENCE)
        except TimeoutError:
            raise Refused("not_ready", "the edge did not answer in time") from None
        finally:
            self._asked.pop(number, None)

    def _receive(self, message: Any) -> None:
        if isinstance(message, Told):
            self._told(message)
        elif isinstance(message, Ended):
            if message.session in self.sessions:
                self.sessions.discard(message.session)
                self._log.info("viewer left", session=message.session, edge=self.worker.name)
        elif isinstance(message, KeyWanted):
            self._hub.request_key(message.rung)
        elif isinstance(message, RungsWanted):
            self._hub.want(self, message.rungs)
        elif isinstance(message, Stats):
            self.values, self.told_at = message.values, time.monotonic()

    def _told(self, message: Told) -> None:
        future = self._asked.get(message.number)
        joined = isinstance(message.value, tuple)
        if joined:
            self.sessions.add(message.value[0])
            self._log.info("viewer joined", session=message.value[0], edge=self.worker.name)
        if future is None or future.done():
            if joined:  # who asked has gone meanwhile
                self.worker.send(Ask(next(self._numbers), "leave", (message.value[0],)))
        elif message.refused:
            future.set_exception(Refused(*message.refused))
        else:
            future.set_result(message.value)

    def _started(self) -> None:
        self.told_at = time.monotonic() + STARTING
        self._hub.add(self)

    def end_if_stuck(self) -> None:
        """A process that hangs is worse than one that died: then another takes over."""
        pid = self.worker.pid
        if self.worker.alive and pid and time.monotonic() - self.told_at > SILENT:
            self._log.error("edge is stuck", worker=self.worker.name)
            self.told_at = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _died(self) -> None:
        self._hub.remove(self)
        self.sessions.clear()
        self.values = {}
        for future in self._asked.values():
            if not future.done():
                future.set_exception(Refused("not_ready", "the edge has died; another takes over"))


class Edges:
    """All viewers, spread over the edges. The methods are those of `Whep`."""

    def __init__(self, hub: Hub, log: Log, settings: WhepSettings, count: int) -> None:
        self._settings, self._log = settings, log
        self.edges = [Edge(number, hub, log, settings) for number in range(count)]
        self._refused = 0
        self._tasks = TaskSet(log)

    async def start(self) -> None:
        """Spawn the processes; they take viewers when they are up, a second or two later."""
        await asyncio.gather(*(edge.worker.start() for edge in self.edges))
        self._tasks.start(self._watch(), "edges-watch")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for edge in self.edges:
                edge.end_if_stuck()

    async def close(self) -> None:
        """End every session and every process."""
        await self._tasks.close()
        await asyncio.gather(*(edge.worker.stop() for edge in self.edges))

    @property
    def count(self) -> int:
        """Viewers that are connected, or about to be."""
        return sum(len(edge.sessions) for edge in self.edges)

    @property
    def rtp_origin(self) -> int | None:
        """Video RTP time (90 kHz) of media time 0; None if it is not known."""
        return 0 if self._settings.direct and private.direct_supported() else None

    def stats(self) -> dict[str, Any]:
        """The counters of all edges together, at most a second old."""
        total: dict[str, Any] = {"join_ms": [], "rungs": Counter()}
        for edge in self.edges:
            for name, value in edge.values.items():
                total[name] = total[name] + value if name in total else value
        return {**total, "sessions": self.count, "refused": self._refused}

    async def join(self, offer_sdp: str) -> tuple[str, str]:
        """As `Whep.join`. Raises `Refused("not_ready")` too, where every edge is down for long."""
        try:
            if self.count >= self._settings.max_viewers:
                raise Refused("full", "this show has as many viewers as it can take")
            answer: tuple[str, str] = await (await self._choose()).ask("join", offer_sdp)
            return answer
        except Refused:
            self._refused += 1
            raise

    async def _choose(self) -> Edge:
        """The living edge with the fewest viewers."""
        deadline = time.monotonic() + PATIENCE
        while not (alive := [edge for edge in self.edges if edge.worker.alive]):
            if time.monotonic() > deadline:
                raise Refused("not_ready", "no edge is up")
            await asyncio.sleep(0.05)
        return min(alive, key=lambda edge: len(edge.sessions))

    async def trickle(self, session_id: str, fragment: str) -> str:
        """As `Whep.trickle`."""
        answer: str = await self._of(session_id).ask("trickle", session_id, fragment)
        return answer

    async def leave(self, session_id: str) -> None:
        """As `Whep.leave`."""
        await self._of(session_id).ask("leave", session_id)

    def _of(self, session_id: str) -> Edge:
        for edge in self.edges:
            if session_id in edge.sessions:
                return edge
        raise Refused("unknown_session", "this session has ended")
