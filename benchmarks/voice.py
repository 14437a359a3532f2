"""Each voice in its own process: speed, first sound, memory. ``python -m benchmarks.voice``.

CPU x is CPU seconds of the voice's process for each second of speech; first PCM is wall time
from the request to the first samples in the host, so it grows when the machine is busy.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import psutil

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


async def measure(engine: SpeechEngine, pid: int, language: Language) -> str:
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
        f"| {engine.name} | {language} | {cpu / seconds:.3f} | {min(first):.0f} / "
        f"{statistics.median(first):.0f} / {max(first):.0f} | {statistics.mean(levels):.1f} | "
        f"{memory:.0f} |"
    )


async def first_chunk(engines: dict[Language, list[Engine]], folder: Path) -> list[str]:
    """From `speak` to the first chunk, new and from the cache."""
    speaker = Speaker(engines, folder, get_log("bench"))
    await speaker.start()
    rows = []
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
            rows.append(f"| {language} | {times[0]:.0f} | {times[1]:.0f} |")
    finally:
        await speaker.close()
    return rows


async def main() -> None:
    configure_log("WARNING")
    log = get_log("bench")
    print("| Voice | Language | CPU x | First PCM ms, best / median / worst | dBFS | MB |")
    print("|---|---|---|---|---|---|")
    for name, language in _CASES:
        engine = Engine(name, log, patience_s=30)
        await engine.start()
        await asyncio.wait_for(engine.settled(), 60)
        try:
            if engine.state != "ready" or engine.pid is None:
                print(f"| {name} | {language} | does not load | | | |")
            else:
                print(await measure(engine, engine.pid, language))
        finally:
            await engine.close()
    print("\n| Language | First chunk ms, new | From the cache |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        best: dict[Language, list[Engine]] = {
            "zh": [Engine("kokoro", log, patience_s=30)],
            "en": [Engine("hibari", log)],
        }
        for row in await first_chunk(best, Path(folder)):
            print(row)


if __name__ == "__main__":
    asyncio.run(main())
