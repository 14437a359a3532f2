"""A small idol, baked once for all tests of this room."""

from __future__ import annotations

import fcntl
import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from avatar_folders import AIRA, ROOT, STUDIO

from idol.avatar import bake, importing
from idol.avatar import folder as folders
from idol.avatar.pack import Pack
from idol.avatar.renderers.sprite import SpriteRenderer


@pytest.fixture(scope="session")
def aira() -> Pack:
    return folders.load(AIRA)


@pytest.fixture(scope="session")
def cache(shared: Path) -> Iterator[Path]:
    """Nothing is baked twice in a run: more is kept here than a machine on air needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bake, "CACHES_KEPT", 100)
        yield shared / "baked"


@pytest.fixture(scope="session")
def renderer(cache: Path) -> Callable[..., SpriteRenderer]:
    """Makes loaded renderers; small, so that baking is quick."""

    def make(
        size: tuple[int, int] = (270, 480), seed: int = 7, idol: Path = AIRA, stage: Path = STUDIO
    ) -> SpriteRenderer:
        made = SpriteRenderer(cache)
        made.load(idol, stage, size, 25, seed)
        return made

    return make


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """A folder that the first process of this run which needs it fills by `make`."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = folder.with_suffix(".draft")
            draft.mkdir()
            make(draft)
            draft.rename(folder)
    return folder


@pytest.fixture(scope="session")
def drawing(shared: Path) -> Path:
    """The example drawing: mimi.psd and layers/."""
    spec = importlib.util.spec_from_file_location("draw", ROOT / "examples/layered/draw.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return made_once(shared / "drawing", module.main)


@pytest.fixture(scope="session")
def mimi(drawing: Path, shared: Path) -> Path:
    def make(folder: Path) -> None:
        assert importing.make(drawing / "mimi.psd", folder / "mimi", AIRA) == []

    return made_once(shared / "imported", make) / "mimi"
