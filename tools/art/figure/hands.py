"""Hands, in limb coordinates: the joint at 0,0, the limb points up; screen-right side.

A raised hand shows its palm, the thumb towards the middle (-x). The other side is mirrored.
"""

import numpy as np

from figure.ink import Part, arclen, cr, d, normals
from figure.skin import SK, SKD, SKL, SKS

PALM = [
    (-19, 6),
    (-25, -18),
    (-28, -44),
    (-22, -60),
    (0, -64),
    (22, -58),
    (29, -42),
    (25, -16),
    (18, 6),
]
# Extended fingers from index to little, then the thumb: points and widths.
SPREAD = [
    ([(-19, -50), (-26, -80), (-31, -112)], [15, 13.5, 10]),
    ([(-5, -54), (-7, -90), (-8, -126)], [15.5, 14, 10.5]),
    ([(10, -52), (15, -86), (19, -117)], [15, 13.5, 10]),
    ([(22, -44), (32, -70), (39, -95)], [13.5, 12, 9]),
]
TOGETHER = [
    ([(-19, -50), (-20, -82), (-17, -113)], [15, 14, 10.5]),
    ([(-6, -54), (-5, -92), (-1, -126)], [15.5, 14.5, 10.5]),
    ([(8, -52), (11, -87), (13, -117)], [15, 14, 10]),
    ([(20, -44), (26, -70), (28, -95)], [13.5, 12, 9]),
]
RELAXED = [
    ([(-17, -50), (-18, -76), (-12, -102)], [15, 14, 10.5]),
    ([(-5, -54), (-3, -84), (4, -110)], [15, 14.5, 10.5]),
    ([(8, -52), (12, -80), (18, -103)], [15, 14, 10.5]),
    ([(19, -44), (25, -66), (31, -86)], [13, 12.5, 9.5]),
]
# Folded fingers, seen from the palm: short, drawn over it.
FOLDED = [
    ([(-18, -57), (-19.5, -44), (-16, -31)], [15, 17.5, 15]),
    ([(-4, -61), (-4.5, -46), (-3, -29)], [15.5, 18, 15.5]),
    ([(10, -58), (10.5, -44), (10, -29)], [15, 17.5, 15]),
    ([(22, -50), (23, -39), (21, -27)], [13, 15, 13]),
]
THUMB = {
    "out": ([(-8, -10), (-24, -22), (-40, -38), (-51, -57)], [28, 22, 16, 12]),
    "across": ([(-10, -8), (-24, -20), (-17, -33), (6, -35)], [26, 21, 17, 13.5]),
}


def tube(chain):
    """A finger's middle line, and its half width there."""
    points, widths = chain
    P = cr(points, n=8)
    return P, np.interp(arclen(P), np.linspace(0, 1, len(widths)), widths) / 2


def outline(chain):
    """A finger: tapered tube with round ends, as three closed paths."""
    P, r = tube(chain)
    N = normals(P) * r[:, None]
    a = np.linspace(0, 2 * np.pi, 24)
    ring = np.stack([np.cos(a), np.sin(a)], 1)
    sides = np.vstack([P + N, (P - N)[::-1]])
    return [d(sides), d(P[-1] + ring * r[-1]), d(P[0] + ring * r[0])]


def edge(p, chain, left, right):
    """Ink about a finger that lies over the hand: up one side from the part `left` of it, round
    the tip and down the other side to the part `right`; its root joins the hand without a line."""
    P, r = tube(chain)
    N, s = normals(P) * r[:, None], arclen(P)
    out, back = P + N, P - N
    ahead = np.arctan2(*(out[-1] - P[-1])[::-1])
    a = ahead - np.linspace(0.15, np.pi - 0.15, 12)
    tip = P[-1] + np.stack([np.cos(a), np.sin(a)], 1) * r[-1]
    line = np.vstack([out[s >= left], tip, back[s >= right][::-1]])
    p.ink(line, [0, 1.9, 2.1, 2.1, 2.1, 1.9, 0], SKL, raw=True)


def paint(p, paths, fill):
    for q in paths:
        p.path(q, SKL, f'stroke="{SKL}" stroke-width="3.4" stroke-linejoin="round"')
    for q in paths:
        p.path(q, fill)


def blush_tip(p, chain):
    """A warm finger tip."""
    x, y = chain[0][-1]
    p.path(
        f"M{x - 5:.1f} {y:.1f}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z",
        "#ff9aa6",
        f'fill-opacity=".42" {p.blur(2, margin=60)}',
    )


def between(p, fingers, reach):
    """Lines between neighbouring fingers."""
    for chain in fingers[:-1]:
        C = cr(chain[0], n=8)
        w = np.interp(arclen(C), np.linspace(0, 1, 3), chain[1])[:, None] / 2
        side = max((C + normals(C) * w, C - normals(C) * w), key=lambda E: E[0, 0])
        p.ink(side[2 : int(len(C) * reach)], [0, 1.5, 1.9, 1.4], SKL, 0.8, raw=True)


def inside(p, paths):
    """A clip to the union of some paths."""
    i = p.uid("c")
    each = "".join(f'<path d="{q}"/>' for q in paths)
    p.defs.append(f'<clipPath id="{i}">{each}</clipPath>')
    return f'clip-path="url(#{i})"'


def shade(p, paths, dd, opacity, soft):
    """A soft shadow on a hand's parts."""
    p.open(inside(p, paths))
    p.path(dd, SKS, f'fill-opacity="{opacity}" {p.blur(soft, margin=60)}')
    p.close()


def hand(extended=(), folded=(), thumb="out", thumb_over=False, palm=PALM, reach=0.42, lines=True):
    """A hand from its fingers."""
    p = Part("hand")
    skin = p.lin(-30, 10, 30, -110, [(0, "#ffcfc2"), (0.35, SK), (1, "#fff0e8")])
    palm_path = d(cr(palm, True))
    t = THUMB[thumb] if isinstance(thumb, str) else thumb
    group = [palm_path] + [q for c in extended for q in outline(c)]
    if not thumb_over:
        group += outline(t)
    paint(p, group, skin)
    for chain in extended:
        blush_tip(p, chain)
    if reach > 0.5:
        between(p, extended, reach)
    if lines and not folded:
        p.ink([(-12, -14), (-14, -34), (-24, -44)], [0, 1.6, 0], SKD, 0.7)
        p.ink([(-20, -52), (4, -46), (26, -42)], [0, 1.4, 0], SKD, 0.45)
    for chain in folded:
        paint(p, outline(chain), skin)
        (x, y), (u, v) = chain[0][0], chain[0][-1]
        low = f"M{x - 9} {y + 9}L{x + 9} {y + 9}L{u + 9} {v + 9}L{u - 9} {v + 9}Z"
        shade(p, outline(chain), low, 0.3, 4)
    if thumb_over:
        for q in outline(t):
            p.path(q, skin)
    low = "M-44 14L-44 -14Q-10 -12 6 -30Q30 -26 40 -56L40 14Z"
    shade(p, [palm_path, *outline(t)], low, 0.34, 5)
    if thumb_over:
        edge(p, t, 0.5, 0.1)
    blush_tip(p, t)
    return p


def hand_heart():
    """Half of a two-hand heart: fingers arch inward and down, the thumb points down and in."""
    index = ([(-8, -44), (-10, -78), (-30, -98), (-58, -82)], [17, 16.5, 15, 11])
    behind = [
        ([(16, -46), (20, -88), (-8, -118), (-50, -104)], [14, 14.5, 13, 9.5]),
        ([(6, -48), (8, -88), (-20, -112), (-58, -94)], [16, 16, 14, 10.5]),
    ]
    p = Part("hand")
    skin = p.lin(-30, 10, 30, -110, [(0, "#ffcfc2"), (0.35, SK), (1, "#fff0e8")])
    palm = [
        (-18, 6),
        (-22, -16),
        (-22, -34),
        (-16, -54),
        (0, -62),
        (17, -58),
        (25, -42),
        (23, -16),
        (17, 6),
    ]
    thumb = ([(-6, -12), (-24, -24), (-42, -20), (-60, -4)], [26, 19, 15.5, 11])
    for chain in behind:
        paint(p, outline(chain), skin)
        blush_tip(p, chain)
    paint(p, [d(cr(palm, True)), *outline(index), *outline(thumb)], skin)
    shade(p, [d(cr(palm, True))], "M8 14Q20 -20 10 -70L50 -70L50 14Z", 0.34, 6)
    blush_tip(p, index)
    blush_tip(p, thumb)
    # where the fingers leave the back of the hand
    p.ink([(6, -62), (9, -52), (8, -44)], [0, 1.5, 0], SKL, 0.6)
    p.ink([(17, -55), (18, -47), (16, -40)], [0, 1.4, 0], SKL, 0.5)
    return p


def hand_point():
    """Seen from the thumb side: a straight index, the others curled behind it."""
    palm = [
        (-17, 6),
        (-24, -16),
        (-27, -44),
        (-24, -62),
        (-4, -66),
        (18, -60),
        (27, -44),
        (24, -16),
        (17, 6),
    ]
    p = Part("hand")
    skin = p.lin(-30, 10, 30, -110, [(0, "#ffcfc2"), (0.35, SK), (1, "#fff0e8")])
    knuckles = [
        ([(2, -52), (9, -68), (17, -66)], [17, 18, 16]),
        ([(12, -46), (20, -58), (26, -53)], [17, 17, 15]),
        ([(16, -34), (25, -43), (29, -37)], [15, 15, 13]),
    ]
    for chain in reversed(knuckles):
        paint(p, outline(chain), skin)
    index = ([(-13, -48), (-16, -88), (-16, -124)], [18, 15.5, 11])
    paint(p, [d(cr(palm, True)), *outline(index)], skin)
    blush_tip(p, index)
    thumb = ([(-8, -8), (-17, -24), (-14, -40), (-2, -55)], [24, 20, 16, 12.5])
    for q in outline(thumb):
        p.path(q, skin)
    low = "M-4 14Q10 -20 4 -70L50 -70L50 14Z"
    shade(p, [d(cr(palm, True))], low, 0.3, 5)
    p.ink([(-2, -63), (2, -52), (1, -42)], [0, 1.7, 0], SKL, 0.7)
    edge(p, thumb, 0.42, 0.12)
    blush_tip(p, thumb)
    return p


def narrow(chains, k=0.6):
    return [([(x * k, y) for x, y in pts], w) for pts, w in chains]


HANDS = {
    "rest": lambda: hand(
        RELAXED,
        thumb=([(-9, -12), (-22, -24), (-31, -38), (-32, -54)], [26, 20, 15, 11.5]),
        reach=0.95,
        lines=False,
    ),
    "open": lambda: hand(SPREAD, thumb="out"),
    "present": lambda: hand(TOGETHER, thumb="out", reach=0.95),
    "flat": lambda: hand(
        narrow(TOGETHER, 0.62),
        thumb=([(-5, -12), (-15, -26), (-22, -42), (-21, -60)], [22, 18, 14, 11]),
        reach=0.95,
        palm=[(x * 0.72, y) for x, y in PALM],
        lines=False,
    ),
    "fist": lambda: hand(folded=FOLDED, thumb="across", thumb_over=True),
    "one": lambda: hand(SPREAD[:1], FOLDED[1:], "across", True),
    "two": lambda: hand(
        [([(-19, -50), (-27, -78), (-34, -108)], [16, 15, 12.5]), SPREAD[1]],
        FOLDED[2:],
        "across",
        True,
        reach=0.36,
    ),
    "three": lambda: hand(SPREAD[:3], FOLDED[3:], "across", True),
    "heart": hand_heart,
    "point": hand_point,
}
