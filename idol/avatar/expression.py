"""Faces: emotions that ease into each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from idol.avatar.pack import Pack
from idol.avatar.springs import Springs


@dataclass(frozen=True, slots=True)
class Face:
    """A mix of expressions: parameters to add, smile -1..1, silent mouth by key, eyes."""

    params: dict[str, float]
    smile: float
    mouths: dict[str, float]
    eyes: str
    laugh: float
    """How ready the eyes are to shut with laughter, 0..1."""


class Expressions:
    """Follows the emotion of the moment."""

    def __init__(self, pack: Pack) -> None:
        self._faces = pack.expressions
        self._names = tuple(pack.expressions)
        start = np.array([float(name == "neutral") for name in self._names])
        # just under critical: a face arrives with a hint of overshoot, as faces do
        self._weights = Springs(1.7, 0.82, start)

    def step(self, emotion: str, seconds: float) -> Face:
        """Move on towards `emotion`; an unknown one means neutral."""
        if emotion not in self._faces:
            emotion = "neutral"
        goal = np.array([float(name == emotion) for name in self._names])
        weights = self._weights.step(goal, seconds)
        params: dict[str, float] = {}
        mouths: dict[str, float] = {}
        smile = laugh = 0.0
        eyes = "normal"
        for name, weight in zip(self._names, weights, strict=True):
            weight = float(weight)
            if abs(weight) < 0.005:
                continue
            face = self._faces[name]
            for param, value in face.params.items():
                params[param] = params.get(param, 0.0) + value * weight
            smile += face.smile * weight
            if face.mouth:
                mouths[face.mouth] = max(0.0, min(1.0, weight))
            if weight > 0.6:
                eyes = face.eyes
            laugh += face.laughs * weight
        return Face(params, max(-1.0, min(1.0, smile)), mouths, eyes, laugh)
