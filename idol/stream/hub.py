"""Fan one encoded stream out to every viewer and output. No viewer can slow another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from idol.clock import SAMPLE_RATE, Clock
from idol.model import Packet
from idol.stream.rtp import Unit, unit

KEY_REST = 0.5
"""Seconds between two requests: at most two a second reach an encoder."""
FULL = frozenset({0})


class Viewer(Protocol):
    """Takes every unit and must not block: a viewer that cannot keep up drops on its own."""

    def push(self, unit: Unit) -> None: ...


class Sink(Protocol):
    """Takes every encoded packet, e.g. a recording; must not block either."""

    def push(self, packet: Packet) -> None: ...


class _Keys:
    """Requests for a keyframe of one rung, those that come together merged to one."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self._unanswered = False

    def wanted(self, now: float) -> bool:
        """Somebody needs one: whether to ask the encoder now."""
        if self._unanswered:
            return False
        self._unanswered = True
        return self._ask(now)

    def passed(self, key: bool, now: float) -> bool:
        """A picture went by: whether to ask now, because none came or the rest is over."""
        if key:
            self._unanswered = False
        return self._unanswered and self._ask(now)

    def _ask(self, now: float) -> bool:
        if now - self._asked_at < KEY_REST:
            return False
        self._asked_at = now
        return True


class Hub:
    """Lives on one event loop. `ask_key` reaches the encoder of a rung; `on_rungs` is told
    which rungs anybody wants, so that nobody pays for one that is not watched."""

    def __init__(
        self,
        ask_key: Callable[[int], object],
        clock: Clock,
        on_rungs: Callable[[frozenset[int]], object] = lambda rungs: None,
    ) -> None:
        self._ask_key, self._clock, self._on_rungs = ask_key, clock, on_rungs
        self._viewers: dict[Viewer, frozenset[int]] = {}
        self._sinks: dict[Sink, None] = {}
        self._keys: dict[int, _Keys] = {}
        self._wall_origin: float | None = None
        self.rungs = FULL
        """Those that somebody wants; the full picture always is among them."""
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
        self._viewers[viewer] = FULL
        self.request_key()

    def remove(self, viewer: Viewer) -> None:
        if self._viewers.pop(viewer, FULL) != FULL:
            self._count_rungs()

    def want(self, viewer: Viewer, rungs: frozenset[int]) -> None:
        """`viewer` waits for these rungs, or shows them; a new one begins with a keyframe."""
        if viewer in self._viewers and self._viewers[viewer] != rungs:
            new = rungs - self._viewers[viewer]
            self._viewers[viewer] = rungs
            self._count_rungs()
            for rung in new:
                self.request_key(rung)

    def _count_rungs(self) -> None:
        rungs = FULL.union(*self._viewers.values())
        if rungs != self.rungs:
            self.rungs = rungs
            self._on_rungs(rungs)

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
        self.bytes += len(packet.data)
        self.publish_unit(unit(packet))
        if packet.rung == 0:
            for sink in list(self._sinks):
                sink.push(packet)

    def publish_unit(self, made: Unit) -> None:
        """Give one unit, made here or by another process, to every viewer."""
        # The earliest seen is nearest the truth: a packet can only come late.
        origin = self._clock.now() - made.pts / SAMPLE_RATE
        self._wall_origin = min(origin, self._wall_origin or origin)
        self.pts = max(self.pts, made.pts)
        self.packets += 1
        if made.kind == "video":
            self.keys += made.key
            keys = self._keys.get(made.rung)
            if keys is not None and keys.passed(made.key, self._clock.monotonic()):
                self._ask_key(made.rung)
        for viewer in list(self._viewers):
            viewer.push(made)

    def request_key(self, rung: int = 0) -> None:
        """Somebody needs a keyframe. `publish` asks again until one comes."""
        self.key_requests += 1
        keys = self._keys.setdefault(rung, _Keys())
        if keys.wanted(self._clock.monotonic()):
            self._ask_key(rung)
