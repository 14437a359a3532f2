"""Lexicons, intents and lines of speech, as YAML beside this file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def read(name: str) -> Any:
    """One of the package's YAML files, parsed once for all who ask: only to be read."""
    return YAML(typ="safe", pure=True).load(files(__package__).joinpath(name).read_text("utf-8"))
