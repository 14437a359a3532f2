"""Find plug-ins by name through entry points. Built-ins come by the same door."""

from __future__ import annotations

import difflib
import importlib
from importlib.metadata import entry_points
from typing import Any, Literal

from idol.errors import BadInput

Group = Literal["voices", "models", "renderers", "payments", "outputs", "brains", "chats"]


def names(group: Group) -> list[str]:
    """Every registered name of a group, sorted."""
    return sorted({point.name for point in entry_points(group=f"idol.{group}")})


def load(group: Group, name: str) -> Any:
    """The class registered as `name`. Raises `BadInput` that suggests the nearest name.

    A name with a colon is the class itself, ``"package.module:Class"``: for one's own plug-in
    while it is not installed yet, and for tests.
    """
    if ":" in name:
        module, _, attribute = name.partition(":")
        try:
            return getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise BadInput(f"cannot load {name!r}: {error}") from error
    for point in entry_points(group=f"idol.{group}", name=name):
        return point.load()
    near = difflib.get_close_matches(name, names(group), 1)
    raise BadInput(
        f"no {group[:-1]} is called {name!r}; there are {', '.join(names(group)) or 'none'}",
        hint=near[0] if near else "",
    )
