"""Settings: the environment wins, unknown keys are refused with the nearest right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from idol.config import load
from idol.errors import BadInput


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "idol.toml"
    file.write_text('[web]\nport = 1\n[stream]\norientation = "landscape"\n')
    settings = load(file, {"IDOL_WEB__PORT": "9000", "HOME": "x", "IDOL_SECRET": "s"})
    assert settings.web.port == 9000
    assert settings.stream.size == (1280, 720)


@pytest.mark.parametrize(
    ("text", "environ", "where", "hint"),
    [
        ("[web]\nprot = 1\n", {}, "web.prot", "port"),
        ("[steam]\nfps = 25\n", {}, "steam", "stream"),
        ("", {"IDOL_WEB__PRT": "1"}, "IDOL_WEB__PRT", "port"),
        ("[stream]\nfps = 24\n", {}, "stream.fps", ""),
        ("= broken", {}, "idol.toml", ""),
    ],
)
def test_mistakes_name_their_place(
    tmp_path: Path, text: str, environ: dict[str, str], where: str, hint: str
) -> None:
    file = tmp_path / "idol.toml"
    file.write_text(text)
    with pytest.raises(BadInput) as caught:
        load(file, environ)
    assert where in caught.value.where
    assert caught.value.hint == hint


def test_the_picture_has_the_size_that_was_asked_for() -> None:
    assert load(None, {}).stream.size == (720, 1280)
    large = {"IDOL_STREAM__LINES": "1080", "IDOL_STREAM__ORIENTATION": "landscape"}
    assert load(None, large).stream.size == (1920, 1080)
