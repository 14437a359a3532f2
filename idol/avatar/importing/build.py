"""Layers of a drawing to an avatar folder: where the head is, how each layer hangs, every key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from ruamel.yaml import YAML

from idol.avatar.importing import limbs, settings, shapes
from idol.avatar.importing.layers import Drawn, Image
from idol.avatar.importing.names import NEAREST, ROLES, Role
from idol.avatar.importing.sorting import CHANGING, Sorted
from idol.avatar.proof import Finding
from idol.errors import BadInput
from idol.model import VISEMES

FACE_WIDTH, FACE_CHIN, AXIS = 292.0, 628.0, 360.0
"""Every drawing is brought to one size, where the rig's lengths are right: design pixels."""
FINEST = 2.0
"""Pixels kept for each design pixel: more is never shown."""


@dataclass(frozen=True, slots=True)
class Place:
    """How the drawing's canvas lies in the design: ``design = canvas * scale + (dx, dy)``."""

    scale: float
    dx: float
    dy: float
    axis: float
    """The mirror line on the drawing's canvas."""

    def box(self, drawn: Drawn) -> tuple[float, float, float, float]:
        """Left, top, width, height in design pixels."""
        left, top, right, bottom = drawn.box
        k = self.scale
        return left * k + self.dx, top * k + self.dy, (right - left) * k, (bottom - top) * k


def build(layers: list[Drawn], donor: Path, name: str, to: Path) -> list[Finding]:
    """Write the avatar folder `to`; nothing is written if a finding is serious.

    Expressions and gestures are those of the avatar folder `donor`. Raises `BadInput`.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise BadInput(f"{name!r} must be small letters, digits, - and _", where="name")
    sort = Sorted(layers)
    if sort.good:
        _Writer(sort, donor, to).write(name)
    return sort.findings


class _Writer:
    def __init__(self, sort: Sorted, donor: Path, to: Path) -> None:
        self._sort, self._to = sort, to
        self._place = _place(sort)
        self._boxes: dict[str, list[float]] = {}
        self._yaml = YAML(typ="rt")
        self._yaml.width = 200
        try:
            self._donor = self._yaml.load((donor / "avatar.yaml").read_text("utf-8"))
        except OSError as error:
            raise BadInput(f"cannot be read: {error.strerror}", where=str(donor)) from None

    def write(self, name: str) -> None:
        """All pictures, then avatar.yaml."""
        self._arm = self._draw_arm()
        layers = self._layers()
        eyes, brows, mouth = self._eyes(), self._brows(), self._mouth()
        boxes = [self._place.box(d) for d in self._sort.order]
        low = max(b[1] + b[3] for b in boxes)
        views = settings.views(min(b[1] for b in boxes), low)
        donor = self._donor
        data: dict[str, Any] = {
            "name": name,
            "title": {"zh": name, "en": name},
            "author": "",
            "licence": "",
            "rim_light": str(donor.get("rim_light", "#ffffff")),
            "views": views,
            "card_anchor": donor["card_anchor"],
            "head": {"axis": [AXIS, 455], "radius": [215, 330], "neck": [AXIS, 640]},
            "waist": round(min(1180.0, low)),
            "springs": settings.springs(),
            "layers": layers,
            "eyes": eyes,
            "brows": brows,
            "mouth": mouth,
            **self._moves(),
            "canvas": [720, 1280],
        }
        head = (
            "# Made by `idol avatar import`. Lengths in design pixels; every line may be changed.\n"
            "# The comments in assets/idols/aira/avatar.yaml say what each section means.\n"
        )
        with (self._to / "avatar.yaml").open("w", encoding="utf-8") as file:
            file.write(head)
            self._yaml.dump(settings.flow(data), file)
            file.write(
                "# Where each PNG lies: left, top, width, height. Paint over one and keep its\n"
            )
            file.write("# size, or take its line away and save it on the whole canvas.\n")
            self._yaml.dump({"boxes": {k: settings.flow(v) for k, v in self._boxes.items()}}, file)

    def _save(self, drawn: Drawn, name: str) -> None:
        self._write(drawn.image, name)
        self._boxes[name] = [round(v, 2) for v in self._place.box(drawn)]

    def _write(self, image: Image, name: str) -> None:
        file = self._to / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shrink = FINEST * self._place.scale
        if shrink < 1:
            image = shapes.resized(image, shrink)
        _, png = cv2.imencode(".png", image)
        file.write_bytes(png.tobytes())

    def _layers(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        last: tuple[str, str] | None = None
        back = True
        for drawn in self._sort.order:
            role = drawn.what.role if drawn.what else ""
            if role in CHANGING:
                back, last = False, None
                out += _sprites(role)
                continue
            entry = ROLES.get(role) or self._stray(drawn)
            side = self._side(drawn) if role in ("hair_side", "tail", "ears") else ""
            name = f"{role}_{side}" if side else role or settings.word(drawn.name)
            back = back and (not entry.head or role in ("hair_back", "tail"))
            taken = {part for layer in out for part in layer.get("parts", [layer["name"]])}
            part = settings.unused(name, taken)
            self._save(drawn, f"parts/{part}.png")
            if last == (role, side) and role:
                out[-1].setdefault("parts", [out[-1]["name"]]).append(part)
                continue
            last = (role, side)
            out.append({"name": part, **self._hung(drawn, entry, back)})
        for role, names in _NAMES.items():
            if not any(layer.get("sprite") in names for layer in out):
                out += _sprites(role)  # brows that nobody drew
        if self._arm is not None:
            out.append({"name": "lower_arms", "limbs": "lower"})
        return out

    def _draw_arm(self) -> limbs.Arm | None:
        """Save the drawings of the arm, if there is one that moves."""
        parts = {}
        for key, layers in self._sort.keys["limbs"].items():
            one = shapes.right_half(layers, self._place.axis)
            if one is not None:
                parts[key] = one
        if not parts:
            return None
        arm, k = limbs.arm(parts), self._place.scale
        for name, bone in arm.bones.items():
            self._write(bone.image, f"limbs/{name}.png")
            x, y = bone.joint
            height, width = bone.image.shape[:2]
            box = [round(v * k, 2) for v in (-x, -y, width, height)]
            self._boxes[f"limbs/{name}.png"] = box
        return arm

    def _moves(self) -> dict[str, Any]:
        """Expressions and gestures of the donor, for the arms there are."""
        donor, arm, k = self._donor, self._arm, self._place.scale
        if arm is None:
            moves = settings.without_arms(donor["gestures"])
            return {"expressions": donor["expressions"], "gestures": moves}
        shift = np.array([self._place.dx, self._place.dy])
        shoulder, elbow, wrist = (p * k + shift for p in (arm.shoulder, arm.elbow, arm.wrist))
        upper, lower = (length * k for length in arm.lengths)
        hands = {name.removeprefix("hand_") for name in arm.bones if name.startswith("hand_")}
        theirs = donor["arms"]
        fitting = limbs.Fitting(
            shoulder,
            np.array(theirs["shoulder"], np.float64),
            (upper + lower) / float(theirs["upper"] + theirs["lower"]),
            AXIS,
            frozenset(hands),
        )

        def rest(mirrored: bool) -> dict[str, Any]:
            side = -1 if mirrored else 1
            places = [
                [round(AXIS + side * (float(p[0]) - AXIS), 1), round(float(p[1]), 1)]
                for p in (elbow, wrist)
            ]
            hand = round(side * arm.hand, 1)
            return {"elbow": places[0], "wrist": places[1], "hand": hand, "shape": "rest"}

        sections = {
            section: fitting.moves(donor[section])
            for section in ("beats", "gestures", "wide_gestures", "card_gestures")
            if donor.get(section)
        }
        if donor.get("stances"):
            sections["stances"] = {n: fitting.both(v) for n, v in donor["stances"].items()}
        return {
            "arms": {
                "folder": "limbs",
                "shoulder": [round(float(v), 1) for v in shoulder],
                "upper": round(upper, 1),
                "lower": round(lower, 1),
                "hands": ["rest", *sorted(hands - {"rest"})],
            },
            "expressions": donor["expressions"],
            "rest": {"right": rest(False), "left": rest(True)},
            **sections,
        }

    def _hung(self, drawn: Drawn, entry: Role, back: bool) -> dict[str, Any]:
        layer: dict[str, Any] = {"tier": "back"} if back else {}
        for field in ("head", "depth", "curve", "rim", "fade"):
            if getattr(entry, field):
                layer[field] = getattr(entry, field)
        if entry.swing:
            spring, amount = entry.swing
            _, top, _, height = self._place.box(drawn)
            root, length = top + 0.15 * height, 0.85 * height
            if spring == "ahoge":
                root, length = top + height, -height
            swing = {"spring": spring, "root": round(root), "length": round(length)}
            layer["swing"] = {**swing, "amount": amount}
        return layer

    def _stray(self, drawn: Drawn) -> Role:
        """A layer of no known name goes with the head if it lies on it."""
        x, y, width, height = self._place.box(drawn)
        if y + height / 2 < FACE_CHIN and abs(x + width / 2 - AXIS) < FACE_WIDTH:
            return Role(0, (), head=1, depth=36, curve=80)
        return Role(0, ())

    def _side(self, drawn: Drawn) -> str:
        x0, _, x1, _ = drawn.box
        axis = self._place.axis
        if x0 < axis < x1 and min(axis - x0, x1 - axis) > 0.2 * (x1 - x0):
            return ""
        return "left" if drawn.middle[0] < axis else "right"

    def _eyes(self) -> dict[str, Any]:
        parts = {}
        for key, layers in self._sort.keys["eyes"].items():
            one = shapes.right_half(layers, self._place.axis)
            if one is not None:
                parts[key] = one
        whites, lids = shapes.eye_keys(parts)
        for key, lid in lids.items():
            self._save(whites[key] or shapes.blank(lid), f"eye/white_{key}.png")
            self._save(lid, f"eye/lid_{key}.png")
        layered = {"white", "iris", "lid"} <= set(parts)
        frame = parts["white"] if layered else lids["open"]
        self._save(parts["iris"] if layered else shapes.blank(frame), "eye/iris_normal.png")
        irises = {"normal": "iris_normal"}
        for style in {str(e.get("eyes", "normal")) for e in self._donor["expressions"].values()}:
            irises.setdefault(style, "iris_normal")
        for style in ("star", "heart"):
            if style in parts and layered:
                irises[style] = f"iris_{style}"
                self._save(parts[style], f"eye/iris_{style}.png")
        names = [key for key, _ in (*shapes.LEVELS, shapes.WIDE)]
        _, _, width, height = self._place.box(frame)
        return {
            "folder": "eye",
            "open": [openness for _, openness in (*shapes.LEVELS, shapes.WIDE)],
            "keys": names,
            "smile_keys": [("smile" if "smile" in lids else "closed"), *names[1:]],
            "irises": irises,
            "gaze": [round(width * 0.12, 1), round(height * 0.09, 1)],
        }

    def _brows(self) -> dict[str, Any]:
        drawn = self._sort.keys["brows"]
        parts = {k: shapes.right_half(v, self._place.axis) for k, v in drawn.items()}
        level = parts.get("level") or next((b for b in parts.values() if b), None)
        if level is None:
            eye = self._sort.keys["eyes"]
            first = next(iter(eye.values()))
            level = shapes.blank(shapes.right_half(first, self._place.axis) or first[0])
        names = {"base": "level", "angle": "level", "form": "level"}
        self._save(level, "brow/level.png")
        for key, field in (("raised_inside", "angle"), ("arched", "form")):
            other = parts.get(key)
            if other is not None and other is not level:
                names[field] = key
                self._save(other, f"brow/{key}.png")
        return {"folder": "brow", **names, "lift": 9}

    def _mouth(self) -> dict[str, Any]:
        drawn = {k: shapes.merged(v) for k, v in self._sort.keys["mouth"].items()}
        there = shapes.mouths(drawn)
        for key, mouth in there.items():
            self._save(mouth, f"mouth/{key}.png")
        asked = {str(e["mouth"]) for e in self._donor["expressions"].values() if e.get("mouth")}
        alias = {}
        for key in dict.fromkeys((*VISEMES, "smile", "frown", *sorted(asked))):
            if key not in there:
                alias[key] = _instead(key, there)
        return {"folder": "mouth", "smile": "smile", "frown": "frown", "alias": alias}


_NAMES = {
    "mouth": ("mouth",),
    "eyes": ("eye_left", "eye_right"),
    "brows": ("brow_left", "brow_right"),
}


def _sprites(role: str) -> list[dict[str, Any]]:
    if role == "limbs":
        return [{"name": "upper_arms", "limbs": "upper"}]
    entry = ROLES[role]
    return [
        {"name": n, "sprite": n, "head": entry.head, "depth": entry.depth, "curve": entry.curve}
        for n in _NAMES[role]
    ]


def _instead(key: str, there: dict[str, Drawn]) -> str:
    """The drawn mouth that stands in for `key`: by the table, then what stands in for that."""
    seen, ask = {key}, [key]
    while ask:
        for other in NEAREST.get(ask.pop(0), ("sil",)):
            if other in there:
                return other
            if other not in seen:
                seen.add(other)
                ask.append(other)
    return "sil" if "sil" in there else next(iter(there))


def _place(sort: Sorted) -> Place:
    face = shapes.merged([d for d in sort.order if d.what and d.what.role == "face"])
    axis = face.middle[0]
    eyes = next(
        (sort.keys["eyes"][k] for k in ("white", "whole", "lid") if k in sort.keys["eyes"]), []
    )
    left = [d.middle[0] for d in eyes if d.box[2] < axis]
    right = [d.middle[0] for d in eyes if d.box[0] > axis]
    if left and right:
        axis = (sum(left) / len(left) + sum(right) / len(right)) / 2
    elif len(eyes) == 1 and eyes[0].box[0] < axis < eyes[0].box[2]:
        axis = eyes[0].middle[0]
    scale = FACE_WIDTH / (face.box[2] - face.box[0])
    return Place(scale, AXIS - axis * scale, FACE_CHIN - face.box[3] * scale, axis)
