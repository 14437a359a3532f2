"""Hands, in limb coordinates: the joint at 0,0, the limb points up; screen-right side.

A raised hand shows its palm, the thumb towards the middle (-x). The other side is mirrored.
"""

import numpy as np

from figure.ink import Part, arclen, cr, d, normals, taper
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
    ([(-17, -58), (-19, -42), (-14, -30)], [17, 18, 15]),
    ([(-4, -62), (-5, -43), (-3, -28)], [17, 18, 15]),
    ([(9, -60), (9, -42), (9, -28)], [17, 17.5, 15]),
    ([(21, -53), (22, -38), (20, -26)], [15, 15.5, 13]),
]
THUMB = {
    "out": ([(-20, -12), (-38, -32), (-50, -54)], [20, 16, 12.5]),
    "beside": ([(-20, -12), (-36, -28), (-40, -52)], [20, 16, 12]),
    "across": ([(-22, -10), (-20, -26), (2, -32)], [20, 17, 14]),
    "up": ([(-20, -14), (-31, -36), (-30, -64)], [20, 16, 12.5]),
}


def outline(chain):
    """A finger: tapered tube with a round tip, as two closed paths."""
    points, widths = chain
    P = cr(points, n=8)
    r, e = widths[-1] / 2, P[-1]
    a = np.linspace(0, 2 * np.pi, 24)
    return [d(taper(P, widths)), d(np.stack([e[0] + np.cos(a) * r, e[1] + np.sin(a) * r], 1))]


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
        f'fill-opacity=".42" {p.blur(2)}',
    )


def between(p, fingers, reach):
    """Lines between neighbouring fingers."""
    for chain in fingers[:-1]:
        C = cr(chain[0], n=8)
        w = np.interp(arclen(C), np.linspace(0, 1, 3), chain[1])[:, None] / 2
        side = max((C + normals(C) * w, C - normals(C) * w), key=lambda E: E[0, 0])
        p.ink(side[2 : int(len(C) * reach)], [0, 1.5, 1.9, 1.4], SKL, 0.8, raw=True)


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
    p.open(p.clip(palm_path))
    p.path(
        "M-34 14L-34 -26Q-6 -20 6 -36Q30 -26 40 -56L40 14Z", SKS, f'fill-opacity=".34" {p.blur(5)}'
    )
    p.close()
    for chain in [*extended, t]:
        blush_tip(p, chain)
    if len(extended) > 1:
        between(p, extended, reach)
    if lines and not folded:
        p.ink([(-12, -14), (-14, -34), (-24, -44)], [0, 1.6, 0], SKD, 0.7)
        p.ink([(-20, -52), (4, -46), (26, -42)], [0, 1.4, 0], SKD, 0.45)
    for chain in folded:
        paint(p, outline(chain), skin)
        (x, y) = chain[0][0]
        p.ink([(x - 5, y + 1), (x, y - 2), (x + 5, y + 1)], [0, 1.3, 0], SKD, 0.5)
    if thumb_over:
        paint(p, outline(t), skin)
        blush_tip(p, t)
    return p


def hand_heart():
    """Half of a two-hand heart: fingers arch inward and down, the thumb points down and in."""
    arch = [
        ([(-8, -50), (-12, -84), (-38, -98), (-60, -76)], [18, 17, 15, 12]),
        ([(6, -52), (2, -96), (-34, -114), (-62, -88)], [18, 17, 15, 12]),
    ]
    behind = [([(18, -48), (18, -98), (-24, -126), (-58, -102)], [16, 15, 13, 10])]
    p = Part("hand")
    skin = p.lin(-30, 10, 30, -110, [(0, "#ffcfc2"), (0.35, SK), (1, "#fff0e8")])
    for chain in [*behind, *reversed(arch)]:
        paint(p, outline(chain), skin)
        blush_tip(p, chain)
    thumb = ([(-12, -20), (-36, -26), (-60, -8)], [20, 17, 12])
    paint(p, [d(cr(PALM, True)), *outline(thumb)], skin)
    blush_tip(p, thumb)
    # the palm joins its fingers without a line
    p.path("M-20 -56Q0 -70 24 -54Q10 -40 -16 -42Z", SK, p.blur(1.2))
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
        ([(2, -52), (8, -72), (17, -72)], [17, 18, 16]),
        ([(12, -48), (20, -62), (27, -58)], [17, 17, 15]),
        ([(18, -36), (27, -46), (32, -40)], [15, 15, 13]),
    ]
    for chain in reversed(knuckles):
        paint(p, outline(chain), skin)
    index = ([(-14, -48), (-17, -88), (-17, -124)], [18, 15.5, 11.5])
    paint(p, [d(cr(palm, True)), *outline(index)], skin)
    blush_tip(p, index)
    p.open(p.clip(d(cr(palm, True))))
    p.path("M-4 14Q10 -20 4 -70L50 -70L50 14Z", SKS, f'fill-opacity=".30" {p.blur(5)}')
    p.close()
    p.ink([(-3, -60), (1, -48), (0, -36)], [0, 1.7, 0], SKL, 0.7)
    thumb = ([(-16, -10), (-18, -34), (-2, -54)], [20, 17, 13])
    paint(p, outline(thumb), skin)
    blush_tip(p, thumb)
    return p


def narrow(chains, k=0.6):
    return [([(x * k, y) for x, y in pts], w) for pts, w in chains]


HANDS = {
    "rest": lambda: hand(
        RELAXED, thumb=([(-18, -14), (-32, -30), (-32, -52)], [18, 15, 12]), reach=0.95, lines=False
    ),
    "open": lambda: hand(SPREAD, thumb="out"),
    "present": lambda: hand(TOGETHER, thumb="out", reach=0.95),
    "flat": lambda: hand(
        narrow(TOGETHER, 0.62),
        thumb=([(-12, -12), (-24, -34), (-22, -60)], [18, 15, 12]),
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
