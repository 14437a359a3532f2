"""Themes: the colours of card, captions and labels, from a YAML file of the house or of a show."""

from __future__ import annotations

import difflib
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from idol.errors import BadInput
from idol.model import Rgb, Theme

HOUSE = Path(__file__).parent
CONTRAST = 4.5
"""Least contrast of words on their ground, as WCAG counts it."""
_PAIRS = ("pane", "edge", "accent", "price", "tile", "stamp", "presale")
_NUMBERS = {"opacity": (0.6, 1.0), "glow": (0.0, 1.0), "corner": (0.0, 40.0)}


def names() -> list[str]:
    """The themes of the house."""
    return sorted(file.stem for file in HOUSE.glob("*.yaml"))


def load(name: str, folder: Path | None = None) -> Theme:
    """A theme of the house by its name, or a file of `folder` by its own, such as ours.yaml.

    What the file does not name is as in "night". Raises `BadInput` naming file and field.
    """
    own = name.endswith((".yaml", ".yml"))
    if not own and name not in names():
        near = difflib.get_close_matches(name, names(), 1)
        raise BadInput(
            f"no theme is called {name!r}; there are {', '.join(names())}",
            hint=near[0] if near else "",
        )
    file = (folder or Path()) / name if own else HOUSE / f"{name}.yaml"
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BadInput(f"cannot be read: {error}", where=str(file)) from None
    if not isinstance(data, dict):
        raise BadInput("is not a mapping of names to colours", where=str(file))
    theme = Theme(name=file.stem, **{k: _value(file, k, v) for k, v in data.items()})
    for ink, ground, field in _reads(theme):
        if contrast(ink, ground) < CONTRAST:
            raise BadInput(
                f"{contrast(ink, ground):.1f} is too little contrast to be read;"
                f" {CONTRAST} is needed",
                where=f"{file.name} {field}",
            )
    return theme


def readable(theme: Theme) -> bool:
    """Whether its words can be read: what the label that she is an AI must be able to rely on."""
    words = all(contrast(theme.text, ground) >= CONTRAST for ground in theme.pane)
    return words and theme.opacity >= _NUMBERS["opacity"][0]


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG contrast ratio, 1..21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    linear = [v / 255 / 12.92 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _reads(theme: Theme) -> list[tuple[Rgb, Rgb, str]]:
    """What is written on what."""
    pairs = [(theme.text, ground, "text") for ground in theme.pane]
    pairs += [(theme.soft, ground, "soft") for ground in theme.pane]
    pairs += [(theme.good, ground, "good") for ground in theme.pane]
    pairs.append((theme.stamp[1], theme.stamp[0], "stamp"))
    return [*pairs, (theme.on_shine, theme.shine, "on_shine")]


def _value(file: Path, name: str, value: Any) -> Any:
    where = f"{file.name} {name}"
    known = [field.name for field in fields(Theme) if field.name != "name"]
    if name not in known:
        near = difflib.get_close_matches(str(name), known, 1)
        raise BadInput("there is no such setting", where=where, hint=near[0] if near else "")
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        if not isinstance(value, (int, float)) or not low <= value <= high:
            raise BadInput(f"must be a number from {low:g} to {high:g}", where=where)
        return float(value)
    if name not in _PAIRS:
        return _colour(value, where)
    if not isinstance(value, list) or len(value) != 2:
        raise BadInput("must be a list of two colours", where=where)
    return _colour(value[0], where), _colour(value[1], where)


def _colour(value: Any, where: str) -> Rgb:
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise BadInput('must be a colour such as "#ff5c9e"', where=where)
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)
