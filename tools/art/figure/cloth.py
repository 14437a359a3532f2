"""Stuffs: knit stitches, ribs, satin folds, bows, metal buttons."""

from __future__ import annotations

import numpy as np

from figure.ink import Part, cr, d


def outline(p: Part, points, colour, width=2.6, closed=True, opacity=0.95):
    """Ink around a smooth shape, thicker in places as a pen would."""
    c = cr(points, closed)
    if closed:
        c = np.vstack([c, c[:1]])
    w = [width * k for k in (0.7, 1.1, 0.8, 1.2, 0.8, 1.1, 0.7)]
    if not closed:
        w[0] = w[-1] = 0.3
    p.ink(c, w, colour, opacity, raw=True)


def stitches(p: Part, x0, y0, x1, y1, warp, dark, light, step=(13, 10), opacity=0.5):
    """Rows of knit stitches, small Vs; `warp(x, y)` bends the cloth. Drawn inside a clip."""
    down, glint = [], []
    dx, dy = step
    for x in np.arange(x0, x1, dx):
        for y in np.arange(y0, y1, dy):
            a, b, c = warp(x, y), warp(x + dx / 2, y + dy * 0.75), warp(x + dx, y)
            down.append(f"M{a[0]:.1f} {a[1]:.1f}L{b[0]:.1f} {b[1]:.1f}L{c[0]:.1f} {c[1]:.1f}")
            glint.append(f"M{a[0] + 1:.1f} {a[1] - 2:.1f}L{b[0]:.1f} {b[1] - 2.4:.1f}")
    p.path("".join(down), "none", f'stroke="{dark}" stroke-width="1.7" stroke-opacity="{opacity}"')
    p.path(
        "".join(glint), "none", f'stroke="{light}" stroke-width="1.6" stroke-opacity="{opacity}"'
    )


def ribs(p: Part, x0, x1, y0, y1, n, dark, light, warp=lambda x, y: (x, y), width=2.4):
    """Upright ribs of a cuff or hem between two heights."""
    for k in range(n):
        x = x0 + (x1 - x0) * (k + 0.5) / n
        line = [warp(x, y0), warp(x, (y0 + y1) / 2), warp(x, y1)]
        p.ink(line, [width, width * 0.7, width], dark, 0.6)
        p.ink([(a + width, b) for a, b in line], [0.6, width * 0.6, 0.6], light, 0.8)


def cable(p: Part, path, width, dark, light, line, n):
    """A twisted cable along a path: lens-shaped turns."""
    c = cr(path, n=24)
    s = np.r_[0, np.cumsum(np.hypot(*np.diff(c, axis=0).T))]
    s /= s[-1]
    t = np.gradient(c, axis=0)
    t /= np.hypot(t[:, 0], t[:, 1])[:, None]
    nn = np.stack([-t[:, 1], t[:, 0]], 1)

    def at(v, f):
        i = int(np.clip(np.searchsorted(s, v), 0, len(s) - 1))
        return c[i] + nn[i] * f * width / 2

    for f in (-1.25, 1.25):
        p.ink([at(v, f) for v in np.linspace(0, 1, 9)], [1.4] * 3, dark, 0.5)
    for k in range(n):
        a, b = k / n, (k + 1.3) / n
        shape = [at(a, -0.9), at((a + b) / 2, -0.5), at(b, 0.8), at(b + 0.01, 0.2), at((a + b) / 2, 0.7), at(a + 0.01, -0.3)]  # fmt: skip
        q = d(cr(shape, True))
        p.path(q, light, 'fill-opacity=".9"')
        p.ink([at(a, -0.3), at((a + b) / 2, 0.62), at(b, 0.8)], [0.5, 2.2, 0.5], line, 0.5)
        p.ink([at(a, -0.8), at((a + b) / 2, -0.42), at(b, 0.5)], [0.5, 1.3, 0.5], dark, 0.7)


def button(p: Part, x, y, r, colours, line):
    """A domed metal button with its light and its bounce."""
    light, main, dark = colours
    ring = f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0Z"
    p.path(ring, "#2a1430", f'fill-opacity=".3" transform="translate(1 2.4)" {p.blur(1.2)}')
    p.path(
        ring,
        p.rad(x - r * 0.3, y - r * 0.4, r * 1.5, [(0, light), (0.42, main), (1, dark)]),
        f'stroke="{line}" stroke-width="1.2"',
    )
    q = r * 0.58
    p.path(
        f"M{x - q} {y}a{q} {q} 0 1 0 {2 * q} 0a{q} {q} 0 1 0 {-2 * q} 0Z",
        p.lin(x, y - q, x, y + q, [(0, dark), (1, light)]),
        'fill-opacity=".55"',
    )
    p.path(
        f"M{x - r * 0.55:.1f} {y - r * 0.2:.1f}Q{x - r * 0.4:.1f} {y - r * 0.7:.1f} "
        f"{x + r * 0.1:.1f} {y - r * 0.66:.1f}",
        "none",
        'stroke="#fff" stroke-width="1.6" stroke-linecap="round" stroke-opacity=".9"',
    )


def bow(p: Part, x, y, s, colours, line, tails=((1, 104), (-1, 88)), droop=0.0):
    """A satin bow: two loops with inner folds and sheen, a knot, tails of unequal length."""
    base, dark, light = colours

    def t(points):
        return np.asarray(points, float) * s + [x, y]

    for side, long in tails:
        shape = t(
            [
                (side * 4, 4),
                (side * 20, 30),
                (side * 30, long * 0.66),
                (side * 40, long),
                (side * 24, long - 10),
                (side * 12, long + 2),
                (side * 6, long * 0.6),
                (-side * 2, 30),
            ]
        )
        q = d(cr(shape, True))
        p.path(
            q, p.lin(x, y, x + side * 30 * s, y + long * s, [(0, dark), (0.45, base), (1, light)])
        )
        p.open(p.clip(q))
        p.ink(
            t([(side * 6, 14), (side * 18, long * 0.5), (side * 26, long)]),
            [0, 6 * s, 2],
            dark,
            0.6,
        )
        p.ink(
            t([(side * 14, 24), (side * 26, long * 0.6), (side * 34, long)]),
            [0, 4 * s, 1],
            light,
            0.9,
        )
        p.close()
        outline(p, shape, line, 2.4 * s**0.5)
    for side in (1, -1):
        shape = t(
            [
                (0, -8),
                (side * 26, -34),
                (side * 64, -46 + droop),
                (side * 92, -30 + droop * 2),
                (side * 96, 4 + droop * 2),
                (side * 80, 30 + droop * 2),
                (side * 44, 30 + droop),
                (0, 10),
            ]
        )
        q = d(cr(shape, True))
        p.path(
            q,
            p.lin(
                x, y - 46 * s, x, y + 34 * s, [(0, light), (0.34, base), (0.72, base), (1, dark)]
            ),
        )
        p.open(p.clip(q))
        p.path(
            d(
                cr(
                    t(
                        [
                            (0, 2),
                            (side * 40, 8 + droop),
                            (side * 88, 14 + droop * 2),
                            (side * 100, 44),
                            (side * 20, 44),
                        ]
                    ),
                    True,
                )
            ),
            dark,
            f'fill-opacity=".5" {p.blur(4 * s)}',
        )
        # the opening of the loop
        p.path(
            d(
                cr(
                    t(
                        [
                            (side * 66, -22 + droop * 2),
                            (side * 86, -22 + droop * 2),
                            (side * 90, 0 + droop * 2),
                            (side * 78, 16 + droop * 2),
                            (side * 72, -2 + droop * 2),
                        ]
                    ),
                    True,
                )
            ),
            dark,
            'fill-opacity=".55"',
        )
        for a, b, c, w, ink, op in (
            ((6, -4), (30, -16), (58, -26), 6, dark, 0.7),
            ((6, 2), (34, 4), (60, 0), 5, dark, 0.6),
            ((6, 6), (32, 18), (56, 22), 5, dark, 0.7),
            ((22, -26), (48, -37), (72, -36), 6, "#fff", 0.7),
            ((14, -6), (40, -10), (62, -14), 3.4, "#fff", 0.5),
        ):
            p.ink(
                t([(side * a[0], a[1]), (side * b[0], b[1] + droop), (side * c[0], c[1] + droop)]),
                [0, w * s, 0],
                ink,
                op,
            )
        p.close()
        outline(p, shape, line, 2.6 * s**0.5)
    knot = t([(-13, -15), (0, -18), (13, -15), (16, 0), (12, 17), (0, 19), (-12, 17), (-16, 0)])
    p.shape(knot, p.lin(x - 14 * s, y, x + 14 * s, y, [(0, dark), (0.4, light), (0.7, base), (1, dark)]))  # fmt: skip
    p.ink(t([(-4, -12), (-6, 0), (-3, 13)]), [0, 2.4 * s, 0], dark, 0.6)
    outline(p, knot, line, 2.4 * s**0.5)
