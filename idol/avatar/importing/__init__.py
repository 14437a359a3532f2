"""From a layered drawing (PSD, or a folder of PNG layers) to an avatar folder."""

from __future__ import annotations

import re
from pathlib import Path

from idol.avatar.importing import layers
from idol.avatar.importing.build import build
from idol.avatar.proof import Finding

__all__ = ["make"]


def make(source: Path, to: Path, donor: Path) -> list[Finding]:
    """Write the avatar folder `to` from the drawing `source`, unless a finding is serious.

    Each finding names its layer. Expressions and gestures come from the avatar folder `donor`.
    Raises `BadInput` for what cannot be read at all, `Missing` without psd-tools.
    """
    name = re.sub(r"[^a-z0-9_-]+", "-", to.resolve().name.lower()).strip("-_") or "idol"
    return build(layers.read(source), donor, name, to)
