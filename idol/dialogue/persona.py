"""Who she is, as data: a show may change any of it, the guard stays the same."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idol.dialogue.data import read
from idol.errors import BadInput
from idol.model import LANGUAGES, Language
from idol.ports import Prompt

_FIELDS = ("traits", "facts", "style")


@dataclass(frozen=True, slots=True)
class Persona:
    """A host's name and character.

    `traits` and `style` go into the language model's instructions; `facts` are clauses that
    she may say in any segment (when the show airs, where she is from), one per slot, proved
    like product facts.
    """

    name: dict[Language, str]
    traits: dict[Language, str] = field(default_factory=dict)
    style: dict[Language, str] = field(default_factory=dict)
    facts: dict[str, dict[Language, str]] = field(default_factory=dict)

    def opening(self, language: Language) -> list[Prompt]:
        """What every conversation with the language model begins with: who she is, and a few
        exchanges that show her manner. Always the same, so that it reads them once."""
        words = read("persona.yaml")[language]
        text: str = words["system"].format(
            name=self.name.get(language) or next(iter(self.name.values()), words["name"]),
            traits=self.traits.get(language) or words["traits"],
            style=self.style.get(language) or words["style"],
        )
        talk = [Prompt("system", text.strip())]
        for asked, said in words["talk"]:
            talk += [Prompt("user", asked), Prompt("assistant", said)]
        return talk


def from_show(host: Mapping[Language, str], data: Mapping[str, Any] | None = None) -> Persona:
    """The persona of a show: its `host` names and its optional `persona` mapping.

    Raises `BadInput` that names the field and suggests the nearest right one.
    """
    data = data or {}
    for key in data:
        if key not in _FIELDS:
            near = difflib.get_close_matches(key, _FIELDS, 1, 0.5)
            raise BadInput(
                f"unknown field {key!r}", where=f"persona.{key}", hint=near[0] if near else ""
            )
    facts = data.get("facts") or {}
    if not isinstance(facts, Mapping):
        raise BadInput("must map a slot to one clause in each language", where="persona.facts")
    return Persona(
        name=dict(host),
        traits=_texts(data.get("traits"), "persona.traits"),
        style=_texts(data.get("style"), "persona.style"),
        facts={str(k): _texts(v, f"persona.facts.{k}") for k, v in facts.items()},
    )


def _texts(value: Any, where: str) -> dict[Language, str]:
    if value is None:
        return {}
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, Mapping):
        raise BadInput("must be a text, or one text for each language", where=where)
    texts: dict[Language, str] = {}
    for key, text in value.items():
        if key not in LANGUAGES:
            raise BadInput(f"{key!r} is not a language", where=where, hint="zh")
        if not isinstance(text, str):
            raise BadInput("must be a text", where=f"{where}.{key}")
        texts[key] = text
    return texts
