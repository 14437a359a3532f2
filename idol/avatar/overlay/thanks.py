"""A buyer's moment: a banner with the name, and confetti that falls for some seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from idol.avatar.overlay import text
from idol.avatar.overlay.layout import INK, Layout
from idol.avatar.overlay.paint import (
    Pixels,
    Shape,
    Sprite,
    blurred,
    canvas,
    fill,
    gradient,
    over,
    polygon,
    rounded,
    sprite,
)
from idol.model import Language

SECONDS = 4.5
_PIECES = 44
_TURNS = 12
_WORDS: dict[Language, str] = {"zh": "谢谢 {} 的支持", "en": "Thank you, {}!"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One scrap of paper: times in seconds, places and speeds in designed pixels."""

    delay: float
    x: float
    y: float
    vx: float
    vy: float
    sway: float
    spin: float
    look: int


class Confetti:
    """Scraps thrown up from both sides that flutter down. Reproducible from a seed."""

    def __init__(self, at: Layout) -> None:
        self._at = at
        theme = at.theme
        colours = (*theme.accent, theme.shine, theme.good, theme.presale[1], (255, 255, 255))
        self._looks = [_scrap(colour, at) for colour in colours] + [_star(at)]

    def throw(self, seed: int) -> list[Piece]:
        """The scraps of one celebration."""
        chance = Random(seed)
        wide, high = (side / self._at.unit for side in self._at.size)
        lift = high / 1280
        pieces = []
        for i in range(_PIECES):
            side = 1 if i % 2 else -1
            pieces.append(
                Piece(
                    delay=chance.uniform(0, 0.35),
                    x=wide / 2 - side * wide * chance.uniform(0.36, 0.46),
                    y=high * chance.uniform(0.56, 0.66),
                    vx=side * chance.uniform(40, 300) * wide / 720,
                    vy=-chance.uniform(520, 1000) * lift,
                    sway=chance.uniform(0, math.tau),
                    spin=chance.uniform(5, 13) * chance.choice((-1, 1)),
                    look=chance.randrange(len(self._looks)),
                )
            )
        return pieces

    def draw(self, frame: Pixels, pieces: list[Piece], seconds: float) -> None:
        """Draw the scraps `seconds` after they were thrown."""
        fade = min(1.0, max(0.0, (SECONDS - seconds) / 0.8))
        for piece in pieces:
            t = seconds - piece.delay
            if t <= 0:
                continue
            # Drag takes the throw out within half a second; paper then falls at a steady pace.
            thrown = (1 - math.exp(-2.4 * t)) / 2.4
            x = piece.x + piece.vx * thrown + 22 * math.sin(2.6 * t + piece.sway)
            y = piece.y + piece.vy * thrown + 190 * max(0.0, t - thrown)
            looks = self._looks[piece.look]
            look = looks[int(piece.spin * t + piece.sway) % len(looks)]
            over(
                frame,
                look,
                round(x * self._at.unit) - look.width // 2,
                round(y * self._at.unit) - look.height // 2,
                opacity=fade,
            )


def banner(name: str, language: Language, at: Layout) -> Sprite:
    """The pill with the buyer's name, a heart before it and a glow behind."""
    px, theme = at.px, at.theme
    size = px(30)
    who = text.shorten(name, size, px(240)) or "♥"
    line = _WORDS[language].format(who)
    wide, high = text.width(line, size) + px(100), text.line_height(size) + px(18)
    soft = px(22)
    picture = canvas(int(wide) + 2 * soft, high + 2 * soft)
    shape = rounded(soft, soft, wide, high, high / 2)
    fill(picture, blurred(shape, soft / 2.6), theme.accent[0], 0.75)
    paint = gradient((soft, soft), (soft + wide, soft + high), *theme.accent, theme.shine)
    fill(picture, shape, paint)
    inner = rounded(soft + 2, soft + 2, wide - 4, high - 4, high / 2)
    shine = gradient((0, soft), (0, soft + high * 0.6), (255, 255, 255, 0.36), (255, 255, 255, 0.0))
    fill(picture, inner, shine)
    fill(picture, shape - inner, (255, 255, 255), 0.7)
    fill(picture, _heart(soft + px(38), soft + high / 2, px(13)), theme.on_accent)
    x = soft + px(64)
    glyphs = text.glyphs(line, x, soft + px(8), size, text.MEDIUM)
    light = sum(theme.on_accent) > 400
    fill(picture, blurred(glyphs, 2.0), INK if light else (255, 255, 255), 0.45)
    fill(picture, glyphs, theme.on_accent)
    return sprite(picture)


def _heart(x: float, y: float, r: float) -> Shape:
    """A heart of half-width `r` around (x, y)."""
    t = np.linspace(0, math.tau, 60)
    across = 16 * np.sin(t) ** 3
    down = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return polygon(np.stack([x + across * r / 16, y + down * r / 16], -1))


def _scrap(colour: tuple[int, int, int], at: Layout) -> list[Sprite]:
    """A strip of paper in the steps of its tumbling: turned, and seen from edge to face."""
    side = at.px(26)
    frames = []
    for step in range(_TURNS):
        turn = math.tau * step / _TURNS
        face = abs(math.cos(turn * 1.0))
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float)
        corners *= (at.px(9) * max(0.18, face), at.px(5.5))
        c, s = math.cos(turn / 2 + 0.5), math.sin(turn / 2 + 0.5)
        points = corners @ np.array([(c, s), (-s, c)]) + side / 2
        picture = canvas(side, side)
        shade = 0.72 + 0.28 * face
        r, g, b = (round(v * shade) for v in colour)
        fill(picture, polygon(points), (r, g, b))
        frames.append(sprite(picture))
    return frames


def _star(at: Layout) -> list[Sprite]:
    """A four-pointed sparkle that grows and shrinks."""
    side = at.px(44)
    frames = []
    for step in range(_TURNS):
        size = side * (0.2 + 0.26 * math.sin(math.pi * step / _TURNS) ** 2)
        angles = np.arange(8) * math.pi / 4
        radii = np.where(np.arange(8) % 2, size * 0.22, size)
        points = np.stack([np.cos(angles) * radii, np.sin(angles) * radii], -1) + side / 2
        picture = canvas(side, side)
        star = polygon(points)
        fill(picture, blurred(star, side / 9), at.theme.shine, 0.9)
        fill(picture, star, (255, 250, 232))
        frames.append(sprite(picture))
    return frames
