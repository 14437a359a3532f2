"""Drawings as pictures: rasterised, cut to what is in them, laid over each other, lit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import cv2
import numpy as np
import numpy.typing as npt
import resvg
from resvg import usvg

from idol.avatar import pixels
from idol.avatar.folder import view_box
from idol.errors import BadInput

Image = npt.NDArray[np.uint8]
"""Premultiplied BGRA, shape (height, width, 4)."""

_ROUGH = 6
"""How much smaller the picture is that shows where a drawing has something in it."""
_SIDES = ("width", "height")


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture and the design point of its upper left corner."""

    image: Image
    x: float
    y: float


def raster(svg: str, scale: float, where: str = "") -> Image:
    """Draw an SVG to premultiplied BGRA. Raises `BadInput`."""
    return decoded(png(svg, scale, where))


def png(svg: str, scale: float, where: str = "") -> bytes:
    """Draw an SVG to a PNG. Raises `BadInput`."""
    try:
        ElementTree.fromstring(svg)  # the engine would panic, and say so on stderr
        tree = usvg.Tree.from_str(svg, usvg.Options.default())
    except ElementTree.ParseError as error:
        raise BadInput(f"cannot be drawn: {error}", where=where) from None
    except BaseException as error:
        if isinstance(error, Exception | KeyboardInterrupt | SystemExit):
            raise
        raise BadInput(f"cannot be drawn: {error}", where=where) from None  # a panic
    width, height = tree.int_size()
    # a half goes up, unlike Python's round
    size = max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))
    fit = size[0] / width, 0.0, 0.0, 0.0, size[1] / height, 0.0
    return resvg.render(tree, fit, bg_size=size)


def decoded(png: bytes) -> Image:
    """Premultiplied BGRA of a PNG with transparency."""
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert image is not None, "resvg makes whole pictures"
    return pixels.premultiplied(image)


def sprite(svg: str, scale: float, where: str = "") -> Sprite:
    """Draw an SVG and cut away what is empty."""
    svg = _window(svg, scale, where)
    image = raster(svg, scale, where)
    x, y, _, _ = view_box(svg, where)
    return trimmed(image, x, y, scale)


def _window(svg: str, scale: float, where: str) -> str:
    """An SVG of the whole canvas cut to where a small picture of it shows something.

    Most parts are small on a large canvas, and what is empty takes as long as what is not.
    """
    x, y, width, height = view_box(svg, where)
    root = re.search(r"<svg\b[^>]*>", svg)
    sizes = [re.search(rf'\s{side}="([\d.]+)"', root[0]) if root else None for side in _SIDES]
    if not root or [float(size[1]) for size in sizes if size] != [width, height]:
        return svg
    rough = raster(svg, scale / _ROUGH, where)
    left, top, right, bottom = (edge * _ROUGH / scale for edge in bounds(rough[..., 3], 2))
    x0, y0 = x + math.floor(left), y + math.floor(top)
    wide, high = _sharp(right - math.floor(left), scale), _sharp(bottom - math.floor(top), scale)
    if wide * high > 0.7 * width * height:
        return svg
    box = x0, y0, wide, high
    head = re.sub(r'viewBox="[^"]+"', f'viewBox="{" ".join(f"{v:g}" for v in box)}"', root[0])
    for side, size in zip(_SIDES, box[2:], strict=True):
        head = re.sub(rf'(\s{side}=)"[^"]*"', rf'\g<1>"{size:g}"', head)
    return svg[: root.start()] + head + svg[root.end() :]


def _sharp(length: float, scale: float) -> int:
    """The next length that fills whole pixels best: what is left over would be a stretch."""
    least = math.ceil(length)
    return min(range(least, least + 40), key=lambda n: abs(n * scale - round(n * scale)) / n)


def trimmed(image: Image, x: float, y: float, scale: float) -> Sprite:
    x0, y0, x1, y1 = bounds(image[..., 3], 2)
    return Sprite(np.ascontiguousarray(image[y0:y1, x0:x1]), x + x0 / scale, y + y0 / scale)


def bounds(alpha: npt.NDArray[np.uint8], pad: int) -> tuple[int, int, int, int]:
    ys, xs = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(ys):
        return 0, 0, 1, 1
    height, width = alpha.shape
    return (
        max(int(xs[0]) - pad, 0),
        max(int(ys[0]) - pad, 0),
        min(int(xs[-1]) + pad + 1, width),
        min(int(ys[-1]) + pad + 1, height),
    )


def merge(parts: list[Sprite], scale: float) -> Sprite:
    """Several sprites of one scale drawn over each other, as one."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    spots = [(round((p.x - first.x) * scale), round((p.y - first.y) * scale)) for p in parts]
    left, top = min(x for x, _ in spots), min(y for _, y in spots)
    right = max(x + p.image.shape[1] for p, (x, _) in zip(parts, spots, strict=True))
    bottom = max(y + p.image.shape[0] for p, (_, y) in zip(parts, spots, strict=True))
    out = np.zeros((bottom - top, right - left, 4), np.uint8)
    for part, (x, y) in zip(parts, spots, strict=True):
        height, width = part.image.shape[:2]
        spot = out[y - top : y - top + height, x - left : x - left + width]
        rest = 255 - part.image[..., 3:].astype(np.uint16)
        spot[:] = part.image + ((spot * rest + 127) // 255).astype(np.uint8)
    return Sprite(out, first.x + left / scale, first.y + top / scale)


def rim_light(image: Image, colour: tuple[int, ...], strength: float, scale: float) -> Image:
    """Light along the edge, as from behind: where a blurred alpha is already falling off."""
    alpha = image[..., 3].astype(np.float32) / 255
    pad = 20
    wide = cv2.copyMakeBorder(alpha, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    soft = cv2.GaussianBlur(wide, (0, 0), 6 * scale)[pad:-pad, pad:-pad]
    edge = (np.clip((1 - soft) * alpha * 2 - 0.35, 0, 1) ** 1.3 * strength * 0.75)[..., None]
    out = image.astype(np.float32)
    light = np.array(colour, np.float32) * alpha[..., None]
    out[..., :3] += (light - out[..., :3] * 0.35) * edge
    out[..., :3] = np.clip(out[..., :3], 0, out[..., 3:])
    return out.astype(np.uint8)
