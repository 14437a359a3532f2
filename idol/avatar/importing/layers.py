"""The layers of a drawing, read from a PSD or a folder of PNGs, each cut to what is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.importing.names import ROLES, Name, plain, understand
from idol.errors import BadInput, Missing

Image = npt.NDArray[np.uint8]
MOST_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """One layer: straight BGRA pixels, and where their corner lies on the drawing's canvas."""

    name: str
    image: Image
    x: int
    y: int
    what: Name | None = None
    hidden: bool = False

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom on the canvas."""
        height, width = self.image.shape[:2]
        return self.x, self.y, self.x + width, self.y + height

    @property
    def middle(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


def read(source: Path) -> list[Drawn]:
    """All layers, back to front. Raises `BadInput` naming file and layer, or `Missing`."""
    if source.is_dir():
        return _folder(source)
    if source.suffix.lower() in (".psd", ".psb"):
        return _psd(source)
    raise BadInput("is neither a PSD nor a folder of PNG layers", where=str(source))


def cut(name: str, image: Image, x: int, y: int, hidden: bool = False) -> Drawn | None:
    """A layer without its empty rim; None when nothing is in it."""
    left, top, width, height = cv2.boundingRect((image[..., 3] > 4).astype(np.uint8))
    if not width:
        return None
    part = np.ascontiguousarray(image[top : top + height, left : left + width])
    return Drawn(name, part, x + left, y + top, understand(name), hidden)


def _folder(folder: Path) -> list[Drawn]:
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() == ".png")
    if not files:
        raise BadInput("there is no PNG in it", where=str(folder))
    found: list[tuple[tuple[int, int, str], Drawn]] = []
    size: tuple[int, int] | None = None
    for file in files:
        image = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_UNCHANGED)
        if image is None or image.dtype != np.uint8:
            raise BadInput("is not a PNG of 8 bits a channel", where=str(file))
        if image.ndim != 3 or image.shape[2] != 4:
            raise BadInput("has no transparency: save it with an alpha channel", where=str(file))
        size = size or image.shape[:2]
        if image.shape[:2] != size:
            raise BadInput(
                f"is {image.shape[1]} x {image.shape[0]}, the others {size[1]} x {size[0]}: "
                "all layers must be saved on the whole canvas",
                where=str(file),
            )
        layer = cut(file.stem, np.asarray(image, np.uint8), 0, 0)
        if layer is None:
            continue
        number = re.match(r"\d+", file.stem)
        role = ROLES[layer.what.role].z if layer.what else 75
        found.append(((int(number.group()) if number else -1, role, file.stem), layer))
    numbered = all(order[0] >= 0 for order, _ in found)
    return [layer for _, layer in sorted(found, key=lambda f: f[0] if numbered else f[0][1:])]


def _psd(file: Path) -> list[Drawn]:
    try:
        from psd_tools import PSDImage
    except ImportError:
        raise Missing("reading PSD needs psd-tools: pip install 'idol[avatar]'") from None
    try:
        picture = PSDImage.open(file)
    except (OSError, ValueError, AssertionError, KeyError) as error:
        raise BadInput(f"cannot be read as a PSD: {error}", where=str(file)) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise BadInput(f"is {picture.width} x {picture.height} pixels", where=str(file))
    return list(_walk(picture, "", False))


def _walk(group: Any, path: str, hidden: bool) -> Iterator[Drawn]:
    """Layers whose name, alone or after their group's, is known; groups of a known name whole."""
    for layer in group:
        unseen = hidden or not layer.visible
        name = layer.name
        if understand(name) is None and path and understand(f"{path}_{name}"):
            name = f"{path}_{name}"
        if layer.is_group():
            parts = [understand(f"{layer.name}_{part.name}") for part in layer.descendants()]
            plainly = [understand(part.name) for part in layer.descendants()]
            if understand(name) is None or any(p and p.key for p in (*parts, *plainly)):
                yield from _walk(layer, plain(layer.name), unseen)
                continue
        pixels = _pixels(layer)
        if pixels is None:
            continue
        drawn = cut(name, *pixels, hidden=unseen)
        if drawn is not None:
            yield drawn


def _pixels(layer: Any) -> tuple[Image, int, int] | None:
    """BGRA of a layer or group with its masks, and its corner."""
    if layer.width <= 0 or layer.height <= 0:
        return None
    picture = layer.composite(force=False, layer_filter=lambda one: one is layer or one.visible)
    if picture is None:
        return None
    rgba = np.asarray(picture.convert("RGBA"), np.uint8)
    return np.ascontiguousarray(rgba[..., [2, 1, 0, 3]]), int(layer.left), int(layer.top)
