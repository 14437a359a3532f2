"""Key shapes: SVG files with the same paths whose numbers are blended.

A key is any SVG; keys of one shape differ in numbers only (path points, gradient ends,
opacities). So an artist copies a drawing, moves its nodes, and gets every shape in between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from idol.errors import BadInput

Weights = npt.NDArray[np.float32]
"""How much of each key, shape (keys,); the base counts as what is left to 1."""

_ATTRIBUTE = re.compile(
    r"(?<=\s)(?:d|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|points|offset|transform|gradientTransform"
    r'|stdDeviation|stroke-width|(?:fill|stop|stroke)-opacity|opacity)="([^"]*)"'
)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")


def _split(svg: str) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Text around the numbers of drawing attributes, and those numbers."""
    text: list[str] = []
    numbers: list[float] = []
    last = 0
    for attribute in _ATTRIBUTE.finditer(svg):
        start = attribute.start(1)
        for number in _NUMBER.finditer(attribute.group(1)):
            text.append(svg[last : start + number.start()])
            numbers.append(float(number.group()))
            last = start + number.end()
    text.append(svg[last:])
    return text, np.array(numbers)


class Morph:
    """Blends of one base SVG and its keys."""

    def __init__(self, base: str, keys: Mapping[str, str], where: str = "") -> None:
        """`keys` by name, the base among them or not. Raises `BadInput` for a key that differs."""
        self.names = tuple(keys)
        self._text, self._base = _split(base)
        deltas = []
        for name, svg in keys.items():
            text, numbers = _split(svg)
            if text != self._text:
                at = next(
                    (i for i, (a, b) in enumerate(zip(text, self._text, strict=False)) if a != b),
                    min(len(text), len(self._text)) - 1,
                )
                raise BadInput(
                    f"has other paths than the base shape, from {text[at][-40:]!r} on",
                    where=f"{where}/{name}.svg",
                )
            deltas.append(numbers - self._base)
        self.deltas = np.array(deltas)
        """Each key's difference from the base, shape (keys, numbers)."""
        self._moving = np.flatnonzero(self.deltas.any(axis=0))
        moving = set(self._moving.tolist())
        pieces = []
        for i, (part, number) in enumerate(zip(self._text, self._base, strict=False)):
            pieces += [part.replace("%", "%%"), "%.3f" if i in moving else f"{number:.6g}"]
        self._form = "".join(pieces) + self._text[-1].replace("%", "%%")
        """The SVG with a gap for each number that is not the same in all keys."""

    def svg(self, weights: Weights) -> str:
        """The SVG of a blend."""
        moved = np.asarray(weights, np.float64) @ self.deltas[:, self._moving]
        return self._form % tuple((self._base[self._moving] + moved).tolist())


def plane(*morphs: Morph, rank: int = 16) -> npt.NDArray[np.float32]:
    """Where each key lies, shape (keys, rank): distances there are RMS differences in pixels.

    For nearest-shape look-up: blend weights times this matrix are the blend's coordinates.
    """
    deltas = np.concatenate([m.deltas for m in morphs], axis=1)
    deltas = deltas / np.sqrt(max(deltas.shape[1], 1))
    # the principal axes by the small matrix of the keys among each other
    squares, axes = np.linalg.eigh(deltas @ deltas.T)
    places = axes * np.sqrt(np.maximum(squares, 0))
    return np.ascontiguousarray(places[:, ::-1][:, :rank], np.float32)


def cover(
    samples: npt.NDArray[np.float32],
    keys: npt.NDArray[np.float32],
    tolerance: float,
    limit: int,
    sure: int = 1,
) -> tuple[npt.NDArray[np.intp], float]:
    """Few samples (weights, shape (n, keys)) that stand for all, and the greatest distance left.

    The first `sure` are taken, then farthest-point choice: each new one is the worst served, until
    all are within `tolerance`.
    """
    places = samples @ keys
    chosen = list(range(min(sure, limit, len(samples))))
    gap = np.min([np.sum((places - places[i]) ** 2, axis=1) for i in chosen], axis=0)
    while len(chosen) < min(limit, len(samples)):
        worst = int(np.argmax(gap))
        if gap[worst] <= tolerance**2:
            break
        chosen.append(worst)
        gap = np.minimum(gap, np.sum((places - places[worst]) ** 2, axis=1))
    return np.array(chosen), float(np.sqrt(gap.max()))
