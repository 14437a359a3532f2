"""The whole loop on a virtual clock: script, answer, operator, thanks, licence, dead parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from idol.clock import VirtualClock
from idol.errors import Refused
from idol.licensing.policy import Allow, Decision, Deny, Grant
from idol.model import (
    ChatMessage,
    Language,
    Line,
    Listing,
    Money,
    Product,
    Quote,
    Variant,
    VariantQuote,
    Viewer,
)
from idol.ports import Situation
from idol.show import director as d
from idol.show.rehearsal import ReadingVoice, VirtualStudio
from idol.show.script import ScriptLine, Segment, Show, parse_line
from idol.show.stage import Stage


@dataclass(frozen=True)
class Verdict:
    ok: bool
    line: Line
    reasons: tuple[str, ...] = ()


class HonestGuard:
    """Refuses the word "free"."""

    def prove(self, line: Line, given: Iterable[str] = ()) -> Verdict:
        bad = "free" in line.text
        return Verdict(not bad, line, ("free is not on the sheet",) if bad else ())


class Queue:
    def __init__(self) -> None:
        self.messages: list[ChatMessage] = []

    def take(self) -> ChatMessage | None:
        return self.messages.pop(0) if self.messages else None

    @property
    def waiting(self) -> int:
        return len(self.messages)


class EchoBrain:
    def __init__(self) -> None:
        self.broken = False

    async def reply(self, message: ChatMessage, situation: Situation) -> AsyncIterator[Line]:
        if self.broken:
            raise RuntimeError("the model died")
        yield Line(f"{message.viewer.name}, you said {message.text}.", "en", "fact")
        yield Line("Anything else?", "en", "fact")


class FakeShop:
    def __init__(self) -> None:
        self.flashes: list[str] = []

    def quote(self, listing: int) -> Quote:
        return Quote(listing, (VariantQuote("a", Money(1000, "USD"), None, 5),))

    async def open_flash(self, listing: int, price: str, seconds: float) -> None:
        self.flashes.append(f"open {listing} {price}")

    async def close_flash(self, listing: int) -> None:
        self.flashes.append(f"close {listing}")


class Pages:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.operators: list[dict[str, Any]] = []

    def broadcast(self, event: Mapping[str, Any]) -> None:
        self.events.append(dict(event))

    def tell(self, viewer: str, event: Mapping[str, Any]) -> None:
        self.events.append(dict(event))

    def tell_operators(self, event: Mapping[str, Any]) -> None:
        self.operators.append(dict(event))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in self.events if e["type"] == kind]

    def captions(self) -> list[str]:
        return [e["text"] for e in self.of("caption")]


def line(text: str, language: Language = "en") -> ScriptLine:
    return ScriptLine(parse_line(text), language)


JACKET = Listing(1, Product("jacket", {"en": "jacket"}, (Variant("a"),)))
SEGMENTS = (
    Segment("hello", "greeting", (line("[wave]Hello and welcome to the show."),)),
    Segment("pitch", "pitch", (line("Here is [card]the jacket."), line("Feel it.")), "jacket"),
    Segment("flash", "flash", (line("Now [price]cheaper."),), "jacket", 10.0, "8.00", "1"),
    Segment("ad", "sponsored", (line("Brought to you."),), "jacket", grant="grant.jwt"),
    Segment("bye", "closing", (line("Goodbye, see you tomorrow."),)),
)


class Rig:
    def __init__(self, segments: tuple[Segment, ...] = SEGMENTS) -> None:
        self.clock, self.pages, self.shop = VirtualClock(), Pages(), FakeShop()
        self.chat, self.brain, self.voice = Queue(), EchoBrain(), ReadingVoice()
        self.answer: Decision = Allow(Grant("g", "acme", ("jacket",), 0, 1, labels={"en": "Acme"}))
        self.studio = VirtualStudio(
            self.clock,
            on_played=lambda p: self.stage.played(p),
            on_cue=lambda c: self.stage.picture.cue_fired(c),
        )
        show = Show(Path(), {"en": "Show"}, "en", "USD", "aira", "studio", {"en": "Aira"}, segments)
        self.stage = Stage(
            show=show,
            listings={1: JACKET},
            shop=self.shop,
            brain=self.brain,
            guard=HonestGuard(),
            voice=self.voice,
            studio=self.studio,
            audience=self.pages,
            attention=self.chat,
            admit=self.admit,
            clock=self.clock,
            log=structlog.get_logger(),
        )

    def admit(self, segment: Segment) -> Decision:
        return self.answer

    def ask(self, text: str, name: str = "Tom") -> None:
        viewer = Viewer(name, name)
        self.chat.messages.append(ChatMessage(text, viewer, text, self.clock.now(), "en"))
        self.stage.post(d.Waiting())


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    tasks = [asyncio.ensure_future(rig.studio.run()), asyncio.ensure_future(rig.stage.run())]
    yield rig
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_show_runs_through_with_cards_and_flash_price(rig: Rig) -> None:
    await rig.clock.advance(30)
    assert rig.pages.captions()[:4] == [
        "Hello and welcome to the show.",
        "Here is the jacket.",
        "Feel it.",
        "Now cheaper.",
    ]
    assert rig.pages.of("card")[0]["listing"] == 1
    assert rig.shop.flashes[:2] == ["open 1 8.00", "close 1"]
    assert "Brought to you." in rig.pages.captions()
    assert "Goodbye, see you tomorrow." in rig.pages.captions()


async def test_the_card_comes_at_its_word_on_the_media_clock(rig: Rig) -> None:
    await rig.clock.advance(8)
    caption = next(e for e in rig.pages.of("caption") if e["text"].startswith("Here"))
    card = rig.pages.of("card")[0]
    seconds = (card["pts"] - caption["pts"]) / 48_000
    assert seconds == pytest.approx(len("Here is ") / 14.0, abs=0.05)


async def test_an_answer_cuts_the_script_is_heard_whole_and_the_line_goes_on(rig: Rig) -> None:
    await rig.clock.advance(0.5)
    rig.ask("is it warm")
    await rig.clock.advance(12)
    captions = rig.pages.captions()
    at = captions.index("Tom, you said is it warm.")
    assert captions[at + 1] == "Anything else?"
    assert captions[at - 1] == "Hello and welcome to the show."
    assert captions[at + 2] == "Hello and welcome to the show."
    reply = next(e for e in rig.pages.of("chat") if e["kind"] == "host")
    assert reply["reply_to"] == "is it warm"


async def test_an_operators_line_is_said_at_once_and_proved_first(rig: Rig) -> None:
    await rig.clock.advance(1.0)
    await rig.stage.say("Five minutes to go!", "en")
    await rig.clock.advance(0.2)
    assert rig.pages.captions()[-1] == "Five minutes to go!"
    with pytest.raises(Refused, match="free"):
        await rig.stage.say("Everything is free!", "en")


async def test_without_a_licence_the_sponsored_segment_is_skipped_with_the_reason() -> None:
    rig = Rig()
    rig.answer = Deny("expired", {"zh": "已过期", "en": "the licence has expired"})
    tasks = [asyncio.ensure_future(rig.studio.run()), asyncio.ensure_future(rig.stage.run())]
    await rig.clock.advance(30)
    assert "Brought to you." not in rig.pages.captions()
    assert any("expired" in e.get("text", "") for e in rig.pages.operators)
    for task in tasks:
        task.cancel()


async def test_a_broken_brain_does_not_stop_the_show(rig: Rig) -> None:
    rig.brain.broken = True
    rig.ask("hello")
    await rig.clock.advance(30)
    assert "Goodbye, see you tomorrow." in rig.pages.captions()


async def test_a_dead_studio_holds_the_show_up_only_while_it_is_dead(rig: Rig) -> None:
    await rig.clock.advance(1.0)
    rig.studio.dead = True
    await rig.clock.advance(4.0)
    rig.studio.dead = False
    await rig.clock.advance(30)
    assert "Goodbye, see you tomorrow." in rig.pages.captions()


async def test_pause_skip_jump_mute_and_stop(rig: Rig) -> None:
    await rig.clock.advance(1.0)
    rig.stage.pause()
    await rig.clock.advance(10)
    assert rig.pages.captions() == ["Hello and welcome to the show."]
    rig.stage.jump("bye")
    rig.stage.resume()
    await rig.clock.advance(1.0)
    assert rig.pages.captions()[-1] == "Goodbye, see you tomorrow."
    with pytest.raises(Refused):
        rig.stage.jump("nowhere")
    rig.stage.mute(True)
    rig.ask("hello")
    await rig.clock.advance(5)
    assert not any("you said" in c for c in rig.pages.captions())
    stopped = asyncio.ensure_future(rig.stage.stop())
    await rig.clock.advance(0.1)
    assert stopped.done()
    assert rig.stage.status()["stopped"]
