"""Settings: `idol.toml`, then the environment over it. Frozen; unknown keys are refused.

`IDOL_WEB__PORT=9000` sets `port` of `[web]`. Secrets come only from the environment:
`IDOL_SECRET` (signs cookies), `IDOL_CONSOLE_PASSWORD`, `IDOL_MODEL_KEY`,
`IDOL_PAYMENT_SECRET`, and those of the payment providers and shops (docs/shop-adapters.md).
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from idol.errors import BadInput
from idol.model import Language

SECRETS = (
    "IDOL_SECRET",
    "IDOL_CONSOLE_PASSWORD",
    "IDOL_MODEL_KEY",
    "IDOL_PAYMENT_SECRET",
    "IDOL_STRIPE_KEY",
    "IDOL_STRIPE_WEBHOOK_SECRET",
    "IDOL_SHOPIFY_SHOP",
    "IDOL_SHOPIFY_STOREFRONT_TOKEN",
    "IDOL_SHOPIFY_ADMIN_TOKEN",
    "IDOL_SHOPIFY_WEBHOOK_SECRET",
    "IDOL_WOO_URL",
    "IDOL_WOO_KEY",
    "IDOL_WOO_SECRET",
    "IDOL_WOO_WEBHOOK_SECRET",
    "IDOL_WEBHOOK_SECRET",
    "IDOL_TURN_SECRET",
    "IDOL_FACTORY_SECRET",
)
KEYS = "IDOL_KEY_"
"""What begins so is the secret of one output or chat source: its stream key, its token."""
_ELSEWHERE = ("IDOL_CACHE", "IDOL_LICENCE_KEY", *SECRETS)


Whole = BeforeValidator(lambda v: int(v) if isinstance(v, str) and v.isdigit() else v)
"""A number among a few: the environment knows only text."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(_Section):
    """Where pages are served. `public_url` is what viewers type, if a proxy stands before us."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    certificate: str = ""
    """PEM file with the chain, for TLS without a proxy; with `certificate_key`, its key."""
    certificate_key: str = ""


class Stream(_Section):
    """The picture. Bit rate in kbit/s. `ice_servers` are STUN or TURN URLs, `external` the
    addresses of this machine beyond its NAT, `udp_ports` the range that a firewall opens.

    `edges` are the processes that serve viewers; with 0 the host does it itself. `rungs` is the
    number of sizes in which the picture may be encoded; a smaller one costs nothing until
    somebody on a slow line needs it.
    """

    orientation: Literal["portrait", "landscape"] = "portrait"
    fps: Annotated[Literal[25, 30, 50, 60], Whole] = 25
    lines: Annotated[Literal[720, 1080], Whole] = 720
    """Pixels along the shorter side; 1080 costs about twice the CPU, or `renderer = "gpu"`."""
    stage: str = ""
    """A folder of assets/stages instead of the show's own; "key" is plain green, for OBS."""
    bitrate_kbps: int = Field(1500, ge=300, le=12000)
    renderer: str = "sprite"
    watch: bool = False
    """Load idol and stage again, on air, when a file of theirs changes."""
    edges: int = Field(1, ge=0, le=16)
    rungs: Annotated[Literal[1, 2, 3], Whole] = 2
    max_viewers: int = Field(300, ge=1)
    ice_servers: tuple[Annotated[str, Field(pattern=r"^(stun|turns?):[^\s]+$")], ...] = ()
    external: tuple[str, ...] = ()
    udp_ports: str = Field("", pattern=r"^(\d{4,5}-\d{4,5})?$")
    record: str = ""
    """File to record to (MP4), or empty."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        short, long = self.lines, self.lines * 16 // 9
        return (short, long) if self.orientation == "portrait" else (long, short)


class VoiceSettings(_Section):
    """Engines by language, best first; the next takes over when one fails."""

    zh: tuple[str, ...] = ("kokoro", "espeak", "pyttsx3")
    en: tuple[str, ...] = ("hibari", "espeak", "pyttsx3")
    cache_mb: int = Field(512, ge=16)


class Mind(_Section):
    """The dialogue model.

    `model` is a name of the built-in weights (`qwen05`), a folder or GGUF file, or a name on
    the model hub; with `endpoint` set, it is the model's name at an OpenAI-compatible server.
    """

    enabled: bool = True
    model: str = "qwen05"
    endpoint: str = ""
    max_tokens: int = Field(60, ge=8, le=400)


class ShopSettings(_Section):
    """The ledger. `database` is a file, a relative one in the data folder; or the URL of a
    PostgreSQL server, such as postgresql://shop:secret@db.example/shop."""

    database: str = "shop.db"
    payment: str = "sandbox"
    hold_seconds: int = Field(300, ge=10, le=3600)
    webhooks: tuple[str, ...] = ()
    """Addresses that are told of orders, signed with IDOL_WEBHOOK_SECRET."""


class PluginSettings(BaseModel):
    """One of a list of plug-ins: `kind` is its name; what else it knows it checks itself."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    name: str = ""

    def options(self) -> dict[str, Any]:
        """All settings, with `kind` and with `name` if there is one."""
        return {k: v for k, v in self.model_dump().items() if k != "name" or v}


class LogSettings(_Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    json_lines: bool = False


class Settings(_Section):
    """All of it. `data` holds what a run leaves behind: ledger, log, audit."""

    show: str = ""
    data: str = "var"
    seed: int = 7
    language: Language | None = None
    web: Web = Web()
    stream: Stream = Stream()
    voice: VoiceSettings = VoiceSettings()
    mind: Mind = Mind()
    shop: ShopSettings = ShopSettings()
    log: LogSettings = LogSettings()
    outputs: tuple[PluginSettings, ...] = ()
    """Where the programme goes beside the viewers: see docs/scale.md."""
    chats: tuple[PluginSettings, ...] = ()
    """Where chat comes in beside our own pages: see docs/scale.md."""


def load(file: Path | None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read settings. Raises `BadInput` naming the file or variable and the nearest right key."""
    tree: dict[str, Any] = {}
    if file is not None:
        try:
            tree = tomllib.loads(file.read_text("utf-8"))
        except FileNotFoundError:
            raise BadInput("there is no such file", where=str(file)) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not TOML: {error}", where=str(file)) from None
    origin: dict[tuple[str, ...], str] = {}
    for name, value in environ.items():
        if not name.startswith("IDOL_") or name in _ELSEWHERE or name.startswith(KEYS):
            continue
        path = tuple(name[5:].lower().split("__"))
        origin[path] = name
        node = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = _listed(value, name)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        item = error.errors()[0]
        path = tuple(str(p) for p in item["loc"])
        where = origin.get(path) or (f"{file} {'.'.join(path)}" if file else ".".join(path))
        if item["type"] == "extra_forbidden":
            hint = next(iter(difflib.get_close_matches(path[-1], _keys(path[:-1]), 1)), "")
            raise BadInput(f"unknown setting {path[-1]!r}", where=where, hint=hint) from None
        raise BadInput(item["msg"], where=where) from None


def _listed(value: str, name: str) -> Any:
    """A value that begins with a bracket is a list in JSON; every other is text."""
    if not value.startswith("["):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise BadInput(f"not a list in JSON: {error}", where=name) from None


def _keys(path: tuple[str, ...]) -> list[str]:
    model: Any = Settings
    for key in path:
        field = model.model_fields.get(key)
        if field is None or not hasattr(field.annotation, "model_fields"):
            return []
        model = field.annotation
    return list(model.model_fields)
