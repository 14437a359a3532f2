"""What all products share: their square, and the light on something round."""

from __future__ import annotations

from kit import Drawing, box

SIDE = 800


def volume(art: Drawing, d: str, x0: float, x1: float, dark: str, strength: float = 1.0) -> None:
    """Shade a round thing between x0 and x1: a light band, a dark side, a bounce at the edge."""
    w = x1 - x0
    with art.inside(d):
        art.path(
            box(x0, 0, w, SIDE),
            art.linear(
                x0, 0, x1, 0,
                (0, dark, 0.42 * strength), (0.12, dark, 0.06), (0.3, "#ffffff", 0.28),
                (0.4, "#ffffff", 0.04), (0.62, dark, 0.12), (0.9, dark, 0.55 * strength),
                (1, dark, 0.2),
            ),
        )  # fmt: skip
