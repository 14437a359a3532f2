"""A small drawing kit for the house's own art: smooth curves, gradients, soft shade -> SVG -> PNG.

A `Drawing` collects SVG elements. Shapes are given by points that a smooth curve passes
through; a point given twice is a corner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import resvg

Point = tuple[float, float]
Stop = tuple[float, str] | tuple[float, str, float]
"""Place 0..1, colour, and opacity."""


def curve(points: Sequence[Point], closed: bool = True) -> str:
    """A path through `points` (Catmull-Rom as Bezier pieces)."""
    n = len(points)

    def at(i: int) -> Point:
        return points[i % n] if closed else points[min(max(i, 0), n - 1)]

    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for i in range(n if closed else n - 1):
        a, b, c, d = at(i - 1), at(i), at(i + 1), at(i + 2)
        if b == c:
            continue
        path += (
            f"C{b[0] + (c[0] - a[0]) / 6:.1f} {b[1] + (c[1] - a[1]) / 6:.1f} "
            f"{c[0] - (d[0] - b[0]) / 6:.1f} {c[1] - (d[1] - b[1]) / 6:.1f} "
            f"{c[0]:.1f} {c[1]:.1f}"
        )
    return path + ("Z" if closed else "")


def lines(points: Sequence[Point], closed: bool = True) -> str:
    """A path of straight lines."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")


def box(x: float, y: float, w: float, h: float, r: float = 0) -> str:
    """A rectangle with round corners."""
    r = min(r, w / 2, h / 2)
    return (
        f"M{x + r:.1f} {y:.1f}h{w - 2 * r:.1f}q{r:.1f} 0 {r:.1f} {r:.1f}v{h - 2 * r:.1f}"
        f"q0 {r:.1f} {-r:.1f} {r:.1f}h{2 * r - w:.1f}q{-r:.1f} 0 {-r:.1f} {-r:.1f}"
        f"v{2 * r - h:.1f}q0 {-r:.1f} {r:.1f} {-r:.1f}Z"
    )


def oval(cx: float, cy: float, rx: float, ry: float) -> str:
    """An ellipse."""
    return (
        f"M{cx - rx:.1f} {cy:.1f}a{rx:.1f} {ry:.1f} 0 1 0 {2 * rx:.1f} 0"
        f"a{rx:.1f} {ry:.1f} 0 1 0 {-2 * rx:.1f} 0Z"
    )


def mirrored(points: Sequence[Point], axis: float) -> list[Point]:
    """The points on the other side of a vertical axis."""
    return [(2 * axis - x, y) for x, y in points]


class Drawing:
    """An SVG being drawn; sizes in pixels."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._defs: list[str] = []
        self._body: list[str] = []
        self.lamps: list[Point] = []
        """Where lamps hang, for the life of a stage."""

    def _define(self, kind: str, attributes: str, inside: str) -> str:
        name = f"d{len(self._defs)}"
        self._defs.append(f'<{kind} id="{name}" {attributes}>{inside}</{kind}>')
        return f"url(#{name})"

    @staticmethod
    def _stops(stops: Sequence[Stop]) -> str:
        return "".join(
            f'<stop offset="{s[0]}" stop-color="{s[1]}"'
            + (f' stop-opacity="{s[2]}"' if len(s) == 3 else "")
            + "/>"
            for s in stops
        )

    def linear(self, x1: float, y1: float, x2: float, y2: float, *stops: Stop) -> str:
        """A linear gradient as a paint."""
        at = f'gradientUnits="userSpaceOnUse" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
        return self._define("linearGradient", at, self._stops(stops))

    def radial(self, cx: float, cy: float, r: float, *stops: Stop, squash: float = 1.0) -> str:
        """A radial gradient as a paint; `squash` flattens it vertically."""
        at = f'gradientUnits="userSpaceOnUse" cx="{cx}" cy="{cy / squash}" r="{r}"'
        if squash != 1.0:
            at += f' gradientTransform="scale(1 {squash})"'
        return self._define("radialGradient", at, self._stops(stops))

    def path(
        self, d: str, fill: str, opacity: float = 1.0, blur: float = 0.0, more: str = ""
    ) -> None:
        """A filled path, softened by `blur` pixels."""
        self._body.append(
            f'<path d="{d}" fill="{fill}"{self._opacity(opacity)}{self._blur(blur)} {more}/>'
        )

    def stroke(
        self,
        d: str,
        colour: str,
        width: float,
        opacity: float = 1.0,
        blur: float = 0.0,
        dash: str = "",
    ) -> None:
        """A line along a path, with round ends."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._body.append(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:.1f}"'
            f' stroke-linecap="round" stroke-linejoin="round"{dashes}'
            f"{self._opacity(opacity)}{self._blur(blur)}/>"
        )

    @contextmanager
    def inside(self, d: str) -> Iterator[None]:
        """What is drawn here shows only inside the path."""
        clip = self._define("clipPath", "", f'<path d="{d}"/>')
        self._body.append(f'<g clip-path="{clip}">')
        yield
        self._body.append("</g>")

    @contextmanager
    def group(self, transform: str = "", opacity: float = 1.0, blur: float = 0.0) -> Iterator[None]:
        """Things drawn together, moved, faded or blurred as one."""
        place = f' transform="{transform}"' if transform else ""
        # A group is large beside its blur: a tight region bakes several times faster.
        self._body.append(f"<g{place}{self._opacity(opacity)}{self._blur(blur, 3)}>")
        yield
        self._body.append("</g>")

    @contextmanager
    def plane(self, name: str) -> Iterator[None]:
        """A plane of a stage: `mid`, between the wall and her, or `near`, before her."""
        self._body.append(f'<g id="{name}">')
        yield
        self._body.append("</g>")

    @staticmethod
    def _opacity(value: float) -> str:
        return f' opacity="{value:.3g}"' if value < 1 else ""

    def _blur(self, deviation: float, margin: int = 80) -> str:
        if not deviation:
            return ""
        inside = f'<feGaussianBlur stdDeviation="{deviation}"/>'
        whole = 100 + 2 * margin
        box = f'x="-{margin}%" y="-{margin}%" width="{whole}%" height="{whole}%"'
        return f' filter="{self._define("filter", box, inside)}"'

    def svg(self) -> str:
        """The finished document."""
        w, h = f"{self.width:g}", f"{self.height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}"'
            f' height="{h}"><defs>{"".join(self._defs)}</defs>{"".join(self._body)}</svg>\n'
        )

    def save_png(self, file: Path, scale: float = 1.0) -> None:
        """Bake to a PNG with alpha."""
        tree = resvg.usvg.Tree.from_str(self.svg(), resvg.usvg.Options.default())
        size = tuple(round(side * scale) for side in tree.int_size())
        file.write_bytes(resvg.render(tree, (scale, 0, 0, 0, scale, 0), bg_size=size))
