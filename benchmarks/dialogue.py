"""How long her mind takes: routing, answering, proving, and the model's first words.

    python -m benchmarks.dialogue [--model qwen05 | --no-model]

CPU times are this process's; the model's are wall times of its own process.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable

from benchmarks.table import NOT_MEASURED, Table
from idol.clock import SystemClock
from idol.dialogue.banter import Banter, prompts
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.guard import Guard
from idol.dialogue.mind import Mind
from idol.dialogue.persona import from_show
from idol.dialogue.router import Router
from idol.model import Language, Line
from idol.ports import Prompt
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


def cpu_ms(work: Callable[[], object], times: int = 60) -> tuple[str, str]:
    """Median and worst CPU milliseconds of one call."""
    spent: list[float] = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1000)
    return f"{statistics.median(spent):.2f}", f"{max(spent):.2f}"


def run(model: str = "qwen05") -> list[Table]:
    """Without the model, and with it unless `model` is empty."""
    return asyncio.run(_tables(model))


async def _tables(model: str) -> list[Table]:
    configure_log("ERROR")
    table = Table("What needs no model, ms of CPU", ("work", "median", "worst"))
    listings, ledger = sample_listings(), sample_ledger()
    persona = from_show({"zh": "爱蕾", "en": "Aira"})
    encoder = SentenceEncoder()
    start = time.process_time()
    router = Router(encoder)
    built = f"{(time.process_time() - start) * 1000:.0f}"
    table.add("build the router, once", built, built)
    fresh = (f"{text}{i}" for i in range(99) for text in QUESTIONS)  # none of them seen before
    table.add("route a new message", *cpu_ms(lambda: router.route(next(fresh))))
    guard = Guard(listings, ledger, persona)
    line = Line("原价359元，今天直播间只要289元，还剩128件！", "zh", "script", listing=1)
    table.add("prove a line", *cpu_ms(lambda: guard.prove(line)))
    brain = HostBrain(encoder, None, ledger, SystemClock(), get_log("bench"), persona, 7)
    where = situation(listings)
    spent: list[float] = []
    for question in QUESTIONS * 10:
        start = time.process_time()
        await lines_of(brain, question, where)
        spent.append((time.process_time() - start) * 1000)
    table.add("message to proved line", f"{statistics.median(spent):.2f}", f"{max(spent):.2f}")
    if not model:
        return [table]
    return [table, await bench_model(model, guard, persona.opening)]


async def bench_model(
    model: str, guard: Guard, opening: Callable[[Language], list[Prompt]]
) -> Table:
    table = Table(
        f"The model `{model}` in its own process, alone on the machine",
        ("figure", "zh", "en"),
        note="Seconds of wall time, medians; it runs at low priority and one thread.",
    )
    rows: dict[str, list[str]] = {}
    openings = [opening(language) for language in TALK]
    mind = Mind("transformers", {"model": model}, get_log("bench"), openings=openings)
    start = time.monotonic()
    await mind.start()
    try:
        while not mind.ready:
            if mind.state.startswith("failed"):
                table.add("it cannot be loaded", mind.state, NOT_MEASURED)
                return table
            await asyncio.sleep(0.1)
        table.add("ready after", f"{time.monotonic() - start:.1f}", "")
        banter = Banter(mind, SystemClock(), get_log("bench"))
        for language, talk in TALK.items():
            firsts, speeds, proved = [], [], []
            for text in talk:
                conversation = prompts(opening(language), (), text)
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
            rows.setdefault("first text", []).append(f"{statistics.median(firsts):.2f}")
            rows.setdefault("pieces of text a second", []).append(
                f"{statistics.median(speeds):.1f}"
            )
            rows.setdefault("first proved clause", []).append(
                f"{statistics.median(proved):.2f}" if proved else NOT_MEASURED
            )
            rows.setdefault("answers proved", []).append(f"{len(proved)} of {len(talk)}")
        for name, cells in rows.items():
            table.add(name, *cells)
    finally:
        await mind.close()
    return table


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--model", default="qwen05", help="name, folder, GGUF file or hub name")
    options.add_argument("--no-model", action="store_true")
    chosen = options.parse_args()
    print(*(t.markdown() for t in run("" if chosen.no_model else chosen.model)), sep="\n")


if __name__ == "__main__":
    main()
