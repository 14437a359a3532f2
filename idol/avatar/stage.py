"""The picture behind her: a stage folder baked to one frame.

A stage folder holds `portrait.svg` and `landscape.svg` (any viewBox of about that shape).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np

from idol.avatar.bake import Image, raster
from idol.avatar.pack import Orientation, view_box
from idol.errors import BadInput


def orientation(size: tuple[int, int]) -> Orientation:
    """Which of the two compositions a frame of (width, height) takes."""
    return "portrait" if size[1] >= size[0] else "landscape"


def load(folder: Path, size: tuple[int, int], cache: Path) -> Image:
    """The background, opaque BGRA of `size` (width, height), filling it. Raises `BadInput`."""
    file = folder / f"{orientation(size)}.svg"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(file)) from None
    kept = _kept(cache, text, size)
    try:
        pixels = np.fromfile(kept, np.uint8)
        if pixels.size == size[0] * size[1] * 4:
            return pixels.reshape(size[1], size[0], 4)
    except OSError:
        pass
    image = _draw(text, size, str(file))
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    image.tofile(part)
    part.replace(kept)
    return image


def _kept(cache: Path, text: str, size: tuple[int, int]) -> Path:
    digest = hashlib.sha256(f"{size} {text}".encode()).hexdigest()[:24]
    return cache / f"stage-{digest}.bgra"


def _draw(text: str, size: tuple[int, int], where: str) -> Image:
    _, _, width, height = view_box(text, where)
    scale = max(size[0] / width, size[1] / height)
    image = raster(text, scale, where)
    if image.shape[1] < size[0] or image.shape[0] < size[1]:
        image = cv2.resize(image, (max(size[0], image.shape[1]), max(size[1], image.shape[0])))
    left, top = (image.shape[1] - size[0]) // 2, (image.shape[0] - size[1]) // 2
    image = np.ascontiguousarray(image[top : top + size[1], left : left + size[0]])
    image[..., 3] = 255
    return np.asarray(image, np.uint8)
