"""A recogniser listens: what she says is what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from pypinyin import lazy_pinyin

from idol import weights
from idol.errors import Missing
from idol.model import Language, Line, Utterance
from idol.telemetry import get_log
from idol.voice.engine import Engine
from idol.voice.speaker import Speaker

pytestmark = pytest.mark.weights

SAID: dict[Language, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "zh": (
        ("今天直播间只要¥89.9元，库存还有12件。", "这款外套原价199元，现在打8折，48小时内发货。"),
        ("直播间", "89[.块]9|八十九[块点]九", "12|十二", "外套", "199|一百九十九", "8折|八折",
         "48|四十八"),
    ),
    "en": (
        ("It is only $39.90 today, and we have 12 pieces left.",
         "Shipping is free within 48 hours, 20% off for everyone."),
        ("39|thirty.?nine", "90|ninety", "12|twelve", "shipping", "48|forty.?eight", "20|twenty"),
    ),
}  # fmt: skip
"""Lines, and what must be heard of them all. The recogniser takes as long for two as for one."""


@pytest.fixture(scope="module")
def recogniser() -> Iterator[Any]:
    """Whisper base, offline, on the CPU."""
    whisper = pytest.importorskip("faster_whisper")
    try:
        folder = weights.locate("whisper-base")
    except Missing as missing:
        pytest.skip(str(missing))
    yield whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def transcribe(recogniser: Any, pcm: np.ndarray, language: Language) -> str:
    sound = soxr.resample(pcm.astype(np.float32) / 32768, 48_000, 16_000)
    prompt = "以下是普通话的句子。" if language == "zh" else None
    parts, _ = recogniser.transcribe(
        sound, language=language, beam_size=2, initial_prompt=prompt, without_timestamps=True
    )
    return "".join(part.text for part in parts).lower()


def understood(pattern: str, heard: str) -> bool:
    """Whether one of the alternatives is there; characters that sound alike count as heard."""
    sounds = "".join(lazy_pinyin(heard))
    return bool(re.search(pattern, heard)) or any(
        "".join(lazy_pinyin(word)) in sounds for word in pattern.split("|")
    )


async def test_prices_and_numbers_are_understood(recogniser: Any, tmp_path: Path) -> None:
    log = get_log("test")
    # More patience than a show has: no other voice steps in where the machine is busy.
    voices: dict[Language, list[Engine]] = {
        "zh": [Engine("kokoro", log, patience_s=120)],
        "en": [Engine("hibari", log, patience_s=120)],
    }
    speaker = Speaker(voices, tmp_path, log)
    await speaker.start()
    try:
        for (engine,) in voices.values():
            await engine.settled()
        for language, (texts, wanted) in SAID.items():
            pcm = []
            for i, text in enumerate(texts):
                said = Utterance(f"{language}{i}", 1, i, Line(text, language, "script"))
                pcm += [chunk.pcm async for chunk in speaker.speak(said)]
            heard = transcribe(recogniser, np.concatenate(pcm), language)
            missed = [pattern for pattern in wanted if not understood(pattern, heard)]
            assert not missed, f"{texts} were heard as {heard!r}"
    finally:
        await speaker.close()
