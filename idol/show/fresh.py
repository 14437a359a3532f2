"""Hot reload on air: a renderer of the changed folders is loaded aside, then takes over."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

from idol.avatar.watch import stamp
from idol.errors import IdolError
from idol.ports import Renderer

LOOK_S = 1.0
"""Seconds between two looks; what changed must rest for one: no half-written file is read."""


class Fresh:
    """Watches `folders` in a thread. Loading takes from the picture's time: for work on an idol."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        load: Callable[[], Renderer],
        tell: Callable[[str], None],
        every: float = LOOK_S,
    ) -> None:
        """`load` gives a loaded renderer or raises `IdolError`, which is told in words."""
        self._folders, self._load, self._tell, self._every = folders, load, tell, every
        self._made: queue.SimpleQueue[Renderer] = queue.SimpleQueue()
        self._over = threading.Event()
        self._known = self._look()
        threading.Thread(target=self._watch, name="fresh", daemon=True).start()

    def take(self) -> Renderer | None:
        """The renderer that takes over with the next frame, once for each change."""
        try:
            return self._made.get_nowait()
        except queue.Empty:
            return None

    def stop(self) -> None:
        self._over.set()

    def _look(self) -> object:
        return [stamp(folder) for folder in self._folders]

    def _watch(self) -> None:
        before = self._known
        while not self._over.wait(self._every):
            now = self._look()
            rests, before = now == before, now
            if now == self._known or not rests:
                continue
            self._known = now
            try:
                self._made.put(self._load())
            except (IdolError, OSError, ValueError) as error:
                self._tell(f"not loaded, the picture before goes on: {error}")
