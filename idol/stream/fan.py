"""Fan one unit out to all viewers that watch the same: the part that every packet passes.

Viewers of one rung of the picture get the same payloads in the same order, so they form a group.
It keeps what was sent once for all of them: a viewer's sequence number and the group's count of
packets go up together, and the difference finds any packet again. Where the C loop was built, a
unit to a whole group is one call.
"""

from __future__ import annotations

import collections
import time
from collections.abc import Callable
from typing import Protocol

from idol.clock import SAMPLE_RATE
from idol.stream.hub import Hub
from idol.stream.lines import Line
from idol.stream.native import NativeLine, SendLoop
from idol.stream.rtp import Unit

RING = 128
"""Sent pictures kept for retransmission: four seconds."""
REFRESH = SAMPLE_RATE // 2
"""How often, in media time, each viewer's path and numbers are looked at."""


class Sender(Protocol):
    """What the fan knows of one kind of media to one viewer."""

    video: bool
    seat: Seat
    native: NativeLine | None
    """Its line, if that is one of the C loop, else `line`."""
    line: Line | None

    def refresh(self, pts: int) -> None:
        """Look at the path, and send the reports that are due."""
        ...

    def pad(self, octets: int) -> None:
        """Send so many besides, which the viewer throws away."""
        ...


class Seat:
    """Where in the fan a sender is: the rung it shows, and the one it waits for."""

    __slots__ = ("began", "nudged", "rung", "target")

    def __init__(self) -> None:
        self.rung: int | None = None
        """Shown now; None: nothing is sent until a keyframe of `target`."""
        self.target: int | None = 0
        """Wanted; None stops the picture."""
        self.began = 0
        """The packets that its line had sent when it came to the group."""
        self.nudged = 0
        """So many packets from there on have a timestamp that is one higher than the group's."""


class Group:
    """Those who get the same units."""

    def __init__(self, kept: int) -> None:
        self.senders: dict[Sender, None] = {}
        self.index = 0
        """Packets of this group so far."""
        self.timestamp = -1
        """Of the newest unit."""
        self.ring: collections.deque[tuple[int, Unit]] = collections.deque(maxlen=kept)
        self._native: list[NativeLine] | None = None
        self._others: list[Sender] = []

    def changed(self) -> None:
        """A sender came, left or has another line."""
        self._native = None

    def lines(self) -> tuple[list[NativeLine], list[Sender]]:
        if self._native is None:
            self._native = [each.native for each in self.senders if each.native is not None]
            self._others = [each for each in self.senders if each.native is None]
        return self._native, self._others


class Fan:
    """All senders of one process; to the hub, one viewer that wants what any of them wants."""

    def __init__(
        self,
        hub: Hub,
        loop: SendLoop | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hub, self._loop, self._monotonic = hub, loop, monotonic
        self._groups: dict[tuple[str, int], Group] = {}
        self._senders: dict[Sender, None] = {}
        self._waiting: dict[Sender, None] = {}
        self._padding: dict[Sender, float] = {}
        self._padded = 0
        self._refreshed = -REFRESH
        hub.add(self)

    # ---- who gets what

    def open(self, sender: Sender) -> None:
        """Packets may flow to it from now on; a picture, from the next keyframe of its target."""
        self._senders[sender] = None
        if sender.video:
            self.aim(sender, sender.seat.target)
        else:
            self._enter(sender, self._group("audio", 0))

    def close(self, sender: Sender) -> None:
        """Nothing more goes to it."""
        if self._senders.pop(sender, self) is not self:
            self._leave(sender)
            self._waiting.pop(sender, None)
            self._padding.pop(sender, None)
            self._want()

    def pad(self, sender: Sender, bits: float) -> None:
        """From now on send it so many a second besides."""
        self._padding[sender] = bits
        if not bits or sender not in self._senders:
            del self._padding[sender]

    def aim(self, sender: Sender, target: int | None, *, at_once: bool = False) -> None:
        """`sender` should show this rung, from its next keyframe on; None stops it at once.

        `at_once` stops what it shows now: where most of that is lost, it would only stand in the
        way of the keyframe.
        """
        seat = sender.seat
        seat.target = target
        if sender not in self._senders:
            return
        if target is None or (at_once and target != seat.rung):
            self._leave(sender)
        if target is None or target == seat.rung:
            self._waiting.pop(sender, None)
        else:
            self._waiting[sender] = None
        self._want()
        if sender in self._waiting and target is not None:
            self._hub.request_key(target)

    def lost(self, sender: Sender) -> None:
        """It could not be served: nothing until a keyframe, for which it does not ask by itself."""
        self._leave(sender)
        if sender.video and sender.seat.target is not None:
            self._waiting[sender] = None
        self._want()

    def moved(self, sender: Sender) -> None:
        """It has another line."""
        if sender.seat.rung is None and not sender.video and sender in self._senders:
            self._enter(sender, self._group("audio", 0))  # after it was lost
        elif sender.seat.rung is not None:
            self._group("video" if sender.video else "audio", sender.seat.rung).changed()

    def _group(self, kind: str, rung: int) -> Group:
        group = self._groups.get((kind, rung))
        if group is None:
            group = self._groups[kind, rung] = Group(RING if kind == "video" else 0)
        return group

    def _enter(self, sender: Sender, group: Group, rung: int = 0) -> None:
        line = sender.native or sender.line
        sender.seat.rung, sender.seat.began = rung, line.packets if line else 0
        group.senders[sender] = None
        group.changed()

    def _leave(self, sender: Sender) -> None:
        if sender.seat.rung is not None:
            group = self._group("video" if sender.video else "audio", sender.seat.rung)
            group.senders.pop(sender, None)
            group.changed()
            sender.seat.rung = None

    def _want(self) -> None:
        wanted = {
            rung
            for each in self._senders
            if each.video
            for rung in (each.seat.rung, each.seat.target)
            if rung is not None
        }
        self._hub.want(self, frozenset(wanted))

    # ---- units

    def push(self, unit: Unit) -> None:
        """Send one unit to all who watch it; never blocks."""
        group = self._group(unit.kind, unit.rung)
        begins = unit.kind == "video" and unit.key
        nudged = self._let_in(unit, group) if begins and self._waiting else []
        stamp = self.stamp()
        self._send(group.lines(), unit.timestamp, stamp, unit)
        for sender in nudged:
            self._enter(sender, group, unit.rung)
            sender.seat.nudged = len(unit.payloads)
            native = [sender.native] if sender.native is not None else []
            alone = native, [] if native else [sender]
            self._send(alone, unit.timestamp + 1 & 0xFFFFFFFF, stamp, unit)
        group.ring.append((group.index, unit))
        group.index += len(unit.payloads)
        group.timestamp = unit.timestamp
        if self._padding and unit.kind == "video" and unit.rung == 0:
            passed = min(unit.pts - self._padded, SAMPLE_RATE // 10)
            self._padded = unit.pts
            for sender, bits in self._padding.items():
                sender.pad(int(bits / 8 * passed / SAMPLE_RATE))
        if unit.pts - self._refreshed >= REFRESH:
            self._refreshed = unit.pts
            for sender in list(self._senders):
                sender.refresh(unit.pts)

    def stamp(self) -> int:
        """The time of sending as abs-send-time has it: seconds as 6.18 bits fixed point."""
        return int(self._monotonic() * (1 << 18)) & 0xFFFFFF

    def _send(
        self, to: tuple[list[NativeLine], list[Sender]], timestamp: int, stamp: int, unit: Unit
    ) -> None:
        native, others = to
        if native and self._loop is not None:
            self._loop.send(native, timestamp, stamp, unit.payloads)
        for sender in others:
            line = sender.line
            if line is not None and not line.send(timestamp, stamp, unit.payloads) and sender.video:
                self.lost(sender)

    def _let_in(self, unit: Unit, group: Group) -> list[Sender]:
        """At a keyframe: those who waited for it come in; returns those who have just got the
        larger picture of this moment, and need another timestamp lest two pictures share one."""
        nudged: list[Sender] = []
        came = [each for each in self._waiting if each.seat.target == unit.rung]
        for sender in came:
            del self._waiting[sender]
            before = sender.seat.rung
            self._leave(sender)
            sender.seat.nudged = 0
            if before is not None and self._group("video", before).timestamp == unit.timestamp:
                nudged.append(sender)
            else:
                self._enter(sender, group, unit.rung)
        if came:
            self._want()
        return nudged

    def sent(self, sender: Sender, sequence: int) -> tuple[int, bytes, bool] | None:
        """What went to it under this sequence number: (timestamp, payload, whether it was the
        last of its unit); None if that is too long ago or never was."""
        seat, line = sender.seat, sender.native or sender.line
        if seat.rung is None or line is None:
            return None
        group = self._group("video" if sender.video else "audio", seat.rung)
        ago, here = (line.sequence - sequence) & 0xFFFF, line.packets - seat.began
        if not 0 < ago <= here:
            return None
        for first, unit in reversed(group.ring):
            index = group.index - ago - first
            if 0 <= index < len(unit.payloads):
                timestamp = unit.timestamp + (here - ago < seat.nudged)
                return timestamp & 0xFFFFFFFF, unit.payloads[index], index == len(unit.payloads) - 1
        return None
