"""The media clock of the show: speech and cues in, one frame's sound and picture state out.

Pure and never waiting. Each `tick` takes exactly one frame of time; what is not there yet is
silence, and the picture idles. Every number is a count of 48 kHz samples.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Cue, CueFired, Pcm, Played, Scene, SpeechChunk
from idol.ports import Moment
from idol.stream.mouth import Mouth, PlainMouth
from idol.stream.prosody import Prosody
from idol.stream.speech import Speech

GESTURE_LEAD = SAMPLE_RATE * 3 // 10
"""A gesture sets out 300 ms before its word, so that its stroke falls on the word."""
FADE = SAMPLE_RATE // 100
"""10 ms: short enough to obey at once, long enough not to click."""
CAPTION_STAYS = SAMPLE_RATE * 6 // 10
"""A caption stays this long after its last sound."""
EMOTION_STAYS = SAMPLE_RATE * 3
"""A face goes back to neutral this long after the last sound or emotion cue."""
GIVE_UP = SAMPLE_RATE * 16
"""An utterance whose next chunk is this late is cut, so that the show goes on.

Longer than an engine is waited for (`voice.engine.Engine`): on a slow machine a late clause is
still said, by this voice or the next one.
"""
REPORT_EVERY = SAMPLE_RATE // 2
"""Progress is told at least this often while an utterance is under way: a sign of life."""
NO_SCENE = Scene()


@dataclass(frozen=True, slots=True)
class Tick:
    """One frame of the show.

    `pcm` is int16 of shape (48000 / fps,), beginning at media time `pts`. `fired` are the cues
    that take effect in this frame, `played` how far each utterance has come.
    """

    pts: int
    pcm: Pcm
    view: Moment
    """What to draw, but for the scene and the wall time: see `moment`."""
    speaking: bool
    fired: tuple[CueFired, ...] = ()
    played: tuple[Played, ...] = ()

    def moment(self, scene: Scene, wall: float) -> Moment:
        """What the renderer draws: this frame's state, in `scene`, at Unix time `wall`."""
        return replace(self.view, scene=scene, wall=wall)


class Playout:
    """Queue of speech by (turn, seq, index), played out sample by sample.

    `fps` must divide 48000. `pts` is the media time of the first frame. An utterance that has
    begun is finished before the next begins; `flush` is the only way to interrupt.
    """

    def __init__(self, fps: int, *, pts: int = 0, mouth: Mouth | None = None) -> None:
        if fps <= 0 or SAMPLE_RATE % fps:
            raise BadInput(f"{fps} frames a second do not divide 48000 samples", where="fps")
        self.samples = SAMPLE_RATE // fps
        self.pts = pts
        self.late = 0
        """Frames in which an utterance under way had to be silent, because its sound was late."""
        self._mouth = mouth or PlainMouth()
        self._prosody = Prosody()
        self._queue: dict[tuple[int, int], Speech] = {}
        self._now: Speech | None = None
        self._turn = 0
        self._tail: Pcm = np.zeros(0, np.int16)
        self._starved = 0
        self._cues: list[Cue] = []
        self._fired: list[CueFired] = []
        self._played: list[Played] = []
        self._view = Moment(pts=pts, scene=NO_SCENE, mouth=self._mouth.key(pts))
        self._flips: dict[int, int] = {}
        self._caption_until = self._emotion_until = self._report_at = pts

    @property
    def queued(self) -> int:
        """Samples of speech that have come and not been heard."""
        return sum(speech.waiting for speech in self._queue.values())

    def add(self, chunk: SpeechChunk) -> bool:
        """Queue a chunk; False if it is stale, a repetition, or of an utterance that is over."""
        if chunk.turn < self._turn:
            return False
        key = (chunk.turn, chunk.seq)
        speech = self._queue.get(key)
        if speech is None:
            speech = self._queue[key] = Speech(chunk)
        return speech.add(chunk)

    def flush(self, turn: int) -> None:
        """Fade out in 10 ms and drop everything of a turn below `turn`, now and later."""
        self._turn = max(self._turn, turn)
        for key in [key for key in self._queue if key[0] < self._turn]:
            speech = self._queue.pop(key)
            if speech is self._now:
                tail = speech.peek(FADE)
                fade = np.linspace(1.0, 0.0, len(tail), dtype=np.float32)
                self._tail = (tail * fade).astype(np.int16)
                self._stop_speaking(self.pts + len(tail))
            self._played.append(speech.report(self.pts, done=True, cut=True))

    def cue(self, cue: Cue) -> None:
        """Fire a cue with the next frame, without speech."""
        self._cues.append(cue)

    def skip(self, frames: int) -> None:
        """Let media time jump ahead by whole frames; speech that waits is heard later."""
        self.pts += frames * self.samples

    def tick(self) -> Tick:
        """Play one frame of time."""
        pcm: Pcm = np.zeros(self.samples, np.int16)
        for cue in self._cues:
            self._fire("", cue)
        self._cues.clear()
        filled = min(len(self._tail), self.samples)
        pcm[:filled] = self._tail[:filled]
        self._tail = self._tail[filled:]
        while filled < self.samples:
            speech = self._next()
            if speech is None:
                break
            filled += self._play(speech, pcm[filled:], self.pts + filled)
        tick = self._finish_frame(pcm, speaking=filled > 0)
        self.pts += self.samples
        return tick

    def _next(self) -> Speech | None:
        """The utterance that sounds now, or None for silence."""
        speech = self._now
        if speech is None:
            ready = [key for key, waiting in self._queue.items() if waiting.ready]
            if not ready:
                return None
            speech = self._now = self._queue[min(ready)]
            self._starved = 0
            self._view = replace(
                self._view, emotion=speech.emotion, caption=speech.text, caption_chars=0
            )
        elif not speech.ready:
            if not self._starved:
                self._mouth.cut(self.pts)
            self.late += 1
            self._starved += self.samples
            if self._starved < GIVE_UP:
                return None
            self._end(speech, cut=True, at=self.pts)
            return self._next()
        self._starved = 0
        return speech

    def _play(self, speech: Speech, out: Pcm, at: int) -> int:
        """Play up to len(out) samples of the current chunk at media time `at`."""
        if speech.chunk_begins:
            self._mouth.add(at - speech.position, speech.visemes())
        first = not speech.started
        taken = speech.take(len(out))
        out[: len(taken)] = taken
        for cue in (*speech.due_gestures(GESTURE_LEAD), *speech.due_cues()):
            self._fire(speech.id, cue)
        if first:
            self._played.append(speech.report(self.pts, started=True))
        if speech.ended:
            self._end(speech, cut=False, at=at + len(taken))
        return len(taken)

    def _end(self, speech: Speech, *, cut: bool, at: int) -> None:
        del self._queue[speech.turn, speech.seq]
        if not cut:
            self._view = replace(self._view, caption_chars=len(speech.text))
        self._played.append(speech.report(at, done=True, cut=cut))
        self._stop_speaking(at)

    def _stop_speaking(self, at: int) -> None:
        self._now = None
        self._mouth.cut(at)
        self._caption_until = at + CAPTION_STAYS
        self._emotion_until = at + EMOTION_STAYS

    def _fire(self, utterance: str, cue: Cue) -> None:
        """Let a cue take effect in this frame. One with a bad value is left out."""
        view, pts = self._view, self.pts
        number = int(cue.value) if cue.value.isdecimal() else view.card
        if cue.kind == "emotion":
            view = replace(view, emotion=cue.value)
            self._emotion_until = pts + EMOTION_STAYS
        elif cue.kind == "gesture":
            view = replace(view, gesture=cue.value, gesture_pts=pts)
        elif cue.kind == "hide_card":
            view = replace(view, card=None, card_pts=pts)
        elif number is None:
            return
        elif cue.kind == "card":
            if number != view.card:
                view = replace(view, card=number, card_pts=pts, sold_out_pts=-1)
            view = replace(view, price_flip_pts=self._flips.get(number, -1))
        elif cue.kind == "price":
            # Remembered by listing: a card that comes back later keeps its new price.
            self._flips[number] = pts
            if number == view.card:
                view = replace(view, price_flip_pts=pts)
        elif cue.kind == "sold_out" and number == view.card:
            view = replace(view, sold_out_pts=pts)
        self._view = view
        self._fired.append(CueFired(utterance, cue, pts))

    def _finish_frame(self, pcm: Pcm, *, speaking: bool) -> Tick:
        pts, speech, view = self.pts, self._now, self._view
        if speech is not None:
            if speech.chars != view.caption_chars or pts >= self._report_at:
                self._report_at = pts + REPORT_EVERY
                view = replace(view, caption_chars=speech.chars)
                self._played.append(speech.report(pts + self.samples))
        else:
            if pts >= self._caption_until and view.caption:
                view = replace(view, caption="", caption_chars=0)
            if pts >= self._emotion_until and view.emotion != "neutral":
                view = replace(view, emotion="neutral")
        self._view = view
        level = pcm.astype(np.float32) / 32768.0
        tick = Tick(
            pts,
            pcm,
            replace(
                view,
                pts=pts,
                # The picture is on show for the whole frame: its middle is the best moment.
                mouth=self._mouth.key(pts + self.samples // 2),
                loudness=float(np.sqrt(np.mean(level * level))),
                pitch=self._prosody.step(level),
            ),
            speaking,
            tuple(self._fired),
            tuple(self._played),
        )
        self._fired.clear()
        self._played.clear()
        return tick
