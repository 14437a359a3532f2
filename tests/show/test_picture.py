"""How she holds herself, as the show goes on around her."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from idol.clock import VirtualClock
from idol.model import Cue, Scene
from idol.show.picture import THANKS_S, Picture
from idol.telemetry import TaskSet


class Screen:
    def __init__(self) -> None:
        self.now = Scene()

    def scene(self, scene: Scene) -> None:
        self.now = scene

    def cue(self, cue: Cue) -> None: ...


class Log:
    def __getattr__(self, name: str) -> Any:
        return lambda *a, **k: None


def picture(clock: VirtualClock) -> tuple[Picture, Screen]:
    screen = Screen()
    show: Any = SimpleNamespace(language="en", theme="night", light="day")
    nobody: Any = SimpleNamespace(broadcast=lambda event: None)
    return Picture(show, {}, nobody, screen, nobody, clock, TaskSet(Log())), screen


def test_she_waits_for_a_payment_only_between_words() -> None:
    made, screen = picture(VirtualClock())
    made.activity("listening")
    made.awaits("hold-1", True)
    assert screen.now.activity == "waiting"
    made.activity("speaking")
    made.awaits("hold-2", True)
    assert screen.now.activity == "speaking"
    made.awaits("hold-1", False)
    made.activity("listening")
    assert screen.now.activity == "waiting"
    made.awaits("hold-2", False)
    assert screen.now.activity == "listening"


async def test_a_celebration_is_not_broken_off_and_ends_in_what_she_was_doing() -> None:
    clock = VirtualClock()
    made, screen = picture(clock)
    made.celebrate("Lin")
    await clock.advance(1)
    made.activity("speaking")
    made.awaits("order-2", True)
    assert screen.now.activity == "celebrating"
    await clock.advance(THANKS_S + 1)
    assert screen.now.activity == "speaking"
