"""Clothes: a cream rollneck, a forest wool blazer with satin pocket square, brass buttons."""

import numpy as np
from figure.cloth import button, outline, ribs
from figure.ink import *
from figure.region import reach
from palette import *

METAL = (BRASSL, BRASS, BRASSD)
BODY = [(360, 690), (404, 700), (440, 716), (500, 736), (548, 766), (566, 830), (546, 900),
        (524, 980), (506, 1060), (508, 1140), (530, 1240), (540, 1340), (360, 1350)]  # fmt: skip


def twill(p, cloth, x0, y0, x1, y1):
    """The diagonal of a wool weave, one aside for two up, no longer than the cloth needs: what is
    cut away takes as long to bake as what is seen."""
    left, top, right, bottom = reach(cloth)
    up = (y1 - y0) // 2
    path = ""
    for x in range(int(x0 - (y1 - y0) / 2), int(x1), 7):
        start = max(0, int(left - x) - 3, int(y1 - bottom) // 2 - 3)
        end = min(up, int(right - x) + 3, int(y1 - top) // 2 + 3)
        if start < end and 2 * up == y1 - y0:
            path += f"M{x + start} {y1 - 2 * start}L{x + end} {y1 - 2 * end}"
        elif start < end:
            path += f"M{x} {y1}L{x + (y1 - y0) * 0.5:.0f} {y0}"
    p.path(path, "none", f'stroke="{WOOLD}" stroke-width="1.4" stroke-opacity=".28"')


def part_torso():
    p = Part("torso")
    right = np.array(BODY, float)
    whole = d(cr(np.vstack([right, mirror(right)[::-1][1:-1]]), True))
    p.path(whole, p.lin(0, 700, 0, 1300, [(0, CREAM), (0.5, CREAM2), (1, "#d8c1a0")]))
    p.open(p.clip(whole))
    ribs(p, 280, 440, 740, 1340, 17, CREAMD, "#fff", lambda x, y: (x + 7 * np.sin((y - 760) / 120), y))
    p.path("M300 760Q360 830 420 760V1300H300Z", "#8f6a54", f'fill-opacity=".16" {p.blur(22)}')
    for q in ([(318, 1180), (352, 1196), (400, 1186)], [(326, 900), (362, 912), (404, 900)],
              [(318, 1090), (360, 1104), (412, 1090)]):  # fmt: skip
        p.ink(q, [0, 9, 0], CREAMD, 0.6)
        p.ink([(x, y + 7) for x, y in q], [0, 5, 0], "#fff", 0.6)
    # trousers
    p.path("M150 1226Q360 1262 570 1226V1400H150Z", p.lin(150, 0, 570, 0, [(0, "#1c1a24"), (0.5, "#3c3846"), (1, "#1c1a24")]))  # fmt: skip
    p.path("M150 1226Q360 1262 570 1226V1254Q360 1290 150 1254Z", "#4a2c1c")
    p.path("M336 1240H384V1276H336Z", "none", f'stroke="{BRASSD}" stroke-width="7"')
    p.path("M336 1240H384V1276H336Z", "none", f'stroke="{BRASSL}" stroke-width="3"')
    p.close()
    return p


def part_rollneck():
    """The folded collar, over the neck, and the chain."""
    p = Part("rollneck")
    points = [(300, 690), (318, 676), (360, 690), (402, 676), (420, 690), (428, 730), (416, 762),
              (360, 780), (304, 762), (292, 730)]  # fmt: skip
    path = d(cr(points, True))
    p.path(path, "#6d4a34", f'fill-opacity=".4" transform="translate(0 9)" {p.blur(4)}')
    p.path(path, p.lin(290, 0, 430, 0, [(0, "#d6bd9a"), (0.35, CREAM), (0.6, "#fffaf0"), (1, "#d2b792")]))
    p.open(p.clip(path))
    ribs(p, 288, 432, 668, 784, 16, CREAMD, "#fff", lambda x, y: (x + (360 - x) * 0.05 * (y - 676) / 90, y + (1 - ((x - 360) / 70) ** 2) * 12))
    p.path("M296 676Q360 712 424 676V700Q360 732 296 700Z", "#7d5540", f'fill-opacity=".34" {p.blur(3)}')
    p.ink([(294, 742), (360, 766), (426, 742)], [0, 5, 0], CREAMD, 0.7)
    p.close()
    outline(p, points, CREAMI, 2.6)
    # a brass chain with a leaf
    chain = cr([(316, 772), (330, 830), (360, 862), (390, 830), (404, 772)], n=9)
    for i, (x, y) in enumerate(chain[::2]):
        p.path(f"M{x - 4:.1f} {y:.1f}a4 {3 if i % 2 else 5} 0 1 0 8 0a4 {3 if i % 2 else 5} 0 1 0 -8 0Z",
               "none", f'stroke="{BRASSD if i % 3 else BRASSL}" stroke-width="2.4"')  # fmt: skip
    p.path("M360 864Q380 884 360 912Q340 884 360 864Z",
           p.lin(346, 866, 374, 910, [(0, BRASSL), (0.5, BRASS), (1, BRASSD)]),
           'stroke="#5c3a18" stroke-width="1.6"')  # fmt: skip
    p.ink([(360, 870), (361, 890), (360, 908)], [0, 1.8, 0], "#5c3a18", 0.7)
    p.path("M353 880Q354 872 359 868", "none", 'stroke="#fff" stroke-width="2" stroke-linecap="round"')
    return p


FRONT = [(410, 704), (440, 716), (500, 736), (550, 768), (572, 836), (560, 900), (544, 980),
         (536, 1060), (540, 1150), (556, 1250), (566, 1340), (452, 1350), (424, 1240), (404, 1120),
         (400, 1020), (426, 900), (440, 810), (424, 744)]  # fmt: skip
LAPEL = [(404, 700), (440, 722), (478, 770), (504, 834), (480, 838), (496, 866), (458, 950),
         (404, 1030), (412, 940), (432, 850), (426, 780)]  # fmt: skip


def part_blazer():
    p = Part("blazer")
    for m in (0, 1):

        def x(q):
            return [(720 - a, b) for a, b in q] if m else q

        path = d(cr(x(FRONT), True))
        p.path(path, "#5b3b2c", f'fill-opacity=".4" transform="translate({5 if m else -5} 5)" {p.blur(6)}')
        p.path(path, p.lin(0, 720, 0, 1340, [(0, WOOL2), (0.4, WOOL), (1, WOOLD)]))
        p.open(p.clip(path))
        twill(p, path, 90, 690, 640, 1360)
        p.path(d(cr(x([(590, 780), (530, 880), (520, 980), (512, 1080), (528, 1240), (620, 1340)]), True)),
               WOOLI, f'fill-opacity=".6" {p.blur(12)}')  # fmt: skip
        p.path(d(cr(x([(460, 740), (520, 760), (536, 800), (500, 880), (500, 960), (470, 900)]), True)),
               WOOLL, f'fill-opacity=".3" {p.blur(12)}')  # fmt: skip
        for q in ([(566, 880), (528, 930), (484, 950)], [(556, 960), (520, 1000), (470, 1040)],
                  [(548, 1040), (510, 1060), (440, 1066)], [(430, 1090), (480, 1110), (540, 1090)]):  # fmt: skip
            p.ink(x(q), [0, 9, 0], WOOLI, 0.5)
            p.ink(x([(a, b + 7) for a, b in q]), [0, 5, 0], WOOLL, 0.35)
        # pocket flap
        flap = x([(448, 1150), (528, 1140), (532, 1180), (452, 1192)])
        p.path(d(np.array(flap)), WOOL, f'stroke="{WOOLI}" stroke-width="2.4" stroke-linejoin="round"')
        p.ink(x([(450, 1154), (490, 1150), (526, 1145)]), [1, 2.4, 1], WOOLL, 0.6)
        p.close()
        outline(p, x(FRONT[:11]), WOOLI, 2.9, closed=False)
        outline(p, x(FRONT[11:17]), WOOLI, 2.6, closed=False)
        lapel = np.array(x(LAPEL), float)
        ld = d(cr(lapel, True))
        p.path(ld, WOOLI, f'fill-opacity=".5" transform="translate({-4 if m else 4} 6)" {p.blur(4)}')
        p.path(ld, p.lin(0, 700, 0, 1030, [(0, "#57a88c"), (0.4, WOOL2), (1, WOOL)]))
        p.open(p.clip(ld))
        twill(p, ld, 90, 690, 640, 1060)
        p.ink(x([(410, 1020), (440, 900), (440, 800), (420, 730)]), [2, 7, 7, 3], WOOLL, 0.5)
        p.close()
        outline(p, lapel, WOOLI, 2.5)
        p.ink(x([(500, 830), (470, 812), (440, 812)]), [1, 2.4, 1], WOOLI, 0.9)
        p.ink(x([(486, 870), (452, 944), (412, 1014)]), [0.5, 1.8, 0.5], BRASS, 0.8)
    # breast pocket with a satin square on the viewer's right
    p.path("M474 918Q476 886 492 894Q500 872 512 892Q530 884 530 912L532 922L474 928Z",
           p.lin(474, 880, 530, 925, [(0, WINEL), (0.4, WINE), (0.7, WINEL), (1, WINED)]),
           f'stroke="{WINED}" stroke-width="2"')  # fmt: skip
    p.ink([(494, 896), (498, 910), (496, 924)], [0, 2.4, 0], WINED, 0.8)
    p.ink([(512, 894), (512, 908), (516, 922)], [0, 2.4, 0], "#ffd9dc", 0.8)
    p.path("M468 926L536 916L537 930L470 940Z", WOOL2, f'stroke="{WOOLI}" stroke-width="2.2"')
    for y in (1072, 1132):
        button(p, 398 + (y - 1072) * 0.08, y, 10, METAL, "#4a2c12")
    return p


def part_shoulder(side):
    p = Part("shoulder" + side)
    m = side == "L"

    def x(q):
        return [(720 - a, b) for a, b in q] if m else q

    points = x([(476, 728), (520, 738), (562, 756), (592, 792), (602, 836), (588, 858), (562, 842),
                (544, 806), (512, 770)])  # fmt: skip
    path = d(cr(points, True))
    p.path(path, p.lin(0, 730, 0, 860, [(0, "#5fae93"), (0.5, WOOL2), (1, WOOL)]))
    p.open(p.clip(path))
    twill(p, path, 90, 720, 640, 870)
    p.path(d(cr(x([(500, 776), (540, 812), (560, 850), (510, 860)]), True)), WOOLI,
           f'fill-opacity=".5" {p.blur(7)}')  # fmt: skip
    p.ink(x([(520, 744), (562, 766), (588, 806)]), [0, 9, 0], WOOLL, 0.5)
    p.close()
    p.ink(x([(476, 728), (520, 738), (562, 756), (592, 792), (602, 836), (588, 858)]),
          [0.5, 2.4, 2.8, 2.8, 2.4, 0.5], WOOLI, 0.95)  # fmt: skip
    p.ink(x([(588, 858), (562, 842), (544, 806), (512, 770)]), [1, 2.4, 2, 0.3], WOOLI, 0.55)
    return p


def wool_bone(name, points, folds, ink):
    p = Part(name)
    path = d(cr(points, True))
    top = min(y for _, y in points)
    p.path(path, p.lin(-50, 0, 50, 0, [(0, WOOLD), (0.28, WOOL), (0.6, WOOL2), (0.85, WOOL), (1, WOOLD)]))
    p.open(p.clip(path))
    twill(p, path, -60, top, 60, 60)
    p.path(f"M-60 60H-26Q-36 -60 -28 -150Q-34 -220 -24 {top}H-60Z", WOOLI, f'fill-opacity=".45" {p.blur(8, margin=60)}')
    p.path(f"M14 40Q22 -100 16 {top}H28Q36 -100 30 40Z", WOOLL, f'fill-opacity=".28" {p.blur(6, margin=60)}')
    for q in folds:
        p.ink(q, [0, 9, 0], WOOLI, 0.6)
        p.ink([(a, b + 7) for a, b in q], [0, 5, 0], WOOLL, 0.4)
    p.close()
    for line in ink:
        outline(p, line, WOOLI, 2.9, closed=False)
    return p


def part_upperarm():
    """Shoulder at 0, elbow at -250."""
    points = [(-22, 40), (-46, 16), (-51, -30), (-49, -100), (-46, -180), (-44, -240), (-36, -276),
              (-16, -294), (12, -295), (35, -280), (46, -246), (49, -180), (51, -100), (52, -30),
              (46, 16), (22, 40)]  # fmt: skip
    folds = ([(-48, -204), (-18, -218), (16, -210)], [(48, -232), (18, -240), (-10, -234)],
             [(-46, -254), (-14, -248), (12, -252)], [(50, -66), (20, -54), (-8, -58)],
             [(-48, -150), (-24, -164), (-4, -160)])  # fmt: skip
    return wool_bone("upperarm", points, folds, [points[1:15]])


def part_forearm():
    """Elbow at 0, wrist at -196; a cream cuff shows, brass buttons sit on the sleeve."""
    points = [(-30, 32), (-44, 6), (-46, -40), (-44, -100), (-39, -150), (-37, -178), (37, -178),
              (40, -150), (46, -100), (48, -40), (46, 6), (30, 32), (0, 44)]  # fmt: skip
    folds = ([(-46, -16), (-16, -6), (16, -14)], [(48, -32), (20, -22), (0, -26)],
             [(-44, -80), (-20, -90), (4, -84)], [(46, -96), (24, -104), (4, -98)])  # fmt: skip
    p = Part("forearm")
    cuff = [(-33, -160), (-32, -190), (-26, -204), (26, -204), (32, -190), (33, -160)]
    q = d(cr(cuff, True))
    p.path(q, p.lin(-34, 0, 34, 0, [(0, "#d2b792"), (0.4, CREAM), (0.6, "#fffaf0"), (1, "#d2b792")]))
    p.open(p.clip(q))
    ribs(p, -33, 33, -206, -160, 9, CREAMD, "#fff")
    p.close()
    outline(p, cuff, CREAMI, 2.4)
    bone = wool_bone("x", points, folds, [[*points[1:11]]])
    # one document: its names must not meet the cuff's
    p.defs += [e.replace('id="', 'id="w').replace("@f", "@wf") for e in bone.defs]
    p.soft |= {f"w{i}": deviation for i, deviation in bone.soft.items()}
    p.el += [e.replace("url(#", "url(#w") for e in bone.el]
    for y in (-160, -144, -128):
        button(p, 30, y, 5, METAL, "#4a2c12")
    return p
