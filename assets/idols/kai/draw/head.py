"""His face, neck with the turtleneck's shadow, and glasses."""

import figure.face as shared
from figure.ink import *
from palette import *

FACE_R = [(360, 262), (430, 278), (484, 330), (503, 405), (505, 458), (500, 506), (484, 552),
          (452, 590), (412, 616), (384, 628), (360, 631)]  # fmt: skip
JAW = [(505, 440), (500, 506), (485, 553), (453, 591), (413, 617), (384, 629), (360, 632)]


def part_face():
    return shared.part_face(FACE_R, JAW, 556)


def part_ears():
    """Ears and a small brass ring in one."""
    p = shared.part_ears()
    p.path("M519 505a7 9 0 1 0 .1 0Z", "none", f'stroke="{BRASSD}" stroke-width="4.4"')
    p.path("M519 505a7 9 0 1 0 .1 0Z", "none", f'stroke="{BRASSL}" stroke-width="2.2"')
    return p


def part_neck():
    p = Part("neck")
    points = [(316, 570), (316, 650), (312, 720), (360, 760), (408, 720), (404, 650), (404, 570)]
    path = d(cr(points, True))
    p.path(path, p.lin(0, 600, 0, 760, [(0, SK2), (1, SK)]))
    p.open(p.clip(path))
    p.path("M300 560H420V668Q380 700 352 698Q326 690 304 668Z", "#c9606c",
           f'fill-opacity=".5" {p.blur(3)}')  # fmt: skip
    p.close()
    for s in (1, -1):
        q = np.array([(404, 600), (405, 650), (408, 700)], float)
        p.ink(q if s > 0 else mirror(q), [0, 2.6, 2.4], SKL, 0.9)
    return p


def part_glasses():
    """Thin round brass frames, a gleam on the glass."""
    p = Part("glasses")
    for s in (1, -1):
        x = 360 + s * 71
        ring = f"M{x - 61} 494a61 54 0 1 0 122 0a61 54 0 1 0 -122 0Z"
        p.path(ring, p.lin(x - 60, 440, x + 60, 550, [(0, "#ffffff", 0.2), (0.4, "#ffffff", 0.02), (1, "#bfe6ff", 0.12)]))  # fmt: skip
        p.path(ring, "none", f'stroke="{BRASSI}" stroke-width="5.2"')
        p.path(ring, "none", f'stroke="{BRASS}" stroke-width="3"')
        p.path(f"M{x - 56} 474a58 52 0 0 1 50 -32", "none",
               f'stroke="{BRASSL}" stroke-width="2.6" stroke-linecap="round"')  # fmt: skip
        p.path(f"M{x + 18} 526L{x + 40} 470L{x + 48} 474L{x + 28} 530Z", "#fff", 'fill-opacity=".22"')
        p.path(f"M{x + s * 60} 480L{x + s * 78} 470", "none", f'stroke="{BRASSI}" stroke-width="5"')
        p.path(f"M{x + s * 60} 480L{x + s * 78} 470", "none", f'stroke="{BRASS}" stroke-width="2.8"')
    p.path("M350 488Q360 478 370 488", "none", f'stroke="{BRASSI}" stroke-width="5.4"')
    p.path("M350 488Q360 478 370 488", "none", f'stroke="{BRASS}" stroke-width="3"')
    return p


BRASSI = "#5c3a18"
