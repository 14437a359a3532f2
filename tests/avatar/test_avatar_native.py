"""The C blend draws what OpenCV draws, and keeps its hands inside the buffers it is given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar import native
from idol.avatar.bend import Bend
from idol.avatar.compose import Composer, FusedComposer, lay
from idol.avatar.outline import measure
from idol.avatar.rig import GRID

SIZE = (160, 120)
BLEND = native.load()
pytestmark = pytest.mark.skipif(BLEND is None, reason="the C blend could not be built here")


def blob(width: int, height: int, seed: int) -> npt.NDArray[np.uint8]:
    """A soft premultiplied sprite with an empty edge."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((x - width / 2) / (width / 2), (y - height / 2) / (height / 2))
    alpha = np.clip((1 - away) * 3, 0, 1)[..., None]
    waves = 0.5 + 0.5 * np.sin(x / 7 + chance.uniform(0, 6))[..., None]
    colours = chance.uniform(40, 255, 3).astype(np.float32) * waves
    return np.concatenate([colours * alpha, alpha * 255], axis=2).astype(np.uint8)


def both() -> tuple[tuple[Composer, npt.NDArray[np.uint8]], ...]:
    """Either composer with a frame of its own."""
    assert BLEND
    ground = np.random.default_rng(7).integers(0, 256, (SIZE[1], SIZE[0], 4), np.uint8)
    ground[..., 3] = 255
    return (Composer(SIZE), ground.copy()), (FusedComposer(SIZE, BLEND), ground.copy())


def alike(frames: list[npt.NDArray[np.uint8]]) -> None:
    one, two = (frame.astype(int) for frame in frames)
    # places have five bits behind the point there and six here: steep edges may differ a little
    assert np.abs(one - two).max() <= 8
    assert np.abs(one - two).mean() < 0.5
    assert (two[..., 3] == 255).all()


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 999),
    st.floats(-40, 40),
    st.floats(-40, 40),
    st.floats(-9, 9),
    st.sampled_from([1.0, 0.6, 0.02]),
)
def test_warp_as_opencv(seed: int, dx: float, dy: float, bend: float, opacity: float) -> None:
    sprite = blob(90, 70, seed)
    y, x = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    grid = np.stack([x * 26 - 20 + dx + bend * np.sin(y), y * 22 - 20 + dy + bend * np.cos(x)], 2)
    frames = []
    for composer, frame in both():
        composer.warp(frame, sprite, (11, 5, 151, 117), grid.astype(np.float32), opacity)
        frames.append(frame)
    alike(frames)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 999), st.floats(-4, 4), st.floats(0.3, 2), st.floats(-60, 150))
def test_turn_as_opencv(seed: int, angle: float, scale: float, at: float) -> None:
    sprite = blob(60, 80, seed)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    matrix = np.array([[cos, -sin, at], [sin, cos, 60 - at / 3]])
    frames = []
    for composer, frame in both():
        composer.turn(frame, sprite, measure(sprite), matrix, 1.0)
        frames.append(frame)
    alike(frames)


def test_bent_as_opencv() -> None:
    sprite = blob(40, 110, 3)
    joints = np.array([20.0, 20.0]), np.array([70.0, 60.0]), np.array([120.0, 30.0])
    frames = []
    for composer, frame in both():
        bend = Bend(joints, (60, 50), (20, 110), 20, 12)
        composer.bent(frame, sprite, bend, (0, 0, 150, 100))
        frames.append(frame)
    alike(frames)


@pytest.mark.parametrize("adds", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_lay_as_opencv(adds: bool, masked: bool) -> None:
    sprite = blob(SIZE[0], SIZE[1], 5)
    frames = []
    for blend in (None, BLEND):
        _, (_, frame) = both()
        bare = frame.copy()
        bare[:, 70:] ^= 1
        lay(frame, sprite, 0.7, adds, bare if masked else None, blend)
        if masked:
            assert (frame[:, 70:] == both()[0][1][:, 70:]).all()
        frames.append(frame)
    alike(frames)


def test_wrong_shapes_are_refused() -> None:
    assert BLEND
    frame, grid = np.zeros((8, 8, 4), np.uint8), np.zeros((2, 2, 2), np.float32)
    with pytest.raises(ValueError, match="BGRA"):
        BLEND.warp(frame, np.zeros((8, 8, 3), np.uint8), grid, (0, 0, 1, 1), 1.0)
    with pytest.raises(ValueError, match="grid"):
        BLEND.warp(frame, frame.copy(), grid.astype(np.float64), (0, 0, 1, 1), 1.0)
    with pytest.raises(ValueError, match="sizes"):
        BLEND.over(frame, np.zeros((4, 8, 4), np.uint8), 1.0, False, None)


def test_places_far_away_or_without_number_draw_nothing() -> None:
    assert BLEND
    for far in (1e30, -1e30, np.nan, np.inf):
        frame = np.zeros((8, 8, 4), np.uint8)
        grid = np.full((2, 2, 2), far, np.float32)
        BLEND.warp(frame, np.full((8, 8, 4), 255, np.uint8), grid, (0.0, 0.0, 0.25, 0.25), 1.0)
        assert not frame.any()
