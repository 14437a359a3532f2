"""Stages: two lights, slow life behind her, products that stand beside her."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from avatar_folders import AIRA, KAI, STAGES, STUDIO

from idol.avatar import stage as stages
from idol.avatar.compose import lay
from idol.avatar.life import Group, Life
from idol.avatar.overlay.paint import read_picture
from idol.avatar.products import Products, grounded
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.errors import BadInput
from idol.model import CardView, Scene
from idol.ports import Moment
from idol.testing.renderer import luma, mouth, run, still

Make = Callable[..., SpriteRenderer]
SMALL = (180, 320)


@pytest.mark.parametrize("folder", STAGES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("size", [SMALL, SMALL[::-1]])
def test_day_is_brighter_than_night(folder: Path, size: tuple[int, int], cache: Path) -> None:
    stage = stages.load(folder, size, cache)
    day, night = (float(stage.picture(light)[..., :3].mean()) for light in ("day", "night"))
    assert day > night + 20
    assert stage.picture("day").shape == (size[1], size[0], 4)


def test_light_is_what_the_show_then_the_stage_then_the_clock_say(cache: Path) -> None:
    stage = stages.load(STUDIO, SMALL, cache)
    noon = datetime(2026, 11, 26, 12).timestamp()
    assert stage.light("day", 0) == "day"
    assert stage.light("auto", noon) == "night"  # the studio is drawn for the evening
    free = stages.Stage(stage.spec.model_copy(update={"light": "auto"}), {}, "portrait", 1.0)
    assert free.light("auto", noon) == "day"
    assert free.light("auto", datetime(2026, 11, 26, 22).timestamp()) == "night"


def test_the_light_of_the_scene_is_taken_up(renderer: Make) -> None:
    made = renderer()
    night = run(made, still(2, scene=Scene(light="night")))[-1]
    day = run(made, still(2, 2, scene=Scene(light="day")))[-1]
    corner = np.s_[:40, :40]
    assert luma(day)[corner].mean() > luma(night)[corner].mean() + 20


def test_an_idol_has_a_stage_that_she_likes(tmp_path: Path) -> None:
    assert stages.at_home("autumn", AIRA) == "autumn"
    assert stages.at_home("", KAI) == "boutique"
    assert stages.at_home("", AIRA) == "studio"


def test_a_mistake_in_the_stage_is_named(tmp_path: Path) -> None:
    for name in ("portrait.svg", "landscape.svg"):
        (tmp_path / name).write_text((STUDIO / name).read_text("utf-8"), "utf-8")
    (tmp_path / "stage.yaml").write_text("name: x\nlife: [{kind: dragon}]\n", "utf-8")
    with pytest.raises(BadInput, match=r"life\.0\.kind"):
        stages.load(tmp_path, SMALL, tmp_path / "cache")


def life(seed: int = 1, **more: object) -> Life:
    group = Group.model_validate(
        {"kind": "leaf", "count": 12, "size": (12, 16), "speed": (-9, 20), "sway": 30, **more}
    )
    return Life((group,), "portrait", (320, 480), 1.0, seed)


def drawn(made: Life, seconds: float, frame: np.ndarray | None = None) -> np.ndarray:
    bare = np.full((480, 320, 4), (90, 60, 40, 255), np.uint8)
    frame = bare.copy() if frame is None else frame
    made.draw(frame, bare, seconds, 0.0, "day", front=False)
    return frame


def test_life_moves_and_follows_from_its_seed() -> None:
    assert np.array_equal(drawn(life(), 3.0), drawn(life(), 3.0))
    assert not np.array_equal(drawn(life(), 3.0), drawn(life(seed=2), 3.0))
    pictures = [drawn(life(), second) for second in range(0, 120, 5)]
    for i, one in enumerate(pictures):
        assert not any(np.array_equal(one, other) for other in pictures[:i])


def test_life_stays_behind_her() -> None:
    frame = np.full((480, 320, 4), (90, 60, 40, 255), np.uint8)
    frame[:, 100:220] = (200, 180, 255, 255)  # she stands here
    before = frame.copy()
    for second in range(60):
        drawn(life(), float(second), frame)
    assert np.array_equal(frame[:, 100:220], before[:, 100:220])
    assert not np.array_equal(frame, before)


def test_a_sprite_half_outside_is_clipped() -> None:
    frame = np.zeros((20, 20, 4), np.uint8)
    sprite = np.full((10, 10, 4), 255, np.uint8)
    for left, top in ((-5, -5), (15, 15), (40, 3), (-30, 0)):
        lay(frame, sprite, at=(left, top))
    assert frame[:5, :5].all() and frame[15:, 15:].all() and not frame[6:14, 6:14].any()


def product(folder: Path) -> str:
    image = np.full((300, 300, 3), 250, np.uint8)  # a photo before a white wall
    cv2.circle(image, (150, 160), 90, (40, 60, 220), -1)
    cv2.circle(image, (150, 160), 20, (255, 255, 255), -1)  # white inside belongs to it
    file = str(folder / "ball.png")
    cv2.imwrite(file, image)
    return file


def test_a_plain_ground_is_taken_away(tmp_path: Path) -> None:
    cut = read_picture(product(tmp_path), 90)
    assert cut is not None and max(cut.shape[:2]) == 90
    assert cut[0, 0, 3] == 0 and cut[45, 45, 3] == 255
    busy = np.random.default_rng(1).integers(0, 255, (60, 60, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "busy.png"), busy)
    whole = read_picture(str(tmp_path / "busy.png"), 60)
    assert whole is not None and whole[0, 0, 3] == 255


def test_a_product_has_its_shadow_under_it() -> None:
    cut = np.zeros((80, 40, 4), np.uint8)
    cut[:, 10:30] = 255
    whole = grounded(cut)
    below = whole[80:]
    assert below[..., 3].any() and not below[..., :3].any()


@pytest.mark.parametrize("size", [(270, 480), (480, 270)])
def test_the_product_on_air_comes_and_goes(
    size: tuple[int, int], cache: Path, tmp_path: Path
) -> None:
    stage = stages.load(STUDIO, size, cache)
    made = Products(stage, size)
    card = CardView(1, "ball", "1", picture=product(tmp_path))
    bare = stage.picture("night")

    def at(seconds: float, listing: int | None) -> np.ndarray:
        frame = bare.copy()
        now = Moment(
            int(seconds * 48000), Scene(cards=(card,)), mouth("sil"), card=listing, card_pts=0
        )
        made.draw(frame, bare if made.behind else None, now)
        return np.argwhere((frame != bare).any(axis=2))

    assert not len(at(2, None)) and not len(at(0.1, 1))
    small, whole = at(0.36, 1), at(3, 1)
    assert 0 < len(small) < len(whole)
    assert made.behind == (size[0] > size[1])
    # away from her face, which is in the middle of a portrait and right in a landscape
    assert whole[:, 1].max() < size[0] * (0.5 if made.behind else 0.42)
