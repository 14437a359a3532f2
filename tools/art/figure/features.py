"""Eyes, brows and mouth as key shapes that can be blended. Drawn for the viewer's right."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from figure.ink import Part, arclen, cr, d, normals
from figure.skin import SKD

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
    """The eyes and brows of one idol; the eye's own coordinates have +x outward."""

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
    brow_widths: tuple = (1.5, 5.4, 6.2, 4.2, 0)


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
    rx, ry = look.iris
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
    p.path(oval(x, y + ry * 0.2, rx * 0.26, ry * 0.16), mid, f'fill-opacity=".5" {p.blur(2.4)}')
    p.path(
        oval(x, y - ry * 0.82, rx * 1.15, ry * 0.66),
        look.pupil,
        f'fill-opacity=".72" {p.blur(4.5)}',
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
    points[:, 1] += angle * 9 * t + form * -6 * (1 - t**2)
    # a light edge keeps it readable on the fringe
    edge = [width + 4.5 for width in look.brow_widths]
    p.ink(place(look, cr(points)), edge, "#ffe3e6", 0.5, raw=True)
    p.ink(place(look, cr(points)), list(look.brow_widths), look.brow, 0.97, raw=True)
    return p


# Mouth keys: width, openness, form (-1 frown .. 1 smile), roundness, teeth, how much of the
# opening the tongue fills.
MOUTHS = {
    "sil": (0.42, 0.0, 0.42, 0.0, 0.6, 0.3),
    "PP": (0.34, 0.0, 0.12, 0.15, 0.0, 0.0),
    "FF": (0.48, 0.16, 0.25, 0.1, 1.0, 0.0),
    "TH": (0.5, 0.27, 0.35, 0.0, 0.5, 0.9),
    "DD": (0.54, 0.3, 0.38, 0.0, 0.8, 0.72),
    "kk": (0.5, 0.36, 0.35, 0.0, 0.6, 0.46),
    "CH": (0.28, 0.27, 0.3, 0.55, 1.0, 0.3),
    "SS": (0.66, 0.18, 0.42, 0.0, 1.0, 0.3),
    "nn": (0.5, 0.24, 0.38, 0.0, 0.7, 0.78),
    "RR": (0.34, 0.30, 0.3, 0.4, 0.4, 0.6),
    "aa": (0.62, 0.92, 0.45, 0.0, 0.6, 0.5),
    "E": (0.8, 0.54, 0.5, 0.0, 0.8, 0.52),
    "ih": (0.94, 0.32, 0.5, 0.0, 1.0, 0.4),
    "oh": (0.42, 0.66, 0.3, 0.7, 0.2, 0.46),
    "ou": (0.14, 0.36, 0.15, 1.0, 0.1, 0.5),
    # expressions: `smile` and `frown` are added to what she says, the others stand alone
    "smile": (0.62, 0.0, 1.0, 0.0, 0.6, 0.3),
    "frown": (0.26, 0.0, -0.35, 0.0, 0.6, 0.3),
    "laugh": (0.78, 0.62, 1.0, 0.0, 0.62, 0.6),
    "beam": (0.86, 0.95, 0.95, 0.0, 0.6, 0.6),
    "gasp": (0.3, 0.66, 0.0, 0.95, 0.1, 0.4),
    "pout": (0.1, 0.08, -0.55, 0.3, 0.0, 0.0),
    "grin": (0.8, 0.38, 1.0, 0.0, 1.0, 0.25),
    "small": (0.16, 0.1, 0.2, 0.0, 0.0, 0.0),
}


def part_mouth(key, x=360, y=570):
    """One mouth key. Every key has the same paths, so any two can be blended."""
    w, o, f, r, t, g = MOUTHS[key]
    p = Part("mouth")
    hw = (15 + 23 * w) * (1 - 0.45 * r)
    up = (3 + 5 * r + 3 * o) * min(1, o * 2.2)
    dn = o * (36 - 6 * w * (1 - o)) * (1 + 0.12 * r)
    cy = -7 * f
    sag = 3.2 * f * (1 - o * 0.6)  # a slight dip in the middle of the upper lip
    U = np.array(
        [
            (-hw, cy),
            (-hw * 0.62, cy * 0.35 - up * 0.75 + sag * 0.5),
            (-hw * 0.22, -up * 0.95 + sag * 0.55),
            (0, -up * 0.8 + sag * 0.9),
            (hw * 0.22, -up * 0.95 + sag * 0.55),
            (hw * 0.62, cy * 0.35 - up * 0.75 + sag * 0.5),
            (hw, cy),
        ]
    )
    L = np.array(
        [
            (hw, cy),
            (hw * 0.84, cy * 0.4 + dn * 0.38 + sag * 0.5),
            (hw * (0.5 + 0.1 * r), dn * 0.83 + sag * 0.8),
            (0, dn + sag),
            (-hw * (0.5 + 0.1 * r), dn * 0.83 + sag * 0.8),
            (-hw * 0.84, cy * 0.4 + dn * 0.38 + sag * 0.5),
            (-hw, cy),
        ]
    )
    if o == 0:  # shut: the lower lip lies on the upper line
        L = U[::-1].copy()
    k = min(1, r * 1.1) * min(1, o * 8)
    th = np.linspace(np.pi, 0, 7)
    U = U * (1 - k) + np.stack([hw * np.cos(th), -up * 1.15 * np.sin(th)], 1) * k
    th = np.linspace(0, np.pi, 7)
    L = L * (1 - k) + np.stack([hw * np.cos(th), dn * np.sin(th)], 1) * k
    Uc, Lc = cr(U, n=8) + [x, y], cr(L, n=8) + [x, y]
    inside = d(np.vstack([Uc, Lc[1:]]))
    fade = min(1.0, o * 6)
    cavity = [(0, "#531631"), (0.55, "#7d2343"), (1, "#9a3450")]
    p.path(inside, p.lin(0, y - up - 1, 0, y + dn + 1, cavity))
    p.open(p.clip(inside))
    # its tip comes up round from below the lip, however small the mouth
    rx, ry = max(hw * 0.72, 1), max(dn * g * 1.25, 1)
    base, seen = y + dn + sag + ry * 0.2, min(1, g * 1.6) * fade
    tongue = f"M{x - rx:.1f} {base:.1f}a{rx:.1f} {ry:.1f} 0 1 1 {2 * rx:.1f} 0Z"
    flesh = [(0, "#ff999f"), (0.45, "#fb8894"), (1, "#e8687f")]
    p.path(tongue, p.lin(0, base - ry, 0, base, flesh))
    furrow = [(x, base - ry * 0.66), (x, y + dn + sag + 0.5)]
    p.ink(furrow, [0, min(1.6, ry * 0.12), 1], "#d8506c", round(0.5 * seen, 3))
    sx, sy = max(rx * 0.16, 0.5), max(ry * 0.1, 0.3)
    shine = f"M{x - rx * 0.45:.1f} {base - ry * 0.72:.1f}a{sx:.1f} {sy:.1f} 0 1 0 {2 * sx:.1f} 0Z"
    p.path(shine, "#ffd6d6", f'fill-opacity="{0.55 * seen:.3f}"')
    # the lower teeth show where the jaw is nearly shut
    low = min(1.0, max(0.0, t - 0.8) * 5) * min(5.5, dn * 0.42)
    p.path(d(np.vstack([Lc, (Lc - [0, low])[::-1]])), "#fbefec")
    th = t * min(9, dn * 0.34 + 2)
    p.path(d(np.vstack([Uc, (Uc + [0, th])[::-1]])), "#fffaf6")
    edge = np.vstack([Uc + [0, th - 1.2], (Uc + [0, th + 2.4])[::-1]])
    p.path(d(edge), "#5a1838", 'fill-opacity=".25"')
    p.close()
    wide_ink = np.array([1.0, 2.6, 2.4, 2.2, 2.4, 2.6, 1.0])
    open_ink = np.array([1.2, 2.2, 2.6, 2.8, 2.6, 2.2, 1.2])
    p.ink(Uc, list(wide_ink * (1 - fade) + open_ink * fade), "#80304a", 0.95, raw=True)
    p.ink(Lc, [1, 1.4, 1.9, 1.4, 1], "#a8485e", round(0.85 * fade, 3), raw=True)
    for s in (-1, 1):
        corner = f"M{x + s * hw - 1.4:.1f} {y + cy * (1 - k) - 1.2:.1f}a1.6 1.6 0 1 0 3 0Z"
        p.path(corner, "#8a3350", 'fill-opacity=".8"')
    # shade under the lower lip
    a, b = hw * 0.42, y + dn + sag
    lip = f"M{x - a:.1f} {b + 7:.1f}Q{x} {b + 11:.1f} {x + a:.1f} {b + 7:.1f}Q{x} {b + 8:.1f} {x - a:.1f} {b + 7:.1f}Z"
    p.path(lip, SKD, f'fill-opacity=".75" {p.blur(0.8)}')
    return p
