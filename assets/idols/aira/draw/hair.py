"""Her hair: every lock is a tapered spline with shade, strands, highlights and ink."""

import numpy as np
from kit import *
from palette import *
from face import face_poly


def hairfill(p, y0=215, y1=900, dark=0):
    if dark:
        return p.lin(
            0, y0, 0, y1, [(0, "#3c2470"), (0.35, "#5b3a9b"), (0.7, "#9a58b8"), (1, "#d873b4")]
        )
    return p.lin(0, y0, 0, y1, [(0, HTOP), (0.25, "#8257c4"), (0.5, HMID), (0.75, HLOW), (1, HTIP)])


def lock(
    p,
    center,
    widths,
    fill,
    seed=0,
    strands=4,
    shade=1,
    hi=None,
    line=1.0,
    side=-1,
    lw=2.6,
    shop=0.42,
):
    """One hair lock: base, shaded side, strand lines, highlight lens, tapered colour ink outline."""
    r = np.random.default_rng(seed)
    C = cr(center, n=14)
    s = arclen(C)
    w = np.interp(s, np.linspace(0, 1, len(widths)), widths)
    # smooth the width profile
    k = np.ones(7) / 7
    w = np.convolve(np.pad(w, 3, "edge"), k, "valid")
    N = normals(C)
    off = lambda f: C + N * (f * w / 2)[:, None] if np.ndim(f) else C + N * ((f * w / 2)[:, None])
    L = off(1.0)
    R = off(-1.0)
    poly = np.vstack([L, R[::-1]])
    p.path(d(poly), fill)
    cl = p.clip(d(poly))
    p.open(cl)
    if shade:
        m = off(-0.15 * side)
        e = off(1.15 * side)
        p.path(d(np.vstack([m, e[::-1]])), HSH, f'fill-opacity="{shop * 0.55}"')
        m = off(0.45 * side)
        p.path(d(np.vstack([m, e[::-1]])), HSH, f'fill-opacity="{shop * 0.6}"')
    for i in range(strands):
        f = r.uniform(-0.8, 0.8)
        a = r.uniform(0, 0.35)
        b = r.uniform(0.65, 1.0)
        q = (s >= a) & (s <= b)
        if q.sum() < 6:
            continue
        P = off(f)[q]
        dark = r.random() < 0.55
        p.ink(
            P,
            [0, r.uniform(1.2, 2.6), 0.6, 0],
            HSH if dark else HHI,
            0.55 if dark else 0.38,
            raw=True,
        )
    if hi is not None:
        for a, b, f0, f1, op in hi:
            span = f1 - f0
            n = max(2, int(round(np.interp((a + b) / 2, s, w) * span / 2 / 4.2)))
            for k in range(n):
                f = f0 + span * (k + 0.5) / n + r.normal(0, 0.03)
                edge = 1 - abs((k + 0.5) / n * 2 - 1) ** 2 * 0.55
                ln = (b - a) * edge * r.uniform(0.65, 1.15)
                m = (a + b) / 2 + r.normal(0, 0.012) + (b - a) * 0.10 * (1 if k % 2 else -1)
                q = (s >= m - ln / 2) & (s <= m + ln / 2)
                if q.sum() < 3:
                    continue
                ww = np.interp(m, s, w) * span / 2 / n * 1.25
                p.ink(off(f)[q], [0, ww * 0.8, ww, ww * 0.7, 0], "#f3e4ff", op, raw=True)
    p.close()
    if line:
        W = [lw * 0.5, lw, lw * 1.1, lw * 0.8, 0.5]
        p.ink(L, W, HL, line, raw=True)
        p.ink(R, W, HL, line, raw=True)
    return poly


def hpart(name, locks, dark=0, y0=215, y1=900, seed=0, **kw):
    p = Part(name)
    f = hairfill(p, y0, y1, dark)
    for i, L in enumerate(locks):
        c, w = L[0], L[1]
        o = dict(kw)
        o.update(L[2] if len(L) > 2 else {})
        lock(p, c, w, f, seed=seed * 100 + i, **o)
    return p


def mir(locks):
    return [
        (
            mirror(L[0]),
            L[1],
            dict(L[2] if len(L) > 2 else {}, side=-(L[2].get("side", -1) if len(L) > 2 else -1)),
        )
        for L in locks
    ]


def part_hair_back():
    p = Part("hair_back")
    f = hairfill(p, 240, 1050, 1)
    P = [
        (360, 262),
        (445, 268),
        (516, 320),
        (562, 420),
        (574, 520),
        (560, 640),
        (575, 760),
        (590, 860),
        (572, 950),
        (500, 900),
        (440, 920),
        (360, 880),
        (280, 920),
        (220, 900),
        (148, 950),
        (130, 860),
        (145, 760),
        (160, 640),
        (146, 520),
        (158, 420),
        (204, 320),
        (275, 268),
    ]
    dd = d(cr(P, True))
    p.path(dd, f)
    p.open(p.clip(dd))
    r = np.random.default_rng(3)
    for i in range(34):
        x = 170 + 380 * r.random()
        p.ink(
            [
                (x, 300),
                (x + r.normal(0, 14) + (x - 360) * 0.14, 520),
                (x + r.normal(0, 22) + (x - 360) * 0.1, 760),
                (x + r.normal(0, 26), 920),
            ],
            [0, r.uniform(3, 9), r.uniform(2, 6), 0],
            "#2d1860" if r.random() < 0.65 else "#c88be8",
            0.34 if i % 2 else 0.22,
        )
    p.path("M230 560H490V760Q360 900 230 760Z", "#2a1458", f'fill-opacity=".55" {p.blur(30)}')
    p.close()
    return p


def locks_backside():
    # big flowing curls, screen-right side
    return [
        (
            [
                (462, 284),
                (540, 362),
                (572, 470),
                (578, 590),
                (612, 700),
                (646, 800),
                (622, 910),
                (640, 1010),
            ],
            [40, 80, 102, 108, 104, 86, 58, 3],
            dict(strands=11, hi=[(0.13, 0.22, -0.7, 0.7, 0.42), (0.52, 0.60, -0.6, 0.3, 0.34)]),
        ),
        (
            [(530, 360), (590, 470), (612, 580), (606, 680), (650, 770), (688, 850), (664, 940)],
            [26, 46, 56, 56, 52, 38, 2],
            dict(strands=6, hi=[(0.3, 0.4, -0.5, 0.5, 0.3)]),
        ),
        (
            [(470, 480), (522, 600), (536, 710), (560, 820), (586, 910), (548, 1000), (520, 1060)],
            [60, 84, 92, 84, 66, 38, 2],
            dict(strands=8, hi=[(0.48, 0.58, -0.6, 0.5, 0.36)]),
        ),
    ]


def locks_backside_left():
    # not a mirror image: shorter, with its own waves
    return [
        (
            [
                (258, 284),
                (184, 356),
                (146, 462),
                (152, 580),
                (106, 690),
                (94, 786),
                (132, 868),
                (98, 958),
            ],
            [40, 80, 104, 106, 98, 80, 52, 3],
            dict(
                strands=11,
                side=1,
                hi=[(0.15, 0.24, -0.7, 0.7, 0.42), (0.46, 0.55, -0.6, 0.3, 0.34)],
            ),
        ),
        (
            [(190, 360), (126, 466), (100, 570), (114, 676), (70, 756), (44, 824), (76, 896)],
            [26, 46, 58, 56, 50, 36, 2],
            dict(strands=6, side=1, hi=[(0.34, 0.43, -0.5, 0.5, 0.3)]),
        ),
        (
            [(250, 480), (200, 596), (184, 700), (150, 796), (142, 884), (182, 962), (198, 1026)],
            [60, 84, 92, 84, 66, 40, 2],
            dict(strands=8, side=1, hi=[(0.44, 0.54, -0.6, 0.5, 0.36)]),
        ),
    ]


def part_hair_sideback(side):
    L = locks_backside() if side == "R" else locks_backside_left()
    seed = 5 if side == "R" else 6
    return hpart("hair_backside" + side, L, dark=0, y0=260, y1=1000, seed=seed, shop=0.5)


def BANGS(hi):
    H = lambda a, b: (
        None if hi is None else [(a, b, -0.85, 0.85, 0.62), (a - 0.03, a + 0.01, -0.5, 0.5, 0.35)]
    )
    return [
        (
            [(372, 222), (444, 246), (492, 310), (506, 386), (492, 452)],
            [44, 70, 66, 42, 1],
            dict(hi=H(0.40, 0.56)),
        ),
        (
            [(340, 222), (272, 246), (226, 310), (212, 386), (228, 452)],
            [44, 70, 66, 42, 1],
            dict(hi=H(0.40, 0.56), side=1),
        ),
        (
            [(364, 222), (424, 252), (462, 318), (470, 390), (446, 446)],
            [40, 70, 62, 40, 1],
            dict(hi=H(0.42, 0.58)),
        ),
        (
            [(346, 222), (292, 252), (254, 318), (250, 390), (276, 444)],
            [40, 70, 60, 38, 1],
            dict(hi=H(0.42, 0.58), side=1),
        ),
        (
            [(358, 222), (398, 262), (424, 336), (418, 400), (384, 440)],
            [36, 64, 58, 34, 1],
            dict(hi=H(0.44, 0.60)),
        ),
        (
            [(362, 222), (332, 256), (308, 328), (300, 392), (324, 448)],
            [36, 64, 58, 34, 1],
            dict(hi=H(0.44, 0.60), side=1),
        ),
        (
            [(368, 220), (352, 276), (342, 346), (350, 412), (376, 466)],
            [36, 54, 50, 26, 1],
            dict(hi=H(0.44, 0.58)),
        ),
        (
            [(372, 222), (404, 284), (412, 352), (402, 408)],
            [12, 20, 18, 1],
            dict(strands=1, hi=None if hi is None else [(0.5, 0.66, -0.7, 0.7, 0.5)]),
        ),
    ]


def part_bangs():
    hi = [(0.40, 0.56, -0.75, 0.75, 0.62), (0.36, 0.44, -0.5, 0.1, 0.4)]
    top = (352, 226)
    locks = BANGS(hi)
    return hpart("bangs", locks, seed=11, y0=205, y1=760, strands=5, lw=2.4)


def part_sidelock(side):
    L = [
        (
            [(470, 268), (520, 350), (528, 450), (512, 560), (520, 660), (548, 740), (536, 820)],
            [30, 58, 60, 52, 46, 30, 1],
            dict(strands=6, hi=[(0.15, 0.26, -0.8, 0.7, 0.6), (0.55, 0.66, -0.5, 0.3, 0.35)]),
        ),
        (
            [(486, 300), (512, 400), (500, 490), (484, 570), (480, 640), (492, 690)],
            [16, 32, 34, 28, 18, 1],
            dict(strands=3, hi=[(0.2, 0.36, -0.6, 0.5, 0.45)]),
        ),
        (
            [(500, 300), (546, 380), (558, 460), (552, 540), (572, 610)],
            [16, 30, 32, 22, 1],
            dict(strands=3, hi=[(0.2, 0.34, -0.6, 0.5, 0.45)]),
        ),
    ]
    if side == "L":
        L = [
            (
                [
                    (250, 268),
                    (202, 350),
                    (190, 452),
                    (204, 556),
                    (204, 650),
                    (174, 724),
                    (190, 796),
                    (174, 848),
                ],
                [30, 60, 64, 58, 48, 36, 22, 1],
                dict(
                    strands=6,
                    side=1,
                    hi=[(0.16, 0.26, -0.8, 0.7, 0.6), (0.5, 0.6, -0.5, 0.3, 0.35)],
                ),
            ),
            (
                [(232, 300), (206, 400), (220, 490), (238, 566), (238, 622), (224, 660)],
                [16, 30, 30, 24, 14, 1],
                dict(strands=3, side=1, hi=[(0.22, 0.38, -0.6, 0.5, 0.45)]),
            ),
            (
                [(222, 300), (176, 384), (160, 456), (170, 540), (148, 620)],
                [16, 30, 32, 22, 1],
                dict(strands=3, side=1, hi=[(0.2, 0.34, -0.6, 0.5, 0.45)]),
            ),
        ]
    return hpart("sidelock" + side, L, seed=21 if side == "R" else 22, y0=215, y1=860)


def part_crown():
    """top cap of the hair with the angel ring."""
    p = Part("crown")
    f = hairfill(p, 205, 760)
    P = [
        (360, 196),
        (430, 204),
        (494, 244),
        (530, 312),
        (536, 380),
        (516, 420),
        (486, 350),
        (430, 300),
        (360, 288),
        (290, 300),
        (234, 350),
        (204, 420),
        (184, 380),
        (190, 312),
        (226, 244),
        (290, 204),
    ]
    dd = d(cr(P, True))
    p.path(dd, f)
    p.open(p.clip(dd))
    r = np.random.default_rng(4)
    for i in range(40):
        a = -1.25 + 2.5 * i / 39 + r.normal(0, 0.02)
        e = (356 + np.sin(a) * 185, 390 - np.cos(a) * 70)
        s0 = (354 + np.sin(a) * 10, 208)
        m = (354 + np.sin(a) * 110, 262 - np.cos(a) * 36 + (1 - np.cos(a)) * 20)
        p.ink([s0, m, e], [0, r.uniform(1.5, 4), 0.5], HSH if r.random() < 0.6 else HHI, 0.38)
    for i in range(44):
        a = -1.2 + 2.4 * i / 43
        R = 1
        x = 356 + np.sin(a) * 158
        y = 322 - np.cos(a) * 58
        h = r.uniform(8, 20) * (1 - 0.25 * abs(a))
        p.ink(
            [(x - np.sin(a) * 6, y - h), (x, y), (x + np.sin(a) * 6, y + h * 0.8)],
            [0, r.uniform(2.5, 5), 0],
            "#f6e8ff",
            0.5,
        )
    p.path("M180 180H360V330Q260 300 200 420H150Z", "#fff", f'fill-opacity=".12" {p.blur(18)}')
    p.close()
    p.ink(
        [
            (204, 420),
            (184, 380),
            (190, 312),
            (226, 244),
            (290, 204),
            (360, 196),
            (430, 204),
            (494, 244),
            (530, 312),
            (536, 380),
            (516, 420),
        ],
        [0.5, 2.6, 3, 3, 2.6, 2.6, 3, 3, 0.5],
        HL,
        1,
    )
    return p


def part_ahoge():
    return hpart(
        "ahoge",
        [
            (
                [(356, 214), (340, 176), (352, 140), (392, 126), (424, 146)],
                [10, 17, 18, 12, 1],
                dict(strands=2, hi=[(0.35, 0.6, -0.6, 0.4, 0.5)]),
            ),
            ([(352, 212), (326, 186), (300, 176), (282, 188)], [8, 11, 9, 1], dict(strands=1)),
        ],
        seed=31,
        y0=120,
        y1=600,
    )


def part_hairshadow():
    """multiply-like shadow of the fringe on the face; clipped to face"""
    p = Part("hairshadow")
    F = d(cr(face_poly(), True, 12))
    p.open(p.clip(F))
    b = p.blur(2.2)
    b0 = part_bangs_poly()
    for P in b0:
        p.path(d(P + [5, 15]), "#c8607a", f'fill-opacity=".40" {b}')
    for s in (1, -1):
        P = np.array(
            [(480, 300), (494, 400), (486, 500), (470, 570), (520, 600), (540, 300)], float
        )
        if s < 0:
            P = mirror(P)
        p.path(d(cr(P, True)), "#c8607a", f'fill-opacity=".38" {b}')
    p.close()
    return p


def part_bangs_poly():
    q = Part("x")
    out = []
    for L in BANGS(None)[:-1]:
        c, w = L[0], L[1]
        out.append(lock(q, c, w, "#000"))
    return out
