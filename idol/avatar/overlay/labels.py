"""The labels that are always in the picture: that she is an AI, and who pays."""

from __future__ import annotations

import math

import numpy as np

from idol.avatar.overlay import text
from idol.avatar.overlay.layout import Layout
from idol.avatar.overlay.paint import (
    Shape,
    Sprite,
    canvas,
    fill,
    gradient,
    polygon,
    rounded,
    sprite,
)
from idol.avatar.overlay.themes import readable
from idol.model import Theme


def ai(words: str, at: Layout) -> Sprite:
    """The label of an AI-made host: glass, a spark in the accent, words.

    A theme colours it but cannot hide it: one that is not readable is not used here.
    """
    return _pill(words, at, text_size=20, spark=True)


def sponsor(words: str, at: Layout) -> Sprite:
    """The label of a paid segment: the same glass with a golden edge."""
    return _pill(words, at, text_size=19, spark=False)


def _pill(words: str, at: Layout, text_size: int, spark: bool) -> Sprite:
    px, theme = at.px, at.theme if readable(at.theme) else Theme()
    size = px(text_size)
    line = text.shorten(words, size, at.captions[2] - px(80))
    high = text.line_height(size) + px(10)
    lead = px(46) if spark else px(16)
    wide = lead + text.width(line, size) + px(16)
    picture = canvas(math.ceil(wide) + 2, high + 2)
    outer = rounded(1, 1, wide, high, high / 2)
    inner = rounded(2.5, 2.5, wide - 3, high - 3, high / 2)
    fill(picture, outer, theme.pane[0], max(0.66, theme.opacity * 0.8))
    if spark:
        edge = gradient((0, 0), (wide, high), (*theme.edge[0], 0.8), (*theme.edge[1], 0.4))
        accent = gradient((px(12), 0), (px(32), high), *theme.accent)
        fill(picture, _spark(1 + px(24), 1 + high / 2, px(12)), accent)
        fill(picture, _spark(1 + px(33), 1 + high / 2 - px(7), px(5)), theme.shine)
    else:
        edge = gradient((0, 0), (wide, high), theme.shine, (*theme.shine, 0.35))
    fill(picture, outer - inner, edge)
    text.write(picture, line, 1 + lead, 1 + px(4), size, theme.text, weight=text.MEDIUM)
    return sprite(picture)


def _spark(x: float, y: float, r: float) -> Shape:
    """A four-pointed star with hollow sides."""
    t = np.linspace(0, math.tau, 64, endpoint=False)
    return polygon(np.stack([x + r * np.cos(t) ** 3, y + r * np.sin(t) ** 3], -1))
