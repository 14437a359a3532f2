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
from idol.voice import kokoro_parts, onnx, pcm, pronounce

_MOST_SYMBOLS = 400
"""The network reads 510 at most, and its prosody suffers before."""


class KokoroVoice:
    """Speaks with one of the voices in the weights `kokoro-voices`."""

    name = "kokoro"
    languages: frozenset[Language] = frozenset({"zh"})
    version = "82M-int8/zf_xiaobei/1"

    def __init__(self, voice: str = "zf_xiaobei", speed: float = 1.0) -> None:
        self._voice, self._speed = voice, speed
        self._speech: Any = None
        self._sound: Any = None
        self._style: pcm.Wave = np.zeros((0, 256), np.float32)
        self._run: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        model = weights.locate("kokoro-int8") / "model.onnx"
        style = weights.locate("kokoro-voices") / f"{self._voice}.bin"
        self._style = np.fromfile(style, np.float32).reshape(-1, 256)
        hash = weights.find("kokoro-int8").files[0].sha256[:12]
        kept = weights.default_cache() / "converted" / f"kokoro-{hash}"
        speech, sound = kokoro_parts.parts(model, kept)
        self._speech, self._sound = onnx.session(speech), onnx.session(sound)
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
        style = self._style[min(len(symbols), len(self._style)) - 1][None]
        speed = np.array([self._speed], np.float32)
        options = onnxruntime.RunOptions()
        with self._lock:
            self._run = options
        try:
            text, pitch, energy, durations = self._speech.run(
                None, {"tokens": onnx.token_ids(symbols), "style": style, "speed": speed}, options
            )
            frames = kokoro_parts.sounding(energy)
            if frames.stop == frames.start:
                return None
            halves = slice(2 * frames.start, 2 * frames.stop)
            given = {
                kokoro_parts.TEXT: text[:, :, frames],
                kokoro_parts.PITCH: pitch[:, halves],
                kokoro_parts.ENERGY: energy[:, halves],
                "style": style,
            }
            (wave,) = self._sound.run(None, given, options)
        except Exception as error:
            raise Unavailable(f"kokoro could not speak: {error}") from error
        finally:
            with self._lock:
                self._run = None
        wave = np.asarray(wave, np.float32).ravel()
        return onnx.finish(wave, durations, symbols, at, skipped=frames.start)
