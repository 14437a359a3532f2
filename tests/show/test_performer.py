"""One performance at a time: heard to its end, cut at a clause, cut at once, studio dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from idol.clock import VirtualClock
from idol.model import CueFired, Line, Utterance
from idol.show.performer import Performer, Prepared, clause_start, from_clause
from idol.show.rehearsal import ReadingVoice, VirtualStudio

TEXT = "One moment, please look at this lovely jacket from our autumn range, it is new."


class Rig:
    """A performer before a studio on a virtual clock."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.fired: list[CueFired] = []
        self.done: list[tuple[int, bool]] = []
        self.studio = VirtualStudio(
            self.clock, on_played=lambda p: self.performer.played(p), on_cue=self.fired.append
        )
        self.performer = Performer(
            ReadingVoice(),
            self.studio,
            self.clock,
            on_started=lambda u, pts: None,
            on_done=lambda u, heard, cut: self.done.append((heard, cut)),
        )

    async def lines(self, *texts: str) -> AsyncIterator[Prepared]:
        for i, text in enumerate(texts):
            utterance = Utterance(f"u{i}", 0, 0, Line(text, "en", "script"))
            yield await self.performer.prepare(utterance)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    running = asyncio.ensure_future(rig.studio.run())
    yield rig
    running.cancel()


def perform(rig: Rig, *texts: str) -> asyncio.Task[tuple[Utterance, int] | None]:
    rig.performer.begin()

    async def go() -> tuple[Utterance, int] | None:
        return await rig.performer.perform(rig.lines(*texts))

    return asyncio.ensure_future(go())


async def test_lines_are_heard_one_after_the_other(rig: Rig) -> None:
    task = perform(rig, "Hello there.", "How are you?")
    await rig.clock.advance(3)
    assert await task is None
    assert rig.done == [(12, False), (12, False)]


async def test_a_cut_waits_for_a_clause_that_ends_soon(rig: Rig) -> None:
    task = perform(rig, TEXT)
    await rig.clock.advance(0.45)
    rig.performer.cut("clause")
    await rig.clock.advance(1.0)
    cut = await task
    assert cut is not None
    assert clause_start(TEXT, cut[1]) == len("One moment, ")


async def test_a_long_clause_is_broken_off_and_taken_up_from_its_start(rig: Rig) -> None:
    task = perform(rig, TEXT)
    await rig.clock.advance(2.0)
    rig.performer.cut("clause")
    await rig.clock.advance(0.1)
    cut = await task
    assert cut is not None
    assert 20 < cut[1] < 40
    rest = from_clause(Line(TEXT, "en", "script"), clause_start(TEXT, cut[1]))
    assert rest.text.startswith("please look")


async def test_now_means_within_one_frame(rig: Rig) -> None:
    task = perform(rig, TEXT)
    await rig.clock.advance(1.0)
    rig.performer.cut("now")
    await rig.clock.advance(0.05)
    assert task.done()
    spoken = rig.studio.spoken
    await rig.clock.advance(1.0)
    assert rig.studio.spoken == spoken


async def test_what_the_studio_took_with_it_is_said_when_it_is_back(rig: Rig) -> None:
    task = perform(rig, TEXT, "And one more.")
    await rig.clock.advance(2.0)
    rig.studio.dead = True
    await rig.clock.advance(6.5)
    rig.studio.dead = False
    await rig.clock.advance(16.0)
    assert task.done()
    assert await task is None
    assert rig.done[0][1]  # cut, in the middle
    assert 20 < rig.done[0][0] < 40
    taken_up = len(TEXT) - TEXT.index("please look")
    assert rig.done[-2:] == [(taken_up, False), (len("And one more."), False)]


async def test_an_operator_s_cut_ends_a_line_that_waits_for_the_studio(rig: Rig) -> None:
    task = perform(rig, TEXT)
    await rig.clock.advance(1.0)
    rig.studio.dead = True
    await rig.clock.advance(4.0)
    rig.performer.cut("now")
    await rig.clock.advance(0.5)
    assert task.done()


async def test_a_dead_studio_cuts_the_line_and_the_show_can_go_on(rig: Rig) -> None:
    task = perform(rig, TEXT)
    await rig.clock.advance(1.0)
    rig.studio.dead = True
    await rig.clock.advance(30.0)
    assert task.done()
    assert (await task) is not None
    rig.studio.dead = False
    again = perform(rig, "Back again.")
    await rig.clock.advance(3.0)
    assert await again is None


@pytest.mark.parametrize(
    ("text", "heard", "start"),
    [
        ("One two, three four.", 12, 9),
        ("¥89.90元，真的。", 5, 0),
        ("你好，世界。", 3, 3),
        ("a", 0, 0),
    ],
)
def test_clause_start(text: str, heard: int, start: int) -> None:
    assert clause_start(text, heard) == start
