"""The platforms that we know by name: `platforms.yaml`, read and checked. Pure after that."""

from __future__ import annotations

import difflib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from idol.errors import BadInput
from idol.model import Language

FILE = Path(__file__).with_name("platforms.yaml")
Check = Literal["ai_label", "avatar_area", "spoken_notice", "own_voice", "registration"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Data):
    """One demand. `basis` says whether it is public or our assumption; `dated` since when."""

    check: Check
    level: Literal["refuse", "warn"]
    basis: Literal["published", "assumed"]
    dated: date
    source: str
    least: float = 0.0


class Platform(_Data):
    """`server` is empty where each stream gets its own; `kbps` is the most it takes."""

    title: dict[Language, str]
    server: str
    key_seconds: float
    kbps: int
    rules: tuple[Rule, ...]


@cache
def known() -> dict[str, Platform]:
    """Every platform by name."""
    tree = YAML(typ="safe", pure=True).load(FILE)
    return {name: Platform.model_validate(entry) for name, entry in tree.items()}


def platform(name: str, *, where: str = "platform") -> Platform:
    """Raises `BadInput` that suggests the nearest name."""
    found = known().get(name)
    if found is None:
        near = difflib.get_close_matches(name, known(), 1, 0.5)
        raise BadInput(
            f"no platform is called {name!r}; there are {', '.join(known())}",
            where=where,
            hint=near[0] if near else "",
        )
    return found
