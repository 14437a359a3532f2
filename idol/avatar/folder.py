"""Reads an avatar folder and names every mistake in it, with file, line and field."""

from __future__ import annotations

import difflib
import re
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from idol.avatar.pack import (
    BASIC_EMOTIONS,
    BASIC_GESTURES,
    PARAMS,
    SPRITES,
    Pack,
    Rest,
    files,
    mouth_keys,
)
from idol.errors import BadInput
from idol.model import EMOTIONS, GESTURES


def load(folder: Path) -> Pack:
    """Read an avatar folder. Raises the first `BadInput` that `check` would name."""
    pack, mistakes = examine(folder)
    if pack is None or mistakes:
        raise mistakes[0]
    return pack


def check(folder: Path) -> list[BadInput]:
    """Every mistake in an avatar folder, each with file, line and field; empty when it is good."""
    return examine(folder)[1]


def view_box(svg: str, where: str = "") -> tuple[float, float, float, float]:
    """x, y, width, height of an SVG's viewBox. Raises `BadInput`."""
    found = re.search(r'viewBox="([^"]+)"', svg)
    try:
        x, y, width, height = (float(v) for v in found.group(1).replace(",", " ").split())  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise BadInput("no viewBox of four numbers", where=where) from None
    if width <= 0 or height <= 0 or width * height > 4e7:
        raise BadInput(f"the viewBox is {width:g} x {height:g}", where=where)
    return x, y, width, height


def png_size(file: Path, where: str = "") -> tuple[int, int]:
    """Width and height in a PNG's header. Raises `BadInput`."""
    with file.open("rb") as data:
        head = data.read(33)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        raise BadInput("is not a PNG", where=where)
    width, height = struct.unpack(">II", head[16:24])
    if not 0 < width * height <= 4e7:
        raise BadInput(f"is {width} x {height} pixels", where=where)
    if head[25] not in (4, 6):
        raise BadInput("has no transparency: save it with an alpha channel", where=where)
    return width, height


def _fits(box: tuple[float, float, float, float], shape: float, where: str) -> None:
    _, _, width, height = box
    if width <= 0 or height <= 0:
        raise BadInput(f"its box is {width:g} x {height:g}", where=where)
    if not 0.9 < shape * height / width < 1.1 and min(width, height) > 8:
        raise BadInput(
            f"has another shape than its box of {width:g} x {height:g}: name it in `boxes`",
            where=where,
        )


@lru_cache(maxsize=8)
def _parse(text: str, kind: str) -> Any:
    """The tree, not to be changed: a pack is read again by the check, the proof, the preview and
    each renderer."""
    return YAML(typ=kind).load(text)


def examine(folder: Path) -> tuple[Pack | None, list[BadInput]]:
    """The pack as far as it can be read, and every mistake: for tools that show what is wrong."""
    file = folder / "avatar.yaml"
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [BadInput(f"cannot be read: {reason}", where=str(file))]
    pack, mistakes = _examined(folder, text, "safe")
    if mistakes:  # the tree that knows its lines, and is less strict, takes half a second
        pack, mistakes = _examined(folder, text, "rt")
    return pack, mistakes


def _examined(folder: Path, text: str, kind: str) -> tuple[Pack | None, list[BadInput]]:
    try:
        data = _parse(text, kind)
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is not YAML"
        return None, [BadInput(str(problem), where=f"avatar.yaml{line}")]
    if not isinstance(data, dict):
        return None, [BadInput("is not a mapping of names to values", where="avatar.yaml")]
    try:
        pack = Pack(**{**data, "folder": folder})
    except ValidationError as errors:
        return None, [_explain(data, error) for error in errors.errors()]
    except TypeError:
        return None, [BadInput("the names at the top must be words", where="avatar.yaml")]
    return pack, list(_mistakes(pack, data))


def _line(data: Any, path: tuple[int | str, ...]) -> str:
    """``:12`` for the line on which the value at `path` stands, as near as is known."""
    line = None
    for step in path:
        try:
            where = data.lc.data[step]
            line, data = where[0] + 1, data[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return f":{line}" if line else ""


def _where(data: Any, path: tuple[int | str, ...]) -> str:
    dotted = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")
    return f"avatar.yaml{_line(data, path)} {dotted}"


def _explain(data: Any, error: Any) -> BadInput:
    path = tuple(error["loc"])
    hint = ""
    if error["type"] == "extra_forbidden":
        model: Any = Pack
        for step in path[:-1]:
            if isinstance(step, str) and step in getattr(model, "model_fields", {}):
                model = model.model_fields[step].annotation
        names = getattr(model, "model_fields", {}) or {}
        hint = next(iter(difflib.get_close_matches(str(path[-1]), names, 1)), "")
        return BadInput("there is no such setting", where=_where(data, path), hint=hint)
    return BadInput(str(error["msg"]).lower(), where=_where(data, path))


def _near(word: str, words: Any) -> str:
    return next(iter(difflib.get_close_matches(word, list(words), 1)), "")


def _near_file(file: str, there: Sequence[str]) -> str:
    """The like of a file that is missing, by its name without the ending, which all share."""
    stems = {name.rpartition(".")[0]: name for name in there}
    near = _near(file.rpartition("/")[2].rpartition(".")[0], stems)
    return stems.get(near, "")


def _mistakes(pack: Pack, data: Any) -> Iterator[BadInput]:
    """What the types cannot say: names that must exist, files that must be there."""

    def unknown(kind: str, word: str, words: Any, *path: int | str) -> Iterator[BadInput]:
        if word not in words:
            yield BadInput(
                f"no {kind} is called {word!r}", where=_where(data, path), hint=_near(word, words)
            )

    for orientation in ("portrait", "landscape"):
        for section in ("views", "card_anchor"):
            if orientation not in getattr(pack, section):
                yield BadInput(f"{orientation} is missing", where=_where(data, (section,)))
    for i, layer in enumerate(pack.layers):
        if layer.swing:
            yield from unknown("spring", layer.swing.spring, pack.springs, "layers", i, "swing")
        if layer.fade:
            yield from unknown("parameter", layer.fade, PARAMS, "layers", i, "fade")
    sprites: list[str] = [layer.sprite for layer in pack.layers if layer.sprite]
    for sprite in SPRITES:
        if sprites.count(sprite) != 1:
            yield BadInput(f"one layer must have sprite: {sprite}", where=_where(data, ("layers",)))
    if not len(pack.eyes.open) == len(pack.eyes.keys) == len(pack.eyes.smile_keys) >= 2:
        yield BadInput(
            "open, keys and smile_keys must be equally long", where=_where(data, ("eyes",))
        )
    elif list(pack.eyes.open) != sorted(set(pack.eyes.open)):
        yield BadInput("must rise", where=_where(data, ("eyes", "open")))
    yield from unknown("iris", "normal", pack.eyes.irises, "eyes", "irises")
    yield from unknown("hand", "rest", pack.arms.hands, "arms", "hands")
    for alias in pack.mouth.alias:
        yield from unknown("mouth key", alias, mouth_keys(pack), "mouth", "alias", alias)
    for emotion in BASIC_EMOTIONS:
        yield from unknown("expression", emotion, pack.expressions, "expressions")
    for name, spring in pack.springs.items():
        for param in spring.pull:
            yield from unknown("parameter", param, PARAMS, "springs", name, "pull", param)
    for name, face in pack.expressions.items():
        for param in face.params:
            yield from unknown("parameter", param, PARAMS, "expressions", name, "params", param)
        yield from unknown("iris", face.eyes, pack.eyes.irises, "expressions", name, "eyes")
    for emotion in pack.expressions:
        yield from unknown("emotion", emotion, EMOTIONS, "expressions", emotion)
    for gesture in BASIC_GESTURES:
        yield from unknown("gesture", gesture, pack.gestures, "gestures")
    for section in ("wide_gestures", "card_gestures"):
        for name in getattr(pack, section):
            yield from unknown("gesture", name, GESTURES, section, name)
    for name in pack.gestures:
        yield from unknown("gesture", name, GESTURES, "gestures", name)
    rests: list[tuple[tuple[str, ...], Rest]] = [(("rest",), pack.rest)]
    rests += [(("stances", activity), rest) for activity, rest in pack.stances.items()]
    for path, rest in rests:
        for side in ("left", "right"):
            shape = getattr(rest, side).shape
            yield from unknown("hand", shape, pack.arms.hands, *path, side, "shape")
    moves = [("gestures", n, m) for n, m in pack.gestures.items()]
    moves += [("beats", n, m) for n, m in pack.beats.items()]
    moves += [("wide_gestures", n, m) for n, m in pack.wide_gestures.items()]
    moves += [("card_gestures", n, m) for n, m in pack.card_gestures.items()]
    for section, name, move in moves:
        times = [key.at for key in move.keys]
        if times != sorted(set(times)) or times[-1] >= move.seconds:
            yield BadInput(
                "keys must rise in time and end before `seconds`",
                where=_where(data, (section, name)),
            )
        for k, key in enumerate(move.keys):
            for param in key.params:
                yield from unknown("parameter", param, PARAMS, section, name, "keys", k, param)
            for pose in (key.left, key.right):
                if pose:
                    yield from unknown(
                        "hand", pose.shape, pack.arms.hands, section, name, "keys", k
                    )
    for file in files(pack):
        if not (pack.folder / file).is_file():
            folder = (pack.folder / file).parent
            there = [f.name for f in folder.glob("*.[sp][vn]g")] if folder.is_dir() else []
            yield BadInput("there is no such file", where=file, hint=_near_file(file, there))
            continue
        try:
            if file.endswith(".png"):
                width, height = png_size(pack.folder / file, file)
                _fits(pack.box(file), width / height, file)
            else:
                view_box(pack.svg(file), file)
        except (BadInput, UnicodeDecodeError) as error:
            yield error if isinstance(error, BadInput) else BadInput("is not UTF-8", where=file)
    for name in pack.boxes:
        if not (pack.folder / name).is_file():
            yield BadInput("there is no such file", where=_where(data, ("boxes", name)))
