"""Eyes and brows as key shapes that can be blended. Drawn for the viewer's right."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from figure.ink import Part, arclen, cr, d, normals

# Upper and lower lid lines per (openness, smile), +x outward. The half lid keeps its arch: a flat
# one looks stern. "smile" closes upward, as laughing eyes do.
ROUND_UP = {
    "closed": [(-43, 17), (-35, 29), (-18, 39), (5, 43), (29, 39), (45, 27), (53, 12)],
    "half": [(-46, 19), (-40, 0), (-24, -17), (3, -25), (28, -20), (45, -3), (52, 13)],
    "open": [(-46, 15), (-41, -8), (-25, -30), (2, -40), (28, -35), (45, -15), (51, 6)],
    "wide": [(-47, 13), (-43, -15), (-26, -42), (2, -55), (29, -48), (46, -23), (52, 3)],
    "smile_closed": [(-45, 27), (-35, 10), (-17, -3), (4, -7), (26, -2), (43, 12), (52, 30)],
    "smile_half": [(-46, 20), (-39, 0), (-22, -18), (3, -26), (28, -20), (45, -2), (52, 17)],
    "smile_open": [(-46, 15), (-41, -8), (-25, -30), (2, -40), (28, -35), (45, -15), (51, 6)],
}
ROUND_LO = {
    "closed": [(-38, 28), (-23, 37), (3, 41), (28, 37), (44, 27)],
    "half": [(-39, 29), (-23, 41), (4, 45), (29, 40), (46, 22)],
    "open": [(-39, 30), (-23, 43), (4, 48), (29, 42), (46, 19)],
    "wide": [(-39, 31), (-23, 44), (4, 49), (29, 43), (46, 19)],
    "smile_closed": [(-38, 25), (-23, 20), (3, 17), (28, 20), (44, 28)],
    "smile_half": [(-39, 25), (-23, 28), (4, 30), (29, 28), (45, 23)],
    "smile_open": [(-39, 27), (-23, 36), (4, 39), (29, 35), (46, 17)],
}
# How open the key is, for lash lift and the lower lashes.
OPENNESS = {"closed": 0, "half": 0.6, "open": 1, "wide": 1.15, "smile_closed": 0}
OPENNESS |= {"smile_half": 0.65, "smile_open": 1}


@dataclass(frozen=True)
class Look:
    """Eyes, brows and mouth of one idol; the eye's own coordinates have +x outward."""

    centre: tuple[float, float] = (428, 486)
    upper: dict = field(default_factory=lambda: ROUND_UP)
    lower: dict = field(default_factory=lambda: ROUND_LO)
    iris: tuple[float, float] = (37, 45)
    rim: str = "#1b1147"
    stops: tuple = ()
    glow: tuple = ("#f0fffb", "#8ffcf1", "#4fd8f0")
    bounce: str = "#ff9fe0"
    pupil: str = "#160c3e"
    fibres: tuple[str, str] = ("#123a96", "#b5f4ff")
    lash: str = "#2a1440"
    lash_tint: str = "#8a4a78"
    lashes: float = 1.0
    crease: str = "#a5566a"
    brow: str = "#43235f"
    brow_points: tuple = ((-34, -68), (-10, -76), (17, -75), (46, -60))
    brow_widths: tuple = (2, 6.2, 7, 4.8, 0)
    mouth_wide: float = 1.0
    mouth_inks: tuple[str, str] = ("#6e2340", "#92374d")


def lids(look, key):
    """Upper and lower lid line of a key shape, eye coordinates."""
    return np.array(look.upper[key], float), np.array(look.lower[key], float)


def place(look, points):
    """Eye coordinates to the drawing's."""
    return np.asarray(points, float) + look.centre


def folded(upper):
    """The lower line of a shut eye: on its upper one, so that nothing shows."""
    at = np.linspace(0, 1, 5)
    return np.stack([np.interp(at, np.linspace(0, 1, 7), upper[:, k]) for k in (0, 1)], 1)


def part_eyewhite(look, key):
    """The eyeball."""
    p = Part("white")
    u, low = lids(look, key)
    if OPENNESS[key] == 0:
        low = folded(u)
    y = look.centre[1]
    stops = [(0, "#b9aade"), (0.28, "#e9e1f8"), (0.55, "#fffdfe"), (1, "#fff1ee")]
    p.path(
        d(place(look, np.vstack([cr(u), cr(low)[::-1]]))),
        p.lin(0, y - 44, 0, y + 44, stops),
    )
    return p


def oval(cx, cy, a, b):
    """An ellipse."""
    return f"M{cx - a:.1f} {cy:.1f}a{a} {b} 0 1 0 {2 * a} 0a{a} {b} 0 1 0 {-2 * a} 0Z"


def part_iris(look, style="normal"):
    """A jewel: dark above, glowing below, fibres, a second colour bounced in, highlights."""
    p = Part("iris")
    x, y = look.centre[0] - 1, look.centre[1] + 3
    rx, ry = np.array(look.iris) * (0.8 if style == "small" else 1)
    p.path(oval(x, y, rx, ry), look.rim)
    inside = oval(x, y, rx - 2.4, ry - 2.4)
    p.path(inside, p.lin(0, y - ry, 0, y + ry, look.stops))
    p.open(p.clip(inside))
    for k in range(34):
        a = np.pi * 2 * k / 34
        r0, r1 = 0.46, 0.95 if k % 2 else 0.82
        spoke = [(a - 0.05, r0), (a, r1), (a + 0.05, r0)]
        points = [(x + np.cos(t) * rx * r, y + np.sin(t) * ry * r) for t, r in spoke]
        p.path(
            d(np.array(points)),
            look.fibres[k % 2],
            f'fill-opacity="{0.3 if k % 2 else 0.24}"',
        )
    near, mid, far = look.glow
    p.path(
        oval(x, y + ry * 0.54, rx * 0.78, ry * 0.44),
        p.rad(x, y + ry * 0.68, rx * 0.82, [(0, near, 0.98), (0.5, mid, 0.7), (1, far, 0)]),
    )
    p.path(
        oval(x - rx * 0.62, y + ry * 0.34, rx * 0.3, ry * 0.36),
        p.rad(x - rx * 0.7, y + ry * 0.4, rx * 0.42, [(0, look.bounce, 0.75), (1, look.bounce, 0)]),
    )
    p.path(oval(x, y - 1, rx * 0.44, ry * 0.44), look.pupil)
    p.path(
        oval(x, y + ry * 0.2, rx * 0.26, ry * 0.16),
        mid,
        f'fill-opacity=".5" {p.blur(2.4, margin=60)}',
    )
    p.path(
        oval(x, y - ry * 0.82, rx * 1.15, ry * 0.66),
        look.pupil,
        f'fill-opacity=".72" {p.blur(4.5, margin=60)}',
    )
    # the room's window in the dark part
    band = f"M{x - rx * 0.8:.1f} {y - ry * 0.3:.1f}Q{x} {y - ry * 0.66:.1f} {x + rx * 0.8:.1f}"
    band += f" {y - ry * 0.3:.1f}Q{x} {y - ry * 0.5:.1f} {x - rx * 0.8:.1f} {y - ry * 0.3:.1f}Z"
    p.path(band, look.bounce, 'fill-opacity=".5"')
    p.close()
    # highlights: the key light is upper left for both eyes
    hx, hy = x - rx * 0.34, y - ry * 0.4
    p.path(oval(hx, hy, rx * 0.32, ry * 0.27), "#fff", f'transform="rotate(-18 {hx} {hy})"')
    p.path(oval(x - rx * 0.05, y - ry * 0.12, 2.6, 3), "#fff", 'fill-opacity=".9"')
    p.path(oval(x + rx * 0.4, y + ry * 0.42, rx * 0.17, ry * 0.15), "#fff", 'fill-opacity=".95"')
    p.path(oval(x + rx * 0.12, y + ry * 0.66, 2.6, 2.6), "#fff", 'fill-opacity=".85"')
    p.path(oval(x + rx * 0.44, y - ry * 0.46, 3.2, 4), look.bounce, 'fill-opacity=".9"')
    if style == "wet":  # water stands in it and breaks the light
        water = [
            (x + rx * 0.9 * np.cos(a), y + ry * 0.9 * np.sin(a)) for a in np.linspace(0.25, 2.9, 13)
        ]
        p.ink(np.array(water), [0, 5, 9, 10, 9, 5, 0], "#e9fbff", 0.8, raw=True)
        for u, v, a, b in (
            (0.34, 0.36, 0.3, 0.24),
            (-0.3, 0.5, 0.19, 0.15),
            (0.5, -0.14, 0.13, 0.14),
        ):
            p.path(oval(x + rx * u, y + ry * v, rx * a, ry * b), "#fff", 'fill-opacity=".94"')
        p.path(oval(hx, hy, rx * 0.4, ry * 0.33), "#fff", f'transform="rotate(-18 {hx} {hy})"')
    if style == "star":
        big = [
            (x + np.sin(i * np.pi / 5) * r, y + 3 - np.cos(i * np.pi / 5) * r)
            for i in range(10)
            for r in (18 if i % 2 == 0 else 8.4,)
        ]
        p.path(
            d(np.array(big)), "#fff6b8", 'stroke="#ffc94a" stroke-width="2" stroke-linejoin="round"'
        )
    if style == "heart":
        h, v = x + 0.5, y + 5
        heart = f"M{h} {v + 19}C{h - 30} {v} {h - 22} {v - 22} {h - 9} {v - 20}"
        heart += f"C{h - 3} {v - 19} {h} {v - 14} {h} {v - 11}C{h} {v - 14} {h + 3} {v - 19}"
        heart += f" {h + 9} {v - 20}C{h + 22} {v - 22} {h + 30} {v} {h} {v + 19}Z"
        p.path(heart, "#ff8fb6", 'stroke="#fff0f6" stroke-width="2.4" stroke-linejoin="round"')
    return p


def part_lid(look, key):
    """What lies over the iris: the lid's shadow, lashes and crease."""
    p = Part("lid")
    u, low = lids(look, key)
    o = OPENNESS[key]
    lift = min(o, 1)
    line = cr(u, n=12)
    s = arclen(line)
    p.open(p.clip(d(place(look, np.vstack([cr(u), cr(folded(u) if o == 0 else low)[::-1]])))))
    shade = np.vstack([cr(u) - [0, 20], (cr(u) + [0, 14])[::-1]])
    box = (look.centre[0] - 66, look.centre[1] - 72, 132, 126)
    dark = 0.26 + 0.18 * lift**2  # over half an eye a full shadow would put out its light
    p.path(d(place(look, shade)), "#37206f", f'fill-opacity="{dark:.3f}" {p.blur(2.6, box)}')
    p.close()
    # the lash line: a hair at the inner corner, full over the pupil, ending in a wing
    thick = np.interp(s, [0, 0.1, 0.35, 0.68, 0.88, 1], [0.6, 1.8, 7, 9.5, 9, 5.5])
    thick *= max(look.lashes, 0.72 - 0.2 * lift)  # a shut eye is its line alone
    thick *= 0.88 + 0.12 * lift
    out = -normals(line)
    out *= np.sign(-out[len(out) // 2, 1])
    band = np.vstack([line - out * thick[:, None] * 0.2, (line + out * thick[:, None] * 0.9)[::-1]])
    x = look.centre[0]
    stops = [(0, look.lash_tint), (0.3, look.lash), (0.78, look.lash), (1, look.lash_tint)]
    p.path(d(place(look, band)), p.lin(x - 48, 0, x + 54, 0, stops))
    g, k = 0.3 + 0.7 * lift, look.lashes
    e, e2, e3 = u[-1], u[-2], line[int(len(line) * 0.8)]

    def spike(a, tip, b, sag):
        up = cr([a, ((a[0] * 0.45 + tip[0] * 0.55), (a[1] * 0.4 + tip[1] * 0.6) + sag), tip])
        down = cr([tip, ((b[0] + tip[0]) / 2, (b[1] * 0.62 + tip[1] * 0.38) + sag), b])
        p.path(d(place(look, np.vstack([up, down]))), look.lash)

    if key == "closed":  # lashes of a shut eye point down and out
        spike((e[0] - 7, e[1] + 1), (e[0] + 11 * k, e[1] + 3), (e[0] - 9, e[1] + 9), 1.5)
        spike((e2[0] - 1, e2[1] - 2), (e2[0] + 11 * k, e2[1] + 10), (e2[0] - 10, e2[1] + 6), 1.5)
        spike((e3[0] + 2, e3[1] - 1), (e3[0] + 8 * k, e3[1] + 12), (e3[0] - 9, e3[1] + 4), 1.2)
    else:
        outer = (e[0] + 10 * k, e[1] - 9 * g)
        spike((e[0] - 8, e[1] - 14 * g), outer, (e[0] - 6, e[1] + 3), 2.4)
        middle = (e2[0] + 11 * k, e2[1] - 12 * g)
        spike((e2[0] - 6, e2[1] - 9 * g), middle, (e2[0] + 4, e2[1] + 1), 2.2)
        inner = (e3[0] + 6 * k, e3[1] - 13 * g - 2)
        spike((e3[0] - 8, e3[1] - 8), inner, (e3[0] + 4, e3[1] - 3), 1.6)
    # lower lashes fade out as the eye shuts
    bottom = cr(low, n=10)
    q, fade = len(bottom), min(1, o * 1.6)
    outer, inner = place(look, bottom[int(q * 0.42) :]), place(look, bottom[: int(q * 0.5)])
    p.ink(outer, [0, 1.4, 2.2, 2.8, 2.0], look.lash_tint, round(fade * 0.95, 3), raw=True)
    p.ink(inner, [1.0, 0.9, 0], look.crease, round(0.5 * fade, 3), raw=True)
    a = bottom[int(q * 0.86)]
    tip = place(look, [(a[0] - 3, a[1] - 0.5), (a[0] + 6 * k, a[1] + 6 * k), (a[0] + 3, a[1] - 2)])
    p.path(d(tip), look.lash_tint, f'fill-opacity="{0.9 * fade:.3f}"')
    # crease of the double eyelid
    crease = line[int(len(line) * 0.2) : int(len(line) * 0.94)].copy()
    rise = np.interp(np.linspace(0, 1, len(crease)), [0, 0.5, 1], [11, 18, 15])
    crease[:, 1] -= rise * (0.55 + 0.45 * lift)
    p.ink(place(look, crease), [0, 1.6, 2.0, 1.5, 0], look.crease, 0.8, raw=True)
    return p


def part_brow(look, angle=0.0, form=0.0):
    """One brow: `angle` raises its inner end, `form` arches it."""
    p = Part("brow")
    points = np.array(look.brow_points, float)
    t = np.linspace(-1, 1, 4)
    points[:, 1] += angle * 13 * t + form * -7 * (1 - t**2)
    # a light edge keeps it readable on the fringe
    edge = [width + 4.5 for width in look.brow_widths]
    p.ink(place(look, cr(points)), edge, "#ffe3e6", 0.5, raw=True)
    p.ink(place(look, cr(points)), list(look.brow_widths), look.brow, 0.97, raw=True)
    return p
