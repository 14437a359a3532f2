"""Drawing sprites into a frame without allocating: warp or turn, then premultiplied `over`.

Frames and sprites are premultiplied BGRA, uint8. One thread: the picture must not fight with the
voice for cores.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.rig import GRID

Image = npt.NDArray[np.uint8]


class Composer:
    """Scratch memory for one frame size."""

    def __init__(self, size: tuple[int, int]) -> None:
        """`size` is (width, height)."""
        self.width, self.height = size
        pixels = (self.width + 2) * (self.height + 2)
        self._colour = np.empty(pixels * 4, np.uint8)
        self._rest = np.empty(pixels * 4, np.uint8)
        self._alpha = np.empty(pixels, np.uint8)
        # the stretched grid is GRID / (GRID - 1) as large as what is seen
        self._map = np.empty(int(pixels * 1.3 * 2) + 4096, np.float32)

    def over(self, frame: Image, source: Image, opacity: float = 1.0) -> None:
        """Draw `source` over `frame`, both (h, w, 4) of one size."""
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
        land: npt.NDArray[np.float32],
        grid: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """Draw `source` where the rig says: `land` in frame pixels, `grid` in source pixels."""
        x0, y0, x1, y1 = (int(v) for v in land)
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

    def turn(self, frame: Image, source: Image, matrix: npt.NDArray[np.float64]) -> None:
        """Draw `source` under an affine map (2, 3) from its pixels to the frame's."""
        high, wide = source.shape[:2]
        corners = matrix @ np.array([[0, wide, 0, wide], [0, 0, high, high], [1, 1, 1, 1.0]])
        x0, y0 = np.maximum(np.floor(corners.min(axis=1)).astype(int) - 1, 0)
        x1 = min(int(np.ceil(corners[0].max())) + 1, self.width)
        y1 = min(int(np.ceil(corners[1].max())) + 1, self.height)
        if x1 - x0 <= 1 or y1 - y0 <= 1:
            return
        here = matrix.copy()
        here[:, 2] -= (x0, y0)
        out = self._colour[: (x1 - x0) * (y1 - y0) * 4].reshape(y1 - y0, x1 - x0, 4)
        cv2.warpAffine(
            source, here, (x1 - x0, y1 - y0), out, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, 0
        )
        self.over(frame[y0:y1, x0:x1], out)

    @staticmethod
    def _part(scratch: npt.NDArray[np.uint8], like: Image) -> Image:
        return scratch[: like.size].reshape(like.shape)
