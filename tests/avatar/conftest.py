"""A small idol, baked once for all tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from avatar_folders import AIRA, STUDIO

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

    def make(size: tuple[int, int] = (270, 480), seed: int = 7) -> SpriteRenderer:
        made = SpriteRenderer(cache)
        made.load(AIRA, STUDIO, size, 25, seed)
        return made

    return make
