"""Splines, tapered ink and gradients -> SVG text: the pencil case for figures."""

import re

import numpy as np

from figure.region import reach, room


def cr(pts, closed=False, n=10, alpha=0.5):
    """Catmull-Rom through pts -> dense polyline."""
    P = np.asarray(pts, float)
    if closed:
        P = np.vstack([P[-1], P, P[0], P[1]])
    else:
        P = np.vstack([2 * P[0] - P[1], P, 2 * P[-1] - P[-2]])
    out = []
    for i in range(1, len(P) - 2):
        p0, p1, p2, p3 = P[i - 1], P[i], P[i + 1], P[i + 2]
        t0 = 0
        t1 = t0 + max(np.hypot(*(p1 - p0)), 1e-6) ** alpha
        t2 = t1 + max(np.hypot(*(p2 - p1)), 1e-6) ** alpha
        t3 = t2 + max(np.hypot(*(p3 - p2)), 1e-6) ** alpha
        t = np.linspace(t1, t2, n, endpoint=False)[:, None]
        A1 = (t1 - t) / (t1 - t0) * p0 + (t - t0) / (t1 - t0) * p1
        A2 = (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2
        A3 = (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3
        B1 = (t2 - t) / (t2 - t0) * A1 + (t - t0) / (t2 - t0) * A2
        B2 = (t3 - t) / (t3 - t1) * A2 + (t - t1) / (t3 - t1) * A3
        out.append((t2 - t) / (t2 - t1) * B1 + (t - t1) / (t2 - t1) * B2)
    out = np.vstack(out)
    if not closed:
        out = np.vstack([out, P[-2]])
    return out


def d(poly, closed=True):
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in poly) + ("Z" if closed else "")


def normals(P):
    T = np.gradient(P, axis=0)
    L = np.hypot(T[:, 0], T[:, 1])[:, None]
    T = T / np.maximum(L, 1e-6)
    return np.stack([-T[:, 1], T[:, 0]], 1)


def arclen(P):
    s = np.r_[0, np.cumsum(np.hypot(*np.diff(P, axis=0).T))]
    return s / max(s[-1], 1e-6)


def taper(P, widths):
    """polyline + width profile -> closed polygon"""
    s = arclen(P)
    w = np.interp(s, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    N = normals(P)
    return np.vstack([P + N * w, (P - N * w)[::-1]])


def ink(pts, widths, fill, op=1, closed=False, raw=False, extra=""):
    P = pts if raw else cr(pts, closed)
    return f'<path d="{d(taper(P, widths))}" fill="{fill}" fill-opacity="{op}" {extra}/>'


def mirror(pts, cx=360):
    P = np.asarray(pts, float).copy()
    P[:, 0] = 2 * cx - P[:, 0]
    return P


class Part:
    def __init__(s, name):
        s.name = name
        s.defs = []
        s.el = []
        s.k = 0
        s.meta = {}
        s.soft = {}

    def add(s, *e):
        s.el += e
        return s

    def uid(s, p="u"):
        s.k += 1
        return f"{p}{s.k}"

    def lin(s, x1, y1, x2, y2, stops):
        i = s.uid("g")
        s.defs.append(
            f'<linearGradient id="{i}" gradientUnits="userSpaceOnUse" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
            + "".join(
                f'<stop offset="{o}" stop-color="{c}" stop-opacity="{a}"/>'
                for o, c, a in [(q + (1,))[:3] for q in stops]
            )
            + "</linearGradient>"
        )
        return f"url(#{i})"

    def rad(s, cx, cy, r, stops, tr=""):
        i = s.uid("g")
        s.defs.append(
            f'<radialGradient id="{i}" gradientUnits="userSpaceOnUse" cx="{cx}" cy="{cy}" r="{r}" gradientTransform="{tr}">'
            + "".join(
                f'<stop offset="{o}" stop-color="{c}" stop-opacity="{a}"/>'
                for o, c, a in [(q + (1,))[:3] for q in stops]
            )
            + "</radialGradient>"
        )
        return f"url(#{i})"

    def clip(s, dd):
        i = s.uid("c")
        s.defs.append(f'<clipPath id="{i}"><path d="{dd}"/></clipPath>')
        return f'clip-path="url(#{i})"'

    def blur(s, sd, box=None, margin=0):
        """Over a box (x, y, w, h), or percents around; else as far as the paths that use it need.

        The keys of a shape that changes must have the same box.
        """
        i = s.uid("f")
        where = f"@{i}@"
        if margin:
            where = f'x="-{margin}%" y="-{margin}%" width="{100 + 2 * margin}%" height="{100 + 2 * margin}%"'
        elif box:
            where = _over(box)
        else:
            s.soft[i] = sd
        s.defs.append(f'<filter id="{i}" {where}><feGaussianBlur stdDeviation="{sd}"/></filter>')
        return f'filter="url(#{i})"'

    def path(s, dd, fill, extra=""):
        s.el.append(f'<path d="{dd}" fill="{fill}" {extra}/>')
        return s

    def shape(s, pts, fill, extra="", closed=True, n=10):
        s.path(d(cr(pts, closed, n)), fill, extra)
        return s

    def open(s, attr):
        s.el.append(f"<g {attr}>")

    def close(s):
        s.el.append("</g>")

    def ink(s, pts, w, fill, op=1, **k):
        s.el.append(ink(pts, w, fill, op, **k))
        return s

    def svg(s, vb=(-120, -60, 960, 1500)):
        defs = "".join(s.defs)
        clips = {
            i: reach("".join(re.findall(r'\sd="([^"]*)"', inner)))
            for i, inner in re.findall(r'<clipPath id="(\w+)">(.*?)</clipPath>', defs)
        }
        view = vb[0], vb[1], vb[0] + vb[2], vb[1] + vb[3]
        for i, sd in s.soft.items():
            defs = defs.replace(f"@{i}@", _over(room(i, sd, s.el, clips, view)))
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{vb[0]} {vb[1]} {vb[2]} {vb[3]}" width="{vb[2]}" height="{vb[3]}"><defs>{defs}</defs><g id="{s.name}">{"".join(s.el)}</g></svg>'


def _over(box):
    x, y, w, h = box
    return f'filterUnits="userSpaceOnUse" x="{x}" y="{y}" width="{w}" height="{h}"'
