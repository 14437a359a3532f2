"""The C blend draws what OpenCV draws, and keeps its hands inside the buffers it is given."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from avatar_folders import AIRA
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar import compose, folder, native
from idol.avatar.bend import Bend
from idol.avatar.compose import Composer, FusedComposer, lay
from idol.avatar.outline import SLICES, Pieces, measure, whole
from idol.avatar.pack import PARAMS
from idol.avatar.rig import GRID, Rig

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
    st.floats(-9, 9) | st.floats(-0.3, 0.3),  # a row that is nearly straight is drawn in one
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
def test_lay_as_opencv(adds: bool, masked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sprite = blob(SIZE[0], SIZE[1], 5)
    frames = []
    for blend in (None, BLEND):
        _, (_, frame) = both()
        bare = frame.copy()
        bare[:, 70:] ^= 1
        monkeypatch.setattr(compose, "BLEND", blend)
        lay(frame, sprite, 0.7, adds, bare if masked else None)
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
    with pytest.raises(ValueError, match="rectangles"):
        BLEND.pieces(frame, frame.copy(), np.zeros((3, 4), np.intp), grid[None], 1.0)
    with pytest.raises(ValueError, match="sizes"):
        BLEND.over(frame, frame.copy(), 1.0, False, np.zeros((4, 8, 4), np.uint8), 0, 0)


def test_places_far_away_or_without_number_draw_nothing() -> None:
    assert BLEND
    for far in (1e30, -1e30, np.nan, np.inf):
        frame = np.zeros((8, 8, 4), np.uint8)
        grid = np.full((2, 2, 2), far, np.float32)
        BLEND.warp(frame, np.full((8, 8, 4), 255, np.uint8), grid, (0.0, 0.0, 0.25, 0.25), 1.0)
        assert not frame.any()


def far_places() -> st.SearchStrategy[float]:
    return st.one_of(
        st.floats(-60, 60, width=32),
        st.floats(allow_nan=True, allow_infinity=True, width=32),
    )


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 40), st.integers(1, 40), st.integers(1, 33), st.integers(1, 33))
def test_nothing_outside_is_touched(
    data: st.DataObject, width: int, height: int, wide: int, high: int
) -> None:
    """Any places, also of no number; the frame is a window of a larger picture."""
    assert BLEND
    large = np.full((height + 8, width + 8, 4), 77, np.uint8)
    frame = large[4 : 4 + height, 4 : 4 + width]
    sprite = np.full((high, wide, 4), 255, np.uint8)
    opacity = data.draw(st.sampled_from([1.0, 0.5, -3.0, 9.0]))
    points = data.draw(st.lists(far_places(), min_size=8, max_size=8))
    grids = np.array(points, np.float32).reshape(1, 2, 2, 2)
    rect = data.draw(st.lists(st.integers(-2, 44), min_size=4, max_size=4))
    BLEND.pieces(frame, sprite, np.array([rect], np.intp), grids, opacity)
    BLEND.warp(frame, sprite, grids[0], (0.0, 0.0, 2 / width, 2 / height), opacity)
    BLEND.turn(frame, sprite, tuple(points[:6]), opacity)
    edge = large.copy()
    edge[4 : 4 + height, 4 : 4 + width] = 77
    assert (edge == 77).all()


def test_pieces_are_warps() -> None:
    assert BLEND
    sprite = blob(90, 70, 3)
    y, x = np.mgrid[0:GRID, 0:GRID].astype(np.float32)
    grid = np.stack([x * 20 - 8, y * 16 - 8], 2)
    rects = np.array([[3, 4, 80, 60], [90, 20, 150, 119], [5, 5, 5, 9], [-4, 0, 20, 20]], np.intp)
    (opencv, one), (fused, two) = both()
    opencv.pieces(one, sprite, rects[:3], np.stack([grid, grid + 3, grid]), 0.8)
    fused.pieces(two, sprite, rects, np.stack([grid, grid + 3, grid, grid]), 0.8)
    alike([one, two])


@pytest.mark.parametrize("width", [160, 90, 6])
def test_planes_as_opencv(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lightness as OpenCV's, colour as the mean of two by two."""
    colours = np.random.default_rng(3).integers(0, 256, (40, width, 4), np.uint8)
    smooth = cv2.GaussianBlur(colours, (0, 0), 4)
    for frame in (colours, smooth, np.full_like(colours, 255), np.zeros_like(colours)):
        drawn = []
        for blend in (BLEND, None):
            monkeypatch.setattr(compose, "BLEND", blend)
            drawn.append(np.zeros((60, width), np.uint8))
            compose.planes(frame, drawn[-1])
        apart = np.abs(drawn[0].astype(int) - drawn[1])
        assert apart[:40].max() <= 1 and apart[40:].max() <= 2
    red = np.zeros((2, 2, 4), np.uint8)
    red[0, 1, 2] = 252
    out = np.zeros((3, 2), np.uint8)
    compose.planes(red, out)
    assert out[2].tolist() == [119, 156]  # a quarter of pure red


def test_points_move_as_in_numpy() -> None:
    pack = folder.load(AIRA)
    names = list(pack.springs)
    chance = np.random.default_rng(1)
    params = dict.fromkeys(PARAMS, 0.0)
    swing = chance.normal(0, 8, (len(names), 2)).astype(np.float32)
    shape = (len(pack.layers), 30)
    x = chance.uniform(150, 570, shape).astype(np.float32)
    y = chance.uniform(50, 1280, shape).astype(np.float32)
    rigs = [Rig(pack, pack.layers, names, blend) for blend in (None, BLEND)]
    land = chance.integers(0, 300, (len(pack.layers), 4))
    land[:, 2:] += land[:, :2] + 5
    for _ in range(6):
        params |= {name: float(chance.uniform(-1, 1)) for name in params}
        params |= {
            f"Param{part}Angle{a}": params[f"ParamAngle{a}"] * 20
            for part in ("", "Body")
            for a in "XYZ"
        }
        one, two = (np.stack(rig.displace(x, y, params, swing)) for rig in rigs)
        assert np.abs(one).max() > 5
        np.testing.assert_allclose(one, two, atol=2e-3)
        one, two = (rig.grids(land, params, swing, (0.0, 0.0), 1.0) for rig in rigs)
        np.testing.assert_allclose(one, two, atol=2e-2)


def test_pieces_lie_as_in_numpy() -> None:
    chance = np.random.default_rng(4)
    gapped = blob(300, 500, 1)
    gapped[60:, 100:220] = 0
    outlines = [measure(each) for each in (blob(200, 400, 2), gapped)] + [whole(30, 20)]
    assert any(any(outline.split) for outline in outlines), "one has a gap"
    ways = [Pieces(outlines, blend) for blend in (None, BLEND)]
    met = 0
    for _ in range(40):
        place, pull = chance.uniform(-200, 400, (2, 3, 1, 1)), chance.uniform(-40, 40, (3, 4, 1))
        x = np.stack([outline.x for outline in outlines]) + place[0] + pull
        y = np.stack([np.tile(outline.y, (4, 1)) for outline in outlines]) + place[1]
        y *= chance.uniform(0.5, 1.5)
        bent = x + chance.uniform(-30, 30) * np.sin(np.arange(SLICES) / 6)
        if chance.random() < 0.1:
            y[1] = np.nan
        one, two = (
            way.cut(bent.astype(np.float32), y.astype(np.float32), (350, 450)) for way in ways
        )
        np.testing.assert_allclose(one, two, atol=1)
        wide = (two[:, 2] > two[:, 0]) & (two[:, 3] > two[:, 1])
        met += int(wide.sum())
        assert (two >= 0).all() and (two[:, 2] <= 350).all() and (two[:, 3] <= 450).all()
    assert met > 100, "most are seen"


def test_pieces_of_no_outline_are_refused() -> None:
    assert BLEND
    x = np.zeros((2, 4, SLICES), np.float32)
    for row in ([2, 0, 1, 0, 3], [0, 0, 0, 0, 3], [0, 0, 1, 4, 3], [0, 0, 1, 0, -1]):
        with pytest.raises(ValueError, match="outlines"):
            BLEND.cut(x, x, np.array([row], np.intp), (9, 9), np.zeros((1, 4), np.intp))
    with pytest.raises(ValueError, match="rectangles"):
        still, pose = np.zeros((1, 7), np.float32), np.zeros(21, np.float32)
        moved, grids = np.zeros((2, 2, 36), np.float32), np.zeros((2, 6, 6, 2), np.float32)
        rects, pull = np.zeros((2, 4), np.intp), np.zeros((2, 2), np.float32)
        BLEND.aim(rects, (0.0, 0.0, 1.0), moved, still, pull, pose, 1, grids)
