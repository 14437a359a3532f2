"""His hair: short at the back, tousled, swept up from a parting on the viewer's left."""

import numpy as np
from figure.face import whole
from figure.ink import *
from figure.locks import lock, locks, profile
from head import FACE_R
from palette import *

TOP, LONG = 190, 520


def part_hair_back():
    p = Part("hair_back")
    fill = p.lin(0, 380, 0, 720, HAIR.inner)
    for i, (pts, w, o) in enumerate(
        [
            ([(220, 380), (206, 480), (232, 566), (256, 622), (250, 660)], [60, 84, 70, 38, 2], dict(side=1)),
            ([(500, 380), (514, 480), (488, 566), (464, 622), (472, 666)], [60, 84, 70, 38, 2], {}),
            ([(270, 480), (286, 580), (312, 660), (306, 712)], [80, 90, 52, 2], dict(side=1)),
            ([(450, 480), (434, 580), (410, 660), (420, 716)], [80, 90, 52, 2], {}),
            ([(206, 430), (188, 510), (202, 574), (186, 616)], [34, 50, 34, 1], dict(side=1)),
            ([(514, 430), (532, 510), (518, 574), (536, 620)], [34, 50, 34, 1], {}),
        ]
    ):  # fmt: skip
        lock(p, pts, w, fill, HAIR, seed=100 + i, strands=4, **o)
    p.path("M318 560H402V660H318Z", "#3a120a", f'fill-opacity=".5" {p.blur(9)}')
    return p


BANGS = [
    # the heavy side falls to the viewer's right
    ([(322, 214), (412, 206), (480, 244), (518, 316), (524, 394), (508, 456)],
     [34, 80, 92, 78, 46, 2], dict(strands=6, hi=[(0.40, 0.54, -0.8, 0.8, 0.75)])),
    ([(318, 216), (262, 220), (218, 262), (196, 330), (200, 396), (216, 440)],
     [30, 64, 76, 62, 36, 2], dict(side=1, strands=5, hi=[(0.36, 0.5, -0.8, 0.75, 0.75)])),
    ([(324, 214), (400, 226), (452, 276), (474, 346), (468, 412), (450, 454)],
     [30, 72, 80, 66, 36, 1], dict(strands=5, hi=[(0.42, 0.57, -0.8, 0.8, 0.8)])),
    ([(316, 218), (276, 244), (246, 298), (240, 362), (252, 416)],
     [24, 52, 56, 42, 1], dict(side=1, strands=3, hi=[(0.38, 0.54, -0.8, 0.8, 0.8)])),
    ([(322, 216), (380, 240), (420, 300), (430, 366), (412, 430), (392, 456)],
     [26, 60, 68, 54, 26, 1], dict(strands=4, hi=[(0.44, 0.6, -0.8, 0.8, 0.85)])),
    ([(320, 216), (356, 254), (380, 312), (378, 372), (354, 424)],
     [20, 44, 48, 34, 1], dict(strands=3, hi=[(0.42, 0.6, -0.8, 0.8, 0.85)])),
    ([(318, 218), (322, 272), (330, 330), (318, 378), (300, 404)],
     [14, 28, 30, 18, 1], dict(strands=2, hi=[(0.4, 0.6, -0.7, 0.7, 0.8)])),
]  # fmt: skip


def part_bangs():
    return locks("bangs", BANGS, HAIR, TOP, LONG, seed=11, root=0.22, line=2.6)


def part_hair_shadow():
    p = Part("hair_shadow")
    p.open(p.clip(d(cr(whole(FACE_R), True, 12))))
    p.open(f'fill-opacity=".34" {p.blur(0.5, margin=6)}')
    for c, w, _ in BANGS:
        line, _s, width = profile(c, w)
        n = normals(line) * width[:, None] / 2
        p.path(d(np.vstack([line + n, (line - n)[::-1]]) + [-4, 13]), "#b4532f")
    p.close()
    for s in (1, -1):
        q = np.array([(490, 300), (506, 400), (500, 500), (520, 520), (550, 300)], float)
        p.path(d(cr(q if s > 0 else mirror(q), True)), "#b4532f", f'fill-opacity=".3" {p.blur(3)}')
    p.close()
    return p


def part_crown():
    p = Part("crown")
    fill = p.lin(0, TOP, 0, LONG, HAIR.fill)
    # tufts that break the outline, behind the cap
    for i, (pts, w, o) in enumerate(
        [
            ([(250, 250), (204, 262), (172, 302), (158, 352), (168, 396)], [50, 64, 52, 30, 1], dict(side=1)),
            ([(480, 250), (524, 266), (552, 310), (560, 360), (548, 410)], [50, 64, 52, 30, 1], {}),
            ([(240, 300), (190, 330), (168, 388), (178, 446), (164, 486)], [50, 66, 52, 28, 1], dict(side=1)),
            ([(490, 300), (536, 336), (554, 396), (542, 452), (560, 490)], [50, 66, 52, 28, 1], {}),
            ([(290, 230), (246, 200), (212, 206), (186, 232)], [60, 48, 28, 1], dict(side=1)),
            ([(430, 222), (470, 186), (504, 196), (528, 226)], [60, 50, 28, 1], {}),
            ([(350, 214), (376, 172), (412, 158), (446, 174)], [60, 50, 28, 1], {}),
            ([(340, 220), (310, 184), (278, 176), (248, 190)], [56, 44, 24, 1], dict(side=1)),
        ]
    ):  # fmt: skip
        lock(p, pts, w, fill, HAIR, seed=300 + i, strands=4, root=0.2, **o)
    outline = [(330, 184), (390, 176), (450, 190), (500, 228), (532, 290), (540, 350), (528, 400),
               (500, 350), (440, 300), (380, 284), (322, 276), (270, 296), (226, 350), (194, 400),
               (180, 346), (190, 286), (224, 226), (276, 190)]  # fmt: skip
    path = d(cr(outline, True))
    p.path(path, fill)
    p.open(p.clip(path))
    p.path("M330 180Q450 200 540 320V180Z", HAIR.light, f'fill-opacity=".35" {p.blur(8)}')
    p.path("M190 260Q240 330 200 420H160V260Z", HAIR.shade, f'fill-opacity=".5" {p.blur(10)}')
    r = np.random.default_rng(5)
    for i in range(26):
        a = -1.5 + 3.0 * i / 25
        p.ink(
            [(322 + np.sin(a) * 8, 200), (350 + np.sin(a) * 110, 262 - np.cos(a) * 56),
             (360 + np.sin(a) * 184, 400 - np.cos(a) * 100)],
            [0, r.uniform(1.2, 3), 0.5], HAIR.shade if i % 3 else HAIR.light, 0.4,
        )  # fmt: skip
    p.ink([(322, 186), (320, 206), (322, 226)], [0.5, 3.4, 1], HAIR.line, 0.6)
    p.close()
    p.ink([(276, 190), (330, 184), (390, 176), (450, 190)], [0, 2, 2, 0], HAIR.line, 0.7)
    return p


def part_tuft():
    p = Part("tuft")
    fill = p.lin(0, 120, 0, 420, HAIR.fill)
    lock(p, [(330, 196), (338, 152), (374, 122), (420, 126)], [16, 24, 18, 1], fill, HAIR, seed=31,
         strands=2, hi=[(0.35, 0.6, -0.6, 0.5, 0.7)], root=0.1)  # fmt: skip
    lock(p, [(322, 196), (308, 162), (276, 144), (250, 150)], [12, 17, 12, 1], fill, HAIR, seed=32,
         strands=1, side=1, root=0.1)  # fmt: skip
    return p


def part_lock(side):
    """Hair before the ear."""
    p = Part("lock" + side)
    fill = p.lin(0, TOP, 0, 560, HAIR.fill)
    m = side == "L"
    for i, (pts, w) in enumerate(
        [
            ([(500, 300), (522, 370), (520, 440), (502, 500), (506, 536)], [26, 46, 38, 20, 1]),
            ([(516, 310), (542, 370), (542, 430), (530, 480)], [20, 34, 24, 1]),
            ([(496, 330), (508, 400), (500, 456), (486, 490)], [14, 24, 18, 1]),
        ]
    ):
        pts = [(720 - x, y + 6 * i) for x, y in pts] if m else pts
        lock(p, pts, w, fill, HAIR, seed=(210 if m else 220) + i, strands=3, side=1 if m else -1,
             root=0.14, hi=[(0.25, 0.4, -0.7, 0.6, 0.6)] if i == 0 else ())  # fmt: skip
    return p
