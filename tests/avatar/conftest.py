"""A small idol, baked once for all tests of this room."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest
from avatar_folders import AIRA, ROOT, STUDIO

from idol.avatar import importing
from idol.avatar import pack as packs
from idol.avatar.pack import Pack
from idol.avatar.renderers.sprite import SpriteRenderer


@pytest.fixture(scope="session")
def aira() -> Pack:
    return packs.load(AIRA)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("baked")


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


@pytest.fixture(scope="session")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example drawing: mimi.psd and layers/."""
    spec = importlib.util.spec_from_file_location("draw", ROOT / "examples/layered/draw.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = tmp_path_factory.mktemp("mimi")
    module.main(out)
    return out


@pytest.fixture(scope="session")
def mimi(drawing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("idols") / "mimi"
    assert importing.make(drawing / "mimi.psd", to, AIRA) == []
    return to
