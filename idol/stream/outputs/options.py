"""What all outputs share: checked settings, keys from the environment, reasons without secrets."""

from __future__ import annotations

import difflib
import os
import re
import socket
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from idol.errors import BadInput, Unavailable

KEY_PREFIX = "IDOL_KEY_"
CONNECT_S = 8.0


class Options(BaseModel):
    """The settings of one output. `name` is what the operator calls it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""


T = TypeVar("T", bound=Options)


def checked(model: type[T], settings: Mapping[str, Any], kind: str) -> T:
    """The settings as `model`. Raises `BadInput` naming the field, and the nearest right word."""
    where = f"outputs.{settings.get('name') or kind}"
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        # A word that is not known first: it may be the one that is missed.
        item = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(field, model.model_fields, 1)
            raise BadInput(
                f"unknown setting {field!r}", where=where, hint=near[0] if near else ""
            ) from None
        raise BadInput(item["msg"], where=f"{where}.{field}") from None


def key_name(name: str) -> str:
    """The environment variable that holds the secret of the output `name`."""
    return KEY_PREFIX + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")


def key(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret of the output `name`. Raises `BadInput` with the variable to set."""
    variable = key_name(name)
    if not (value := environ.get(variable, "").strip()):
        raise BadInput(f"set {variable} to its stream key", where=f"outputs.{name}")
    return value


def without_secrets(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """`text` fit for a log: keys, query strings and user names of addresses are left out."""
    for name, value in environ.items():
        if name.startswith(KEY_PREFIX) and len(value) >= 4:
            text = text.replace(value, "***")
    text = re.sub(r"(\w+://)[^/\s@]+@", r"\1***@", text)
    return re.sub(r"(\w+://[^\s?'\"]+)\?[^\s'\"]+", r"\1?***", text)[:300]


def reach(host: str, port: int, seconds: float = CONNECT_S) -> None:
    """Raises `Unavailable` with a plain reason if nobody answers there by TCP.

    FFmpeg would wait minutes for a dead address, and not say which it was.
    """
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except socket.gaierror:
        raise Unavailable(f"{host} has no address") from None
    except TimeoutError:
        raise Unavailable(f"{host}:{port} does not answer") from None
    except OSError as error:
        raise Unavailable(f"{host}:{port}: {error.strerror or error}") from None
