"""The example of a renderer in its own process: conformance, death, slowness, installation."""

from __future__ import annotations

import os
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from idol import plugins
from idol.errors import BadInput
from idol.testing import renderer as conformance
from idol.testing.renderer import blank, luma, run, still

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/external-renderer"


@pytest.fixture
def external(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(EXAMPLE))
    return plugins.load("renderers", "idol_external:ExternalRenderer")


@pytest.fixture
def make(external: Any) -> Iterator[Callable[..., Any]]:
    made: list[Any] = []

    def renderer(patience: float = 60.0, **changes: Any) -> Any:
        one = external()
        one.patience = patience
        for name, value in changes.items():
            setattr(one, name, value)
        one.load(Path("pack"), Path("stage"), (180, 320), 25, 7)
        made.append(one)
        return one

    yield renderer
    for one in made:
        one.close()


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
def test_conformance(check: Callable[[conformance.Make], None], make: Callable[..., Any]) -> None:
    check(make)


def test_an_engine_that_dies_leaves_its_last_picture_and_comes_back(
    make: Callable[..., Any],
) -> None:
    renderer = make()
    before = run(renderer, still(5))[-1]
    died = renderer.pid
    os.kill(died, signal.SIGKILL)
    os.waitid(os.P_PID, died, os.WEXITED | os.WNOWAIT)
    frozen = run(renderer, still(1, 5))[0]
    assert np.array_equal(luma(frozen), luma(before)), "the last picture stands in"
    out, at = blank(renderer), 6
    end = time.monotonic() + 60
    while renderer.restarts == 0 and time.monotonic() < end:
        renderer.render(still(1, at)[0], out)
        at += 1
        time.sleep(0.02)
    assert renderer.restarts == 1 and renderer.pid != died
    again = run(renderer, still(30, at))[-1]
    assert not np.array_equal(luma(again), luma(before)), "she moves again"


def test_a_slow_engine_holds_up_no_frame_and_words_go_on(
    make: Callable[..., Any], tmp_path: Path
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import json, sys, threading\n"
        "for line in sys.stdin:\n"
        "    kind = json.loads(line)['type']\n"
        "    if kind == 'frame': threading.Event().wait()\n"
        "    print(json.dumps({'type': 'ready'}), flush=True)\n"
    )
    renderer = make(patience=0.01, command=(sys.executable, str(slow)))
    first, later = (
        run(renderer, still(2)),
        run(renderer, still(2, 2, caption="Hello", caption_chars=5)),
    )
    assert not np.array_equal(first[-1], later[-1]), "captions do not wait for the engine"
    renderer._engine.process.kill()


def test_what_the_engine_says_is_wrong_is_said(make: Callable[..., Any], tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text('print(\'{"type": "error", "text": "no model in pack"}\', flush=True)\n')
    with pytest.raises(BadInput, match="no model in pack"):
        make(command=(sys.executable, str(bad)))


def test_installed_it_is_found_by_its_name(
    external: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pip would leave it: the entry points of its pyproject.toml beside the package."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = tmp_path / "idol_external-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: idol-external\nVersion: 0.1.0\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("".join(lines))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert plugins.load("renderers", "external") is external
