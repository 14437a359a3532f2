"""A stage's drawing as pictures, one for each of its planes.

Two groups of the drawing may be planes of their own: `<g id="mid">`, things between the wall and
her, and `<g id="near">`, things before her. What is drawn after `mid` falls on the wall and on the
mid plane, as light does.

Blurs are most of the work of an SVG engine, so OpenCV does them: whatever has a blur is drawn by
itself, the coarser the softer it is, and laid between its neighbours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import cv2
import numpy as np

from idol.avatar.compose import lay
from idol.avatar.folder import view_box
from idol.avatar.shared import SHARED, Shared, tag
from idol.avatar.sprites import Image, bounds, decoded, png
from idol.errors import BadInput

SVG = "http://www.w3.org/2000/svg"
FINE = 1.1
"""Least deviation, in pixels of the coarse picture, with which a blur is drawn."""
ROUGH = 6
"""How much smaller the picture is that shows where a part of the drawing has something in it."""


Drawn = tuple[str, float]
"""The text of a part and its scale."""


@dataclass(frozen=True, slots=True)
class Planes:
    """Premultiplied BGRA of one size: `far` is opaque, the others are mostly empty."""

    far: Image
    mid: Image | None = None
    near: Image | None = None

    def whole(self) -> Image:
        """All that is behind her, as seen from the middle."""
        if self.mid is None:
            return self.far
        picture = self.far.copy()
        lay(picture, self.mid)
        return picture


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbours in a drawing that are drawn at once."""

    elements: list[Element]
    blur: float = 0.0
    """Deviation in units of the drawing."""
    multiplies: bool = False


def draw(
    svg: str, size: tuple[int, int], where: str = "", drawn: dict[Drawn, bytes] | None = None
) -> Planes:
    """The planes of a stage's drawing, which fills (width, height). Raises `BadInput`.

    What is in `drawn` is not drawn again; what is drawn is added. The lights of a stage have most
    parts in common.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise BadInput(f"not XML: {error}", where=where) from None
    brush = _Brush(root, size, where, {} if drawn is None else drawn)
    if svg.count("mix-blend-mode") > sum(_multiplies(child) for child in root):
        return Planes(brush.solid(brush.at_once()))
    groups = {name: root.find(f"{{{SVG}}}g[@id='{name}']") for name in ("mid", "near")}
    children = [child for child in root if child not in groups.values()]
    after = list(root).index(groups["mid"]) if groups["mid"] is not None else 0
    light = [child for child in children if list(root).index(child) > after]
    wall = [child for child in children if child not in light]
    if groups["mid"] is None:
        return Planes(brush.solid(brush.paint(children)), None, brush.group(groups["near"]))
    far, mid = brush.paint(wall), brush.group(groups["mid"])
    brush.paint(light, far, on_it=mid)
    return Planes(brush.solid(far), mid, brush.group(groups["near"]))


class _Brush:
    """Draws parts of one drawing at one size."""

    def __init__(
        self, root: Element, size: tuple[int, int], where: str, drawn: dict[Drawn, bytes]
    ) -> None:
        self._root, self._size, self._where, self._pngs = root, size, where, drawn
        start, self._foot = _around(root)
        self._box = view_box(start, where)
        width, height = self._box[2:]
        self._scale = max(size[0] / width, size[1] / height)
        self._full = round(width * self._scale), round(height * self._scale)
        self._blurs = _blurs(root)
        self._head, self._shared = start, Shared(root)
        self._step = self._whole_steps()

    def group(self, group: Element | None) -> Image | None:
        return None if group is None else self.paint(list(group), within=group)

    def paint(
        self,
        elements: list[Element],
        onto: Image | None = None,
        on_it: Image | None = None,
        within: Element | None = None,
    ) -> Image:
        """Lay elements over `onto`, and where `on_it` shows something, over that as well."""
        picture = np.zeros((*self._size[::-1], 4), np.uint8) if onto is None else onto
        for run in self._runs(elements):
            drawn = self._drawn(run, within)
            if run.multiplies:
                _multiply(picture, drawn)
                if on_it is not None:
                    _multiply(on_it, drawn)
                continue
            lay(picture, drawn)
            if on_it is not None:
                alpha = cv2.extractChannel(on_it, 3)
                cv2.multiply(drawn, cv2.merge((alpha, alpha, alpha, alpha)), drawn, 1 / 255)
                lay(on_it, drawn)
                cv2.insertChannel(alpha, on_it, 3)
        return picture

    def at_once(self) -> Image:
        """The whole drawing by the SVG engine alone: for blend modes, which need all below."""
        return self._drawn(_Run([e for e in self._root if tag(e) not in SHARED]), None)

    def solid(self, picture: Image) -> Image:
        picture[..., 3] = 255
        return picture

    def _runs(self, elements: list[Element]) -> Iterator[_Run]:
        sharp: list[Element] = []
        for element in elements:
            if tag(element) in SHARED:
                continue
            blur = self._blurs.get(_reference(element.get("filter", "")), 0.0)
            multiplies = _multiplies(element)
            if (blur and not element.get("transform")) or multiplies:
                if sharp:
                    yield _Run(sharp)
                    sharp = []
                yield _Run([element], blur, multiplies)
            else:
                sharp.append(element)
        if sharp:
            yield _Run(sharp)

    def _raster(self, start: str, inside: str, scale: float) -> Image:
        text = start + self._shared.beside(inside) + self._foot
        if (text, scale) not in self._pngs:
            self._pngs[text, scale] = png(text, scale, self._where)
        return decoded(self._pngs[text, scale])

    def _whole_steps(self) -> int:
        """Units of the drawing that fill whole pixels; 0 where a part cannot be drawn alone."""
        for name, side in zip(("width", "height"), self._box[2:], strict=True):
            if self._root.get(name, f"{side:g}") != f"{side:g}" or side * self._scale % 1:
                return 0
        if "preserveAspectRatio" in self._root.attrib or _of_view(self._root):
            return 0
        return next((n for n in range(1, 9) if n * self._scale % 1 == 0), 0)

    def _cut(self, inside: str) -> Image | None:
        """The drawing only where a small picture of it shows something.

        What is empty takes half as long as what is not. The pixels are those of the whole; None
        where it is better to draw the whole.
        """
        step, scale = self._step, self._scale
        if not step:
            return None
        rough = self._raster(self._head, inside, scale / ROUGH)
        if not rough.any():
            return None
        x, y, width, height = self._box
        across, down = width / rough.shape[1] / step, height / rough.shape[0] / step
        edges = np.array(bounds(rough[..., 3], 2)) * (across, down, across, down)
        left, top = (np.floor(edges[:2]).astype(int) * step).tolist()
        right, bottom = (np.ceil(edges[2:]).astype(int) * step).tolist()
        wide, high = min(right, width) - left, min(bottom, height) - top
        if wide * high > 0.65 * width * height:
            return None
        sides = {"viewBox": f"{x + left} {y + top} {wide} {high}"}
        sides |= {"width": f"{wide}", "height": f"{high}"}
        start, _ = _around(Element(self._root.tag, {**self._root.attrib, **sides}))
        part = self._raster(start, inside, scale)
        column, row = round(left * scale), round(top * scale)
        image = np.zeros((*self._full[::-1], 4), np.uint8)
        spot = image[row : row + part.shape[0], column : column + part.shape[1]]
        if part.shape != (round(high * scale), round(wide * scale), 4) or part.shape != spot.shape:
            return None
        spot[:] = part
        return image

    @staticmethod
    def _text(element: Element, run: _Run) -> str:
        if run.blur or run.multiplies:
            plain = Element(element.tag, element.attrib)
            plain.extend(element)
            plain.attrib.pop("filter" if run.blur else "style")
            element = plain
        return ElementTree.tostring(element, "unicode")

    def _drawn(self, run: _Run, within: Element | None) -> Image:
        deviation = run.blur * self._scale
        coarse = 2 ** max(0, math.floor(math.log2(deviation / FINE))) if deviation else 1
        inside = "".join(self._text(element, run) for element in run.elements)
        if within is not None:
            start, end = _around(within)
            inside = start + inside + end
        image = self._cut(inside) if coarse == 1 else None
        if image is None:
            image = self._raster(self._head, inside, self._scale / coarse)
        if deviation:
            image = cv2.GaussianBlur(
                image, (0, 0), deviation / coarse, borderType=cv2.BORDER_REPLICATE
            )
        if image.shape[1::-1] != self._full:
            image = cv2.resize(image, self._full, interpolation=cv2.INTER_LINEAR)
        left, top = ((a - b) // 2 for a, b in zip(self._full, self._size, strict=True))
        cut = image[top : top + self._size[1], left : left + self._size[0]]
        return np.ascontiguousarray(cut)


def _multiply(picture: Image, drawn: Image) -> None:
    """Darken a picture by what is drawn, where it is drawn: the blend mode `multiply`."""
    clear = cv2.bitwise_not(cv2.extractChannel(drawn, 3))
    gain = cv2.add(drawn, cv2.merge((clear, clear, clear, clear)))
    cv2.multiply(picture, gain, picture, 1 / 255)  # of alpha, 1 is left


def _around(element: Element) -> tuple[str, str]:
    """How an element begins and ends."""
    empty = Element(element.tag, element.attrib)
    empty.text = " "
    start, _, end = ElementTree.tostring(empty, "unicode").rpartition(" ")
    return start, end


def _multiplies(element: Element) -> bool:
    return element.get("style", "").replace(" ", "").strip(";") == "mix-blend-mode:multiply"


def _of_view(root: Element) -> bool:
    """Whether anything but a filter is measured in parts of what is seen."""
    return any(
        "%" in value
        for element in root.iter()
        if tag(element) not in ("filter", "stop") or element.get("filterUnits") == "userSpaceOnUse"
        for value in element.attrib.values()
    )


def _reference(value: str) -> str:
    found = re.fullmatch(r"url\(['\"]?#([^'\")]+)['\"]?\)", value.strip())
    return found.group(1) if found else ""


def _blurs(root: Element) -> dict[str, float]:
    """The filters that are one plain blur, and its deviation."""
    out = {}
    for found in root.iter(f"{{{SVG}}}filter"):
        steps = list(found)
        if len(steps) != 1 or tag(steps[0]) != "feGaussianBlur":
            continue
        deviation = steps[0].get("stdDeviation", "")
        if found.get("primitiveUnits") != "objectBoundingBox" and re.fullmatch(
            r"\d*\.?\d+", deviation.strip()
        ):
            out[found.get("id", "")] = float(deviation)
    return out
