"""Whether the files of an avatar or a stage have changed."""

from __future__ import annotations

from pathlib import Path

Stamp = dict[str, tuple[int, int]]
"""Time and size of every file that is drawn from, by its path inside the folder."""


def stamp(folder: Path) -> Stamp:
    """How the folder is now; compare it with how it was."""
    out: Stamp = {}
    for file in folder.rglob("*"):
        if file.suffix not in (".yaml", ".svg", ".png"):
            continue
        try:
            info = file.stat()
        except OSError:
            continue  # gone while we looked
        out[str(file.relative_to(folder))] = (info.st_mtime_ns, info.st_size)
    return out
