"""The products of the demo shows, drawn as cut-outs of 800 x 800: every one our own invention.

Light comes from the upper left, a cool bounce from the right, as in the studio.
"""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, Point, box, curve, lines, mirrored, oval

SIDE = 800


def _volume(art: Drawing, d: str, x0: float, x1: float, dark: str, strength: float = 1.0) -> None:
    """Shade a round thing between x0 and x1: a light band, a dark side, a bounce at the edge."""
    w = x1 - x0
    with art.inside(d):
        art.path(
            box(x0, 0, w, SIDE),
            art.linear(
                x0, 0, x1, 0,
                (0, dark, 0.42 * strength), (0.12, dark, 0.06), (0.3, "#ffffff", 0.28),
                (0.4, "#ffffff", 0.04), (0.62, dark, 0.12), (0.9, dark, 0.55 * strength),
                (1, dark, 0.2),
            ),
        )  # fmt: skip


def jacket(main: str, deep: str, light: str, accent: str) -> Drawing:
    """A running jacket, zipped, sleeves hanging."""
    art = Drawing(SIDE, SIDE)
    sleeve: list[Point] = [
        (236, 138), (236, 138), (176, 176), (132, 330), (104, 500), (92, 652), (92, 652),
        (128, 676), (182, 672), (182, 672), (196, 540), (226, 420), (262, 330), (262, 330),
    ]  # fmt: skip
    body: list[Point] = [
        (322, 98), (322, 98), (270, 122), (232, 140), (226, 240), (238, 400), (230, 560),
        (222, 716), (222, 716), (310, 734), (400, 738), (490, 734), (578, 716), (578, 716),
        (570, 560), (562, 400), (574, 240), (568, 140), (530, 122), (478, 98), (478, 98),
        (400, 120),
    ]  # fmt: skip
    for points, side in ((sleeve, 1), (mirrored(sleeve, 400), -1)):
        d = curve(points)
        edge = 90 if side == 1 else 710
        art.path(d, art.linear(edge, 0, edge + side * 180, 0, (0, light), (0.4, main), (1, deep)))
        with art.inside(d):
            x = 400 - side * 255
            for k, (y, bend) in enumerate(((360, 26), (420, -20), (500, 22), (588, -16))):
                fold = curve([(x - 55, y + bend), (x, y), (x + 60, y - bend)], closed=False)
                art.stroke(fold, deep, 14, 0.5, 7)
                art.stroke(fold, light, 5, 0.35, 4) if k % 2 else None
            art.path(curve([(p[0] + side * 70, p[1] + 30) for p in points]), deep, 0.55, 22)
            art.path(box(60, 640, 680, 50), deep, 0.75)
            band = curve([(x - 60, 470), (x, 486), (x + 60, 470)], closed=False)
            art.stroke(band, accent, 13, 0.95)
            art.stroke(band, "#ffffff", 3, 0.8)
    d = curve(body)
    art.path(d, art.linear(220, 100, 600, 740, (0, light), (0.35, main), (1, deep)))
    with art.inside(d):
        for s in (1, -1):
            side_panel = [(226, 330), (262, 330), (292, 520), (286, 760), (200, 760), (200, 330)]
            panel = side_panel if s == 1 else mirrored(side_panel, 400)
            art.path(curve(panel), deep, 0.62)
            art.stroke(curve(panel[1:4], closed=False), light, 2.5, 0.55)
            yoke = [(322, 98), (330, 160), (300, 220), (226, 262), (200, 120)]
            yoke = yoke if s == 1 else mirrored(yoke, 400)
            art.path(curve(yoke), deep, 0.5)
            art.stroke(curve(yoke[1:4], closed=False), accent, 4, 0.95)
        for x, tilt, y in ((300, 18, 560), (505, -22, 600), (340, 30, 420), (470, -26, 330)):
            art.stroke(
                curve([(x, y - 70), (x + tilt, y), (x + tilt * 0.4, y + 90)], closed=False),
                deep, 20, 0.34, 11,
            )  # fmt: skip
            art.stroke(
                curve([(x + 20, y - 60), (x + 20 + tilt, y), (x + 16, y + 70)], closed=False),
                "#ffffff", 8, 0.2, 6,
            )  # fmt: skip
        art.path(box(392, 90, 70, 660), deep, 0.4, 12)
        art.path(box(200, 700, 400, 60), deep, 0.5)
        art.stroke(curve([(222, 700), (400, 722), (578, 700)], closed=False), light, 2, 0.4)
    for s in (1, -1):
        pocket = [(316, 520), (288, 610)] if s == 1 else [(484, 520), (512, 610)]
        art.stroke(lines(pocket, closed=False), deep, 9, 0.9)
        art.stroke(lines(pocket, closed=False), accent, 3)
    collar = curve(
        [(322, 98), (322, 98), (336, 52), (352, 44), (400, 52), (448, 44), (464, 52), (478, 98),
         (478, 98), (440, 126), (400, 134), (360, 126)]
    )  # fmt: skip
    art.path(collar, art.linear(322, 44, 478, 134, (0, light), (0.5, main), (1, deep)))
    art.path(curve([(350, 60), (400, 66), (450, 60), (438, 84), (400, 92), (362, 84)]), deep, 0.85)
    art.stroke("M400 90V734", deep, 13)
    art.stroke("M400 90V734", "#dfe4f2", 5, 0.9, dash="5 6")
    art.path(box(392, 150, 16, 34, 7), art.linear(392, 0, 408, 0, (0, "#ffffff"), (1, "#9aa3bd")))
    art.path(box(396, 180, 8, 26, 4), accent)
    art.path(curve([(474, 292), (496, 270), (520, 284), (498, 300)]), accent)
    art.path(curve([(482, 306), (504, 290), (522, 300), (502, 314)]), "#ffffff", 0.85)
    return art


def scarf(main: str, deep: str, light: str, stripe: str) -> Drawing:
    """A wool scarf, looped, its ends hanging with fringes."""
    art = Drawing(SIDE, SIDE)
    chance = Random(3)
    tails = (
        ([(420, 330), (540, 330), (560, 480), (548, 640), (548, 640), (428, 652), (428, 652),
          (436, 500)], 428, 548, 645),
        ([(286, 330), (416, 330), (408, 470), (392, 680), (392, 680), (258, 668), (258, 668),
          (282, 480)], 258, 392, 674),
    )  # fmt: skip
    for points, x0, x1, foot in tails:
        for k in range(17):
            x = x0 + 4 + (x1 - x0 - 8) * k / 16
            sway = chance.uniform(-9, 9)
            end = foot + chance.uniform(54, 74)
            d = curve([(x, foot - 14), (x + sway * 0.3, foot + 30), (x + sway, end)], closed=False)
            art.stroke(d, deep, 8)
            art.stroke(d, main if k % 4 else stripe, 5)
        d = curve(points)
        art.path(d, art.linear(x0 - 20, 0, x1 + 20, 0, (0, light), (0.45, main), (1, deep)))
        with art.inside(d):
            for y in (foot - 150, foot - 96, foot - 60):
                across = curve([(x0 - 30, y - 6), ((x0 + x1) / 2, y + 8), (x1 + 40, y - 8)], False)
                art.stroke(across, stripe, 26 if y == foot - 96 else 9, 0.95)
            _ribs(art, points, deep, light)
            art.stroke(curve(points), deep, 26, 0.5, 12)
    loop = [
        (196, 280), (210, 170), (300, 104), (410, 88), (520, 108), (600, 178), (610, 282),
        (556, 372), (430, 412), (300, 392), (222, 350),
    ]  # fmt: skip
    hole = [
        (296, 212),
        (340, 168),
        (406, 156),
        (474, 170),
        (510, 212),
        (470, 244),
        (404, 256),
        (336, 244),
    ]
    d = curve(loop)
    art.path(d, art.linear(200, 90, 600, 420, (0, light), (0.42, main), (1, deep)))
    with art.inside(d):
        for k in range(84):
            a = math.tau * k / 84
            rib = [
                (404 + reach * math.cos(a), 206 + drop + fall * math.sin(a))
                for reach, drop, fall in ((96, 0, 44), (160, 10, 96), (225, 46, 175))
            ]
            art.stroke(curve(rib, False), deep, 2.6, 0.34)
            art.stroke(curve([(x + 4, y) for x, y in rib], False), "#ffffff", 1.6, 0.16)
        for reach, drop, fall in ((136, 6, 74), (184, 22, 122)):
            fold = oval(404, 206 + drop, reach, fall)
            art.stroke(fold, deep, 12, 0.3, 7)
            art.stroke(oval(404, 200 + drop, reach - 8, fall - 7), light, 7, 0.4, 4)
        art.stroke(d, deep, 30, 0.42, 14)
    art.path(curve(hole), art.linear(300, 150, 500, 260, (0, "#1c1026"), (1, deep)))
    with art.inside(curve(hole)):
        back = [
            (280, 230),
            (340, 166),
            (406, 150),
            (474, 166),
            (530, 230),
            (470, 200),
            (404, 192),
            (340, 204),
        ]
        art.path(curve(back), main, 0.75, 3)
        art.stroke(curve(hole), "#000000", 22, 0.35, 10)
    art.stroke(curve(hole[:5], False), light, 5, 0.6, 1.5)
    return art


def _ribs(art: Drawing, points: list[Point], deep: str, light: str) -> None:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x = min(xs) - 20
    while x < max(xs) + 20:
        middle = (min(ys) + max(ys)) / 2
        rib = curve([(x + 14, min(ys)), (x + 4, middle), (x, max(ys))], False)
        art.stroke(rib, deep, 3, 0.34)
        art.stroke(
            curve([(px + 4, py) for px, py in ((x + 14, min(ys)), (x, max(ys)))], False),
            light,
            2,
            0.2,
        )
        x += 11


def bottle(main: str, deep: str, light: str, cap: str) -> Drawing:
    """An insulated bottle with a loop on its lid."""
    art = Drawing(SIDE, SIDE)
    loop = curve([(340, 132), (346, 70), (400, 46), (454, 70), (460, 132)], False)
    art.stroke(loop, "#2a2136", 26)
    art.stroke(loop, cap, 17)
    art.stroke(curve([(346, 110), (356, 76), (398, 58)], False), "#ffffff", 5, 0.6)
    lid = box(312, 118, 176, 96, 26)
    art.path(lid, cap)
    _volume(art, lid, 312, 488, "#2a1830")
    for k in range(13):
        art.stroke(f"M{322 + k * 13} 150V200", "#000000", 2, 0.13)
    art.path(
        box(318, 208, 164, 16, 4),
        art.linear(
            318, 0, 482, 0, (0, "#8b8f9c"), (0.3, "#ffffff"), (0.7, "#9a9eac"), (1, "#d5d8e0")
        ),
    )
    body = curve(
        [(322, 222), (322, 222), (300, 262), (284, 320), (284, 420), (284, 560), (284, 700),
         (284, 700), (300, 746), (340, 758), (400, 760), (460, 758), (500, 746), (516, 700),
         (516, 700), (516, 560), (516, 420), (516, 320), (500, 262), (478, 222), (478, 222)]
    )  # fmt: skip
    art.path(body, art.linear(0, 222, 0, 760, (0, light), (0.45, main), (1, deep)))
    _volume(art, body, 284, 516, deep)
    with art.inside(body):
        art.path(box(330, 250, 14, 470, 7), "#ffffff", 0.55, 4)
        art.path(box(270, 716, 260, 60), "#1c1026", 0.25)
        art.path(box(270, 712, 260, 5), "#ffffff", 0.5)
        hill = curve(
            [
                (284, 610),
                (330, 556),
                (372, 590),
                (420, 520),
                (470, 580),
                (516, 548),
                (540, 740),
                (260, 740),
            ]
        )
        art.path(hill, "#ffffff", 0.16)
        hill = curve(
            [(284, 650), (350, 606), (410, 640), (470, 600), (530, 640), (540, 740), (260, 740)]
        )
        art.path(hill, "#ffffff", 0.18)
        art.path(oval(452, 470, 24, 24), "#ffffff", 0.55)
    return art


def candle(glass: str, wax: str, deep: str, flower: str) -> Drawing:
    """A scented candle in a glass, burning, with a sprig on its label."""
    art = Drawing(SIDE, SIDE)
    art.path(
        oval(400, 190, 150, 150),
        art.radial(400, 190, 150, (0, "#ffd27a", 0.75), (0.4, "#ffb35a", 0.28), (1, "#ff9a5a", 0)),
    )
    body = curve(
        [(216, 300), (216, 300), (214, 460), (222, 640), (238, 716), (300, 742), (400, 748),
         (500, 742), (562, 716), (578, 640), (586, 460), (584, 300), (584, 300)]
    )  # fmt: skip
    art.path(body, art.linear(0, 290, 0, 750, (0, glass), (0.5, glass), (1, deep)), 0.96)
    with art.inside(body):
        art.path(
            box(200, 352, 400, 420),
            art.linear(0, 352, 0, 740, (0, wax), (0.2, wax), (1, deep, 0.9)),
            0.9,
        )
        art.path(
            oval(400, 380, 220, 120),
            art.radial(
                400, 372, 220, (0, "#fff2c4", 0.95), (0.5, "#ffd08a", 0.45), (1, "#ffb060", 0)
            ),
        )
    art.path(oval(400, 300, 184, 42), deep, 0.55)
    art.path(oval(400, 302, 174, 36), art.linear(0, 264, 0, 340, (0, deep), (1, glass)))
    art.path(
        oval(400, 350, 176, 30),
        art.radial(400, 344, 176, (0, "#fffbe6"), (0.4, "#ffe4ae"), (1, wax), squash=0.9),
    )
    art.stroke("M400 352C402 330 397 318 401 300", "#4a3028", 7)
    flame = curve(
        [(400, 150), (400, 150), (428, 214), (430, 262), (400, 306), (370, 262), (376, 208)]
    )
    art.path(
        flame,
        art.radial(
            400, 262, 100, (0, "#fffef0"), (0.35, "#fff0a8"), (0.7, "#ffb84a"), (1, "#ff8a3a", 0.9)
        ),
    )
    art.path(curve([(400, 216), (412, 256), (400, 292), (388, 256)]), "#ffffff", 0.9, 3)
    _volume(art, body, 214, 586, deep, 0.8)
    art.stroke(
        curve([(218, 300), (250, 330), (400, 342), (550, 330), (582, 300)], False),
        "#ffffff",
        5,
        0.75,
    )
    art.path(box(256, 340, 16, 330, 8), "#ffffff", 0.6, 4)
    label = box(300, 444, 200, 214, 12)
    art.path(label, art.linear(300, 444, 500, 658, (0, "#fffaf0"), (1, "#f4e2cf")))
    art.stroke(box(312, 456, 176, 190, 7), flower, 2, 0.8)
    art.stroke(curve([(352, 610), (392, 560), (420, 500)], False), "#7a8a52", 6)
    for x, y, turn in (
        (368, 582, -60),
        (384, 548, 20),
        (410, 556, 60),
        (402, 520, -30),
        (430, 524, 50),
    ):
        with art.group(f"translate({x} {y}) rotate({turn})"):
            art.path(
                curve([(0, 0), (14, -10), (38, 0), (14, 10)]),
                art.linear(0, 0, 38, 0, (0, "#8fa35e"), (1, "#b9c98a")),
            )
    for x, y in ((372, 534), (420, 494), (396, 588), (436, 552), (352, 566), (400, 502)):
        for k in range(4):
            a = k * math.pi / 2 + x
            art.path(oval(x + 8 * math.cos(a), y + 8 * math.sin(a), 7.5, 7.5), flower)
        art.path(oval(x, y, 4, 4), "#fff3c0")
    art.path(box(350, 622, 100, 6, 3), "#8a6a4a", 0.75)
    return art


def serum(glass: str, deep: str, light: str, gold: str) -> Drawing:
    """A dropper bottle of a clear serum."""
    art = Drawing(SIDE, SIDE)
    bulb = curve(
        [
            (362, 150),
            (362, 150),
            (360, 84),
            (376, 42),
            (400, 36),
            (424, 42),
            (440, 84),
            (438, 150),
            (438, 150),
        ]
    )
    art.path(bulb, art.linear(360, 0, 440, 0, (0, "#ffffff"), (0.5, "#f3e6f0"), (1, "#b79ec0")))
    art.path(box(374, 60, 9, 80, 5), "#ffffff", 0.95, 2)
    neck = box(346, 146, 108, 90, 14)
    art.path(neck, gold)
    _volume(art, neck, 346, 454, "#6a3a18")
    for k in range(10):
        art.stroke(f"M{356 + k * 10} 160V224", "#5a3010", 2, 0.2)
    body = curve(
        [(352, 234), (352, 234), (340, 262), (280, 300), (262, 350), (262, 480), (262, 690),
         (262, 690), (276, 742), (320, 756), (400, 758), (480, 756), (524, 742), (538, 690),
         (538, 690), (538, 480), (538, 350), (520, 300), (460, 262), (448, 234), (448, 234)]
    )  # fmt: skip
    art.path(body, art.linear(0, 234, 0, 758, (0, light), (0.4, glass), (1, deep)), 0.95)
    with art.inside(body):
        art.path(
            box(240, 330, 320, 440), art.linear(0, 330, 0, 760, (0, light, 0.9), (1, deep, 0.85))
        )
        art.path(oval(400, 332, 140, 15), "#ffffff", 0.65)
        art.path(box(390, 230, 20, 420, 8), "#ffffff", 0.42)
        art.path(curve([(388, 640), (412, 640), (404, 694), (396, 694)]), "#ffffff", 0.5)
        for x, y, r in (
            (306, 640, 12),
            (330, 690, 7),
            (486, 620, 9),
            (470, 700, 14),
            (318, 560, 6),
            (500, 520, 7),
            (352, 720, 9),
        ):
            art.path(oval(x, y, r, r), "#ffffff", 0.35)
            art.path(oval(x - r * 0.3, y - r * 0.3, r * 0.35, r * 0.35), "#ffffff", 0.9)
    _volume(art, body, 262, 538, deep)
    art.path(
        curve([(290, 330), (306, 320), (310, 520), (304, 700), (290, 690), (286, 500)]),
        "#ffffff",
        0.7,
        3,
    )
    label = box(312, 430, 176, 200, 10)
    art.path(label, "#ffffff", 0.9)
    art.path(
        curve([(400, 458), (430, 506), (426, 534), (400, 548), (374, 534), (370, 506)]),
        art.linear(370, 458, 430, 548, (0, light), (1, deep)),
    )
    art.path(curve([(384, 512), (390, 496), (394, 520), (388, 534)]), "#ffffff", 0.85)
    art.path(box(346, 572, 108, 9, 4), deep, 0.8)
    art.path(box(364, 594, 72, 5, 2), deep, 0.45)
    return art


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
    _volume(art, shade, 170, 470, deep, 0.8)
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


def tote(main: str, deep: str, light: str, trim: str) -> Drawing:
    """A canvas tote with leather handles and a small printed landscape."""
    art = Drawing(SIDE, SIDE)
    back = curve(
        [(292, 320), (296, 170), (340, 84), (400, 70), (460, 84), (504, 170), (508, 320)], False
    )
    art.stroke(back, "#3a2416", 26)
    art.stroke(back, trim, 19, 0.8)
    body = curve(
        [
            (176, 286),
            (176, 286),
            (172, 440),
            (160, 600),
            (156, 716),
            (156, 716),
            (190, 748),
            (300, 756),
            (400, 758),
            (500, 756),
            (610, 748),
            (644, 716),
            (644, 716),
            (640, 600),
            (628, 440),
            (624, 286),
            (624, 286),
            (520, 300),
            (400, 304),
            (280, 300),
        ]
    )
    art.path(body, art.linear(156, 286, 644, 758, (0, light), (0.45, main), (1, deep)))
    with art.inside(body):
        for k in range(90):
            art.stroke(f"M{150 + k * 5.6:.1f} 280V770", deep, 1, 0.12)
            art.stroke(f"M150 {280 + k * 5.6:.1f}H650", deep, 1, 0.1)
        for x, tilt in ((214, 22), (300, -14), (520, 18), (590, -24)):
            art.stroke(
                curve([(x, 330), (x + tilt, 520), (x - tilt, 740)], False), deep, 26, 0.28, 14
            )
            art.stroke(
                curve([(x + 26, 340), (x + 22 + tilt, 520), (x + 24, 720)], False),
                "#ffffff",
                12,
                0.26,
                9,
            )
        art.path(box(150, 270, 500, 50), deep, 0.18)
        art.stroke(curve([(176, 322), (400, 338), (624, 322)], False), trim, 3, 0.8, dash="9 7")
        art.path(box(140, 690, 520, 80), trim, 0.94)
        art.stroke("M150 698H650", "#ffffff", 2.5, 0.45, dash="9 7")
    sun = oval(400, 500, 96, 96)
    art.path(sun, "#fff7ea", 0.92)
    with art.inside(sun):
        art.path(oval(428, 470, 30, 30), "#f2a65a")
        art.path(
            curve(
                [(290, 540), (350, 486), (400, 526), (450, 498), (520, 548), (520, 620), (290, 620)]
            ),
            "#7a9a86",
        )
        art.path(
            curve([(290, 570), (360, 536), (430, 566), (520, 546), (520, 620), (290, 620)]),
            "#4f7264",
        )
        art.stroke(curve([(396, 600), (404, 578), (386, 562), (400, 548)], False), "#fff7ea", 7)
    front = curve(
        [(268, 392), (270, 210), (328, 116), (400, 100), (472, 116), (530, 210), (532, 392)], False
    )
    art.stroke(front, "#3a2416", 30)
    art.stroke(front, trim, 22)
    art.stroke(curve([(262, 380), (264, 210), (322, 110), (396, 94)], False), "#ffffff", 4, 0.4)
    for x in (268, 532):
        art.path(box(x - 17, 352, 34, 62, 7), trim)
        art.path(oval(x, 372, 6, 6), "#f3d9a4")
        art.path(oval(x, 398, 6, 6), "#f3d9a4")
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


def mug(main: str, deep: str, light: str, dip: str) -> Drawing:
    """A stoneware mug in two glazes, with coffee and a little steam."""
    art = Drawing(SIDE, SIDE)
    for k, x in enumerate((330, 400, 462)):
        steam = curve([(x, 238), (x - 26, 186), (x + 18, 130), (x - 8, 64 + 14 * k)], False)
        art.stroke(steam, "#ffffff", 16, 0.5, 7)
    handle = curve([(560, 376), (664, 372), (704, 470), (656, 574), (552, 600)], False)
    art.stroke(handle, deep, 58)
    art.stroke(handle, main, 46)
    art.stroke(curve([(570, 362), (668, 362), (704, 452)], False), "#ffffff", 10, 0.6, 3)
    body = curve(
        [
            (190, 284),
            (190, 284),
            (186, 420),
            (196, 580),
            (232, 702),
            (300, 742),
            (390, 748),
            (480, 742),
            (548, 702),
            (584, 580),
            (594, 420),
            (590, 284),
            (590, 284),
        ]
    )
    art.path(body, art.linear(0, 284, 0, 748, (0, light), (0.5, main), (1, deep)))
    with art.inside(body):
        edge = [
            (170, 520),
            (260, 546),
            (340, 506),
            (420, 548),
            (500, 512),
            (610, 544),
            (610, 780),
            (170, 780),
        ]
        art.path(curve(edge), dip)
        art.stroke(curve(edge[:6], False), "#ffffff", 6, 0.55, 2)
        chance = Random(8)
        for _ in range(170):
            x, y, r = chance.uniform(180, 600), chance.uniform(300, 740), chance.uniform(0.8, 2.8)
            art.path(oval(x, y, r, r), "#5a3a2a" if y < 530 else "#ffffff", 0.4)
    _volume(art, body, 186, 594, deep)
    art.path(
        curve([(226, 340), (246, 336), (250, 480), (262, 640), (240, 620), (224, 480)]),
        "#ffffff",
        0.6,
        5,
    )
    art.path(oval(390, 284, 200, 46), light)
    art.path(oval(390, 287, 186, 38), deep)
    with art.inside(oval(390, 287, 186, 38)):
        art.path(
            oval(390, 308, 178, 34),
            art.radial(360, 300, 190, (0, "#9a5f38"), (0.7, "#5c341d"), (1, "#3a1f12"), squash=0.6),
        )
        art.stroke(oval(390, 308, 174, 31), "#d9a273", 5, 0.75, 1.5)
        art.path(oval(320, 300, 60, 9), "#ffffff", 0.3, 4)
    art.stroke(curve([(190, 284), (240, 252), (390, 238), (540, 252)], False), "#ffffff", 4, 0.8)
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
