"""Eyes, brows and mouth as key shapes that can be blended."""

import numpy as np
from kit import *
from palette import *

# eyes: local coords, +x outward, drawn for right eye (screen right) at (428,482)
EC = {"R": (428, 484), "L": (292, 484)}
# Upper and lower lid lines per (openness, smile). The half lid keeps its arch: a flat one looks
# stern. "smile" closes upward, as laughing eyes do.
UP = {
    "closed": [(-41, 22), (-32, 30), (-16, 36), (6, 38), (28, 34), (42, 25), (49, 14)],
    "half": [(-42, 19), (-36, 4), (-20, -12), (4, -18), (27, -12), (42, 3), (50, 14)],
    "open": [(-43, 14), (-37, -6), (-21, -27), (3, -36), (27, -31), (43, -13), (49, 4)],
    "wide": [(-43, 12), (-38, -13), (-22, -37), (3, -48), (27, -43), (43, -20), (49, 2)],
    "smile_closed": [(-42, 26), (-32, 10), (-16, -2), (4, -6), (24, -1), (40, 12), (50, 30)],
    "smile_half": [(-42, 20), (-35, 1), (-19, -16), (4, -23), (26, -17), (42, -1), (50, 17)],
    "smile_open": [(-43, 14), (-37, -6), (-21, -27), (3, -36), (27, -31), (43, -13), (49, 4)],
}
LO = {
    "closed": [(-35, 27), (-22, 36), (2, 40), (26, 37), (41, 26)],
    "half": [(-36, 27), (-22, 39), (3, 43), (27, 38), (43, 22)],
    "open": [(-36, 27), (-22, 41), (3, 46), (27, 40), (43, 18)],
    "wide": [(-36, 28), (-22, 42), (3, 47), (27, 41), (43, 18)],
    "smile_closed": [(-35, 24), (-22, 20), (2, 17), (26, 20), (41, 27)],
    "smile_half": [(-36, 24), (-22, 27), (3, 29), (27, 27), (42, 22)],
    "smile_open": [(-36, 24), (-22, 33), (3, 36), (27, 32), (43, 16)],
}
# How open the key is, for lash lift and the lower lashes.
OPENNESS = {"closed": 0, "half": 0.6, "open": 1, "wide": 1.15, "smile_closed": 0}
OPENNESS |= {"smile_half": 0.65, "smile_open": 1}


def lids(key):
    """Upper and lower lid line of a key shape, eye coordinates (+x outward)."""
    upper, lower = np.array(UP[key], float), np.array(LO[key], float)
    return upper, lower


def eyexf(P, side):
    P = np.asarray(P, float)
    c = EC[side]
    return np.stack([c[0] + P[:, 0] * (1 if side == "R" else -1), c[1] + P[:, 1]], 1)


def part_eyewhite(side, key):
    """The eyeball; a shut eye's white is folded onto its lid line, so that nothing shows."""
    p = Part("white")
    u, l = lids(key)
    if OPENNESS[key] == 0:
        l = np.stack(
            [np.interp(np.linspace(0, 1, 5), np.linspace(0, 1, 7), u[:, k]) for k in (0, 1)], 1
        )
    P = eyexf(np.vstack([cr(u), cr(l)[::-1]]), side)
    c = EC[side]
    p.path(
        d(P),
        p.lin(
            0,
            c[1] - 40,
            0,
            c[1] + 40,
            [(0, "#cdbfe6"), (0.3, "#f1eafa"), (0.6, "#fffdfd"), (1, "#fff3f0")],
        ),
    )
    return p


def part_iris(side, style="normal"):
    p = Part("iris" + side)
    x, y = EC[side]
    x -= 2 if side == "R" else -2
    y += 4
    rx, ry = 31, 40
    E = lambda cx, cy, a, b: (
        f"M{cx - a:.1f} {cy:.1f}a{a} {b} 0 1 0 {2 * a} 0a{a} {b} 0 1 0 {-2 * a} 0Z"
    )
    p.path(E(x, y, rx, ry), "#231651")
    dd = E(x, y, rx - 2.2, ry - 2.2)
    p.path(
        dd,
        p.lin(
            0,
            y - ry,
            0,
            y + ry,
            [(0, "#2a1a66"), (0.3, "#3a3fae"), (0.55, "#2f86dd"), (0.8, "#43d3ee"), (1, "#b8fff2")],
        ),
    )
    p.open(p.clip(dd))
    # radial fibres
    for k in range(26):
        a = np.pi * (k / 26 * 2)
        r0, r1 = 0.42, 0.92
        p.path(
            f"M{x + np.cos(a - 0.05) * rx * r0:.1f} {y + np.sin(a - 0.05) * ry * r0:.1f}L{x + np.cos(a) * rx * r1:.1f} {y + np.sin(a) * ry * r1:.1f}L{x + np.cos(a + 0.05) * rx * r0:.1f} {y + np.sin(a + 0.05) * ry * r0:.1f}Z",
            "#0f2f8a" if k % 2 else "#9ff4ff",
            f'fill-opacity="{0.28 if k % 2 else 0.25}"',
        )
    # glow crescent bottom
    p.path(
        E(x, y + ry * 0.56, rx * 0.72, ry * 0.40),
        p.rad(
            x,
            y + ry * 0.66,
            rx * 0.75,
            [(0, "#e9fff8", 0.95), (0.5, "#8ffcf1", 0.65), (1, "#4fd8f0", 0)],
        ),
    )
    # pupil
    p.path(
        E(x, y - 2, rx * 0.46, ry * 0.46),
        p.rad(x, y, rx * 0.5, [(0, "#1a1048"), (0.75, "#1d1556"), (1, "#2a2a80")]),
    )
    p.path(E(x, y + 4, rx * 0.22, ry * 0.2), "#5a62d8", f'fill-opacity=".8" {p.blur(2)}')
    # top shade + violet reflection
    p.path(E(x, y - ry * 0.78, rx * 1.1, ry * 0.62), "#150b3c", f'fill-opacity=".62" {p.blur(4)}')
    p.path(
        f"M{x - 20} {y - 8}Q{x} {y - 20} {x + 20} {y - 8}Q{x} {y - 13} {x - 20} {y - 8}Z",
        "#c79bff",
        'fill-opacity=".55"',
    )
    p.close()
    # highlights (same side on both eyes: key light from upper left)
    p.path(E(x - 11, y - 17, 9.5, 11.5), "#fff", 'transform="rotate(-14 %f %f)"' % (x - 11, y - 17))
    p.path(E(x + 12, y + 17, 5.2, 6.2), "#fff", 'fill-opacity=".95"')
    p.path(E(x - 14, y + 8, 2.6, 3), "#fff", 'fill-opacity=".85"')
    p.path(E(x + 13, y - 20, 3, 3.6), "#ffd7f3", 'fill-opacity=".9"')
    if style == "star":
        sx, sy, R = x + 1, y + 2, 17
        pts = [
            (
                sx + np.sin(i * np.pi / 5) * (R if i % 2 == 0 else R * 0.45),
                sy - np.cos(i * np.pi / 5) * (R if i % 2 == 0 else R * 0.45),
            )
            for i in range(10)
        ]
        p.path(
            d(np.array(pts)), "#fff6b8", 'stroke="#ffd24a" stroke-width="2" stroke-linejoin="round"'
        )
    if style == "heart":
        hx, hy = x + 0.5, y + 5
        heart = f"M{hx} {hy + 19}C{hx - 30} {hy} {hx - 22} {hy - 22} {hx - 9} {hy - 20}C{hx - 3} {hy - 19} {hx} {hy - 14} {hx} {hy - 11}C{hx} {hy - 14} {hx + 3} {hy - 19} {hx + 9} {hy - 20}C{hx + 22} {hy - 22} {hx + 30} {hy} {hx} {hy + 19}Z"
        p.path(heart, "#ff8fb6", 'stroke="#fff0f6" stroke-width="2.4" stroke-linejoin="round"')
    return p


def part_lid(side, key):
    """What lies over the iris: the lid's shadow, lashes and crease."""
    p = Part("lid")
    u, l = lids(key)
    o = OPENNESS[key]
    S = lambda P: eyexf(P, side)
    U = cr(u, n=12)
    s = arclen(U)
    # shadow of the upper lid, inside the eye only
    if o == 0:
        l_in = np.stack(
            [np.interp(np.linspace(0, 1, 5), np.linspace(0, 1, 7), u[:, k]) for k in (0, 1)], 1
        )
    else:
        l_in = l
    p.open(p.clip(d(S(np.vstack([cr(u), cr(l_in)[::-1]])))))
    shade = S(np.vstack([cr(u) - [0, 20], (cr(u) + [0, 13])[::-1]]))
    p.path(d(shade), "#3a2070", f'fill-opacity=".42" {p.blur(2.5)}')
    p.close()
    # upper lash band, thick at the outer corner
    ink = "#2c1746"
    th = np.interp(s, [0, 0.12, 0.4, 0.7, 0.9, 1], [2, 6, 10, 11.5, 13, 9]) * (
        0.78 + 0.22 * min(o, 1)
    )
    band = np.vstack([U + np.stack([0 * th, th * 0.18], 1), (U - np.stack([0 * th, th], 1))[::-1]])
    c = EC[side]
    f = 1 if side == "R" else -1
    fill = [(0, "#7a3d63"), (0.25, ink), (0.8, "#25123f"), (1, "#5c2b63")]
    p.path(d(S(band)), p.lin(c[0] - 45 * f, 0, c[0] + 48 * f, 0, fill))
    e, e2 = u[-1], u[-2]

    def spike(b0, tip, b1):
        up = cr([b0, ((b0[0] + tip[0]) / 2 + 1, (b0[1] + tip[1]) / 2 + 2), tip])
        down = cr([tip, ((b1[0] + tip[0]) / 2 + 1, (b1[1] + tip[1]) / 2 + 3), b1])
        p.path(d(S(np.vstack([up, down]))), ink)

    g = 0.35 + 0.65 * min(o, 1)
    spike((e[0] - 12, e[1] - 12), (e[0] + 13, e[1] - 10 * g + 1), (e[0] - 4, e[1] + 3))
    spike((e2[0] - 8, e2[1] - 11), (e2[0] + 10, e2[1] - 17 * g - 2), (e2[0] + 2, e2[1] - 2))
    spike((e[0] - 7, e[1] - 3), (e[0] + 7, e[1] + 6), (e[0] - 7, e[1] + 4))
    # lower lashes fade out as the eye shuts
    Lc = cr(l, n=10)
    q = len(Lc)
    fade = min(1, o * 1.6)
    p.ink(S(Lc[int(q * 0.30) :]), [0, 1.6, 2.6, 4.0, 3.0], "#4a2452", round(fade, 3), raw=True)
    p.ink(S(Lc[: int(q * 0.35)]), [1.2, 0.8, 0], "#a5566a", round(0.5 * fade, 3), raw=True)
    a = l[-2]
    tip = S(np.array([(a[0] + 3, a[1] - 3), (a[0] + 14, a[1] + 5), (a[0] + 8, a[1] - 8)]))
    p.path(d(tip), "#4a2452", f'fill-opacity="{fade:.3f}"')
    # crease of the double eyelid
    cz = U[int(len(U) * 0.16) : int(len(U) * 0.93)].copy()
    lift = np.interp(np.linspace(0, 1, len(cz)), [0, 0.5, 1], [12, 20, 17])
    cz[:, 1] -= lift * (0.55 + 0.45 * min(o, 1))
    p.ink(S(cz), [0, 2.0, 2.4, 1.8, 0], "#a5566a", 0.85, raw=True)
    return p


def part_brow(side, ang=0.0, form=0.0):
    p = Part("brow" + side)
    P = np.array([(-33, -66), (-10, -73), (16, -73), (45, -58)], float)
    t = np.linspace(-1, 1, 4)
    P[:, 1] += ang * 9 * t + form * -6 * (1 - t**2)
    p.ink(eyexf(cr(P), side), [2, 6, 6.4, 4.5, 0], "#5b3684", 0.95, raw=True)
    return p


# Mouth keys: width, openness, form (-1 frown .. 1 smile), roundness, teeth, tongue.
MOUTHS = {
    "sil": (0.42, 0.0, 0.42, 0.0, 0.6, 0.3),
    "PP": (0.34, 0.0, 0.12, 0.15, 0.0, 0.0),
    "FF": (0.48, 0.16, 0.25, 0.1, 1.0, 0.0),
    "TH": (0.5, 0.25, 0.35, 0.0, 0.8, 1.0),
    "DD": (0.54, 0.28, 0.38, 0.0, 0.9, 0.8),
    "kk": (0.5, 0.34, 0.35, 0.0, 0.6, 0.5),
    "CH": (0.28, 0.27, 0.3, 0.55, 1.0, 0.2),
    "SS": (0.66, 0.18, 0.42, 0.0, 1.0, 0.1),
    "nn": (0.5, 0.22, 0.38, 0.0, 0.8, 0.9),
    "RR": (0.34, 0.30, 0.3, 0.4, 0.4, 0.4),
    "aa": (0.62, 0.92, 0.45, 0.0, 0.6, 0.5),
    "E": (0.8, 0.54, 0.5, 0.0, 0.8, 0.5),
    "ih": (0.94, 0.32, 0.5, 0.0, 1.0, 0.3),
    "oh": (0.42, 0.66, 0.3, 0.7, 0.2, 0.4),
    "ou": (0.14, 0.36, 0.15, 1.0, 0.1, 0.2),
    # expressions: `smile` and `frown` are added to what she says, the others stand alone
    "smile": (0.62, 0.0, 1.0, 0.0, 0.6, 0.3),
    "frown": (0.26, 0.0, -0.35, 0.0, 0.6, 0.3),
    "laugh": (0.78, 0.62, 1.0, 0.0, 0.62, 0.75),
    "beam": (0.86, 0.95, 0.95, 0.0, 0.6, 0.85),
    "gasp": (0.3, 0.66, 0.0, 0.95, 0.1, 0.2),
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
            (hw * (0.80 + 0.1 * r), cy * 0.4 + dn * 0.42 + sag * 0.5),
            (hw * (0.46 + 0.12 * r), dn * 0.88 + sag * 0.8),
            (0, dn + sag),
            (-hw * (0.46 + 0.12 * r), dn * 0.88 + sag * 0.8),
            (-hw * (0.80 + 0.1 * r), cy * 0.4 + dn * 0.42 + sag * 0.5),
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
    cavity = [(0, "#6e1f3f"), (0.45, "#9c2f50"), (1, "#c24a66")]
    p.path(inside, p.lin(0, y - up - 1, 0, y + dn + 1, cavity))
    p.open(p.clip(inside))
    tg = max(0, g) * min(1, o * 1.6)
    rx, ry = max(hw * 0.72, 1), max(dn * 0.62 * tg, 1)
    tongue = f"M{x - rx:.1f} {y + dn + 6:.1f}a{rx:.1f} {ry:.1f} 0 1 1 {2 * rx:.1f} 0Z"
    p.path(tongue, p.lin(0, y + dn * 0.3, 0, y + dn + 1, [(0, "#ff8f98"), (1, "#f2667d")]))
    p.ink([(x, y + dn * 0.62), (x, y + dn + 0.5)], [0, 1.6, 1], "#d8506c", round(0.5 * tg, 3))
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
