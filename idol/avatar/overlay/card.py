"""The product card: glass, a picture that stands out of it, a price that flips, a stamp."""

from __future__ import annotations

from functools import partial

from idol.avatar.overlay import text
from idol.avatar.overlay.layout import (
    CORAL,
    GOLD,
    INK,
    LAVENDER,
    MINT,
    NIGHT,
    PINK,
    PLUM,
    WHITE,
    Layout,
)
from idol.avatar.overlay.paint import (
    Canvas,
    Mask,
    Sprite,
    blurred,
    canvas,
    fill,
    gradient,
    lay,
    read_picture,
    rounded,
    scaled,
    sprite,
)
from idol.model import CardView, Language

MARGIN = 26
"""Designed pixels around the card for its shadow and for the picture that stands out of it."""

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {"link": "{}号链接", "presale": "预售", "sold_out": "已售罄", "ends": "距结束 {}"},
    "en": {"link": "Link {}", "presale": "Pre-order", "sold_out": "SOLD OUT", "ends": "Ends in {}"},
}


def glass(picture: Canvas, body: Mask, x: float, y: float, w: float, h: float) -> None:
    """Dark translucent glass: a gradient, a light from above and a bright thin rim."""
    fill(picture, body, gradient(picture, (x, y), (x + w * 0.6, y + h), NIGHT, PLUM), 0.84)
    sheen = gradient(picture, (x, y), (x, y + h * 0.55), (255, 255, 255, 0.17), (255, 255, 255, 0))
    fill(picture, body, sheen)


def rim(picture: Canvas, outer: Mask, inner: Mask, x: float, y: float, h: float) -> None:
    """The edge of the glass, pink above and fading below."""
    light = gradient(picture, (x, y), (x, y + h), (255, 206, 236, 0.85), (196, 160, 255, 0.22))
    fill(picture, outer * (1 - inner), light)


def base(card: CardView, language: Language, at: Layout, language_words: bool = True) -> Sprite:
    """The card without its price row and its foot, which change more often."""
    px = at.px
    _, _, w, h = at.card
    m = px(MARGIN)
    picture = canvas(w + 2 * m, h + 2 * m)
    area = partial(rounded, picture)
    body = area(m, m, w, h, px(26))
    fill(picture, blurred(area(m, m + px(7), w, h, px(26)), px(10)), (14, 4, 34), 0.5)
    picture *= (1 - body * 0.9)[..., None]
    glass(picture, body, m, m, w, h)
    rim(picture, body, area(m + 2, m + 2, w - 4, h - 4, px(24)), m, m, h)

    side = px(112)
    tx, ty = m + px(14), m + px(16)
    tile = area(tx, ty, side, side, px(20))
    light = gradient(picture, (tx, ty), (tx + side, ty + side), (255, 246, 250), (255, 205, 226))
    fill(picture, tile, light)
    fill(picture, blurred(area(tx + side * 0.18, ty + side * 0.82, side * 0.64, px(9), px(5)), px(4)) * tile, INK, 0.32)
    cut_out = read_picture(card.picture, px(118)) if card.picture else None
    if cut_out is not None:
        high, across = cut_out.shape[:2]
        lay(picture, cut_out, tx + (side - across) // 2, ty + side - px(8) - high)

    x = tx + side + px(14)
    room = m + w - px(14) - x
    words = _WORDS[language]
    pill(picture, words["link"].format(card.listing), x, ty, px(19), (PINK, CORAL), at)
    size = px(22)
    clean, _ = text.drawable(card.title)
    lines = text.break_lines(clean, size, room, per_page=1)
    shown = [clean[a:b].strip() for a, b in lines[:2]]
    if len(lines) > 2:
        shown[1] = text.shorten(clean[lines[1][0] :], size, room)
    for i, line in enumerate(shown):
        line = text.shorten(line, size, room)
        text.write(picture, line, x, ty + px(38) + i * px(30), size, WHITE, weight=text.MEDIUM)
    if card.sponsor:
        line = text.shorten(card.sponsor, px(15), room)
        text.write(picture, line, x, ty + px(96), px(15), LAVENDER)
    return sprite(picture)


def pill(
    picture: Canvas,
    words: str,
    x: float,
    y: float,
    size: int,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
    at: Layout,
    ink: tuple[int, int, int] = WHITE,
    opacity: float = 1.0,
) -> float:
    """A rounded label filled with a gradient; returns its width."""
    clean, _ = text.drawable(words)
    pad, high = at.px(11), text.line_height(size) + at.px(4)
    wide = text.width(clean, size) + 2 * pad
    shape = rounded(picture, x, y, wide, high, high / 2)
    fill(picture, shape, gradient(picture, (x, y), (x + wide, y + high), *colours), opacity)
    text.write(picture, clean, x + pad, y + at.px(1), size, ink, weight=text.MEDIUM)
    return wide


def price(now: str, was: str, at: Layout, dim: bool = False) -> Sprite:
    """The price row: the price in the accent, the struck-out one beside it."""
    px = at.px
    _, _, w, _ = at.card
    big, small = px(44), px(22)
    high = text.line_height(big)
    picture = canvas(w - px(28), high)
    while text.width(now, big) > picture.shape[1] and big > small:
        big -= 1
    glyphs = text.placed(picture, text.mask(text.drawable(now)[0] or " ", big, text.BOLD), 0, 0)
    fill(picture, blurred(glyphs, px(6)), PINK, 0.0 if dim else 0.55)
    accent = gradient(picture, (0, high * 0.2), (0, high * 0.85), (255, 240, 200), (255, 160, 176))
    fill(picture, glyphs, LAVENDER if dim else accent)
    x = text.width(now, big) + px(12)
    if was and x + text.width(was, small) <= picture.shape[1]:
        y = text.ascent(big) - text.ascent(small)
        end = text.write(picture, was, x, y, small, LAVENDER, opacity=0.85)
        line = rounded(picture, x - 2, y + text.ascent(small) * 0.66, end - x + 4, px(2), 1)
        fill(picture, line, LAVENDER, 0.9)
    return sprite(picture)


def foot(card: CardView, left: int, language: Language, at: Layout) -> Sprite:
    """The last row: what is left or when it ships, and the seconds that remain (`left`)."""
    px = at.px
    _, _, w, _ = at.card
    size = px(18)
    words = _WORDS[language]
    picture = canvas(w - px(28), text.line_height(size) + px(6))
    x = 0.0
    if card.state == "presale":
        x += pill(picture, words["presale"], x, 0, size, ((104, 110, 246), (164, 96, 238)), at)
        x += px(8)
    right = float(picture.shape[1])
    if left > 0:
        clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}" if left >= 3600 else (
            f"{left // 60:02}:{left % 60:02}"
        )
        # Digits are laid out at the widest, so that the pill does not tremble each second.
        line = words["ends"].format(clock)
        wide = text.width(text.drawable(line)[0], size) + 2 * px(11)
        right -= wide
        pill(picture, line, right, 0, size, (GOLD, CORAL), at, ink=(74, 24, 40))
        right -= px(8)
    if card.stock:
        line = text.shorten(card.stock, size, right - x)
        ink = MINT if card.state == "live" else LAVENDER
        text.write(picture, line, x, px(1), size, ink, weight=text.MEDIUM)
    return sprite(picture)


def stamp(language: Language, at: Layout) -> Sprite:
    """The sold-out stamp, turned a little as if by hand."""
    import cv2

    px = at.px
    words = _WORDS[language]["sold_out"]
    size = px(40 if language == "zh" else 34)
    wide, high = int(text.width(words, size)) + px(44), text.line_height(size) + px(22)
    side = round(wide * 1.16)
    picture = canvas(side, side)
    x, y = (side - wide) / 2, (side - high) / 2
    outer, inner = rounded(picture, x, y, wide, high, px(14)), None
    fill(picture, outer, (120, 12, 52), 0.82)
    outer = rounded(picture, x + px(4), y + px(4), wide - px(8), high - px(8), px(11))
    inner = rounded(picture, x + px(7), y + px(7), wide - px(14), high - px(14), px(9))
    fill(picture, outer * (1 - inner), (255, 196, 214), 0.95)
    text.write(
        picture, words, x + px(22), y + px(11), size, (255, 232, 240), weight=text.BOLD
    )
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), 9, 1.0)
    return sprite(cv2.warpAffine(picture, turn, (side, side), flags=cv2.INTER_LINEAR))


__all__ = ["MARGIN", "base", "foot", "glass", "pill", "price", "rim", "scaled", "stamp"]
