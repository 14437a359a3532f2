"""What a face is asked to show: one emotion, or a mix of several.

`happy`, `happy+shy`, `happy:0.7+shy:0.4`: names of `model.EMOTIONS`, each with a weight of 0..1
after a colon. Without weights each part of a mix counts 1/sqrt(n), so that a mix is as strong
as one emotion alone.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from idol.errors import BadInput
from idol.model import EMOTIONS

_PART = re.compile(r"([a-z_]+)(?::(\d+(?:\.\d*)?|\.\d+))?\Z")


@lru_cache(maxsize=256)
def mix(feeling: str) -> Mapping[str, float]:
    """Weight of each emotion in a feeling. Raises `BadInput` with the nearest name."""
    parts = feeling.split("+")
    weights: dict[str, float] = {}
    for part in parts:
        found = _PART.match(part.strip())
        if found is None:
            raise BadInput(f"{part.strip()!r} is not an emotion, or emotion:weight")
        name, weight = found[1], found[2]
        if name not in EMOTIONS:
            hint = next(iter(difflib.get_close_matches(name, EMOTIONS, 1, 0.5)), "")
            raise BadInput(f"there is no emotion {name!r}", hint=hint)
        if name in weights:
            raise BadInput(f"{name!r} stands twice in {feeling!r}")
        weights[name] = float(weight) if weight is not None else 1 / len(parts) ** 0.5
        if not 0 <= weights[name] <= 1:
            raise BadInput(f"the weight of {name!r} must be from 0 to 1")
    return MappingProxyType(weights)
