"""Write the drawings of an idol into her folder, as `docs/avatar.md` lays it out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from figure import features, hands
from figure import mouth as mouths
from figure.features import Look
from figure.ink import Part

FULL = (-120, -60, 960, 1500)
LIMB = (-100, -320, 200, 420)
Draw = Callable[[], Part]


def write(
    folder: Path,
    parts: dict[str, Draw | tuple[Draw, tuple[float, float, float, float]]],
    arm: tuple[Draw, Draw],
    look: Look,
    mouth: tuple[float, float] = (360, 570),
) -> None:
    """parts/, limbs/, eye/, brow/ and mouth/. A part may come with the box it is cut to."""
    out = {}
    for name, draw in parts.items():
        made, box = draw if isinstance(draw, tuple) else (draw, FULL)
        out[f"parts/{name}.svg"] = made().svg(box)
    for name, draw in zip(("upperarm", "forearm"), arm, strict=True):
        out[f"limbs/{name}.svg"] = draw().svg(LIMB)
    for name, draw in hands.HANDS.items():
        out[f"limbs/hand_{name}.svg"] = draw().svg((-90, -160, 180, 190))
    x, y = look.centre
    eye = (x - 76, y - 82, 152, 146)
    for key in look.upper:
        out[f"eye/white_{key}.svg"] = features.part_eyewhite(look, key).svg(eye)
        out[f"eye/lid_{key}.svg"] = features.part_lid(look, key).svg(eye)
    for style in ("normal", "star", "heart", "wet", "small"):
        out[f"eye/iris_{style}.svg"] = features.part_iris(look, style).svg(
            (x - 46, y - 50, 92, 108)
        )
    for name, (angle, form) in {"level": (0, 0), "raised_inside": (1, 0), "arched": (0, 1)}.items():
        out[f"brow/{name}.svg"] = features.part_brow(look, angle, form).svg(
            (x - 62, y - 114, 134, 84)
        )
    for key in mouths.MOUTHS:
        out[f"mouth/{key}.svg"] = mouths.part_mouth(key, look, *mouth).svg(
            (mouth[0] - 56, mouth[1] - 34, 112, 90)
        )
    for name, svg in out.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg + "\n", encoding="utf-8")
