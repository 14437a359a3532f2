"""Each voice in its own process: speed, first sound, memory. ``python -m benchmarks.voice``.

CPU x is CPU seconds of the voice's process for each second of speech; first PCM is wall time
from the request to the first samples in the host, so it grows when the machine is busy.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.table import NOT_MEASURED, Table
from idol.model import Language, Line, Utterance
from idol.telemetry import configure_log, get_log
from idol.voice.engine import Engine, SpeechEngine
from idol.voice.pcm import rms_db
from idol.voice.speaker import Speaker

_CASES: tuple[tuple[str, Language], ...] = (
    ("kokoro", "zh"),
    ("espeak", "zh"),
    ("pyttsx3", "zh"),
    ("hibari", "en"),
    ("espeak", "en"),
    ("pyttsx3", "en"),
)
_LINES: dict[Language, tuple[str, ...]] = {
    "zh": (
        "欢迎小明！",
        "谢谢你的支持，",
        "有货的，放心拍！",
        "这款外套只要八十九块九。",
        "它采用不锈钢内胆，可以保温二十四个小时。",
    ),
    "en": (
        "Welcome, Michael!",
        "Thank you for your support.",
        "Yes, it is in stock.",
        "It is only thirty nine dollars and ninety cents today.",
        "The bottle is made of stainless steel and keeps your coffee hot for twelve hours.",
    ),
}


async def measure(engine: SpeechEngine, pid: int, language: Language) -> Sequence[str]:
    """One row of the table."""
    process = psutil.Process(pid)
    first: list[float] = []
    levels: list[float] = []
    seconds = 0.0
    async for _ in engine.synthesise(_LINES[language][0], language):
        pass  # what loads on first use is not what we measure
    before = process.cpu_times()
    for text in _LINES[language]:
        started, heard = time.perf_counter(), False
        async for piece in engine.synthesise(text, language):
            if not heard:
                first.append(1000 * (time.perf_counter() - started))
                heard = True
            seconds += len(piece.pcm) / 48_000
            levels.append(rms_db(piece.pcm))
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system
    memory = process.memory_info().rss / 1e6
    return (
        engine.name,
        language,
        f"{cpu / seconds:.3f}",
        f"{min(first):.0f} / {statistics.median(first):.0f} / {max(first):.0f}",
        f"{statistics.mean(levels):.1f}",
        f"{memory:.0f}",
    )


async def first_chunk(engines: dict[Language, list[Engine]], folder: Path) -> Table:
    """From `speak` to the first chunk, new and from the cache."""
    speaker = Speaker(engines, folder, get_log("bench"))
    await speaker.start()
    table = Table(
        "From `speak` to the first chunk of a new line", ("language", "new, ms", "from cache, ms")
    )
    lines: tuple[tuple[Language, str], ...] = (
        ("zh", "欢迎小明来直播间！今天这款外套原价199元，现在只要¥89.9元。"),
        ("en", "Hi Michael, welcome to the show! It is only $39.90 today, and it was $59."),
    )
    try:
        for language, text in lines:
            utterance = Utterance("u", 1, 1, Line(text, language, "script"))
            times = []
            for _ in range(2):
                started = time.perf_counter()
                chunks = speaker.speak(utterance)
                await anext(chunks)
                times.append(1000 * (time.perf_counter() - started))
                async for _rest in chunks:
                    pass
            table.add(language, f"{times[0]:.0f}", f"{times[1]:.0f}")
    finally:
        await speaker.close()
    return table


async def _tables() -> list[Table]:
    configure_log("WARNING")
    log = get_log("bench")
    table = Table(
        "Each voice in its own process",
        ("voice", "language", "CPU x", "first PCM ms, best / median / worst", "dBFS", "MB"),
        note="CPU x: CPU seconds of the voice's process for each second of speech.",
    )
    for name, language in _CASES:
        engine = Engine(name, log, patience_s=30)
        await engine.start()
        await asyncio.wait_for(engine.settled(), 60)
        try:
            if engine.state != "ready" or engine.pid is None:
                table.add(name, language, "does not load", *[NOT_MEASURED] * 3)
            else:
                table.add(*await measure(engine, engine.pid, language))
        finally:
            await engine.close()
    with tempfile.TemporaryDirectory() as folder:
        best: dict[Language, list[Engine]] = {
            "zh": [Engine("kokoro", log, patience_s=30)],
            "en": [Engine("hibari", log)],
        }
        return [table, await first_chunk(best, Path(folder))]


def run() -> list[Table]:
    """Every voice that is installed, then the two defaults through the speaker."""
    return asyncio.run(_tables())


if __name__ == "__main__":
    print(*(table.markdown() for table in run()), sep="\n")
