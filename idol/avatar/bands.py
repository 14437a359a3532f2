"""What of a frame is to be restored: in each band of rows one span of columns.

A figure fills about half of the box about it, and copying memory is a good part of a frame's cost.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from idol.avatar.sprites import Image

ROWS = 32
"""Rows of a band."""
Spans = npt.NDArray[np.intp]
"""(bands, 2): the first column, and the one behind the last; equal where there is nothing."""


class Bands:
    """Bands of frames of one size (width, height)."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._width, self._height = size
        self._tops = range(0, self._height, ROWS)
        self._first = np.arange(0, self._height, ROWS)
        self._last = self._first + ROWS

    def spans(self, rects: npt.NDArray[np.intp]) -> Spans:
        """What rectangles (n, 4), left, top, right, bottom, reach. Empty ones reach nothing."""
        left, top, right, bottom = rects.T[..., None]
        meets = (top < self._last) & (bottom > self._first) & (left < right)
        first = np.where(meets, left, self._width).min(axis=0, initial=self._width)
        last = np.where(meets, right, 0).max(axis=0, initial=0)
        return np.stack([np.maximum(first, 0), np.minimum(last, self._width)], axis=1)

    def union(self, a: Spans | None, b: Spans) -> Spans:
        """What either has, and what lies between them."""
        if a is None:
            return b
        return np.stack([np.minimum(a[:, 0], b[:, 0]), np.maximum(a[:, 1], b[:, 1])], axis=1)

    def copy(self, frame: Image, source: Image, spans: Spans | None) -> None:
        """Bring what of `source` lies in `spans`, by default all of it, into `frame`."""
        if spans is None:
            np.copyto(frame, source)
            return
        for y, (x0, x1) in zip(self._tops, spans.tolist(), strict=True):
            if x0 < x1:
                np.copyto(frame[y : y + ROWS, x0:x1], source[y : y + ROWS, x0:x1])
