"""The rooms of the stages, each in two compositions and two lights.

Each is composed twice. She stands in the middle of the portrait, head at (360, 455), and right
of the middle in the landscape, head at (826, 284); the light goes where she is.
"""

from __future__ import annotations

import math
from random import Random

import sets
from harvest import maple_leaf, maple_window, pumpkin
from kit import Drawing, box, curve, lines, oval

CANDY = ["#ff8fb5", "#ffd0a8", "#9fe6f2", "#c7a6ff", "#fff0f6", "#ff6f91", "#7f6be0", "#ffe08a"]
WARM = ["#ffd9a0", "#ffb3d4", "#b9a2ff", "#9ff0ff", "#fff4e0"]


TABLE = (132, 566, 214)
"""Middle of the table's top in landscape, and its width."""


def _wall(art: Drawing, *stops: tuple[float, str]) -> None:
    art.path(sets.full(art), art.linear(0, 0, 0, art.height, *stops))


def studio(portrait: bool, day: bool = False) -> Drawing:
    """Her own studio, by dusk or by day: shelves, a neon ring, the city in the window."""
    w, h = (720, 1280) if portrait else (1280, 720)
    cx, cy, r = (360, 400, 306) if portrait else (826, 268, 244)
    art = Drawing(w, h)
    if day:
        _wall(art, (0, "#b7a6e4"), (0.4, "#d9c2ee"), (0.7, "#f4d6e4"), (1, "#f7dccd"))
    else:
        _wall(art, (0, "#1b1240"), (0.34, "#472a78"), (0.66, "#8a4a94"), (1, "#c77a94"))
    for k in range(0, w, 40):
        art.stroke(f"M{k} 0V{h}", "#ffffff", 1, 0.05)
    wood = ("#d9b4d6", "#9a78b4") if day else ("#7a4c8e", "#3a2060")
    with art.group(blur=2.6 if portrait else 2.2):
        if portrait:
            sets.shelf_unit(art, -96, 190, 214, 700, 6, 4, CANDY, wood, "#ff9ad0")
            sets.shelf_unit(art, 604, 190, 214, 700, 6, 9, CANDY, wood, "#ff9ad0")
        else:
            if day:
                sets.day_window(art, 70, 96, 250, 420, "#a583c4")
            else:
                sets.window(art, 70, 96, 250, 420, 12, "#4a2c74")
            sets.shelf_unit(art, 392, 80, 176, 450, 4, 4, CANDY, wood, "#ff9ad0")
            sets.shelf_unit(art, 1106, 80, 230, 450, 4, 9, CANDY, wood, "#ff9ad0")
    horizon = 930 if portrait else 560
    with art.group(blur=2):
        sets.floor(art, horizon, *(("#f6d6c2", "#c79bb4") if day else ("#e08f86", "#7a3f72")), cx)
    sets.ring(art, cx, cy, r, "#ff5fc0", "#ffb8e6")
    for ends in ((-62, 34), (148, 206)):
        sets.neon(art, sets.arc(cx, cy, r * 1.085, *ends), r * 0.017, "#3fd6ff", "#c9f4ff")
    if not portrait:
        for sign, y, glow, light in (
            (sets.heart, 150, "#ff5fa8", "#ffc9e0"),
            (sets.star, 236, "#ffb84a", "#fff0c2"),
            (sets.note, 326, "#3fd6ff", "#c9f4ff"),
        ):
            sets.neon(art, sign(356, y, 25), 3.6, glow, light)
    art.path(  # its light on the floor
        oval(cx, horizon + r * 0.3, r * 1.15, r * 0.26),
        art.radial(cx, horizon + r * 0.3, r * 1.15, (0, "#ff8fd6", 0.5), (1, "#ff5fc0", 0),
                   squash=0.226),
    )  # fmt: skip
    with art.plane("mid"), art.group(blur=2):
        chance = Random(2)
        pots = (
            ((70, 1000, 190), (648, 1010, 210)) if portrait else ((345, 600, 120), (1224, 640, 190))
        )
        for x, y, size in pots:
            sets.pot(art, x, y, size, "#fff0e6", "#a8617e")
            sets.leaf(art, chance, x, y - size * 0.32, size, 13)
        if not portrait:
            shade = ("#fff2fa", "#c98fc0") if day else ("#d9a6e0", "#5c3480")
            sets.table(art, *TABLE, shade, "#8a5a9a")
    if portrait:
        sets.garland(art, [(-20, 70), (150, 128), (360, 60)], 9, WARM, 2)
        sets.garland(art, [(360, 60), (560, 132), (740, 64)], 9, WARM, 3)
    else:
        sets.garland(art, [(-20, 30), (210, 84), (430, 28)], 10, WARM, 2)
        sets.garland(art, [(430, 28), (640, 74), (826, 14), (1050, 78), (1300, 22)], 20, WARM, 3)
    if day:
        sets.sunbeam(art, w * 0.1, w * 0.3, 0.34)
    for x in () if day else (110, 610) if portrait else (500, 1180):
        art.path(
            lines([(x - 14, 0), (x + 14, 0), (x + h * 0.22, h * 0.9), (x - h * 0.22, h * 0.9)]),
            art.linear(0, 0, 0, h * 0.9, (0, "#ffe6f4", 0.2), (1, "#ffe6f4", 0)), 1, 12,
        )  # fmt: skip
    sets.bokeh(art, 16, 7, WARM)
    if day:
        sets.vignette(art, cx, h * 0.45, "#6a4a8a", 0.3)
    else:
        sets.vignette(art, cx, h * 0.45, "#120828", 0.7)
    _near_leaves(art, portrait, ("#2f7f86", "#9fd8b8") if day else ("#1c2a66", "#6a5ab8"))
    return art


def autumn(portrait: bool, day: bool = True) -> Drawing:
    """A cabin in October: timber, a window on maples, a stove's warm light, leaves on the air."""
    w, h = (720, 1280) if portrait else (1280, 720)
    cx, cy, r = (360, 410, 300) if portrait else (826, 276, 240)
    art = Drawing(w, h)
    _wall(art, (0, "#3a1a1c"), (0.4, "#7c3f2a"), (0.7, "#b56a3a"), (1, "#d99a5c"))
    chance = Random(21)
    for k in range(0, h, 62):
        art.path(
            box(0, k, w, 60),
            art.linear(0, k, 0, k + 60, (0, "#ffffff", 0.07), (1, "#000000", 0.13)),
        )
        art.stroke(f"M0 {k}H{w}", "#2a1010", 2.5, 0.5)
        for _ in range(5):
            x, y = chance.uniform(0, w), k + chance.uniform(12, 50)
            grain = [(x, y), (x + 70, y + 3), (x + chance.uniform(120, 220), y - 2)]
            art.stroke(curve(grain, False), "#2a1010", 1.4, 0.25)
    with art.group(blur=2.2):
        maple_window(art, *((130, 96, 460, 690) if portrait else (600, 40, 452, 470)))
        wood = ("#b9784a", "#4a2418")
        earth = ["#e2a04a", "#b9502f", "#7a8a52", "#f3dcb4", "#d9704a", "#8a4a3a", "#f0c98a"]
        if portrait:
            sets.shelf_unit(art, -110, 230, 190, 640, 5, 14, earth, wood, "#ffc27a")
            sets.shelf_unit(art, 642, 230, 190, 640, 5, 19, earth, wood, "#ffc27a")
        else:
            sets.shelf_unit(art, 54, 90, 250, 430, 4, 14, earth, wood, "#ffc27a")
            sets.shelf_unit(art, 360, 90, 180, 430, 4, 33, earth, wood, "#ffc27a")
            sets.shelf_unit(art, 1116, 90, 220, 430, 4, 19, earth, wood, "#ffc27a")
    horizon = 930 if portrait else 560
    with art.group(blur=1.8):
        sets.floor(art, horizon, "#c98350", "#5c2c1c", cx)
    with art.plane("mid"), art.group(blur=1.8):
        pumpkins = (
            ((76, 1016, 62), (152, 1040, 38), (640, 1020, 66), (570, 1046, 34))
            if portrait
            else ((320, 640, 50), (390, 654, 30), (1190, 640, 58), (1120, 660, 32))
        )
        for x, y, s in pumpkins:
            pumpkin(art, x, y, s)
        if not portrait:
            sets.table(art, *TABLE, ("#e8b07a", "#7a4426"), "#5c3020")
    if not day:
        sets.dusk(art, "#3a3f86", 0.86)
        for gx, gy, gr in (
            ((60, 620, 260), (660, 620, 260)) if portrait else ((180, 300, 300), (1190, 300, 300))
        ):
            art.path(
                oval(gx, gy, gr, gr),
                art.radial(gx, gy, gr, (0, "#ffb45a", 0.42), (1, "#ff9a4a", 0)),
            )
        wx, wy, ww, wh = (130, 96, 460, 690) if portrait else (600, 40, 452, 470)
        pane = f"M{wx} {wy + wh}V{wy + ww * 0.4}a{ww / 2} {ww * 0.4} 0 0 1 {ww} 0V{wy + wh}Z"
        night = art.linear(0, wy, 0, wy + wh, (0, "#1a2470", 0.72), (1, "#3a3a80", 0.4))
        art.path(pane, night)
        mx, my = (470, 250) if portrait else (960, 120)
        art.path(
            oval(mx, my, 74, 74), art.radial(mx, my, 74, (0, "#e6ecff", 0.55), (1, "#b9c6ff", 0))
        )
        art.path(oval(mx, my, 25, 25), "#f6f4e6")
    glow = ("#ffe2a0", 0.62) if day else ("#ffc27a", 0.4)
    art.path(
        oval(cx, cy, r * 1.5, r * 1.5),
        art.radial(
            cx, cy, r * 1.5, (0, *glow), (0.6, "#ffb45a", glow[1] * 0.42), (1, "#ffb45a", 0)
        ),
    )
    lamps = ["#ffd98a", "#ffb85a", "#ffe9c0"]
    if portrait:
        sets.garland(art, [(-20, 84), (150, 140), (360, 66)], 9, lamps, 5)
        sets.garland(art, [(360, 66), (560, 146), (740, 76)], 9, lamps, 6)
    else:
        sets.garland(
            art, [(-20, 34), (260, 84), (560, 26), (826, 80), (1060, 26), (1300, 70)], 30, lamps, 5
        )
    for _ in range(9):  # leaves that lie on the floor; those in the air move
        x, y, s = chance.uniform(0, w), chance.uniform(h * 0.86, h), chance.uniform(12, 25)
        colour = chance.choice(("#f2a23a", "#d9502a", "#e8742f", "#f6cf6a"))
        maple_leaf(art, x, y, s, chance.uniform(0, 360), colour)
    sets.bokeh(art, 12, 17, ["#ffd98a", "#ffb85a", "#fff0d0"])
    sets.vignette(art, cx, h * 0.45, "#200a08", 0.55 if day else 0.78)
    near = ((2, 1256, 66), (74, 1290, 50), (720, 1250, 70), (660, 1296, 48))
    if not portrait:
        near = ((1268, 680, 68), (1200, 722, 48), (1290, 590, 44))
    with art.plane("near"), art.group(blur=5):
        for k, (x, y, s) in enumerate(near):
            shades = ("#e8742f", "#d9502a", "#f2a23a") if day else ("#8a3a3a", "#6a2a40", "#9a5a3a")
            maple_leaf(art, x, y, s, 40 + 97 * k, shades[k % 3])
    return art


def boutique(portrait: bool, day: bool = True) -> Drawing:
    """A bright boutique in the morning: an arch of light, a rail of clothes, mirrors, flowers."""
    w, h = (720, 1280) if portrait else (1280, 720)
    cx, cy = (360, 410) if portrait else (826, 276)
    art = Drawing(w, h)
    _wall(art, (0, "#e9d3dc"), (0.45, "#f6e3e2"), (0.75, "#f3d3cc"), (1, "#e3b3a8"))
    for k in range(0, w + 60, 60):
        art.path(box(k, 0, 3, h), "#c98fa0", 0.22)
        art.path(box(k + 3, 0, 2, h), "#ffffff", 0.5)
    ax, ay, aw, ah = (86, 70, 548, 900) if portrait else (600, 24, 452, 560)
    arch = f"M{ax} {ay + ah}V{ay + aw / 2}a{aw / 2} {aw / 2} 0 0 1 {aw} 0V{ay + ah}Z"
    art.stroke(arch, "#b9788a", 30, 0.35, 12)
    art.path(arch, art.linear(0, ay, 0, ay + ah, (0, "#fff6ec"), (0.6, "#ffdcd6"), (1, "#f3b0b4")))
    with art.inside(arch):
        art.path(
            oval(cx, cy, aw * 0.6, aw * 0.6),
            art.radial(cx, cy, aw * 0.6, (0, "#ffffff", 0.95), (1, "#ffffff", 0)),
        )
        for k in range(9):
            x = ax + k * aw / 8
            art.path(
                curve(
                    [
                        (x - 26, ay),
                        (x + 20, ay + ah * 0.4),
                        (x - 16, ay + ah),
                        (x + 26, ay + ah),
                        (x + 44, ay + ah * 0.4),
                        (x + 20, ay),
                    ]
                ),
                "#f0a8b4",
                0.16,
                7,
            )
    art.stroke(arch, "#fffaf2", 13)
    art.stroke(arch, "#e0b06a", 3.5)
    fabrics = [
        "#7f8fd0",
        "#f2a0b0",
        "#f6e3c0",
        "#8fc0b4",
        "#b48fd0",
        "#e8846f",
        "#fff6ee",
        "#5c6a9a",
    ]
    with art.group(blur=1.9):
        if portrait:
            _rail(art, -60, 300, 200, fabrics, 5)
            _rail(art, 590, 300, 200, fabrics, 8)
        else:
            _rail(art, 60, 150, 300, fabrics, 5)
            sets.shelf_unit(
                art, 412, 90, 150, 440, 4, 6, [*CANDY, *fabrics], ("#f6e3d4", "#c99a8a"), "#fff0d8"
            )
            _rail(art, 1110, 150, 240, fabrics, 8)
    horizon = 960 if portrait else 570
    with art.group(blur=1.6):
        sets.floor(art, horizon, "#f0cdb4", "#c48f80", cx)
    with art.plane("mid"), art.group(blur=1.6):
        chance = Random(4)
        for x, y, s in (
            ((60, 1080, 230), (664, 1090, 230)) if portrait else ((340, 632, 130), (1080, 650, 150))
        ):
            sets.leaf(art, chance, x, y - s * 0.3, s, 15, ("#3f8a6a", "#b4dca0"))
            for _ in range(8):
                fx, fy = x + chance.uniform(-0.45, 0.45) * s, y - s * chance.uniform(0.7, 1.15)
                for k in range(5):
                    a = k * math.tau / 5
                    art.path(
                        oval(fx + 9 * math.cos(a), fy + 9 * math.sin(a), 9, 9),
                        chance.choice(("#ff9ab8", "#ffc0d0")),
                    )
                art.path(oval(fx, fy, 5, 5), "#ffe08a")
            art.path(
                box(x - s * 0.2, y - s * 0.32, s * 0.4, s * 0.34, 12),
                art.linear(x - s * 0.2, 0, x + s * 0.2, 0, (0, "#ffffff"), (1, "#d9a8a8")),
            )
        if not portrait:
            sets.table(art, *TABLE, ("#fffaf4", "#e0b4a8"), "#c99a5a")
    lights = ["#fff3d0", "#ffe0b0"]
    if day:
        sets.sunbeam(art, 0, w * 0.5, 0.3)
    else:
        sets.dusk(art, "#55458c", 0.9)
        warm = ((0, "#ffd9a8", 0.75), (0.5, "#ffb48a", 0.3), (1, "#ff9a8a", 0))
        art.path(oval(cx, cy, aw * 0.9, aw * 0.9), art.radial(cx, cy, aw * 0.9, *warm))
        art.stroke(arch[:-1], "#ffd9a0", 16, 0.6, 9)
        art.stroke(arch[:-1], "#fff6e0", 4)
        for lx in (60, 660) if portrait else (210, 487, 1220):
            cone = lines(
                [(lx - 10, 0), (lx + 10, 0), (lx + h * 0.14, h * 0.72), (lx - h * 0.14, h * 0.72)]
            )
            art.path(
                cone, art.linear(0, 0, 0, h * 0.72, (0, "#ffe8c0", 0.55), (1, "#ffe8c0", 0)), 1, 8
            )
    sags = [(-20, 30), (150, 76), (360, 26), (570, 78), (740, 28)]
    if not portrait:
        sags = [(-20, 20), (200, 66), (420, 18), (620, 60), (826, 8), (1040, 62), (1300, 16)]
    sets.garland(art, sags, 18 if portrait else 30, ["#fff0c8", "#ffe0b0", "#ffd0d8"], 4)
    sets.bokeh(art, 14, 27, [*lights, "#ffffff", "#ffd0e0"])
    sets.vignette(art, cx, h * 0.45, "#7a3a56" if day else "#1c0f34", 0.4 if day else 0.66)
    _near_leaves(art, portrait, ("#6aa884", "#d6ecb8") if day else ("#3a3a72", "#8a74b0"))
    return art


def _near_leaves(art: Drawing, portrait: bool, hue: tuple[str, str]) -> None:
    """Leaves before the lens, out of focus, in the lower corners."""
    places = ((-30, 1300, 170), (758, 1306, 200)) if portrait else ((1306, 742, 190),)
    with art.plane("near"), art.group(blur=7):
        for k, (x, y, size) in enumerate(places):
            sets.leaf(art, Random(40 + k), x, y, size, 11, hue)


def _rail(art: Drawing, x: float, y: float, w: float, fabrics: list[str], seed: int) -> None:
    chance = Random(seed)
    for end in (x + 8, x + w - 8):
        art.stroke(f"M{end} {y}V{y + 470}", "#c99a54", 8)
    art.stroke(f"M{x} {y}H{x + w}", "#f3d9a4", 9)
    at = x + 24
    while at < x + w - 20:
        c, long = chance.choice(fabrics), chance.uniform(210, 330)
        art.stroke(f"M{at} {y}v16", "#8a6a4a", 3)
        d = curve(
            [
                (at, y + 14),
                (at - 22, y + 30),
                (at - 26, y + 60),
                (at - 24, y + long),
                (at - 24, y + long),
                (at + 6, y + long + 8),
                (at + 26, y + long - 4),
                (at + 26, y + long - 4),
                (at + 22, y + 60),
                (at + 18, y + 30),
            ]
        )
        art.path(
            d,
            art.linear(at - 26, 0, at + 26, 0, (0, "#ffffff"), (0.2, c), (0.8, c), (1, "#6a3a56")),
        )
        art.stroke(
            curve([(at - 4, y + 50), (at - 8, y + long * 0.6), (at - 3, y + long)], False),
            "#5a2a4a",
            5,
            0.28,
            3,
        )
        at += chance.uniform(30, 40)
