"""Keep a slow disk or network away from the show: each output writes in a thread of its own."""

from __future__ import annotations

import contextlib
import queue
import threading

from idol.model import Packet
from idol.ports import Output
from idol.telemetry import Log

DEPTH = 600
"""Packets: about 8 s of show."""


class Pump:
    """A `hub.Sink` in front of an open output: bounded, drops to the next keyframe when full.

    An output that raises is tried again with the next keyframe; the show does not notice.
    """

    def __init__(self, output: Output, log: Log) -> None:
        self.dropped = self.failed = 0
        self._output, self._log = output, log
        self._queue: queue.Queue[Packet | None] = queue.Queue(DEPTH)
        self._need_key = True
        self._thread = threading.Thread(target=self._run, name=f"output-{output.name}", daemon=True)
        self._thread.start()

    def push(self, packet: Packet) -> None:
        if self._need_key and not (packet.kind == "video" and packet.key):
            return
        try:
            self._queue.put_nowait(packet)
            self._need_key = False
        except queue.Full:
            self._need_key = True
            self.dropped += 1
            self._log.warning("output is too slow", output=self._output.name)

    def close(self, timeout: float = 5.0) -> None:
        """Write what is queued, close the output, end the thread; waits at most `timeout` s."""
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (packet := self._queue.get()) is not None:
            try:
                self._output.write(packet)
            except Exception as error:
                self.failed += 1
                self._need_key = True
                if self.failed == 1 or self.failed % 1000 == 0:
                    self._log.error("output failed", output=self._output.name, error=repr(error))
        try:
            self._output.close()
        except Exception as error:
            self._log.error("output did not close", output=self._output.name, error=repr(error))
