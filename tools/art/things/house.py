"""Things for a room and a desk."""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, box, curve, lines, oval

from things.body import SIDE, volume


def lamp(main: str, deep: str, light: str, wood: str) -> Drawing:
    """A reading lamp, lit: wooden foot, slim arm, a domed shade."""
    art = Drawing(SIDE, SIDE)
    glow = lines([(170, 330), (470, 330), (640, 730), (60, 730)])
    art.path(glow, art.linear(0, 320, 0, 730, (0, "#ffe9a8", 0.75), (1, "#ffd27a", 0)), 1.0, 14)
    foot = curve(
        [
            (400, 690),
            (460, 672),
            (560, 668),
            (650, 676),
            (700, 696),
            (700, 724),
            (640, 746),
            (550, 750),
            (450, 744),
            (402, 724),
        ]
    )
    art.path(foot, art.linear(400, 670, 700, 750, (0, "#e8bd8c"), (0.5, wood), (1, "#7a4a2a")))
    art.path(oval(550, 694, 148, 24), art.linear(400, 670, 700, 716, (0, "#f5d3a8"), (1, wood)))
    for k in range(5):
        art.stroke(
            curve(
                [(420 + 8 * k, 690 + 3 * k), (550, 680 + 8 * k), (680 - 8 * k, 690 + 3 * k)], False
            ),
            "#8a5a34",
            2,
            0.35,
        )
    arm = curve([(556, 690), (566, 520), (556, 360), (500, 236), (400, 168), (322, 168)], False)
    art.stroke(arm, deep, 20)
    art.stroke(arm, main, 14)
    art.stroke(
        curve([(552, 690), (561, 520), (551, 362), (497, 240), (400, 163), (330, 163)], False),
        "#ffffff",
        4,
        0.65,
    )
    art.path(oval(556, 690, 30, 9), deep)
    art.path(oval(556, 686, 26, 8), main)
    shade = curve(
        [
            (282, 176),
            (282, 176),
            (300, 160),
            (340, 160),
            (358, 176),
            (420, 220),
            (462, 290),
            (470, 336),
            (470, 336),
            (320, 354),
            (170, 336),
            (170, 336),
            (178, 290),
            (220, 220),
        ]
    )
    art.path(shade, art.linear(170, 160, 470, 350, (0, light), (0.45, main), (1, deep)))
    volume(art, shade, 170, 470, deep, 0.8)
    art.path(
        curve([(220, 250), (250, 210), (268, 206), (236, 262), (216, 310), (206, 308)]),
        "#ffffff",
        0.65,
        4,
    )
    art.path(oval(320, 338, 150, 20), "#fff3c8")
    art.path(oval(320, 340, 120, 13), "#ffffff")
    art.path(
        oval(320, 345, 62, 26),
        art.radial(
            320, 345, 62, (0, "#ffffff"), (0.6, "#fff0b8", 0.9), (1, "#ffe08a", 0), squash=0.6
        ),
    )
    art.path(box(300, 140, 40, 26, 8), deep)
    return art


def blanket(main: str, deep: str, light: str, stripe: str) -> Drawing:
    """A woven throw, folded in three, tied with a leather band, fringes at the fold."""
    art = Drawing(SIDE, SIDE)
    chance = Random(5)
    layers = ((560, 716), (430, 580), (286, 450))
    for n, (top, foot) in enumerate(layers):
        for k in range(30):
            y = top + 14 + (foot - top - 28) * k / 29
            x = 676 + chance.uniform(-4, 4)
            end = x + chance.uniform(28, 46)
            d = curve([(x - 30, y), (x, y), (end, y + chance.uniform(2, 14))], False)
            art.stroke(d, deep, 6)
            art.stroke(d, main if k % 5 else stripe, 4)
        d = curve(
            [
                (150, top + 20),
                (150, top + 20),
                (260, top - 8),
                (420, top - 4),
                (560, top - 10),
                (676, top + 14),
                (676, top + 14),
                (690, (top + foot) / 2),
                (676, foot - 10),
                (676, foot - 10),
                (540, foot + 8),
                (400, foot + 4),
                (240, foot + 10),
                (150, foot - 16),
                (150, foot - 16),
                (108, foot - 40),
                (100, (top + foot) / 2),
                (112, top + 44),
            ]
        )
        art.path(d, art.linear(0, top, 0, foot, (0, light), (0.4, main), (1, deep)))
        with art.inside(d):
            for x in range(90, 700, 9):
                art.stroke(f"M{x} {top - 20}l6 {foot - top + 40}", deep, 2.4, 0.3)
                art.stroke(f"M{x + 4} {top - 20}l6 {foot - top + 40}", "#ffffff", 1.4, 0.22)
            for y in range(top - 10, foot + 10, 10):
                art.stroke(
                    curve([(90, y), (300, y - 4), (500, y + 3), (700, y)], False), deep, 1.6, 0.25
                )
            for x, wide in ((230, 12), (262, 34), (306, 12), (560, 12), (592, 34), (636, 12)):
                art.stroke(
                    curve([(x, top - 20), (x + 5, (top + foot) / 2), (x - 2, foot + 20)], False),
                    stripe,
                    wide,
                    0.82,
                )
            art.path(box(80, foot - 46, 640, 70), deep, 0.62, 16)
            art.path(box(80, top - 10, 640, 34), "#ffffff", 0.34, 10)
            art.path(box(80, top - 10, 60, 200), deep, 0.45, 20)
        if n < 2:
            art.stroke(
                curve([(120, top + 26), (400, top + 2), (670, top + 18)], False),
                "#1a1020",
                10,
                0.35,
                6,
            )
    belt = curve(
        [
            (396, 272),
            (396, 272),
            (448, 268),
            (448, 268),
            (458, 420),
            (462, 580),
            (452, 730),
            (452, 730),
            (398, 732),
            (398, 732),
            (408, 580),
            (406, 420),
        ]
    )
    art.path(belt, art.linear(396, 0, 460, 0, (0, "#c98a58"), (0.4, "#a5683a"), (1, "#6a3d20")))
    art.stroke(
        curve([(404, 280), (414, 420), (416, 580), (406, 724)], False),
        "#f3d1a4",
        2.5,
        0.7,
        dash="9 7",
    )
    art.stroke(
        curve([(441, 278), (450, 420), (454, 580), (444, 722)], False),
        "#f3d1a4",
        2.5,
        0.7,
        dash="9 7",
    )
    art.path(
        box(386, 470, 92, 72, 14),
        art.linear(386, 470, 478, 542, (0, "#fff0c8"), (0.5, "#d9a95c"), (1, "#8a5f28")),
    )
    art.path(box(404, 488, 56, 36, 8), "#6a3d20")
    art.stroke("M432 506H466", "#fff0c8", 7)
    return art


def headphones(main: str, deep: str, light: str, metal: str) -> Drawing:
    """Over-ear headphones, seen a little from the side."""
    art = Drawing(SIDE, SIDE)
    band = [
        (160, 470),
        (146, 330),
        (200, 180),
        (310, 100),
        (410, 84),
        (520, 104),
        (620, 190),
        (664, 340),
        (648, 470),
    ]
    art.stroke(curve(band, False), deep, 58)
    art.stroke(
        curve(band, False), art.linear(150, 0, 660, 0, (0, light), (0.4, main), (1, deep)), 48
    )
    art.stroke(curve([(x, y + 16) for x, y in band[1:-1]], False), "#16101f", 22, 0.5, 6)
    art.stroke(
        curve([(172, 300), (222, 190), (318, 120), (408, 104)], False), "#ffffff", 9, 0.65, 2.5
    )
    for k in range(13):
        t = (k + 3.5) / 19
        a = math.pi * (1 - t)
        x, y = 405 + 236 * math.cos(a), 352 - 236 * math.sin(a)
        art.stroke(
            f"M{x:.0f} {y:.0f}l{14 * math.cos(a):.0f} {-14 * math.sin(a):.0f}", "#ffffff", 2, 0.14
        )
    for s in (1, -1):
        x = 160 if s == 1 else 648
        art.path(
            box(x - 17, 400, 34, 130, 15),
            art.linear(x - 17, 0, x + 17, 0, (0, "#f2f2f7"), (0.4, metal), (1, "#6f7080")),
        )
    for s, cx in ((1, 190), (-1, 612)):
        pad = oval(cx + s * 46, 560, 62, 138)
        art.path(
            pad,
            art.linear(
                cx, 420, cx + s * 110, 700, (0, "#5a4a66"), (0.5, "#33273f"), (1, "#17101f")
            ),
        )
        with art.inside(pad):
            for k in range(11):
                art.stroke(
                    curve(
                        [
                            (cx - 10, 440 + k * 26),
                            (cx + s * 60, 436 + k * 26),
                            (cx + s * 120, 452 + k * 24),
                        ],
                        False,
                    ),
                    "#000000",
                    4,
                    0.3,
                    2,
                )
            art.stroke(oval(cx + s * 30, 560, 62, 138), "#ffffff", 7, 0.25, 4)
        cup = oval(cx, 560, 78, 146)
        art.path(cup, art.linear(cx - 78, 420, cx + 78, 700, (0, light), (0.45, main), (1, deep)))
        art.stroke(oval(cx, 560, 76, 144), metal, 5, 0.95)
        art.path(
            oval(cx - s * 4, 560, 56, 118),
            art.linear(cx - 50, 450, cx + 50, 680, (0, main), (1, deep)),
        )
        art.path(
            oval(cx - s * 4, 560, 56, 118),
            art.radial(cx - 24, 500, 100, (0, "#ffffff", 0.5), (1, "#ffffff", 0)),
        )
        art.stroke(oval(cx - s * 4, 560, 56, 118), "#ffffff", 2.5, 0.35)
        art.path(curve([(cx - 22, 566), (cx, 530), (cx + 22, 566), (cx, 584)]), metal, 0.95)
        art.path(
            curve([(cx - 62, 480), (cx - 44, 446), (cx - 52, 530), (cx - 62, 600), (cx - 70, 560)]),
            "#ffffff",
            0.55,
            4,
        )
    return art


def notebooks(first: str, second: str, third: str, deep: str) -> Drawing:
    """Three cloth notebooks, fanned, one with its ribbon and a pen."""
    art = Drawing(SIDE, SIDE)
    for turn, cover, shift in ((-13, third, -40), (-2, second, 4), (9, first, 40)):
        with art.group(f"rotate({turn} 400 760) translate({shift} 0)"):
            art.path(box(238, 136, 330, 520, 16), deep, 0.55, 14)
            art.path(box(236, 132, 332, 516, 14), "#fff8ec")
            for k in range(7):
                art.stroke(f"M{556 + k * 2} 146V636", "#c9b79c", 1, 0.8)
            art.path(box(226, 126, 332, 516, 16), cover)
            d = box(226, 126, 332, 516, 16)
            with art.inside(d):
                for k in range(70):
                    art.stroke(f"M{226 + k * 5} 120V650", "#ffffff", 1, 0.1)
                    art.stroke(f"M220 {126 + k * 8}H560", deep, 1, 0.12)
                art.path(
                    box(226, 120, 332, 530),
                    art.linear(
                        226,
                        126,
                        558,
                        642,
                        (0, "#ffffff", 0.34),
                        (0.45, "#ffffff", 0),
                        (1, deep, 0.5),
                    ),
                )
                art.path(box(226, 120, 40, 530), deep, 0.28)
                art.path(box(262, 120, 5, 530), deep, 0.35)
                art.path(box(268, 120, 3, 530), "#ffffff", 0.25)
    with art.group("rotate(9 400 760) translate(40 0)"):
        art.path(box(326, 232, 170, 106, 8), "#fff8ec", 0.96)
        art.stroke(box(334, 240, 154, 90, 5), "#d9a95c", 2.5)
        art.path(box(362, 270, 98, 9, 4), deep, 0.75)
        art.path(box(380, 294, 62, 6, 3), deep, 0.45)
        ribbon = curve([(470, 640), (474, 690), (462, 736), (478, 764)], False)
        art.stroke(ribbon, "#a52a48", 14)
        art.stroke(ribbon, "#ff6f8c", 9)
        art.path(box(520, 120, 16, 528, 3), "#2a1a30", 0.78)
        art.path(box(522, 120, 4, 528), "#ffffff", 0.25)
        with art.group("rotate(-14 590 400)"):
            art.path(box(584, 190, 30, 400, 14), deep, 0.5, 9)
            art.path(
                box(578, 180, 30, 400, 13),
                art.linear(
                    578,
                    0,
                    608,
                    0,
                    (0, "#5a4a6a"),
                    (0.3, "#d8cdea"),
                    (0.5, "#4a3a5a"),
                    (1, "#1f1528"),
                ),
            )
            art.path(
                lines([(578, 566), (608, 566), (596, 636), (590, 636)]),
                art.linear(578, 0, 608, 0, (0, "#8a5f28"), (0.35, "#fff0c8"), (1, "#8a5f28")),
            )
            art.path(box(576, 340, 34, 12, 3), "#d9a95c")
            art.path(box(600, 196, 8, 150, 4), "#d9a95c")
    return art
