"""The same picture drawn by torch, on a GPU: for 1080p at 60 frames a second.

Poses, outlines and grids are those of the CPU path; only warping and laying over are done on the
device. There nothing is kept between frames: a GPU draws all layers faster than it could ask
whether it must.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from idol.avatar.bake import Atlas, Image
from idol.avatar.bend import CELL, Bend
from idol.avatar.outline import LEFT, RIGHT, Outline
from idol.avatar.pack import Orientation, Pack
from idol.avatar.puppet import Puppet, _Now
from idol.avatar.rig import GRID
from idol.ports import Pose

Canvas = Any
"""A torch tensor (4, height, width), float32, 0..255, premultiplied BGRA, on the device."""
Rect = tuple[int, int, int, int]


def device_here() -> str | None:
    """The device to draw on, or None where there is no GPU that torch can use."""
    return "cuda" if torch.cuda.is_available() else None


class TorchComposer:
    """`compose.Composer` for canvases on a device."""

    def __init__(self, size: tuple[int, int], device: str) -> None:
        """`size` is (width, height)."""
        self.width, self.height = size
        self.device = torch.device(device)
        self._textures: dict[tuple[int, tuple[int, ...]], tuple[Canvas, Image]] = {}

    def upload(self, image: Image) -> Canvas:
        """A picture (h, w, 4) on the device, (4, h, w)."""
        there = torch.from_numpy(np.ascontiguousarray(image)).to(self.device)
        return there.permute(2, 0, 1).to(torch.float32)

    def texture(self, image: Image) -> Canvas:
        """`upload`, once for each picture: only for those that never change."""
        key = (int(image.__array_interface__["data"][0]), image.shape)
        if key not in self._textures:
            self._textures[key] = (self.upload(image), image)  # holding it keeps its address
        return self._textures[key][0]

    def forget(self) -> None:
        """Let the textures go: others will be drawn."""
        self._textures.clear()

    def warp(
        self,
        frame: Canvas,
        source: Image | Canvas,
        rect: Rect,
        grid: npt.NDArray[np.float32],
        opacity: float = 1.0,
    ) -> None:
        """As `Composer.warp`; a `source` on the device is drawn as it is."""
        x0, y0, x1, y1 = rect
        width, height = x1 - x0, y1 - y0
        if width <= 1 or height <= 1:
            return
        wide, high = round(width * GRID / (GRID - 1)), round(height * GRID / (GRID - 1))
        left, top = (wide - width) // 2, (high - height) // 2
        full = self._stretched(grid, (high, wide))
        self._sample(frame, source, rect, full[top : top + height, left : left + width], opacity)

    def turn(
        self,
        frame: Canvas,
        source: Image,
        outline: Outline,
        matrix: npt.NDArray[np.float64],
        opacity: float = 1.0,
    ) -> None:
        """As `Composer.turn`."""
        edges = np.stack([outline.x[(LEFT, RIGHT), :], np.stack([outline.y] * 2)]).reshape(2, -1)
        step = float(outline.y[1] - outline.y[0]) * float(np.hypot(*matrix[:, 1]))
        x, y = matrix[:, :2] @ edges + matrix[:, 2:]
        margin = step * 0.75 + 2
        x0, y0 = max(math.floor(x.min() - margin), 0), max(math.floor(y.min() - margin), 0)
        x1 = min(math.ceil(x.max() + margin), self.width)
        y1 = min(math.ceil(y.max() + margin), self.height)
        if x1 - x0 <= 1 or y1 - y0 <= 1:
            return
        back = np.linalg.inv(np.vstack([matrix, (0, 0, 1)]))[:2]
        across = torch.arange(x0, x1, device=self.device, dtype=torch.float32)
        down = torch.arange(y0, y1, device=self.device, dtype=torch.float32)[:, None]
        places = [across * float(r[0]) + down * float(r[1]) + float(r[2]) for r in back]
        self._sample(frame, source, (x0, y0, x1, y1), torch.stack(places, dim=-1), opacity)

    def bent(self, frame: Canvas, source: Image, bend: Bend, rect: Rect) -> None:
        """As `Composer.bent`."""
        x0, y0, x1, y1 = rect
        grid = bend.grid(rect)
        full = self._stretched(grid, (grid.shape[0] * CELL, grid.shape[1] * CELL))
        inside = full[CELL : CELL + y1 - y0, CELL : CELL + x1 - x0]
        self._sample(frame, source, rect, inside, 1.0)

    def _stretched(self, grid: npt.NDArray[np.float32], size: tuple[int, int]) -> Canvas:
        """A coarse map as a fine one, (high, wide, 2)."""
        there = torch.from_numpy(np.ascontiguousarray(grid, np.float32)).to(self.device)
        fine = functional.interpolate(
            there.permute(2, 0, 1)[None], size, mode="bilinear", align_corners=False
        )
        return fine[0].permute(1, 2, 0)

    def _sample(
        self, frame: Canvas, source: Image | Canvas, rect: Rect, places: Canvas, opacity: float
    ) -> None:
        """Draw what `source` shows at `places` (h, w, 2), in its pixels, over `rect`."""
        picture = source if isinstance(source, torch.Tensor) else self.texture(source)
        high, wide = picture.shape[1:]
        scale = torch.tensor([2.0 / wide, 2.0 / high], device=self.device)
        unit = (places + 0.5) * scale - 1  # pixels are named by their middles
        drawn = functional.grid_sample(
            picture[None], unit[None], mode="bilinear", padding_mode="zeros", align_corners=False
        )[0]
        if opacity < 0.999:
            drawn = drawn * opacity
        x0, y0, x1, y1 = rect
        spot = frame[:, y0:y1, x0:x1]
        spot.mul_(1 - drawn[3:] / 255).add_(drawn)


class TorchPuppet(Puppet):
    """`puppet.Puppet` drawn on a device; the frame comes back to the CPU when it is whole."""

    def __init__(
        self,
        pack: Pack,
        atlas: Atlas,
        background: Image,
        orientation: Orientation,
        seed: int,
        device: str,
    ) -> None:
        height, width = background.shape[:2]
        composer = TorchComposer((width, height), device)
        super().__init__(pack, atlas, background, orientation, seed, composer)
        self._there = composer
        self._floor = composer.upload(background)
        self._canvas = torch.empty_like(self._floor)

    def stand_before(self, atlas: Atlas, background: Image) -> None:
        """As `Puppet.stand_before`."""
        self._there.forget()
        self._dress(atlas)
        self.move_before(background)

    def move_before(self, background: Image) -> None:
        """As `Puppet.move_before`, at once."""
        self._ground = self.bare = background
        self._floor = self._there.upload(background)

    @torch.inference_mode()  # type: ignore[untyped-decorator]
    def draw(
        self,
        frame: Image,
        pose: Pose,
        mouth: Mapping[str, float],
        smile: float,
        seconds: float,
    ) -> None:
        """As `Puppet.draw`."""
        now = self._shape(pose, mouth, smile, self._swing(pose.params, seconds))
        self._canvas.copy_(self._floor)
        for i, layer in enumerate(self._layers):
            if layer.limbs == "upper":
                self._limbs.upper(self._canvas, pose.params)
            elif layer.limbs == "lower":
                self._limbs.lower(self._canvas, pose)
            else:
                self._put(i, now)
        whole = self._canvas.clamp(0, 255).add(0.5).to(torch.uint8)
        np.copyto(frame, whole.permute(1, 2, 0).cpu().numpy())

    def _put(self, i: int, now: _Now) -> None:
        layer, image = self._layers[i], now.images[i]
        opacity = 1.0 if layer.fade is None else min(1.0, now.pose.params[layer.fade])
        if image is None or opacity < 0.02:
            return
        # eyes are painted anew into one picture, the others lie still in the atlas
        anew = (layer.sprite or "").startswith("eye")
        source = self._there.upload(image[0]) if anew else image[0]
        for piece in self._of[i]:
            x0, y0, x1, y1 = now.rects[piece].tolist()
            self._there.warp(self._canvas, source, (x0, y0, x1, y1), now.grids[piece], opacity)
