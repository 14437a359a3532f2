"""Hair, lock by lock: a tapered spline with shaded side, lit side, strands, shine and tinted ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from figure.ink import Part, arclen, cr, d, normals


@dataclass(frozen=True)
class Hair:
    """Colours of one head of hair; `fill` runs from the top down as gradient stops."""

    fill: tuple[tuple[float, str], ...]
    inner: tuple[tuple[float, str], ...]
    shade: str
    light: str
    shine: str
    line: str


def profile(centre, widths, n=14):
    """The spline, its arc length and its smoothed width."""
    c = cr(centre, n=n)
    s = arclen(c)
    w = np.interp(s, np.linspace(0, 1, len(widths)), widths)
    return c, s, np.convolve(np.pad(w, 3, "edge"), np.ones(7) / 7, "valid")


def shine(p, off, s, w, a, b, f0, f1, colour, opacity, r):
    """A lit band across a lock: smooth above, teeth of strands below."""
    span = f1 - f0
    width = float(np.interp((a + b) / 2, s, w)) * span / 2
    teeth = max(2, round(width / 8))

    def at(f, t):
        return off(f)[int(np.clip(np.searchsorted(s, t), 0, len(s) - 1))]

    def half(sign, reach):
        edge = []
        for k in range(2 * teeth + 1):
            f = f0 + span * k / (2 * teeth)
            bow = 1 - abs(k / teeth - 1) ** 2.2
            long = (b - a) * reach * (0.25 + 0.75 * bow)
            long *= r.uniform(0.8, 1.15) if k % 2 else r.uniform(0.3, 0.5)
            edge.append(at(f, a + (b - a) * 0.4 + sign * long))
        return edge

    upper, lower = half(-1, 0.42), half(1, 0.62)
    path = f"M{upper[0][0]:.1f} {upper[0][1]:.1f}"
    before = upper[0]
    for point in [*upper[1:], *lower[::-1]]:
        x, y = (before * 0.3 + point * 0.7) if point is not before else point
        path += f"Q{x:.1f} {y:.1f} {point[0]:.1f} {point[1]:.1f}"
        before = point
    p.path(path + "Z", colour, f'fill-opacity="{opacity * 0.88:.2f}"')
    # a few single hairs catch the light beside it
    for _ in range(teeth):
        f, long = r.uniform(f0, f1), (b - a) * r.uniform(0.5, 1.1)
        m = (a + b) / 2 + r.normal(0, 0.03)
        line = [at(f, m - long), at(f, m), at(f, m + long)]
        p.ink(line, [0, r.uniform(1.0, 2.2), 0], colour, opacity * 0.6)


def lock(
    p: Part,
    centre,
    widths,
    fill,
    hair: Hair,
    seed=0,
    strands=4,
    side=-1,
    hi=(),
    line=2.6,
    root=0.0,
    shade=0.4,
):
    """Draw one lock. `root`: how much of its start has no outline, so that it grows out of others."""
    r = np.random.default_rng(seed)
    c, s, w = profile(centre, widths)
    n = normals(c)

    def off(f):
        return c + n * (np.broadcast_to(f, s.shape) * w / 2)[:, None]

    poly = np.vstack([off(1.0), off(-1.0)[::-1]])
    path = d(poly)
    p.path(path, fill)
    p.open(p.clip(path))
    # shade: a broad half and a crisp edge, both waving along the lock
    wave = 0.16 * np.sin(s * r.uniform(5, 9) + r.uniform(0, 6))
    for start, strength in ((-0.05, 0.42), (0.48, 0.62)):
        inner, outer = off((start + wave) * side), off(1.2 * side)
        p.path(
            d(np.vstack([inner, outer[::-1]])), hair.shade, f'fill-opacity="{shade * strength:.2f}"'
        )
    lit = np.vstack([off((-0.62 + wave * 0.5) * side), off(-0.9 * side)[::-1]])
    p.path(d(lit), hair.light, 'fill-opacity=".30"')
    for _ in range(strands):
        f = r.uniform(-0.85, 0.85)
        a, b = r.uniform(0, 0.4), r.uniform(0.6, 1.0)
        q = (s >= a) & (s <= b)
        if q.sum() < 6:
            continue
        dark = r.random() < 0.62
        drift = f + 0.18 * np.sin(s * 4 + r.uniform(0, 6))
        p.ink(
            off(np.clip(drift, -0.95, 0.95))[q],
            [0, r.uniform(1.0, 2.2), 0.6, 0],
            hair.shade if dark else hair.light,
            0.5,
            raw=True,
        )
    for a, b, f0, f1, opacity in hi:
        shine(p, off, s, w, a, b, f0, f1, hair.shine, opacity, r)
    p.close()
    grow = np.clip((s - root) / 0.12, 0, 1) if root else np.ones_like(s)
    body = np.interp(s, [0, 0.15, 0.55, 0.85, 1], [0.45, 0.9, 1.15, 0.9, 0.35])
    for edge, weight in (
        (off(1.0), 1.0 if side > 0 else 0.72),
        (off(-1.0), 0.72 if side > 0 else 1.0),
    ):
        p.ink(edge, list(line * body * grow * weight), hair.line, 0.95, raw=True)
    return poly


def locks(name, shapes, hair: Hair, top, bottom, seed=0, inner=False, **common):
    """A part of several locks, back to front; each is (points, widths, options)."""
    p = Part(name)
    fill = p.lin(0, top, 0, bottom, hair.inner if inner else hair.fill)
    for i, (points, widths, *more) in enumerate(shapes):
        options = {**common, **(more[0] if more else {})}
        lock(p, points, widths, fill, hair, seed=seed * 100 + i, **options)
    return p
