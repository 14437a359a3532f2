"""Who gets which rung: told by the reports of a line that is played through, on no clock."""

from __future__ import annotations

import collections
import itertools

import pytest

from idol.stream.ladder import LONGEST, PATIENCE, TRY_LONGEST, Climber, rungs

KBPS = (1500, 840, 375)
SOUND = 80
TICK = 1 / 30
PACKET = 1200


class Line:
    """Thirty pictures a second pass a line of some kbit/s whose queue holds 0.3 s. The viewer
    reports four times a second, of nothing but padding five times, of nothing once. What is lost
    behind the last packet that came is reported only when another comes. Estimates as a browser
    makes them: what came in the last second, a seventh less where the queue grows, and slowly more
    where it does not."""

    def __init__(
        self, *, trial: bool, estimating: bool = True, kbps: tuple[int, ...] = KBPS
    ) -> None:
        self.climber, self._kbps = Climber(kbps, 0.0, trial=trial), kbps
        self.now, self.climbs = 0.0, 0
        self.lost = self.highest = self.octets = 0
        self.sound_lost = self.sound_highest = 0
        self._tried_lost = self._tried = 0.0
        self._told = (0, 0)
        """Of what was tried."""
        self.shown: list[float] = []
        """When a whole picture came, that could be decoded."""
        self._estimating, self._estimate, self._rest = estimating, 0.0, 0.0
        self._queue, self._growing = 0.0, 0
        self._came: collections.deque[float] = collections.deque(maxlen=30)
        self._broken = False
        self._key_at = 0.0

    def pass_(self, seconds: float, kbps: float, loss: float = 0.0) -> int | None:
        for tick in range(round(seconds / TICK)):
            self.now += TICK
            self._picture(kbps)
            if loss and tick % round(1 / loss) == 0:
                self.lost += 1
            rest = 8 if self.climber.rung is not None else 6 if self.climber.padding else 30
            if round(self.now / TICK) % rest == 0:
                before = self.climber.rung
                estimate = self._estimate if self._estimating and before is not None else 0
                told = self._told if before is None else (self.lost, self.highest)
                after = self.climber.report(self.now, *told, estimate, self.octets)
                if after != before:
                    self._broken, self._key_at = self.climber.drowned, self.now + 0.05
                    self.climbs += after is not None and (before is None or after < before)
        return self.climber.rung

    def _picture(self, kbps: float) -> None:
        room, before = kbps * 1000 / 8 * 0.3, self._queue
        rung = self.climber.rung
        self._queue = max(0.0, self._queue - kbps * 1000 / 8 * TICK)
        bytes_ = 0.0 if rung is None else self._kbps[rung] * 1000 / 8 * TICK
        if self._key_at and self.now >= self._key_at and rung is not None:
            bytes_, self._key_at, self._broken = bytes_ * 6, 0.0, False
        elif self._key_at:
            bytes_ = 0.0
        more = (SOUND * 1000 + self.climber.padding) / 8 * TICK
        self.octets += int(bytes_ + more)
        came = min(bytes_ + more, max(0.0, room - self._queue))
        share = came / (bytes_ + more)
        self._queue += came
        self._rest += bytes_
        packets = int(self._rest // PACKET)
        self._rest -= packets * PACKET
        self.highest += packets
        self.lost += round(packets * (1 - share))
        tried = self.climber.padding / 8 * TICK / 255
        if round(self._tried + tried * share) > round(self._tried):
            self._told = (round(self._tried_lost), round(self._tried + tried * share))
        self._tried += tried
        self._tried_lost += tried * (1 - share)
        self.sound_highest += 2
        self.sound_lost += round(2 * (1 - share))
        self._broken = self._broken or (bytes_ > 0 and share < 0.99)
        if bytes_ and not self._broken:
            self.shown.append(self.now + self._queue / max(1.0, kbps * 125))
        elif self._broken and not self._key_at and rung is not None and self._queue < room * 0.9:
            self._broken = False  # sent again
        self._came.append(came / TICK * 8)
        rate = sum(self._came) / len(self._came)
        grows = self._queue > max(before + 100, kbps * 125 * TICK)
        self._growing = self._growing + 1 if grows else 0
        if self._growing > 1:
            self._estimate = min(self._estimate or rate, rate * 0.85)
        else:
            self._estimate = min(rate * 1.5, self._estimate * 1.0025 or rate)


def freezes(line: Line, begin: float, longer: float) -> list[float]:
    """Gaps between whole pictures that are longer than this."""
    shown = [each for each in sorted(line.shown) if each >= begin - 1]
    return [b - a for a, b in itertools.pairwise(shown) if b - a > longer]


def test_sizes_of_the_ladder() -> None:
    ladder = rungs((720, 1280), 1500, 3)
    assert [rung.size for rung in ladder] == [(720, 1280), (540, 960), (360, 640)]
    assert [rung.kbps for rung in ladder] == [1500, 844, 375]
    assert all(not edge % 2 for rung in rungs((1278, 718), 999, 3) for edge in rung.size)


@pytest.mark.parametrize("trial", [True, False])
def test_a_good_line_keeps_the_full_picture_whatever_little_is_lost(trial: bool) -> None:
    line = Line(trial=trial)
    assert line.pass_(100, 5000, 0.08) == 0 and line.climbs == 0


def test_little_sent_while_she_stands_still_is_no_narrow_line() -> None:
    climber = Climber(KBPS, 0.0)
    for second in range(200):
        assert climber.report(float(second), 0, second * 16, 2e5, second * 18_000) == 0


def test_keyframes_on_a_line_that_jitters_are_no_narrow_line() -> None:
    """As Chromium told it: nothing lost, and an estimate that jitter had made small grows again."""
    climber, octets, estimate = Climber((1500, 375), 0.0), 0, 2e6
    for tick in range(1, 60):
        octets += 52_000 + 60_000 * (tick in (40, 45))  # a quarter of a second; two keyframes
        estimate = 1.07e6 if tick == 38 else min(2e6, estimate * 1.02)
        assert climber.report(tick / 4, 0, tick * 45, estimate, octets) == 0


@pytest.mark.parametrize("trial", [True, False])
@pytest.mark.parametrize(("kbps", "rung"), [(1100, 1), (700, 2), (600, 2), (20, None)])
def test_a_line_finds_its_rung_in_seconds_and_stays_there(
    kbps: float, rung: int | None, trial: bool
) -> None:
    line = Line(trial=trial)
    line.pass_(8, 5000)
    assert line.pass_(8, kbps) == rung
    at_home = sum(line.pass_(1, kbps) == rung for _ in range(300))
    assert at_home > 270  # the rest are climbs that failed, ever more seldom
    assert line.climbs <= 12


@pytest.mark.parametrize("estimating", [True, False])
def test_a_line_that_narrows_costs_less_than_a_second_of_picture(estimating: bool) -> None:
    line = Line(trial=True, estimating=estimating)
    line.pass_(8, 5000)
    begin = line.now
    while line.climber.rung == 0:
        line.pass_(TICK, 700)
        assert line.now - begin < 1.0
    assert line.climber.drowned
    line.pass_(60, 700)
    assert freezes(line, begin, 0.9) == []


@pytest.mark.parametrize("kbps", [KBPS, (1500, 375)])
def test_a_trial_that_fails_costs_no_half_second_and_comes_ever_more_seldom(
    kbps: tuple[int, ...],
) -> None:
    line = Line(trial=True, kbps=kbps)
    line.pass_(5, 5000)
    line.pass_(10, 700)
    begin, trials, was = line.now, 0, 0.0
    for _ in range(round(600 / TICK)):
        line.pass_(TICK, 700)
        trials += bool(line.climber.padding) and not was
        assert line.climber.rung == len(kbps) - 1
        was = line.climber.padding
    assert freezes(line, begin, 0.5) == [] and line.climbs == 0
    assert 600 / TRY_LONGEST / 2 <= trials <= 600 / TRY_LONGEST


@pytest.mark.parametrize("trial", [True, False])
@pytest.mark.parametrize("kbps", [KBPS, (1500, 375)])
def test_it_climbs_back_when_the_line_is_good_again_and_stays(
    kbps: tuple[int, ...], trial: bool
) -> None:
    line = Line(trial=trial, kbps=kbps)
    line.pass_(10, 300)
    assert line.climber.rung in (len(kbps) - 1, None)
    assert line.pass_(PATIENCE * 10, 5000) == 0
    climbs = line.climbs
    assert line.pass_(60, 5000) == 0 and line.climbs == climbs


def in_trial() -> Climber:
    """Sound alone, and a trial has begun; of the last one, packets up to number 100 had come."""
    climber = Climber((1500, 375), 0.0, trial=True)
    now, lost, highest = 0.0, 0, 0
    while climber.rung is not None:
        now += 0.25
        lost, highest = lost + 30, highest + 40
        climber.report(now, lost, highest, 0, 0)
    while not climber.padding:
        now += 0.25
        assert now < 20
        climber.report(now, 10, 100, 0, 0)
    return climber


def test_what_was_lost_at_the_end_of_a_trial_does_not_end_the_next() -> None:
    """A receiver counts as lost what is missing before a packet that came: of the last packets of
    a trial that failed it says so only at the first of the next, on a line now good."""
    climber = in_trial()
    now = climber._tried_at
    lost, highest = 12, 105  # two of five: they were the last ones of the trial before
    while climber.rung is None:
        now += 0.2
        assert climber.padding and now < climber._tried_at + 2
        climber.report(now, lost, highest, 0, 0)
        highest += 12
    assert climber.rung == 0
    climber = in_trial()
    now = climber._tried_at
    for lost, highest in ((12, 105), (12, 115), (14, 125)):  # and these are its own
        assert climber.padding
        now += 0.2
        climber.report(now, lost, highest, 0, 0)
    assert climber.rung is None and not climber.padding


def test_the_same_report_again_makes_no_trial_grow() -> None:
    """Most of what comes while there is no picture speaks of the sound alone."""
    climber = in_trial()
    now, first = climber._tried_at, climber.padding
    for _ in range(9):
        now += 0.2
        climber.report(now, 10, 100, 0, 0)
        assert climber.padding == first
    for _ in range(9):
        now += 0.2
        climber.report(now, 10, 100, 0, 0)
    assert climber.rung is None and not climber.padding, "nothing of it came"


def test_a_line_of_sound_alone_that_is_wide_again_shows_the_full_picture_within_ten_seconds() -> (
    None
):
    for tick in range(0, 200, 7):
        line = Line(trial=True, kbps=(1500, 375))
        line.pass_(8, 5000)
        line.pass_(15 + tick / 30, 150)
        assert line.climber.rung is None
        begin = line.now
        while line.pass_(TICK, 5000) != 0:
            assert line.now - begin < 9.5


@pytest.mark.parametrize("kbps", [KBPS, (1500, 375)])
def test_the_sound_drowns_with_the_picture_for_two_seconds_at_most(kbps: tuple[int, ...]) -> None:
    line = Line(trial=True, kbps=kbps)
    line.pass_(8, 5000)
    begin = line.now
    while line.climber.rung is not None:
        line.pass_(TICK, 150)
        assert line.now - begin < 2.7  # half a second of it on the way down


@pytest.mark.parametrize("narrow", [150, 400, 700])
def test_the_full_picture_is_back_seconds_after_a_line_is_wide_again(narrow: float) -> None:
    """However long it was narrow; from sound alone it climbs all the way at once."""
    for seconds in range(20, 40):
        line = Line(trial=True)
        line.pass_(8, 5000)
        line.pass_(seconds, narrow)
        assert line.climber.rung != 0
        begin = line.now
        while line.pass_(0.5, 5000) != 0:
            assert line.now - begin < TRY_LONGEST + 14, (seconds, line.climber.rung)


def test_from_sound_alone_it_climbs_to_what_passes_and_the_sound_hardly_suffers() -> None:
    line = Line(trial=True)
    line.pass_(8, 5000)
    assert line.pass_(6, 150) is None
    begin = (line.sound_lost, line.sound_highest)
    while line.now < 120:
        line.pass_(TICK, 150)
        assert line.climber.rung is None
    lost, came = line.sound_lost - begin[0], line.sound_highest - begin[1]
    assert lost / came < 0.03
    assert line.pass_(TRY_LONGEST + 20, 1200) == 1, "840 pass, 1500 do not"


def test_failed_climbs_come_ever_more_seldom_but_never_stop() -> None:
    line = Line(trial=False)
    line.pass_(600, 600)
    before = line.climbs
    line.pass_(600, 600)
    assert 600 / LONGEST / 2 <= line.climbs - before <= 600 / PATIENCE / 2


def test_one_bad_moment_alone_is_mended_and_no_reason_to_go_down() -> None:
    climber = Climber(KBPS, 0.0)
    for tick in range(100):
        lost = 40 * (tick >= 50)  # a quarter of a second in which nearly all was lost
        assert climber.report(tick / 4, lost, tick * 42, 3e6, tick * 49_000) == 0
