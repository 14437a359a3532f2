"""Arms: gestures as curves through key poses, followed by springs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from idol.avatar.pack import ArmPose, Gesture, Orientation, Pack
from idol.avatar.springs import Springs

Array = npt.NDArray[np.float64]

ARM = ("ElbowX", "ElbowY", "WristX", "WristY", "Hand")
"""What describes an arm, in order: design pixels, and the hand's direction in degrees."""

SETTLE = 0.5
"""Seconds in which one movement gives way to another."""


@dataclass(frozen=True, slots=True)
class Arms:
    """Both arms (2, 5) left then right, as `ARM`; hand shapes; parameters to add to the body."""

    places: Array
    hands: tuple[str, str]
    params: dict[str, float]


def _vector(pose: ArmPose) -> Array:
    return np.array([*pose.elbow, *pose.wrist, pose.hand])


class Track:
    """One gesture, ready to be asked at any time: a smooth curve from rest through keys to rest."""

    def __init__(self, gesture: Gesture, rest: tuple[ArmPose, ArmPose]) -> None:
        self.seconds = gesture.seconds
        self._times = np.array([0.0, *(key.at for key in gesture.keys), gesture.seconds])
        poses = [rest, *((k.left or rest[0], k.right or rest[1]) for k in gesture.keys), rest]
        self._shapes = [(left.shape, right.shape) for left, right in poses]
        self._names = tuple(dict.fromkeys(p for key in gesture.keys for p in key.params))
        params = [[key.params.get(name, 0.0) for name in self._names] for key in gesture.keys]
        zero = [0.0] * len(self._names)
        values = [np.concatenate([_vector(a), _vector(b)]) for a, b in poses]
        self._values = np.concatenate(
            [np.array(values), np.array([zero, *params, zero]).reshape(len(poses), -1)], axis=1
        )
        # Catmull-Rom speeds: the hand swings through a key instead of stopping at it
        gaps = np.diff(self._times)[:, None]
        speeds = np.zeros_like(self._values)
        speeds[1:-1] = (self._values[2:] - self._values[:-2]) / (gaps[1:] + gaps[:-1])
        self._speeds = speeds

    def at(self, t: float) -> Arms | None:
        """The pose `t` seconds after the start; None before it and when it is over."""
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
        shapes = self._shapes[i + 1] if u > 0.4 else self._shapes[i]
        extra = {name: float(v) for name, v in zip(self._names, value[10:], strict=True)}
        return Arms(value[:10].reshape(2, 5), shapes, extra)


class Gestures:
    """The arms, moved by one gesture at a time; an interrupted one flows into the next."""

    def __init__(self, pack: Pack, orientation: Orientation) -> None:
        rest = (pack.rest.left, pack.rest.right)
        moves = {**pack.gestures, **pack.beats}
        if orientation == "landscape":
            moves |= pack.wide_gestures
        self._tracks = {name: Track(g, rest) for name, g in moves.items()}
        self._rest = np.array([_vector(pose) for pose in rest])
        self._shapes = (rest[0].shape, rest[1].shape)
        self._names = tuple(
            dict.fromkeys(p for g in moves.values() for k in g.keys for p in k.params)
        )
        # the elbow leads, the wrist follows, the hand comes last
        hz = np.tile([4.2, 4.2, 3.6, 3.6, 3.2], (2, 1))
        self._springs = Springs(hz.tolist(), 0.8, self._rest)
        self._extra = Springs(2.8, 0.9, np.zeros(len(self._names)))
        self._name, self._age, self._since = "none", 0.0, SETTLE
        self._offset = np.zeros((2, 5))

    def length(self, name: str) -> float:
        """Seconds that a gesture takes; 0 for none."""
        track = self._tracks.get(name)
        return track.seconds if track else 0.0

    def step(self, name: str, t: float, drift: Array, seconds: float) -> Arms:
        """Move on with gesture `name`, `t` seconds old. `drift` (2, 5) is added at rest."""
        track = self._tracks.get(name)
        asked = track.at(t) if track else None
        goal = asked.places if asked else self._rest + drift
        # a change starts from where the arms are, and the difference melts away
        now = name if asked else "none"
        if now != self._name or t < self._age:
            self._offset, self._since = self._springs.at - goal, 0.0
        self._name, self._age = now, t
        self._since += seconds
        left = max(0.0, 1 - self._since / SETTLE)
        goal = goal + self._offset * (left * left * (3 - 2 * left))
        places = self._springs.step(goal, seconds)
        params = asked.params if asked else {}
        extra = self._extra.step(np.array([params.get(n, 0.0) for n in self._names]), seconds)
        shapes = asked.hands if asked else self._shapes
        return Arms(places, shapes, {n: float(v) for n, v in zip(self._names, extra, strict=True)})
