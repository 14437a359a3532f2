"""PNG drawings: read at the size of the show, and shapes that change between them.

Paths of pixels cannot be blended, so a shape goes from key to key by cross-fading (mouth), by
switching (eyes), or is bent (brows).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from idol.errors import BadInput

Image = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float32]

TILT, ARCH = 11.0, 0.16
"""A brow raised inside turns by so many degrees; an arched one rises by so much of its width."""


def premultiplied(image: Image) -> Image:
    """BGRA with colours times alpha, from any picture that OpenCV reads."""
    if image.ndim == 2:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA)
    elif image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGBA2mRGBA), np.uint8)


def read(file: Path, size: tuple[float, float], where: str = "") -> Image:
    """A PNG, premultiplied BGRA, at `size` (width, height) pixels. Raises `BadInput`."""
    image = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.dtype != np.uint8:
        raise BadInput("is not a PNG of 8 bits a channel", where=where)
    image = premultiplied(image)
    shape = (max(1, round(size[0])), max(1, round(size[1])))
    if shape == (image.shape[1], image.shape[0]):
        return image
    way = cv2.INTER_AREA if shape[0] < image.shape[1] else cv2.INTER_CUBIC
    image = cv2.resize(image, shape, interpolation=way)
    image[..., :3] = np.minimum(image[..., :3], image[..., 3:])  # cubic may overshoot
    return np.asarray(image, np.uint8)


def choices(names: Sequence[str], pairs: Sequence[tuple[int, int]]) -> tuple[Array, Array]:
    """Which blends of keys get a picture, (n, keys), and where the keys lie, (keys, rank).

    Keys of one name are one shape: it gets one picture, and so does the middle of each of `pairs`
    (indices of keys) that are two shapes.
    """
    shapes = list(dict.fromkeys(names))
    keys = np.eye(len(shapes), dtype=np.float32)[[shapes.index(name) for name in names]]
    eye = np.eye(len(names), dtype=np.float32)
    blends = {name: eye[names.index(name)] for name in shapes}
    for a, b in pairs:
        if names[a] != names[b]:
            blends.setdefault(" ".join(sorted((names[a], names[b]))), (eye[a] + eye[b]) / 2)
    return np.array(list(blends.values())), keys


def faded(images: Sequence[Image], weights: Array) -> Image:
    """The cross-fade of pictures of one shape; `weights` (images,) add up to 1."""
    used = np.flatnonzero(weights)
    if len(used) == 1:
        return images[int(used[0])]
    mixed = sum(images[int(i)].astype(np.float32) * weights[i] for i in used)
    return np.asarray(mixed + np.float32(0.5)).astype(np.uint8)


def bent_brow(image: Image, angle: float, form: float) -> Image:
    """A brow (the right one, its inner end at the left) raised inside and arched, each -1..1.

    The picture must have room about the brow; its shape stays.
    """
    height, width = image.shape[:2]
    columns = np.flatnonzero(image[..., 3].any(axis=0))
    if not len(columns):
        return image
    first, last = float(columns[0]), float(columns[-1])
    reach = max(last - first, 1.0)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    along = (x - first) / np.float32(reach) - np.float32(0.5)
    rise = angle * math.tan(math.radians(TILT)) * -along * reach
    rise += form * ARCH * reach * (0.5 - 4 * along * along * 0.5)
    y += rise.astype(np.float32)
    bent = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(bent, np.uint8)


def brow_keys(width: float) -> Array:
    """Where the keys (angle, form) of a bent brow of `width` pixels lie, (2, 2)."""
    return np.diag(
        np.array([math.tan(math.radians(TILT)) * width / 4, ARCH * width / 3], np.float32)
    )
