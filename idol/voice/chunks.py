"""From the engines' pieces to the chunks of one utterance: pure bookkeeping in samples.

Everything an engine says counts from the start of its clause and its own text; everything in
a `SpeechChunk` counts from the start of the utterance and the line as written.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TypeVar

from idol.clock import SAMPLE_RATE, samples
from idol.model import Language, Mark, Pcm, SpeechChunk, TimedCue, Utterance, VisemeEvent
from idol.ports import VoiceAudio
from idol.voice import pcm
from idol.voice.clauses import Clause

CHUNK = SAMPLE_RATE // 2
"""The longest chunk: 500 ms."""

_Event = TypeVar("_Event", VisemeEvent, Mark, TimedCue)

_READING_S: dict[Language, float] = {"zh": 0.22, "en": 0.065}
"""Seconds to read one character, for captions without a voice."""


class Chunker:
    """Turns the pieces of one utterance into chunks. `to_source` maps spoken characters to the
    line's; it has one more entry than the spoken text, for its end."""

    def __init__(self, utterance: Utterance, to_source: Sequence[int]) -> None:
        self._utterance = utterance
        self._to_source = to_source
        self._cues = sorted(utterance.line.cues, key=lambda cue: cue.at)
        self._index = 0
        self._at = 0
        self._base = 0
        self._clause = Clause(0, 0, 0.0)
        self._anchor = (0, 0)
        """(character of the line, sample) up to which the text is placed."""
        self._visemes: list[VisemeEvent] = []
        self._marks: list[Mark] = []
        self._timed: list[TimedCue] = []

    def begin(self, clause: Clause) -> None:
        """What follows belongs to `clause`."""
        self._clause, self._base = clause, self._at
        self._anchor = (self._source(clause.start), self._at)

    def add(self, piece: VoiceAudio) -> Iterator[SpeechChunk]:
        """One piece of the current clause, in order."""
        self._visemes += [VisemeEvent(e.at + self._base, e.viseme, e.weight) for e in piece.visemes]
        for mark in piece.marks:
            self._place(self._source(self._clause.start + mark.char), mark.at + self._base)
        yield from self._emit(piece.pcm)

    def end(self, pause: bool = True) -> Iterator[SpeechChunk]:
        """The clause is over: place what is left of it and add its pause."""
        self._place(self._source(self._clause.end), self._at, mark=False)
        if pause:
            yield from self._emit(pcm.silence(samples(self._clause.pause_s)))

    def finish(self, pause_s: float) -> Iterator[SpeechChunk]:
        """The utterance is over: every cue left fires now, and the last chunk is marked so."""
        self._timed += [TimedCue(self._at, cue) for cue in self._cues]
        self._cues = []
        yield from self._emit(pcm.silence(max(samples(pause_s), 480)), last=True)

    def _source(self, char: int) -> int:
        return self._to_source[min(char, len(self._to_source) - 1)]

    def _place(self, char: int, at: int, mark: bool = True) -> None:
        """The line's character `char` sounds at `at`: so do the cues up to it, in proportion."""
        char0, at0 = self._anchor
        while self._cues and (self._cues[0].at < char or (mark and self._cues[0].at == char)):
            cue = self._cues.pop(0)
            share = (cue.at - char0) / (char - char0) if char > char0 else 1.0
            where = at0 + round((at - at0) * min(max(share, 0.0), 1.0))
            # Never before what has gone out already.
            self._timed.append(TimedCue(max(where, self._at), cue))
        if mark and (not self._marks or char > self._marks[-1].char) and char >= char0:
            self._marks.append(Mark(at, char))
        self._anchor = (max(char, char0), at)

    def _emit(self, sound: Pcm, last: bool = False) -> Iterator[SpeechChunk]:
        line = self._utterance.line
        for begin in range(0, len(sound), CHUNK):
            part = sound[begin : begin + CHUNK]
            start, end = self._at, self._at + len(part)
            final = last and begin + CHUNK >= len(sound)
            until = end + 1 if final else end
            yield SpeechChunk(
                utterance=self._utterance.id,
                turn=self._utterance.turn,
                seq=self._utterance.seq,
                index=self._index,
                start=start,
                pcm=part,
                visemes=tuple(_take(self._visemes, until)),
                marks=tuple(_take(self._marks, until)),
                cues=tuple(_take(self._timed, until)),
                last=final,
                text=line.text if self._index == 0 else "",
                emotion=line.emotion,
                language=line.language,
            )
            self._index += 1
            self._at = end


def silent(text: str, language: Language) -> VoiceAudio:
    """What is heard when no engine can speak: nothing, for as long as reading takes."""
    step = _READING_S[language]
    marks = tuple(Mark(samples(i * step), i) for i, char in enumerate(text) if char.isalnum())
    length = samples(max(0.3, len(text) * step))
    return VoiceAudio(pcm.silence(length), (VisemeEvent(0, "sil", 0.0),), marks)


def _take(events: list[_Event], until: int) -> list[_Event]:
    """Remove and return what happens before sample `until`."""
    n = bisect_right([event.at for event in events], until - 1)
    taken, events[:] = events[:n], events[n:]
    return taken
