"""Face, ears, neck, nose and blush."""

import numpy as np
from figure.ink import *
from palette import *

FACE_R = [
    (360, 262),
    (430, 280),
    (480, 335),
    (501, 405),
    (502, 455),
    (495, 500),
    (474, 542),
    (440, 576),
    (403, 600),
    (378, 613),
    (360, 616),
]


def face_poly():
    R = np.array(FACE_R, float)
    Lf = mirror(R)[::-1][1:-1]
    return np.vstack([R, Lf])


def part_face():
    p = Part("face")
    F = cr(face_poly(), True, 12)
    p.path(d(F), p.lin(0, 300, 0, 620, [(0, SK2), (0.35, SK), (0.8, SK), (1, "#ffd8cb")]))
    p.open(p.clip(d(F)))
    # side form shadows, soft
    b = p.blur(13)
    p.path(
        d(
            np.vstack(
                [
                    cr([(520, 400), (492, 470), (488, 520), (462, 572), (420, 606), (360, 628)]),
                    [(540, 640), (560, 400)],
                ]
            )
        ),
        SKS,
        f'fill-opacity=".55" {b}',
    )
    p.path(
        d(
            np.vstack(
                [
                    cr([(204, 400), (224, 470), (232, 520), (258, 572), (300, 606), (360, 628)]),
                    [(180, 640), (160, 400)],
                ]
            )
        ),
        SKS,
        f'fill-opacity=".30" {b}',
    )
    # forehead ambient shadow under the hair
    p.path("M200 250H520V385Q360 330 200 385Z", SKS, f'fill-opacity=".55" {p.blur(16)}')
    # cheeks
    for x, y in ((272, 545), (448, 545)):
        p.path(
            f"M{x - 46} {y}a46 25 0 1 0 92 0a46 25 0 1 0 -92 0Z",
            p.rad(
                x,
                y,
                46,
                [(0, "#ff7f8e", 0.42), (0.55, "#ff8f98", 0.24), (1, "#ff9a9f", 0)],
                f"translate(0 {y}) scale(1 .55) translate(0 {-y})",
            ),
        )
    # light on forehead/nose bridge & cheek tops
    p.path("M312 520a20 9 0 1 0 .1 0Z", "#fff", 'fill-opacity="0"')
    p.path(
        "M346 500Q352 470 358 440Q364 470 366 500Q364 530 358 538Q350 530 346 500Z",
        "#fffaf4",
        f'fill-opacity=".55" {p.blur(5)}',
    )
    p.path(
        "M330 596Q360 606 390 596Q380 612 360 613Q340 612 330 596Z",
        "#fff6ef",
        f'fill-opacity=".5" {p.blur(4)}',
    )
    p.close()
    # line: only jaw
    J = cr(
        [
            (503, 440),
            (496, 500),
            (475, 543),
            (441, 577),
            (404, 601),
            (378, 614),
            (360, 617),
            (342, 614),
            (316, 601),
            (279, 577),
            (245, 543),
            (226, 500),
            (219, 440),
        ],
        n=12,
    )
    p.ink(J, [0, 1.6, 2.4, 3.0, 3.2, 3.0, 2.4, 1.6, 0], SKL, 0.9, raw=True)
    return p


def part_ears():
    p = Part("ears")
    for s in (1, -1):
        P = np.array(
            [(498, 440), (516, 424), (530, 436), (530, 470), (518, 502), (498, 512)], float
        )
        I = np.array([(506, 452), (518, 444), (522, 462), (512, 488)], float)
        if s < 0:
            P = mirror(P)
            I = mirror(I)
        p.shape(P, p.lin(0, 420, 0, 510, [(0, SK), (1, "#ffc9bd")]))
        p.ink(P, [1, 2.4, 2.4, 1], SKL, 0.9)
        p.ink(I, [0.5, 2.2, 1], SKD, 0.8)
    return p


def part_neck():
    p = Part("neck")
    P = [
        (328, 570),
        (327, 640),
        (322, 690),
        (300, 716),
        (250, 738),
        (300, 800),
        (360, 830),
        (420, 800),
        (470, 738),
        (420, 716),
        (398, 690),
        (393, 640),
        (392, 570),
    ]
    dd = d(cr(P, True))
    p.path(dd, p.lin(0, 600, 0, 830, [(0, "#ffd5c8"), (0.5, SK), (1, SK)]))
    p.open(p.clip(dd))
    p.path(
        "M300 560H420V652Q392 690 362 694Q330 690 310 652Z",
        "#e8909a",
        f'fill-opacity=".55" {p.blur(3)}',
    )
    p.path(
        "M300 560H420V636Q380 662 352 664Q326 660 304 636Z",
        "#d4717f",
        f'fill-opacity=".38" {p.blur(2)}',
    )
    p.ink([(338, 742), (318, 752), (290, 756)], [0, 2.2, 0], SKD, 0.7)
    p.ink([(384, 742), (404, 752), (432, 756)], [0, 2.2, 0], SKD, 0.7)
    p.ink([(336, 712), (346, 738), (352, 760)], [0, 1.6, 0], SKD, 0.45)
    p.close()
    p.ink([(328, 600), (327, 645), (322, 688), (300, 715)], [0, 2.6, 2.4, 1], SKL, 0.9)
    p.ink([(392, 600), (393, 645), (398, 688), (420, 715)], [0, 2.6, 2.4, 1], SKL, 0.9)
    # choker
    p.path(
        "M323 668Q360 688 397 668L398 684Q360 706 322 684Z",
        p.lin(
            317, 0, 404, 0, [(0, "#1c1640"), (0.35, "#4b3f8c"), (0.6, "#2a2358"), (1, "#15103a")]
        ),
    )
    p.path(
        "M360 716c-9 -9 -14 -13 -14 -20a7.6 7.6 0 0 1 14 -4a7.6 7.6 0 0 1 14 4c0 7 -5 11 -14 20Z",
        p.lin(346, 690, 374, 716, [(0, "#ffe9b8"), (0.5, GOLD), (1, GOLDD)]),
        f'stroke="#8a5a2a" stroke-width="1.4"',
    )
    p.path(
        "M352 696a4 3 0 0 1 6 -2", "none", 'stroke="#fff" stroke-width="2" stroke-linecap="round"'
    )
    return p


def part_nose():
    p = Part("nose")
    p.path(
        "M352 541Q357 547 366 543Q362 550 356 549Q352 547 352 541Z",
        SKD,
        f'fill-opacity=".75" {p.blur(0.8)}',
    )
    p.ink([(354, 545), (359, 548), (364, 546)], [0, 2, 0], SKL, 0.8)
    p.path("M355 529a3.4 5 0 1 0 .1 0Z", "#fff", f'fill-opacity=".85" {p.blur(0.9)}')
    return p


def part_blush(kind="shy"):
    p = Part("blush")
    for x, y in ((270, 548), (450, 548)):
        p.path(
            f"M{x - 50} {y}a50 27 0 1 0 100 0a50 27 0 1 0 -100 0Z",
            p.rad(
                x,
                y,
                50,
                [(0, "#ff4f74", 0.62), (0.6, "#ff6a86", 0.34), (1, "#ff8a9a", 0)],
                f"translate(0 {y}) scale(1 .56) translate(0 {-y})",
            ),
        )
        for k in range(4):
            p.ink(
                [(x - 22 + k * 14, y + 9), (x - 14 + k * 14, y - 8)],
                [0.4, 2.2, 0.4],
                "#e8405f",
                0.62,
            )
    return p
