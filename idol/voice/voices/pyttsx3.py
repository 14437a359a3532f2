"""pyttsx3: the system's own voice (SAPI, NSSpeech), or espeak-ng where there is none.

Her last resort, and the way to any voice that the machine's owner installed. pyttsx3 tells no
phonemes, so lips are estimated from the text and laid over the sounding part of the wave.
One engine, one process, one call at a time: pyttsx3 loses or mixes utterances otherwise.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from idol.errors import Unavailable
from idol.model import Language
from idol.ports import VoiceAudio
from idol.voice import pcm, pronounce
from idol.voice.phonemes import marks, spread, visemes

_MOST_CHARACTERS = 400
"""pyttsx3 crashes on very long texts; this is several clauses."""
_FILE_WAIT_S = 2.0
_ESPEAK_VOICES: dict[Language, str] = {"zh": "sit/cmn", "en": "gmw/en-us"}
_LANGUAGE_WORDS: dict[Language, tuple[str, ...]] = {
    "zh": ("zh", "cmn", "chinese", "mandarin", "huihui", "ting-ting", "tingting"),
    "en": ("en-us", "en_us", "en-gb", "en_gb", "english", "zira", "samantha"),
}


class Pyttsx3Voice:
    """The platform's default pyttsx3 driver."""

    name = "pyttsx3"
    languages: frozenset[Language] = frozenset({"zh", "en"})
    version = "2.99/1"

    def __init__(self) -> None:
        self._engine: Any = None
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._voices: dict[Language, str] = {}

    def load(self) -> None:
        if sys.platform == "linux":
            _offer_bundled_espeak()
        import pyttsx3

        try:
            self._engine = pyttsx3.init()
        except Exception as error:
            raise Unavailable(f"pyttsx3 found no voice on this system: {error}") from error
        self._engine.connect("finished-utterance", lambda name, completed: self._finished.set())
        self._voices = self._choose()

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        at = 0
        for begin in range(0, len(text), _MOST_CHARACTERS):
            piece = text[begin : begin + _MOST_CHARACTERS]
            if not any(char.isalnum() for char in piece):
                continue  # pyttsx3 asserts on empty text and never ends on mere punctuation
            with self._lock:
                sound, rate = self._speak(piece, language)
            audio = _finish(sound, rate, piece, language, at, begin)
            if audio is not None:
                yield audio
                at += len(audio.pcm)

    def _speak(self, text: str, language: Language) -> tuple[pcm.Wave, int]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            self._finished.clear()
            try:
                if voice := self._voices.get(language):
                    self._engine.setProperty("voice", voice)
                self._engine.setProperty("rate", 165)
                self._engine.save_to_file(text, str(path))
                # The espeak driver prints where it saved.
                with contextlib.redirect_stdout(io.StringIO()):
                    self._engine.runAndWait()
            except Exception as error:
                raise Unavailable(f"pyttsx3 could not speak: {error}") from error
            # runAndWait may come back before the file is there.
            self._finished.wait(_FILE_WAIT_S)
            return _read_wave(path)

    def _choose(self) -> dict[Language, str]:
        """A voice of the system for each language, by what its id, name or languages say."""
        voices = self._engine.getProperty("voices") or []
        chosen: dict[Language, str] = {}
        for language, wanted in _LANGUAGE_WORDS.items():
            ids = [str(voice.id) for voice in voices]
            if _ESPEAK_VOICES[language] in ids:
                chosen[language] = _ESPEAK_VOICES[language]
                continue
            for voice in voices:
                said = f"{voice.id} {voice.name} {getattr(voice, 'languages', '')}".lower()
                if any(word in said for word in wanted):
                    chosen[language] = str(voice.id)
                    break
        return chosen


def _offer_bundled_espeak() -> None:
    """Let pyttsx3 find the espeak-ng of `espeakng-loader` as if the system had it."""
    try:
        import espeakng_loader
    except ImportError:
        return
    os.environ.setdefault("ESPEAK_DATA_PATH", str(espeakng_loader.get_data_path()))
    # Loaded globally under its soname, it is what pyttsx3's LoadLibrary then finds.
    ctypes.CDLL(espeakng_loader.get_library_path(), mode=ctypes.RTLD_GLOBAL)


def _read_wave(path: Path) -> tuple[pcm.Wave, int]:
    """Samples as mono -1..1 and their rate. Raises `Unavailable` when no sound was written."""
    ends = time.monotonic() + _FILE_WAIT_S
    while not (path.exists() and path.stat().st_size > 44):
        if time.monotonic() > ends:
            raise Unavailable("pyttsx3 wrote no sound")
        time.sleep(0.005)
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise Unavailable(f"pyttsx3 wrote a file that is no WAV: {error}") from error
    if width != 2:
        raise Unavailable(f"pyttsx3 wrote {8 * width}-bit sound")
    samples = np.frombuffer(data, np.int16).reshape(-1, channels).mean(axis=1)
    return np.asarray(samples / 32768, np.float32), rate


def _finish(
    wave: pcm.Wave, rate: int, text: str, language: Language, at: int, char: int
) -> VoiceAudio | None:
    start, end = pcm.bounds(wave, rate)
    if end <= start:
        return None
    cut = pcm.fade(pcm.level(wave[start:end], rate), rate)
    sound = pcm.to_int16(pcm.resample(cut, rate))
    sounds = pronounce.chinese(text) if language == "zh" else pronounce.english(text)
    symbols = [(symbol, s.char + char) for s in sounds for symbol in s.symbols]
    phones = spread([symbol for symbol, _ in symbols], at, at + len(sound))
    return VoiceAudio(
        pcm=sound,
        visemes=visemes(phones),
        marks=marks((p.start, c) for p, (_, c) in zip(phones, symbols, strict=True)),
    )
