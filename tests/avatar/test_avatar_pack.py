"""Avatar folders: the good one, and every kind of mistake named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from avatar_folders import AIRA

from idol.avatar import folder as folders
from idol.avatar import pack as packs
from idol.avatar.pack import Pack
from idol.errors import BadInput
from idol.model import EMOTIONS, GESTURES, VISEMES


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(AIRA, tmp_path / "aira", ignore=shutil.ignore_patterns("draw"))
    return tmp_path / "aira"


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "avatar.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_aira_is_whole(aira: Pack) -> None:
    assert folders.check(AIRA) == []
    assert set(aira.expressions) >= set(EMOTIONS)
    assert set(aira.gestures) >= set(GESTURES[1:])
    assert set(packs.mouth_keys(aira)) >= set(VISEMES)


def test_arms_keep_a_human_length(aira: Pack) -> None:
    """Bones may shorten as they come forward, but not stretch."""
    moves = [*aira.gestures.values(), *aira.beats.values(), *aira.wide_gestures.values()]
    moves += aira.card_gestures.values()
    for pose in [p for m in moves for k in m.keys for p in (k.left, k.right) if p]:
        reach = ((pose.wrist[0] - pose.elbow[0]) ** 2 + (pose.wrist[1] - pose.elbow[1]) ** 2) ** 0.5
        assert 0.35 < reach / aira.arms.lower < 1.12


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("spring: back,", "spring: bakc,", "back"),
        ("rim: 0.8,", "rimm: 0.8,", "rimm"),
        ("shape: open}", "shape: opeen}", "open"),
        ("ParamAngleX: -0.5", "ParamAngelX: -0.5", "ParamAngleX"),
        ("hz: 2.2", "hz: fast", "hz"),
        ("name: crown", "name: crwon", "crown.svg"),
        ("happy:", "hapy:", "happy"),
        ("sprite: mouth,", "parts: [face],", "sprite: mouth"),
        ("seconds: 2.9", "seconds: 0.5", "wave"),
    ],
)
def test_mistakes_are_named(copy: Path, old: str, new: str, says: str) -> None:
    change(copy, old, new)
    mistakes = folders.check(copy)
    assert mistakes
    assert any(says in str(mistake) for mistake in mistakes)
    assert all(mistake.where for mistake in mistakes)
    with pytest.raises(BadInput):
        folders.load(copy)


def test_the_line_is_given(copy: Path) -> None:
    change(copy, "hz: 2.2", "hz: fast")
    line = next(
        i
        for i, text in enumerate((copy / "avatar.yaml").read_text("utf-8").splitlines(), 1)
        if "hz: fast" in text
    )
    assert f"avatar.yaml:{line} " in str(folders.check(copy)[0])


@pytest.mark.parametrize("text", ["", "[1, 2]", "a: [", "\x00", "layers: 3", "1: 2"])
def test_any_text_gives_a_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "avatar.yaml").write_text(text, encoding="utf-8")
    assert all("avatar.yaml" in str(mistake) for mistake in folders.check(tmp_path))
    assert folders.check(tmp_path)


def test_not_text_at_all(tmp_path: Path) -> None:
    (tmp_path / "avatar.yaml").write_bytes(b"\xff\xfe\x00\x80")
    assert folders.check(tmp_path)


def test_a_key_shape_with_other_paths_is_named(copy: Path, tmp_path: Path) -> None:
    from idol.avatar import bake

    key = copy / "mouth" / "aa.svg"
    key.write_text(key.read_text("utf-8").replace("<path", "<g/><path", 1), encoding="utf-8")
    with pytest.raises(BadInput, match=r"aa\.svg"):
        bake.load(folders.load(copy), 0.1, tmp_path)


def test_a_bad_view_box_is_named(copy: Path) -> None:
    file = copy / "parts" / "crown.svg"
    file.write_text(file.read_text("utf-8").replace('viewBox="', 'viewBox="x '), encoding="utf-8")
    assert any("crown.svg" in str(mistake) for mistake in folders.check(copy))


def test_a_missing_file_is_likened_to_its_like_only(copy: Path) -> None:
    (copy / "parts" / "bangs.svg").rename(copy / "parts" / "bang.svg")
    (copy / "parts" / "nose.svg").unlink()
    hints = {mistake.where: mistake.hint for mistake in folders.check(copy)}
    assert hints["parts/bangs.svg"] == "bang.svg"
    assert hints["parts/nose.svg"] == ""
