"""Where things stand in the picture, and the theme they share.

The viewer page fills a phone with a 9:16 picture: it covers the top and bottom with its own
controls and a tall phone crops the sides. Everything here stays clear of that.
"""

from __future__ import annotations

from dataclasses import dataclass

from idol.avatar.overlay.paint import Colour
from idol.model import Theme

INK: Colour = (40, 20, 66)
"""Shadows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places in pixels as (x, y, width, height); `unit` scales sizes designed at 720 pixels."""

    size: tuple[int, int]
    unit: float
    card: tuple[int, int, int, int]
    captions: tuple[int, int, int, int]
    label: tuple[int, int]
    banner: tuple[int, int]
    """Centre of the celebration banner, as long as its left end has room."""
    theme: Theme

    def px(self, designed: float) -> int:
        return max(1, round(designed * self.unit))


def layout(size: tuple[int, int], theme: Theme | None = None) -> Layout:
    """The places for a picture of `size` (width, height): portrait where it is taller."""
    width, height = size
    theme = theme or Theme()
    unit = min(width, height) / 720

    def box(x: float, y: float, w: float, h: float) -> tuple[int, int, int, int]:
        return round(x * unit), round(y * unit), round(w * unit), round(h * unit)

    if height > width:
        # Designed at 1280 rows; another height keeps the distance to the bottom.
        low = height / unit - 1280
        return Layout(
            size=size,
            unit=unit,
            card=box(80, 754 + low, 302, 176),
            captions=box(80, 942 + low, 540, 108),
            label=(round(80 * unit), round(132 * unit)),
            banner=(round(350 * unit), round((672 + low) * unit)),
            theme=theme,
        )
    wide = width / unit
    return Layout(
        size=size,
        unit=unit,
        card=box(252, 394, 306, 176),
        captions=box((wide - 900) / 2, 594, 900, 104),
        label=(round(56 * unit), round(40 * unit)),
        banner=(round(256 * unit), round(292 * unit)),
        theme=theme,
    )


def card_rect(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Where the product card stands, (x, y, width, height): her hand points here."""
    return layout(size).card
