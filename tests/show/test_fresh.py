"""Hot reload on air: one new renderer for each change that rests; mistakes are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idol.errors import BadInput
from idol.ports import Frame, Moment, Renderer
from idol.show.fresh import Fresh


class Picture:
    """A renderer that shows what the folder's file says."""

    size = (64, 64)

    def __init__(self, says: str) -> None:
        self.says = says

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        """Read already."""

    def render(self, moment: Moment, out: Frame) -> None:
        out[:] = len(self.says)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[tuple[Path, Fresh, list[str]]]:
    file, told = tmp_path / "avatar.yaml", []
    file.write_text("one")

    def load() -> Renderer:
        text = file.read_text()
        if text == "bad":
            raise BadInput("is no idol", where="avatar.yaml:1")
        return Picture(text)

    fresh = Fresh((tmp_path,), load, told.append, every=0.02)
    yield file, fresh, told
    fresh.stop()


def wait(value: Callable[[], object]) -> object:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if found := value():
            return found
        threading.Event().wait(0.01)
    raise AssertionError("it did not come")


def test_a_change_gives_one_new_renderer_and_a_mistake_none(
    watching: tuple[Path, Fresh, list[str]],
) -> None:
    file, fresh, told = watching
    assert fresh.take() is None, "nothing has changed"
    file.write_text("second")
    made = wait(fresh.take)
    assert isinstance(made, Picture) and made.says == "second"
    file.write_text("bad")
    wait(lambda: told)
    assert "avatar.yaml:1: is no idol" in told[0] and fresh.take() is None
    file.write_text("third one")
    made = wait(fresh.take)
    assert isinstance(made, Picture) and made.says == "third one"
    assert fresh.take() is None


def test_who_does_not_watch_loads_when_asked(tmp_path: Path) -> None:
    says, told = ["one"], list[str]()

    def load() -> Renderer:
        if says[0] == "bad":
            raise BadInput("is no idol", where="avatar.yaml:1")
        return Picture(says[0])

    fresh = Fresh((tmp_path / "nowhere",), load, told.append, watch=False)
    try:
        assert fresh.take() is None
        fresh.ask()
        made = wait(fresh.take)
        assert isinstance(made, Picture) and made.says == "one"
        says[0] = "bad"
        fresh.ask()
        wait(lambda: told)
        assert told == ["avatar.yaml:1: is no idol"] and fresh.take() is None
    finally:
        fresh.stop()
