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
    """Loads in a thread what has changed in `folders`: when asked, or by itself if it watches."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        load: Callable[[], Renderer],
        tell: Callable[[str], None],
        every: float = LOOK_S,
        watch: bool = True,
    ) -> None:
        """`load` gives a loaded renderer or raises `IdolError`, which is told in words."""
        self._folders, self._load, self._tell, self._every = folders, load, tell, every
        self._made: queue.SimpleQueue[Renderer] = queue.SimpleQueue()
        self._over = threading.Event()
        self._asked = threading.Event()
        self._watches = watch
        self._known = self._look() if watch else None
        threading.Thread(target=self._watch, name="fresh", daemon=True).start()

    def take(self) -> Renderer | None:
        """The renderer that takes over with the next frame, once for each change."""
        try:
            return self._made.get_nowait()
        except queue.Empty:
            return None

    def ask(self) -> None:
        """Load now, whether anything has changed or not."""
        self._asked.set()

    def stop(self) -> None:
        self._over.set()
        self._asked.set()

    def _look(self) -> object:
        return [stamp(folder) for folder in self._folders]

    def _watch(self) -> None:
        before = self._known
        while True:
            asked = self._asked.wait(self._every if self._watches else None)
            if self._over.is_set():
                return
            self._asked.clear()
            now = self._look() if self._watches else None
            rests, before = now == before, now
            if not asked and (now == self._known or not rests):
                continue
            self._known = now
            try:
                self._made.put(self._load())
            except (IdolError, OSError, ValueError) as error:
                self._tell(str(error))
