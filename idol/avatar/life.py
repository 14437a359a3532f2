"""Slow life on a stage: lamps that twinkle, motes, leaves, petals and clouds that drift.

Everything follows from the seed and the time. Each thing has its own speed, sway and rhythm, in
ratios that do not meet again, so that no loop is seen. What lies behind her is drawn only where
the frame still shows the bare stage: no mask has to be kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from idol.avatar.compose import lay

Image = npt.NDArray[np.uint8]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Range = tuple[float, float]
Box = tuple[float, float, float, float]

_LEVELS = 12
"""Steps of brightness of a glow, and of the turn of a leaf."""


class Group(BaseModel):
    """Things of one kind. Lengths in the stage's design pixels, speeds in them per second."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["glow", "mote", "leaf", "petal", "cloud"]
    at: dict[Literal["portrait", "landscape"], tuple[tuple[float, float], ...]] = {}
    """Fixed places; without them `count` things drift through `box`, by default the picture."""
    count: Annotated[int, Field(ge=0, le=60)] = 0
    box: dict[Literal["portrait", "landscape"], Box] = {}
    size: Range = (6, 12)
    colours: tuple[Colour, ...] = ("#ffffff",)
    speed: Range = (0, 0)
    sway: float = 0
    depth: float = 0
    """Pixels that it moves aside as she turns: more is nearer."""
    opacity: Annotated[float, Field(gt=0, le=1)] = 1
    front: bool = False
    """Before her instead of behind."""
    lights: tuple[Literal["day", "night"], ...] = ("day", "night")


@dataclass(frozen=True, slots=True)
class _Thing:
    group: Group
    sprites: list[Image]
    """By brightness, or by turn; premultiplied BGRA."""
    x: float
    y: float
    rate: tuple[float, float, float, float]
    phase: tuple[float, float, float, float]
    pace: float


class Life:
    """The moving things of one stage in frames of one size (width, height)."""

    def __init__(
        self,
        groups: tuple[Group, ...],
        orientation: Literal["portrait", "landscape"],
        size: tuple[int, int],
        scale: float,
        seed: int,
    ) -> None:
        self._size, self._scale = size, scale
        self._things: list[_Thing] = []
        wide, high = size[0] / scale, size[1] / scale
        self._boxes: dict[int, Box] = {}
        for k, group in enumerate(groups):
            if group.box and orientation not in group.box:
                continue
            chance = np.random.default_rng([seed, k])
            self._boxes[id(group)] = group.box.get(orientation, (0.0, 0.0, wide, high))
            places = group.at.get(orientation, ())
            baked: dict[tuple[float, str], list[Image]] = {}
            for i in range(len(places) if group.at else group.count):
                width = round(float(chance.uniform(*group.size)) / 3) * 3 + 1
                colour = group.colours[int(chance.integers(len(group.colours)))]
                key = (width, colour)
                if key not in baked:
                    baked[key] = _bake(group.kind, width * scale, colour, group.opacity)
                x, y = places[i] if group.at else chance.uniform(0, 1, 2)
                self._things.append(
                    _Thing(
                        group,
                        baked[key],
                        float(x),
                        float(y),
                        tuple(chance.uniform(0.13, 0.9, 4).tolist()),
                        tuple(chance.uniform(0, math.tau, 4).tolist()),
                        float(chance.uniform(0.7, 1.4)),
                    )
                )

    def draw(
        self,
        frame: Image,
        bare: Image,
        seconds: float,
        turn: float,
        light: str,
        front: bool,
        aside: float = 0.0,
    ) -> None:
        """Draw what is behind her (or before her) at a time; `turn` is -1..1, as she faces.

        What has a fixed place stands `aside` by so many output pixels.

        `frame` and `bare`, the stage alone, are opaque BGRA of the same shape.
        """
        for thing in self._things:
            group = thing.group
            if group.front != front or light not in group.lights:
                continue
            x, y, shown = self._place(thing, seconds)
            a, b, c, _ = thing.rate
            p, q, r, _ = thing.phase
            if group.kind in ("leaf", "petal"):
                spin = math.sin(seconds * a + p) * 1.4 + seconds * (b - 0.5) * 0.5 + q
                index = int(spin / math.tau * _LEVELS) % _LEVELS
            else:
                pulse = math.sin(seconds * a * 2.4 + p) + math.sin(seconds * b * 3.9 + q)
                bright = (0.62 + 0.19 * pulse) * shown
                if group.at and math.sin(seconds * c * 0.7 + r) > 0.96:
                    bright *= 0.45  # now and then a lamp dips
                index = min(int(max(bright, 0.0) * _LEVELS), _LEVELS - 1)
                if index <= 0:
                    continue
            sprite = thing.sprites[index]
            left = (x - turn * group.depth) * self._scale - sprite.shape[1] / 2
            left = round(left + aside if group.at else left)
            top = round(y * self._scale - sprite.shape[0] / 2)
            shines = group.kind not in ("leaf", "petal")
            lay(frame, sprite, adds=shines, bare=None if front else bare, at=(left, top))

    def _place(self, thing: _Thing, seconds: float) -> tuple[float, float, float]:
        """Where a thing is, and how much of it is seen: it fades at the ends of its way."""
        group = thing.group
        if group.at:
            return thing.x, thing.y, 1.0
        left, top, width, height = self._boxes[id(group)]
        pad = 0.0 if group.box else group.size[1]
        u = (thing.x + seconds * group.speed[0] * thing.pace / (width + 2 * pad)) % 1
        v = (thing.y + seconds * group.speed[1] * thing.pace / (height + 2 * pad)) % 1
        a, b, _, d = thing.rate
        p, q, _, s = thing.phase
        aside = math.sin(seconds * a + p) * 0.7 + math.sin(seconds * d * 1.7 + s) * 0.3
        x = left - pad + u * (width + 2 * pad) + group.sway * aside
        y = top - pad + v * (height + 2 * pad) + group.sway * 0.3 * math.sin(seconds * b + q)
        ends = (u if group.speed[0] else 0.5, v if group.speed[1] else 0.5)
        shown = min(1.0, *(min(e, 1 - e) * 6 for e in ends))
        return x, y, shown


def _bake(kind: str, width: float, colour: str, opacity: float) -> list[Image]:
    """The looks of one thing, `width` output pixels wide."""
    bgr = np.array([int(colour[i : i + 2], 16) for i in (5, 3, 1)], np.float32)
    if kind in ("leaf", "petal"):
        return [_flake(kind, width, bgr, k / _LEVELS * math.tau, opacity) for k in range(_LEVELS)]
    across, down = (width * 2, width) if kind == "cloud" else (width, width)
    h, w = max(3, round(down)), max(3, round(across))
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    away = np.hypot((x - (w - 1) / 2) / (w / 2), (y - (h - 1) / 2) / (h / 2))
    soft = np.clip(1 - away, 0, 1)
    shape = soft**2 * 0.8 if kind == "cloud" else soft**3 + 0.9 * np.clip(soft * 3 - 2.1, 0, 1)
    out = []
    for k in range(_LEVELS):
        alpha = np.clip(shape * (k / (_LEVELS - 1)) * opacity, 0, 1)
        image = np.concatenate([alpha[..., None] * bgr, (alpha * 255)[..., None]], axis=2)
        out.append(image.astype(np.uint8))
    return out


def _flake(
    kind: str, width: float, bgr: npt.NDArray[np.float32], turn: float, opacity: float
) -> Image:
    """A maple leaf or a petal, turned, seen more or less from its edge."""
    size = max(5, round(width * 1.3))
    big = size * 4
    t = np.linspace(0, math.tau, 61)[:-1]
    if kind == "leaf":
        reach = 0.55 + 0.45 * np.abs(np.cos(t * 2.5)) ** 0.7 + 0.08 * np.cos(t * 15)
        reach *= 0.8 + 0.2 * np.cos(t)
    else:
        reach = 0.45 + 0.4 * np.abs(np.cos(t / 2)) ** 1.5
    edge = 0.45 + 0.55 * abs(math.cos(turn * 1.5 + 0.6))
    x, y = np.sin(t) * reach * edge, -np.cos(t) * reach
    cos, sin = math.cos(turn), math.sin(turn)
    points = np.stack([x * cos - y * sin, x * sin + y * cos], 1) * width * 0.5 * 4 + big / 2
    mask = np.zeros((big, big), np.uint8)
    cv2.fillPoly(mask, [points.astype(np.int32)], 255, cv2.LINE_AA)
    alpha = cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    alpha = cv2.GaussianBlur(alpha, (0, 0), max(0.4, width / 40)) * opacity
    lit = np.linspace(1.12, 0.8, size, dtype=np.float32)[:, None, None] * (0.8 + 0.2 * edge)
    image = np.concatenate(
        [np.clip(bgr * lit, 0, 255) * alpha[..., None], (alpha * 255)[..., None]], axis=2
    )
    return np.asarray(image, np.uint8)
