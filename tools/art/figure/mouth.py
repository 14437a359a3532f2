"""The mouth as key shapes that can be blended: visemes, and what faces do with shut lips.

Both lips are curves over the same places from one corner (-1) to the other (1). The lower one is
the mouth line plus a share of the opening that is never negative, so that no blend of keys turns
them over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from figure.ink import Part, d, taper
from figure.skin import SKD

AT = -np.cos(np.linspace(0, np.pi, 27))
"""Places along a lip, closer together near the corners, where it bends most."""


@dataclass(frozen=True)
class Lips:
    """One key, in design pixels."""

    wide: float
    """From the middle to a corner."""
    open: float = 0.0
    """How far the lower lip hangs below the mouth line."""
    up: float = 0.0
    """How far the upper lip rises above it: much of it makes the mouth round."""
    corner: float = 0.0
    """How far the corners lie above the middle; negative: below."""
    lean: float = 0.0
    """How much further the corner on the viewer's right rises; negative: the other one."""
    aside: float = 0.0
    """How far the mouth is off the middle of the face."""
    bow: float = 0.0
    """A peak in the middle of the upper lip: a cat's mouth when shut, a heart when open."""
    wave: float = 0.0
    """Height of the waves of a trembling line."""
    waves: float = 2.5
    """How many there are."""
    full: float = 2.0
    """Shape of the lower lip: 1.5 soft point, 2 half an ellipse, 2.6 broad."""
    teeth: float = 0.0
    """How far the upper teeth show."""
    tongue: float = 0.0
    """How much of the opening the tongue fills."""
    tuck: tuple[float, float] = (0.0, 0.0)
    """Length of the small fold at each corner."""
    tip: float = 0.0
    """How far the tip of the tongue is put out."""
    ink: float = 1.0
    """Strength of the line."""
    lip: float = 1.0
    """Strength of the shade below the lower lip."""


MOUTHS = {
    "sil": Lips(22, corner=5, lean=0.8, tuck=(2, 2.6)),
    "PP": Lips(18, corner=1.5, ink=1.05),
    "FF": Lips(21, 5, 0.6, 2.5, teeth=4),
    "TH": Lips(22, 9, 0.8, 3.5, teeth=2.6, tongue=0.85),
    "DD": Lips(23, 10, 0.8, 4, full=1.9, teeth=4, tongue=0.55),
    "kk": Lips(22, 12, 1.4, 3.5, teeth=3.4, tongue=0.4),
    "CH": Lips(14.5, 9, 4.6, -1, full=2.1, teeth=4.6, tongue=0.2),
    "SS": Lips(25, 7.5, 0.8, 4.5, 0.8, full=2.2, teeth=5.4, tongue=0.2),
    "nn": Lips(22, 8, 0.6, 4, teeth=2.4, tongue=0.7),
    "RR": Lips(16, 11, 4.4, 0, full=2.1, teeth=1.6, tongue=0.5),
    "aa": Lips(25, 28, 6, 9, 0.8, full=1.8, teeth=5.6, tongue=0.5, lip=0.7),
    "E": Lips(28, 17, 3.5, 8, 0.8, full=1.8, teeth=5, tongue=0.48),
    "ih": Lips(30, 10.5, 0.8, 6, 1, full=1.9, teeth=5, tongue=0.4),
    "oh": Lips(15.5, 18.5, 11, -1.2, full=2.1, tongue=0.42),
    "ou": Lips(9.5, 9.5, 8.5, -1, full=2, tongue=0.35),
    # expressions: `smile` and `frown` are added to what she says, the others stand alone
    "smile": Lips(27, corner=10, lean=1.6, tuck=(3.4, 4.2)),
    "frown": Lips(19, corner=-5.5, lean=-0.6, ink=1.05, lip=1.1),
    "joy": Lips(24, 15, 0, 5, 1, full=1.75, teeth=4.2, tongue=0.5, tuck=(2, 2.8)),
    "laugh": Lips(30, 27, 1.5, 4, 1, full=1.95, teeth=7, tongue=0.5, tuck=(2, 2.5), lip=0.6),
    "beam": Lips(33, 33, 2, 5, full=2, teeth=8, tongue=0.52, tuck=(2, 2), lip=0.4),
    "adore": Lips(19, 20, 5, 0.5, 0.8, bow=-4, full=1.6, tongue=0.6, tuck=(2.2, 2.8)),
    "gasp": Lips(12.5, 19, 12, full=2.15, tongue=0.36, ink=1.05, lip=0.7),
    "sob": Lips(19, corner=-0.6, lean=-0.9, wave=1.4, waves=2, ink=1.35, lip=1.2),
    "bashful": Lips(11.5, corner=3.4, lean=1.6, aside=5, wave=1.2, waves=1, ink=1.3, tuck=(0, 4.6)),
    "tremble": Lips(17, corner=4, wave=1.25, ink=1.1, tuck=(2.4, 2.4)),
    "worry": Lips(13.5, 3.8, 6.8, 2, full=2.4, tongue=0.3, ink=1.05),
    "muse": Lips(10, corner=-1.2, lean=-3.4, aside=-7, ink=1.15, tuck=(3.4, 0)),
    "pout": Lips(14, corner=-2.6, lean=0.9, aside=2, ink=1.4, lip=1.5),
    "smirk": Lips(19, corner=2.4, lean=5, aside=3, ink=1.15, tuck=(1, 5)),
    "content": Lips(17, corner=3, bow=4, ink=1.1, tuck=(2, 2)),
    "grin": Lips(18, corner=3, lean=1.5, aside=1, bow=3.4, ink=1.15, tuck=(2.4, 3.4), tip=11),
}

CAVITY = [(0, "#681b38"), (0.5, "#8b2741"), (1, "#ad3f52")]
FLESH = [(0, "#ff9d9f"), (0.5, "#f98591"), (1, "#e4647c")]


def curves(m):
    """Upper and lower lip, each (27, 2), about the middle of the mouth."""
    line = m.corner * (0.5 - AT**2) - m.lean * np.where(AT > 0, AT**2, -0.25 * AT**2)
    line = line + m.wave * np.sin(AT * np.pi * m.waves + 0.5) * (1 - AT**4)
    peak = m.bow * (
        np.exp(-((AT / 0.27) ** 2)) - 0.5 * np.exp(-(((np.abs(AT) - 0.52) / 0.27) ** 2))
    )
    round_ = np.sqrt(1 - AT**2)
    soft = (1 - np.abs(AT) ** m.full) ** (1 / m.full)
    x = m.aside + m.wide * AT
    upper = np.stack([x, line - peak - m.up * round_], 1)
    lower = np.stack([x, line - (peak if m.open == 0 else 0 * AT) + m.open * soft], 1)
    return upper, lower


def tapered(points, widths):
    """A line of ink along points, its widths given from end to end."""
    return d(taper(points, widths))


def part_mouth(key, look, x=360, y=570):
    """One mouth key of somebody with this look. Every key has the same paths, so any two can be blended."""
    m = MOUTHS[key]
    m = replace(m, wide=m.wide * look.mouth_wide)
    p = Part("mouth")
    line, soft = look.mouth_inks
    upper, lower = (lips + (x, y) for lips in curves(m))
    gape = min(1.0, (m.open + m.up) / 6)  # 0 shut, 1 open enough to see inside
    top, floor = float(upper[13, 1]), float(lower[13, 1])
    inside = d(np.vstack([upper, lower[::-1]]))
    p.path(inside, p.lin(0, round(top, 1), 0, round(floor + 1, 1), CAVITY))
    p.open(p.clip(inside))
    _tongue(p, m, x + m.aside, floor)
    show = m.teeth * (1 - np.abs(AT) ** 4)
    edge = upper + np.stack([0 * AT, show], 1)
    shade = edge + np.stack([0 * AT, 2.4 * (1 - AT**2) * min(1, m.teeth)], 1)
    p.path(d(np.vstack([upper, shade[::-1]])), "#4d1230", 'fill-opacity=".3"')
    p.path(d(np.vstack([upper - (0, 1), edge[::-1]])), "#fffaf5")
    p.close()
    shut, wide = np.array([1.5, 2.7, 3.3, 2.7, 1.5]), np.array([1.6, 2.4, 2.9, 2.4, 1.6])
    ink = (shut + (wide - shut) * gape) * m.ink
    p.path(tapered(lower, np.array([1.3, 1.7, 2.1, 1.7, 1.3]) * gape), soft, 'fill-opacity=".9"')
    _tip(p, m, x + m.aside, lower, soft)
    p.path(tapered(upper, ink), line, 'fill-opacity=".96"')
    for side, end, long in ((-1, upper[0], m.tuck[0]), (1, upper[-1], m.tuck[1])):
        _corner(p, end, side, long, ink[0], line)
    # the shade below the lower lip is what gives it its fullness
    half, deep = m.wide * 0.44, floor + 7.5
    lip = np.stack([x + m.aside + half * AT[::2], deep + 2.4 * (1 - AT[::2] ** 2)], 1)
    thick = np.array([0, 2, 2.8, 2, 0]) * m.lip
    p.path(tapered(lip, thick), SKD, 'fill-opacity=".6"')
    return p


def _tongue(p, m, x, floor):
    """Its back comes up round from behind the lower lip, with a dip in the middle."""
    wide, high = max(m.wide * 0.7, 1), max((m.open + m.up) * m.tongue, 0.5)
    base = floor + high * 0.15
    t = AT[::2]
    rise = np.sqrt(1 - t**2) * (1 - 0.1 * np.exp(-((t / 0.2) ** 2)))
    back = np.stack([x + wide * t, base - high * rise], 1)
    p.path(d(back), p.lin(0, round(base - high, 1), 0, round(base, 1), FLESH))
    gloss = np.stack([x + wide * (-0.42 + 0.2 * t), base - high * (0.72 + 0.07 * rise * t)], 1)
    p.path(tapered(gloss, np.array([0, 0.16, 0]) * high), "#ffd9d8", 'fill-opacity=".75"')


def _tip(p, m, x, lower, ink):
    """The tip of the tongue over the lower lip; nothing in most keys."""
    at = x + m.wide * 0.3
    y = float(np.interp(at, lower[:, 0], lower[:, 1]))
    t = AT[::2]
    wide = m.tip * 0.78
    drop = np.stack([at + wide * t, y - 0.5 + m.tip * np.sqrt(1 - t**2) ** 0.8], 1)
    p.path(d(drop), p.lin(0, round(y, 1), 0, round(y + max(m.tip, 1), 1), FLESH))
    p.path(tapered(drop, np.array([1.2, 1.6, 1.8, 1.6, 1.2]) * min(1, m.tip)), ink)
    mid = np.array([(at, y), (at, y + m.tip * 0.3), (at, y + m.tip * 0.55)])
    p.path(tapered(mid, np.array([1.5, 1.2, 0]) * min(1, m.tip)), "#d8506c", 'fill-opacity=".7"')


def _corner(p, end, side, long, thick, ink):
    """Where the line ends: a round end, and the small fold of a smile across it."""
    x, y = end
    r = thick * 0.5
    ring = [(x + r * np.cos(a), y + r * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 9)[:-1]]
    p.path(d(np.array(ring)), ink, 'fill-opacity=".96"')
    bend = np.array([(-0.32, -0.5), (0.12, -0.18), (0.2, 0.2), (0.0, 0.55)]) * long
    fold = bend * (side, 1) + (x, y)
    p.path(tapered(fold, np.array([0, 1.7, 1.7, 0]) * min(1, long)), ink, 'fill-opacity=".8"')
