"""Kokoro-82M int8: the Chinese voice. English words are spoken by the same voice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from idol import weights
from idol.errors import Unavailable
from idol.model import Language
from idol.ports import VoiceAudio
from idol.voice import onnx, pcm, pronounce

_DURATIONS = "/encoder/Clip_output_0"
_MOST_SYMBOLS = 400
"""The network reads 510 at most, and its prosody suffers before."""


class KokoroVoice:
    """Speaks with one of the voices in the weights `kokoro-voices`."""

    name = "kokoro"
    languages: frozenset[Language] = frozenset({"zh"})
    version = "82M-int8/zf_xiaobei/1"

    def __init__(self, voice: str = "zf_xiaobei", speed: float = 1.0) -> None:
        self._voice, self._speed = voice, speed
        self._session: Any = None
        self._style: pcm.Wave = np.zeros((0, 256), np.float32)
        self._run: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        model = weights.locate("kokoro-int8") / "model.onnx"
        style = weights.locate("kokoro-voices") / f"{self._voice}.bin"
        self._style = np.fromfile(style, np.float32).reshape(-1, 256)
        self._session = onnx.session(model, _DURATIONS)
        # The dictionaries load on first use; better now than in her first sentence.
        self._say(pronounce.chinese("你好"), 0)
        pronounce.english("hi")

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        at = 0
        for batch in pronounce.batches(pronounce.chinese(text), _MOST_SYMBOLS):
            audio = self._say(batch, at)
            if audio is not None:
                yield audio
                at += len(audio.pcm)

    def cancel(self) -> None:
        """Abort the network that runs now; called from another thread."""
        with self._lock:
            if self._run is not None:
                self._run.terminate = True

    def _say(self, sounds: list[pronounce.Sound], at: int) -> VoiceAudio | None:
        import onnxruntime

        symbols = onnx.spoken(sounds)
        if not symbols:
            return None
        names = [i.name for i in self._session.get_inputs()]
        inputs = {
            names[0]: onnx.token_ids(symbols),
            "style": self._style[min(len(symbols), len(self._style)) - 1][None],
            "speed": np.array([self._speed], np.float32),
        }
        options = onnxruntime.RunOptions()
        with self._lock:
            self._run = options
        try:
            wave, durations = self._session.run(None, inputs, options)
        except Exception as error:
            raise Unavailable(f"kokoro could not speak: {error}") from error
        finally:
            with self._lock:
                self._run = None
        return onnx.finish(np.asarray(wave, np.float32).ravel(), durations, symbols, at)
