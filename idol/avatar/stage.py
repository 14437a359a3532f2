"""The picture behind her: a stage folder baked to one frame for each light, and its slow life.

A stage folder holds `portrait.svg` and `landscape.svg` (any viewBox of about that shape), if it
likes `portrait_day.svg` and so on for one light, and `stage.yaml`.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zipfile import BadZipFile

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from idol.avatar import scenery
from idol.avatar.bake import Image
from idol.avatar.folder import view_box
from idol.avatar.life import Group
from idol.avatar.pack import Orientation
from idol.avatar.scenery import Planes
from idol.errors import BadInput

Light = Literal["day", "night"]
VERSION = 2
"""Raised when drawing changes, so that old caches are not used."""


class Spec(BaseModel):
    """`stage.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    title: dict[str, str] = {}
    author: str = ""
    licence: str = ""
    portrait: str = ""
    landscape: str = ""
    """Names of the drawings; they have no other."""
    light: Literal["day", "night", "auto"] = "auto"
    """Used when the show says `auto`; `auto` here as well takes the hour of the day."""
    table: dict[Orientation, tuple[float, float, float]] = {}
    """Where products stand: x of the middle, y of the ground, and the room: design pixels."""
    sway: Annotated[float, Field(ge=0, le=20)] = 0
    """Design pixels that what is far behind her shifts to either side, with all that is nearer."""
    life: Annotated[tuple[Group, ...], Field(max_length=24)] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A baked stage: its planes for each light."""

    spec: Spec
    planes: dict[Light, Planes]
    orientation: Orientation
    scale: float
    """Output pixels per design pixel."""

    def picture(self, light: Light) -> Image:
        """All that is behind her, opaque BGRA, seen from the middle."""
        return self.planes[light].whole()

    def light(self, asked: str, wall: float) -> Light:
        """The light for a show that asks for `day`, `night` or `auto` at Unix time `wall`."""
        for word in (asked, self.spec.light):
            if word == "day":
                return "day"
            if word == "night":
                return "night"
        hour = datetime.fromtimestamp(wall).hour if wall else 20
        return "day" if 7 <= hour < 18 else "night"


def orientation(size: tuple[int, int]) -> Orientation:
    """Which of the two compositions a frame of (width, height) takes."""
    return "portrait" if size[1] >= size[0] else "landscape"


def at_home(asked: str, pack: Path) -> str:
    """Name of the stage for a show that asks for `asked`, or else the one that the idol likes."""
    if asked:
        return asked
    found = re.search(r"^stage: *([\w-]+)", _text(pack / "avatar.yaml"), re.MULTILINE)
    return found.group(1) if found else "studio"


def load(folder: Path, size: tuple[int, int], cache: Path) -> Stage:
    """The stage for frames of `size` (width, height). Raises `BadInput`."""
    way = orientation(size)
    plain = folder / f"{way}.svg"
    planes: dict[Light, Planes] = {}
    lights: tuple[Light, ...] = ("day", "night")
    drawn: dict[Path, Planes] = {}
    parts: dict[scenery.Drawn, bytes] = {}
    for light in lights:
        own = folder / f"{way}_{light}.svg"
        file = own if own.is_file() else plain
        if file not in drawn:
            drawn[file] = _planes(file, size, cache, parts)
        planes[light] = drawn[file]
    text = _text(plain) if plain.is_file() else _text(folder / f"{way}_night.svg")
    _, _, width, height = view_box(text, str(plain))
    return Stage(_spec(folder), planes, way, max(size[0] / width, size[1] / height))


def _spec(folder: Path) -> Spec:
    file = folder / "stage.yaml"
    if not file.is_file():
        return Spec(name=folder.name)
    try:
        return Spec.model_validate(YAML(typ="safe", pure=True).load(_text(file)))
    except YAMLError as error:
        raise BadInput(f"not YAML: {error}", where=str(file)) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], where=f"{file}: {field}") from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(file)) from None


def _planes(
    file: Path, size: tuple[int, int], cache: Path, parts: dict[scenery.Drawn, bytes]
) -> Planes:
    text = _text(file)
    kept = _kept(cache, text, size)
    try:
        with np.load(kept) as arrays:
            return Planes(arrays["far"], arrays.get("mid"), arrays.get("near"))
    except (OSError, ValueError, KeyError, BadZipFile):
        pass
    planes = scenery.draw(text, size, str(file), parts)
    arrays = {"far": planes.far, "mid": planes.mid, "near": planes.near}
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{os.getpid()}.part")  # another process may draw the same
    with part.open("wb") as into:
        np.savez(into, **{name: image for name, image in arrays.items() if image is not None})
    part.replace(kept)
    return planes


def _kept(cache: Path, text: str, size: tuple[int, int]) -> Path:
    digest = hashlib.sha256(f"{VERSION} {size} {text}".encode()).hexdigest()[:24]
    return cache / f"stage-{digest}.npz"
