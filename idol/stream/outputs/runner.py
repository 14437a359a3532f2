"""One output in a process of its own: writes, and when that fails waits longer each time.

FFmpeg holds Python's lock while it connects; a thread would hold up everything else. In a
process nothing but this one output can stand still or crash.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal

from idol import plugins
from idol.errors import BadInput, Missing
from idol.model import Chapter, Packet
from idol.ports import Output
from idol.stream.outputs.options import without_secrets

DEPTH = 600
"""Packets that wait for a slow output: about 8 s of show. Then it drops to a keyframe."""
FIRST_S, LONGEST_S = 1.0, 30.0
STEADY_S = 20.0
"""Live for so long, the next failure is a first one again."""
HEARTBEAT_S = 1.0

State = Literal["waiting", "live", "retrying", "refused", "ended"]


@dataclass(frozen=True, slots=True)
class OutputState:
    """How an output is. `reason` is for people and holds no secret; `again` the seconds until
    it is tried again; the rest are totals of this process."""

    state: State = "waiting"
    reason: str = ""
    again: float = 0.0
    packets: int = 0
    bytes: int = 0
    dropped: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class KeyWanted:
    """The far end needs a keyframe."""


@dataclass(frozen=True, slots=True)
class Finish:
    """Write what is there, close, end."""


class Inbox:
    """Bounded. What does not fit is dropped up to the next keyframe; chapters are never."""

    def __init__(self, depth: int = DEPTH) -> None:
        self._queue: queue.Queue[Packet | Chapter | Finish] = queue.Queue()
        self._depth = depth
        self._need_key = True
        self.dropped = 0

    def put(self, message: Packet | Chapter | Finish) -> None:
        if isinstance(message, Packet):
            if self._need_key and not (message.kind == "video" and message.key):
                return
            if self._queue.qsize() >= self._depth:
                self._need_key = True
                self.dropped += 1
                return
            self._need_key = False
        self._queue.put(message)

    def get(self, seconds: float | None = None) -> Packet | Chapter | Finish | None:
        try:
            return self._queue.get(timeout=seconds)
        except queue.Empty:
            return None

    def skip(self) -> None:
        """Begin again with a keyframe."""
        self._need_key = True


class Runner:
    """Keeps one output going. `tell` gets an `OutputState` at each change, and `KeyWanted`."""

    def __init__(
        self,
        make: Callable[[], Output],
        settings: Mapping[str, Any],
        inbox: Inbox,
        tell: Callable[[Any], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._make, self._settings, self._inbox, self._tell = make, settings, inbox, tell
        self._clock, self._jitter = clock, jitter
        self._chapter: Chapter | None = None
        self._packets = self._bytes = self._failures = 0
        self._row = 0
        """Failures in a row."""
        self._now: tuple[State, str, float] = ("waiting", "", 0.0)

    @property
    def state(self) -> OutputState:
        state, reason, again = self._now
        return OutputState(
            state,
            reason,
            again,
            self._packets,
            self._bytes,
            self._inbox.dropped,
            self._failures,
        )

    def run(self) -> None:
        """Until `Finish`. A mistake in the settings is not tried again."""
        going = True
        while going:
            output: Output | None = None
            try:
                output = self._make()
                output.ask_key = lambda: self._tell(KeyWanted())
                output.open(self._settings)
                self._change("waiting")
                going = self._write(output)
            except (BadInput, Missing) as error:
                self._change("refused", str(error))
                going = False
            except Exception as error:
                going = self._pause(error)
            finally:
                if output is not None:
                    self._close(output)
        if self._now[0] != "refused":
            self._change("ended", self._now[1])

    def _write(self, output: Output) -> bool:
        """Write until `Finish` (then False) or an error."""
        began: float | None = None
        while True:
            message = self._inbox.get()
            if isinstance(message, Finish):
                return False
            if isinstance(message, Chapter):
                self._chapter = message
                if began is not None:
                    output.chapter(message)
                continue
            if message is None:
                continue
            output.write(message)
            self._packets += 1
            self._bytes += len(message.data)
            if began is None:
                began = self._clock()
                if self._chapter is not None:
                    output.chapter(self._chapter)
                self._change("live")
            elif self._row and self._clock() - began > STEADY_S:
                self._row = 0

    def _pause(self, error: Exception) -> bool:
        """Wait, longer each time and never quite as long as others do. False on `Finish`."""
        self._failures += 1
        longest = min(LONGEST_S, FIRST_S * 2**self._row)
        self._row = min(self._row + 1, 16)
        pause = longest * (0.5 + 0.5 * self._jitter())
        reason = str(error) or type(error).__name__
        self._change("retrying", without_secrets(reason), pause)
        until = self._clock() + pause
        while (left := until - self._clock()) > 0:
            message = self._inbox.get(left)
            if isinstance(message, Finish):
                return False
            if isinstance(message, Chapter):
                self._chapter = message
        self._inbox.skip()
        self._tell(KeyWanted())
        return True

    def _close(self, output: Output) -> None:
        try:
            output.close()
        except Exception as error:
            state, _, again = self._now
            self._change(state, f"did not close: {without_secrets(str(error))}", again)

    def _change(self, state: State, reason: str = "", again: float = 0.0) -> None:
        self._now = (state, reason, again)
        self._tell(self.state)


def main(connection: Connection[Any, Any], plugin: str, settings: Mapping[str, Any]) -> None:
    """Entry of the process."""
    lock = threading.Lock()

    def tell(message: Any) -> None:
        with lock:
            connection.send(message)

    inbox = Inbox()
    runner = Runner(plugins.load("outputs", plugin), settings, inbox, tell)

    def read() -> None:
        try:
            while True:
                inbox.put(connection.recv())
        except (EOFError, OSError):
            inbox.put(Finish())  # the host is gone: what was recorded is still to be finished

    def beat() -> None:
        try:
            while True:
                time.sleep(HEARTBEAT_S)
                tell(runner.state)
        except OSError:
            return

    threading.Thread(target=read, name="read", daemon=True).start()
    threading.Thread(target=beat, name="beat", daemon=True).start()
    try:
        runner.run()
    except (BrokenPipeError, OSError):
        return
    # Refused or ended: stay, or the supervisor would take it for a crash.
    while True:
        try:
            time.sleep(HEARTBEAT_S)
            tell(runner.state)
        except OSError:
            return
