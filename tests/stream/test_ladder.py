"""Who gets which rung: told by scripted reports, on no clock at all."""

from __future__ import annotations

import pytest

from idol.stream.ladder import LONGEST, PATIENCE, Climber, rungs

KBPS = (1500, 840, 375)


class Line:
    """A line of some kbit/s: tells what a viewer of `climber` reports each second."""

    def __init__(self, climber: Climber) -> None:
        self.climber, self.now, self.climbs = climber, 0.0, 0

    def pass_(self, seconds: int, kbps: float) -> int | None:
        for _ in range(seconds):
            self.now += 1.0
            before = self.climber.rung
            sent = 0 if before is None else KBPS[before]
            loss = max(0.0, 1 - kbps / (sent + 80)) if sent else 0.0
            estimate = min(kbps, (sent + 80) * 1.5) * 1000
            after = self.climber.step(self.now, loss, estimate, (sent + 80) * 1000)
            self.climbs += after is not None and (before is None or after < before)
        return self.climber.rung


def test_sizes_of_the_ladder() -> None:
    ladder = rungs((720, 1280), 1500, 3)
    assert [rung.size for rung in ladder] == [(720, 1280), (540, 960), (360, 640)]
    assert [rung.kbps for rung in ladder] == [1500, 844, 375]
    assert all(not edge % 2 for rung in rungs((1278, 718), 999, 3) for edge in rung.size)


def test_a_good_line_keeps_the_full_picture_whatever_little_is_lost() -> None:
    line = Line(Climber(KBPS, 0.0))
    assert line.pass_(100, 5000) == 0
    climber = Climber(KBPS, 0.0)
    assert all(climber.step(float(at), 0.05 * (at % 2), 0, 1e6) == 0 for at in range(200))


def test_little_sent_while_she_stands_still_is_no_narrow_line() -> None:
    climber = Climber(KBPS, 0.0)
    assert all(climber.step(float(at), 0.0, 2e5, 1.5e5) == 0 for at in range(200))


@pytest.mark.parametrize(("kbps", "rung"), [(1100, 1), (600, 2), (20, None)])
def test_a_line_finds_its_rung_in_seconds_and_stays_there(kbps: float, rung: int | None) -> None:
    line = Line(Climber(KBPS, 0.0))
    assert line.pass_(8, kbps) == rung
    at_home = sum(line.pass_(1, kbps) == rung for _ in range(300))
    assert at_home > 270  # the rest are climbs that failed, ever more seldom
    assert line.climbs <= 12


def test_it_climbs_back_when_the_line_is_good_again() -> None:
    line = Line(Climber(KBPS, 0.0))
    line.pass_(10, 300)
    assert line.climber.rung in (2, None)
    assert line.pass_(int(PATIENCE * 10), 5000) == 0


def test_failed_climbs_come_ever_more_seldom_but_never_stop() -> None:
    line = Line(Climber(KBPS, 0.0))
    line.pass_(600, 600)
    before = line.climbs
    line.pass_(600, 600)
    assert 600 / LONGEST / 2 <= line.climbs - before <= 600 / PATIENCE / 2
