"""Small painting kit for what lies over the picture: canvases, sprites, and one fast blit.

Canvases are float32 (4, h, w), premultiplied planes B, G, R, A, 0..1; they are used
only while a sprite is made, and planes are three times faster there.
Sprites and frames are uint8 (h, w, 4) BGRA, premultiplied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar import compose

Canvas = npt.NDArray[np.float32]
"""(4, h, w) premultiplied planes B, G, R, A, 0..1."""
Pixels = npt.NDArray[np.uint8]
"""(h, w, 4) premultiplied BGRA, 0..255."""
Colour = tuple[int, int, int]
"""Red, green, blue, 0..255, as designers write them."""


class Sprite:
    """A picture ready to be laid over a frame."""

    __slots__ = ("pixels",)

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = np.ascontiguousarray(pixels)

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
    compose.lay(frame, sprite.pixels[r0:r1, c0:c1], opacity, at=(x + c0, y + r0))


def canvas(width: int, height: int) -> Canvas:
    """An empty canvas."""
    return np.zeros((4, height, width), np.float32)


def sprite(picture: Canvas) -> Sprite:
    """Finish a canvas."""
    return Sprite(np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0))


@dataclass(frozen=True, slots=True)
class Shape:
    """Coverage 0..1, shape (h, w), with its top left at (x, y) of the canvas."""

    cover: npt.NDArray[np.float32]
    x: int
    y: int

    def __sub__(self, inner: Shape) -> Shape:
        """This shape without `inner`."""
        left = self.cover.copy()
        rows, columns, part = _meet(inner, left.shape, -self.x, -self.y)
        left[rows, columns] *= 1 - part
        return Shape(left, self.x, self.y)

    def __and__(self, other: Shape) -> Shape:
        """Where this shape and `other` both cover."""
        both = np.zeros_like(self.cover)
        rows, columns, part = _meet(other, both.shape, -self.x, -self.y)
        both[rows, columns] = self.cover[rows, columns] * part
        return Shape(both, self.x, self.y)


@dataclass(frozen=True, slots=True)
class Gradient:
    """Evenly spaced stops from `start` to `end`, straight RGB with an optional alpha 0..1."""

    start: tuple[float, float]
    end: tuple[float, float]
    stops: tuple[Colour | tuple[int, int, int, float], ...]

    def over(self, rows: slice, columns: slice) -> Canvas:
        """Straight (not premultiplied) planes B, G, R, A of a part of the canvas."""
        down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - self.start[1]
        along = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] - self.start[0]
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        scale = 255 / (dx * dx + dy * dy)
        step = np.clip(along * (dx * scale) + down * (dy * scale), 0, 255).astype(np.uint8)
        stops = [(s[2], s[1], s[0], s[3] * 255 if len(s) == 4 else 255) for s in self.stops]
        places = np.linspace(0, 255, len(stops))
        shades = np.arange(256)
        return np.stack(
            [
                (np.interp(shades, places, c) / 255).astype(np.float32)[step]
                for c in zip(*stops, strict=True)
            ]
        )


def gradient(
    start: tuple[float, float],
    end: tuple[float, float],
    *stops: Colour | tuple[int, int, int, float],
) -> Gradient:
    """A linear gradient in canvas places."""
    return Gradient(start, end, stops)


def rounded(x: float, y: float, width: float, height: float, radius: float) -> Shape:
    """A rounded rectangle, with an edge one pixel soft (by signed distance)."""
    left, top = math.floor(x) - 1, math.floor(y) - 1
    rows = np.arange(top, math.ceil(y + height) + 1, dtype=np.float32)[:, None] + 0.5
    columns = np.arange(left, math.ceil(x + width) + 1, dtype=np.float32)[None, :] + 0.5
    radius = min(radius, width / 2, height / 2)
    dx = np.abs(columns - (x + width / 2)) - (width / 2 - radius)
    dy = np.abs(rows - (y + height / 2)) - (height / 2 - radius)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    distance = outside + np.minimum(np.maximum(dx, dy), 0) - radius
    return Shape(np.clip(0.5 - distance, 0, 1).astype(np.float32), left, top)


def polygon(points: npt.NDArray[np.float64]) -> Shape:
    """A filled polygon of (n, 2) places, antialiased."""
    x, y = (int(v) - 1 for v in np.floor(points.min(0)))
    right, bottom = (int(v) + 2 for v in np.ceil(points.max(0)))
    cover = np.zeros((bottom - y, right - x), np.uint8)
    fixed = np.round((points - (x, y)) * 16).astype(np.int32)
    cv2.fillPoly(cover, [fixed], (255,), cv2.LINE_AA, shift=4)
    return Shape(np.asarray(cover / np.float32(255), np.float32), x, y)


def blurred(shape: Shape, sigma: float) -> Shape:
    """A soft shadow or glow of a shape."""
    room = math.ceil(sigma * 2.5)
    wide = cv2.copyMakeBorder(shape.cover, room, room, room, room, cv2.BORDER_CONSTANT, value=0.0)
    soft = cv2.GaussianBlur(wide, (0, 0), sigma)
    return Shape(np.asarray(soft, np.float32), shape.x - room, shape.y - room)


def fill(picture: Canvas, shape: Shape, paint: Colour | Gradient, opacity: float = 1.0) -> None:
    """Lay a colour or a gradient over the canvas where the shape covers it."""
    rows, columns, cover = _meet(shape, picture.shape[1:])
    if not cover.size:
        return
    place = picture[:, rows, columns]
    if opacity != 1.0:
        cover = cover * np.float32(opacity)
    if isinstance(paint, Gradient):
        *bgr, alpha = paint.over(rows, columns)
        cover = cover * alpha
    else:
        bgr = [np.float32(value / 255) for value in reversed(paint)]
    place *= 1 - cover
    for plane, value in zip(place, bgr, strict=False):
        plane += value * cover
    place[3] += cover


def erase(picture: Canvas, shape: Shape, opacity: float = 1.0) -> None:
    """Take out what the shape covers, such as the shadow under a pane of glass."""
    rows, columns, cover = _meet(shape, picture.shape[1:])
    picture[:, rows, columns] *= 1 - cover * np.float32(opacity)


def _meet(
    shape: Shape, area: tuple[int, ...], dx: int = 0, dy: int = 0
) -> tuple[slice, slice, npt.NDArray[np.float32]]:
    """Rows and columns of an (h, w) area that the shape, moved by (dx, dy), meets, and the part."""
    height, width = shape.cover.shape
    x, y = shape.x + dx, shape.y + dy
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = max(x0, min(x + width, area[1])), max(y0, min(y + height, area[0]))
    return slice(y0, y1), slice(x0, x1), shape.cover[y0 - y : y1 - y, x0 - x : x1 - x]


def lay(picture: Canvas, pixels: Pixels, x: int, y: int) -> None:
    """Lay finished pixels over a canvas; what stands out of it is clipped."""
    where = Shape(np.ones(pixels.shape[:2], np.float32), x, y)
    rows, columns, _ = _meet(where, picture.shape[1:])
    part = pixels[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
    top = part.transpose(2, 0, 1).astype(np.float32) / 255
    place = picture[:, rows, columns]
    place *= 1 - top[3]
    place += top


def read_picture(file: str, size: int) -> Pixels | None:
    """A picture, trimmed to what it shows and fitted into a square of `size` pixels.

    A plain ground around the thing is taken away where the file has no alpha of its own.

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
    if image[..., 3].min() == 255:
        image[..., 3] = _figure(image[..., :3])
    x, y, width, height = cv2.boundingRect((image[..., 3] > 8).astype(np.uint8))
    if not width or not height:
        return None
    image = np.ascontiguousarray(image[y : y + height, x : x + width])
    alpha = cv2.merge([image[..., 3]] * 3 + [np.full_like(image[..., 3], 255)])
    image = cv2.multiply(image, alpha, scale=1 / 255)
    scale = size / max(width, height)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, shape, interpolation=way))


def _figure(image: Pixels) -> npt.NDArray[np.uint8]:
    """Alpha of a thing before a plain ground: all that no edge of the picture can flow into.

    Opaque where the borders differ too much to be a ground.
    """
    height, width = image.shape[:2]
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]).astype(np.int16)
    ground = np.median(border, axis=0)
    alike = (np.abs(border - ground).max(axis=1) < 24).mean()
    if alike < 0.9:
        return np.full((height, width), 255, np.uint8)
    far = np.abs(image.astype(np.int16) - ground.astype(np.int16)).max(axis=2) >= 16
    walls = np.zeros((height + 2, width + 2), np.uint8)
    walls[1:-1, 1:-1] = far
    flooded = np.zeros((height, width), np.uint8)
    for x, y in ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)):
        if not walls[y + 1, x + 1]:
            cv2.floodFill(flooded, walls, (x, y), 255, flags=4 | (255 << 8))
    alpha = cv2.erode(cv2.bitwise_not(flooded), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.8), np.uint8)


def scaled(source: Sprite, across: float, down: float) -> Sprite:
    """The sprite at another size, for the few frames of a flip or a thump."""
    size = (max(1, round(source.width * across)), max(1, round(source.height * down)))
    return Sprite(np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_LINEAR)))
