"""Faces: emotions and mixes of them that ease into each other.

The eyes arrive first, then the mouth, then the set of the head and the colour of the cheeks, as
in a living face.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from idol.avatar.pack import Pack
from idol.avatar.springs import Springs
from idol.errors import BadInput
from idol.feelings import mix

STAND_IN: dict[str, dict[str, float]] = {
    "laughing": {"happy": 1.0},
    "loving": {"happy": 0.8, "shy": 0.35},
    "touched": {"shy": 0.6, "happy": 0.5},
    "playful": {"happy": 0.9},
    "proud": {"happy": 0.7},
    "relaxed": {"happy": 0.4},
    "sad": {"thinking": 0.4},
    "worried": {"thinking": 0.5},
    "pouting": {"thinking": 0.3, "shy": 0.3},
}
"""What is shown for an emotion that an idol's folder leaves out."""

QUICK, MIDDLE, LATE = range(3)
SHOWN, CLOSING, OPENING = 1.3, 0.5, 0.15
"""Seconds that an open smile stays after the last word, and that it takes to close and to open."""
_HEAD = ("ParamAngle", "ParamBodyAngle", "ParamCheek", "ParamTear", "ParamSparkle")


def _pace(param: str) -> int:
    return LATE if param.startswith(_HEAD) else QUICK


@dataclass(frozen=True, slots=True)
class Face:
    """A mix of expressions: parameters to add, smile -1..1, silent mouth by key, eyes."""

    params: dict[str, float]
    smile: float
    mouths: dict[str, float]
    eyes: str
    laugh: float
    """How ready the eyes are to shut with laughter, 0..1."""
    changed: bool = False
    """Another feeling was asked for in this frame."""


class Expressions:
    """Follows the emotion of the moment."""

    def __init__(self, pack: Pack) -> None:
        self._faces = pack.expressions
        self._names = tuple(pack.expressions)
        start = np.array([float(name == "neutral") for name in self._names])
        # just under critical: a face arrives with a hint of overshoot, as faces do
        self._weights = (
            Springs(2.3, 0.8, start), Springs(1.7, 0.85, start), Springs(0.95, 0.9, start),
        )  # fmt: skip
        self._asked: tuple[object, ...] = ()
        self._goal = start
        self._closes = np.array([face.closes for face in pack.expressions.values()], np.float64)
        self._shown = self._closed = 0.0

    def step(
        self,
        feeling: str,
        seconds: float,
        under: Mapping[str, float] | None = None,
        silent: float = 0.0,
    ) -> Face:
        """Move on towards `feeling`; an unknown one means neutral.

        `under` weighs expressions that show through while she is asked for none; `silent` is for
        how many seconds she has said nothing.
        """
        calm = feeling == "neutral"
        asked = (feeling, tuple(under.items()) if under and calm else ())
        changed = asked != self._asked
        if changed:
            self._asked = asked
            before = self._closes @ self._goal
            self._goal = self._weigh(dict(under) if under and calm else _read(feeling))
            if self._closes @ self._goal > before:  # a smile that begins is seen
                self._shown = 0.0
        closed = self._close(silent, seconds)
        quick, middle, late = (w.step(self._goal, seconds).tolist() for w in self._weights)
        params: dict[str, float] = {}
        mouths: dict[str, float] = {}
        smile = laugh = 0.0
        eyes, most = "normal", 0.45
        for name, *weights in zip(self._names, quick, middle, late, strict=True):
            if max(map(abs, weights)) < 0.005:
                continue
            face = self._faces[name]
            for param, value in face.params.items():
                params[param] = params.get(param, 0.0) + value * weights[_pace(param)]
            smile += face.smile * weights[MIDDLE]
            if face.mouth:
                shown = 1 - closed if face.closes else 1.0
                mouths[face.mouth] = max(0.0, min(1.0, weights[MIDDLE])) * shown
            if weights[QUICK] > most:
                eyes, most = face.eyes, weights[QUICK]
            laugh += face.laughs * weights[QUICK]
        return Face(params, max(-1.0, min(1.0, smile)), mouths, eyes, laugh, changed)

    def _close(self, silent: float, seconds: float) -> float:
        """How far open smiles have closed, 0..1."""
        self._shown += seconds
        rests = min(self._shown, silent) > SHOWN
        self._closed += seconds / CLOSING if rests else -seconds / OPENING
        self._closed = closed = min(max(self._closed, 0.0), 1.0)
        return closed * closed * (3 - 2 * closed)

    def _weigh(self, weights: dict[str, float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """The weight of each expression of the pack; what is left to 1 is neutral."""
        goal = dict.fromkeys(self._names, 0.0)
        for name, weight in weights.items():
            parts = {name: 1.0} if name in goal else STAND_IN.get(name, {})
            for part, share in parts.items():
                goal[part] += weight * share
        goal["neutral"] += max(0.0, 1 - sum(goal.values()))
        return np.array([min(goal[name], 1.0) for name in self._names])


def _read(feeling: str) -> dict[str, float]:
    try:
        return dict(mix(feeling))
    except BadInput:
        return {"neutral": 1.0}
