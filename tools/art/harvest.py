"""What autumn brings into the cabin: the window with maples, pumpkins, fallen leaves."""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, box, curve, lines, oval


def maple_window(art: Drawing, x: float, y: float, w: float, h: float) -> None:
    chance = Random(31)
    d = f"M{x} {y + h}V{y + w * 0.4}a{w / 2} {w * 0.4} 0 0 1 {w} 0V{y + h}Z"
    art.path(d, art.linear(0, y, 0, y + h, (0, "#f6c98a"), (0.5, "#ffe3b4"), (1, "#e89a5a")))
    with art.inside(d):
        art.path(
            oval(x + w * 0.5, y + h * 0.4, w * 0.5, w * 0.5),
            art.radial(x + w * 0.5, y + h * 0.4, w * 0.5, (0, "#fffbe8", 0.95), (1, "#fff0c8", 0)),
        )
        hills = curve(
            [
                (x - 20, y + h * 0.7),
                (x + w * 0.25, y + h * 0.6),
                (x + w * 0.55, y + h * 0.68),
                (x + w * 1.05, y + h * 0.58),
                (x + w * 1.1, y + h),
                (x - 20, y + h),
            ]
        )
        art.path(hills, "#c9703a", 0.6)
        for side in (0.1, 0.9, 0.24, 0.78):
            tx = x + w * side
            art.stroke(
                curve([(tx, y + h), (tx + 8, y + h * 0.6), (tx - 6, y + h * 0.3)], False),
                "#5c2c1c",
                12,
            )
            for _ in range(120):
                a, n = chance.uniform(0, math.tau), abs(chance.gauss(0, 1)) * w * 0.13
                c = chance.choice(("#e8742f", "#f2a23a", "#c9402a", "#f6cf6a", "#d9602a"))
                px, py = tx + n * math.cos(a), y + h * 0.34 + n * 1.25 * math.sin(a)
                art.path(oval(px, py, chance.uniform(5, 14), chance.uniform(4, 10)), c, 0.8)
    art.stroke(d, "#4a2418", 20)
    art.stroke(d, "#c98a54", 7)
    art.stroke(f"M{x + w / 2} {y}V{y + h}M{x} {y + h * 0.56}H{x + w}", "#5c3020", 11)
    art.path(
        box(x - 20, y + h - 6, w + 40, 26, 5),
        art.linear(0, y + h, 0, y + h + 20, (0, "#c98a54"), (1, "#5c3020")),
    )


def pumpkin(art: Drawing, x: float, y: float, s: float) -> None:
    art.path(oval(x, y + s * 0.55, s * 1.2, s * 0.2), "#2a0f0a", 0.5, 5)
    for k in (-2, 2, -1, 1, 0):
        lobe = oval(x + k * s * 0.36, y, s * (0.62 - 0.06 * abs(k)), s * (0.68 - 0.04 * abs(k)))
        art.path(
            lobe,
            art.linear(
                x - s,
                y - s * 0.6,
                x + s,
                y + s * 0.7,
                (0, "#ffc067"),
                (0.5, "#ec8a2e"),
                (1, "#9a4416"),
            ),
        )
        art.stroke(lobe, "#8a3a12", 1.6, 0.4)
    art.stroke(
        curve([(x, y - s * 0.6), (x + s * 0.05, y - s * 0.85), (x + s * 0.2, y - s * 0.95)], False),
        "#6a7a3a",
        s * 0.16,
    )


def maple_leaf(art: Drawing, x: float, y: float, s: float, turn: float, colour: str) -> None:
    half = [
        (0, -1),
        (0.16, -0.62),
        (0.42, -0.7),
        (0.36, -0.3),
        (0.86, -0.36),
        (0.72, -0.08),
        (0.98, 0.12),
        (0.5, 0.26),
        (0.56, 0.5),
        (0.1, 0.42),
    ]
    points = [*half, *[(-px, py) for px, py in reversed(half)]]
    with art.group(f"translate({x:.0f} {y:.0f}) rotate({turn:.0f}) scale({s:.1f})"):
        art.path(lines(points), colour, 0.9)
        art.stroke("M0 -0.8V0.75M0 0.2L0.6 -0.2M0 0.2L-0.6 -0.2", "#7a2a14", 0.06, 0.6)
