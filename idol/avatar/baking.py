"""A bar on the terminal while pictures are baked; nothing at all when they come from the cache."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

WORDS = "烘焙形象 / baking her pictures"


@contextlib.contextmanager
def baking() -> Iterator[Callable[[float], None]]:
    """Call what it gives with how much is done, 0..1. The bar goes away when all is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = TextColumn(WORDS), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    shown = Progress(*columns, console=Console(stderr=True), transient=True)
    task = shown.add_task("bake", total=1.0)
    began = False

    def tell(part: float) -> None:
        nonlocal began
        if not began and part >= 1:
            return
        if not began:
            began = True
            shown.start()
        shown.update(task, completed=part)
        if part >= 1:
            shown.stop()

    try:
        yield tell
    finally:
        if began:
            shown.stop()
