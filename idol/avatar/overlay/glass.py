"""The one material that everything in the picture is made of: dark translucent glass."""

from __future__ import annotations

from idol.avatar.overlay.layout import NIGHT, PLUM
from idol.avatar.overlay.paint import Canvas, blurred, erase, fill, gradient, rounded


def glass(
    picture: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    radius: float,
    *,
    shadow: float = 0.0,
    opacity: float = 0.84,
) -> None:
    """A pane with a light from above, a bright thin rim, and a shadow `shadow` pixels soft."""
    body = rounded(x, y, width, height, radius)
    if shadow:
        below = rounded(x, y + shadow * 0.7, width, height, radius)
        fill(picture, blurred(below, shadow), (14, 4, 34), 0.5)
        erase(picture, body, 0.9)
    fill(picture, body, gradient((x, y), (x + width * 0.6, y + height), NIGHT, PLUM), opacity)
    sheen = gradient((x, y), (x, y + height * 0.55), (255, 255, 255, 0.17), (255, 255, 255, 0.0))
    fill(picture, body, sheen)
    edge = body - rounded(x + 1.6, y + 1.6, width - 3.2, height - 3.2, radius - 1.6)
    light = gradient((x, y), (x, y + height), (255, 206, 236, 0.85), (196, 160, 255, 0.22))
    fill(picture, edge, light)
