"""How much room a blur needs: the smaller its region, the sooner an SVG engine has drawn it."""

import math
import re

_TAG = re.compile(r"<(/?)(\w+)([^>]*?)/?>")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")
_TAKES = {"H": 1, "V": 1, "Q": 4, "S": 4, "C": 6, "A": 7}
"""How many numbers a command of a path takes, where not two."""


def reach(path):
    """A box (left, top, right, bottom) that holds a path; curves by their control points."""
    x = y = 0.0
    points = []
    for command, text in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = [float(n) for n in _NUMBER.findall(text)]
        count = _TAKES.get(command.upper(), 2)
        for i in range(0, len(numbers) - count + 1, count):
            x0, y0 = (x, y) if command.islower() else (0.0, 0.0)
            step = numbers[i : i + count]
            if command in "Hh":
                pairs = [(x0 + step[0], y)]
            elif command in "Vv":
                pairs = [(x, y0 + step[0])]
            elif command in "Aa":
                pairs = [(x0 + step[5], y0 + step[6])]
                middle = (x + pairs[0][0]) / 2, (y + pairs[0][1]) / 2
                chord = math.hypot((x - middle[0]) / step[0], (y - middle[1]) / step[1])
                far = max(chord, 1) + math.sqrt(max(1 - chord**2, 0))
                points += [(middle[0] + i * step[0], middle[1] + i * step[1]) for i in (-far, far)]
            else:
                pairs = [(x0 + u, y0 + v) for u, v in zip(step[::2], step[1::2], strict=True)]
            points += pairs
            x, y = pairs[-1]
    return (*map(min, zip(*points, strict=True)), *map(max, zip(*points, strict=True)))


def room(filter_id, deviation, elements, clips, view):
    """x, y, width and height of the region of a blur that paths among `elements` refer to.

    `clips`: the reach of each clip path by its id; `view`: the reach of the whole picture. What
    lies further than the blur spreads from all that can be seen is left out.
    """
    spread = 3 * deviation + 2
    around = [view]  # what cuts, from the outermost group on; None where it is not known
    boxes = []
    for closing, name, attributes in _TAG.findall("".join(elements)):
        if name == "g" and closing:
            around.pop()
        elif name == "g":
            clip = re.search(r'clip-path="url\(#(\w+)\)"', attributes)
            cut = None if "transform=" in attributes else around[-1]
            around.append(_meet(cut, clips[clip[1]]) if clip else cut)
        elif f"url(#{filter_id})" in attributes:
            shape = reach(re.search(r'\sd="([^"]*)"', attributes)[1])
            moved = re.search(r'transform="translate\(([^)]*)\)"', attributes)
            dx, dy = (float(n) for n in _NUMBER.findall(moved[1])) if moved else (0, 0)
            cut = around[-1]
            if cut and (moved or "transform=" not in attributes):
                seen = cut[0] - dx, cut[1] - dy, cut[2] - dx, cut[3] - dy
                shape = _meet(shape, _wider(seen, spread))
            boxes.append(shape)
    boxes = [_wider(box, spread) for box in boxes]
    left, top = (math.floor(min(box[i] for box in boxes)) for i in (0, 1))
    right, bottom = (math.ceil(max(box[i] for box in boxes)) for i in (2, 3))
    return left, top, max(right - left, 1), max(bottom - top, 1)


def _wider(box, by):
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _meet(one, other):
    """The box that lies in both."""
    if one is None:
        return other
    return (*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:]))
