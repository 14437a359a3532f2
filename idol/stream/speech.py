"""One utterance on its way out: chunks in by index, samples, cues and progress out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from idol.model import Cue, Mark, Pcm, Played, SpeechChunk, VisemeEvent


class Speech:
    """State of one utterance between its first chunk and its last sample. Pure."""

    def __init__(self, chunk: SpeechChunk) -> None:
        self.id, self.turn, self.seq = chunk.utterance, chunk.turn, chunk.seq
        self.text, self.emotion, self.language = chunk.text, chunk.emotion, chunk.language
        self.position = 0
        """Samples of the utterance that have been heard."""
        self.chars = 0
        """Characters of the text that have begun to sound."""
        self.started = self.ended = False
        self._chunks: dict[int, SpeechChunk] = {}
        self._index = 0
        self._offset = 0
        self._cues: list[tuple[int, Cue]] = []
        self._gestures: list[tuple[int, int, Cue]] = []
        """Chunk, sample and cue of those that have not set out."""
        self._marks: list[Mark] = []

    def add(self, chunk: SpeechChunk) -> bool:
        if self.ended or chunk.index < self._index or chunk.index in self._chunks:
            return False
        self._chunks[chunk.index] = chunk
        self.text = self.text or chunk.text
        gestures = ((chunk.index, c.at, c.cue) for c in chunk.cues if c.cue.kind == "gesture")
        self._gestures = sorted((*self._gestures, *gestures), key=lambda g: g[:2])
        return True

    @property
    def ready(self) -> bool:
        """Whether the chunk that must sound next has come."""
        return self._index in self._chunks

    @property
    def waiting(self) -> int:
        """Samples that have come and not been heard."""
        return sum(len(chunk.pcm) for chunk in self._chunks.values()) - self._offset

    @property
    def chunk_begins(self) -> bool:
        return self._offset == 0

    def visemes(self) -> tuple[VisemeEvent, ...]:
        """Those of the chunk that begins now; `at` counts from the utterance's start."""
        return self._chunks[self._index].visemes

    def peek(self, count: int) -> Pcm:
        """Up to `count` samples that would sound next, without playing them."""
        parts: list[Pcm] = []
        index, offset = self._index, self._offset
        while count > 0 and (chunk := self._chunks.get(index)) is not None:
            parts.append(chunk.pcm[offset : offset + count])
            count -= len(parts[-1])
            index, offset = index + 1, 0
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def take(self, count: int) -> Pcm:
        """Play up to `count` samples, never past the end of the current chunk."""
        chunk = self._chunks[self._index]
        self.started = True
        if self._offset == 0:
            self.position = chunk.start
            self._marks += chunk.marks
            cues = ((c.at, c.cue) for c in chunk.cues if c.cue.kind != "gesture")
            self._cues += sorted(cues, key=lambda pair: pair[0])
        taken = chunk.pcm[self._offset : self._offset + count]
        self._offset += len(taken)
        self.position += len(taken)
        whole = self._offset >= len(chunk.pcm)
        if whole:
            # A cue at or after the chunk's end belongs to it all the same: fire it now.
            self._cues = [(min(at, self.position - 1), cue) for at, cue in self._cues]
            del self._chunks[self._index]
            self._index, self._offset = self._index + 1, 0
            self.ended = chunk.last
        self.chars = len(self.text) if self.ended else max(self.chars, self._heard(chunk, whole))
        return taken

    def due_cues(self) -> Iterator[Cue]:
        """Cues whose sample has been played, each once, in order."""
        while self._cues and self._cues[0][0] < self.position:
            yield self._cues.pop(0)[1]

    def due_gestures(self, lead: int) -> Iterator[Cue]:
        """Gestures whose word is less than `lead` samples away, each once, in order."""
        while self._gestures and (self.ended or self._gestures[0][1] < self.position + lead):
            yield self._gestures.pop(0)[2]

    def report(
        self, pts: int, *, started: bool = False, done: bool = False, cut: bool = False
    ) -> Played:
        return Played(self.id, self.turn, self.chars, pts, started, done, cut)

    def _heard(self, chunk: SpeechChunk, whole: bool) -> int:
        """Characters begun at `position`: between two marks, in proportion to time."""
        while len(self._marks) > 1 and self._marks[1].at < self.position:
            self._marks.pop(0)
        if not self._marks or self._marks[0].at >= self.position:
            return 0
        now = self._marks[0]
        if len(self._marks) > 1:
            then = self._marks[1]
        elif chunk.last and not whole:
            then = Mark(chunk.start + len(chunk.pcm), len(self.text))
        else:
            return now.char + 1
        share = min(1.0, (self.position - now.at) / max(1, then.at - now.at))
        return min(now.char + max(1, round(share * (then.char - now.char))), len(self.text))
