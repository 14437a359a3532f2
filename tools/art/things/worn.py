"""What one wears or carries."""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, Point, box, curve, lines, mirrored, oval

from things.body import SIDE


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
