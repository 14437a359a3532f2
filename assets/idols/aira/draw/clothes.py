"""Clothes: satin blouse and bow, a loose knit cardigan, a high navy skirt; bow, pins, headset."""

import numpy as np
from figure.cloth import bow, button, cable, outline, ribs, stitches
from figure.ink import *
from palette import *

METAL = (GOLDL, GOLD, GOLDD)


def part_hairbow():
    p = Part("hairbow")
    p.open('transform="rotate(20 500 262)"')
    bow(p, 500, 262, 0.62, (PK, PKD, PKL), PKI, tails=((1, 96), (-1, 78)))
    p.close()
    return p


def pins(p):
    """Two star pins."""

    def star(x, y, r, turn, fill):
        points = [
            (x + np.sin(i * np.pi / 5 + turn) * k, y - np.cos(i * np.pi / 5 + turn) * k)
            for i in range(10)
            for k in (r if i % 2 == 0 else r * 0.5,)
        ]
        p.path(
            d(np.array(points)), fill, 'stroke="#8a5a2a" stroke-width="1.5" stroke-linejoin="round"'
        )
        p.path(
            d(np.array([points[8], points[9], (x, y)])), "#fff", 'fill-opacity=".65"'
        )

    star(234, 336, 17, 0.2, p.lin(220, 320, 248, 352, [(0, GOLDL), (0.5, GOLD), (1, GOLDD)]))
    star(214, 366, 10, -0.2, p.lin(204, 356, 226, 378, [(0, "#ffffff"), (1, "#9fe4ff")]))


def cup(p, x, wide, heart):
    """An ear cup."""
    p.path(
        f"M{x - wide} 418a{wide} 44 0 1 0 {2 * wide} 0a{wide} 44 0 1 0 {-2 * wide} 0Z",
        "#2a2054",
    )
    p.path(
        f"M{x - wide + 2.6} 416a{wide - 2.6} 41 0 1 0 {2 * wide - 5.2} 0"
        f"a{wide - 2.6} 41 0 1 0 {5.2 - 2 * wide} 0Z",
        p.lin(x - wide, 380, x + wide, 460, [(0, "#fff"), (0.5, "#efe6fb"), (1, "#a996d6")]),
    )
    if not heart:
        return
    p.path(
        f"M{x - 17} 418a17 27 0 1 0 34 0a17 27 0 1 0 -34 0Z",
        p.rad(x - 4, 406, 34, [(0, PKL), (0.6, PK), (1, PKD)]),
        f'stroke="{PKI}" stroke-width="1.6"',
    )
    p.path(
        f"M{x} 428c-9 -7 -12 -10 -12 -16a6.4 6.4 0 0 1 12 -3a6.4 6.4 0 0 1 12 3c0 6 -3 9 -12 16Z",
        "#fff",
    )
    p.path(
        f"M{x - 21} 396Q{x - 14} 382 {x - 2} 380", "none",
        'stroke="#fff" stroke-width="3.4" stroke-linecap="round" stroke-opacity=".9"',
    )  # fmt: skip


def part_headband():
    """The band over the crown, under the fringe, and the far ear cup."""
    p = Part("headband")
    band = [(204, 396), (194, 320), (230, 232), (310, 186), (394, 176), (466, 194), (522, 248)]
    band += [(546, 330), (540, 396)]
    p.ink([(x, y + 6) for x, y in band[1:8]], [4, 10, 13, 10, 4], "#2f1c74", 0.4)
    p.ink(band, [11, 13, 15, 17, 17, 15, 13, 10], "#4b3a86", 0.95)
    p.ink(band, [7.6, 9.6, 11.6, 13.4, 13.4, 11.6, 9.6, 7], "#efe6fb")
    p.ink([(x + 1, y + 3.6) for x, y in band], [1.6, 2.8, 4.2, 5, 4.2, 2.8, 1.6], "#b3a0dc", 0.9)
    p.ink([(x, y - 2.4) for x, y in band[2:6]], [0, 3, 3.4, 0], "#ffffff", 0.95)
    cup(p, 540, 17, False)
    return p


def part_headset():
    """The near ear cup with its boom, and the pins above it."""
    p = Part("headset")
    pins(p)
    cup(p, 204, 30, True)
    boom = [(206, 458), (212, 516), (242, 566), (292, 590)]
    p.ink(boom, [5.6, 4.8, 4.4, 4], "#2c2154")
    p.ink([(x - 0.6, y - 0.6) for x, y in boom], [2.2, 1.8, 1.6, 1.2], "#cdbff0", 0.95)
    p.path(
        "M286 582q17 -5 26 5q4 9 -6 13q-17 4 -26 -6q-3 -8 6 -12Z",
        p.lin(286, 580, 304, 604, [(0, "#7a6ab8"), (0.5, "#33275c"), (1, "#17102f")]),
        'stroke="#150e2c" stroke-width="1.4"',
    )
    p.path("M289 587q8 -4 15 0", "none",
           'stroke="#d8ccf5" stroke-width="1.8" stroke-linecap="round"')  # fmt: skip
    return p


BODY = [(360, 700), (392, 704), (424, 722), (470, 746), (512, 774), (530, 820), (520, 880),
        (508, 940), (482, 1000), (462, 1050), (466, 1100), (520, 1200), (566, 1330), (360, 1340)]  # fmt: skip


def satin(p, points, dark, width=(0, 7, 0), opacity=0.6, light=True):
    """A fold of satin: a dark valley with a bright ridge beside it."""
    p.ink(points, list(width), dark, opacity)
    if light:
        p.ink([(x + 5, y - 2) for x, y in points], [w * 0.6 for w in width], "#fff", 0.95)


def part_torso():
    p = Part("torso")
    right = np.array(BODY, float)
    whole = d(cr(np.vstack([right, mirror(right)[::-1][1:-1]]), True))
    p.path(whole, p.lin(0, 720, 0, 1060, [(0, "#ffffff"), (0.5, "#f3eefc"), (1, "#cfc4ec")]))
    p.open(p.clip(whole))
    # the blouse: volume, then folds that run from the bow and from the waist
    p.path("M300 830Q330 930 360 930Q390 930 420 830L440 1010H280Z", SATINS,
           f'fill-opacity=".55" {p.blur(14)}')  # fmt: skip
    for x, s in ((304, 1), (416, -1)):
        p.path(f"M{x - 44} 880Q{x} 950 {x + 44} 880Q{x + 30} 972 {x} 980Q{x - 30} 972 {x - 44} 880Z",
               SATINS, f'fill-opacity=".6" {p.blur(7)}')  # fmt: skip
        p.path(f"M{x - 24 + s * 6} 816Q{x + s * 10} 800 {x + 22} 830Q{x + 10} 880 {x - 10} 880Z",
               "#fff", f'fill-opacity=".9" {p.blur(8)}')  # fmt: skip
    for m in (0, 1):
        x = (lambda q: [(720 - a, b) for a, b in q]) if m else (lambda q: q)
        satin(p, x([(372, 800), (398, 850), (414, 920), (408, 1000)]), SATINS, (0, 6, 9, 0), 0.8)
        satin(p, x([(378, 812), (432, 842), (462, 900)]), SATINS, (0, 7, 0), 0.7)
        satin(p, x([(430, 1010), (420, 960), (438, 906)]), SATINL, (6, 4, 0), 0.5)
        satin(p, x([(398, 1014), (394, 970), (402, 930)]), SATINL, (7, 4, 0), 0.5)
        satin(p, x([(452, 1000), (450, 960), (470, 920)]), SATINL, (5, 4, 0), 0.45)
    # placket with pearls of metal
    p.path("M345 800H375L378 1020H342Z", "#fbf8ff")
    for x in (345, 375):
        p.ink([(x, 800), (x + (x - 360) * 0.1, 910), (x + (x - 360) * 0.16, 1020)], [1.2, 1.8, 1.2],
              SATINL, 0.8)  # fmt: skip
    p.ink([(380, 800), (383, 900), (385, 1020)], [0, 5, 3], SATINS, 0.8)
    for y in (886, 934, 982):
        button(p, 360, y, 6.6, METAL, "#7a4a22")
    # high skirt of navy satin
    skirt = "M210 1010Q360 1040 510 1010L520 1100Q600 1240 650 1400H70Q120 1240 200 1100Z"
    p.path(skirt, p.lin(180, 0, 540, 0, [(0, NAVYD), (0.28, NAVY2), (0.42, NAVY), (0.62, NAVY2), (0.8, NAVY), (1, NAVYD)]))  # fmt: skip
    for x, s in ((300, -1), (420, 1)):  # seams of the waist
        p.ink([(x + s * 6, 1022), (x, 1060), (x + s * 4, 1104)], [1, 2.4, 1], NAVYD, 0.9)
        p.ink([(x + s * 6 + 3, 1022), (x + 3, 1060), (x + s * 4 + 3, 1104)], [0, 2, 0], NAVYL, 0.6)
    p.path("M330 1028Q348 1066 334 1104H350Q362 1066 346 1028Z", "#8f9af0",
           f'fill-opacity=".5" {p.blur(5)}')  # fmt: skip
    for y in (1046, 1080):
        for x in (328, 392):
            button(p, x, y, 8, METAL, "#6b3f1c")
        p.path(f"M336 {y}Q360 {y + 10} 384 {y}", "none",
               f'stroke="{GOLD}" stroke-width="2.4" stroke-dasharray="4 1.6"')  # fmt: skip
    p.path("M196 1104Q360 1134 524 1104L528 1118Q360 1148 192 1118Z", NAVYD)
    p.path("M196 1104Q360 1134 524 1104L525 1108Q360 1138 195 1108Z", GOLD)
    for k in range(-6, 7):  # knife pleats: a dark fold, a lit face
        a, b = 360 + k * 25, 360 + k * 52
        fold = [(a, 1124 - k * k * 0.5), ((a * 0.6 + b * 0.4), 1210), (b, 1360)]
        face = [(x + 14 + 0.02 * (y - 1100), y) for x, y in fold]
        p.ink(face, [5, 16, 26], NAVYL, 0.22)
        p.ink(fold, [1, 6, 14], NAVYD, 0.85)
        p.ink([(x + 4, y) for x, y in fold], [0.5, 2, 3], NAVYL, 0.65)
    p.close()
    p.ink([(x, y) for x, y in BODY[9:13]], [1, 2.6, 2.8, 2.6], NAVYD, 0.95)
    p.ink(mirror(np.array(BODY[9:13], float)), [1, 2.6, 2.8, 2.6], NAVYD, 0.95)
    # the blouse's collar edge
    return p


FRONT = [(408, 716), (440, 728), (482, 748), (520, 776), (540, 826), (534, 890), (528, 960),
         (520, 1030), (514, 1090), (502, 1128), (470, 1136), (444, 1120), (440, 1050), (444, 980),
         (440, 900), (430, 830), (414, 770)]  # fmt: skip


def part_cardigan():
    """Both fronts of the cardigan, open; stitches, a cable, a ribbed band with a navy line."""
    p = Part("cardigan")
    for m in (0, 1):
        points = np.array(FRONT, float)
        if m:  # not a mirror image: this side hangs more open
            points = mirror(points)
            points[11:16, 0] -= [10, 10, 8, 6, 4]
        path = d(cr(points, True))

        def x(q):
            return [(720 - a, b) for a, b in q] if m else q

        # its shadow on the blouse
        p.path(path, "#6a55a8", f'fill-opacity=".38" transform="translate({6 if m else -7} 6)" {p.blur(5)}')
        p.path(path, p.lin(0, 720, 0, 1130, [(0, KNIT), (0.55, KNIT2), (1, "#e6cfb4")]))
        p.open(p.clip(path))

        def warp(a, b):
            belly = 9 * np.sin((b - 760) / 90)
            a += belly * (1 - abs(a - 480) / 90)
            return (720 - a, b + (a - 440) * 0.12) if m else (a, b + (a - 440) * 0.12)

        stitches(p, 404, 700, 556, 1130, warp, KNITD, "#ffffff", opacity=0.6)
        cable(p, x([(474, 752), (484, 840), (486, 940), (480, 1040), (478, 1100)]), 24, KNITD,
              "#fff8ee", KNITL, 12)  # fmt: skip
        p.path(d(cr(x([(556, 770), (514, 850), (512, 930), (506, 1020), (516, 1140), (570, 1140)]), True)),
               "#a9776c", f'fill-opacity=".42" {p.blur(9)}')  # fmt: skip
        p.path(d(cr(x([(446, 740), (476, 760), (470, 860), (452, 940), (446, 860)]), True)), "#fff",
               f'fill-opacity=".55" {p.blur(9)}')  # fmt: skip
        for q in ([(536, 850), (506, 884), (470, 896)], [(534, 900), (510, 940), (490, 990)],
                  [(524, 1040), (496, 1056), (460, 1050)], [(522, 1078), (500, 1090), (470, 1090)]):  # fmt: skip
            p.ink(x(q), [0, 8, 0], "#b98f78", 0.6)
            p.ink(x([(a, b + 6) for a, b in q]), [0, 3.4, 0], "#fff", 0.4)
        # hem
        hem = x([(440, 1098), (470, 1108), (520, 1096), (530, 1150), (430, 1150)])
        p.path(d(np.array(hem)), KNIT2)
        ribs(p, 440, 524, 1102, 1134, 11, KNITD, "#fff", lambda a, b: x([(a, b)])[0])
        p.ink(x([(436, 1100), (474, 1108), (524, 1096)]), [2, 2, 2], KNITL, 0.6)
        p.close()
        # front band
        edge = points[[0, 16, 15, 14, 13, 12, 11]]
        edge[0] += (2 if m else -2, -4)
        p.ink(edge, [15, 17, 18, 18, 18, 18, 16], KNITL)
        p.ink(edge, [11, 13, 14, 14, 14, 14, 12], KNIT)
        c = cr(edge, n=10)
        n = normals(c)
        for k in range(2, len(c) - 1, 2):
            p.ink([c[k] - n[k] * 6.4, c[k] + n[k] * 6.4], [1.5, 1.5], KNITD, 0.55, raw=True)
        p.ink(c + n * (3.2 if m else -3.2), [3, 3.2, 3.2, 3], NAVY2, 0.95, raw=True)
        for k in (0.52, 0.74, 0.94):
            i = int(k * len(c))
            if not m:
                button(p, *c[i], 7.4, METAL, "#6b3f1c")
        outline(p, points[:12], KNITL, 2.8, closed=False)
    # a star brooch
    star = [
        (486 + np.sin(i * np.pi / 5 + 0.1) * k, 846 - np.cos(i * np.pi / 5 + 0.1) * k)
        for i in range(10)
        for k in (15 if i % 2 == 0 else 7,)
    ]
    p.path(d(np.array(star) + [2, 3]), "#6a3b3b", f'fill-opacity=".4" {p.blur(2)}')
    p.path(d(np.array(star)), p.lin(474, 832, 498, 862, [(0, GOLDL), (0.5, GOLD), (1, GOLDD)]),
           'stroke="#8a5a2a" stroke-width="1.5" stroke-linejoin="round"')  # fmt: skip
    p.path(d(np.array([star[8], star[9], (486, 846)])), "#fff", 'fill-opacity=".7"')
    return p


def part_collarbow():
    """A wide satin collar with a navy line, and the bow with its stone."""
    p = Part("collarbow")
    for m in (0, 1):
        points = [(362, 770), (376, 738), (396, 716), (416, 712), (440, 730), (464, 764), (458, 800),
                  (424, 812), (392, 800)]  # fmt: skip
        points = mirror(points) if m else np.array(points, float)
        path = d(cr(points, True))
        p.path(path, "#5a478f", f'fill-opacity=".34" transform="translate(0 7)" {p.blur(4)}')
        p.path(path, p.lin(0, 712, 0, 812, [(0, "#fff"), (0.6, "#f6f1fd"), (1, "#d5cbef")]))
        x = (lambda q: [(720 - a, b) for a, b in q]) if m else (lambda q: q)
        p.open(p.clip(path))
        satin(p, x([(392, 730), (420, 752), (436, 790)]), SATINS, (0, 7, 0), 0.8)
        p.ink(x([(372, 780), (394, 790), (424, 800), (450, 790), (454, 766), (434, 738)]),
              [3, 3, 3, 3, 3, 2], NAVY2, 0.95)  # fmt: skip
        p.close()
        outline(p, points, SATINL, 2.4)
    bow(p, 360, 792, 0.94, (NAVY2, NAVYD, NAVYL), "#12133a", tails=((1, 132), (-1, 116)), droop=4)
    p.path("M360 774l14 12l-14 20l-14 -20Z",
           p.lin(346, 774, 374, 806, [(0, "#f2fffd"), (0.4, "#6ae6f2"), (1, "#2a6fd0")]),
           f'stroke="{GOLD}" stroke-width="3.2" stroke-linejoin="round"')  # fmt: skip
    p.path("M346 786h28l-14 20Z", "#1a58b8", 'fill-opacity=".35"')
    p.path("M355 781l6 -3l-4 9Z", "#fff", 'fill-opacity=".95"')
    return p


def part_shoulder(side):
    """The yoke from neck to armhole, over the top of the arm."""
    p = Part("shoulder" + side)
    m = side == "L"

    def x(q):
        return [(720 - a, b) for a, b in q] if m else q

    points = x([(444, 730), (486, 742), (524, 762), (552, 796), (560, 836), (546, 858), (524, 846),
                (506, 812), (476, 776), (448, 754)])  # fmt: skip
    path = d(cr(points, True))
    p.path(path, p.lin(0, 730, 0, 860, [(0, "#fffaf2"), (0.5, KNIT), (1, KNIT2)]))
    p.open(p.clip(path))
    stitches(p, 430, 720, 580, 870, lambda a, b: x([(a, b + (a - 440) * 0.34)])[0], KNITD, "#fff",
             opacity=0.5)  # fmt: skip
    p.path(d(cr(x([(470, 782), (506, 816), (524, 856), (480, 860)]), True)), "#a9776c",
           f'fill-opacity=".4" {p.blur(7)}')  # fmt: skip
    p.close()
    p.ink(x([(444, 730), (486, 742), (524, 762), (552, 796), (560, 836), (546, 858)]),
          [0.5, 2.4, 2.8, 2.8, 2.4, 0.5], KNITL, 0.95)  # fmt: skip
    p.ink(x([(546, 858), (524, 846), (506, 812), (476, 776)]), [1, 4.4, 4.4, 0.5], KNITD, 0.9)
    p.ink(x([(550, 852), (528, 842), (510, 810)]), [0, 2, 0], "#fff", 0.9)
    return p


def knit_bone(name, points, folds, ink, cable_path, turns):
    """One bone of a knit sleeve, pointing up; `ink` is the part of the outline that is drawn."""
    p = Part(name)
    path = d(cr(points, True))
    stops = [(0, "#e2c8b0"), (0.25, KNIT2), (0.55, "#fffaf2"), (0.8, KNIT2), (1, "#dcc0a6")]
    p.path(path, p.lin(-48, 0, 48, 0, stops))
    p.open(p.clip(path))
    top = min(y for _, y in points)
    stitches(p, -52, top, 52, 60, lambda a, b: (a, b + a * a * 0.003), KNITD, "#fff", opacity=0.55)
    cable(p, cable_path, 22, KNITD, "#fff8ee", KNITL, turns)
    p.path(f"M-60 60H-24Q-36 -60 -26 -150Q-34 -220 -20 {top}H-60Z", "#a9776c",
           f'fill-opacity=".34" {p.blur(8)}')  # fmt: skip
    p.path(f"M60 60H42Q40 -120 40 {top}H60Z", "#a9776c", f'fill-opacity=".24" {p.blur(5)}')
    for q in folds:
        p.ink(q, [0, 8, 0], "#b98f78", 0.6)
        p.ink([(a, b + 6) for a, b in q], [0, 3.4, 0], "#fff", 0.4)
    p.close()
    for line in ink:
        outline(p, line, KNITL, 2.8, closed=False)
    return p


def part_upperarm():
    """Shoulder at 0, elbow at -250."""
    points = [(-20, 36), (-42, 14), (-47, -30), (-46, -100), (-44, -180), (-43, -240), (-36, -274),
              (-16, -292), (12, -293), (34, -278), (44, -246), (47, -180), (48, -100), (47, -30),
              (42, 14), (20, 36)]  # fmt: skip
    folds = ([(-46, -204), (-18, -216), (14, -210)], [(46, -232), (18, -240), (-10, -234)],
             [(-44, -252), (-14, -246), (12, -250)], [(-46, -160), (-24, -172), (-4, -170)],
             [(46, -60), (20, -50), (-4, -54)])  # fmt: skip
    return knit_bone("upperarm", points, folds, [points[1:15]],
                     [(8, 20), (9, -100), (8, -200), (6, -286)], 14)  # fmt: skip


def part_forearm():
    """Elbow at 0, wrist at -196, with a ribbed cuff. Its upper end grows out of the other bone."""
    points = [(-30, 32), (-43, 6), (-45, -40), (-46, -100), (-42, -148), (-33, -168), (33, -168),
              (44, -148), (48, -100), (47, -40), (45, 6), (30, 32), (0, 43)]  # fmt: skip
    folds = ([(-44, -16), (-16, -8), (14, -14)], [(46, -30), (20, -22), (0, -26)],
             [(-46, -122), (-16, -132), (18, -124)], [(48, -142), (16, -150), (-14, -144)],
             [(-44, -84), (-20, -92), (0, -88)], [(46, -74), (26, -84), (8, -80)])  # fmt: skip
    p = knit_bone("forearm", points, folds, [points[1:6], points[6:12]],
                  [(8, 40), (9, -60), (9, -164)], 9)  # fmt: skip
    cuff = [(-34, -150), (-33, -170), (-31, -194), (-24, -202), (24, -202), (31, -194), (34, -170),
            (35, -150), (20, -144), (-20, -144)]  # fmt: skip
    q = d(cr(cuff, True))
    p.path(q, p.lin(-34, 0, 34, 0, [(0, "#dcc0a6"), (0.35, KNIT), (0.6, "#fffaf2"), (1, "#dcc0a6")]))
    p.open(p.clip(q))
    ribs(p, -34, 35, -206, -142, 10, KNITD, "#fff")
    for y in (-170, -180):
        p.ink([(-36, y), (0, y + 4), (36, y)], [4, 4, 4], NAVY2, 0.95)
    p.close()
    outline(p, cuff, KNITL, 2.6)
    return p
