"""The tune of the voice, from the sound that is being played anyway."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from idol.clock import SAMPLE_RATE

STEP = 6
"""Samples averaged into one: 8 kHz are enough for the pitch of a voice."""
RATE = SAMPLE_RATE // STEP
WINDOW = 512
"""64 ms at 8 kHz: three periods of a low voice."""
LOW, HIGH = 80.0, 450.0
"""Hz between which a voice is looked for."""
CLEAR = 0.5
"""Share of the energy that must repeat for a frame to count as voiced."""


class Prosody:
    """Semitones of each frame above the speaker's usual pitch; 0 where nothing is voiced."""

    def __init__(self) -> None:
        self._heard = np.zeros(WINDOW, np.float32)
        self._usual = 0.0
        self._slow, self._fast = int(RATE / LOW), int(RATE / HIGH)
        self._window = np.hanning(WINDOW).astype(np.float32)
        # what a window does to any sound's likeness to itself; taken out again
        self._bias = self._likeness(self._window)
        self._bias /= self._bias[0]

    def step(self, level: npt.NDArray[np.float32]) -> float:
        """`level`: one frame of sound at 48 kHz, -1..1, a multiple of 6 samples."""
        coarse = level[: len(level) // STEP * STEP].reshape(-1, STEP).mean(axis=1)[-WINDOW:]
        self._heard = np.concatenate([self._heard[len(coarse) :], coarse])
        if float(np.abs(coarse).max(initial=0.0)) < 0.01:
            return 0.0
        sound = (self._heard - self._heard.mean()) * self._window
        like = self._likeness(sound)
        if like[0] <= 0:
            return 0.0
        like = like[: self._slow + 2] / (like[0] * self._bias[: self._slow + 2])
        part = like[self._fast : self._slow + 1]
        most = float(part.max())
        if most < CLEAR:
            return 0.0
        # a sound repeats after twice its period as well: the first good peak is the period
        peak = (part >= 0.85 * most) & (part >= like[self._fast - 1 : self._slow])
        peak &= part >= like[self._fast + 1 : self._slow + 2]
        best = self._fast + int(np.argmax(peak if peak.any() else part))
        note = 12 * math.log2(RATE / best / 100)
        if self._usual == 0.0:
            self._usual = note
        self._usual += (note - self._usual) * 0.03
        return max(-12.0, min(12.0, note - self._usual))

    @staticmethod
    def _likeness(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """How much a sound repeats after each number of samples."""
        spectrum = np.fft.rfft(sound, 2 * WINDOW)
        power = spectrum.real**2 + spectrum.imag**2
        return np.asarray(np.fft.irfft(power)[:WINDOW], np.float64)
