"""Bottles, jars and cups."""

from __future__ import annotations

import math
from random import Random

from kit import Drawing, box, curve, oval

from things.body import SIDE, volume


def bottle(main: str, deep: str, light: str, cap: str) -> Drawing:
    """An insulated bottle with a loop on its lid."""
    art = Drawing(SIDE, SIDE)
    loop = curve([(340, 132), (346, 70), (400, 46), (454, 70), (460, 132)], False)
    art.stroke(loop, "#2a2136", 26)
    art.stroke(loop, cap, 17)
    art.stroke(curve([(346, 110), (356, 76), (398, 58)], False), "#ffffff", 5, 0.6)
    lid = box(312, 118, 176, 96, 26)
    art.path(lid, cap)
    volume(art, lid, 312, 488, "#2a1830")
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
    volume(art, body, 284, 516, deep)
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
    volume(art, body, 214, 586, deep, 0.8)
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
    volume(art, neck, 346, 454, "#6a3a18")
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
    volume(art, body, 262, 538, deep)
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
    volume(art, body, 186, 594, deep)
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
