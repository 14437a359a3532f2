"""Fan one encoded stream out to every viewer and output. No viewer can slow another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from idol.clock import SAMPLE_RATE, Clock
from idol.model import Packet
from idol.stream.rtp import Unit, unit

KEY_REST = 0.5
"""Seconds between two requests: at most two a second reach the encoder."""


class Viewer(Protocol):
    """Takes every unit and must not block: a viewer that cannot keep up drops on its own."""

    def push(self, unit: Unit) -> None: ...


class Sink(Protocol):
    """Takes every encoded packet, e.g. a recording; must not block either."""

    def push(self, packet: Packet) -> None: ...


class Hub:
    """Lives on the host's event loop. `ask_key` reaches the one encoder."""

    def __init__(self, ask_key: Callable[[], object], clock: Clock) -> None:
        self._ask_key, self._clock = ask_key, clock
        self._viewers: dict[Viewer, None] = {}
        self._sinks: dict[Sink, None] = {}
        self._asked_at = float("-inf")
        self._unanswered = False
        self._wall_origin: float | None = None
        self.pts = 0
        """Media time of the newest packet."""
        self.packets = self.bytes = self.keys = self.key_requests = 0

    @property
    def wall_origin(self) -> float:
        """Unix time of media time 0; sender reports tie sound and picture together by it."""
        if self._wall_origin is None:
            return self._clock.now() - self.pts / SAMPLE_RATE
        return self._wall_origin

    def add(self, viewer: Viewer) -> None:
        """From now on `viewer` gets every unit; it should wait for a keyframe."""
        self._viewers[viewer] = None
        self.request_key()

    def remove(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer, None)

    def add_sink(self, sink: Sink) -> None:
        self._sinks[sink] = None
        self.request_key()

    def remove_sink(self, sink: Sink) -> None:
        self._sinks.pop(sink, None)

    @property
    def count(self) -> int:
        return len(self._viewers)

    def publish(self, packet: Packet) -> None:
        """Give one packet to everybody. Payloads are made once, whatever the number."""
        # The earliest seen is nearest the truth: a packet can only come late.
        origin = self._clock.now() - packet.pts / SAMPLE_RATE
        self._wall_origin = min(origin, self._wall_origin or origin)
        self.pts = max(self.pts, packet.pts)
        self.packets += 1
        self.bytes += len(packet.data)
        if packet.kind == "video" and packet.key:
            self.keys += 1
            self._unanswered = False
        elif self._unanswered and self._clock.monotonic() - self._asked_at >= KEY_REST:
            self._ask()
        made = unit(packet)
        for viewer in list(self._viewers):
            viewer.push(made)
        for sink in list(self._sinks):
            sink.push(packet)

    def request_key(self) -> None:
        """Somebody needs a keyframe. Requests that come together are one to the encoder."""
        self.key_requests += 1
        if self._unanswered:
            return
        self._unanswered = True
        if self._clock.monotonic() - self._asked_at >= KEY_REST:
            self._ask()
        # Else `publish` asks when the rest is over, and again until a keyframe comes.

    def _ask(self) -> None:
        self._asked_at = self._clock.monotonic()
        self._ask_key()
