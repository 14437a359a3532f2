"""The product card: glass with a ledge for the product, a price that flips, a stamp."""

from __future__ import annotations

import cv2
import numpy as np

from idol.avatar.overlay import text
from idol.avatar.overlay.glass import glass
from idol.avatar.overlay.layout import Layout
from idol.avatar.overlay.paint import (
    Canvas,
    Sprite,
    blurred,
    canvas,
    fill,
    gradient,
    rounded,
    sprite,
)
from idol.model import CardView, Language

MARGIN = 26
"""Designed pixels around the card for its shadow."""
GLOW = 14
"""Designed pixels beside the price row for the glow of the price."""

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {"link": "{}号链接", "presale": "预售", "sold_out": "已售罄", "ends": "距结束 {}"},
    "en": {"link": "Link {}", "presale": "Pre-order", "sold_out": "SOLD OUT", "ends": "Ends in {}"},
}


def base(card: CardView, language: Language, at: Layout) -> Sprite:
    """The card without its price row and its foot, which change more often.

    It has no picture: the product itself stands beside it, or on its upper edge.
    """
    px, theme = at.px, at.theme
    _, _, w, h = at.card
    m = px(MARGIN)
    picture = canvas(w + 2 * m, h + 2 * m)
    glass(picture, m, m, w, h, px(theme.corner), theme, shadow=px(10))
    inset = px(theme.corner * 0.9)
    ledge = rounded(m + inset, m - px(1), w - 2 * inset, px(4), px(2))
    light = gradient((m, m), (m + w, m), *theme.tile)
    fill(picture, ledge, light, 0.9)
    x, y = m + px(14), m + px(16)
    room = w - px(28)
    words = _WORDS[language]["link"].format(card.listing)
    number = pill(picture, words, x, y, px(19), theme.accent, at) + px(10)
    size, small = px(22), px(15)
    title = text.shorten(text.drawable(card.title)[0], size, room)
    text.write(picture, title, x, y + px(34), size, theme.text, weight=text.MEDIUM)
    if card.sponsor:
        sponsor = text.shorten(card.sponsor, small, room - number)
        text.write(picture, sponsor, x + number, y + px(5), small, theme.soft)
    return sprite(picture)


def pill(
    picture: Canvas,
    words: str,
    x: float,
    y: float,
    size: int,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
    at: Layout,
    ink: tuple[int, int, int] | None = None,
    opacity: float = 1.0,
) -> float:
    """A rounded label filled with a gradient; returns its width."""
    clean, _ = text.drawable(words)
    pad, high = at.px(11), text.line_height(size) + at.px(4)
    wide = text.width(clean, size) + 2 * pad
    shape = rounded(x, y, wide, high, high / 2)
    fill(picture, shape, gradient((x, y), (x + wide, y + high), *colours), opacity)
    text.write(
        picture, clean, x + pad, y + at.px(1), size, ink or at.theme.on_accent, weight=text.MEDIUM
    )
    return wide


def price(now: str, was: str, at: Layout, dim: bool = False) -> Sprite:
    """The price row: the price in the accent, the struck-out one beside it.

    The price begins `GLOW` designed pixels inside the sprite, so that its glow has room.
    """
    px, theme = at.px, at.theme
    glow, big, small = px(GLOW), px(44), px(22)
    room = at.card[2] - px(28)
    now, was = text.drawable(now)[0], text.drawable(was)[0]
    while text.width(now, big) > room and big > small:
        big -= 1
    high = text.line_height(big)
    picture = canvas(room + 2 * glow, high)
    glyphs = text.glyphs(now, glow, 0, big, text.BOLD)
    if not dim and theme.glow:
        fill(picture, blurred(glyphs, px(6)), theme.accent[0], theme.glow)
    accent = gradient((0, high * 0.2), (0, high * 0.85), *theme.price)
    fill(picture, glyphs, theme.soft if dim else accent)
    x = glow + text.width(now, big) + px(12)
    if was and x + text.width(was, small) <= glow + room:
        y = text.ascent(big) - text.ascent(small)
        end = text.write(picture, was, x, y, small, theme.soft, opacity=0.85)
        line = rounded(x - 2, y + text.ascent(small) * 0.66, end - x + 4, px(2), 1)
        fill(picture, line, theme.soft, 0.9)
    return sprite(picture)


def foot(card: CardView, left: int, language: Language, at: Layout) -> Sprite:
    """The last row: what is left or when it ships, and the seconds that remain (`left`)."""
    px, theme = at.px, at.theme
    _, _, w, _ = at.card
    size = px(18)
    words = _WORDS[language]
    picture = canvas(w - px(28), text.line_height(size) + px(6))
    x = 0.0
    if card.state == "presale":
        x += pill(picture, words["presale"], x, 0, size, theme.presale, at, ink=(255, 255, 255))
        x += px(8)
    right = float(picture.shape[2])
    if left > 0:
        clock = (
            f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
            if left >= 3600
            else (f"{left // 60:02}:{left % 60:02}")
        )
        line = words["ends"].format(clock)
        wide = text.width(text.drawable(line)[0], size) + 2 * px(11)
        right -= wide
        pill(picture, line, right, 0, size, (theme.shine, theme.accent[1]), at, ink=theme.on_shine)
        right -= px(8)
    if card.stock:
        line = text.shorten(card.stock, size, right - x)
        ink = theme.good if card.state == "live" else theme.soft
        text.write(picture, line, x, px(1), size, ink, weight=text.MEDIUM)
    return sprite(picture)


def stamp(language: Language, at: Layout) -> Sprite:
    """The sold-out stamp, turned a little as if by hand."""
    px = at.px
    words = _WORDS[language]["sold_out"]
    size = px(40 if language == "zh" else 34)
    wide, high = int(text.width(words, size)) + px(44), text.line_height(size) + px(22)
    side = round(wide * 1.16)
    picture = canvas(side, side)
    x, y = (side - wide) / 2, (side - high) / 2
    fill(picture, rounded(x, y, wide, high, px(14)), at.theme.stamp[0], 0.86)
    outer = rounded(x + px(4), y + px(4), wide - px(8), high - px(8), px(11))
    inner = rounded(x + px(7), y + px(7), wide - px(14), high - px(14), px(9))
    fill(picture, outer - inner, at.theme.stamp[1], 0.85)
    text.write(picture, words, x + px(22), y + px(11), size, at.theme.stamp[1], weight=text.BOLD)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), 9, 1.0)
    flat = sprite(picture).pixels
    return Sprite(np.asarray(cv2.warpAffine(flat, turn, (side, side), flags=cv2.INTER_LINEAR)))
