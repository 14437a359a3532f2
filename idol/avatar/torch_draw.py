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

    def where(self, grids: npt.NDArray[np.float32], sizes: npt.NDArray[np.float32]) -> Canvas:
        """Coarse maps of source pixels (n, GRID, GRID, 2) on the device, as `grid_sample` wants.

        `sizes` (n, 2) is how wide and high each source is. One upload for all: each costs the
        host as much as a drawing.
        """
        unit = (grids + 0.5) * (2 / sizes)[:, None, None] - 1  # pixels are named by their middles
        there = torch.from_numpy(np.ascontiguousarray(unit.transpose(0, 3, 1, 2), np.float32))
        return there.to(self.device)

    def warp(
        self, frame: Canvas, source: Canvas, rect: Rect, where: Canvas, opacity: float = 1.0
    ) -> None:
        """As `Composer.warp`; `where` (2, GRID, GRID) is a piece of what `where` gave."""
        x0, y0, x1, y1 = rect
        width, height = x1 - x0, y1 - y0
        if width <= 1 or height <= 1:
            return
        wide, high = round(width * GRID / (GRID - 1)), round(height * GRID / (GRID - 1))
        left, top = (wide - width) // 2, (high - height) // 2
        full = _stretched(where, (high, wide))
        self._sample(frame, source, rect, _part(full, top, left, height, width), opacity)

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
        down = torch.arange(y0, y1, device=self.device, dtype=torch.float32).unsqueeze(1)
        scale = 2 / np.array([source.shape[1], source.shape[0]])
        back = back * scale[:, None]
        back[:, 2] += scale / 2 - 1  # as in `where`
        places = [across * float(r[0]) + (down * float(r[1]) + float(r[2])) for r in back]
        spot = (x0, y0, x1, y1)
        self._sample(frame, self.texture(source), spot, torch.stack(places, dim=-1), opacity)

    def bent(self, frame: Canvas, source: Image, bend: Bend, rect: Rect) -> None:
        """As `Composer.bent`."""
        x0, y0, x1, y1 = rect
        grid = bend.grid(rect)
        size = np.array([[source.shape[1], source.shape[0]]], np.float32)
        where = self.where(grid[None], size).squeeze(0)
        full = _stretched(where, (grid.shape[0] * CELL, grid.shape[1] * CELL))
        inside = _part(full, CELL, CELL, y1 - y0, x1 - x0)
        self._sample(frame, self.texture(source), rect, inside, 1.0)

    def _sample(
        self, frame: Canvas, picture: Canvas, rect: Rect, places: Canvas, opacity: float
    ) -> None:
        """Draw what `picture` shows at `places` (h, w, 2), each -1..1, over `rect`."""
        drawn = functional.grid_sample(
            *(picture.unsqueeze(0), places.unsqueeze(0)),
            mode="bilinear",
            padding_mode="zeros",
            align_corners=False,
        ).squeeze(0)
        if opacity < 0.999:
            drawn.mul_(opacity)
        x0, y0, x1, y1 = rect
        spot = frame.narrow(1, y0, y1 - y0).narrow(2, x0, x1 - x0)
        torch.addcmul(drawn, spot, torch.rsub(drawn.narrow(0, 3, 1), 1, alpha=1 / 255), out=spot)


def _stretched(where: Canvas, size: tuple[int, int]) -> Canvas:
    """A coarse map (2, rows, columns) as a fine one, (high, wide, 2)."""
    fine = functional.interpolate(where.unsqueeze(0), size, mode="bilinear", align_corners=False)
    return fine.squeeze(0).permute(1, 2, 0)


def _part(full: Canvas, top: int, left: int, height: int, width: int) -> Canvas:
    return full.narrow(0, top, height).narrow(1, left, width)


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
        self._canvas = self._floor
        self._where: tuple[Canvas, ...] = ()

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
        self._canvas = self._floor.clone()  # torch keeps the memory of the last one for it
        self._where = self._there.where(now.grids, self._sizes(now)).unbind()
        for i, layer in enumerate(self._layers):
            if layer.limbs == "upper":
                self._limbs.upper(self._canvas, pose.params)
            elif layer.limbs == "lower":
                self._limbs.lower(self._canvas, pose)
            else:
                self._put(i, now)
        self._bring(frame)

    def _bring(self, frame: Image) -> None:
        """The whole picture, from the device."""
        whole = self._canvas.clamp_(0, 255).add_(0.5).permute(1, 2, 0).to(torch.uint8)
        np.copyto(frame, whole.cpu().numpy())

    def _sizes(self, now: _Now) -> npt.NDArray[np.float32]:
        """How wide and high the picture of each piece is, (pieces, 2)."""
        shapes = [(1, 1) if image is None else image[0].shape[1::-1] for image in now.images]
        return np.array(shapes, np.float32)[self._pieces.owner]

    def _put(self, i: int, now: _Now) -> None:
        layer, image = self._layers[i], now.images[i]
        opacity = 1.0 if layer.fade is None else min(1.0, now.pose.params[layer.fade])
        if image is None or opacity < 0.02:
            return
        # eyes are painted anew into one picture, the others lie still in the atlas
        anew = (layer.sprite or "").startswith("eye")
        source = self._there.upload(image[0]) if anew else self._there.texture(image[0])
        for piece in self._of[i]:
            x0, y0, x1, y1 = now.rects[piece].tolist()
            self._there.warp(self._canvas, source, (x0, y0, x1, y1), self._where[piece], opacity)
