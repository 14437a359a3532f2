"""Warping and blending in C, where the package could be built with a compiler; else `None` says so.

What a picture costs with and without it: `python -m benchmarks render`. Everything works without
it (`compose.Composer`).
"""

from __future__ import annotations

import importlib
from typing import Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]


class Blend(Protocol):
    """`_blend.c`. Pictures are premultiplied BGRA (h, w, 4); `frame` is drawn into."""

    def warp(
        self,
        frame: Image,
        source: Image,
        grid: npt.NDArray[np.float32],
        place: tuple[float, float, float, float],
        opacity: float,
    ) -> None: ...
    def pieces(
        self,
        frame: Image,
        source: Image,
        rects: npt.NDArray[np.intp],
        grids: npt.NDArray[np.float32],
        opacity: float,
    ) -> None: ...
    def turn(
        self, frame: Image, source: Image, inverse: tuple[float, ...], opacity: float
    ) -> None: ...
    def over(
        self, frame: Image, source: Image, opacity: float, adds: bool, bare: Image | None
    ) -> None: ...


def load() -> Blend | None:
    """The C functions; None where they were not built, or from an older source than this."""
    try:
        blend: Blend = importlib.import_module("idol.avatar.native._blend")
    except ImportError:
        return None
    return blend if hasattr(blend, "pieces") else None
