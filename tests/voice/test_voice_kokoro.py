"""Kokoro in two parts: only the frames in which something sounds are turned into sound."""

from __future__ import annotations

import numpy as np

from idol.voice.kokoro_parts import sounding


def test_silence_around_speech_is_left_out() -> None:
    energy = np.full((1, 200), -9.4, np.float32)
    energy[0, 60:120] = 6.0
    energy[0, 84:90] = -9.0  # a pause inside stays
    frames = sounding(energy)
    assert 20 <= frames.start < 30 <= 60 < frames.stop <= 70


def test_speech_at_the_edges_keeps_within_the_frames() -> None:
    frames = sounding(np.full((1, 40), 3.0, np.float32))
    assert (frames.start, frames.stop) == (0, 20)


def test_nothing_sounds_in_silence() -> None:
    frames = sounding(np.full((1, 40), -9.0, np.float32))
    assert frames.start == frames.stop
