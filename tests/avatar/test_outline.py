"""Cutting pictures into pieces: everything is covered, nothing twice, and little that is empty."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar.outline import SLICES, Pieces, measure


def slanted(width: int, height: int, lean: int, hole: bool) -> np.ndarray:
    """A slanting lock, or two of them side by side."""
    image = np.zeros((height, width, 4), np.uint8)
    for y in range(height):
        at = int(y / height * lean)
        image[y, at : at + 40] = 255
        if hole:
            image[y, width - 40 :] = 255
    return image


@settings(max_examples=30, deadline=None)
@given(
    st.integers(200, 400),
    st.integers(90, 600),
    st.integers(0, 150),
    st.booleans(),
    st.integers(-80, 80),
)
def test_pieces_cover_the_picture_once(
    width: int, height: int, lean: int, hole: bool, shift: int
) -> None:
    image = slanted(width, height, lean, hole)
    outline = measure(image)
    pieces = Pieces([outline])
    x = (outline.x + shift)[None]
    y = np.repeat(outline.y[None], 4, axis=0)[None]
    count = np.zeros((700, 600), int)
    for x0, y0, x1, y1 in pieces.cut(x, y, (600, 700)):
        count[y0:y1, x0:x1] += 1
    assert count.max() <= 1
    there = np.zeros((700, 600), bool)
    left, start = max(shift, 0), max(-shift, 0)
    there[:height, left : width + shift] = image[:, start:, 3] > 0
    assert (count[there] == 1).all()


def test_little_is_drawn_that_is_empty() -> None:
    image = slanted(400, 800, 300, hole=False)
    outline = measure(image)
    y = np.repeat(outline.y[None], 4, axis=0)[None]
    rects = Pieces([outline]).cut(outline.x[None], y, (400, 800))
    area = ((rects[:, 2] - rects[:, 0]) * (rects[:, 3] - rects[:, 1])).sum()
    assert area < 0.45 * 400 * 800
    assert len(rects) > 2
    assert outline.x.shape == (4, SLICES)


def test_an_empty_picture_has_no_pieces_to_fear() -> None:
    outline = measure(np.zeros((50, 60, 4), np.uint8))
    y = np.repeat(outline.y[None], 4, axis=0)[None]
    rects = Pieces([outline]).cut(outline.x[None], y, (60, 50))
    assert (rects >= 0).all()
