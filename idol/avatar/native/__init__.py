"""The costly part of a frame in C, where the package could be built with a compiler.

What a picture costs with and without it: `python -m benchmarks render`. Everything works without
it (`compose.Composer`, `rig.Rig`, `outline.Pieces`).
"""

from __future__ import annotations

import importlib
from typing import Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]


class Blend(Protocol):
    """`_blend.c`. Pictures are premultiplied BGRA (h, w, 4); `frame`, `moved`, `rects` of
    `cut` and `grids` of `aim` are changed."""

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
        self,
        frame: Image,
        source: Image,
        opacity: float,
        adds: bool,
        bare: Image | None,
        left: int,
        top: int,
    ) -> None: ...
    def planes(self, frame: Image, out: npt.NDArray[np.uint8]) -> None: ...
    def settle(
        self, points: Array, moved: Array, layers: Array, pull: Array, world: Array, rounds: int
    ) -> None: ...
    def cut(
        self, x: Array, y: Array, table: Indices, size: tuple[int, int], rects: Indices
    ) -> None: ...
    def aim(
        self,
        rects: Indices,
        place: tuple[float, float, float],
        moved: Array,
        layers: Array,
        pull: Array,
        world: Array,
        rounds: int,
        grids: Array,
    ) -> None: ...


def load() -> Blend | None:
    """The C functions; None where they were not built, or from an older source than this."""
    try:
        blend: Blend = importlib.import_module("idol.avatar.native._blend")
    except ImportError:
        return None
    return blend if hasattr(blend, "aim") else None
