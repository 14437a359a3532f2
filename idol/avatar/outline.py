"""Where a picture really has something in it, so that emptiness is neither warped nor blended.

A layer's box is half empty: hair is a slanting lock, a headset a cup and a thin arm. Each picture
is measured once, in horizontal slices: its left and right edge, and the widest gap between. While
it moves, the slices are carried along, and only the pieces of the screen they reach are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from idol.avatar import native

Array = npt.NDArray[np.float32]

SLICES = 20
"""Horizontal slices in which a picture is measured."""
_PIECE_PIXELS = 4000
"""Empty pixels that pay for one more piece; fewer cost less than its calls."""
_BANDS = 8
_MARGIN = 0.75
"""Slices beyond a piece whose edges count for it: their middles are measured, and they bend."""
LEFT, GAP_LEFT, GAP_RIGHT, RIGHT = range(4)


@dataclass(frozen=True, slots=True)
class Outline:
    """Edges of one picture in its own pixels: `x` (4, SLICES), `y` (SLICES,) slice middles.

    `bands` are the horizontal pieces it is worth cutting into; `split` says of each whether a gap
    divides it once more.
    """

    x: Array
    y: Array
    bands: int
    split: tuple[bool, ...]


def measure(image: npt.NDArray[np.uint8], most: int = _BANDS) -> Outline:
    """Find the edges of a premultiplied BGRA picture, and the cheapest way to cut it."""
    height, width = image.shape[:2]
    alpha = image[..., 3] > 0
    edges = np.linspace(0, height, SLICES + 1)
    x = np.empty((4, SLICES), np.float32)
    for i in range(SLICES):
        top, bottom = int(edges[i]), max(int(np.ceil(edges[i + 1])), int(edges[i]) + 1)
        there = np.flatnonzero(alpha[top:bottom].any(axis=0))
        if not len(there):
            x[:, i] = np.nan
            continue
        steps = np.diff(there)
        widest = int(steps.argmax()) if len(steps) else 0
        gap = (there[widest] + 1, there[widest + 1]) if len(steps) and steps[widest] > 8 else None
        middle = (there[0] + there[-1] + 1) / 2
        x[:, i] = (there[0], *(gap or (middle, middle)), there[-1] + 1)
    if np.isnan(x).any():
        x = _fill(x, width)
    y = ((edges[:-1] + edges[1:]) / 2).astype(np.float32)
    best = min((_cost(x, y, height, n) for n in range(1, most + 1)), key=lambda found: found[0])
    return Outline(x, y, len(best[1]), best[1])


def _cost(x: Array, y: Array, height: int, bands: int) -> tuple[float, tuple[bool, ...]]:
    """What drawing in so many bands costs, in pixels, and which of them are worth splitting."""
    edges = np.linspace(0, height, bands + 1)
    margin = height / SLICES * _MARGIN
    total, split = 0.0, []
    for top, bottom in pairwise(edges):
        near = (y >= top - margin) & (y <= bottom + margin)
        across = float(x[RIGHT, near].max() - x[LEFT, near].min()) + 6
        gap = float(x[GAP_RIGHT, near].min() - x[GAP_LEFT, near].max()) - 6
        worth = gap * (bottom - top) > _PIECE_PIXELS
        total += (across - gap * worth) * (bottom - top) + _PIECE_PIXELS * (1 + worth)
        split.append(bool(worth))
    return total, tuple(split)


def whole(width: float, height: float) -> Outline:
    """The outline of a box, for pictures that change."""
    x = np.repeat(np.array([[0], [width / 2], [width / 2], [width]], np.float32), SLICES, axis=1)
    y = (np.arange(SLICES, dtype=np.float32) + 0.5) * np.float32(height / SLICES)
    return Outline(x, y, 1, (False,))


def _fill(x: Array, width: int) -> Array:
    """Give empty slices the edges of their neighbours."""
    at = np.arange(SLICES)
    for row in x:
        known = ~np.isnan(row)
        row[:] = np.interp(at, at[known], row[known]) if known.any() else width / 2
    return x


class Pieces:
    """The pieces of many outlines, cut on the screen frame by frame, all at once."""

    def __init__(self, outlines: list[Outline], blend: native.Blend | None = None) -> None:
        """`blend` is the C part, if there is one."""
        rows = []
        for i, outline in enumerate(outlines):
            for band in range(outline.bands):
                spans = ((LEFT, GAP_LEFT), (GAP_RIGHT, RIGHT))
                for span in spans if outline.split[band] else ((LEFT, RIGHT),):
                    rows.append((i, band, outline.bands, *span))
        table = np.array(rows, np.intp).reshape(-1, 5)
        self._blend, self._table = blend, table
        self.owner = table[:, 0]
        """Index of each piece's outline, shape (pieces,)."""
        self._band = table[:, 1].astype(np.float32)
        self._bands = table[:, 2].astype(np.float32)
        self._from, self._to = table[:, 3], table[:, 4]
        self._gap_left = np.flatnonzero(self._to == GAP_LEFT)
        """Pieces on the left of a gap; each one's right neighbour follows it."""

    def cut(self, x: Array, y: Array, size: tuple[int, int]) -> npt.NDArray[np.intp]:
        """Rectangles (pieces, 4) left, top, right, bottom in whole pixels inside `size`.

        `x`, `y` (outlines, 4, SLICES) are where the edges lie on the screen, in pixels.
        The pieces of one outline do not overlap and cover all of it.
        """
        if self._blend:
            rects = np.empty((len(self._table), 4), np.intp)
            self._blend.cut(x, y, self._table, size, rects)
            return rects
        high, low = y.max(axis=(1, 2)), y.min(axis=(1, 2))
        spread = (high - low) / (SLICES - 1)
        # a slice's middle is measured; its rows reach half a slice further, and it may bend
        margin = (spread * _MARGIN + 3)[self.owner]
        top, bottom = low[self.owner] - margin, high[self.owner] + margin
        first = np.rint(top + (bottom - top) * self._band / self._bands)
        last = np.rint(top + (bottom - top) * (self._band + 1) / self._bands)
        highest, lowest = (first - margin)[:, None], (last + margin)[:, None]

        def near(edge: npt.NDArray[np.intp], else_: float) -> Array:
            """One edge of each piece in the rows that it has, and nothing elsewhere."""
            ys, xs = y[self.owner, edge], x[self.owner, edge]
            within: Array = np.where((ys >= highest) & (ys <= lowest), xs, np.float32(else_))
            return within

        left = near(self._from, np.inf).min(axis=1)
        right = near(self._to, -np.inf).max(axis=1)
        out = np.stack([np.floor(left - 3), first, np.ceil(right + 3), last], axis=1)
        out[~np.isfinite(out).all(axis=1)] = 0
        if len(self._gap_left):
            one, two = self._gap_left, self._gap_left + 1
            middle = np.rint((out[one, 2] + out[two, 0]) / 2)
            out[one, 2], out[two, 0] = (
                np.minimum(out[one, 2], middle),
                np.maximum(out[two, 0], middle),
            )
        np.clip(out[:, 0::2], 0, size[0], out=out[:, 0::2])
        np.clip(out[:, 1::2], 0, size[1], out=out[:, 1::2])
        return out.astype(np.intp)
