"""A cache folder for one run: all that a second start finds, and no answer of an earlier run.

Weights, converted models and baked art are linked. Of the rendered speech only what the show
renders ahead by itself is linked: an answer that some earlier run has kept would look too fast.
"""

from __future__ import annotations

import time
from pathlib import Path

from idol import plugins
from idol.clock import SystemClock
from idol.commerce import catalog as catalogs
from idol.config import VoiceSettings
from idol.dialogue import persona as personas
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.guard import Guard
from idol.model import LANGUAGES, Language, Line
from idol.show import script
from idol.show.inspection import Opening
from idol.telemetry import get_log
from idol.voice.cache import SpeechCache
from idol.voice.clauses import split
from idol.voice.engine import Engine
from idol.voice.normalise import spoken
from idol.voice.speaker import Speaker
from idol.weights import default_cache


def fill(folder: Path, show_folder: Path) -> tuple[int, int]:
    """Make the cache in `folder`; how many clauses of the script it has, and of how many."""
    source = default_cache()
    (folder / "speech").mkdir(parents=True, exist_ok=True)
    for part in ("weights", "converted", "avatar"):
        if (source / part).is_dir():
            (folder / part).symlink_to(source / part)
    keys = dict.fromkeys(key for line in _lines(show_folder) for key in _keys(line))
    return sum(_copy(key, source, folder) for key in keys), len(keys)


async def rehearse(show_folder: Path) -> float:
    """Render into the machine's own cache what a first round of the show renders. Seconds taken.

    After this a run is like every later evening, and not like the first ten minutes of the first.
    """
    begin = time.monotonic()
    lines = _lines(show_folder)
    if not lines:
        return 0.0
    log, settings = get_log("bench"), VoiceSettings()
    best: dict[Language, list[Engine]] = {
        language: [Engine(getattr(settings, language)[0], log, patience_s=60)]
        for language in LANGUAGES
    }
    speaker = Speaker(best, default_cache(), log)
    await speaker.start()
    try:
        await speaker.prepare(lines)
        await speaker.prepared()
    finally:
        await speaker.close()
    return time.monotonic() - begin


def _lines(show_folder: Path) -> list[Line]:
    show = script.load(show_folder)
    catalog = catalogs.load(show.csv, show.products, show.currency)
    persona = personas.from_show(show.host, show.persona)
    ledger = Opening(catalog)
    guard = Guard(catalog.listings, ledger, persona)
    numbers = {item.product.id: item.number for item in catalog.listings.values()}
    lines = [
        guard.prove(each.line(numbers.get(segment.product))).line
        for segment in show.segments
        for each in segment.lines
    ]
    # Her fillers, as `idol.app` has them rendered ahead at each start, in both languages.
    brain = HostBrain(SentenceEncoder(), None, ledger, SystemClock(), get_log("bench"), persona, 0)
    for language in LANGUAGES:
        lines += brain.fillers(language)
    return lines


def _keys(line: Line) -> list[str]:
    engine = plugins.load("voices", getattr(VoiceSettings(), line.language)[0])
    version = str(getattr(engine, "version", "1"))
    said = spoken(line.text, line.language)
    return [
        SpeechCache.key(engine.name, version, line.language, said.text[clause.start : clause.end])
        for clause in split(said.text, line.language)
    ]


def _copy(key: str, source: Path, folder: Path) -> bool:
    rendered = source / "speech" / f"{key}.npz"
    if not rendered.exists():
        return False
    target = folder / "speech" / rendered.name
    if not target.exists():
        # Not a link: the product tells what it used by the time of the file.
        target.write_bytes(rendered.read_bytes())
    return True
