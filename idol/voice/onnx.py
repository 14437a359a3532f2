"""What the two small neural voices share: a one-thread session that also tells its durations.

Both networks compute how long each input symbol sounds, in units of 600 samples at 24 kHz,
but one does not list it among its outputs. ONNX files are protobuf messages, which merge when
they are concatenated, so an output is added by appending one field to the file's bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from idol.model import Mark, VisemeEvent
from idol.ports import VoiceAudio
from idol.voice import pcm
from idol.voice.phonemes import Phone, marks, visemes
from idol.voice.pronounce import Sound, vocabulary

RATE = 24_000
UNIT = 600
"""Samples at 24 kHz in one unit of duration."""


def session(path: Path, extra_output: str = "") -> Any:
    """An onnxruntime session on one thread that also yields the tensor `extra_output`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    model = path.read_bytes() + (graph_output(extra_output) if extra_output else b"")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def graph_output(name: str) -> bytes:
    """ModelProto{7 graph: GraphProto{12 output: ValueInfoProto{1 name}}} as protobuf bytes."""
    return _field(7, _field(12, _field(1, name.encode())))


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def spoken(sounds: Sequence[Sound]) -> list[tuple[str, int]]:
    """(symbol, character) of everything the network can read, in order."""
    ids = vocabulary()
    return [(symbol, sound.char) for sound in sounds for symbol in sound.symbols if symbol in ids]


def token_ids(symbols: Sequence[tuple[str, int]]) -> npt.NDArray[np.int64]:
    """Network input, shape (1, n + 2): a pad on both sides."""
    ids = vocabulary()
    return np.array([[0, *(ids[symbol] for symbol, _ in symbols), 0]], np.int64)


def finish(
    wave: pcm.Wave,
    durations: npt.NDArray[Any],
    symbols: Sequence[tuple[str, int]],
    at: int,
    skipped: int = 0,
) -> VoiceAudio:
    """Trim and level 24 kHz speech; lips and marks from durations, shape (n + 2,).

    `at` is the 48 kHz sample at which this piece begins, `skipped` the units of duration at the
    beginning that the wave has not.
    """
    start, end = pcm.bounds(wave, RATE)
    cut = pcm.fade(pcm.level(wave[start:end], RATE), RATE)
    ends = (np.cumsum(np.asarray(durations, np.int64).ravel()) - skipped) * UNIT
    times = np.clip((ends - start) * 2, 0, len(cut) * 2)
    phones = [
        Phone(symbol, int(times[i]), int(times[i + 1])) for i, (symbol, _) in enumerate(symbols)
    ]
    chars = marks((phone.start, char) for phone, (_, char) in zip(phones, symbols, strict=True))
    return VoiceAudio(
        pcm=pcm.to_int16(pcm.resample(cut, RATE)),
        visemes=tuple(VisemeEvent(e.at + at, e.viseme, e.weight) for e in visemes(phones)),
        marks=tuple(Mark(m.at + at, m.char) for m in chars),
    )
