"""Arms and hands, in limb coordinates: the joint at 0,0, the limb points up; screen-right side.

A raised hand shows its palm, the thumb towards the middle (-x). The other side is mirrored.
"""

import numpy as np
from kit import *
from palette import *

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
    ([(-19, -50), (-25, -76), (-29, -104)], [16, 15, 12.5]),
    ([(-5, -54), (-7, -86), (-8, -116)], [16.5, 15.5, 12.5]),
    ([(10, -52), (14, -82), (17, -108)], [16, 15, 12]),
    ([(22, -44), (30, -66), (36, -88)], [14.5, 13, 10.5]),
]
TOGETHER = [
    ([(-19, -50), (-20, -80), (-17, -108)], [16, 15, 12]),
    ([(-6, -54), (-5, -88), (-1, -118)], [16.5, 15.5, 12]),
    ([(9, -52), (11, -84), (13, -110)], [16, 15, 11.5]),
    ([(21, -44), (26, -68), (27, -90)], [14, 13, 10]),
]
RELAXED = [
    ([(-17, -50), (-17, -72), (-11, -92)], [16, 15.5, 13]),
    ([(-4, -54), (-2, -78), (4, -97)], [16, 16, 13]),
    ([(9, -52), (13, -74), (18, -90)], [16, 15.5, 13]),
    ([(20, -44), (25, -62), (29, -76)], [14, 14, 11.5]),
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
        p.path(q, SKL, f'stroke="{SKL}" stroke-width="4.2" stroke-linejoin="round"')
    for q in paths:
        p.path(q, fill)


def blush_tip(p, chain):
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


def sleeve(p, P, x0, x1, folds, shade):
    dd = d(cr(P, True))
    p.path(dd, p.lin(x0, 0, x1, 0, [(0, NAVYD), (0.32, NAVY), (0.66, "#46459a"), (1, NAVY)]))
    p.open(p.clip(dd))
    p.path(shade, NAVYD, f'fill-opacity=".55" {p.blur(9)}')
    for a in folds:
        p.ink(a, [0, 3.6, 0], NAVYD, 0.75)
    p.close()
    C = cr(P, True)
    p.ink(np.vstack([C, C[:1]]), [2.6, 2.6], NAVYD, 1, raw=True)


def part_upperarm():
    """Shoulder to elbow, 250 long."""
    p = Part("upperarm")
    P = [
        (-30, 26),
        (-37, -20),
        (-39, -80),
        (-36, -150),
        (-34, -220),
        (-31, -256),
        (-18, -278),
        (4, -282),
    ]
    P += [(24, -272), (34, -250), (36, -200), (38, -130), (40, -70), (38, -10), (28, 28), (0, 38)]
    folds = ([(-38, -210), (-14, -222), (20, -216)], [(36, -236), (10, -246), (-16, -242)])
    folds += (
        [(-38, -170), (-18, -182), (8, -180)],
        [(38, -60), (16, -50), (-8, -54)],
        [(-36, -40), (-12, -30), (14, -34)],
    )
    sleeve(p, P, -40, 40, folds, "M-60 40L-18 40Q-30 -120 -8 -290L-60 -290Z")
    return p


def part_forearm():
    """Elbow to wrist, 196 long, with a gold band and a frilled cuff."""
    p = Part("forearm")
    P = [
        (-30, 14),
        (-35, -24),
        (-33, -80),
        (-29, -140),
        (-26, -174),
        (26, -174),
        (30, -140),
        (35, -80),
        (37, -24),
        (31, 14),
        (16, 31),
        (-14, 31),
    ]
    folds = (
        [(-34, -14), (-8, -4), (22, -10)],
        [(36, -36), (12, -26), (-6, -30)],
        [(-35, -58), (-14, -48), (8, -52)],
        [(34, -74), (16, -68), (2, -72)],
    )
    sleeve(p, P, -36, 38, folds, "M-60 40L-16 40Q-22 -90 -12 -190L-60 -190Z")
    Q = [
        (-29, -168),
        (-39, -182),
        (-36, -198),
        (-26, -192),
        (-16, -202),
        (-4, -194),
        (8, -203),
        (18, -194),
        (28, -200),
        (38, -192),
        (39, -180),
        (29, -168),
        (0, -162),
    ]
    lace = p.lin(-36, 0, 38, 0, [(0, "#e0d2f2"), (0.5, "#fff"), (1, "#d9caee")])
    p.path(d(cr(Q, True)), lace, 'stroke="#8f7bc0" stroke-width="2"')
    for x in (-22, -8, 6, 20):
        p.ink([(x, -172), (x - 1, -186), (x - 2, -195)], [0, 2, 0], "#b7a2dd", 0.9)
    p.ink([(-28, -168), (0, -160), (29, -168)], [5, 6, 5], GOLDD)
    p.ink([(-28, -168.6), (0, -160.8), (29, -168.6)], [3.4, 4, 3.4], GOLD)
    return p
