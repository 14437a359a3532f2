"""show.yaml as pydantic sees it, and where in the file each of its fields is."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from idol.model import Language, Light

SegmentKind = Literal["greeting", "pitch", "demo", "qa", "flash", "presale", "sponsored", "closing"]
KINDS: tuple[SegmentKind, ...] = get_args(SegmentKind)

Both = dict[Language, Annotated[str, Field(min_length=1, max_length=400)]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RawSizes(_Strict):
    kg: tuple[float, float] | None = None
    cm: tuple[float, float] | None = None


class RawFaq(_Strict):
    ask: list[str] = Field(min_length=1)
    say: Both


class RawProduct(_Strict):
    title: Both
    picture: str = ""
    aliases: list[str] = []
    facts: dict[str, Both] = {}
    sizes: dict[str, RawSizes] = {}
    faq: list[RawFaq] = []

    @field_validator("sizes", mode="before")
    @classmethod
    def _sizes_are_text(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value


class RawSegment(_Strict):
    id: str = Field(pattern=r"^[a-z0-9-]+$")
    kind: SegmentKind
    lines: list[str | dict[Literal["say", "zh", "en"], str]] = Field(min_length=1)
    product: str = ""
    seconds: float = Field(0, ge=0, le=3600)
    price: str = Field("", pattern=r"^(\d+(\.\d{1,2})?)?$")
    call: str = Field("", max_length=12)
    grant: str = ""
    brand: str = ""


class RawShow(_Strict):
    title: Both
    language: Language
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    idol: str = "aira"
    stage: str = ""
    theme: str = "night"
    light: Light = "auto"
    host: Both
    persona: dict[str, Any] = {}
    products: dict[str, RawProduct]
    segments: list[RawSegment] = Field(min_length=1)


def plain(node: Any) -> Any:
    """ruamel's trees as plain data; its number types would confuse strict checks."""
    if isinstance(node, dict):
        return {str(k): plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [plain(v) for v in node]
    if isinstance(node, bool) or node is None:
        return node
    for kind in (int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return str(node)


def place(name: str, tree: Any, path: tuple[Any, ...]) -> str:
    """file:line and dotted path of a place; the deepest line that the YAML tree knows."""
    line, node, text = 1, tree, ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
        try:
            marks = node.lc.data[key]
            line = marks[0] + 1
            node = node[key]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return f"{name}:{line} {text}"
