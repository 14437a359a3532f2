"""The one material that everything in the picture is made of: translucent glass."""

from __future__ import annotations

from idol.avatar.overlay.paint import Canvas, blurred, erase, fill, gradient, rounded
from idol.model import Theme


def glass(
    picture: Canvas,
    x: float,
    y: float,
    width: float,
    height: float,
    radius: float,
    theme: Theme,
    *,
    shadow: float = 0.0,
    thin: float = 1.0,
) -> None:
    """A pane with a light from above, a bright thin rim, and a shadow `shadow` pixels soft.

    `thin` is the part of the theme's opacity that it has.
    """
    body = rounded(x, y, width, height, radius)
    if shadow:
        below = rounded(x, y + shadow * 0.7, width, height, radius)
        fill(picture, blurred(below, shadow), (14, 4, 34), 0.5)
        erase(picture, body, 0.9)
    fill(
        picture,
        body,
        gradient((x, y), (x + width * 0.6, y + height), *theme.pane),
        theme.opacity * thin,
    )
    sheen = gradient((x, y), (x, y + height * 0.55), (255, 255, 255, 0.17), (255, 255, 255, 0.0))
    fill(picture, body, sheen)
    edge = body - rounded(x + 1.6, y + 1.6, width - 3.2, height - 3.2, radius - 1.6)
    light = gradient((x, y), (x, y + height), (*theme.edge[0], 0.85), (*theme.edge[1], 0.22))
    fill(picture, edge, light)
