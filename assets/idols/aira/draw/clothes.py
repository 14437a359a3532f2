"""Clothes, bows and headset."""

import numpy as np
from kit import *
from palette import *


def bowshape(p, x, y, s, c0, c1, c2, line, tails=True):
    T = lambda P: np.asarray(P, float) * s + [x, y]
    if tails:
        for sg in (1, -1):
            P = T(
                [
                    (sg * 4, 8),
                    (sg * 22, 40),
                    (sg * 34, 92),
                    (sg * 30, 120),
                    (sg * 12, 104),
                    (sg * -2, 112),
                    (sg * 2, 60),
                ]
            )
            p.shape(P, p.lin(x, y, x, y + 120 * s, [(0, c1), (0.5, c0), (1, c1)]))
            p.ink(
                np.vstack([cr(P, True), cr(P, True)[:1]]), [2.2 * s**0.5] * 2, line, 0.9, raw=True
            )
            p.ink(T([(sg * 8, 20), (sg * 18, 60), (sg * 22, 104)]), [0, 3 * s, 0], c2, 0.6)
    for sg in (1, -1):
        P = T(
            [
                (0, -8),
                (sg * 34, -40),
                (sg * 76, -46),
                (sg * 92, -16),
                (sg * 84, 26),
                (sg * 50, 36),
                (0, 12),
            ]
        )
        dd = d(cr(P, True))
        p.path(dd, p.lin(x, y - 46 * s, x, y + 36 * s, [(0, c2), (0.45, c0), (1, c1)]))
        p.open(p.clip(dd))
        p.path(
            d(
                cr(
                    T([(0, 0), (sg * 40, 2), (sg * 80, 22), (sg * 96, 50), (sg * 20, 50), (0, 20)]),
                    True,
                )
            ),
            c1,
            f'fill-opacity=".6" {p.blur(3 * s)}',
        )
        p.ink(T([(sg * 8, -4), (sg * 34, -14), (sg * 60, -30)]), [0, 5 * s, 0], c1, 0.75)
        p.ink(T([(sg * 8, 4), (sg * 36, 10), (sg * 62, 22)]), [0, 5 * s, 0], c1, 0.75)
        p.ink(T([(sg * 40, -36), (sg * 66, -40), (sg * 84, -24)]), [0, 5 * s, 0], "#fff", 0.6)
        p.close()
        p.ink(np.vstack([cr(P, True), cr(P, True)[:1]]), [2.6 * s**0.5] * 2, line, 0.95, raw=True)
    P = T([(-13, -16), (13, -16), (16, 0), (13, 17), (-13, 17), (-16, 0)])
    p.shape(P, p.lin(x - 14 * s, y, x + 14 * s, y, [(0, c2), (0.5, c0), (1, c1)]))
    p.ink(np.vstack([cr(P, True), cr(P, True)[:1]]), [2.4 * s**0.5] * 2, line, 0.95, raw=True)


def part_hairbow():
    p = Part("hairbow")
    p.open('transform="rotate(24 506 268)"')
    bowshape(p, 506, 268, 0.62, PK, PKD, PKL, "#7d1f4e", tails=True)
    p.close()

    return p


def part_pins():
    p = Part("pins")

    def star(x, y, R, c):
        p.path(
            d(
                np.array(
                    [
                        (
                            x + np.sin(i * np.pi / 5 + 0.2) * (R if i % 2 == 0 else R * 0.5),
                            y - np.cos(i * np.pi / 5 + 0.2) * (R if i % 2 == 0 else R * 0.5),
                        )
                        for i in range(10)
                    ]
                )
            ),
            c,
            'stroke="#9a6428" stroke-width="1.6" stroke-linejoin="round"',
        )

    star(232, 330, 17, p.lin(220, 315, 245, 345, [(0, "#fff3c4"), (0.5, GOLD), (1, "#d99a45")]))
    star(214, 362, 10, p.lin(205, 350, 225, 372, [(0, "#fff"), (1, "#bfe9ff")]))
    return p


def part_headset():
    p = Part("headset")
    # ear cup on screen-left + boom mic
    p.path("M186 420a30 44 0 1 0 60 0a30 44 0 1 0 -60 0Z", "#241a4a")
    p.path(
        "M186 417a27 41 0 1 0 54 0a27 41 0 1 0 -54 0Z",
        p.lin(186, 380, 240, 460, [(0, "#fff"), (0.5, "#efe6fb"), (1, "#b9a5df")]),
        'stroke="#4b3a86" stroke-width="2"',
    )
    p.path(
        "M196 418a16 26 0 1 0 32 0a16 26 0 1 0 -32 0Z",
        p.rad(208, 410, 30, [(0, "#ffc2d8"), (0.6, PK), (1, PKD)]),
    )
    p.path(
        "M212 405c-5 -5 -8 -7 -8 -11a4.3 4.3 0 0 1 8 -2a4.3 4.3 0 0 1 8 2c0 4 -3 6 -8 11Z",
        "#fff",
        'transform="translate(0 16)" fill-opacity=".95"',
    )
    p.ink([(208, 458), (212, 520), (244, 572), (298, 596)], [5, 4.5, 4, 4], "#2c2154")
    p.ink([(208, 458), (212, 520), (244, 572), (298, 596)], [2, 1.6, 1.4, 1.2], "#b9a5df", 0.9)
    p.path(
        "M290 588q18 -4 27 6q4 9 -6 13q-18 4 -27 -6q-3 -9 6 -13Z",
        p.lin(290, 585, 310, 610, [(0, "#6a5aa8"), (0.5, "#2c2154"), (1, "#17102f")]),
        'stroke="#1a1236" stroke-width="1.5"',
    )
    p.path(
        "M292 592q8 -3 14 0", "none", 'stroke="#cdbff0" stroke-width="1.6" stroke-linecap="round"'
    )
    return p


def sym(p, pts, fill, extra="", line=None, lw=(1, 2.6, 2.6, 1)):
    for m in (0, 1):
        P = np.array(pts, float)
        P = mirror(P) if m else P
        p.shape(P, fill, extra)
        if line:
            C = cr(P, True)
            p.ink(np.vstack([C, C[:1]]), lw, line, 0.95, raw=True)


BODY_R = [
    (360, 716),
    (404, 716),
    (440, 728),
    (478, 744),
    (508, 770),
    (524, 830),
    (520, 900),
    (506, 960),
    (486, 1040),
    (478, 1100),
    (520, 1200),
    (560, 1330),
    (360, 1340),
]


def part_torso():
    p = Part("torso")
    R = np.array(BODY_R, float)
    P = np.vstack([R, mirror(R)[::-1][1:-1]])
    dd = d(cr(P, True))
    # white blouse
    p.path(dd, p.lin(0, 740, 0, 1120, [(0, "#ffffff"), (0.5, "#fdf7ff"), (1, "#e9ddf6")]))
    p.open(p.clip(dd))
    for x in (300, 420):
        p.path(
            f"M{x - 70} 900Q{x} 990 {x + 70} 900Q{x + 40} 1010 {x} 1014Q{x - 40} 1010 {x - 70} 900Z",
            "#b9a6df",
            f'fill-opacity=".38" {p.blur(9)}',
        )
    p.path("M330 760H390L384 1100H336Z", "#cdbcec", f'fill-opacity=".35" {p.blur(10)}')
    # neckline opening + skin
    n = d(
        cr(
            [(318, 716), (402, 716), (412, 742), (396, 792), (360, 822), (324, 792), (308, 742)],
            True,
        )
    )
    # pleats
    for x in (316, 330, 390, 404):
        p.ink(
            [(x, 790), (x + (x - 360) * 0.05, 900), (x + (x - 360) * -0.1, 1080)],
            [0, 2.6, 0.6],
            "#b7a2dd",
            0.75,
        )
    # frill placket
    for y in range(800, 1090, 26):
        for s in (1, -1):
            p.path(
                f"M360 {y}q{s * 16} -4 {s * 24} 8q{s * 2} 10 {s * -4} 16q{s * -12} 6 {s * -20} 2Z",
                "#fff",
                'stroke="#b7a2dd" stroke-width="1.6"',
            )
    for y in (860, 922, 984, 1046):
        p.path(
            f"M354 {y}a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z",
            p.rad(358, y - 2, 7, [(0, "#fff3c8"), (0.6, GOLD), (1, GOLDD)]),
            'stroke="#8a5a2a" stroke-width="1"',
        )
    # high waist skirt
    sk = "M180 1096Q360 1120 540 1096L640 1400H80Z"
    p.path(sk, p.lin(0, 1090, 0, 1300, [(0, NAVY2), (1, NAVYD)]))
    for k in range(-5, 6):
        p.ink(
            [(360 + k * 30, 1112), (360 + k * 46, 1200), (360 + k * 60, 1330)],
            [1, 7, 12],
            NAVYD,
            0.75,
        )
        p.ink(
            [(366 + k * 30, 1112), (368 + k * 46, 1200), (370 + k * 60, 1330)],
            [0.5, 2, 3],
            "#6a68c8",
            0.5,
        )
    p.path(
        "M180 1084Q360 1110 540 1084V1122Q360 1148 180 1122Z",
        p.lin(180, 0, 540, 0, [(0, NAVYD), (0.5, "#4a49a0"), (1, NAVYD)]),
    )
    p.path("M180 1084Q360 1110 540 1084V1089Q360 1115 180 1089Z", GOLD)
    p.path("M180 1117Q360 1143 540 1117V1122Q360 1148 180 1122Z", GOLD)
    p.close()
    return p


def part_jacket():
    p = Part("jacket")
    for m in (0, 1):
        X = lambda P: mirror(P) if m else np.asarray(P, float)
        P = X(
            [
                (402, 722),
                (440, 728),
                (482, 746),
                (512, 772),
                (528, 830),
                (524, 900),
                (512, 960),
                (500, 1030),
                (464, 1046),
                (436, 1000),
                (424, 930),
                (430, 850),
                (420, 790),
                (398, 748),
            ]
        )
        dd = d(cr(P, True))
        p.path(dd, p.lin(0, 740, 0, 1040, [(0, NAVY2), (0.45, NAVY), (1, NAVYD)]))
        p.open(p.clip(dd))
        p.path(
            d(
                cr(
                    X([(540, 760), (500, 840), (500, 930), (520, 1050), (570, 1050), (580, 760)]),
                    True,
                )
            ),
            NAVYD,
            f'fill-opacity=".65" {p.blur(10)}',
        )
        p.path(
            d(
                cr(
                    X([(440, 738), (470, 760), (480, 840), (462, 930), (446, 860), (446, 790)]),
                    True,
                )
            ),
            "#7f7ee0",
            f'fill-opacity=".35" {p.blur(9)}',
        )
        p.ink(X([(528, 840), (504, 870), (490, 910)]), [0, 3.5, 0], NAVYD, 0.8)
        p.ink(X([(530, 880), (508, 915), (498, 960)]), [0, 3, 0], NAVYD, 0.8)
        p.close()
        E = X(
            [(398, 748), (420, 790), (430, 850), (424, 930), (436, 1000), (464, 1046), (500, 1030)]
        )
        p.ink(E, [5, 5, 5, 5], GOLDD)
        p.ink(E, [3.4, 3.4, 3.4, 3.4], GOLD)
        # lapel
        Lp = X(
            [
                (398, 730),
                (438, 742),
                (474, 800),
                (478, 846),
                (452, 838),
                (446, 868),
                (424, 826),
                (404, 780),
            ]
        )
        dl = d(cr(Lp, True))
        p.path(
            dl,
            p.lin(0, 730, 0, 870, [(0, "#5150ac"), (1, NAVY)]),
            f'stroke="{NAVYD}" stroke-width="2"',
        )
        p.ink(X([(404, 748), (440, 756), (470, 806), (472, 838)]), [0.5, 2.4, 2.4, 0.5], GOLD, 0.95)
        p.ink(
            X(
                [
                    (440, 728),
                    (482, 746),
                    (512, 772),
                    (528, 830),
                    (524, 900),
                    (512, 960),
                    (500, 1030),
                ]
            ),
            [1, 2.8, 2.8, 2.6, 1],
            NAVYD,
            1,
        )
    # pocket brooch star
    p.path(
        d(
            np.array(
                [
                    (
                        486 + np.sin(i * np.pi / 5) * (13 if i % 2 == 0 else 6),
                        892 - np.cos(i * np.pi / 5) * (13 if i % 2 == 0 else 6),
                    )
                    for i in range(10)
                ]
            )
        ),
        p.lin(475, 880, 497, 905, [(0, "#fff3c4"), (1, GOLD)]),
        'stroke="#9a6428" stroke-width="1.4"',
    )
    return p


def part_collarbow():
    p = Part("collarbow")
    for s in (1, -1):
        P = np.array(
            [(360, 742), (384, 716), (410, 706), (430, 724), (432, 752), (400, 764), (376, 780)],
            float,
        )
        P = mirror(P) if s < 0 else P
        p.shape(P, p.lin(0, 706, 0, 780, [(0, "#fff"), (1, "#e6d9f6")]))
        C = cr(P, True)
        p.ink(np.vstack([C, C[:1]]), [2, 2], "#8f7bc0", 0.9, raw=True)
        Q = np.array([(392, 730), (410, 722), (422, 738)], float)
        p.ink(mirror(Q) if s < 0 else Q, [0, 2, 0], "#b7a2dd", 0.9)
    bowshape(p, 360, 776, 0.98, PK, PKD, PKL, "#7d1f4e")
    p.path(
        "M360 760l13 12l-13 18l-13 -18Z",
        p.lin(347, 760, 373, 790, [(0, "#e9fffb"), (0.4, "#59e0f0"), (1, "#2a6fd0")]),
        'stroke="#f2c879" stroke-width="3" stroke-linejoin="round"',
    )
    p.path("M356 766l5 -2l-3 9Z", "#fff", 'fill-opacity=".9"')
    return p


def part_shoulder(side):
    """The puff that covers a shoulder joint; it lies over the upper arm."""
    p = Part("shoulder" + side)
    for m in (side == "L",):
        X = lambda P: mirror(P) if m else np.asarray(P, float)
        Q = X(
            [
                (492, 744),
                (520, 734),
                (560, 750),
                (588, 786),
                (592, 826),
                (560, 834),
                (524, 816),
                (500, 784),
            ]
        )
        p.path(
            d(cr(Q, True)), p.lin(0, 734, 0, 834, [(0, "#6f6dd0"), (0.45, "#4a48a4"), (1, NAVY)])
        )
        p.open(p.clip(d(cr(Q, True))))
        for a in ([(516, 742), (520, 776), (530, 812)], [(542, 746), (552, 784), (556, 822)]):
            p.ink(X(a), [0, 4, 0], NAVYD, 0.45)
        p.ink(X([(530, 744), (560, 762), (578, 796)]), [0, 7, 0], "#a9a8ff", 0.45)
        p.close()
        C = cr(Q, True)
        p.ink(np.vstack([C, C[:1]]), [2.6, 2.6], NAVYD, 1, raw=True)
        hem = X([(506, 792), (530, 812), (562, 826), (588, 822)])
        p.ink(hem, [3, 5, 5, 3], GOLDD)
        p.ink(hem, [2, 3.4, 3.4, 2], GOLD)
    return p
