"""Captions: the sentence in calm pages of two lines, what has been heard in full white."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from idol.avatar.overlay import text
from idol.avatar.overlay.glass import glass
from idol.avatar.overlay.layout import Layout
from idol.avatar.overlay.paint import Pixels, Sprite, canvas, over, sprite

_SIZE = 32
_LINES = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """One line: the sprite rows it takes, and the sprite column at which each character starts."""

    rows: tuple[int, int]
    starts: tuple[int, ...]
    columns: tuple[int, ...]
    """Of `starts`, and of the line's end."""


@dataclass(frozen=True, slots=True)
class Page:
    """One or two lines of a caption, painted twice: still to come, and heard."""

    start: int
    """Index in the caption of the first character."""
    dim: Sprite
    bright: Sprite
    lines: tuple[_Row, ...]
    at: tuple[int, int]

    def draw(self, frame: Pixels, heard: float, opacity: float = 1.0) -> None:
        """Draw with `heard` characters of the whole caption in white; parts of one count."""
        x, y = self.at
        over(frame, self.dim, x, y, opacity=opacity)
        for line in self.lines:
            edge = int(np.interp(heard, (*line.starts, line.starts[-1] + 1), line.columns))
            if heard > line.starts[0]:
                over(frame, self.bright, x, y, opacity=opacity, columns=(0, edge), rows=line.rows)


def split(caption: str, at: Layout) -> tuple[int, ...]:
    """Where in the caption each page begins. Empty when nothing in it can be drawn."""
    clean, source = text.drawable(caption)
    lines = _break(clean, at)
    return tuple(source[lines[i][0]] for i in range(0, len(lines), _LINES))


def page_of(starts: tuple[int, ...], heard: float) -> int:
    """The page on which the next character to be heard stands."""
    return max(0, bisect_right(starts, heard) - 1)


def page(caption: str, index: int, at: Layout) -> Page:
    """Paint one page of a caption."""
    clean, source = text.drawable(caption)
    ranges = _break(clean, at)[index * _LINES : (index + 1) * _LINES]
    px, size = at.px, at.px(_SIZE)
    high = text.line_height(size)
    trimmed = [(a, a + len(clean[a:b].rstrip())) for a, b in ranges]
    widths = [text.width(clean[a:b], size) for a, b in trimmed]
    left, top, room, box = at.captions
    pad_x, pad_y = px(22), px(9)
    soft = px(4)
    across = round(max(widths)) + 2 * pad_x
    down = high * len(ranges) + 2 * pad_y
    dim, bright = (
        canvas(across + 2 * soft, down + 2 * soft),
        canvas(across + 2 * soft, down + 2 * soft),
    )
    theme = at.theme
    glass(dim, soft, soft, across, down, px(theme.corner * 0.77), theme, thin=0.81)
    rows = []
    for i, ((a, b), wide) in enumerate(zip(trimmed, widths, strict=True)):
        x = soft + pad_x + (max(widths) - wide) / 2
        y = soft + pad_y + i * high
        for picture, ink, opacity in ((dim, theme.soft, 0.7), (bright, theme.text, 1.0)):
            text.write(picture, clean[a:b], x, y, size, ink, weight=text.MEDIUM, opacity=opacity)
        places = [round(x + step) for step in text.advances(clean[a:b], size)]
        rows.append(_Row((y, y + high), source[a:b], tuple(places)))
    return Page(
        start=source[ranges[0][0]],
        dim=sprite(dim),
        bright=sprite(bright),
        lines=tuple(rows),
        at=(left + (room - across) // 2 - soft, top + box - down - soft),
    )


def _break(clean: str, at: Layout) -> list[tuple[int, int]]:
    room = at.captions[2] - 2 * at.px(22)
    lines = text.break_lines(clean, at.px(_SIZE), room, _LINES)
    # A line of spaces alone has nothing to show.
    return [(a, b) for a, b in lines if clean[a:b].strip()]


__all__ = ["Page", "page", "page_of", "split"]
