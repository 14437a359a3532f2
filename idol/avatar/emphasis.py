"""What speech does to head and brows: accents on loud syllables, pitch, the ends of sentences."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idol.avatar.springs import Springs
from idol.ports import Moment

Push = npt.NDArray[np.float64]

STOPS = "。.!！?？…\n"
PAUSES = "，,、；;：:"


@dataclass(slots=True)
class Beat:
    """What was heard in this frame."""

    began: bool = False
    """Speech has just begun."""
    accent: float = 0.0
    """A stressed syllable, 0..1; 0 between them."""
    end: str = ""
    """The mark with which a sentence or clause has just ended, or empty."""


class Emphasis:
    """Follows the sound of her voice. `head` is (X, Y, Z) in degrees to be added; `brow` -1..1."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._level = self._slow = 0.0
        self._since_accent = self._quiet = 9.0
        self._armed = True
        self._chars = 0
        self._caption = ""
        self._pulses: list[tuple[float, Push]] = []
        self._head = Springs([1.9, 2.4, 1.7], [0.75, 0.6, 0.7], np.zeros(3))
        self._pitch = Springs([1.6], 0.9, np.zeros(1))
        self._lift = Springs([2.2], 0.7, np.zeros(1))
        self._lift_left, self._lift_by = 0.0, 0.0
        self.head = np.zeros(3)
        self.brow = self.energy = 0.0
        """`energy`: how lively she speaks now, 0..1, eased."""

    def step(self, moment: Moment, seconds: float) -> Beat:
        """Move on by one frame of sound."""
        beat = Beat()
        level = min(1.0, moment.loudness * 4.5)
        self._slow += (level - self._slow) * (1 - math.exp(-seconds / 0.45))
        rise = max(0.0, level - self._slow)
        self._level += (rise - self._level) * (1 - math.exp(-seconds / 0.06))
        self.energy += (min(1.0, self._slow * 1.6) - self.energy) * (1 - math.exp(-seconds / 0.6))
        self._since_accent += seconds
        if level > 0.06:
            beat.began = self._quiet > 0.5
            self._quiet = 0.0
        else:
            self._quiet += seconds
        if self._level < 0.1:
            self._armed = True
        if self._level > 0.2 and self._armed and self._since_accent > 0.28:
            self._armed, self._since_accent = False, 0.0
            beat.accent = min(1.0, self._level * 2)
            self._accent(beat.accent + 0.08 * max(0.0, moment.pitch))
        beat.end = self._ended(moment)
        self._close(beat.end)
        goal = np.array([0.0, -self._level * 5.0, 0.0])
        for _, push in self._pulses:
            goal += push
        self._pulses = [(t - seconds, push) for t, push in self._pulses if t > seconds]
        tune = float(self._pitch.step(np.array([max(-6.0, min(8.0, moment.pitch))]), seconds)[0])
        goal[1] += tune * 0.55
        self.head = self._head.step(goal, seconds)
        self._lift_left -= seconds
        lift = self._lift_by if self._lift_left > 0 else 0.0
        self.brow = float(self._lift.step(np.array([lift]), seconds)[0])
        self.brow += tune * 0.05 + self._level * 0.3
        return beat

    def _accent(self, strength: float) -> None:
        """A stressed syllable moves the head in one of several ways, never twice alike."""
        draw = self._dice
        kind = draw.random()
        if kind < 0.5:
            push = np.array([draw.gauss(0, 1.2), -draw.uniform(3.0, 6.5), draw.gauss(0, 1)])
        elif kind < 0.8:
            push = np.array([draw.gauss(0, 1.5), -1.5, draw.choice((-1, 1)) * draw.uniform(2, 5)])
        else:
            push = np.array([draw.choice((-1, 1)) * draw.uniform(2.5, 5.5), -1.0, draw.gauss(0, 1)])
        self._pulses.append((draw.uniform(0.14, 0.26), push * min(strength, 1.3)))
        if draw.random() < 0.35:
            self._raise(draw.uniform(0.25, 0.5), draw.uniform(0.25, 0.5))

    def _close(self, mark: str) -> None:
        """The end of a sentence: a nod for a statement, a tilt for a question, a lift for joy."""
        if not mark:
            return
        draw = self._dice
        if mark in "?？":
            tilt = draw.choice((-1, 1)) * draw.uniform(5, 8)
            self._pulses.append((draw.uniform(0.7, 1.1), np.array([0.0, 2.5, tilt])))
            self._raise(0.8, 0.9)
        elif mark in "!！":
            self._pulses.append((0.3, np.array([draw.gauss(0, 2), 5.0, draw.gauss(0, 3)])))
            self._raise(0.5, 0.7)
        elif mark in STOPS:
            self._pulses.append((draw.uniform(0.22, 0.34), np.array([0.0, -7.0, 0.0])))
        elif draw.random() < 0.6:
            side = draw.choice((-1, 1)) * draw.uniform(1.5, 4)
            self._pulses.append((draw.uniform(0.3, 0.6), np.array([side, -1.5, side * 0.5])))

    def _raise(self, by: float, seconds: float) -> None:
        self._lift_by, self._lift_left = by, seconds

    def _ended(self, moment: Moment) -> str:
        """The punctuation that was passed since the last frame, the strongest of it."""
        if moment.caption != self._caption:
            self._caption, self._chars = moment.caption, 0
        passed = moment.caption[self._chars : moment.caption_chars]
        self._chars = max(self._chars, moment.caption_chars)
        for marks in ("?？", "!！", STOPS, PAUSES):
            for mark in passed:
                if mark in marks:
                    return mark
        return ""
