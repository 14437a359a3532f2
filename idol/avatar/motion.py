"""What her body does by itself: breath, posture, looks, accents, fidgets. Seeded, never a loop.

`Actor.step` turns the moments of a show into poses, one per frame. The same seed and the same
moments give the same poses, on any machine speed.
"""

from __future__ import annotations

import math
import random

import numpy as np

from idol.avatar.emphasis import PAUSES, Beat, Emphasis
from idol.avatar.expression import Expressions, Face
from idol.avatar.gaze import Blinks, Gaze
from idol.avatar.gestures import ARM, Arms, Gestures
from idol.avatar.lipsync import Lips
from idol.avatar.manner import MANNERS, Manner
from idol.avatar.pack import PARAMS, Orientation, Pack
from idol.avatar.springs import Noise, Springs
from idol.clock import SAMPLE_RATE
from idol.model import Activity
from idol.ports import Moment, Pose

BASE = dict.fromkeys(PARAMS, 0.0) | {"ParamEyeLOpen": 1.0, "ParamEyeROpen": 1.0}
PATIENCE = 1.6
"""Seconds of silence after which a host who was speaking is seen to do something else."""


class Actor:
    """Poses for one show."""

    def __init__(self, pack: Pack, orientation: Orientation, seed: int) -> None:
        self._dice = random.Random(seed)
        self._noise = Noise(seed)
        x, y = pack.card_anchor[orientation]
        view = pack.views[orientation]
        self._blinks = Blinks(self._dice)
        self._gaze = Gaze(self._dice, (max(-1.0, (x - view.centre) * 2), -0.55 if y > 0.5 else 0))
        self._emphasis = Emphasis(self._dice)
        self._expressions = Expressions(pack)
        self._gestures = Gestures(pack, orientation)
        self._beats: dict[str, list[str]] = {}
        for name, beat in sorted(pack.beats.items()):
            for activity in beat.when:
                self._beats.setdefault(activity, []).append(name)
        self.lips = Lips()
        self._head = Springs([1.25, 1.5, 1.1], 0.78, np.zeros(3))
        self._nod = Springs(2.2, 0.6, np.zeros(1))
        self._nod_left = 0.0
        self._posture = Springs([0.42, 0.42, 0.42, 0.6, 0.6, 0.6], 0.9, np.zeros(6))
        self._stance = np.zeros(3)
        self._shift_in = 2.0
        self._breath = self._dice.random() * math.tau
        self._wander = self._bounced = 0.0
        self._bounce = Springs(1.2, 1.0, np.zeros(1))
        self._beat: tuple[str, float] = ("none", 0.0)
        self._last_beat = ""
        self._beat_in = 1.5
        self._activity: Activity = "idle"
        self._asked_at, self._beside = -1, False
        self._cued = False
        """Whether she makes a gesture that she was asked for."""
        self._silent = 9.0
        self._laugh_in, self._laugh_left = 4.0, 0.0
        self._lids = Springs(7.0, 0.9, np.zeros(1))
        self._style = "normal"
        self._style_for = 0.0
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
        beat = self._emphasis.step(moment, seconds)
        activity = self._does(moment, seconds)
        manner = MANNERS[activity]
        params = dict(BASE)
        self._attend(beat)
        self._body(params, manner, seconds)
        self._look(params, manner, moment, seconds)
        self.face = face = self._expressions.step(
            moment.emotion, seconds, manner.face, self._silent
        )
        if face.changed:
            self._blinks.ask(0.8)
        arms = self._arms(params, moment, activity, beat, seconds)
        for name, value in face.params.items():
            params[name] += value
        self._lid(params, manner, face, seconds)
        params["ParamMouthOpenY"] = self.lips.opening
        params["ParamMouthTilt"] += 0.22 * self._noise(12, self._time * 0.21)
        for name, limit in _LIMITS.items():
            params[name] = min(max(params[name], limit[0]), limit[1])
        # plain floats: numpy's would turn every array they touch into float64
        plain = {name: float(value) for name, value in params.items()}
        return Pose(plain, arms.hands, self._style, arms.before, arms.new)

    def _does(self, moment: Moment, seconds: float) -> Activity:
        """What she is seen to do: speaking shows while she speaks, and not long after."""
        asked = moment.scene.activity
        self._silent = 0.0 if self.lips.speaking > 0.5 else self._silent + seconds
        activity: Activity = asked
        if self._silent == 0.0 and asked != "celebrating":
            activity = "speaking"
        elif asked == "speaking" and self._silent > PATIENCE:
            activity = "idle"
        if activity != self._activity:
            self._activity = activity
            self._shift_in = min(self._shift_in, self._dice.uniform(0.0, 0.5))
            self._beat_in = min(self._beat_in, self._dice.uniform(*MANNERS[activity].moves) * 0.4)
            self._gaze.refresh()
            self._blinks.ask(0.5)
        return activity

    def _attend(self, beat: Beat) -> None:
        """Eyes and lids go with what is said."""
        if beat.began and self._dice.random() < 0.45:
            self._gaze.stray()
            self._blinks.ask(0.7)
        if beat.end:
            pause = beat.end in PAUSES
            self._gaze.meet(0.3 if pause else 0.85)
            self._blinks.ask(0.25 if pause else 0.7)

    def _body(self, params: dict[str, float], manner: Manner, seconds: float) -> None:
        """Breath, sway, posture shifts, nods, bounces of joy."""
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
                [self._dice.gauss(0, 2.4), self._dice.gauss(0, 1.2), self._dice.gauss(0, 2.6)]
            )
        *stance, lean_x, lean_y, lean_z = self._posture.step(
            np.concatenate([np.clip(self._stance, -4, 4), manner.body]), seconds
        )
        params["ParamBodyAngleX"] = stance[0] * 1.1 + noise(2, w * 0.23) * 1.5 * manner.sway
        params["ParamBodyAngleZ"] = stance[1] + noise(3, w * 0.17) * 0.8 * manner.sway
        speech = self._emphasis
        lively = 1 + 0.5 * speech.energy
        goal = np.array(
            [
                manner.lean[0] + noise(4, w * 0.31) * 4.5 * manner.sway * lively,
                manner.lean[1] + noise(5, w * 0.37) * 2.2 * manner.sway * lively,
                manner.lean[2] + noise(6, w * 0.26) * 3.8 * manner.sway * lively + stance[2],
            ]
        )
        goal[0] += self._gaze.target[0] * 9
        goal[1] += self._gaze.target[1] * 7
        x, y, z = self._head.step(goal, seconds) + speech.head
        nod = self._nods(manner, seconds)
        params["ParamAngleX"], params["ParamAngleY"], params["ParamAngleZ"] = x, y + nod, z
        # the body goes a little of the way that the head goes
        params["ParamBodyAngleX"] += lean_x + speech.head[0] * 0.12
        params["ParamBodyAngleY"] = lean_y + speech.head[1] * 0.14 + nod * 0.1
        params["ParamBodyAngleZ"] += lean_z + speech.head[2] * 0.1
        self._leap(params, manner, seconds)

    def _nods(self, manner: Manner, seconds: float) -> float:
        """Small nods of somebody who follows what others say."""
        self._nod_left -= seconds
        if self._nod_left <= -0.5 and self._dice.random() < manner.nods * seconds:
            self._nod_left = self._dice.choice((0.16, 0.18, 0.5))
        down = self._nod_left > 0 and not 0.16 < self._nod_left < 0.32  # the long one is two
        return float(self._nod.step(np.array([-7.0 * down]), seconds)[0])

    def _leap(self, params: dict[str, float], manner: Manner, seconds: float) -> None:
        high = float(self._bounce.step(np.array([manner.bounce]), seconds)[0])
        if high < 0.02:
            return
        # her own time, a little faster and slower as she goes
        self._bounced += seconds * (1.45 + 0.2 * self._noise(13, self._time * 0.3))
        swing = 0.75 + 0.35 * self._noise(14, self._time * 0.5)
        params["ParamBodyAngleY"] += high * (abs(math.sin(self._bounced * math.pi)) * swing - 0.33)
        params["ParamAngleZ"] += high * 0.65 * math.sin(self._bounced * math.pi * 0.5)
        params["ParamBodyAngleZ"] += high * 0.12 * math.sin(self._bounced * math.pi * 0.5 - 0.6)

    def _look(
        self, params: dict[str, float], manner: Manner, moment: Moment, seconds: float
    ) -> None:
        look = self._gaze.step(seconds, manner, moment.card is not None)
        if self._gaze.jumped:
            self._blinks.ask()
        # eyes turn less once the head has come round; tiny drifts keep them alive
        t = self._time
        params["ParamEyeBallX"] = (
            look[0] - params["ParamAngleX"] / 55 + self._noise(8, t * 1.3) * 0.015
        )
        params["ParamEyeBallY"] = (
            look[1] - params["ParamAngleY"] / 70 + self._noise(9, t * 1.1) * 0.012
        )
        brow = self._emphasis.brow + self._noise(10, t * 0.4) * 0.1
        side = self._noise(11, t * 0.27) * 0.1
        params["ParamBrowLY"], params["ParamBrowRY"] = brow + side, brow - side

    def _arms(
        self,
        params: dict[str, float],
        moment: Moment,
        activity: Activity,
        beat: Beat,
        seconds: float,
    ) -> Arms:
        if moment.gesture_pts != self._asked_at:  # a card that comes later changes nothing
            self._asked_at, self._beside = moment.gesture_pts, moment.card is not None
        name = self._gestures.variant(moment.gesture, self._beside)
        age = (moment.pts - moment.gesture_pts) / SAMPLE_RATE
        self._cued = name != "none" and age < self._gestures.length(name)
        if not self._cued:
            name, age = self._own_beat(activity, beat, seconds)
        else:
            self._beat, self._beat_in = ("none", 0.0), self._dice.uniform(1.5, 3.5)
        t = self._time
        # hands that lie together move together
        both = [self._noise(30 + k, t * 0.27) * 2.2 for k in range(5)]
        own = [[self._noise(20 + s * 5 + k, t * 0.3) * 0.9 for k in range(5)] for s in (0, 1)]
        drift = np.array(both) + np.array(own)
        drift[:, 1] -= params["ParamBreath"] * 2.5  # shoulders rise with a breath
        if activity == "speaking":
            drift[:, 3] += self._emphasis.head[1] * 1.6
        arms = self._gestures.step(name, age, drift, seconds, activity)
        for side, row in zip("LR", arms.places, strict=True):
            for part, value in zip(ARM, row, strict=True):
                params[f"Arm{side}{part}"] = float(value)
        for param, value in arms.params.items():
            params[param] += value
        return arms

    def _own_beat(self, activity: Activity, beat: Beat, seconds: float) -> tuple[str, float]:
        """Movements that the hands make by themselves; while she speaks, on her accents."""
        name, age = self._beat
        age += seconds
        if name != "none" and age < self._gestures.length(name):
            self._beat = (name, age)
            return self._beat
        self._beat = ("none", 0.0)
        self._beat_in -= seconds
        fit = self._beats.get(activity)
        if fit and self._beat_in <= 0 and (activity != "speaking" or beat.accent > 0):
            fresh = [name for name in fit if name != self._last_beat] or fit
            self._last_beat = self._dice.choice(fresh)
            self._beat = (self._last_beat, 0.0)
            self._beat_in = self._dice.uniform(*MANNERS[activity].moves)
        return self._beat

    def _lid(self, params: dict[str, float], manner: Manner, face: Face, seconds: float) -> None:
        """Blinks on top of the expression; eyes that shut with laughter now and then."""
        self._laugh_in -= seconds
        self._laugh_left -= seconds
        if face.laugh < 0.6:
            self._laugh_in = max(self._laugh_in, 0.5)
        elif self._laugh_in <= 0 and not self._cued:  # who shows something looks at people
            self._laugh_left = self._dice.uniform(0.7, 1.4)
            self._laugh_in = self._laugh_left + self._dice.uniform(6, 13)
        laugh = float(self._lids.step(np.array([float(self._laugh_left > 0)]), seconds)[0])
        laugh = min(max(laugh, 0.0), 1.0)
        shut = self._blinks.step(seconds, manner.blinks)
        self._restyle(face, shut, seconds)
        follow = min(0.0, params["ParamEyeBallY"]) * 0.10  # lids go down with the eyes
        for side in "LR":
            openness = params[f"ParamEye{side}Open"] + follow
            openness = min(max(openness, 0.0), 1.25) * (1 - shut) * (1 - laugh)
            params[f"ParamEye{side}Open"] = openness
            smile = params[f"ParamEye{side}Smile"]
            params[f"ParamEye{side}Smile"] = smile + (1 - smile) * laugh

    def _restyle(self, face: Face, shut: float, seconds: float) -> None:
        """Stars and hearts come into her eyes behind shut lids."""
        self._style_for = 0.0 if face.eyes == self._style else self._style_for + seconds
        if self._style_for > 0:
            self._blinks.ask(1.0, 0.5)
        if shut > 0.85 or self._style_for > 0.8:
            self._style = face.eyes


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
    "ParamMouthOpenY": (0, 1),
    "ParamMouthTilt": (-1, 1),
    "ParamCheek": (0, 1),
    "ParamTear": (0, 1),
    "ParamSparkle": (0, 1),
}
