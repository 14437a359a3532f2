"""Bakes a folder into the cache and ends: python -m idol.avatar.ahead IDOL STAGE WIDTHxHEIGHT

For a show that is on air: the studio loads what is baked in a moment, and its picture never
shares a process with the baking.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from idol.avatar.renderers.sprite import SpriteRenderer
from idol.errors import IdolError


def main(idol: str, stage: str, size: str) -> int:
    """0, or 1 with one line on stderr that says what is wrong."""
    if hasattr(os, "setpriority"):  # behind the picture; a lower one starves on a busy machine
        os.setpriority(os.PRIO_PROCESS, 0, 4)
    width, _, height = size.partition("x")
    try:
        SpriteRenderer().load(Path(idol), Path(stage), (int(width), int(height)), 25, 1)
    except (IdolError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
