"""Speech on disk, so that what she says often costs nothing. Bounded; oldest use goes first."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from idol.model import VISEMES, Mark, VisemeEvent
from idol.ports import VoiceAudio

_TRIM_TO = 0.9


class SpeechCache:
    """One clause a file. Methods block on the disk for about a millisecond."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder, self._max = folder, max_bytes
        folder.mkdir(parents=True, exist_ok=True)
        self._size = sum(path.stat().st_size for path in folder.glob("*.npz"))

    @staticmethod
    def key(engine: str, version: str, language: str, text: str) -> str:
        """Anything that changes the sound changes the key."""
        whole = "\0".join((engine, version, language, text))
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:40]

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def get(self, key: str) -> VoiceAudio | None:
        """What was put under `key`; a damaged file is removed and counts as absent."""
        path = self._path(key)
        try:
            with np.load(path, allow_pickle=False) as data:
                lips, places = data["visemes"], data["marks"]
                audio = VoiceAudio(
                    pcm=np.asarray(data["pcm"], np.int16),
                    visemes=tuple(
                        VisemeEvent(int(at), VISEMES[int(shape)], float(weight))
                        for at, shape, weight in lips
                    ),
                    marks=tuple(Mark(int(at), int(char)) for at, char in places),
                )
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)
            return None
        return audio

    def put(self, key: str, audio: VoiceAudio) -> None:
        """Store atomically; a full disk only means that it is not stored."""
        lips = [(e.at, VISEMES.index(e.viseme), e.weight) for e in audio.visemes]
        places = [(mark.at, mark.char) for mark in audio.marks]
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(
                        file,
                        pcm=audio.pcm,
                        visemes=np.array(lips, np.float64).reshape(-1, 3),
                        marks=np.array(places, np.int64).reshape(-1, 2),
                    )
                path = self._path(key)
                old = path.stat().st_size if path.exists() else 0
                Path(name).replace(path)
                self._size += path.stat().st_size - old
            finally:
                Path(name).unlink(missing_ok=True)
            if self._size > self._max:
                self._trim()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"

    def _trim(self) -> None:
        known = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*.npz"))
        self._size = sum(size for _, size, _ in known)
        for _, size, path in known:
            if self._size <= self._max * _TRIM_TO:
                return
            path.unlink(missing_ok=True)
            self._size -= size
