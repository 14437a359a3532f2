"""What her body does by itself: breath, blinks, gaze, posture, nods. Seeded, never a loop.

`Actor.step` turns the moments of a show into poses, one per frame. The same seed and the same
moments give the same poses, on any machine speed.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idol.avatar.expression import Expressions, Face
from idol.avatar.gestures import ARM, Gestures
from idol.avatar.lipsync import Lips
from idol.avatar.pack import PARAMS, Orientation, Pack
from idol.avatar.springs import Noise, Springs
from idol.clock import SAMPLE_RATE
from idol.model import Activity
from idol.ports import Moment, Pose

BASE = dict.fromkeys(PARAMS, 0.0) | {"ParamEyeLOpen": 1.0, "ParamEyeROpen": 1.0}
CLOSING, SHUT, OPENING = 0.07, 0.05, 0.16
"""Seconds of a blink's parts; people's lids shut about twice as fast as they open."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the body behaves in one activity."""

    viewer: float
    """Share of time the eyes rest on the viewer; the rest goes to chat, product and away."""
    chat: float
    product: float
    dwell: tuple[float, float]
    """Seconds between looks, shortest and longest."""
    sway: float
    """How far the body wanders, 1 is calm."""
    tempo: float
    """How fast it wanders and breathes."""
    blinks: float
    """Mean seconds between blinks."""
    lean: tuple[float, float, float]
    """Head angles X, Y, Z that go with it, in degrees."""


MANNERS: dict[Activity, Manner] = {
    "idle": Manner(0.62, 0.2, 0.08, (1.6, 4.5), 1.0, 1.0, 3.6, (0, 0, 0)),
    "listening": Manner(0.25, 0.7, 0.0, (1.2, 3.0), 0.6, 0.9, 4.6, (-4, -2, 5)),
    "thinking": Manner(0.15, 0.1, 0.05, (0.9, 2.2), 0.7, 0.7, 3.0, (5, 4, 4)),
    "speaking": Manner(0.78, 0.08, 0.08, (1.4, 3.8), 1.25, 1.35, 3.2, (0, 1, 0)),
    "waiting": Manner(0.85, 0.1, 0.0, (2.0, 5.0), 0.9, 0.85, 3.8, (0, 1, -2)),
    "celebrating": Manner(0.9, 0.05, 0.0, (0.8, 2.0), 1.9, 2.2, 3.0, (0, 4, 0)),
}


class Blinks:
    """When the lids shut: at uneven intervals, sometimes twice, often with a large look."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._next = dice.uniform(0.8, 2.5)
        self._since = 9.0
        self._again = False

    def ask(self) -> None:
        """A good moment to blink (the eyes are about to jump)."""
        if self._since > 0.5 and self._dice.random() < 0.6:
            self._next = 0.0

    def step(self, seconds: float, mean: float) -> float:
        """How shut the lids are, 0..1."""
        self._next -= seconds
        self._since += seconds
        if self._next <= 0:
            self._since = 0.0
            self._again = not self._again and self._dice.random() < 0.16
            # gamma-like: rarely at once, sometimes long
            wait = mean * (0.35 + 0.65 * self._dice.gammavariate(2.2, 1 / 2.2))
            self._next = 0.34 if self._again else wait
        t = self._since
        if t < CLOSING:
            return math.sin(t / CLOSING * math.pi / 2)
        if t < CLOSING + SHUT:
            return 1.0
        return max(0.0, math.cos(min((t - CLOSING - SHUT) / OPENING, 1) * math.pi / 2))


class Gaze:
    """Where she looks. Eyes jump, then the head follows part of the way."""

    def __init__(self, dice: random.Random, card: tuple[float, float]) -> None:
        self._dice = dice
        self._card = card
        self._left = 1.0
        self.target = np.zeros(2)
        self._eyes = Springs(9.0, 0.95, np.zeros(2))
        self.jumped = False

    def step(self, seconds: float, manner: Manner, card_on: bool) -> npt.NDArray[np.float64]:
        """The point looked at, (x, y) in -1..1 with y up, eased as eyes move."""
        self._left -= seconds
        self.jumped = False
        if self._left <= 0:
            was = self.target
            self._left = self._dice.uniform(*manner.dwell)
            self.target = self._choose(manner, card_on)
            self.jumped = bool(np.hypot(*(self.target - was)) > 0.4)
            if not self.jumped:  # small looks within a face are short
                self._left *= 0.6
        return self._eyes.step(self.target, seconds)

    def _choose(self, manner: Manner, card_on: bool) -> npt.NDArray[np.float64]:
        draw, near = self._dice.random(), self._dice.uniform
        product = manner.product * (2.5 if card_on else 0)
        if draw < manner.viewer:
            return np.array([near(-0.08, 0.08), near(-0.05, 0.06)])
        if draw < manner.viewer + manner.chat:
            return np.array([near(-0.42, -0.2), near(-0.5, -0.25)])
        if draw < manner.viewer + manner.chat + product:
            return np.array([c + near(-0.1, 0.1) for c in self._card])
        if manner is MANNERS["thinking"]:
            return np.array([near(0.2, 0.7) * self._dice.choice((1, 1, -1)), near(0.3, 0.75)])
        return np.array([near(-0.6, 0.6), near(-0.15, 0.3)])


class Actor:
    """Poses for one show."""

    def __init__(self, pack: Pack, orientation: Orientation, seed: int) -> None:
        self._pack = pack
        self._dice = random.Random(seed)
        self._noise = Noise(seed)
        x, y = pack.card_anchor[orientation]
        view = pack.views[orientation]
        self._blinks = Blinks(self._dice)
        self._gaze = Gaze(self._dice, (max(-1.0, (x - view.centre) * 2), -0.55 if y > 0.5 else 0))
        self._expressions = Expressions(pack)
        self._gestures = Gestures(pack, orientation)
        self.lips = Lips()
        self._head = Springs([1.25, 1.5, 1.1], 0.78, np.zeros(3))
        self._nod = Springs(2.6, 0.55, np.zeros(1))
        self._posture = Springs(0.42, 0.9, np.zeros(3))
        self._stance = np.zeros(3)
        self._shift_in = 2.0
        self._breath = self._dice.random() * math.tau
        self._wander = 0.0
        self._excite = Springs(1.2, 1.0, np.zeros(1))
        self._level = self._slow = 0.0
        self._beat: tuple[str, float] = ("none", 0.0)
        self._beat_in = 1.5
        self._laugh_in, self._laugh_left = 4.0, 0.0
        self._lids = Springs(7.0, 0.9, np.zeros(1))
        self._pts: int | None = None
        self._time = 0.0
        self.face: Face = self._expressions.step("neutral", 0.0)

    def step(self, moment: Moment) -> Pose:
        """The pose at `moment`; call once per frame, in order."""
        seconds = 0.0 if self._pts is None else (moment.pts - self._pts) / SAMPLE_RATE
        seconds = min(max(seconds, 0.0), 0.25)
        self._pts = moment.pts
        self._time += seconds
        self.lips.step(moment.mouth, seconds)
        activity = moment.scene.activity
        if self.lips.speaking > 0.5 and activity in ("idle", "waiting", "listening"):
            activity = "speaking"
        manner = MANNERS[activity]
        params = dict(BASE)
        self._body(params, manner, moment, seconds)
        self._look(params, manner, moment, seconds)
        self.face = face = self._expressions.step(moment.emotion, seconds)
        arms = self._arms(params, moment, activity, seconds)
        for name, value in face.params.items():
            params[name] += value
        self._lid(params, manner, face, seconds)
        for name, limit in _LIMITS.items():
            params[name] = min(max(params[name], limit[0]), limit[1])
        # plain floats: numpy's would turn every array they touch into float64
        return Pose({name: float(value) for name, value in params.items()}, arms, face.eyes)

    def _body(
        self, params: dict[str, float], manner: Manner, moment: Moment, seconds: float
    ) -> None:
        """Breath, sway, posture shifts, nods of speech, bounces of joy."""
        self._wander += seconds * manner.tempo
        w, noise = self._wander, self._noise
        depth = 1 + 0.25 * noise(1, self._time * 0.11)
        self._breath += seconds * math.tau / 3.9 * (0.75 + 0.25 * manner.tempo) * depth
        # out-breath longer than in-breath
        params["ParamBreath"] = 0.5 + 0.5 * math.sin(self._breath + 0.35 * math.sin(self._breath))
        self._shift_in -= seconds
        if self._shift_in <= 0:
            self._shift_in = self._dice.uniform(5, 13) / manner.tempo
            self._stance = np.array(
                [self._dice.gauss(0, 2.0), self._dice.gauss(0, 1.1), self._dice.gauss(0, 2.4)]
            )
        stance = self._posture.step(np.clip(self._stance, -4, 4), seconds)
        params["ParamBodyAngleX"] = stance[0] * 1.1 + noise(2, w * 0.23) * 1.5 * manner.sway
        params["ParamBodyAngleZ"] = stance[1] + noise(3, w * 0.17) * 0.8 * manner.sway
        goal = np.array(
            [
                manner.lean[0] + noise(4, w * 0.31) * 4.5 * manner.sway,
                manner.lean[1] + noise(5, w * 0.37) * 2.2 * manner.sway,
                manner.lean[2] + noise(6, w * 0.26) * 3.8 * manner.sway + stance[2],
            ]
        )
        self._loud(moment.loudness, seconds)
        nod = self._nod.step(np.array([-self._level * 11]), seconds)[0]
        goal[0] += self._gaze.target[0] * 9
        goal[1] += self._gaze.target[1] * 7
        x, y, z = self._head.step(goal, seconds)
        params["ParamAngleX"], params["ParamAngleY"] = x, y + nod
        params["ParamAngleZ"] = z + nod * 0.25 * noise(7, w * 0.5)
        params["ParamBodyAngleY"] = nod * 0.12
        joy = self._excite.step(np.array([float(moment.scene.activity == "celebrating")]), seconds)[
            0
        ]
        if joy > 0.01:
            beat = abs(math.sin(self._time * math.pi * 1.55))
            params["ParamBodyAngleY"] += joy * (beat * 9 - 3)
            params["ParamAngleZ"] += joy * 6 * math.sin(self._time * math.pi * 1.55 * 0.5)

    def _loud(self, loudness: float, seconds: float) -> None:
        """Onsets of speech: how much louder it is than just before, 0..1."""
        level = min(1.0, loudness * 4.5)
        self._slow += (level - self._slow) * (1 - math.exp(-seconds / 0.45))
        rise = max(0.0, level - self._slow)
        self._level += (rise - self._level) * (1 - math.exp(-seconds / 0.06))

    def _look(
        self, params: dict[str, float], manner: Manner, moment: Moment, seconds: float
    ) -> None:
        look = self._gaze.step(seconds, manner, moment.card is not None)
        if self._gaze.jumped:
            self._blinks.ask()
        # eyes turn less once the head has come round; tiny drifts keep them alive
        t = self._time
        params["ParamEyeBallX"] = (
            look[0] - params["ParamAngleX"] / 55 + self._noise(8, t * 1.3) * 0.025
        )
        params["ParamEyeBallY"] = (
            look[1] - params["ParamAngleY"] / 70 + self._noise(9, t * 1.1) * 0.02
        )
        brow = self._level * 0.45 + self._noise(10, t * 0.4) * 0.08
        params["ParamBrowLY"] = params["ParamBrowRY"] = brow

    def _arms(
        self, params: dict[str, float], moment: Moment, activity: Activity, seconds: float
    ) -> tuple[str, str]:
        name, age = moment.gesture, (moment.pts - moment.gesture_pts) / SAMPLE_RATE
        if name == "none" or age >= self._gestures.length(name):
            name, age = self._own_beat(activity, seconds)
        else:
            self._beat, self._beat_in = ("none", 0.0), self._dice.uniform(1.5, 3.5)
        t = self._time
        drift = np.array(
            [[self._noise(20 + s * 5 + k, t * 0.3) * 3.0 for k in range(5)] for s in (0, 1)]
        )
        if activity == "speaking":
            drift[:, 3] -= self._level * 16
        arms = self._gestures.step(name, age, drift, seconds)
        for side, row in zip("LR", arms.places, strict=True):
            for part, value in zip(ARM, row, strict=True):
                params[f"Arm{side}{part}"] = float(value)
        for param, value in arms.params.items():
            params[param] += value
        return arms.hands

    def _own_beat(self, activity: Activity, seconds: float) -> tuple[str, float]:
        """The hands' own small movements while she speaks."""
        name, age = self._beat
        age += seconds
        if name != "none" and age < self._gestures.length(name):
            self._beat = (name, age)
            return self._beat
        self._beat = ("none", 0.0)
        if activity == "speaking" and self._pack.beats:
            self._beat_in -= seconds
            if self._beat_in <= 0 and self._level > 0.05:
                self._beat = (self._dice.choice(sorted(self._pack.beats)), 0.0)
                self._beat_in = self._dice.uniform(1.2, 4.5)
        return self._beat

    def _lid(self, params: dict[str, float], manner: Manner, face: Face, seconds: float) -> None:
        """Blinks on top of the expression; eyes that shut with laughter now and then."""
        self._laugh_in -= seconds
        self._laugh_left -= seconds
        if face.laugh < 0.6:
            self._laugh_in = max(self._laugh_in, 0.5)
        elif self._laugh_in <= 0:
            self._laugh_left = self._dice.uniform(0.7, 1.5)
            self._laugh_in = self._laugh_left + self._dice.uniform(4, 10)
        laugh = float(self._lids.step(np.array([float(self._laugh_left > 0)]), seconds)[0])
        laugh = min(max(laugh, 0.0), 1.0)
        shut = self._blinks.step(seconds, manner.blinks)
        follow = min(0.0, params["ParamEyeBallY"]) * 0.10  # lids go down with the eyes
        for side in "LR":
            openness = params[f"ParamEye{side}Open"] + follow
            openness = min(max(openness, 0.0), 1.25) * (1 - shut) * (1 - laugh)
            params[f"ParamEye{side}Open"] = openness
            smile = params[f"ParamEye{side}Smile"]
            params[f"ParamEye{side}Smile"] = smile + (1 - smile) * laugh


_LIMITS = {
    "ParamAngleX": (-30, 30),
    "ParamAngleY": (-30, 30),
    "ParamAngleZ": (-30, 30),
    "ParamBodyAngleX": (-10, 10),
    "ParamBodyAngleY": (-34, 12),
    "ParamBodyAngleZ": (-10, 10),
    "ParamEyeBallX": (-1, 1),
    "ParamEyeBallY": (-1, 1),
    "ParamEyeLOpen": (0, 1.25),
    "ParamEyeROpen": (0, 1.25),
    "ParamBrowLAngle": (-1, 1),
    "ParamBrowRAngle": (-1, 1),
    "ParamBrowLForm": (-1, 1),
    "ParamBrowRForm": (-1, 1),
    "ParamCheek": (0, 1),
}
