"""The tune of the voice, and gestures that meet their word."""

from __future__ import annotations

import numpy as np
import pytest

from idol.model import Cue, SpeechChunk, TimedCue
from idol.stream.playout import GESTURE_LEAD, Playout
from idol.stream.prosody import Prosody


def voice(hz: float, frames: int, start: int = 0) -> np.ndarray:
    """A buzz like a voice's: ten harmonics."""
    t = np.arange(start * 1920, (start + frames) * 1920) / 48_000
    return sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 11)).astype(np.float32) * 0.2


@pytest.mark.parametrize("hz", [110.0, 200.0, 330.0])
def test_a_rise_is_heard_in_semitones(hz: float) -> None:
    prosody = Prosody()
    for frame in range(40):
        prosody.step(voice(hz, 1, frame))
    assert prosody.step(voice(hz, 1, 40)) == pytest.approx(0, abs=0.5)
    for frame in range(41, 45):
        higher = prosody.step(voice(hz * 2 ** (4 / 12), 1, frame))
    assert higher == pytest.approx(4, abs=1)


def test_silence_and_noise_have_no_tune() -> None:
    prosody = Prosody()
    assert prosody.step(np.zeros(1920, np.float32)) == 0
    noise = np.random.default_rng(1).normal(0, 0.2, (10, 1920)).astype(np.float32)
    assert np.mean([prosody.step(frame) == 0 for frame in noise]) > 0.7


def test_a_gesture_sets_out_before_its_word_and_other_cues_with_it() -> None:
    at = 48_000
    pcm = np.ones(24_000, np.int16)
    cues = (TimedCue(at, Cue("gesture", 2, "wave")), TimedCue(at, Cue("emotion", 2, "happy")))
    playout = Playout(25)
    for index in range(4):
        mine = tuple(c for c in cues if index * 24_000 <= c.at < (index + 1) * 24_000)
        playout.add(
            SpeechChunk(
                "u", 0, 0, index, index * 24_000, pcm, cues=mine, last=index == 3, text="ab"
            )
        )
    fired = {e.cue.kind: e.pts for _ in range(60) for e in playout.tick().fired}
    assert fired["emotion"] == pytest.approx(at, abs=1920)
    assert fired["gesture"] == pytest.approx(at - GESTURE_LEAD, abs=1920)
