"""`idol avatar check`: every fault of a drawing is named, and marked in the picture."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from avatar_folders import AIRA
from typer.testing import CliRunner

from idol.avatar import sheet, sprites
from idol.avatar.proof import prove
from idol.cli import app

EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"></svg>'


@pytest.fixture(scope="module", autouse=True)
def drawn_once() -> Iterator[None]:
    """A drawing that no test has spoilt is rasterised for the first of them only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sprites, "png", lru_cache(128)(sprites.png))
        yield


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(AIRA, tmp_path / "aira", ignore=shutil.ignore_patterns("draw"))
    return tmp_path / "aira"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def move_view(file: Path, right: float, down: float) -> None:
    """As if the artist had drawn the thing elsewhere."""
    text = file.read_text("utf-8")
    start = text.index('viewBox="') + 9
    end = text.index('"', start)
    x, y, *size = text[start:end].split()
    drawn = f'<g transform="translate({right} {down})">'
    box = f"{float(x) + right} {float(y) + down} {' '.join(size)}"
    text = text[:start] + box + text[end:]
    at = text.index("<g id=")
    file.write_text(text[:at] + drawn + text[at:].replace("</svg>", "</g></svg>"), encoding="utf-8")


BREAK: dict[str, tuple[Callable[[Path], object], str, str, bool]] = {
    "missing": (lambda f: (f / "mouth/oh.svg").unlink(), "mouth/oh.svg", "missing", True),
    "unlike": (
        lambda f: edit(f / "mouth/aa.svg", "<path", "<g/><path"),
        "mouth/aa.svg",
        "other paths",
        True,
    ),
    "empty": (
        lambda f: (f / "parts/ahoge.svg").write_text(EMPTY),
        "parts/ahoge.svg",
        "nothing",
        False,
    ),
    "out of view": (
        lambda f: move_view(f / "parts/nose.svg", 0, 3000),
        "parts/nose.svg",
        "outside of every view",
        False,
    ),
    "wrong side": (
        lambda f: move_view(f / "eye/iris_heart.svg", -300, 0),
        "eye/iris_heart.svg",
        "mirrored",
        False,
    ),
    "iris astray": (
        lambda f: move_view(f / "eye/iris_star.svg", 90, 0),
        "eye/iris_star.svg",
        "not inside the white",
        False,
    ),
    "no joint": (
        lambda f: move_view(f / "limbs/hand_fist.svg", 0, -90),
        "limbs/hand_fist.svg",
        "joint",
        False,
    ),
}


@pytest.mark.parametrize("name", BREAK)
def test_faults_of_drawings_are_named(copy: Path, name: str) -> None:
    spoil, file, says, serious = BREAK[name]
    spoil(copy)
    proof = prove(copy)
    found = [f for f in proof.findings if f.file == file and says in f.en]
    assert found, [f.en for f in proof.findings]
    assert found[0].serious == serious
    assert proof.good != serious
    assert found[0].zh != found[0].en


def test_stretched_arms_are_named(copy: Path) -> None:
    edit(copy / "avatar.yaml", "elbow: [596, 1036]", "elbow: [796, 1236]")
    assert any("stretched" in f.en and "rest" in f.en for f in prove(copy).findings)


def test_aira_has_no_faults() -> None:
    assert prove(AIRA).findings == ()


def red(picture: np.ndarray) -> int:
    b, g, r = (picture[..., i].astype(int) for i in range(3))
    return int(((r > 200) & (g < 90) & (b < 100)).sum())


def test_the_sheet_marks_what_is_missing(copy: Path) -> None:
    good = red(sheet.draw(prove(copy), "en"))
    (copy / "parts/face.svg").unlink()
    assert red(sheet.draw(prove(copy), "zh")) > good + 1000


def test_the_command_writes_the_picture(copy: Path, tmp_path: Path) -> None:
    picture = tmp_path / "proof.png"
    said = CliRunner().invoke(app, ["avatar", "check", str(copy), "-p", str(picture), "-l", "en"])
    assert said.exit_code == 0, said.output
    assert "fit for air" in said.output
    assert cv2.imread(str(picture)).shape[1] == sheet.WIDTH
    (copy / "avatar.yaml").write_text("layers: 3\n", encoding="utf-8")
    said = CliRunner().invoke(app, ["avatar", "check", str(copy), "-p", str(picture), "-l", "zh"])
    assert said.exit_code == 1
    assert "avatar.yaml" in said.output
    assert cv2.imread(str(picture)) is not None
