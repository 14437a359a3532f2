"""Face, ears, nose and blush."""

import numpy as np

from figure.ink import Part, cr, d, mirror
from figure.skin import SK, SK2, SKD, SKL, SKS


def whole(right):
    """The outline of a face from its right half."""
    right = np.array(right, float)
    return np.vstack([right, mirror(right)[::-1][1:-1]])


def part_face(right, jaw, cheek=545):
    """The face from its right half; `jaw` is the part of its edge that is inked."""
    p = Part("face")
    F = cr(whole(right), True, 12)
    chin = right[-1][1] - 621
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
    p.path("M200 250H520V385Q360 330 200 385Z", SKS, f'fill-opacity=".55" {p.blur(16, margin=60)}')
    # cheeks
    for x, y in ((272, cheek), (448, cheek)):
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
    p.path(
        "M346 500Q352 470 358 440Q364 470 366 500Q364 530 358 538Q350 530 346 500Z",
        "#fffaf4",
        f'fill-opacity=".55" {p.blur(5, margin=60)}',
    )
    p.path(
        "M330 596Q360 606 390 596Q380 612 360 613Q340 612 330 596Z",
        "#fff6ef",
        f'fill-opacity=".5" transform="translate(0 {chin})" {p.blur(4, margin=60)}',
    )
    p.close()
    edge = np.vstack([np.array(jaw, float), mirror(np.array(jaw, float))[::-1][1:]])
    p.ink(cr(edge, n=12), [0, 1.6, 2.4, 3.0, 3.2, 3.0, 2.4, 1.6, 0], SKL, 0.9, raw=True)
    return p


def part_ears():
    """Both ears, for those whose hair shows them."""
    p = Part("ears")
    for s in (1, -1):
        P = np.array(
            [(498, 440), (516, 424), (530, 436), (530, 470), (518, 502), (498, 512)], float
        )
        inner = np.array([(506, 452), (518, 444), (522, 462), (512, 488)], float)
        if s < 0:
            P = mirror(P)
            inner = mirror(inner)
        p.shape(P, p.lin(0, 420, 0, 510, [(0, SK), (1, "#ffc9bd")]))
        p.ink(P, [1, 2.4, 2.4, 1], SKL, 0.9)
        p.ink(inner, [0.5, 2.2, 1], SKD, 0.8)
    return p


def part_nose(down=0.0):
    """A small nose: a shade, a line, a light."""
    p = Part("nose")
    p.open(f'transform="translate(0 {down})"')
    p.path(
        "M352 541Q357 547 366 543Q362 550 356 549Q352 547 352 541Z",
        SKD,
        f'fill-opacity=".75" {p.blur(0.8)}',
    )
    p.ink([(354, 545), (359, 548), (364, 546)], [0, 2, 0], SKL, 0.8)
    p.path("M355 529a3.4 5 0 1 0 .1 0Z", "#fff", f'fill-opacity=".85" {p.blur(0.9)}')
    p.close()
    return p


def part_blush(down=0.0):
    """The blush of the cheeks, faded in by a parameter."""
    p = Part("blush")
    for x, y in ((270, 548 + down), (450, 548 + down)):
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
