"""Drawing sprites into a frame without allocating: warp or turn, then premultiplied `over`.

Frames and sprites are premultiplied BGRA, uint8. One thread: the picture must not fight with the
voice for cores.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar import native
from idol.avatar.bend import CELL, Bend
from idol.avatar.outline import LEFT, RIGHT, Outline
from idol.avatar.rig import GRID

Image = npt.NDArray[np.uint8]


Rect = tuple[int, int, int, int]
"""Left, top, right, bottom in whole pixels of the frame."""


BLEND = native.load()
"""The C part, if there is one; whoever measures without it sets this to None."""


_CHROMA = np.array([[112, -74, -38, 0, 32768], [-18, -94, 112, 0, 32768]], np.float32) / 256
"""U and V of a premultiplied BGRA pixel and 1, BT.601 in the limited range."""


def lay(
    frame: Image,
    source: Image,
    opacity: float = 1.0,
    adds: bool = False,
    bare: Image | None = None,
    at: tuple[int, int] = (0, 0),
) -> None:
    """Lay `source` over `frame`, both (h, w, 4), without scratch memory at hand.

    Its corner lies `at` (x, y), and what lies outside is left out. `adds`: it shines and hides
    nothing. `bare`, of the frame's size: only where the frame still equals this picture.
    """
    if BLEND:
        BLEND.over(frame, source, opacity, adds, bare, *at)
        return
    (left, top), (height, width) = at, source.shape[:2]
    here = (
        slice(max(top, 0), max(min(top + height, frame.shape[0]), 0)),
        slice(max(left, 0), max(min(left + width, frame.shape[1]), 0)),
    )
    frame, bare = frame[here], None if bare is None else bare[here]
    if not frame.size:
        return
    source = source[max(-top, 0) :, max(-left, 0) :][: frame.shape[0], : frame.shape[1]]
    mask = None
    if bare is not None:
        there = bare.view(np.uint32)[..., 0]
        mask = np.equal(frame.view(np.uint32)[..., 0], there).view(np.uint8)
    if opacity < 0.999:
        source = np.asarray(cv2.convertScaleAbs(source, alpha=opacity), np.uint8)
    under: npt.NDArray[np.uint8] = frame
    if not adds:
        alpha = cv2.bitwise_not(cv2.extractChannel(source, 3))
        rest = cv2.merge((alpha, alpha, alpha, alpha))
        under = np.asarray(cv2.multiply(frame, rest, scale=1 / 255), np.uint8)
    cv2.add(source, under, dst=frame, mask=mask)


def planes(frame: Image, out: Image) -> None:
    """`frame` (h, w, 4) of even sides as I420 in `out` (h * 3 / 2, w).

    Colour is the mean of two by two pixels, where OpenCV takes one of them: lips are small.
    """
    if BLEND:
        BLEND.planes(frame, out)
        return
    cv2.cvtColor(frame, cv2.COLOR_BGRA2YUV_I420, out)
    height, width = frame.shape[:2]
    half = cv2.resize(frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    chroma = cv2.transform(half, _CHROMA)
    out[height:].reshape(2, -1)[:] = chroma.reshape(-1, 2).T


class Composer:
    """Draws by OpenCV into scratch memory for one frame size, then blends."""

    band = 70
    """Rows of a turned sprite that are worth a piece of their own."""

    def __init__(self, size: tuple[int, int]) -> None:
        """`size` is (width, height)."""
        self.width, self.height = size
        pixels = (self.width + 2) * (self.height + 2)
        self._colour = np.empty(pixels * 4, np.uint8)
        self._rest = np.empty(pixels * 4, np.uint8)
        self._alpha = np.empty(pixels, np.uint8)
        # the stretched grid is GRID / (GRID - 1) as large as what is seen
        self._map = np.empty(int(pixels * (GRID / (GRID - 1)) ** 2 * 2) + 8192, np.float32)

    def over(self, frame: Image, source: Image, opacity: float = 1.0) -> None:
        """Draw `source` over `frame`, both (h, w, 4) of one size. The frame's alpha stays true."""
        height, width = source.shape[:2]
        if opacity < 0.999:
            source = cv2.convertScaleAbs(source, self._part(self._colour, source), opacity, 0)
        rest = self._part(self._rest, source)
        alpha = self._alpha[: height * width].reshape(height, width)
        cv2.extractChannel(source, 3, alpha)
        cv2.bitwise_not(alpha, alpha)
        cv2.merge((alpha, alpha, alpha, alpha), rest)
        cv2.multiply(frame, rest, rest, 1 / 255)
        cv2.add(source, rest, frame)

    def warp(
        self,
        frame: Image,
        source: Image,
        rect: Rect,
        grid: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """Draw the part of `source` that falls into `rect` of the frame: left, top, right, bottom.

        `grid` is the rig's answer there, in source pixels.
        """
        x0, y0, x1, y1 = rect
        width, height = x1 - x0, y1 - y0
        if width <= 1 or height <= 1:
            return
        wide, high = round(width * GRID / (GRID - 1)), round(height * GRID / (GRID - 1))
        full = self._map[: wide * high * 2].reshape(high, wide, 2)
        cv2.resize(grid, (wide, high), full, interpolation=cv2.INTER_LINEAR)
        left, top = (wide - width) // 2, (high - height) // 2
        out = self._colour[: width * height * 4].reshape(height, width, 4)
        cv2.remap(
            source,
            full[top : top + height, left : left + width],
            None,
            cv2.INTER_LINEAR,
            out,
            cv2.BORDER_CONSTANT,
            0,
        )
        self.over(frame[y0:y1, x0:x1], out, opacity)

    def pieces(
        self,
        frame: Image,
        source: Image,
        rects: npt.NDArray[np.intp],
        grids: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """`warp` for several parts of one source: `rects` (n, 4), `grids` (n, GRID, GRID, 2)."""
        for (x0, y0, x1, y1), grid in zip(rects.tolist(), grids, strict=True):
            self.warp(frame, source, (x0, y0, x1, y1), grid, opacity)

    def turn(
        self,
        frame: Image,
        source: Image,
        outline: Outline,
        matrix: npt.NDArray[np.float64],
        opacity: float = 1.0,
    ) -> None:
        """Draw `source` under an affine map (2, 3) from its pixels to the frame's.

        `outline` is where there is something in it.
        """
        edges = np.stack([outline.x[(LEFT, RIGHT), :], np.stack([outline.y] * 2)]).reshape(2, -1)
        step = float(outline.y[1] - outline.y[0]) * float(np.hypot(*matrix[:, 1]))
        x, y = matrix[:, :2] @ edges + matrix[:, 2:]
        margin = step * 0.75 + 2
        low, high = float(y.min()) - margin, float(y.max()) + margin
        bands = max(1, min(outline.bands, round((high - low) / self.band)))
        for band in range(bands):
            first = round(low + (high - low) * band / bands)
            last = round(low + (high - low) * (band + 1) / bands)
            here = x[(y > first - margin) & (y < last + margin)]
            if not len(here):
                continue
            x0 = max(math.floor(float(here.min()) - margin * 0.7), 0)
            x1 = min(math.ceil(float(here.max()) + margin * 0.7), self.width)
            y0, y1 = max(first, 0), min(last, self.height)
            if x1 - x0 <= 1 or y1 - y0 <= 1:
                continue
            self._affine(frame, source, matrix, (x0, y0, x1, y1), opacity)

    def _affine(
        self,
        frame: Image,
        source: Image,
        matrix: npt.NDArray[np.float64],
        rect: Rect,
        opacity: float,
    ) -> None:
        x0, y0, x1, y1 = rect
        place = matrix.copy()
        place[:, 2] -= (x0, y0)
        out = self._colour[: (x1 - x0) * (y1 - y0) * 4].reshape(y1 - y0, x1 - x0, 4)
        cv2.warpAffine(
            source, place, (x1 - x0, y1 - y0), out, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, 0
        )
        self.over(frame[y0:y1, x0:x1], out, opacity)

    def bent(self, frame: Image, source: Image, bend: Bend, rect: Rect) -> None:
        """Draw the part of a sleeve laid along `bend` that falls into `rect` of the frame."""
        x0, y0, x1, y1 = rect
        width, height = x1 - x0, y1 - y0
        grid = bend.grid(rect)
        wide, high = grid.shape[1] * CELL, grid.shape[0] * CELL
        full = self._map[: wide * high * 2].reshape(high, wide, 2)
        cv2.resize(grid, (wide, high), full, interpolation=cv2.INTER_LINEAR)
        out = self._colour[: width * height * 4].reshape(height, width, 4)
        cv2.remap(
            source,
            full[CELL : CELL + height, CELL : CELL + width],
            None,
            cv2.INTER_LINEAR,
            out,
            cv2.BORDER_CONSTANT,
            0,
        )
        self.over(frame[y0:y1, x0:x1], out)

    @staticmethod
    def _part(scratch: npt.NDArray[np.uint8], like: Image) -> Image:
        return scratch[: like.size].reshape(like.shape)


class FusedComposer(Composer):
    """The same in one pass over the pixels, in C: no map, no warped copy, nothing for emptiness."""

    def __init__(self, size: tuple[int, int], blend: native.Blend) -> None:
        super().__init__(size)
        self._blend = blend

    def over(self, frame: Image, source: Image, opacity: float = 1.0) -> None:
        """As `Composer.over`."""
        self._blend.over(frame, source, opacity, False, None, 0, 0)

    def warp(
        self,
        frame: Image,
        source: Image,
        rect: Rect,
        grid: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """As `Composer.warp`."""
        self._blend.pieces(frame, source, np.array([rect], np.intp), grid[None], opacity)

    def pieces(
        self,
        frame: Image,
        source: Image,
        rects: npt.NDArray[np.intp],
        grids: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """As `Composer.pieces`."""
        self._blend.pieces(frame, source, rects, grids, opacity)

    def turn(
        self,
        frame: Image,
        source: Image,
        outline: Outline,
        matrix: npt.NDArray[np.float64],
        opacity: float = 1.0,
    ) -> None:
        """As `Composer.turn`; where there is nothing in `source` it finds by itself."""
        (a, b, c), (d, e, f) = matrix.tolist()
        size = a * e - b * d
        if not size:
            return
        across, down = (e / size, -b / size), (-d / size, a / size)
        back = (
            *(*across, -across[0] * c - across[1] * f),
            *(*down, -down[0] * c - down[1] * f),
        )
        self._blend.turn(frame, source, back, opacity)

    def bent(self, frame: Image, source: Image, bend: Bend, rect: Rect) -> None:
        """As `Composer.bent`."""
        x0, y0, x1, y1 = rect
        place = float(CELL), float(CELL), 1 / CELL, 1 / CELL
        self._blend.warp(frame[y0:y1, x0:x1], source, bend.grid(rect), place, 1.0)


def composer(size: tuple[int, int]) -> Composer:
    """The fastest composer for frames of (width, height) on this machine."""
    return FusedComposer(size, BLEND) if BLEND else Composer(size)
