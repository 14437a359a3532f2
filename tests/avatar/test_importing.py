"""Layered drawings become idols: the result is looked at, and plays by the renderer's rules."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from avatar_folders import AIRA, STUDIO
from typer.testing import CliRunner

from idol.avatar import bake, importing
from idol.avatar import folder as folders
from idol.avatar.cli import avatar_app
from idol.avatar.importing.names import Name, nearest, understand
from idol.avatar.importing.shapes import squashed
from idol.avatar.proof import prove
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.errors import BadInput
from idol.testing import renderer as conformance
from idol.testing.renderer import luma, mouth, run, still


@pytest.fixture
def layers(drawing: Path, tmp_path: Path) -> Path:
    """A copy of the PNG layers, to spoil."""
    return Path(shutil.copytree(drawing / "layers", tmp_path / "layers"))


def remove(layers: Path, *names: str) -> None:
    for file in layers.iterdir():
        if file.stem.split(" ", 1)[1] in names:
            file.unlink()


def loaded(folder: Path, cache: Path) -> SpriteRenderer:
    made = SpriteRenderer(cache)
    made.load(folder, STUDIO, (270, 480), 25, 7)
    return made


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Hair Back", Name("hair_back")),
        ("03_前发", Name("hair_front")),
        ("左侧发", Name("hair_side")),
        ("Eye_White_L", Name("eyes", "white")),
        ("闭眼", Name("eyes", "closed")),
        ("mouth_A", Name("mouth", "aa")),
        ("嘴-哦", Name("mouth", "oh")),
        ("mouth.CH", Name("mouth", "CH")),
        ("嘴", Name("mouth", "sil")),
        ("eyebrow sad (right)", Name("brows", "raised_inside")),
        ("sword", None),
    ],
)
def test_names_are_understood_in_both_languages(name: str, what: Name | None) -> None:
    assert understand(name) == what


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    assert nearest("hari back") == "hairback"


def test_the_imported_idol_is_good(mimi: Path) -> None:
    proof = prove(mimi)
    assert [f.say("en") for f in proof.findings] == []
    assert proof.pack is not None and not proof.pack.limbless
    face = bake.drawing(proof.pack, "parts/face.svg", 1.0)
    assert abs(face.image.shape[1] - 292) < 6, "every drawing is brought to one size"


def test_the_folder_of_layers_gives_the_same_idol(mimi: Path, layers: Path, tmp_path: Path) -> None:
    importing.make(layers, tmp_path / "mimi", AIRA)
    for file in sorted(mimi.rglob("*.png")):
        ours = cv2.imread(str(tmp_path / "mimi" / file.relative_to(mimi)), cv2.IMREAD_UNCHANGED)
        theirs = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        assert ours.shape == theirs.shape, file.name
        seen = theirs[..., 3] > 200
        if seen.any():
            assert np.abs(ours[seen].astype(int) - theirs[seen].astype(int)).mean() < 3


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
def test_conformance_of_an_imported_idol(
    check: Callable[[conformance.Make], None], mimi: Path, cache: Path
) -> None:
    check(lambda: loaded(mimi, cache))


def colours(frame: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420).astype(int)


def test_what_was_drawn_is_seen(mimi: Path, cache: Path) -> None:
    """Blue clothes below, orange hair beside, green eyes that shut, a tongue in an open mouth."""
    made = loaded(mimi, cache)
    view = folders.load(mimi).views["portrait"]

    def part(picture: np.ndarray, left: float, top: float, wide: float, high: float) -> np.ndarray:
        """A part of the picture given in design pixels, (3, n): blue, green, red."""
        k = 480 / view.height
        x, y = round((left - 360) * k) + 135, round((top - view.top) * k)
        return picture[y : y + round(high * k), x : x + round(wide * k)].reshape(-1, 3).T

    def green(picture: np.ndarray) -> int:
        b, g, r = part(picture, 230, 400, 260, 150)
        return int(((g > r + 40) & (g > b)).sum())

    def red(picture: np.ndarray) -> int:
        b, g, r = part(picture, 310, 535, 100, 75)
        return int(((r > g + 60) & (r > b + 30)).sum())

    shut = colours(run(made, still(8))[-1])
    blue, _, little = part(shut, 300, 850, 120, 150).mean(axis=1)
    assert blue > little + 60
    opened = colours(run(made, still(8, 8, mouth=mouth("aa")))[-1])
    assert green(shut) > 120
    assert red(opened) > red(shut) + 40
    bow = run(made, still(30, 16, gesture="bow", gesture_pts=16 * 1920))
    assert min(green(colours(frame)) for frame in bow) < 20, "the eyes do not shut in a bow"
    assert luma(bow[24])[60:100].std() != pytest.approx(luma(bow[0])[60:100].std(), abs=0.01)


def test_missing_shapes_are_made_of_those_that_are_there(layers: Path, tmp_path: Path) -> None:
    remove(layers, "闭眼", "mouth_closed", "mouth_smile", "mouth_i", "嘴_哦", "眉毛", "腮红")
    findings = importing.make(layers, tmp_path / "few", AIRA)
    assert {f.file for f in findings} == {"eye_closed", "brow"}
    assert not any(f.serious for f in findings)
    pack = folders.load(tmp_path / "few")
    heights = {
        key: bake.drawing(pack, f"eye/lid_{key}.svg", 1).image.shape[0] for key in pack.eyes.keys
    }
    assert heights["closed"] < heights["open"]
    assert (tmp_path / "few/mouth/sil.png").is_file()
    assert (tmp_path / "few/mouth/small.png").is_file()


def test_an_eye_in_one_piece_and_on_one_side_will_do(layers: Path, tmp_path: Path) -> None:
    remove(layers, "eye white", "iris", "睫毛", "闭眼")
    eye = np.zeros((1540, 900, 4), np.uint8)
    cv2.ellipse(eye, (340, 470), (50, 56), 0, 0, 360, (60, 160, 20, 255), -1)
    cv2.imwrite(str(layers / "11 eye.png"), eye)
    assert not [f for f in importing.make(layers, tmp_path / "one", AIRA) if f.serious]
    pack = folders.load(tmp_path / "one")
    right = bake.drawing(pack, "eye/lid_open.svg", 1)
    assert right.x > pack.axis, "the left one is mirrored to the right"


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        (("face",), "face"),
        (("mouth_a", "mouth_i", "嘴_哦"), "mouth_a"),
        (("eye white", "iris", "睫毛"), "eye"),
        (("小臂",), "arm_lower"),
    ],
)
def test_what_cannot_go_on_air_is_named_and_nothing_is_written(
    gone: tuple[str, ...], named: str, layers: Path, tmp_path: Path
) -> None:
    remove(layers, *gone)
    findings = importing.make(layers, tmp_path / "not", AIRA)
    assert [f.file for f in findings if f.serious] == [named]
    assert not (tmp_path / "not").exists()


def test_a_layer_of_no_known_name_stays_and_is_named(layers: Path, tmp_path: Path) -> None:
    (bangs,) = layers.glob("* bangs.png")
    shutil.copy(bangs, layers / "30 hair bakc.png")
    (finding,) = importing.make(layers, tmp_path / "odd", AIRA)
    assert finding.file == "30 hair bakc" and "hairback" in finding.say("zh")
    stray = next(p for p in folders.load(tmp_path / "odd").layers if "bakc" in p.name)
    assert stray.head == 1, "it lies on the head"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: cv2.imwrite(str(f), np.zeros((90, 90, 4), np.uint8)), "whole canvas"),
        (lambda f: cv2.imwrite(str(f), np.zeros((1540, 900, 3), np.uint8)), "transparency"),
        (lambda f: f.write_bytes(b"nothing"), "not a PNG"),
    ],
)
def test_a_bad_file_is_named(spoil: Callable[[Path], object], said: str, layers: Path) -> None:
    (file,) = layers.glob("* face.png")
    spoil(file)
    with pytest.raises(BadInput, match=said) as caught:
        importing.make(layers, layers / "out", AIRA)
    assert caught.value.where == str(file)


def test_check_names_a_png_that_does_not_fit(mimi: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(mimi, tmp_path / "mimi"))
    cv2.imwrite(str(folder / "mouth/aa.png"), np.zeros((200, 20, 4), np.uint8))
    (folder / "mouth/ih.png").write_bytes(b"GIF89a")
    said = {str(m) for m in folders.check(folder)}
    assert len(said) == 2
    assert any("mouth/aa.png" in s and "another shape" in s for s in said)
    assert any("mouth/ih.png: is not a PNG" in s for s in said)


def test_the_command_does_it_all_and_does_not_write_over(drawing: Path, tmp_path: Path) -> None:
    to = tmp_path / "my-idol"
    arguments = ["import", str(drawing / "mimi.psd"), "--to", str(to), "--like", str(AIRA)]
    done = CliRunner().invoke(avatar_app, [*arguments, "-l", "zh"])
    assert done.exit_code == 0 and "可以上镜" in done.output
    again = CliRunner().invoke(avatar_app, arguments)
    assert isinstance(again.exception, BadInput)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/keep.txt").write_text("mine")
    arguments[3] = str(tmp_path / "own")
    other = CliRunner().invoke(avatar_app, [*arguments, "--force"])
    assert isinstance(other.exception, BadInput) and (tmp_path / "own/keep.txt").exists()


def test_squashing_keeps_the_base_where_it_is() -> None:
    from idol.avatar.importing.layers import Drawn

    image = np.zeros((40, 20, 4), np.uint8)
    image[4:36, 2:18] = 255
    half = squashed(Drawn("x", image, 100, 200), 0.5, 236)
    assert half.box[3] == pytest.approx(236, abs=2)
    assert half.box[3] - half.box[1] == pytest.approx(16, abs=3)


def test_arms_hang_as_drawn_and_wave_with_the_hand_above_the_shoulder(
    mimi: Path, cache: Path
) -> None:
    pack = folders.load(mimi)
    k = 292 / 376  # the drawing's face is 376 pixels wide
    assert pack.arms.upper == pytest.approx(math.dist((636, 780), (704, 986)) * k, rel=0.15)
    assert pack.arms.shoulder[0] == pytest.approx(360 + (636 - 450) * k, abs=14)
    assert pack.rest.right.wrist[1] > pack.rest.right.elbow[1] > pack.arms.shoulder[1]
    assert pack.rest.left.elbow[0] == pytest.approx(720 - pack.rest.right.elbow[0])
    assert {pose.shape for key in pack.gestures["wave"].keys if (pose := key.right)} >= {"open"}
    made, view = loaded(mimi, cache), pack.views["portrait"]

    def skin_beside_the_chest(frame: np.ndarray) -> int:
        scale = 480 / view.height
        top, low = (round((y - view.top) * scale) for y in (560, pack.arms.shoulder[1] + 20))
        b, g, r = np.moveaxis(colours(frame)[top:low, 190:], -1, 0)
        return int(((r > 200) & (g > 180) & (b > 160)).sum())

    resting = run(made, still(6))[-1]
    waving = run(made, still(30, 6, gesture="wave", gesture_pts=6 * 1920))[-1]
    assert skin_beside_the_chest(waving) > skin_beside_the_chest(resting) + 25


def test_without_arms_the_gestures_are_those_of_head_and_body(layers: Path, tmp_path: Path) -> None:
    remove(layers, "上臂", "小臂", "手", "hand open", "hand_point")
    assert importing.make(layers, tmp_path / "plain", AIRA) == []
    pack = folders.load(tmp_path / "plain")
    assert pack.limbless and not any(k.right for g in pack.gestures.values() for k in g.keys)
    made = SpriteRenderer(tmp_path)
    made.load(tmp_path / "plain", STUDIO, (180, 320), 25, 7)
    frames = run(made, still(22, gesture="bow"))
    assert np.abs(luma(frames[-1]) - luma(frames[0])).mean() > 2
