"""For tests of whatever streams: a test-card renderer, speech made of tones, a click track."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Mark, Pcm, SpeechChunk, VisemeEvent
from idol.ports import Frame, Moment

CELL = 24
"""Side in pixels of one bit of the stamp."""
FLASH_S = 0.12
"""The flash lasts this long from each whole second of media time on."""
CLICK_S = 0.008


class TestCard:
    """A `ports.Renderer` that machines can read.

    Upper left: 32 bits of media time in samples, two rows of 16 cells, white is one. Below
    them a bar that flashes at each whole second. The rest moves all the time; a square's
    height follows the loudness. A file `broken` in its folder keeps it from loading.
    """

    __test__ = False  # not a test case, whatever its name says

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        if (pack / "broken").is_file():
            raise BadInput("is broken, as asked", where="avatar.yaml:1")
        self.size = width, height = size
        self.work_s = 0.0
        rng = np.random.default_rng(seed)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        luma = 110 + 50 * np.sin(x / 97) + 40 * np.cos(y / 131) + rng.normal(0, 2, y.shape)
        self._luma = np.clip(luma, 16, 235).astype(np.uint8)
        self._noise = np.clip(
            150 + 25 * np.sin(x[:200, :200] / 9) + rng.normal(0, 6, (200, 200)), 16, 235
        ).astype(np.uint8)

    def render(self, moment: Moment, out: Frame) -> None:
        if moment.scene.thanks == "CRASH":
            raise RuntimeError("asked to fail")
        width, height = self.size
        luma = out[:height]
        luma[:] = self._luma
        out[height:] = 128
        second = moment.pts / SAMPLE_RATE
        left = int((width - 200) * (0.5 + 0.5 * np.sin(second * 2)))
        luma[height // 2 : height // 2 + 200, left : left + 200] = self._noise[
            : luma[height // 2 : height // 2 + 200].shape[0]
        ]
        mouth = int(min(1.0, moment.loudness * 4) * 100)
        luma[-120 : -120 + mouth + 1, width // 2 - 60 : width // 2 + 60] = 235
        stamp(out, moment.pts, flash=second % 1.0 < FLASH_S)


def stamp(frame: Frame, value: int, *, flash: bool) -> None:
    """Write 32 bits of `value` and the flash bar into an I420 frame at least 400 wide."""
    for bit in range(32):
        row, column = divmod(bit, 16)
        top, left = 8 + row * CELL, 8 + column * CELL
        frame[top : top + CELL, left : left + CELL] = 235 if (value >> bit) & 1 else 16
    frame[64 : 64 + 96, 8 : 8 + 192] = 235 if flash else 16


def read_stamp(luma: Frame) -> tuple[int, bool]:
    """The stamp and the flash of a picture's Y plane, shape (height, width)."""
    value = 0
    for bit in range(32):
        row, column = divmod(bit, 16)
        cell = luma[8 + row * CELL + 6 : 8 + row * CELL + 18, 8 + column * CELL + 6 :]
        value |= int(cell[:, :12].mean() > 128) << bit
    return value, bool(luma[80:144, 40:160].mean() > 128)


def clicks(start: int, count: int) -> Pcm:
    """Soft hum with an 8 ms click at each whole second of media time: the flash's sound."""
    t = np.arange(start, start + count)
    hum = 400 * np.sin(2 * np.pi * 220 * t / SAMPLE_RATE)
    loud = 20_000 * np.sin(2 * np.pi * 1000 * t / SAMPLE_RATE)
    return np.where(t % SAMPLE_RATE < CLICK_S * SAMPLE_RATE, loud, hum).astype(np.int16)


def voice(start: int, count: int) -> Pcm:
    """Something like speech for an encoder: a buzz at 140 Hz that comes and goes four times a
    second of media time."""
    t = np.arange(start, start + count) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    return (6_500 * (0.5 + 0.5 * np.sin(2 * np.pi * 4 * t)) * buzz).astype(np.int16)


def speech(
    utterance: str,
    *,
    text: str = "hello",
    turn: int = 0,
    seq: int = 0,
    seconds: float = 1.0,
    chunk_s: float = 0.5,
    hertz: float = 330.0,
) -> list[SpeechChunk]:
    """An utterance of a tone, with marks spread evenly and a mouth that opens and closes."""
    total, size = round(seconds * SAMPLE_RATE), round(chunk_s * SAMPLE_RATE)
    t = np.arange(total)
    pcm = (9000 * np.sin(2 * np.pi * hertz * t / SAMPLE_RATE)).astype(np.int16)
    marks = [Mark(total * i // max(1, len(text)), i) for i in range(len(text))]
    step = SAMPLE_RATE // 8
    mouth = [VisemeEvent(i * step, "aa" if i % 2 else "PP") for i in range(total // step)]
    chunks = []
    for index, start in enumerate(range(0, total, size)):
        end = min(start + size, total)
        chunks.append(
            SpeechChunk(
                utterance=utterance,
                turn=turn,
                seq=seq,
                index=index,
                start=start,
                pcm=pcm[start:end],
                visemes=tuple(v for v in mouth if start <= v.at < end),
                marks=tuple(m for m in marks if start <= m.at < end),
                last=end == total,
                text=text if index == 0 else "",
            )
        )
    return chunks
