"""The stage's light on her: found in its picture, and nothing of her shape is touched."""

from __future__ import annotations

import numpy as np
import pytest

from idol.avatar.bake import Atlas, Bank
from idol.avatar.light import Lamp, lamp, lit
from idol.avatar.sprites import Sprite


def stage(*colour: int) -> np.ndarray:
    """A place of one colour, light and dark."""
    picture = np.full((64, 36, 4), 255, np.uint8)
    picture[..., :3] = np.clip(np.array(colour) - 2, 0, 255)
    picture[::2, :, :3] = np.clip(np.array(colour) + 2, 0, 255)
    return picture


def atlas() -> Atlas:
    """A grey cloth from height 0 to 100, half transparent at the left, and a bank of two."""
    cloth = np.full((100, 10, 4), 200, np.uint8)
    cloth[..., 3] = 255
    cloth[:, :5] = (100, 100, 100, 128)
    places = np.zeros((2, 1), np.float32)
    bank = Bank(np.full((2, 4, 4, 4), 180, np.uint8), places, places, 0, 0)
    return Atlas(1.0, {"cloth": Sprite(cloth, 0, 0), "arm": Sprite(cloth, 0, -100)}, {"eye": bank})


def test_a_bright_grey_stage_changes_nothing() -> None:
    plain = atlas()
    seen = lit(plain, lamp(stage(200, 200, 200)), 20, 80)
    for name, sprite in plain.sprites.items():
        assert (seen.sprites[name].image == sprite.image).all()
    assert (seen.banks["eye"].images == plain.banks["eye"].images).all()


@pytest.mark.parametrize("colour", [(90, 20, 60), (0, 0, 0), (255, 0, 0), (10, 200, 240)])
def test_alpha_stays_and_colours_stay_below_it(colour: tuple[int, int, int]) -> None:
    plain = atlas()
    seen = lit(plain, lamp(stage(*colour)), 20, 80)
    for name, sprite in seen.sprites.items():
        assert (sprite.image[..., 3] == plain.sprites[name].image[..., 3]).all()
        assert (sprite.image[..., :3] <= sprite.image[..., 3:]).all()
    assert seen.banks["eye"].images.shape == plain.banks["eye"].images.shape


def test_a_dark_red_stage_tints_and_leaves_the_foot_in_the_dusk() -> None:
    seen = lit(atlas(), lamp(stage(15, 15, 60)), 20, 80)
    cloth = seen.sprites["cloth"].image[:, 8].astype(int)
    assert cloth[0, 2] > cloth[0, 0]  # redder than blue
    assert (cloth[:20] == cloth[0]).all() and (cloth[85:] == cloth[99]).all()
    assert cloth[99, 2] < 0.85 * cloth[0, 2]
    assert np.abs(np.diff(cloth, axis=0)).max() <= 2, "a band could be seen"
    arm = seen.sprites["arm"].image[:, 8]
    assert (arm == cloth[0]).all(), "limbs keep the full light"


def test_by_night_a_stage_gives_less_light() -> None:
    day, night = lamp(stage(180, 190, 200)), lamp(stage(40, 20, 40))
    assert night.foot < day.foot == 1
    assert max(night.gains) < max(day.gains) <= 1


def test_a_green_screen_lights_nobody() -> None:
    screen = np.full((64, 36, 4), (60, 200, 40, 255), np.uint8)
    assert lamp(screen) == Lamp((1.0, 1.0, 1.0), 1.0)
