"""Idol's side: asks the engine for pictures, lays card, captions and AI label over them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from idol.avatar.overlay import Overlay
from idol.errors import BadInput, Unavailable
from idol.ports import Frame, Moment

PAUSE, LONGEST = 0.2, 10.0
"""Seconds before a dead engine is started again, at first and at most."""


class ExternalRenderer:
    """`ports.Renderer` whose body is drawn in a process of its own.

    No frame waits longer than `patience` seconds for it: the last picture stands in.
    """

    command: tuple[str, ...] = (sys.executable, str(Path(__file__).with_name("engine.py")))
    patience = 0.1
    loading = 60.0
    """Seconds that an engine may take to load."""

    def __init__(self) -> None:
        self.size = (0, 0)
        self.restarts = 0
        self._engine: _Engine | None = None
        self._starting: threading.Thread | None = None
        self._next_try, self._pause = 0.0, PAUSE

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        """Start the engine and wait until it is ready. Raises `BadInput` or `Unavailable`."""
        self.close()
        self.size = width, height = size
        self._memory, self._picture = _shared(height, width)
        weakref.finalize(self, _remove, self._memory)
        self._job = {
            "type": "load",
            "pack": str(pack),
            "stage": str(stage),
            "size": [width, height],
            "fps": fps,
            "seed": seed,
            "memory": str(self._memory),
        }
        self._last = np.zeros((height, width, 4), np.uint8)
        self._frame = np.zeros((height, width, 4), np.uint8)
        self._overlay = Overlay(size)
        self._engine = _Engine(self.command, self._job, self.loading)

    def render(self, moment: Moment, out: Frame) -> None:
        """The engine's picture of this moment, or its last one; our words over it."""
        engine = self._engine
        if engine is None or not engine.alive:
            self._revive()
        elif engine.picture(described(moment), self.patience):
            np.copyto(self._last, self._picture)
            self._pause = PAUSE
        np.copyto(self._frame, self._last)
        self._overlay.draw(self._frame, moment)
        cv2.cvtColor(self._frame, cv2.COLOR_BGRA2YUV_I420, out)

    def _revive(self) -> None:
        """Start a dead engine again, aside and not too often."""
        now = time.monotonic()
        if now < self._next_try or (self._starting is not None and self._starting.is_alive()):
            return
        self._next_try = now + self._pause
        self._pause = min(self._pause * 2, LONGEST)

        def start() -> None:
            with contextlib.suppress(BadInput, Unavailable, OSError):
                self._engine = _Engine(self.command, self._job, self.loading)
                self.restarts += 1

        self._starting = threading.Thread(target=start, name="engine-start", daemon=True)
        self._starting.start()

    @property
    def pid(self) -> int | None:
        """The engine's process."""
        return self._engine.process.pid if self._engine else None

    def close(self) -> None:
        """End the engine; it also ends by itself when its input closes."""
        if self._starting is not None:
            self._starting.join()
        if self._engine is not None:
            self._engine.stop()
            self._engine = None


class _Engine:
    """One process, loaded."""

    def __init__(self, command: tuple[str, ...], job: dict[str, Any], seconds: float) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._asked: int | None = None
        weakref.finalize(self, _end, self.process)
        threading.Thread(
            target=_listen, args=(self.process, self._answers), name="engine-read", daemon=True
        ).start()
        self._say(job)
        answer = self._hear(seconds)
        if answer is None or answer.get("type") != "ready":
            self.stop()
            if answer is not None:
                raise BadInput(str(answer.get("text", answer)), where="the engine")
            raise Unavailable(f"the engine was not ready in {seconds:.0f} s")

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def picture(self, moment: dict[str, Any], patience: float) -> bool:
        """Whether a new picture is in memory within `patience`; a late one is waited for first."""
        late = self._asked is not None
        if not late:
            if not self._say(moment):
                return False
            self._asked = moment["pts"]
        end = time.monotonic() + patience
        while (answer := self._hear(end - time.monotonic())) is not None:
            if answer.get("type") == "done" and answer.get("pts") == self._asked:
                self._asked = None
                return True
        return False

    def _say(self, message: dict[str, Any]) -> bool:
        try:
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except OSError:
            return False
        return True

    def _hear(self, seconds: float) -> dict[str, Any] | None:
        """The next answer, or None: it is late, or the process is gone."""
        try:
            return self._answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None

    def stop(self) -> None:
        _end(self.process)


def described(moment: Moment) -> dict[str, Any]:
    """What an engine needs to know of a moment. Times are counts of 48 kHz samples."""
    mouth = moment.mouth
    return {
        "type": "frame",
        "pts": moment.pts,
        "mouth": {
            "from": mouth.viseme,
            "to": mouth.next,
            "blend": mouth.blend,
            "weight": mouth.weight,
        },
        "emotion": moment.emotion,
        "gesture": moment.gesture,
        "gesture_pts": moment.gesture_pts,
        "activity": moment.scene.activity,
        "loudness": moment.loudness,
        "card": moment.card is not None,
    }


def _listen(
    process: subprocess.Popen[str], answers: queue.SimpleQueue[dict[str, Any] | None]
) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        with contextlib.suppress(ValueError):  # a library's chatter
            answer = json.loads(line)
            if isinstance(answer, dict):
                answers.put(answer)
    answers.put(None)


def _shared(height: int, width: int) -> tuple[Path, np.ndarray]:
    """Mapped memory that both processes see: a file, in memory where the system has that."""
    ram = Path("/dev/shm")
    handle, name = tempfile.mkstemp(prefix="idol-", dir=ram if os.access(ram, os.W_OK) else None)
    os.truncate(handle, height * width * 4)
    os.close(handle)
    return Path(name), np.memmap(name, np.uint8, "r+", shape=(height, width, 4))


def _remove(memory: Path) -> None:
    memory.unlink(missing_ok=True)


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
