"""Captions: the sentence in calm pages of two lines, what has been heard in full white."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from idol.avatar.overlay import text
from idol.avatar.overlay.glass import glass
from idol.avatar.overlay.layout import Layout
from idol.avatar.overlay.paint import Pixels, Sprite, canvas, fill, over, sprite
from idol.clock import SAMPLE_RATE

_SIZE = 32
_LINES = 2
COMES, GOES = 0.14, 0.12
"""Seconds in which a page of a caption comes, and goes."""


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

    def draw(self, frame: Pixels, heard: float, opacity: float = 1.0, lower: int = 0) -> None:
        """Draw with `heard` characters of the whole caption in white; parts of one count.

        `lower`: pixels below its place.
        """
        x, y = self.at[0], self.at[1] + lower
        over(frame, self.dim, x, y, opacity=opacity)
        for line in self.lines:
            edge = int(np.interp(heard, (*line.starts, line.starts[-1] + 1), line.columns))
            if heard > line.starts[0]:
                over(frame, self.bright, x, y, opacity=opacity, columns=(0, edge), rows=line.rows)


class Fade:
    """How captions come and go: they rise a little into place, and fade away where they are.

    One sentence takes another's place as one page another's: the new one comes at once, and
    the old one goes in half the time. What is there in the first picture of all is there whole.
    """

    def __init__(self) -> None:
        self._page: Page | None = None
        self._heard = 0.0
        self._since: int | None = None
        """When `_page` came; None in the first picture, and while what it had still stands."""
        self._drawn = False
        self._gone: Page | None = None
        self._gone_heard = 0.0
        self._gone_since = 0

    def draw(self, frame: Pixels, page: Page | None, heard: float, pts: int, rise: int) -> None:
        """Draw `page` as it stands at `pts`, and what is left of the one before it.

        `rise`: pixels below its place at which a page begins.
        """
        if page is not self._page:
            if self._page is not None:
                self._gone, self._gone_heard, self._gone_since = self._page, self._heard, pts
            self._page, self._since = page, pts if self._drawn else None
        self._heard, self._drawn = heard, True
        # the first picture of a change is a step on already: nothing waits for it
        going, seconds = (0.2, GOES) if page is None else (0.5, GOES / 2)  # no two texts at once
        left = 1 - (_part(self._gone_since, pts, seconds) + going)
        if self._gone is not None and left > 0:
            self._gone.draw(frame, self._gone_heard, left)
        else:
            self._gone = None
        if page is not None:
            come = 1 - (1 - min(1.0, _part(self._since, pts, COMES) + 0.3)) ** 2
            page.draw(frame, heard, come, round((1 - come) * rise))


def _part(since: int | None, pts: int, seconds: float) -> float:
    """How much of `seconds` has passed, 0..1; all of it if time has gone back."""
    passed = -1.0 if since is None else (pts - since) / SAMPLE_RATE
    return min(1.0, passed / seconds) if passed >= 0 else 1.0


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
        letters = text.glyphs(clean[a:b], x, y, size, text.MEDIUM)  # most of the work: once
        fill(dim, letters, theme.soft, 0.7)
        fill(bright, letters, theme.text)
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


__all__ = ["Fade", "Page", "page", "page_of", "split"]
