"""The life of the eyes: where they look, how they jump, when the lids shut. Seeded."""

from __future__ import annotations

import math
import random

import numpy as np
import numpy.typing as npt

from idol.avatar.manner import Manner
from idol.avatar.springs import Springs

Point = npt.NDArray[np.float64]

CLOSING, SHUT, OPENING = 0.07, 0.05, 0.16
"""Seconds of a blink's parts; people's lids shut about twice as fast as they open."""
AWAKE = 0.5
"""Seconds at the beginning in which no blink begins: a show does not open on half-shut lids."""


class Blinks:
    """When the lids shut: at uneven intervals, sometimes twice, and where thought pauses."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._next = dice.uniform(0.8, 2.5)
        self._since = 9.0
        self._again = False
        self._age = 0.0
        self._skipped = False
        """Whether the last blink is not shown."""

    def ask(self, chance: float = 0.6, after: float = 1.5) -> None:
        """A good moment to blink: the eyes are about to jump, a sentence is over.

        Not within `after` seconds of the last one: who blinks at everything looks nervous.
        """
        if self._since > after and self._dice.random() < chance:
            self._next = 0.0

    def step(self, seconds: float, mean: float) -> float:
        """How shut the lids are, 0..1."""
        self._next -= seconds
        self._since += seconds
        self._age += seconds
        if self._next <= 0:
            self._since = 0.0
            self._skipped = self._age < AWAKE
            self._again = not self._again and self._dice.random() < 0.16
            # gamma-like: rarely at once, sometimes long
            wait = mean * (0.35 + 0.65 * self._dice.gammavariate(2.2, 1 / 2.2))
            self._next = 0.34 if self._again else wait
        t = self._since
        if self._skipped:
            return 0.0
        if t < CLOSING:
            return math.sin(t / CLOSING * math.pi / 2)
        if t < CLOSING + SHUT:
            return 1.0
        return max(0.0, math.cos(min((t - CLOSING - SHUT) / OPENING, 1) * math.pi / 2))


class Gaze:
    """Where she looks. Eyes jump, then the head follows part of the way.

    On the chat the eyes read: small steps along a line, a jump back to the next one. Anywhere
    else they make the tiny jumps that living eyes make.
    """

    def __init__(self, dice: random.Random, card: tuple[float, float]) -> None:
        self._dice = dice
        self._card = card
        self._left = 1.0
        self._tiny_in = 0.5
        self._reading = False
        self.target = np.zeros(2)
        """What the head turns to, (x, y) in -1..1 with y up."""
        self._offset = np.zeros(2)
        self._eyes = Springs(9.0, 0.95, np.zeros(2))
        self.jumped = False

    def refresh(self) -> None:
        """Something else is going on: look elsewhere soon."""
        self._left = min(self._left, self._dice.uniform(0.1, 0.5))

    def meet(self, chance: float) -> None:
        """Perhaps look the viewer in the eye now: what people do as a sentence ends."""
        if self._dice.random() < chance and float(np.hypot(*self.target)) > 0.2:
            self._go(np.array([self._dice.uniform(-0.06, 0.06), self._dice.uniform(-0.04, 0.05)]))
            self._left = self._dice.uniform(1.2, 2.6)

    def stray(self) -> None:
        """Look aside for a moment: what people do as they begin to say something."""
        x = self._dice.uniform(0.2, 0.42) * self._dice.choice((-1, 1))
        self._go(np.array([x, self._dice.uniform(-0.05, 0.3)]))
        self._left = self._dice.uniform(0.35, 0.8)

    def step(self, seconds: float, manner: Manner, card_on: bool) -> Point:
        """The point looked at, (x, y), eased as eyes move. Sets `jumped`."""
        self._left -= seconds
        self.jumped = False
        if self._left <= 0:
            was = self.target
            self._left = self._dice.uniform(*manner.dwell)
            target, reading = self._choose(manner, card_on)
            self._go(target)
            self._reading = reading
            if np.hypot(*(self.target - was)) < 0.4:  # small looks within a face are short
                self._left *= 0.6
            else:
                self.jumped = True
        self._tiny_in -= seconds
        if self._tiny_in <= 0:
            self._tiny()
        return self._eyes.step(self.target + self._offset, seconds)

    def _go(self, target: Point) -> None:
        self.target, self._offset, self._tiny_in = target, np.zeros(2), 0.25
        self._reading = False

    def _tiny(self) -> None:
        draw = self._dice.uniform
        if self._reading:
            self._tiny_in = draw(0.18, 0.3)
            self._offset[0] += draw(0.06, 0.1)
            if self._offset[0] > 0.3:
                self._offset = np.array([-0.04, self._offset[1] - 0.07])
                if self._offset[1] < -0.2:
                    self._offset[1] = 0.0
            return
        self._tiny_in = draw(0.35, 1.4)
        self._offset = np.array([draw(-0.045, 0.045), draw(-0.03, 0.03)])

    def _choose(self, manner: Manner, card_on: bool) -> tuple[Point, bool]:
        """The next point, and whether there is something to read."""
        draw, near = self._dice.random(), self._dice.uniform
        product = manner.product * (2.5 if card_on else 0)
        if draw < manner.viewer:
            return np.array([near(-0.08, 0.08), near(-0.05, 0.06)]), False
        if draw < manner.viewer + manner.chat:
            return np.array([near(-0.5, -0.35), near(-0.5, -0.25)]), True
        if draw < manner.viewer + manner.chat + product:
            return np.array([c + near(-0.1, 0.1) for c in self._card]), False
        if manner.lean[1] > 2 and manner.viewer < 0.3:  # who thinks looks up
            return np.array(
                [near(0.2, 0.7) * self._dice.choice((1, 1, -1)), near(0.35, 0.8)]
            ), False
        return np.array([near(-0.6, 0.6), near(-0.15, 0.3)]), False
