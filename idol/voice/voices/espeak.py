"""espeak-ng through ctypes: speaks anything at once, and reports every phoneme.

A robot's voice, and hard to follow in Mandarin: it is here so that she is never mute.
The structures are those of espeak-ng's ``speak_lib.h``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from idol.errors import Unavailable
from idol.model import Language
from idol.ports import VoiceAudio
from idol.voice import pcm
from idol.voice.phonemes import Phone, marks, visemes

_SYNCHRONOUS = 2
_PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 1, 2, 0x8000
_UTF8, _END_PAUSE = 1, 0x1000
_POSITION_CHARACTER = 1
_EVENT_END, _EVENT_WORD, _EVENT_PHONEME = 0, 1, 7
_RATE, _PITCH = 1, 3
_BUFFER_MS = 60
_VOICES: dict[Language, tuple[str, int, int]] = {
    # Voice name, words a minute, pitch: slower in Mandarin, where it is hard to follow.
    "zh": ("cmn", 150, 62),
    "en": ("en-us+f3", 165, 55),
}


class _Id(ctypes.Union):
    _fields_: ClassVar[list[Any]] = [
        ("number", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("string", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_: ClassVar[list[Any]] = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class EspeakVoice:
    """The library bundled by `espeakng-loader`; no system package is needed."""

    name = "espeak"
    languages: frozenset[Language] = frozenset({"zh", "en"})
    version = "ng/1"

    def __init__(self) -> None:
        self._library: Any = None
        self._rate = 0
        self._heard = bytearray()
        self._phonemes: list[tuple[int, str]] = []
        self._words: list[tuple[int, int]] = []
        # Kept alive here: the library calls it as long as it lives.
        self._callback = _Callback(self._on_sound)

    def load(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._rate = self._library.espeak_Initialize(
            _SYNCHRONOUS,
            _BUFFER_MS,
            espeakng_loader.get_data_path().encode(),
            _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT,
        )
        if self._rate <= 0:
            raise Unavailable("espeak-ng could not be initialised")
        self._library.espeak_SetSynthCallback(self._callback)

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        if not text.strip():
            return
        self._heard.clear()
        self._phonemes.clear()
        self._words.clear()
        voice, words_a_minute, pitch = _VOICES[language]
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise Unavailable(f"espeak-ng has no voice {voice}")
        self._library.espeak_SetParameter(_RATE, words_a_minute, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        data = text.replace("\0", " ").encode() + b"\0"
        if self._library.espeak_Synth(
            data, len(data), 0, _POSITION_CHARACTER, 0, _UTF8 | _END_PAUSE, None, None
        ):
            raise Unavailable("espeak-ng refused the text")
        yield from self._finish()

    def _on_sound(self, samples: Any, count: int, events: Any) -> int:
        i = 0
        while (event := events[i]).type != _EVENT_END:
            if event.type == _EVENT_PHONEME:
                raw = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0]
                self._phonemes.append((event.audio_position, raw.decode("utf-8", "ignore")))
            elif event.type == _EVENT_WORD:
                self._words.append((event.audio_position, event.text_position - 1))
            i += 1
        if samples and count > 0:
            self._heard += ctypes.string_at(samples, count * 2)
        return 0

    def _finish(self) -> Iterator[VoiceAudio]:
        wave = np.asarray(np.frombuffer(bytes(self._heard), np.int16) / 32768, np.float32)
        start, end = pcm.bounds(wave, self._rate)
        if end <= start:
            return
        cut = pcm.fade(pcm.level(wave[start:end], self._rate), self._rate)
        sound = pcm.to_int16(pcm.resample(cut, self._rate))

        def at(milliseconds: int) -> int:
            moved = milliseconds * 48 - start * 48_000 // self._rate
            return min(max(0, moved), len(sound))

        times = [at(t) for t, _ in self._phonemes] + [len(sound)]
        phones = [
            Phone(symbol or "_", times[i], times[i + 1])
            for i, (_, symbol) in enumerate(self._phonemes)
        ]
        yield VoiceAudio(
            pcm=sound,
            visemes=visemes(phones),
            marks=marks((at(t), char) for t, char in self._words),
        )
