"""What she will probably be asked is ready in the very words of her answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from idol.clock import SystemClock
from idol.dialogue.brain import HostBrain
from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.persona import from_show
from idol.model import Line
from idol.show import ahead
from idol.telemetry import get_log
from idol.testing.brain import lines_of, sample_ledger, sample_listings, situation
from idol.voice.clauses import split
from idol.voice.normalise import spoken

ASKED = ("1号多少钱", "1号有什么颜色", "1号限购几件", "1号是什么面料")


def clauses(line: Line) -> set[str]:
    said = spoken(line.text, line.language)
    return {said.text[c.start : c.end] for c in split(said.text, line.language)}


async def test_an_answer_is_made_of_clauses_that_were_rendered_ahead() -> None:
    listings, ledger = sample_listings(), sample_ledger()
    persona = from_show({"zh": "爱蕾", "en": "Aira"})
    brain = HostBrain(SentenceEncoder(), None, ledger, SystemClock(), get_log("test"), persona, 7)
    guard = brain._guard_for(listings)
    known = {
        clause
        for line in brain.likely(listings[1], "zh")
        for clause in clauses(guard.prove(line).line)
    }
    for text in ASKED:
        for answer in await lines_of(brain, text, situation(listings)):
            name = answer.text.partition("，")[0] + "，"
            missing = [c for c in clauses(answer) - {name} if c not in known]
            assert not missing, (text, answer.text)


class SlowVoice:
    def __init__(self) -> None:
        self.waiting: list[Line] = []

    @property
    def to_prepare(self) -> int:
        return len(self.waiting)

    async def prepare(self, lines: Iterable[Line]) -> None:
        self.waiting += lines

    async def prepared(self) -> None:
        while self.waiting:
            self.waiting.pop()
            await asyncio.sleep(0)


async def test_rendering_ends_when_all_is_in_the_cache() -> None:
    told: list[str] = []
    lines = [Line(f"line {i}", "en", "script") for i in range(30)]
    assert await ahead.render(SlowVoice(), lines, told.append) == 30
    assert told[-1] == "30 / 30"
