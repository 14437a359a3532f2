"""Lexicons, intents and lines of speech, as YAML beside this file."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


def read(name: str) -> Any:
    """Parse one of the package's YAML files."""
    return YAML(typ="safe").load(files(__package__).joinpath(name).read_text("utf-8"))
