"""Text in the picture, in Latin and Chinese, from the font inside OpenCV: no system fonts.

The face has one weight, so heavier text is drawn three times larger, its strokes thickened,
and reduced. There is no emoji in it: `drawable` takes out what it cannot draw.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import cv2
import numpy as np

from idol.avatar.overlay.paint import Canvas, Colour, Gradient, Shape, fill

REGULAR, MEDIUM, BOLD = 0.0, 0.028, 0.055
"""Weights, as the part of the text size by which strokes are thickened."""

_FINE = 3
_FACE = "uni"
_UNBOUNDED = (0, 1 << 20)
_SYMBOLS = frozenset("★☆♥♡♪°©®™→←↑↓√×")
_NO_START = frozenset("，。！？、；：）》」』”’…%％,.!?;:)]}~～—·℃°")
_NO_END = frozenset("（《「『“‘([{¥￥$€£#")


def drawable(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without emoji, controls and line breaks, and each kept character's index."""
    kept = [(char, i) for i, char in enumerate(text) if _can_draw(char)]
    return "".join(char for char, _ in kept), tuple(i for _, i in kept)


def _can_draw(char: str) -> bool:
    if char in _SYMBOLS:
        return True
    return ord(char) <= 0xFFFF and unicodedata.category(char) not in (
        *("Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me", "Zl", "Zp"),
    )


@lru_cache(maxsize=1)
def _face() -> cv2.FontFace:
    return cv2.FontFace(_FACE)


@lru_cache(maxsize=4096)
def width(text: str, size: int) -> float:
    """Advance of one line in pixels at `size` pixels; the weight does not change it."""
    if not text:
        return 0.0
    nowhere = np.zeros((1, 1), np.uint8)
    (end, _), _ = cv2.putText(
        nowhere, text, (0, 0), (0,), _face(), size * _FINE, 400, 0, _UNBOUNDED
    )
    return float(end) / _FINE


def glyphs(text: str, x: float, y: float, size: int, weight: float = REGULAR) -> Shape:
    """One line as a shape, its line box with the top left at (x, y)."""
    across = int(width(text, size)) + 2
    fine = np.zeros((line_height(size) * _FINE, across * _FINE), np.uint8)
    place = (0, ascent(size) * _FINE)
    cv2.putText(fine, text, place, (255,), _face(), size * _FINE, 400, 0, _UNBOUNDED)
    thick = round(size * _FINE * weight)
    if thick > 1:
        fine = cv2.dilate(fine, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick)))
    small = cv2.resize(
        fine, (fine.shape[1] // _FINE, fine.shape[0] // _FINE), interpolation=cv2.INTER_AREA
    )
    return Shape(np.asarray(small / np.float32(255), np.float32), round(x), round(y))


def ascent(size: int) -> int:
    return round(size * 1.0)


def line_height(size: int) -> int:
    return round(size * 1.36)


def write(
    picture: Canvas,
    text: str,
    x: float,
    y: float,
    size: int,
    paint: Colour | Gradient,
    *,
    weight: float = REGULAR,
    opacity: float = 1.0,
) -> float:
    """Write one line with the top of its line box at (x, y); returns the x after it."""
    clean, _ = drawable(text)
    if clean:
        fill(picture, glyphs(clean, x, y, size, weight), paint, opacity)
    return x + width(clean, size)


def shorten(text: str, size: int, room: float) -> str:
    """The text, cut with an ellipsis so that it fits into `room` pixels."""
    clean, _ = drawable(text)
    if width(clean, size) <= room:
        return clean
    while clean and width(clean + "…", size) > room:
        clean = clean[:-1]
    return clean.rstrip() + "…"


def wide(char: str) -> bool:
    """Whether this is a Chinese character or full-width sign, which lines may break around."""
    return unicodedata.east_asian_width(char) in "WF"


def breakable(text: str, at: int) -> bool:
    """Whether a new line may start at `text[at]`, by the habits of Chinese and of English."""
    before, after = text[at - 1], text[at]
    if after in _NO_START or before in _NO_END or after == " ":
        return False
    if before == " ":
        # "130 cm" stays together.
        return not (text[: at - 1][-1:].isdigit() and after.islower())
    if before == "-":
        return True
    if wide(before) and wide(after):
        return True
    # A number stays with its measure word ("1号", "199元"), not with what stands before it.
    return wide(before) != wide(after) and not before.isdigit()


def advances(text: str, size: int) -> list[float]:
    """Where each character of one line begins, and where the line ends: len(text) + 1 places."""
    places = [0.0]
    for char in text:
        places.append(places[-1] + width(char, size))
    return places


def break_lines(text: str, size: int, room: float, per_page: int = 2) -> list[tuple[int, int]]:
    """Ranges of the lines of `text`: as even as possible, turning the page at punctuation.

    The least cost over all ways to break: raggedness squared, plus a price for each line and
    for a break inside a phrase, which is dearer where the page turns.
    """
    ends = [i for i in range(1, len(text)) if breakable(text, i)] + [len(text)]
    at = advances(text, size)
    best: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {(0, 0): (0.0, ())}
    for n, end in enumerate(ends):
        phrase_ends = end == len(text) or text[:end].rstrip()[-1:] in _NO_START
        stop = end - 1 if text[end - 1 : end] == " " else end
        for m, start in enumerate(reversed([0, *ends[:n]])):
            across = at[stop] - at[start]
            if across > room and m > 0:  # m == 0: a word wider than the line stands alone
                break
            ragged = 0.0 if end == len(text) else max(0.0, 1 - across / room) ** 2
            for row in range(per_page):
                if (start, row) not in best:
                    continue
                cost, lines = best[start, row]
                turn = (row + 1) % per_page
                cost += 0.35 + ragged + (0.0 if phrase_ends else 0.2 if turn else 0.8)
                if (end, turn) not in best or cost < best[end, turn][0]:
                    best[end, turn] = (cost, (*lines, (start, end)))
    done = [best[len(text), row] for row in range(per_page) if (len(text), row) in best]
    return list(min(done)[1]) if text and done else []
