"""Arms: gestures as curves through key poses, followed by springs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idol.avatar.pack import ArmPose, Gesture, Orientation, Pack, Rest, View
from idol.avatar.springs import Springs

Array = npt.NDArray[np.float64]

ARM = ("ElbowX", "ElbowY", "WristX", "WristY", "Hand")
"""What describes an arm, in order: design pixels, and the hand's direction in degrees."""

SETTLE = 0.55
"""Seconds in which one movement gives way to another."""
BESIDE = " beside the card"
"""After the name of a gesture: how it is made while a card is on show."""
RESHAPE = 0.2
"""Seconds in which a hand changes its shape."""
STRETCH = 1.06
"""A bone may look this much longer than it is drawn, when an arm reaches forward; no more."""
CAPTION, CLEAR = 0.825, 0.054
"""Where captions begin in a landscape frame, and how much higher hands are held there, both as
parts of its height."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Both arms (2, 5) left then right, as `ARM`; hand shapes; parameters to add to the body."""

    places: Array
    hands: tuple[str, str]
    params: dict[str, float]
    before: tuple[str, str] = ("rest", "rest")
    new: tuple[float, float] = (1.0, 1.0)
    """How far each hand has changed from its shape before, 0..1."""


def _vector(pose: ArmPose) -> Array:
    return np.array([*pose.elbow, *pose.wrist, pose.hand])


def _both(rest: Rest) -> Array:
    return np.array([_vector(rest.left), _vector(rest.right)])


def _smooth(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def _above(pose: ArmPose, view: View) -> ArmPose:
    """An arm as it is held in landscape, where captions lie over what it would do at the waist.

    An arm that rests, lower than the frame, stays where it is.
    """
    caption, (x, y) = view.top + view.height * CAPTION, pose.wrist
    high = _smooth((y - caption + view.height / 6) / (view.height * 0.18))
    low = 1 - _smooth((y - caption - view.height * 0.1) / (view.height * 0.11))
    lift = view.height * CLEAR * high * low
    elbow = (pose.elbow[0], pose.elbow[1] - lift)
    return pose.model_copy(update={"elbow": elbow, "wrist": (x, y - lift)})


def _raised(gesture: Gesture, view: View) -> Gesture:
    keys = [
        key.model_copy(
            update={
                "left": key.left and _above(key.left, view),
                "right": key.right and _above(key.right, view),
            }
        )
        for key in gesture.keys
    ]
    return gesture.model_copy(update={"keys": tuple(keys)})


class Track:
    """One gesture, ready to be asked at any time: a smooth curve from rest through keys to rest."""

    def __init__(self, gesture: Gesture, rest: Rest) -> None:
        self.seconds = gesture.seconds
        self._times = np.array([0.0, *(key.at for key in gesture.keys), gesture.seconds])
        arms = [(None, None), *((key.left, key.right) for key in gesture.keys), (None, None)]
        self._shapes = [(a and a.shape, b and b.shape) for a, b in arms]
        self._names = tuple(dict.fromkeys(p for key in gesture.keys for p in key.params))
        params = [[key.params.get(name, 0.0) for name in self._names] for key in gesture.keys]
        zero = [0.0] * len(self._names)
        values = [
            np.concatenate([_vector(left or rest.left), _vector(right or rest.right)])
            for left, right in arms
        ]
        # how much of each arm is at rest, wherever that is at the time
        still = [[float(left is None), float(right is None)] for left, right in arms]
        body = np.array([zero, *params, zero]).reshape(len(arms), -1)
        self._values = np.concatenate([np.array(values), np.array(still), body], axis=1)
        self._rest = _both(rest)
        # Catmull-Rom speeds: the hand swings through a key instead of stopping at it
        gaps = np.diff(self._times)[:, None]
        speeds = np.zeros_like(self._values)
        speeds[1:-1] = (self._values[2:] - self._values[:-2]) / (gaps[1:] + gaps[:-1])
        self._speeds = speeds

    def at(self, t: float, rest: Array, shapes: tuple[str, str]) -> Arms | None:
        """The pose `t` seconds after the start; None before it and when it is over.

        `rest` (2, 5) and `shapes` are how the arms rest now.
        """
        if not 0 <= t < self.seconds:
            return None
        i = int(np.searchsorted(self._times, t, side="right")) - 1
        gap = self._times[i + 1] - self._times[i]
        u = (t - self._times[i]) / gap
        a, b = self._values[i], self._values[i + 1]
        va, vb = self._speeds[i] * gap, self._speeds[i + 1] * gap
        value = (
            a * (1 + u * u * (2 * u - 3))
            + va * (u * (1 - u) ** 2)
            + b * (u * u * (3 - 2 * u))
            + vb * (u * u * (u - 1))
        )
        places = value[:10].reshape(2, 5) + value[10:12, None] * (rest - self._rest)
        now = self._shapes[i + 1] if u > 0.3 else self._shapes[i]
        extra = {name: float(v) for name, v in zip(self._names, value[12:], strict=True)}
        return Arms(places, (now[0] or shapes[0], now[1] or shapes[1]), extra)


class Gestures:
    """The arms, moved by one gesture at a time; an interrupted one flows into the next."""

    def __init__(self, pack: Pack, orientation: Orientation) -> None:
        moves = {**pack.gestures, **pack.beats}
        stances = {str(activity): rest for activity, rest in pack.stances.items()}
        if orientation == "landscape":
            view = pack.views["landscape"]
            moves = {name: _raised(gesture, view) for name, gesture in moves.items()}
            moves |= pack.wide_gestures
            stances = {
                name: Rest(left=_above(rest.left, view), right=_above(rest.right, view))
                for name, rest in stances.items()
            }
        beside = pack.card_gestures if orientation == "portrait" else {}
        moves |= {f"{name}{BESIDE}": gesture for name, gesture in beside.items()}
        self._tracks = {name: Track(g, pack.rest) for name, g in moves.items()}
        rests: dict[str, Rest] = {"": pack.rest, **stances}
        self._rests = {
            stance: (_both(rest), (rest.left.shape, rest.right.shape))
            for stance, rest in rests.items()
        }
        self._names = tuple(
            dict.fromkeys(p for g in moves.values() for k in g.keys for p in k.params)
        )
        x, y = pack.arms.shoulder
        self._shoulders = np.array([[2 * pack.axis - x, y], [x, y]])
        self._bones = (pack.arms.upper * STRETCH, pack.arms.lower * STRETCH)
        # the elbow leads, the wrist follows, the hand comes last and swings on
        hz = np.tile([4.2, 4.2, 3.6, 3.6, 2.9], (2, 1))
        damping = np.tile([0.85, 0.85, 0.8, 0.8, 0.55], (2, 1))
        start, shapes = self._rests[""]
        self._springs = Springs(hz.tolist(), damping.tolist(), start)
        self._extra = Springs(2.8, 0.9, np.zeros(len(self._names)))
        self._now: tuple[str, str] = ("none", "")
        self._age, self._since = 0.0, SETTLE
        self._offset = np.zeros((2, 5))
        self._hands = list(shapes)
        self._before = list(shapes)
        self._new = [1.0, 1.0]

    def variant(self, name: str, card_on: bool) -> str:
        """The name of the track to play for a gesture."""
        beside = name + BESIDE
        return beside if card_on and beside in self._tracks else name

    def length(self, name: str) -> float:
        """Seconds that a gesture takes; 0 for none."""
        track = self._tracks.get(name)
        return track.seconds if track else 0.0

    def step(self, name: str, t: float, drift: Array, seconds: float, stance: str = "") -> Arms:
        """Move on with gesture `name`, `t` seconds old; arms it leaves alone rest as `stance`.

        `drift` (2, 5) is added at rest.
        """
        rest, shapes = self._rests.get(stance) or self._rests[""]
        track = self._tracks.get(name)
        asked = track.at(t, rest + drift, shapes) if track else None
        goal = asked.places if asked else rest + drift
        # a change starts from where the arms are, and the difference melts away
        now = (name if asked else "none", stance)
        if now != self._now or t < self._age:
            self._offset, self._since = self._springs.at - goal, 0.0
        self._now, self._age = now, t
        self._since += seconds
        left = max(0.0, 1 - self._since / SETTLE)
        goal = goal + self._offset * (left * left * left * (10 - left * (15 - 6 * left)))
        places = self._reach(self._springs.step(goal, seconds).copy())
        params = asked.params if asked else {}
        extra = self._extra.step(np.array([params.get(n, 0.0) for n in self._names]), seconds)
        self._reshape(asked.hands if asked else shapes, seconds)
        return Arms(
            places,
            (self._hands[0], self._hands[1]),
            {n: float(v) for n, v in zip(self._names, extra, strict=True)},
            (self._before[0], self._before[1]),
            (self._new[0], self._new[1]),
        )

    def _reshape(self, shapes: tuple[str, str], seconds: float) -> None:
        for i, shape in enumerate(shapes):
            if shape != self._hands[i] and self._new[i] >= 1:
                self._before[i], self._hands[i], self._new[i] = self._hands[i], shape, 0.0
            self._new[i] = min(1.0, self._new[i] + seconds / RESHAPE)

    def _reach(self, places: Array) -> Array:
        """No bone is longer than an arm can seem: springs that overshoot are held back."""
        joint = self._shoulders
        for k, long in enumerate(self._bones):
            bone = places[:, 2 * k : 2 * k + 2] - joint
            far = np.hypot(bone[:, 0], bone[:, 1])
            bone *= np.minimum(1.0, long / np.maximum(far, 1e-6))[:, None]
            places[:, 2 * k : 2 * k + 2] = joint = joint + bone
        return places
