"""Her hair: parted on the viewer's right, a braid over one shoulder, waves behind the other."""

import numpy as np
from face import face_poly
from figure.ink import *
from figure.locks import lock, locks, profile
from palette import *

TOP, LONG = 196, 960


def part_hair_back():
    """What shows between neck and side hair: the inner colour, dark at the nape."""
    p = Part("hair_back")
    fill = p.lin(0, 470, 0, 1000, HAIR.inner)
    shape = [(236, 420), (300, 380), (420, 380), (484, 420), (512, 560), (520, 680), (500, 800)]
    shape += [(440, 850), (360, 830), (280, 850), (216, 800), (200, 680), (210, 560)]
    path = d(cr(shape, True))
    p.path(path, fill)
    p.open(p.clip(path))
    r = np.random.default_rng(3)
    for i in range(26):
        x = 214 + 292 * (i + r.uniform(0, 1)) / 26
        out = (x - 360) * 0.12
        line = [(x, 420), (x + out * 0.4, 560), (x + out + r.normal(0, 6), 700), (x + out, 840)]
        p.ink(
            line,
            [0, r.uniform(3, 8), r.uniform(2, 5), 0],
            "#331f72" if i % 3 else "#c79bf0",
            0.4 if i % 3 else 0.3,
        )
    p.path("M262 540H458V700Q360 800 262 700Z", "#22104e", f'fill-opacity=".6" {p.blur(24)}')
    p.close()
    return p


def part_hair_right():
    """Long waves behind the viewer's right shoulder."""
    inner = [
        ([(470, 420), (520, 540), (540, 660), (520, 780), (556, 890), (534, 990), (560, 1060)],
         [70, 96, 92, 84, 66, 40, 2], dict(strands=7)),
    ]  # fmt: skip
    p = locks("hair_right_in", inner, HAIR, 320, 1060, seed=50, inner=True, side=-1)
    fill = p.lin(0, TOP, 0, 1040, HAIR.fill)
    for i, (c, w, o) in enumerate(
        [
            ([(508, 330), (556, 430), (574, 545), (566, 660), (604, 770), (632, 862), (606, 948),
              (622, 1010)], [30, 66, 84, 82, 76, 60, 36, 2],
             dict(strands=8, hi=[(0.16, 0.26, -0.8, 0.7, 0.6), (0.52, 0.6, -0.7, 0.3, 0.4)])),
            ([(480, 330), (530, 440), (536, 556), (520, 668), (552, 782), (574, 880), (548, 974),
              (566, 1040)], [40, 72, 80, 74, 70, 54, 32, 2],
             dict(strands=7, hi=[(0.5, 0.6, -0.7, 0.5, 0.45)])),
            ([(548, 430), (590, 520), (594, 620), (582, 700), (618, 780), (650, 836), (640, 892)],
             [14, 34, 38, 34, 28, 16, 1], dict(strands=3, hi=[(0.3, 0.42, -0.7, 0.6, 0.45)])),
            ([(500, 560), (512, 650), (496, 740), (514, 830), (500, 900)], [18, 28, 30, 20, 1],
             dict(strands=2)),
            ([(590, 640), (628, 720), (668, 770), (686, 826)], [6, 13, 12, 1], dict(strands=1)),
        ]
    ):  # fmt: skip
        lock(p, c, w, fill, HAIR, seed=510 + i, root=0.06, **o)
    p.name = "hair_right"
    return p


def part_hair_left():
    """Behind the viewer's left shoulder: less, as much of it is in the braid."""
    inner = [
        ([(250, 420), (204, 530), (186, 640), (200, 740), (166, 826), (176, 900)],
         [66, 88, 84, 66, 44, 2], dict(strands=6, side=1)),
    ]  # fmt: skip
    p = locks("hair_left_in", inner, HAIR, 320, 1000, seed=60, inner=True)
    fill = p.lin(0, TOP, 0, 1000, HAIR.fill)
    for i, (c, w, o) in enumerate(
        [
            ([(216, 326), (164, 420), (144, 530), (152, 632), (116, 716), (96, 784), (124, 856)],
             [28, 62, 74, 66, 54, 36, 2],
             dict(strands=7, side=1, hi=[(0.2, 0.31, -0.8, 0.7, 0.6), (0.6, 0.7, -0.6, 0.4, 0.4)])),
            ([(238, 330), (190, 430), (182, 540), (196, 640), (172, 728), (150, 800), (166, 864)],
             [34, 62, 64, 52, 42, 26, 1], dict(strands=5, side=1)),
            ([(160, 430), (122, 510), (114, 590), (124, 660), (92, 716), (66, 752)],
             [12, 28, 32, 26, 18, 1], dict(strands=2, side=1, hi=[(0.3, 0.45, -0.7, 0.6, 0.45)])),
            ([(122, 640), (86, 690), (52, 706)], [6, 12, 1], dict(strands=1, side=1)),
        ]
    ):  # fmt: skip
        lock(p, c, w, fill, HAIR, seed=610 + i, root=0.06, **o)
    p.name = "hair_left"
    return p


BANGS = [
    # sweeping to the viewer's left, from the outside in; then the right; then strays
    ([(386, 214), (316, 226), (256, 268), (222, 334), (214, 410), (226, 470)],
     [30, 78, 88, 74, 46, 2], dict(side=1, strands=6, hi=[(0.36, 0.50, -0.8, 0.75, 0.8)])),
    ([(404, 214), (464, 234), (504, 292), (514, 366), (504, 432), (496, 470)],
     [30, 70, 76, 60, 36, 2], dict(strands=5, hi=[(0.34, 0.49, -0.75, 0.8, 0.8)])),
    ([(390, 214), (336, 236), (288, 286), (262, 350), (256, 410), (266, 448)],
     [28, 66, 74, 62, 36, 1], dict(side=1, strands=5, hi=[(0.38, 0.54, -0.8, 0.8, 0.85)])),
    ([(402, 216), (446, 256), (472, 318), (474, 384), (456, 440)],
     [26, 60, 64, 44, 1], dict(strands=4, hi=[(0.36, 0.53, -0.8, 0.8, 0.85)])),
    ([(394, 214), (354, 244), (318, 300), (300, 364), (304, 424), (318, 456)],
     [26, 58, 66, 54, 28, 1], dict(side=1, strands=4, hi=[(0.40, 0.56, -0.8, 0.8, 0.9)])),
    ([(398, 214), (374, 256), (350, 314), (338, 374), (346, 428), (362, 458)],
     [22, 46, 54, 42, 20, 1], dict(side=1, strands=3, hi=[(0.38, 0.55, -0.8, 0.8, 0.9)])),
    ([(402, 216), (428, 276), (438, 338), (430, 396), (414, 430)],
     [12, 28, 30, 18, 1], dict(strands=2, hi=[(0.42, 0.6, -0.7, 0.7, 0.8)])),
    ([(399, 216), (386, 270), (376, 326), (378, 376)], [8, 16, 15, 1], dict(strands=1, side=1)),
]  # fmt: skip


def part_bangs():
    return locks("bangs", BANGS, HAIR, TOP, LONG, seed=11, root=0.24, line=2.5)


def bangs_outlines():
    out = []
    for c, w, _ in BANGS:
        line, _s, width = profile(c, w)
        n = normals(line)
        out.append(np.vstack([line + n * width[:, None] / 2, (line - n * width[:, None] / 2)[::-1]]))
    return out


def part_hair_shadow():
    """The fringe's shadow on the face."""
    p = Part("hair_shadow")
    p.open(p.clip(d(cr(face_poly(), True, 12))))
    p.open(f'fill-opacity=".34" {p.blur(1.6, margin=6)}')
    for poly in bangs_outlines():
        p.path(d(poly + [-4, 13]), "#c25a86")
    p.close()
    for points in (
        [(484, 300), (500, 400), (494, 500), (478, 562), (530, 600), (550, 300)],
        [(236, 300), (224, 400), (230, 500), (250, 566), (190, 600), (170, 300)],
    ):
        p.path(d(cr(points, True)), "#c25a86", f'fill-opacity=".32" {p.blur(3)}')
    p.close()
    return p


def part_crown():
    """The cap of the head, with the halo of light around it."""
    p = Part("crown")
    fill = p.lin(0, TOP, 0, LONG, HAIR.fill)
    outline = [
        (398, 184), (446, 190), (496, 220), (532, 280), (544, 350), (536, 412), (520, 440),
        (500, 380), (460, 310), (440, 300), (410, 272), (400, 270), (372, 296), (330, 296), (262, 330), (226, 392), (208, 446),
        (186, 410), (178, 346), (194, 276), (236, 222), (296, 192), (350, 184),
    ]  # fmt: skip
    path = d(cr(outline, True))
    p.path(path, fill)
    p.open(p.clip(path))
    p.path(
        "M398 180Q470 260 560 320V460H480Q520 330 398 200Z", HAIR.shade,
        f'fill-opacity=".34" {p.blur(10)}',
    )  # fmt: skip
    p.path(
        "M398 176Q300 200 236 300Q300 216 398 206Z", HAIR.light, f'fill-opacity=".6" {p.blur(6)}'
    )
    r = np.random.default_rng(4)
    for i in range(30):
        t = i / 29
        a = -1.5 + 3.0 * t
        end = (360 + np.sin(a) * 186, 400 - np.cos(a) * 96)
        mid = (378 + np.sin(a) * 104, 268 - np.cos(a) * 58)
        p.ink(
            [(398 + np.sin(a) * 6, 196), mid, end],
            [0, r.uniform(1.2, 3.2), 0.5],
            HAIR.shade if i % 3 else HAIR.light,
            0.36,
        )
    # the parting, a soft groove
    p.ink([(399, 186), (402, 204), (400, 224)], [0.5, 3.2, 1], HAIR.line, 0.6)
    p.close()
    p.ink(
        [(206, 446), (186, 410), (178, 346), (194, 276), (236, 222), (296, 192), (350, 184),
         (398, 184), (446, 190), (496, 220), (532, 280), (544, 350), (536, 412), (520, 442)],
        [0.5, 2.2, 2.8, 3, 2.6, 2.4, 2.6, 3, 2.8, 2.2, 0.5], HAIR.line, 0.95,
    )  # fmt: skip
    return p


def part_ahoge():
    p = Part("ahoge")
    fill = p.lin(0, 110, 0, 620, HAIR.fill)
    lock(p, [(394, 196), (372, 158), (384, 118), (424, 104), (452, 126)], [7, 14, 15, 10, 1], fill,
         HAIR, seed=31, strands=2, hi=[(0.35, 0.6, -0.6, 0.5, 0.7)], root=0.06)  # fmt: skip
    lock(p, [(398, 196), (420, 168), (452, 160), (472, 172)], [5, 9, 8, 1], fill, HAIR, seed=32,
         strands=1, root=0.06)  # fmt: skip
    return p


def braid(p, path, widths, n, fill):
    """Three strands plaited: leaf-shaped turns that overlap from side to side."""
    c, s, w = profile(path, widths, 24)
    nn = normals(c)

    def at(t, f):
        i = int(np.clip(np.searchsorted(s, t), 0, len(s) - 1))
        return c[i] + nn[i] * f * w[i] / 2

    base = np.vstack([c + nn * w[:, None] * 0.3, (c - nn * w[:, None] * 0.3)[::-1]])
    p.path(d(base), HAIR.shade)
    for k in range(n):
        step = 0.96 / n
        t0, t1 = k * step - step * 0.5, min((k + 1.9) * step, 1.0)
        side = 1 if k % 2 else -1

        def on(u, f):
            return at(max(t0 + (t1 - t0) * u, 0.0), f * side)

        shape = [on(0, 0.3), on(0.18, 0.86), on(0.42, 1.08), on(0.66, 0.82), on(0.86, 0.2),
                 on(1, -0.62), on(0.74, -0.42), on(0.46, -0.12), on(0.16, -0.05)]  # fmt: skip
        outline = cr(shape, True)
        path_d = d(outline)
        p.path(path_d, fill)
        p.open(p.clip(path_d))
        low = [on(0.44, 1.2), on(0.6, 0.62), on(0.8, -0.1), on(1, -0.7), on(1.1, 0), on(0.8, 0.9)]
        p.path(d(cr(low, True)), HAIR.shade, 'fill-opacity=".40"')
        top = [on(-0.1, 0.1), on(0.1, 1.0), on(0.24, 1.0), on(0.22, 0.4), on(0.16, -0.2)]
        p.path(d(cr(top, True)), HAIR.shade, 'fill-opacity=".45"')
        for f in (0.16, 0.42, 0.68):
            p.ink([on(0.04, f), on(0.4, f + 0.1), on(0.7, f - 0.2), on(0.98, -0.55)],
                  [0, 1.8, 1.2, 0], HAIR.shade, 0.5)  # fmt: skip
        p.ink([on(0.24, 0.62), on(0.42, 0.7), on(0.58, 0.52)], [0, 6, 0], HAIR.shine, 0.8)
        p.ink([on(0.28, 0.3), on(0.42, 0.34), on(0.52, 0.24)], [0, 3, 0], HAIR.shine, 0.6)
        p.close()
        p.ink(np.vstack([outline, outline[:1]]), [1.4, 2.4, 2.6, 2.2, 1.4], HAIR.line, 0.9, raw=True)


def part_lock_left():
    """The braid over the shoulder, and the strands that frame the face."""
    p = Part("lock_left")
    fill = p.lin(0, TOP, 0, LONG, HAIR.fill)
    braid(p, [(222, 590), (232, 668), (226, 750), (210, 830), (206, 900)], [56, 66, 64, 56, 40], 11, fill)
    lock(p, [(214, 300), (176, 390), (176, 480), (202, 560), (224, 620), (232, 650)], [26, 62, 66, 62, 42, 10],
         fill, HAIR, seed=220, strands=6, side=1, hi=[(0.22, 0.36, -0.8, 0.7, 0.7)], root=0.1)  # fmt: skip
    # tuft and tie
    for i, (pts, w) in enumerate(
        [([(206, 902), (188, 944), (192, 990)], [22, 26, 1]), ([(206, 902), (222, 946), (216, 1000)], [22, 26, 1]),
         ([(206, 902), (206, 950), (202, 1016)], [20, 26, 1])]
    ):  # fmt: skip
        lock(p, pts, w, fill, HAIR, seed=230 + i, strands=2, side=1)
    p.path("M190 890Q206 900 222 888L224 906Q206 918 189 908Z",
           p.lin(188, 0, 224, 0, [(0, PKD), (0.4, PKL), (0.6, PK), (1, PKD)]),
           f'stroke="{PKI}" stroke-width="1.8"')  # fmt: skip
    lock(p, [(228, 330), (210, 410), (212, 490), (234, 560), (246, 612), (238, 654)],
         [14, 28, 28, 22, 14, 1], fill, HAIR, seed=221, strands=3, side=1,
         hi=[(0.2, 0.36, -0.7, 0.6, 0.6)], root=0.12)  # fmt: skip
    lock(p, [(206, 330), (170, 410), (158, 480), (168, 560), (150, 624)], [12, 26, 28, 20, 1], fill,
         HAIR, seed=222, strands=2, side=1, hi=[(0.2, 0.36, -0.7, 0.6, 0.55)], root=0.12)  # fmt: skip
    return p


def part_lock_right():
    """A long wavy strand before the shoulder, and two thin ones."""
    p = Part("lock_right")
    fill = p.lin(0, TOP, 0, LONG, HAIR.fill)
    for i, (c, w, o) in enumerate(
        [
            ([(504, 296), (540, 380), (540, 472), (520, 566), (520, 650), (548, 730), (540, 810),
              (516, 880)], [28, 58, 62, 54, 46, 40, 26, 1],
             dict(strands=6, hi=[(0.14, 0.24, -0.8, 0.7, 0.7), (0.56, 0.66, -0.6, 0.4, 0.45)])),
            ([(506, 320), (522, 400), (516, 484), (494, 556), (480, 610), (488, 656)],
             [14, 28, 28, 22, 14, 1], dict(strands=3, hi=[(0.18, 0.34, -0.7, 0.6, 0.6)])),
            ([(518, 320), (558, 396), (566, 470), (556, 540), (574, 600)], [12, 28, 28, 20, 1],
             dict(strands=2, hi=[(0.18, 0.34, -0.7, 0.6, 0.6)])),
        ]
    ):  # fmt: skip
        lock(p, c, w, fill, HAIR, seed=211 + i, root=0.1, **o)
    return p
