"""How long her mind takes: routing, answering, proving, and the model's first words.

    python benchmarks/dialogue.py            # without the model
    python benchmarks/dialogue.py --model qwen05

CPU times are this process's; the model's are wall times of its own process.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable

from idol.clock import SystemClock
from idol.dialogue.banter import Banter, prompts
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.guard import Guard
from idol.dialogue.mind import Mind
from idol.dialogue.persona import from_show
from idol.dialogue.router import Router
from idol.model import Language, Line
from idol.telemetry import configure_log, get_log
from idol.testing.brain import lines_of, sample_ledger, sample_listings, situation

QUESTIONS = (
    "多少钱？",
    "我120斤穿什么码",
    "有绿色的吗",
    "how much for three?",
    "is it waterproof?",
)
TALK: dict[Language, tuple[str, ...]] = {
    "zh": ("今天好累啊", "我失恋了", "我家猫好可爱", "今天是我生日"),
    "en": ("I'm so tired today", "do you like cats", "it's my birthday", "tell me a joke"),
}


def cpu_ms(work: Callable[[], object], times: int = 60) -> str:
    """Median and worst CPU milliseconds of one call."""
    spent: list[float] = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000)
    return f"{statistics.median(spent):.2f} ms median, {max(spent):.2f} ms worst (CPU)"


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help="built-in name, folder, GGUF file or hub name")
    model = options.parse_args().model
    configure_log("WARNING")
    listings, ledger = sample_listings(), sample_ledger()
    persona = from_show({"zh": "爱蕾", "en": "Aira"})
    encoder = SentenceEncoder()
    start = time.process_time()
    router = Router(encoder)
    print(f"router built         {(time.process_time() - start) * 1000:.0f} ms (CPU)")
    fresh = (f"{text}{i}" for i in range(99) for text in QUESTIONS)  # none of them seen before
    print("route                ", cpu_ms(lambda: router.route(next(fresh))))
    guard = Guard(listings, ledger, persona)
    line = Line("原价359元，今天直播间只要289元，还剩128件！", "zh", "script", listing=1)
    print("prove a line         ", cpu_ms(lambda: guard.prove(line)))
    brain = HostBrain(encoder, None, ledger, SystemClock(), get_log("bench"), persona, 7)
    where = situation(listings)
    spent: list[float] = []
    for question in QUESTIONS * 10:
        start = time.process_time()
        await lines_of(brain, question, where)
        spent.append((time.process_time() - start) * 1000)
    print(f"message to proved line {statistics.median(spent):.2f} ms median (CPU)")
    if model:
        await bench_model(model, guard, persona.system)


async def bench_model(model: str, guard: Guard, system: Callable[[Language, str], str]) -> None:
    mind = Mind("transformers", {"model": model}, get_log("bench"))
    start = time.monotonic()
    await mind.start()
    try:
        while not mind.ready:
            if mind.state.startswith("failed"):
                raise SystemExit(mind.state)
            await asyncio.sleep(0.1)
        print(f"model ready          {time.monotonic() - start:.1f} s")
        banter = Banter(mind, SystemClock(), get_log("bench"))
        for language, talk in TALK.items():
            firsts, speeds, proved = [], [], []
            async for _ in mind.stream(prompts(system(language, ""), (), "hi"), 4):
                pass  # the prefix of this system prompt is now cached
            for text in talk:
                conversation = prompts(system(language, ""), (), text)
                start, first, count = time.monotonic(), 0.0, 0
                async for _ in mind.stream(conversation, 40):
                    first = first or time.monotonic() - start
                    count += 1
                firsts.append(first)
                speeds.append(count / max(time.monotonic() - start, 1e-3))
                start = time.monotonic()
                async for _ in banter.lines(conversation, language, guard):
                    proved.append(time.monotonic() - start)
                    break
            print(
                f"model, {language}: first text {statistics.median(firsts):.2f} s, "
                f"{statistics.median(speeds):.1f} pieces/s, first proved clause "
                f"{statistics.median(proved) if proved else float('nan'):.2f} s "
                f"({len(proved)} of {len(talk)} answers)"
            )
    finally:
        await mind.close()


if __name__ == "__main__":
    asyncio.run(main())
