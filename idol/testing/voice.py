"""For voice plug-ins and for everything that listens: a fake voice, and what a voice must do.

A plug-in author's test is one line: ``assert conformance_in_child("my_package:MyVoice") == []``.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from idol.clock import SAMPLE_RATE
from idol.errors import IdolError, Missing, Unavailable
from idol.model import LANGUAGES, VISEMES, Language, Mark, Viseme, VisemeEvent
from idol.ports import Voice, VoiceAudio
from idol.voice import pcm

_SENTENCES: dict[Language, tuple[str, ...]] = {
    "zh": ("大家好，欢迎来到我的直播间！", "这款只要八十九块九。"),
    "en": ("Hello everyone, welcome to my live room.", "It is only thirty nine dollars today."),
}
_NOTHING_TO_SAY = ("", " ", "。", "…!?", "\u200b")
_ODD = ("~*_^", "a\0b", "ñandú Ω ß", "🎉")


class FakeVoice:
    """A tone of 100 ms for each letter, silence for the rest: the same sound each time."""

    name = "fake"
    version = "1"
    languages: frozenset[Language] = frozenset(LANGUAGES)
    per_char = SAMPLE_RATE // 10

    def load(self) -> None:
        pass

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        if not any(char.isalnum() for char in text):
            return
        n = self.per_char
        tone = 0.18 * np.sin(np.arange(n) * (2 * np.pi * 220 / SAMPLE_RATE))
        mouths: tuple[Viseme, ...] = ("aa", "E", "ou", "PP")
        sound = [tone if char.isalnum() else np.zeros(n) for char in text]
        lips = [
            VisemeEvent(i * n, mouths[ord(char) % 4] if char.isalnum() else "sil")
            for i, char in enumerate(text)
        ]
        lips.append(VisemeEvent(len(text) * n, "sil", 0.0))
        marks = tuple(Mark(i * n, i) for i, char in enumerate(text) if char.isalnum())
        wave = np.asarray(np.concatenate(sound), np.float32)
        yield VoiceAudio(pcm.to_int16(wave), tuple(lips), marks)


class ScriptedVoice(FakeVoice):
    """A fake that takes ten minutes over "slow", fails on "bad" and ends its process on "die".

    Its name as a plug-in is ``idol.testing.voice:ScriptedVoice``.
    """

    name = "scripted"

    def __init__(self) -> None:
        self._stop = threading.Event()

    def synthesise(self, text: str, language: Language) -> Iterator[VoiceAudio]:
        self._stop.clear()
        if text == "bad":
            raise ValueError("no such sound")
        if text == "die":
            os._exit(3)
        if text == "slow" and self._stop.wait(600):
            raise Unavailable("aborted")
        yield from super().synthesise(text, language)

    def cancel(self) -> None:
        self._stop.set()


class NeedyVoice(FakeVoice):
    """A fake whose weights never come."""

    name = "needy"

    def load(self) -> None:
        raise Missing("the weights are not here; run: fetch them")


@dataclass
class FakeEngine:
    """A `SpeechEngine` without a process, with a script of what goes wrong.

    `fails` holds, for each coming request, an error to raise or None; `said` what was asked.
    """

    voice: Voice = field(default_factory=FakeVoice)
    fails: list[IdolError | None] = field(default_factory=list)
    state: Literal["loading", "ready", "failed"] = "ready"
    said: list[str] = field(default_factory=list)
    cancelled: int = 0
    name: str = "fake"
    version: str = "1"

    @property
    def languages(self) -> frozenset[Language]:
        return self.voice.languages

    async def start(self) -> None:
        self.voice.load()

    async def close(self) -> None:
        pass

    async def settled(self) -> None:
        pass

    async def synthesise(
        self, text: str, language: Language, *, background: bool = False
    ) -> AsyncIterator[VoiceAudio]:
        if self.state != "ready":
            raise Unavailable(f"{self.name} is {self.state}")
        self.said.append(text)
        error = self.fails.pop(0) if self.fails else None
        if error is not None:
            raise error
        finished = False
        try:
            for piece in self.voice.synthesise(text, language):
                yield piece
            finished = True
        finally:
            self.cancelled += not finished


def conformance_in_child(target: str) -> list[str]:
    """`conformance` of ``"module:Class"`` in a process of its own, as the show runs it."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_conformance_of, target).result()


def _conformance_of(target: str) -> list[str]:
    module, _, name = target.partition(":")
    voice: Voice = getattr(importlib.import_module(module), name)()
    return conformance(voice)


def conformance(voice: Voice) -> list[str]:
    """Everything a voice does wrong, in words; an empty list means that it fits the port."""
    wrong: list[str] = []
    if not voice.name or not voice.languages <= set(LANGUAGES) or not voice.languages:
        wrong.append(f"name {voice.name!r} or languages {set(voice.languages)} are not valid")
    voice.load()
    for language in sorted(voice.languages):
        for text in _SENTENCES[language]:
            started = time.process_time()
            pieces = list(voice.synthesise(text, language))
            fast = time.process_time() - started < 0.3
            wrong += [f"{text!r}: {what}" for what in faults(pieces, text)]
        for text in (*_NOTHING_TO_SAY, *_ODD):
            wrong += _survives(voice, text, language)
        if fast:
            wrong += _survives(voice, " ".join(_SENTENCES[language] * 20), language)
        again = list(voice.synthesise(_SENTENCES[language][0], language))
        wrong += [f"after odd texts: {what}" for what in faults(again, _SENTENCES[language][0])]
    return wrong


def faults(pieces: Sequence[VoiceAudio], text: str) -> list[str]:
    """What is wrong with the speech of an ordinary sentence."""
    wrong: list[str] = []
    total = sum(len(piece.pcm) for piece in pieces)
    if total == 0:
        return ["no sound"]
    sound = np.concatenate([piece.pcm for piece in pieces])
    lips = [event for piece in pieces for event in piece.visemes]
    marks = [mark for piece in pieces for mark in piece.marks]
    if sound.dtype != np.int16 or sound.ndim != 1:
        wrong.append(f"pcm is {sound.dtype} with {sound.ndim} dimensions, not int16 mono")
    rate = len(text) / (total / SAMPLE_RATE)
    if not 1.5 <= rate <= 30:
        wrong.append(f"{rate:.1f} characters a second: wrong sample rate?")
    loud = pcm.rms_db(sound)
    if not -24 <= loud <= -13:
        wrong.append(f"loudness is {loud:.1f} dBFS, not about -18")
    begin, end = pcm.bounds(np.asarray(sound / 32768, np.float32), SAMPLE_RATE, lead_s=0, tail_s=0)
    if begin > 0.2 * SAMPLE_RATE or total - end > 0.35 * SAMPLE_RATE:
        wrong.append("silence at the ends is not trimmed")
    wrong += _rising([e.at for e in lips], total, "visemes")
    wrong += _rising([m.at for m in marks], total, "marks")
    if any(e.viseme not in VISEMES or not 0 <= e.weight <= 1 for e in lips):
        wrong.append("a viseme or its weight is not valid")
    if len({e.viseme for e in lips} - {"sil"}) < 3:
        wrong.append("the mouth hardly moves")
    if lips and lips[-1].viseme != "sil":
        wrong.append("the mouth stays open at the end")
    if not marks or marks[0].at > 0.3 * SAMPLE_RATE:
        wrong.append("no mark at the beginning")
    chars = [mark.char for mark in marks]
    if chars != sorted(set(chars)) or not all(0 <= char < len(text) for char in chars):
        wrong.append("marks do not rise through the text")
    return wrong


def _rising(times: Sequence[int], total: int, what: str) -> list[str]:
    good = list(times) == sorted(times) and all(0 <= t <= total for t in times)
    return [] if good else [f"{what} do not rise from 0 to the end"]


def _survives(voice: Voice, text: str, language: Language) -> list[str]:
    try:
        for _ in voice.synthesise(text, language):
            pass
    except Unavailable:
        pass
    except Exception as error:
        return [f"{text[:20]!r} raised {type(error).__name__}: {error}"]
    return []
