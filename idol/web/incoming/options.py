"""Checked settings of chat sources, and their secrets from the environment."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from idol.config import KEYS
from idol.errors import BadInput


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""


T = TypeVar("T", bound=Options)


def checked(model: type[T], settings: Mapping[str, Any], kind: str) -> T:
    """Raises `BadInput` naming the field, and the nearest right word."""
    where = f"chats.{settings.get('name') or kind}"
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        # A word that is not known first: it may be the one that is missed.
        item = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(field, model.model_fields, 1)
            hint = near[0] if near else ""
            raise BadInput(f"unknown setting {field!r}", where=where, hint=hint) from None
        raise BadInput(item["msg"], where=f"{where}.{field}") from None


def key(name: str, what: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret of a source. Raises `BadInput` with the variable to set."""
    variable = KEYS + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    if not (value := environ.get(variable, "").strip()):
        raise BadInput(f"set {variable} to {what}", where=f"chats.{name}")
    return value
