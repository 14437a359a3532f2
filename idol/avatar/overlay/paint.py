"""Small painting kit for what lies over the picture: canvases, sprites, and one fast blit.

Canvases are float32 (h, w, 4), BGR and alpha, premultiplied, 0..1; they are used only while a
sprite is made. Sprites and frames are uint8 (h, w, 4) BGRA, premultiplied.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Canvas = npt.NDArray[np.float32]
"""(h, w, 4) premultiplied BGRA, 0..1."""
Mask = npt.NDArray[np.float32]
"""(h, w) coverage, 0..1."""
Pixels = npt.NDArray[np.uint8]
"""(h, w, 4) premultiplied BGRA, 0..255."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255, as designers write them."""


class Sprite:
    """A picture ready to be laid over a frame: its pixels and the inverse of its alpha."""

    __slots__ = ("inverse", "pixels")

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = np.ascontiguousarray(pixels)
        self.inverse = np.repeat(255 - self.pixels[..., 3:4], 4, axis=2)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


def over(
    frame: Pixels,
    sprite: Sprite,
    x: int,
    y: int,
    *,
    opacity: float = 1.0,
    columns: tuple[int, int] | None = None,
    rows: tuple[int, int] | None = None,
) -> None:
    """Lay `sprite` over `frame` in place with its top left at (x, y), clipped to the frame.

    `columns` and `rows` show only that part of the sprite, still where it belongs.
    """
    c0, c1 = columns or (0, sprite.width)
    r0, r1 = rows or (0, sprite.height)
    c0, c1 = max(c0, -x, 0), min(c1, frame.shape[1] - x, sprite.width)
    r0, r1 = max(r0, -y, 0), min(r1, frame.shape[0] - y, sprite.height)
    if c0 >= c1 or r0 >= r1 or opacity <= 0.004:
        return
    target = frame[y + r0 : y + r1, x + c0 : x + c1]
    source, inverse = sprite.pixels[r0:r1, c0:c1], sprite.inverse[r0:r1, c0:c1]
    if opacity < 0.996:
        source = cv2.convertScaleAbs(source, alpha=opacity)
        inverse = cv2.convertScaleAbs(inverse, alpha=opacity, beta=255 * (1 - opacity))
    cv2.multiply(target, inverse, dst=target, scale=1 / 255)
    cv2.add(target, source, dst=target)


def canvas(width: int, height: int) -> Canvas:
    """An empty canvas."""
    return np.zeros((height, width, 4), np.float32)


def sprite(picture: Canvas) -> Sprite:
    """Finish a canvas."""
    return Sprite(np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8))


def rounded(
    picture: Canvas, x: float, y: float, width: float, height: float, radius: float
) -> Mask:
    """Coverage of a rounded rectangle, with an edge one pixel soft (signed distance)."""
    rows = np.arange(picture.shape[0], dtype=np.float32)[:, None] + 0.5
    columns = np.arange(picture.shape[1], dtype=np.float32)[None, :] + 0.5
    radius = min(radius, width / 2, height / 2)
    dx = np.abs(columns - (x + width / 2)) - (width / 2 - radius)
    dy = np.abs(rows - (y + height / 2)) - (height / 2 - radius)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    distance = outside + np.minimum(np.maximum(dx, dy), 0) - radius
    return np.clip(0.5 - distance, 0, 1).astype(np.float32)


def fill(picture: Canvas, mask: Mask, paint: Colour | Canvas, opacity: float = 1.0) -> None:
    """Lay a colour, or a gradient from `gradient`, over the canvas where the mask covers."""
    cover = (mask * opacity)[..., None]
    if isinstance(paint, tuple):
        red, green, blue = paint
        bgr = np.array((blue, green, red), np.float32) / 255
    else:
        cover = cover * paint[..., 3:4]
        bgr = paint[..., :3]
    picture *= 1 - cover
    picture[..., :3] += bgr * cover
    picture[..., 3:4] += cover


def gradient(
    picture: Canvas,
    start: tuple[float, float],
    end: tuple[float, float],
    *stops: Colour | tuple[int, int, int, float],
) -> Canvas:
    """Straight (not premultiplied) BGRA of evenly spaced stops from `start` to `end`."""
    rows = np.arange(picture.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(picture.shape[1], dtype=np.float32)[None, :]
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((columns - start[0]) * dx + (rows - start[1]) * dy) / (dx * dx + dy * dy)
    places = np.linspace(0, 1, len(stops))
    table = np.array(
        [(s[2] / 255, s[1] / 255, s[0] / 255, s[3] if len(s) == 4 else 1.0) for s in stops]
    )
    return np.stack([np.interp(along, places, table[:, i]) for i in range(4)], -1).astype(
        np.float32
    )


def blurred(mask: Mask, sigma: float) -> Mask:
    """A soft shadow or glow of a mask."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.float32)


def lay(picture: Canvas, pixels: Pixels, x: int, y: int) -> None:
    """Lay finished pixels over a canvas; what stands out of it is clipped."""
    x0, y0 = max(x, 0), max(y, 0)
    x1 = min(x + pixels.shape[1], picture.shape[1])
    y1 = min(y + pixels.shape[0], picture.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    top = pixels[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32) / 255
    place = picture[y0:y1, x0:x1]
    place *= 1 - top[..., 3:4]
    place += top


def read_picture(file: str, size: int) -> Pixels | None:
    """A PNG with alpha, trimmed to what it shows and fitted into a square of `size` pixels.

    None when the file cannot be read: a card without its picture is better than no card.
    """
    try:
        data = np.fromfile(file, np.uint8)
    except OSError:
        return None
    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if image is None or image.ndim != 3 or image.shape[2] not in (3, 4) or image.dtype != np.uint8:
        return None
    if image.shape[2] == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA)
    x, y, width, height = cv2.boundingRect((image[..., 3] > 8).astype(np.uint8))
    if not width or not height:
        return None
    image = image[y : y + height, x : x + width].astype(np.float32)
    image[..., :3] *= image[..., 3:4] / 255
    scale = size / max(width, height)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    fitted = np.clip(cv2.resize(image, shape, interpolation=way), 0, 255)
    return np.asarray(fitted + 0.5, np.uint8)


def scaled(source: Sprite, across: float, down: float) -> Sprite:
    """The sprite at another size, for the few frames of a flip or a thump."""
    size = (max(1, round(source.width * across)), max(1, round(source.height * down)))
    return Sprite(np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_LINEAR)))
