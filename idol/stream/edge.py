"""An edge: a child process that takes ready units and serves the WebRTC viewers.

With encoder, shop and fan-out in one process, a hundred joins (DTLS handshakes) stop the chat
for seconds; here they stop nothing. The host's end is `idol.stream.edges`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal

from idol.clock import SystemClock
from idol.errors import Refused
from idol.stream.hub import Hub
from idol.stream.rtp import Unit
from idol.stream.webrtc import Whep, WhepSettings
from idol.telemetry import TaskSet, configure_log, get_log

READ_AT_ONCE = 50
"""Units taken from the pipe before the viewers' own packets are looked at again."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Host to edge: call this method of `Whep`."""

    number: int
    method: Literal["join", "trickle", "leave"]
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Edge to host: what the method returned, or how it refused (code, text)."""

    number: int
    value: Any = None
    refused: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """Edge to host: this session is over."""

    session: str


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """Edge to host: one of its viewers needs a keyframe of this rung."""

    rung: int


@dataclass(frozen=True, slots=True)
class RungsWanted:
    """Edge to host: what its viewers watch."""

    rungs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Stats:
    """Edge to host, each second: `Whep.stats()`, and the CPU seconds of the process."""

    values: dict[str, Any]


def main(connection: Connection[Any, Any], settings: WhepSettings) -> None:
    """Entry of the child process."""
    configure_log("WARNING")  # the host logs who comes and goes
    asyncio.run(_Edge(connection, settings).run())


class _Edge:
    def __init__(self, connection: Connection[Any, Any], settings: WhepSettings) -> None:
        self._connection = connection
        log = get_log("edge")
        self._hub = Hub(
            lambda rung: self._send(KeyWanted(rung)),
            SystemClock(),
            lambda rungs: self._send(RungsWanted(rungs)),
        )
        self._whep = Whep(self._hub, log, settings, lambda session: self._send(Ended(session)))
        self._tasks = TaskSet(log)
        self._over = asyncio.Event()

    async def run(self) -> None:
        gc.collect()
        gc.freeze()  # what is loaded stays: later collections need not look at it
        loop = asyncio.get_running_loop()
        loop.add_reader(self._connection.fileno(), self._read)
        self._tasks.start(self._report(), "edge-report")
        await self._over.wait()
        loop.remove_reader(self._connection.fileno())
        await self._tasks.close()
        await self._whep.close()

    def _read(self) -> None:
        try:
            for _ in range(READ_AT_ONCE):
                message = self._connection.recv()
                if isinstance(message, Unit):
                    self._hub.publish_unit(message)
                elif isinstance(message, Ask):
                    self._tasks.start(self._answer(message), message.method)
                if not self._connection.poll():
                    return
        except (EOFError, OSError):
            self._over.set()

    def _send(self, message: object) -> None:
        with contextlib.suppress(OSError):  # the host is gone: `_read` sees it too
            self._connection.send(message)

    async def _answer(self, ask: Ask) -> None:
        try:
            value = await getattr(self._whep, ask.method)(*ask.arguments)
        except Refused as refused:
            self._send(Told(ask.number, refused=(refused.code, str(refused))))
        except Exception as error:
            self._send(Told(ask.number, refused=("bad_sdp", repr(error))))
            raise
        else:
            self._send(Told(ask.number, value))

    async def _report(self) -> None:
        while True:
            self._send(Stats(self._whep.stats()))
            await asyncio.sleep(1.0)
