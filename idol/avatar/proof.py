"""What is wrong with the drawings of an avatar folder, beyond what `folder.check` reads.

`prove` looks at every picture: empty ones, key shapes that cannot be blended, joints beside the
limb, eyes on the wrong side, parts outside of every view, arms that stretch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from idol.avatar import folder as folders
from idol.avatar import pack as packs
from idol.avatar.bake import Sprite, drawing
from idol.avatar.morph import Morph
from idol.avatar.pack import Pack
from idol.errors import BadInput
from idol.model import Language

THUMB = 0.5
"""Output pixels per design pixel at which drawings are looked at."""
STRETCH = 1.25
"""How much longer than drawn a bone may become before the drawing looks like rubber."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. `file` is the picture concerned, or empty; both languages are whole."""

    en: str
    zh: str
    file: str = ""
    serious: bool = True
    """Whether she cannot go on air so; otherwise it only looks wrong."""

    def say(self, language: Language) -> str:
        """One line for a person."""
        text = self.zh if language == "zh" else self.en
        return f"{self.file}: {text}" if self.file else text


@dataclass(frozen=True, slots=True)
class Proof:
    """The result: the pack as far as it could be read, its pictures, and what is wrong."""

    folder: Path
    pack: Pack | None
    findings: tuple[Finding, ...] = ()
    pictures: dict[str, Sprite] = field(default_factory=dict)
    """Every file that could be drawn, at `THUMB` (hands larger by `hand_scale`)."""

    @property
    def good(self) -> bool:
        return not any(f.serious for f in self.findings)


def prove(folder: Path, tell: Callable[[float], None] = lambda part: None) -> Proof:
    """Look at an avatar folder: its YAML, its files and its drawings.

    `tell` hears how many of the drawings are seen, 0..1.
    """
    pack, mistakes = folders.examine(folder)
    found = [_from_mistake(mistake) for mistake in mistakes]
    if pack is None:
        return Proof(folder, None, tuple(found))
    known = {f.file for f in found}
    pictures: dict[str, Sprite] = {}
    names = list(dict.fromkeys(packs.files(pack)))
    for i, name in enumerate(names):
        tell(i / len(names))
        if name in known:
            continue
        scale = THUMB * (pack.arms.hand_scale if "/hand_" in name else 1)
        try:
            pictures[name] = drawing(pack, name, scale)
        except BadInput as error:
            found.append(Finding(error.what, f"无法绘制：{error.what}", name))
    tell(1.0)
    for look in (_empty, _blends, _places, _joints, _reach):
        found.extend(look(pack, pictures))
    return Proof(folder, pack, tuple(found), pictures)


def _from_mistake(mistake: BadInput) -> Finding:
    file = mistake.where if mistake.where.endswith((".svg", ".png")) else ""
    if file and mistake.what == "there is no such file":
        near = f" (did you mean {mistake.hint!r}?)" if mistake.hint else ""
        nah = f"（是不是 {mistake.hint}？）" if mistake.hint else ""
        return Finding(f"missing{near}", f"缺少这个文件{nah}", file)
    return Finding(
        mistake.what if file else str(mistake), mistake.what if file else str(mistake), file
    )


def drawn(picture: Sprite) -> bool:
    """Whether there is anything to see."""
    return bool(picture.image[..., 3].max() > 8) and min(picture.image.shape[:2]) > 1


def _empty(pack: Pack, pictures: dict[str, Sprite]) -> Iterator[Finding]:
    for name, picture in pictures.items():
        shut = name.startswith(f"{pack.eyes.folder}/white_")
        if drawn(picture) or shut:
            continue
        yield Finding("nothing is drawn in it", "画面是空的", name, serious=False)


def _blends(pack: Pack, pictures: dict[str, Sprite]) -> Iterator[Finding]:
    """Key shapes must have the same paths as their base."""
    eyes, brows = pack.eyes, pack.brows
    lids = tuple(dict.fromkeys((*eyes.keys, *eyes.smile_keys)))
    families = [
        [pack.mouth.drawing(key) for key in packs.mouth_keys(pack)],
        [f"{eyes.folder}/white_{key}.svg" for key in lids],
        [f"{eyes.folder}/lid_{key}.svg" for key in lids],
        [f"{brows.folder}/{key}.svg" for key in (brows.base, brows.angle, brows.form)],
    ]
    for family in families:
        there = [name for name in dict.fromkeys(map(pack.file, family)) if name in pictures]
        if any(name.endswith(".png") for name in there):
            continue  # cross-faded, not blended
        for name in there[1:]:
            try:
                Morph(pack.svg(there[0]), {name: pack.svg(name)})
            except BadInput:
                yield Finding(
                    f"has other paths than {there[0]}: keys may differ in numbers only",
                    f"与 {there[0]} 的路径不同：关键形状之间只能有数值不同",
                    name,
                )


def box(picture: Sprite, scale: float = THUMB) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a picture in design pixels."""
    height, width = picture.image.shape[:2]
    return picture.x, picture.y, picture.x + width / scale, picture.y + height / scale


def _places(pack: Pack, pictures: dict[str, Sprite]) -> Iterator[Finding]:
    """Things where they cannot be: out of view, on the wrong side, beside the face."""
    views = list(pack.views.values())
    top, low = min(v.top for v in views), max(v.top + v.height for v in views)
    head_x, head_y = pack.head.axis
    wide, high = pack.head.radius
    eyes = f"{pack.eyes.folder}/"
    for name, picture in pictures.items():
        if not drawn(picture) or name.startswith(f"{pack.arms.folder}/"):
            continue
        left, upper, right, lower = box(picture)
        x, y = (left + right) / 2, (upper + lower) / 2
        if lower < top or upper > low:
            yield Finding(
                f"lies outside of every view (y {upper:.0f} to {lower:.0f})",
                f"在所有画面之外（y {upper:.0f} 到 {lower:.0f}）",
                name,
                serious=False,
            )
        if (name.startswith((eyes, f"{pack.brows.folder}/"))) and x <= pack.axis:
            yield Finding(
                f"must be drawn on the right of the axis x={pack.axis:.0f}; the left is mirrored",
                f"要画在中轴 x={pack.axis:.0f} 的右侧，左侧由镜像生成",
                name,
                serious=False,
            )
        face = name.startswith((eyes, f"{pack.brows.folder}/", f"{pack.mouth.folder}/"))
        if face and ((x - head_x) / wide) ** 2 + ((y - head_y) / high) ** 2 > 1:
            yield Finding(
                f"lies outside of the head given by `head` (middle {x:.0f}, {y:.0f})",
                f"在 head 给出的头部范围之外（中心 {x:.0f}, {y:.0f}）",
                name,
                serious=False,
            )
    white = pictures.get(pack.file(f"{eyes}white_{pack.eyes.keys[-1]}.svg"))
    for style, iris in pack.eyes.irises.items():
        ball = pictures.get(pack.file(f"{eyes}{iris}.svg"))
        if not (white and ball and drawn(white) and drawn(ball)):
            continue
        left, upper, right, lower = box(white)
        a, b, c, d = box(ball)
        if not (left < (a + c) / 2 < right and upper < (b + d) / 2 < lower):
            yield Finding(
                f"the iris ({style}) is not inside the white of the eye",
                f"虹膜（{style}）不在眼白之内",
                pack.file(f"{eyes}{iris}.svg"),
                serious=False,
            )


def _joints(pack: Pack, pictures: dict[str, Sprite]) -> Iterator[Finding]:
    """A limb turns about 0,0, so its drawing must reach it, and lie above it."""
    for name, picture in pictures.items():
        if not name.startswith(f"{pack.arms.folder}/") or not drawn(picture):
            continue
        left, top, right, bottom = box(picture)
        if not (left - 4 <= 0 <= right + 4 and top <= 0 <= bottom + 12):
            yield Finding(
                "the joint at 0,0 is not in the drawing",
                "关节点 (0,0) 不在画面里",
                name,
                serious=False,
            )
        elif abs(top) < abs(bottom) and "/hand_" not in name:
            yield Finding(
                "points down: draw limbs upwards from the joint",
                "方向反了：肢体要从关节往上画",
                name,
                serious=False,
            )


def _reach(pack: Pack, pictures: dict[str, Sprite]) -> Iterator[Finding]:
    """Arm poses that would stretch the drawing."""
    if pack.limbless:
        return
    shoulder = np.array(pack.arms.shoulder)
    moves = [("rest", "rest", [(pack.rest.left, pack.rest.right)])]
    for section in ("gestures", "beats", "wide_gestures"):
        for name, move in getattr(pack, section).items():
            moves.append((section, name, [(k.left, k.right) for k in move.keys]))
    for section, name, poses in moves:
        worst = 0.0
        for left, right in poses:
            for pose, mirrored in ((left, True), (right, False)):
                if pose is None:
                    continue
                x = 2 * pack.axis - shoulder[0] if mirrored else shoulder[0]
                upper = math.dist((x, shoulder[1]), pose.elbow) / pack.arms.upper
                lower = math.dist(pose.elbow, pose.wrist) / pack.arms.lower
                worst = max(worst, upper, lower)
        if worst > STRETCH:
            what = name if section == "rest" else f"{section}.{name}"
            yield Finding(
                f"avatar.yaml {what}: an arm is stretched to {worst:.0%} of its drawing",
                f"avatar.yaml {what}：手臂被拉长到原图的 {worst:.0%}",
                serious=False,
            )
