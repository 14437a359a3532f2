"""Pieces of scenery for the stages: shelves, windows, rings of light, garlands, plants."""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, Point, box, curve, lines, oval


def full(art: Drawing) -> str:
    """The whole picture as a path."""
    return box(0, 0, art.width, art.height)


def neon(art: Drawing, d: str, width: float, glow: str, light: str) -> None:
    """A tube of neon along a path."""
    art.stroke(d, glow, width * 5, 0.5, width * 3.5)
    art.stroke(d, glow, width * 2.1, 0.9, width * 0.85)
    art.stroke(d, light, width, 1.0, 1.6)
    art.stroke(d, "#fffafd", width * 0.42)


def ring(art: Drawing, cx: float, cy: float, r: float, glow: str, light: str) -> None:
    """A ring of neon with its light on the wall."""
    art.path(
        oval(cx, cy, r * 1.7, r * 1.7),
        art.radial(cx, cy, r * 1.7, (0, glow, 0.5), (0.55, glow, 0.22), (1, glow, 0)),
    )
    neon(art, oval(cx, cy, r, r), r * 0.026, glow, light)


def arc(cx: float, cy: float, r: float, first: float, last: float) -> str:
    """A part of a circle as a path, from one angle in degrees clockwise to the other."""
    (x, y), (u, v) = (
        (cx + r * math.cos(math.radians(a)), cy + r * math.sin(math.radians(a)))
        for a in (first, last)
    )
    return f"M{x:.1f} {y:.1f}A{r:.1f} {r:.1f} 0 {int(last - first > 180)} 1 {u:.1f} {v:.1f}"


def heart(x: float, y: float, r: float) -> str:
    """A heart about (x, y) as a path."""
    points = []
    for k in range(48):
        t = math.tau * k / 48
        down = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x + math.sin(t) ** 3 * r, y - down * r / 16))
    return lines(points)


def star(x: float, y: float, r: float) -> str:
    """A star of five soft points as a path."""
    reach = [(r if k % 2 == 0 else r * 0.52, math.radians(36 * k - 90)) for k in range(10)]
    return curve([(x + n * math.cos(a), y + n * math.sin(a)) for n, a in reach])


def note(x: float, y: float, r: float) -> str:
    """Two quavers about (x, y) as a path."""
    left, right, top = x - r * 0.6, x + r * 0.62, y - r * 0.8
    heads = oval(left - r * 0.28, y + r * 0.72, r * 0.3, r * 0.24)
    heads += oval(right - r * 0.28, y + r * 0.54, r * 0.3, r * 0.24)
    return (
        f"M{left:.1f} {y + r * 0.68:.1f}V{top + r * 0.16:.1f}L{right:.1f} {top:.1f}"
        f"V{y + r * 0.5:.1f}" + heads
    )


def pot(art: Drawing, x: float, y: float, size: float, light: str, shade: str) -> None:
    """A round pot that stands at (x, y) and is about half as wide as `size`."""
    art.path(oval(x, y, size * 0.26, size * 0.045), "#1a0c30", 0.34, size * 0.03)
    body = curve(
        [
            (x - size * 0.23, y - size * 0.33),
            (x - size * 0.23, y - size * 0.33),
            (x - size * 0.22, y - size * 0.14),
            (x - size * 0.14, y - size * 0.01),
            (x, y + size * 0.01),
            (x + size * 0.14, y - size * 0.01),
            (x + size * 0.22, y - size * 0.14),
            (x + size * 0.23, y - size * 0.33),
            (x + size * 0.23, y - size * 0.33),
        ]
    )
    paint = art.linear(x - size * 0.24, 0, x + size * 0.24, 0, (0, light), (0.4, light), (1, shade))
    art.path(body, paint)
    art.path(oval(x, y - size * 0.33, size * 0.25, size * 0.055), paint)
    art.path(oval(x, y - size * 0.335, size * 0.2, size * 0.036), "#3a2030", 0.75)
    art.path(oval(x - size * 0.1, y - size * 0.18, size * 0.03, size * 0.1), "#ffffff", 0.4, 2)


def things(
    art: Drawing, chance: Random, x: float, y: float, w: float, h: float, colours: list[str]
) -> None:
    """Fill a shelf board at height y from x to x + w with things at most h tall."""
    end = x + w
    while x < end - 12:
        kind = chance.choice(("books", "books", "box", "vase", "jar", "plant", "frame"))
        c, c2 = chance.sample(colours, 2)
        if kind == "books":
            for _ in range(chance.randint(3, 6)):
                bw, bh = chance.uniform(9, 17), h * chance.uniform(0.55, 0.92)
                if x + bw > end:
                    return
                k = chance.choice(colours)
                art.path(box(x, y - bh, bw, bh, 2), k)
                art.path(box(x, y - bh, bw * 0.3, bh, 2), "#ffffff", 0.22)
                art.path(box(x, y - bh * 0.82, bw, 4), c2, 0.8)
                x += bw + 1
            x += 10
            continue
        tw = h * {"box": 0.75, "vase": 0.42, "jar": 0.4, "plant": 0.6, "frame": 0.62}[kind]
        if x + tw > end:
            x = end
            continue
        mid = x + tw / 2
        if kind == "box":
            bh = h * 0.5
            art.path(box(x, y - bh, tw, bh, 4), art.linear(x, 0, x + tw, 0, (0, c), (1, "#3a1c58")))
            art.path(box(x - 2, y - bh, tw + 4, bh * 0.26, 4), c2)
            art.path(box(mid - 4, y - bh, 8, bh), c2)
        elif kind == "vase":
            vh = h * 0.66
            d = curve(
                [
                    (mid - tw * 0.16, y - vh),
                    (mid - tw * 0.14, y - vh * 0.8),
                    (x, y - vh * 0.4),
                    (mid - tw * 0.26, y),
                    (mid - tw * 0.26, y),
                    (mid + tw * 0.26, y),
                    (mid + tw * 0.26, y),
                    (x + tw, y - vh * 0.4),
                    (mid + tw * 0.14, y - vh * 0.8),
                    (mid + tw * 0.16, y - vh),
                ]
            )
            for k in range(5):
                stem = curve(
                    [
                        (mid, y - vh),
                        (mid + (k - 2) * 5, y - vh - 14),
                        (mid + (k - 2) * 12, y - vh - 22 - 6 * (k % 2)),
                    ],
                    False,
                )
                art.stroke(stem, "#6fae8a", 2)
                art.path(oval(mid + (k - 2) * 12, y - vh - 24 - 6 * (k % 2), 6, 6), c2)
            art.path(d, art.linear(x, 0, x + tw, 0, (0, "#ffffff"), (0.4, c), (1, "#3a1c58")))
        elif kind == "jar":
            jh = h * 0.62
            art.path(
                box(x, y - jh, tw, jh, 7),
                art.linear(x, 0, x + tw, 0, (0, c), (0.3, "#ffffff"), (0.5, c), (1, "#43205f")),
            )
            art.path(box(x + tw * 0.2, y - jh - h * 0.16, tw * 0.6, h * 0.18, 4), "#f0c98a")
            art.path(box(x + 4, y - jh * 0.66, tw - 8, jh * 0.4, 2), "#fff6fb", 0.85)
        elif kind == "plant":
            leaf(art, chance, mid, y - h * 0.32, h * 0.5, 9)
            art.path(
                lines(
                    [
                        (mid - tw * 0.3, y - h * 0.36),
                        (mid + tw * 0.3, y - h * 0.36),
                        (mid + tw * 0.22, y),
                        (mid - tw * 0.22, y),
                    ]
                ),
                art.linear(x, 0, x + tw, 0, (0, "#fff0e6"), (1, "#b9788a")),
            )
        else:
            fh = h * 0.78
            art.path(box(x, y - fh, tw, fh, 3), "#f0d3a0")
            art.path(
                box(x + 5, y - fh + 5, tw - 10, fh - 10),
                art.linear(x, y - fh, x + tw, y, (0, c), (1, c2)),
            )
            art.path(oval(mid, y - fh * 0.5, tw * 0.18, tw * 0.18), "#fff6e0", 0.9)
        x += tw + chance.uniform(9, 20)


def leaf(
    art: Drawing,
    chance: Random,
    x: float,
    y: float,
    size: float,
    count: int,
    hue: tuple[str, str] = ("#2f8f7c", "#8fd8a8"),
) -> None:
    """A tuft of leaves growing from (x, y)."""
    for k in range(count):
        a = math.radians(-90 + (k - (count - 1) / 2) * (140 / count) + chance.uniform(-6, 6))
        n = size * chance.uniform(0.75, 1.1)
        tip = (x + n * math.cos(a), y + n * math.sin(a))
        bend = (x + n * 0.5 * math.cos(a), y + n * 0.62 * math.sin(a))
        wx, wy = -math.sin(a) * n * 0.13, math.cos(a) * n * 0.13
        blade: list[Point] = [
            (x, y),
            (x, y),
            (bend[0] + wx, bend[1] + wy),
            tip,
            tip,
            (bend[0] - wx, bend[1] - wy),
        ]
        art.path(curve(blade), art.linear(x, y, tip[0], tip[1], (0, hue[0]), (1, hue[1])))
        art.stroke(curve([(x, y), bend, tip], False), "#ffffff", 1.2, 0.25)


def shelf_unit(
    art: Drawing,
    x: float,
    y: float,
    w: float,
    h: float,
    rows: int,
    seed: int,
    colours: list[str],
    wood: tuple[str, str],
    glow: str,
) -> None:
    """A lit shelf unit: a dark back, boards with a strip of light beneath, things on them."""
    chance = Random(seed)
    art.path(box(x, y, w, h, 6), art.linear(x, y, x, y + h, (0, wood[1]), (1, "#2a1244")), 0.92)
    step = h / rows
    for k in range(rows):
        top = y + k * step
        art.path(
            box(x, top, w, step),
            art.linear(0, top, 0, top + step, (0, glow, 0.62), (0.5, glow, 0.14), (1, glow, 0)),
        )
        things(art, chance, x + 14, top + step - 9, w - 24, step * 0.8, colours)
    for k in range(rows + 1):
        top = y + k * step - 9
        art.path(
            box(x - 6, top, w + 12, 13, 3),
            art.linear(0, top, 0, top + 13, (0, wood[0]), (1, wood[1])),
        )
        art.path(box(x - 6, top, w + 12, 2.5, 1), "#fff1fa", 0.5)
        if k < rows:
            art.path(box(x + 6, top + 13, w - 12, 3), "#fff6e8", 0.95)
    for side in (x - 8, x + w - 4):
        art.path(
            box(side, y - 9, 12, h + 12, 3),
            art.linear(side, 0, side + 12, 0, (0, wood[0]), (1, wood[1])),
        )


def window(art: Drawing, x: float, y: float, w: float, h: float, seed: int, frame: str) -> None:
    """A tall arched window on a city at dusk."""
    d = f"M{x} {y + h}V{y + w / 2}a{w / 2} {w / 2} 0 0 1 {w} 0V{y + h}Z"
    chance = Random(seed)
    art.path(
        d,
        art.linear(
            0, y, 0, y + h, (0, "#2a2468"), (0.45, "#6a4aa8"), (0.75, "#e07aa0"), (1, "#ffc08a")
        ),
    )
    with art.inside(d):
        art.path(oval(x + w * 0.68, y + h * 0.3, w * 0.09, w * 0.09), "#fff3d8")
        art.path(
            oval(x + w * 0.68, y + h * 0.3, w * 0.3, w * 0.3),
            art.radial(x + w * 0.68, y + h * 0.3, w * 0.3, (0, "#fff3d8", 0.5), (1, "#fff3d8", 0)),
        )
        for layer, (base, shade) in enumerate(
            ((0.5, "#7a4a9a"), (0.62, "#55307e"), (0.76, "#351c5c"))
        ):
            cx = x - 10
            while cx < x + w:
                bw = chance.uniform(0.1, 0.2) * w
                top = y + h * (base + chance.uniform(-0.12, 0.08))
                art.path(box(cx, top, bw, h, 2), shade)
                for ky in range(int((y + h - top) / 15)):
                    for kx in range(int(bw / 11)):
                        if chance.random() < 0.3 + 0.08 * layer:
                            art.path(
                                box(cx + 5 + kx * 11, top + 8 + ky * 15, 5, 7),
                                chance.choice(("#ffdf9a", "#ffb0d0", "#9fe6f2")),
                                0.85,
                            )
                cx += bw + 2
        art.path(
            lines([(x, y), (x + w * 0.5, y), (x + w * 0.1, y + h), (x - w * 0.3, y + h)]),
            "#ffffff",
            0.07,
        )
    art.stroke(d, frame, 13)
    art.stroke(d, "#ffffff", 2, 0.35)
    art.stroke(f"M{x + w / 2} {y}V{y + h}M{x} {y + h * 0.5}H{x + w}", frame, 7)
    art.path(box(x - 16, y + h - 4, w + 32, 18, 5), frame)


def garland(
    art: Drawing, points: list[Point], bulbs: int, colours: list[str], seed: int = 1
) -> None:
    """A string of small lamps along a curve through `points`, hanging a little between them."""
    chance = Random(seed)
    art.stroke(curve(points, False), "#2a1440", 2.4, 0.8)
    for k in range(bulbs):
        t = (k + 0.5) / bulbs * (len(points) - 1)
        i = min(int(t), len(points) - 2)
        f = t - i
        x = points[i][0] + (points[i + 1][0] - points[i][0]) * f
        y = points[i][1] + (points[i + 1][1] - points[i][1]) * f + 6
        c = chance.choice(colours)
        art.lamps.append((round(x), round(y)))
        art.path(oval(x, y, 26, 26), art.radial(x, y, 26, (0, c, 0.75), (0.35, c, 0.3), (1, c, 0)))
        art.path(oval(x, y, 5, 6.5), "#fffdf4")


def bokeh(art: Drawing, count: int, seed: int, colours: list[str], low: float = 0.8) -> None:
    """Discs of light out of focus, larger in front."""
    chance = Random(seed)
    for _ in range(count):
        x, y = chance.uniform(0, art.width), chance.uniform(0, art.height * low)
        r = chance.uniform(4, 26) * chance.uniform(0.6, 1.3)
        c = chance.choice(colours)
        art.path(
            oval(x, y, r, r),
            art.radial(x, y, r, (0, c, 0.1), (0.8, c, 0.2), (0.94, c, 0.42), (1, c, 0)),
            chance.uniform(0.35, 0.9),
        )


def floor(art: Drawing, horizon: float, near: str, far: str, cx: float) -> None:
    """Boards that run to a vanishing point at (cx, horizon - 120), with a sheen."""
    w, h = art.width, art.height
    art.path(box(0, horizon, w, h - horizon), art.linear(0, horizon, 0, h, (0, far), (1, near)))
    for k in range(-14, 15):
        x0, x1 = cx + k * w * 0.055, cx + k * w * 0.17
        art.stroke(f"M{x0:.0f} {horizon}L{x1:.0f} {h}", "#3a1830", 2, 0.3)
    art.path(
        oval(cx, horizon + (h - horizon) * 0.4, w * 0.5, (h - horizon) * 0.5),
        art.radial(
            cx,
            horizon + (h - horizon) * 0.4,
            w * 0.5,
            (0, "#fff0d8", 0.6),
            (1, "#fff0d8", 0),
            squash=(h - horizon) / w,
        ),
    )
    art.path(box(0, horizon - 9, w, 14), "#ffe9f2", 0.5)
    art.path(
        box(0, horizon + 5, w, 40),
        art.linear(0, horizon + 5, 0, horizon + 45, (0, "#2a0f34", 0.5), (1, "#2a0f34", 0)),
    )


def vignette(art: Drawing, cx: float, cy: float, colour: str, strength: float) -> None:
    """Darker edges, so that the eye rests on her."""
    r = max(art.width, art.height) * 0.74
    art.path(
        full(art), art.radial(cx, cy, r, (0, colour, 0), (0.55, colour, 0), (1, colour, strength))
    )


def day_window(art: Drawing, x: float, y: float, w: float, h: float, frame: str) -> None:
    """The arched window of the city, by day."""
    d = f"M{x} {y + h}V{y + w * 0.5}a{w / 2} {w / 2} 0 0 1 {w} 0V{y + h}Z"
    art.path(d, art.linear(0, y, 0, y + h, (0, "#7fbdf0"), (0.6, "#cfe8fa"), (1, "#fff2e2")))
    chance = Random(12)
    with art.inside(d):
        for k in range(12):
            bx, bh = x + k * w / 11 - 8, h * chance.uniform(0.2, 0.5)
            tone = chance.choice(("#b7c4e0", "#c9d2ea", "#a9b6d6"))
            art.path(box(bx, y + h - bh, w / 10, bh), tone, 0.8)
            for j in range(int(bh // 16)):
                art.path(box(bx + 4, y + h - bh + 6 + j * 16, w / 18, 5), "#ffffff", 0.5)
    art.stroke(d, frame, 14)
    art.stroke(d, "#ffffff", 2, 0.5)
    art.stroke(f"M{x + w / 2} {y}V{y + h}M{x} {y + h * 0.5}H{x + w}", frame, 7)
    art.path(box(x - 16, y + h - 4, w + 32, 18, 5), frame)


def dusk(art: Drawing, colour: str, strength: float) -> None:
    """Night over everything drawn so far."""
    art.path(full(art), colour, strength, more='style="mix-blend-mode:multiply"')


def table(art: Drawing, x: float, y: float, w: float, top: tuple[str, str], leg: str) -> None:
    """A small round table for what is on offer; (x, y) is the middle of its top."""
    h = w * 0.13
    art.path(oval(x, art.height - 8, w * 0.42, h * 0.8), "#1a0a24", 0.4, 8)
    art.path(
        lines([(x - 9, y), (x + 9, y), (x + 12, art.height - 14), (x - 12, art.height - 14)]),
        art.linear(x - 12, 0, x + 12, 0, (0, leg), (0.4, "#fff4e0"), (1, leg)),
    )
    art.path(
        oval(x, art.height - 14, w * 0.26, h * 0.45),
        art.linear(x - w * 0.2, 0, x + w * 0.2, 0, (0, leg), (0.4, "#fff4e0"), (1, leg)),
    )
    art.path(
        oval(x, y + 12, w / 2, h),
        art.linear(x - w / 2, 0, x + w / 2, 0, (0, top[1]), (0.4, top[0]), (1, top[1])),
    )
    art.path(oval(x, y, w / 2, h), art.linear(0, y - h, 0, y + h, (0, top[1]), (1, top[0])))
    art.stroke(oval(x, y, w / 2 - 3, h - 2), "#ffffff", 2, 0.55)


def sunbeam(art: Drawing, x: float, spread: float, strength: float) -> None:
    """Light that falls in from the upper left."""
    w, h = art.width, art.height
    beam = lines([(x, 0), (x + spread, 0), (x + spread - w * 0.3, h), (x - w * 0.42, h)])
    art.path(beam, "#fff6e0", strength, 16)
