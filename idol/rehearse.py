"""`idol rehearse`: a show run through before anybody sees it, and spoken before anybody asks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from idol.app import door
from idol.clock import SystemClock
from idol.commerce import catalog as catalogs
from idol.config import Settings, VoiceSettings
from idol.dialogue import persona as personas
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.guard import Guard
from idol.licensing.meter import Meter
from idol.model import LANGUAGES, Language, Line
from idol.show import ahead, script
from idol.show.inspection import Opening
from idol.show.rehearsal import Rehearsal
from idol.show.script import Show
from idol.telemetry import configure_log, get_log
from idol.voice.engine import Engine
from idol.voice.speaker import Speaker
from idol.weights import default_cache

PATIENCE_S = 60.0
"""On air a slow voice is given up for another one; here it may take its time."""


async def rehearse(
    settings: Settings, folder: Path, seconds: float, say: Callable[[str], None], speech: bool
) -> None:
    """Run the script on a virtual clock, with times, cards and refusals; `seconds` 0 for a lap.

    With `speech` her voice then renders all that she will say and will probably be asked.
    """
    configure_log("ERROR")
    show = script.load(folder)
    catalog = catalogs.load(show.csv, show.products, show.currency)
    ledger = Opening(catalog)
    guard = Guard(catalog.listings, ledger, personas.from_show(show.host, show.persona))
    with tempfile.TemporaryDirectory() as scratch:  # a rehearsal uses up no airing
        admit = door(show, Meter(Path(scratch) / "airings.jsonl"), SystemClock())
        rehearsal = Rehearsal(show, catalog, guard, ledger, admit, say, get_log("rehearsal"))
        length = await rehearsal.run(seconds)
    say(f"{show.title[show.language]}: {length / 60:.1f} minutes")
    if speech:
        await render(settings.voice, expected(show), say)


def expected(show: Show) -> list[Line]:
    """What she will say in this show and will probably be asked, by its opening numbers."""
    catalog = catalogs.load(show.csv, show.products, show.currency)
    ledger, persona = Opening(catalog), personas.from_show(show.host, show.persona)
    guard = Guard(catalog.listings, ledger, persona)
    log = get_log("rehearsal")
    brain = HostBrain(SentenceEncoder(), None, ledger, SystemClock(), log, persona, 0)
    return ahead.lines(show, catalog.listings, guard, brain)


async def render(
    settings: VoiceSettings, lines: Sequence[Line], say: Callable[[str], None]
) -> None:
    """Have each language's best voice speak the lines into the machine's cache."""
    log = get_log("rehearsal")
    best: dict[Language, list[Engine]] = {
        language: [Engine(getattr(settings, language)[0], log, patience_s=PATIENCE_S)]
        for language in LANGUAGES
    }
    speaker = Speaker(best, default_cache(), log, cache_mb=settings.cache_mb)
    await speaker.start()
    try:
        clauses = await ahead.render(speaker, lines, say)
    finally:
        await speaker.close()
    say(f"voice: {clauses} clauses are in the cache")
