"""Rungs of quality: the picture encoded in two or three sizes, and who gets which. Pure.

Each viewer climbs alone, by what its own reports say: the share of packets lost and its
estimate of the line (REMB). That estimate never grows far above what comes in, so it is
compared with what was really sent, which is little while she stands still. Down in half a
second where much is lost, in one where less is; up with patience that doubles each time a climb
fails. The only way to learn that a line takes more is to send more: first old packets again, a
little more each quarter of a second, which costs no picture if it is too much. Where not even
the smallest picture passes, the picture stops and the sound stays; then what is sent on trial
grows until it is lost, or until the full picture would pass.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDES = {1: (1.0,), 2: (1.0, 0.5), 3: (1.0, 0.75, 0.5)}
"""For each number of rungs, the length of a side of each as a share of the full picture's."""
LOSSY = 0.15
"""Above this share of lost packets the line is too small; below it, resending mends it."""
HOPELESS = 0.30
FLOOD = 0.20
"""So much lost in each of two glances, or in one while the estimate is low: down at once."""
HASTE = 1.0
"""Seconds of bad reports before it goes down."""
CLEAN = 0.02
PATIENCE, TRY_PATIENCE = 8.0, 3.0
"""Seconds of clean reports before the first climb; before the first trial of one."""
LONGEST, TRY_LONGEST = 60.0, 10.0
"""And at most, where climbs fail; where only trials do, which cost no picture."""
TRY_PART = 0.125
"""After a trial that failed it waits for this part of the time that the line has been narrow: what
was narrow for long may stay so, and from sound alone each trial costs some sound."""
PROVED = 20.0
"""A climb that held this long has not failed."""
WEIGHT = 0.5
"""Of the newest report in the running means of loss and of what was sent."""
LOOK = 1.0
"""Seconds over which a report is judged; a shorter time says little of what was sent."""
GLANCE = 0.2
"""But much that is lost is seen in this time."""
ECHO = 0.5
"""Seconds after a change in which packets of the time before it are still reported lost."""
TRY_FIRST, TRY_MORE, TRY_STEP, TRY_STEPS = 0.25, 1.3, 0.25, 3
"""Before a climb: the share of what it needs that is sent on trial, how that grows in so many
seconds, and how often at once where reports are rare."""
TRY_SPARE, TRY_HOLD = 1.1, 1.2
"""Then somewhat more than it needs for so many seconds: a queue takes that long to run over."""
TRY_DEAF = 2.0
"""Seconds of a trial from sound alone of which nothing is reported: nothing of it came."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One encode: (width, height), kbit/s."""

    size: tuple[int, int]
    kbps: int


def rungs(size: tuple[int, int], kbps: int, count: int) -> tuple[Rung, ...]:
    """The ladder below a full picture, itself first.

    >>> rungs((720, 1280), 1500, 2)
    (Rung(size=(720, 1280), kbps=1500), Rung(size=(360, 640), kbps=375))
    """
    width, height = size
    return tuple(
        Rung((round(width * side / 2) * 2, round(height * side / 2) * 2), round(kbps * side**2))
        for side in SIDES[count]
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """A report to which later ones are compared."""

    at: float
    lost: int
    highest: int
    octets: int

    def loss(self, lost: int, highest: int) -> float:
        """The share of packets lost since."""
        expected = (highest - self.highest) & 0xFFFFFFFF
        if not 0 < expected < 1 << 31:
            return 0.0
        return min(1.0, max(0.0, (lost - self.lost) / expected))


class Climber:
    """Which rung one viewer should get. `report` is called with each of its reports."""

    def __init__(self, kbps: tuple[int, ...], now: float, *, trial: bool = False) -> None:
        """`kbps` of each rung, the full one first; `trial`: whether `padding` can be sent."""
        self._kbps, self._trial = kbps, trial
        self.rung: int | None = 0
        """None: no picture passes."""
        self.drowned = False
        """Whether so much is lost that the larger picture should stop at once."""
        self.padding = 0.0
        """Bits a second that should be sent besides, to see whether the line takes them."""
        self._loss = self._sent = 0.0
        self._changed_at = self._bad_at = self._good_at = now
        self._first = self._patience = TRY_PATIENCE if trial else PATIENCE
        self._narrow_at = now
        """Since then it has shown this rung."""
        self._climbed = False
        """Whether the last change was upwards."""
        self._look: _Mark | None = None
        self._glance: _Mark | None = None
        self._flooded = 0
        """Glances, one after the other, at which most was lost."""
        self._estimate = 0.0
        """The last one."""
        self._catching_up = False
        """Whether, since a climb, it has only grown: more slowly than what is sent."""
        self._passed = 0.0
        """What was sent on trial, and nothing of it lost, before it last grew."""
        self._tried_at = now
        """From then on more may be tried."""
        self._deaf = False
        """From sound alone: whether nothing has been reported of this trial yet. Those lost at the
        end of the last one are counted only when a later packet comes: they are not this one's."""

    def report(
        self, now: float, lost: int, highest: int, estimate: float, octets: int
    ) -> int | None:
        """The rung from now on. `lost` and `highest` are a receiver report's, of the picture or,
        while there is none, of what is sent on trial; `estimate` is what the viewer thinks it can
        receive, in bits a second (0 if unknown), `octets` what was sent so far."""
        mark = _Mark(now, lost, highest, octets)
        if estimate:
            self._catching_up = self._catching_up and estimate >= self._estimate * 0.95
        if self._look is None or self._glance is None:
            self._look = self._glance = mark
            return self.rung
        if self.padding and self.rung is None:
            if highest == self._glance.highest:  # the same report again says nothing
                if now - self._glance.at > TRY_DEAF:
                    self._lost_on_trial(now)
                return None
            if self._deaf:
                self._look, self._glance, self._deaf = mark, mark, False
                return None
        if now - self._glance.at >= GLANCE:
            loss = self._glance.loss(lost, highest)
            sent = (octets - self._glance.octets) * 8 / (now - self._glance.at)
            self._glance = mark
            self._saw(now, loss, estimate, sent)
            if self._look is None:  # it is the other reports that tell from now on
                return self.rung
        since, loss = now - self._look.at, self._look.loss(lost, highest)
        self._estimate = estimate or self._estimate
        if since >= LOOK or (since >= GLANCE and loss >= LOSSY):
            sent = (octets - self._look.octets) * 8 / since
            self._look = mark
            self._step(now, loss, estimate, sent)
        return self.rung

    def _saw(self, now: float, loss: float, estimate: float, sent: float) -> None:
        """What the last moment says: go down at once, or go on with a trial?"""
        if self.padding:
            if loss > 2 * CLEAN:
                self._lost_on_trial(now)
                return
            if 0 < estimate < self._estimate * 0.9:  # too much, or a hiccup: the same again tells
                self._tried_at = now + TRY_HOLD
            self._try(now)
            return
        self._flooded = self._flooded + 1 if loss > FLOOD else 0
        less = 0 < estimate < sent * 0.85
        last = self.rung is None or self.rung == len(self._kbps) - 1
        flooded = self._flooded > 1 or (self._flooded and less)
        if flooded and not last and now - self._changed_at > ECHO:
            self._down(now, estimate, loss, drowned=True)

    def _step(self, now: float, loss: float, estimate: float, sent: float) -> None:
        self._loss += WEIGHT * (loss - self._loss)
        self._sent += WEIGHT * (sent - self._sent)
        if min(loss, self._loss) > CLEAN:  # the mean alone falls only seconds after the losses
            self._bad_at = now
        since = 0.0 if self.padding else now - self._changed_at
        # An estimate follows what is sent, and takes a second to: not judged too early.
        settled = since > 2.0
        drowns = self._drowns(loss) and since > ECHO
        if not drowns and not (settled and self._too_much(estimate)):
            self._good_at = now
        if (drowns or settled) and now - self._good_at >= HASTE:
            self._down(now, estimate, self._loss, drowned=self._loss > LOSSY)
        elif self.rung == 0 or not settled:
            return
        elif now - max(self._bad_at, self._changed_at) >= max(self._patience, self._rest(now)):
            if self._trial:
                self._try(now)
            else:
                self._up(now, len(self._kbps) - 1 if self.rung is None else self.rung - 1)

    def _rest(self, now: float) -> float:
        """How long to wait for the next trial where they fail."""
        return min(TRY_LONGEST, TRY_PART * (now - self._narrow_at)) if self._trial else 0.0

    def _drowns(self, loss: float) -> bool:
        """Whether the smallest picture drowns, and the sound with it."""
        return self.rung == len(self._kbps) - 1 and min(loss, self._loss) > HOPELESS

    def _too_much(self, estimate: float) -> bool:
        if self.rung is None:
            return False
        last = self.rung == len(self._kbps) - 1
        if self._loss > (HOPELESS if last else LOSSY):
            return True
        if self._catching_up:
            return False
        # A keyframe is more than the line must bear, an estimate grows more slowly than it falls.
        sent = min(self._sent, self._kbps[self.rung] * 1000.0)
        if last:  # the picture stops only where packets are lost
            return self._loss > CLEAN and 0 < estimate < sent * 0.5
        return 0 < estimate < sent * 0.7

    def _failed(self) -> None:
        """It was one too many: the next climb comes later."""
        self._patience = min(LONGEST, max(self._patience, PATIENCE) * 2)

    def _try(self, now: float) -> None:
        """Send a little more on trial; climb where all that is needed has passed: for the next
        rung, or from nothing for the full picture, as there is none that a trial could cost."""
        if now < self._tried_at:
            return
        if self.rung is None:
            rung, need, first = 0, self._kbps[0], self._kbps[-1]
        else:
            rung = self.rung - 1
            need = first = self._kbps[rung] - self._kbps[self.rung]
        most = need * 1000.0 * TRY_SPARE
        if self.padding < most:
            grown = TRY_MORE ** min(TRY_STEPS, (now - self._tried_at) / TRY_STEP)
            more = self.padding * grown if self.padding else first * 1000.0 * TRY_FIRST
            self._deaf = self._deaf or not self.padding
            self._passed = self.padding
            self.padding, self._tried_at = min(most, more), now
            if more >= most:
                self._tried_at += TRY_HOLD
        else:
            self._up(now, rung)

    def _lost_on_trial(self, now: float) -> None:
        """From nothing it climbs to what had passed before; else it waits again."""
        if self.rung is None:
            for rung, kbps in enumerate(self._kbps):
                if kbps * 1000.0 * TRY_SPARE <= self._passed / TRY_MORE:  # the rest: its queue
                    self._up(now, rung)
                    return
        self._changed(now, climbed=False)

    def _down(self, now: float, estimate: float, loss: float, *, drowned: bool) -> None:
        assert self.rung is not None
        if self._climbed and now - self._changed_at < PROVED:
            self._failed()
        lower = self.rung + 1
        # A line that has fallen far need not be tried step by step.
        share = min(1.0 - loss, estimate / self._sent if estimate and self._sent else 1.0)
        while lower < len(self._kbps) - 1 and self._kbps[lower] > share * self._kbps[self.rung]:
            lower += 1
        self.rung = lower if lower < len(self._kbps) else None
        if self.rung is None:  # from now on other reports tell, which count by themselves
            self._look = self._glance = None
        self._changed(now, climbed=False)
        self._narrow_at, self.drowned = now, drowned

    def _up(self, now: float, rung: int) -> None:
        if self._climbed:  # the last one has held, so the line is better than it was
            self._patience = self._first
        if self.rung is None:
            self._look = self._glance = None
        self.rung, self._narrow_at = rung, now
        self._changed(now, climbed=True)
        self.drowned = False

    def _changed(self, now: float, *, climbed: bool) -> None:
        self._changed_at, self._climbed = now, climbed
        self._catching_up = climbed
        self._loss, self._flooded, self.padding = 0.0, 0, 0.0
