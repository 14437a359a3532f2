"""Planes of a stage shift against each other: slowly, and by half pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from idol.avatar.depth import MID, Depth, parted, pieces
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.avatar.scenery import Planes
from idol.model import Scene
from idol.testing.renderer import luma, run, still

Make = Callable[..., SpriteRenderer]
SIZE = (96, 64)


def planes() -> Planes:
    far = np.full((64, 96, 4), (60, 90, 120, 255), np.uint8)
    far[:30, 47:49] = 255
    mid, near = np.zeros_like(far), np.zeros_like(far)
    mid[40:60, 40:42] = (0, 255, 0, 255)
    near[50:, :10] = (255, 0, 0, 255)
    return Planes(far, mid, near)


def middle(row: np.ndarray, channel: int, low: int) -> float:
    weight = np.clip(row[:, channel].astype(float) - low, 0, None)
    return float((weight * np.arange(len(row))).sum() / weight.sum())


def test_far_and_mid_are_where_the_camera_says() -> None:
    depth = Depth(SIZE, 6.0, 1)
    depth.stand_before(planes())
    seen = set()
    for frame in range(1500):
        depth.look(frame / 25, 0.0, 0.04)
        ground = depth.moved()
        if ground is None:
            continue
        far = middle(ground[5], 0, 60) - 47.5
        assert abs(far - depth.far) < 0.3
        assert abs(middle(ground[50], 1, 90) - 40.5 - depth.far * MID) < 0.4
        seen.add(depth.far)
    assert max(seen) > 2 and min(seen) < -2
    assert all(abs(far * 2 % 1) < 1e-9 for far in seen)


def test_it_goes_by_half_a_pixel_and_rests_between() -> None:
    depth = Depth(SIZE, 6.0, 2)
    depth.stand_before(planes())
    depth.look(0, 0, 0.04)
    depth.moved()
    before, moves = depth.far, 0
    for frame in range(1, 2000):
        depth.look(frame / 25, 0.0, 0.04)
        moves += depth.moved() is not None
        assert abs(depth.far - before) <= 0.5
        before = depth.far
    assert 20 < moves < 400


def test_the_same_seed_gives_the_same_way_and_another_seed_another() -> None:
    def way(seed: int) -> list[float]:
        depth = Depth(SIZE, 6.0, seed)
        depth.stand_before(planes())
        out = []
        for frame in range(300):
            depth.look(frame / 25, 0.3, 0.04)
            depth.moved()
            out.append(depth.far)
        return out

    assert way(1) == way(1) != way(2)


def test_a_stage_without_sway_stands_still() -> None:
    depth = Depth(SIZE, 0.0, 1)
    whole = planes()
    assert np.array_equal(depth.stand_before(whole), whole.whole())
    depth.look(9.0, 1.0, 1.0)
    assert depth.moved() is None and depth.far == 0


def test_what_is_near_goes_the_other_way() -> None:
    depth = Depth(SIZE, 6.0, 1)
    depth.stand_before(planes())
    edges = []
    for time in range(0, 60, 4):
        depth.look(float(time), 0.0, 4.0)
        while depth.moved() is not None:
            pass
        frame = np.zeros((64, 96, 4), np.uint8)
        depth.front(frame)
        edges.append((depth.far, int(frame[60, :, 0].astype(bool).sum())))
    assert min(edges)[1] > max(edges)[1] + 4  # the wall goes left, the blue block comes in


def test_pieces_hold_all_of_a_plane_and_no_more() -> None:
    plane = planes().near
    assert plane is not None
    (piece,) = pieces(plane, 4)
    frame = np.zeros_like(plane)
    piece.draw(frame, 0.0)
    assert np.array_equal(frame, plane)
    assert piece.images[0].size < plane.size / 4
    assert pieces(None, 2) == () and pieces(np.zeros_like(plane), 2) == ()


def test_parted_shifts() -> None:
    assert [parted(s, 2) for s in (-1.0, -0.5, 0.0, 0.5)] == [(-1, 0), (-1, 1), (0, 0), (0, 1)]


def test_on_air_the_wall_moves_while_she_stands(renderer: Make) -> None:
    made = renderer()
    frames = run(made, still(60, scene=Scene(light="night")))
    wall = [luma(frame)[10:60, :20].astype(int) for frame in (frames[1], frames[-1])]
    assert made._depth.far != 0 or np.abs(wall[0] - wall[1]).max() > 0
