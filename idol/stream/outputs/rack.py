"""The host's side of all outputs: checked before the show, fed, watched, ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from idol import plugins
from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Chapter, Packet
from idol.stream.outputs.runner import Finish, KeyWanted, OutputState
from idol.telemetry import Log
from idol.worker import Worker

SILENT_S = 25.0
"""An output's process that reports nothing for so long hangs in a connection: it is ended and
begins anew."""
FINISH_S = 60.0
"""A long recording takes a while to finish."""


def check(entries: Sequence[Mapping[str, Any]]) -> list[tuple[str, dict[str, Any], float]]:
    """(plug-in, settings, key_seconds) of every output; `name` is filled in and is unique.

    Raises `BadInput`: nothing goes on air with an output that cannot work.
    """
    found: list[tuple[str, dict[str, Any], float]] = []
    names: set[str] = set()
    for number, entry in enumerate(entries):
        settings = {k: v for k, v in entry.items() if k != "kind"}
        kind = str(entry.get("kind", ""))
        try:
            plugin = plugins.load("outputs", kind)
        except BadInput as error:
            raise BadInput(error.what, where=f"outputs[{number}].kind", hint=error.hint) from None
        name = settings["name"] = str(
            settings.get("name") or settings.get("platform") or kind.rpartition(":")[2]
        )
        if not re.fullmatch(r"[\w.-]{1,40}", name):
            raise BadInput(
                "a name has letters, digits, - _ . and no more than 40 of them",
                where=f"outputs[{number}].name",
            )
        if name in names:
            raise BadInput(
                f"two outputs are called {name!r}; give one a name",
                where=f"outputs[{number}].name",
            )
        names.add(name)
        output = plugin()
        output.ask_key = lambda: None
        try:
            output.open(settings)
        finally:
            output.close()
        found.append((kind, settings, output.key_seconds))
    return found


class Line:
    """One output: its process, what is on the way there, and how it is."""

    def __init__(
        self,
        plugin: str,
        settings: Mapping[str, Any],
        key_seconds: float,
        ask_key: Callable[[], object],
        log: Log,
    ) -> None:
        self.name = str(settings["name"])
        self.state = OutputState()
        self.key_seconds = key_seconds
        self._ask_key, self._log = ask_key, log
        self._need_key = True
        self._chapter: Chapter | None = None
        self._heard = time.monotonic()
        self._over = asyncio.Event()
        self.lost = 0
        """Packets that its process did not even take."""
        self._worker = Worker(
            f"output {self.name}",
            "idol.stream.outputs.runner:main",
            (plugin, dict(settings)),
            on_message=self._receive,
            on_start=self._started,
            on_exit=self._exited,
            log=log,
            nice=2,
        )

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    @property
    def restarts(self) -> int:
        return self._worker.restarts

    async def start(self) -> None:
        await self._worker.start()

    def push(self, packet: Packet) -> None:
        if self._need_key and not (packet.kind == "video" and packet.key):
            return
        self._need_key = not self._worker.send(packet)
        self.lost += self._need_key

    def chapter(self, chapter: Chapter) -> None:
        self._chapter = chapter
        self._worker.send(chapter)

    def watch(self) -> None:
        """Called each second: end a process that hangs; its supervisor starts another."""
        pid = self._worker.pid
        if not self._worker.alive or pid is None:
            return
        if time.monotonic() - self._heard > SILENT_S:
            self._log.warning("output hangs", output=self.name)
            self._heard = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def close(self) -> None:
        """Let it finish, at most `FINISH_S`; one that is not live is not waited for."""
        self._over.clear()
        if self._worker.send(Finish()):
            patience = FINISH_S if self.state.state == "live" else 1.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._over.wait()
        await self._worker.stop()

    def _started(self) -> None:
        self._heard = time.monotonic()
        self._need_key = True
        if self._chapter is not None:
            self._worker.send(self._chapter)
        self._ask_key()

    def _exited(self) -> None:
        self.state = replace(self.state, state="waiting", reason="its process ended")
        self._over.set()

    def _receive(self, message: Any) -> None:
        self._heard = time.monotonic()
        if isinstance(message, KeyWanted):
            self._ask_key()
        elif isinstance(message, OutputState):
            before, self.state = self.state, message
            if message.state in ("ended", "refused"):
                self._over.set()
            if (before.state, before.reason) == (message.state, message.reason):
                return
            if message.state in ("retrying", "refused"):
                again = {"again_in_s": round(message.again, 1)} if message.again else {}
                self._log.warning(
                    f"output {message.state}", output=self.name, reason=message.reason, **again
                )
            elif message.state == "live":
                self._log.info("output live", output=self.name)


class Rack:
    """All outputs of a show: a `hub.Sink`. No method waits for an output but `close`."""

    def __init__(
        self, entries: Sequence[Mapping[str, Any]], ask_key: Callable[[], object], log: Log
    ) -> None:
        """Raises `BadInput` if an output is set wrongly."""
        self._ask_key, self._log = ask_key, log
        self.lines = [Line(*entry, ask_key, log) for entry in check(entries)]
        wanted = [line.key_seconds for line in self.lines if line.key_seconds]
        self._key_every = int(min(wanted, default=0.0) * SAMPLE_RATE)
        self._key_at = 0
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        for line in self.lines:
            await line.start()
        if self.lines:
            self._watch = asyncio.get_running_loop().create_task(self._watching(), name="outputs")

    def push(self, packet: Packet) -> None:
        if packet.kind == "video" and self._key_every:
            if packet.key:
                self._key_at = packet.pts
            elif packet.pts - self._key_at >= self._key_every:
                self._key_at = packet.pts  # asked once; the encoder answers with the next frame
                self._ask_key()
        for line in self.lines:
            line.push(packet)

    def chapter(self, pts: int, title: str) -> None:
        """The show is about `title` from media time `pts` on."""
        for line in self.lines:
            line.chapter(Chapter(pts, title))

    def states(self) -> dict[str, str]:
        """Every output in a few words, for people."""
        return {f"output {line.name}": _words(line.state) for line in self.lines}

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await asyncio.gather(*(line.close() for line in self.lines), return_exceptions=True)

    async def _watching(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for line in self.lines:
                line.watch()


def _words(state: OutputState) -> str:
    words: str = state.state
    if state.reason:
        words += f": {state.reason}"
    if state.dropped:
        words += f" ({state.dropped} times too slow)"
    return words
