"""Sound as numbers: rate, loudness, silence.

Inside this room sound is float32 in -1..1; it leaves as 48 kHz int16 (`idol.model.Pcm`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

from idol.clock import SAMPLE_RATE
from idol.model import Pcm

Wave = npt.NDArray[np.float32]
"""Mono, shape (n,), -1..1."""

TARGET_RMS = 10 ** (-18 / 20)
"""-18 dBFS while speaking: leaves room for peaks of about 15 dB, as live speech has."""

_MAX_GAIN = 8.0
_KNEE = 0.75
_FRAME_S = 0.01
_SILENT_DB = -42.0


def resample(wave: Wave, rate: int) -> Wave:
    """From `rate` to 48 kHz."""
    if rate == SAMPLE_RATE or len(wave) == 0:
        return wave
    return np.asarray(soxr.resample(wave, rate, SAMPLE_RATE), np.float32)


def level(wave: Wave, rate: int) -> Wave:
    """Bring the speaking parts to `TARGET_RMS`; pauses do not count. Silence stays silence."""
    power = _frame_power(wave, rate)
    if len(power) == 0 or power.max() < 1e-8:
        return wave
    speaking = power[power > power.max() * 10 ** (_SILENT_DB / 20)]
    gain = min(TARGET_RMS / float(np.sqrt(speaking.mean())), _MAX_GAIN)
    return limit(wave * np.float32(gain))


def limit(wave: Wave) -> Wave:
    """Round off peaks above the knee so that nothing clips; below it nothing changes."""
    size = np.abs(wave)
    over = size > _KNEE
    if not over.any():
        return wave
    room = 1.0 - _KNEE
    bent = _KNEE + room * np.tanh((size - _KNEE) / room)
    return np.where(over, np.sign(wave) * bent, wave).astype(np.float32)


def bounds(wave: Wave, rate: int, *, lead_s: float = 0.03, tail_s: float = 0.06) -> tuple[int, int]:
    """Where speech begins and ends in samples, with a little air around it; (0, 0) if nowhere."""
    power = _frame_power(wave, rate)
    if len(power) == 0 or power.max() < 1e-8:
        return 0, 0
    loud = np.flatnonzero(power > power.max() * 10 ** (_SILENT_DB / 10))
    frame = int(rate * _FRAME_S)
    start = int(loud[0]) * frame - int(lead_s * rate)
    end = (int(loud[-1]) + 1) * frame + int(tail_s * rate)
    return max(0, start), min(len(wave), end)


def fade(wave: Wave, rate: int, seconds: float = 0.004) -> Wave:
    """Ease in and out, so that a cut does not click."""
    n = min(int(rate * seconds), len(wave) // 2)
    if n == 0:
        return wave
    out = wave.copy()
    ramp = np.linspace(0, 1, n, dtype=np.float32)
    out[:n] *= ramp
    out[-n:] *= ramp[::-1]
    return out


def to_int16(wave: Wave) -> Pcm:
    return np.asarray(np.clip(wave, -1.0, 1.0) * 32767.0, np.int16)


def silence(samples: int) -> Pcm:
    return np.zeros(max(0, samples), np.int16)


def rms_db(pcm: Pcm) -> float:
    """Loudness of the speaking parts in dBFS; -inf for silence."""
    power = _frame_power(np.asarray(pcm / 32768, np.float32), SAMPLE_RATE)
    if len(power) == 0 or power.max() <= 0:
        return float("-inf")
    return float(10 * np.log10(power[power > power.max() * 10 ** (_SILENT_DB / 20)].mean()))


def _frame_power(wave: Wave, rate: int) -> npt.NDArray[np.float64]:
    """Mean square of each 10 ms; of the whole when it is shorter than that."""
    frame = min(int(rate * _FRAME_S), len(wave)) or 1
    whole = len(wave) // frame * frame
    squared = np.square(wave[:whole], dtype=np.float64)
    return np.asarray(squared.reshape(-1, frame).mean(axis=1), np.float64)
