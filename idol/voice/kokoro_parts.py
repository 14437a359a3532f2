"""Kokoro cut in two where text has become frames: what to say, and the sound of it.

The first part (duration, pitch, energy of every frame) costs a twentieth of the second. Between
them the frames in which nothing sounds can be left out: half a second before each clause and a
whole one after it, which is a third of what a short clause costs.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

TEXT, PITCH, ENERGY = (
    "/encoder/MatMul_1_output_0",
    "/encoder/Reshape_output_0",
    "/encoder/Reshape_1_output_0",
)
"""What passes between the parts: (1, 512, frames), (1, 2 frames), (1, 2 frames)."""
DURATIONS = "/encoder/Clip_output_0"
_SILENT = -5.0
"""Predicted energy (natural logarithm) between silence, about -9, and speech, 0 to 9."""
_BEFORE, _AFTER = 5, 6
"""Frames of 25 ms kept around speech: breath, the onset of a consonant, a fading vowel."""


def parts(model: Path, folder: Path) -> tuple[Path, Path]:
    """The two models, cut once and kept in `folder`, which is named after the model's bytes."""
    first, second = folder / "speech.onnx", folder / "sound.onnx"
    if not (first.exists() and second.exists()):
        import onnx
        from onnx.utils import Extractor

        folder.mkdir(parents=True, exist_ok=True)
        whole = Extractor(onnx.load(model))
        between = [TEXT, PITCH, ENERGY]
        for path, inputs, outputs in (
            (first, ["tokens", "style", "speed"], [*between, DURATIONS]),
            (second, [*between, "style"], ["audio"]),
        ):
            part = path.with_suffix(f".{os.getpid()}.part")
            onnx.save(whole.extract_model(inputs, outputs), part)
            part.replace(path)
    return first, second


def sounding(energy: npt.NDArray[np.float32]) -> slice:
    """The frames in which something sounds, of energy shape (1, 2 frames); empty if none does."""
    loud = np.flatnonzero(energy[0] > _SILENT) // 2
    if not len(loud):
        return slice(0, 0)
    return slice(max(0, int(loud[0]) - _BEFORE), min(energy.shape[1] // 2, int(loud[-1]) + _AFTER))
