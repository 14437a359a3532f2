"""A cache folder for one run: all that is there after a rehearsal, and no answer of an earlier run.

Weights, converted models and baked art are linked. Of the rendered speech only what
`idol rehearse --speech` renders is copied: an answer that some earlier run has kept would look
too fast.
"""

from __future__ import annotations

import time
from pathlib import Path

from idol import plugins, rehearse
from idol.config import VoiceSettings
from idol.model import Line
from idol.show import script
from idol.voice.cache import SpeechCache
from idol.voice.clauses import split
from idol.voice.normalise import spoken
from idol.weights import default_cache


def fill(folder: Path, show_folder: Path) -> tuple[int, int]:
    """Make the cache in `folder`; how many clauses of a rehearsal it has, and of how many."""
    source = default_cache()
    (folder / "speech").mkdir(parents=True, exist_ok=True)
    for part in ("weights", "converted", "avatar"):
        if (source / part).is_dir():
            (folder / part).symlink_to(source / part)
    keys = dict.fromkeys(
        key for line in rehearse.expected(script.load(show_folder)) for key in _keys(line)
    )
    return sum(_copy(key, source, folder) for key in keys), len(keys)


async def render(show_folder: Path) -> float:
    """Render into the machine's own cache what a rehearsal renders. Seconds taken.

    After this a run is like every later evening, and not like the first ten minutes of the first.
    """
    begin = time.monotonic()
    await rehearse.render(VoiceSettings(), rehearse.expected(script.load(show_folder)), print)
    return time.monotonic() - begin


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
