"""The fan: who gets which unit, and finding again what was sent."""

from __future__ import annotations

import itertools

import pytest

from idol.clock import VirtualClock
from idol.stream.fan import REFRESH, RING, Fan, Seat
from idol.stream.hub import Hub
from idol.stream.rtp import Unit


class Line:
    """Notes what it is given; full when told so."""

    def __init__(self) -> None:
        self.sequence, self.packets, self.octets, self.dropped = 65_000, 0, 0, 0
        self.got: list[tuple[int, int, bytes]] = []
        self.full = False

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        if self.full:
            return False
        for payload in payloads:
            self.got.append((self.sequence, timestamp, payload))
            self.sequence = (self.sequence + 1) & 0xFFFF
            self.packets += 1
        return True


class Loop:
    """Stands where the C loop stands."""

    def __init__(self) -> None:
        self.calls = 0

    def send(
        self, lines: list[Line], timestamp: int, stamp: int, payloads: tuple[bytes, ...]
    ) -> None:
        self.calls += 1
        for line in lines:
            line.send(timestamp, stamp, payloads)


class Sender:
    def __init__(self, native: bool, *, video: bool = True) -> None:
        self.video, self.seat, self.refreshed = video, Seat(), 0
        self.padded: list[int] = []
        self.here = Line()
        self.native = self.here if native else None
        self.line = None if native else self.here

    @property
    def got(self) -> list[bytes]:
        return [payload for _, _, payload in self.here.got]

    def refresh(self, pts: int) -> None:
        self.refreshed += 1

    def pad(self, octets: int) -> None:
        self.padded.append(octets)


class World:
    def __init__(self) -> None:
        self.asked: list[int] = []
        self.loop = Loop()
        self.hub = Hub(self.asked.append, VirtualClock())
        self.fan = Fan(self.hub, self.loop)
        self.pts = 0

    def picture(self, text: bytes, *, rung: int = 0, key: bool = False, later: bool = True) -> None:
        self.pts += 1600 * later
        payloads = tuple(bytes([each]) for each in text)
        self.hub.publish_unit(
            Unit("video", self.pts, self.pts * 15 // 8, key, payloads, rung, len(text))
        )

    def sound(self, text: bytes) -> None:
        self.hub.publish_unit(Unit("audio", self.pts, self.pts, True, (text,), 0, len(text)))


@pytest.mark.parametrize("native", [True, False])
def test_a_viewer_begins_and_changes_its_rung_at_a_keyframe_only(native: bool) -> None:
    world, one = World(), Sender(native)
    world.fan.open(one)
    world.picture(b"a")
    world.picture(b"B", key=True)
    world.picture(b"c")
    world.fan.aim(one, 1)
    assert world.hub.rungs == {0, 1} and 1 in world.asked
    world.picture(b"d")
    world.picture(b"1", rung=1)
    world.picture(b"2", rung=1, key=True)
    assert world.hub.rungs == {0, 1}  # the full one is always encoded
    world.picture(b"e", key=True)
    world.picture(b"3", rung=1)
    world.fan.aim(one, None)  # no picture passes: at once
    world.picture(b"4", rung=1)
    world.picture(b"5", rung=1, key=True)
    assert world.hub.rungs == {0}
    world.fan.aim(one, 1)
    world.picture(b"6", rung=1)
    world.picture(b"7", rung=1, key=True)
    world.fan.aim(one, 0)
    world.fan.aim(one, 1)  # it thought better of it: goes on without a keyframe
    world.picture(b"8", rung=1)
    assert b"".join(one.got) == b"Bcd2378"
    world.fan.close(one)
    world.picture(b"9", rung=1, key=True)
    assert b"".join(one.got) == b"Bcd2378" and world.hub.rungs == {0}


def test_sound_begins_at_once_and_all_of_a_group_are_one_call() -> None:
    world = World()
    some = [Sender(True, video=False) for _ in range(3)] + [Sender(False, video=False)]
    for each in some:
        world.fan.open(each)
    world.sound(b"a")
    assert world.loop.calls == 1 and [each.got for each in some] == [[b"a"]] * 4
    picture = Sender(True)
    world.fan.open(picture)
    world.sound(b"-")
    assert picture.got == []  # sound begins nothing
    world.fan.close(picture)
    world.fan.close(some[0])
    world.sound(b"b")
    assert [len(each.got) for each in some] == [2, 3, 3, 3]


@pytest.mark.parametrize("native", [True, False])
def test_two_pictures_of_one_moment_never_share_a_timestamp(native: bool) -> None:
    world, one, other = World(), Sender(native), Sender(native)
    world.fan.open(one)
    world.fan.open(other)
    world.picture(b"ab", key=True)
    world.fan.aim(one, 1)
    world.picture(b"cd")
    world.picture(b"12", rung=1, key=True, later=False)
    world.picture(b"3", rung=1)
    times = [timestamp for _, timestamp, _ in one.here.got]
    assert [b - a for a, b in itertools.pairwise(times)] == [0, 3000, 0, 1, 0, 2999]
    assert [number for number, _, _ in one.here.got] == list(range(65_000, 65_007))
    assert len(other.got) == 4
    # And it is found again as it was sent.
    for number, timestamp, payload in one.here.got[4:]:
        found = world.fan.sent(one, number)
        assert found is not None and found[:2] == (timestamp, payload)


def test_what_was_sent_is_found_by_its_number_for_a_while() -> None:
    world, early, late = World(), Sender(True), Sender(False)
    world.fan.open(early)
    world.picture(b"abc", key=True)
    world.fan.open(late)
    world.picture(b"de")
    world.picture(b"fg", key=True)
    world.picture(b"h")
    for each in (early, late):
        for number, timestamp, payload in each.here.got:
            assert world.fan.sent(each, number) == (timestamp, payload, payload in b"cegh")
        assert world.fan.sent(each, each.here.sequence) is None  # not yet
        assert world.fan.sent(each, 64_999) is None  # never
    assert late.got == [b"f", b"g", b"h"]
    first = early.here.got[0][0]
    for _ in range(RING):
        world.picture(b"x" * 400)
    assert world.fan.sent(early, first) is None
    newest = early.here.got[-1]
    assert world.fan.sent(early, newest[0]) == (newest[1], newest[2], True)
    world.fan.close(early)
    assert world.fan.sent(early, newest[0]) is None


def test_who_cannot_take_a_picture_waits_for_a_keyframe_and_asks_for_none() -> None:
    world, stuck, well = World(), Sender(False), Sender(False)
    world.fan.open(stuck)
    world.fan.open(well)
    world.picture(b"A", key=True)
    asked = len(world.asked)
    stuck.here.full = True
    world.picture(b"b")
    stuck.here.full = False
    world.picture(b"c")
    world.picture(b"D", key=True)
    assert (stuck.got, well.got) == ([b"A", b"D"], [b"A", b"b", b"c", b"D"])
    assert len(world.asked) == asked


def test_where_most_is_lost_the_larger_picture_stops_at_once() -> None:
    world, one = World(), Sender(True)
    world.fan.open(one)
    world.picture(b"A", key=True)
    world.fan.aim(one, 1, at_once=True)
    world.picture(b"b")
    world.picture(b"C", key=True)
    world.picture(b"1", rung=1, key=True)
    assert b"".join(one.got) == b"A1"


def test_padding_is_spread_over_the_pictures() -> None:
    world, one, other = World(), Sender(True), Sender(False)
    world.fan.pad(one, 480_000)  # not open yet
    for each in (one, other):
        world.fan.open(each)
    world.fan.pad(one, 480_000)
    for _ in range(30):
        world.picture(b"a")
        world.picture(b"1", rung=1, later=False)
    world.fan.pad(one, 0.0)
    world.picture(b"a")
    assert one.padded == [2000] * 30 and other.padded == []
    world.fan.pad(one, 480_000)
    world.fan.close(one)
    world.picture(b"a")
    assert len(one.padded) == 30


def test_paths_are_looked_at_now_and_then() -> None:
    world, one = World(), Sender(True)
    world.fan.open(one)
    for _ in range(60):
        world.picture(b"a")
    assert one.refreshed == 60 * 1600 // REFRESH
