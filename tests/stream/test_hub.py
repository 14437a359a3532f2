"""Fan-out: payloads once for all, requests merged, nobody slows anybody."""

from __future__ import annotations

import itertools

from idol.clock import VirtualClock
from idol.model import Packet
from idol.stream.hub import Hub
from idol.stream.rtp import Unit


class Watcher:
    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.packets: list[Packet] = []


class ByUnit(Watcher):
    def push(self, unit: Unit) -> None:
        self.units.append(unit)


class ByPacket(Watcher):
    def push(self, packet: Packet) -> None:
        self.packets.append(packet)


def picture(pts: int, key: bool = False) -> Packet:
    return Packet("video", pts, key, b"\0\0\1\x65" + b"a" * 3000)


def make() -> tuple[Hub, list[float], VirtualClock]:
    clock, asked = VirtualClock(), []
    return Hub(lambda rung: asked.append(clock.monotonic()), clock), asked, clock


def test_all_viewers_share_the_same_payloads() -> None:
    hub, _, _ = make()
    one, two, sink = ByUnit(), ByUnit(), ByPacket()
    hub.add(one)
    hub.add(two)
    hub.add_sink(sink)
    hub.publish(picture(0, key=True))
    assert one.units[0] is two.units[0] and len(one.units[0].payloads) == 3
    assert len(sink.packets) == 1 and hub.count == 2
    hub.remove(one)
    hub.remove(one)
    hub.remove_sink(sink)
    hub.publish(picture(1920))
    assert len(one.units) == 1 and len(two.units) == 2 and len(sink.packets) == 1


async def test_many_requests_are_one_until_a_keyframe_comes_and_two_a_second_at_most() -> None:
    hub, asked, clock = make()
    for _ in range(50):
        hub.request_key()
    assert asked == [0.0]
    for i in range(100):
        await clock.advance(0.04)
        hub.request_key()
        hub.publish(picture(i * 1920, key=i % 5 == 4))
    gaps = [b - a for a, b in itertools.pairwise(asked)]
    assert min(gaps) >= 0.5 and 7 <= len(asked) <= 9


async def test_an_unanswered_request_is_made_again() -> None:
    hub, asked, clock = make()
    hub.request_key()
    for i in range(50):
        await clock.advance(0.04)
        hub.publish(picture(i * 1920))
    assert len(asked) == 4


async def test_the_wall_origin_is_the_earliest_seen() -> None:
    hub, _, clock = make()
    await clock.advance(1.0)
    hub.publish(picture(0))  # one second late
    assert hub.wall_origin == clock.now()
    hub.publish(picture(48_000))
    assert hub.wall_origin == clock.now() - 1.0
    await clock.advance(5.0)
    hub.publish(picture(96_000))
    assert hub.wall_origin == clock.now() - 6.0
