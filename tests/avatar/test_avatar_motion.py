"""Body language: reproducible, bounded, alive, and different for each activity."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from avatar_folders import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar.bake import mouth_samples
from idol.avatar.expression import Expressions
from idol.avatar.folder import load
from idol.avatar.gestures import ARM
from idol.avatar.morph import Morph, cover, plane
from idol.avatar.motion import Actor
from idol.avatar.overlay.layout import layout
from idol.avatar.pack import PARAMS, Pack, mouth_keys
from idol.avatar.rig import GRID, Rig
from idol.avatar.springs import Noise, Springs
from idol.errors import BadInput
from idol.model import EMOTIONS, GESTURES, VISEMES, Scene
from idol.ports import Pose
from idol.testing.renderer import STEP, still


def act(pack: Pack, moments: list, seed: int = 3) -> list[Pose]:
    actor = Actor(pack, "portrait", seed)
    return [actor.step(moment) for moment in moments]


def series(poses: list[Pose], name: str) -> np.ndarray:
    return np.array([pose.params[name] for pose in poses])


def test_same_seed_same_motion(aira: Pack) -> None:
    moments = still(200, loudness=0.2, scene=Scene(activity="speaking"))
    assert act(aira, moments) == act(aira, moments)
    assert act(aira, moments) != act(aira, moments, seed=4)


def test_blinks_come_at_uneven_times(aira: Pack) -> None:
    openness = series(act(aira, still(25 * 90)), "ParamEyeLOpen")
    shut = np.flatnonzero((openness[1:] < 0.3) & (openness[:-1] >= 0.3)) / 25
    assert 12 <= len(shut) <= 60  # people: 10 to 25 a minute
    assert np.diff(shut).std() > 0.5
    assert openness.max() > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_she_begins_with_open_eyes(aira: Pack, seed: int) -> None:
    moments = still(13, scene=Scene(activity="speaking"), emotion="happy")
    assert series(act(aira, moments, seed), "ParamEyeLOpen").min() > 0.8


def test_idle_motion_does_not_loop(aira: Pack) -> None:
    turn = series(act(aira, still(25 * 60)), "ParamAngleX")
    turn = turn - turn.mean()
    far = [np.corrcoef(turn[:-lag], turn[lag:])[0, 1] for lag in range(100, 800, 5)]
    assert max(far) < 0.85
    assert turn.std() > 0.8


def test_breath_never_stops(aira: Pack) -> None:
    breath = series(act(aira, still(25 * 20)), "ParamBreath")
    assert breath.min() < 0.1 and breath.max() > 0.9
    assert 3 <= np.sum(np.diff(np.sign(breath - 0.5)) > 0) <= 8


def test_activities_differ(aira: Pack) -> None:
    looks = {}
    for activity in ("idle", "listening", "thinking", "speaking", "waiting", "celebrating"):
        poses = act(aira, still(25 * 20, scene=Scene(activity=activity)))
        looks[activity] = (
            series(poses, "ParamEyeBallX").mean(),
            series(poses, "ParamEyeBallY").mean(),
            series(poses, "ParamAngleZ").mean(),
            series(poses, "ParamBodyAngleY").std(),
        )
    assert looks["thinking"][1] > looks["listening"][1] + 0.3  # up, and down at the chat
    assert looks["celebrating"][3] > looks["idle"][3] + 1
    assert looks["listening"][2] > looks["waiting"][2] + 2


def test_the_head_nods_with_the_voice(aira: Pack) -> None:
    quiet = still(25 * 8, scene=Scene(activity="speaking"))
    loud = [replace(m, loudness=0.3 if (i // 10) % 2 else 0.0) for i, m in enumerate(quiet)]
    diff = series(act(aira, loud), "ParamAngleY") - series(act(aira, quiet), "ParamAngleY")
    assert diff.min() < -1


@pytest.mark.parametrize("gesture", GESTURES[1:])
def test_gestures_move_and_end_by_themselves(aira: Pack, gesture: str) -> None:
    quiet = aira.model_copy(update={"beats": {}})
    poses = act(quiet, still(25 * 7, gesture=gesture))
    idle = act(quiet, still(25 * 7))
    names = [f"Arm{s}{p}" for s in "LR" for p in ARM] + ["ParamBodyAngleY", "ParamAngleY"]
    away = np.array(
        [
            max(abs(a.params[n] - b.params[n]) for n in names)
            for a, b in zip(poses, idle, strict=True)
        ]
    )
    assert away[8:60].max() > 9
    assert away[-10:].max() < 12
    assert poses[-1].hands == ("rest", "rest")


def test_an_interrupted_gesture_does_not_jump(aira: Pack) -> None:
    moments = still(20, gesture="cheer") + still(30, 20, gesture="heart", gesture_pts=20 * STEP)
    wrists = np.array(
        [[p.params[f"Arm{s}Wrist{a}"] for s in "LR" for a in "XY"] for p in act(aira, moments)]
    )
    steps = np.abs(np.diff(wrists, axis=0)).max(axis=1)
    assert steps[19:23].max() < 60  # a fast arm, not a teleport


@pytest.mark.parametrize("gesture", ["heart", "clap", "count", "surprise"])
def test_hands_stay_above_the_captions_of_a_landscape(aira: Pack, gesture: str) -> None:
    top, high = aira.views["landscape"].top, aira.views["landscape"].height
    for way, clear in (("landscape", True), ("portrait", gesture in ("count", "surprise"))):
        actor = Actor(aira, way, 7)
        poses = [actor.step(m) for m in still(30, gesture=gesture)]
        caption = top + high * layout((1280, 720)).captions[1] / 720
        assert (poses[-1].params["ArmRWristY"] < caption) == clear


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_faces_ease_in(aira: Pack, emotion: str) -> None:
    moments = still(30) + still(60, 30, emotion=emotion)
    brow = series(act(aira, moments), "ParamBrowLForm")
    assert np.abs(np.diff(brow)).max() < 0.35


moment_fields = st.fixed_dictionaries(
    {
        "loudness": st.floats(0, 4),
        "emotion": st.sampled_from([*EMOTIONS, "?"]),
        "gesture": st.sampled_from([*GESTURES, "?"]),
        "gesture_pts": st.integers(-(10**6), 10**6),
        "card": st.sampled_from([None, 1]),
    }
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(moment_fields, st.integers(0, 20_000)), min_size=1, max_size=40))
def test_whatever_comes_the_body_stays_whole(aira: Pack, steps: list) -> None:
    actor = Actor(aira, "landscape", 1)
    pts = 0
    for fields, gap in steps:
        pts += gap
        pose = actor.step(replace(still(1, **fields)[0], pts=pts))
        assert all(np.isfinite(value) for value in pose.params.values())
        assert abs(pose.params["ParamAngleX"]) <= 30
        assert 0 <= pose.params["ParamEyeLOpen"] <= 1.25
        assert all(hand in aira.arms.hands for hand in pose.hands)


@given(st.floats(0.1, 6), st.floats(0.05, 1.5), st.lists(st.floats(0.001, 0.25), max_size=60))
def test_springs_never_run_away(hz: float, damping: float, gaps: list[float]) -> None:
    spring = Springs(hz, damping, np.zeros(1))
    for gap in gaps:
        spring.step(np.ones(1), gap)
        assert abs(spring.at[0]) < 3


@given(st.integers(0, 2**31), st.integers(0, 50), st.floats(0, 1e5))
def test_noise_is_smooth_and_bounded(seed: int, channel: int, t: float) -> None:
    noise = Noise(seed)
    assert abs(noise(channel, t)) < 2
    assert abs(noise(channel, t + 1e-3) - noise(channel, t)) < 0.02


def test_morph_blends_numbers() -> None:
    a = '<svg viewBox="0 0 9 9"><path fill="#123456" d="M0 0L10 -2"/></svg>'
    b = '<svg viewBox="0 0 9 9"><path fill="#123456" d="M4 0L20 -4"/></svg>'
    morph = Morph(a, {"b": b})
    assert morph.svg(np.array([0.5], np.float32)) == a.replace(
        "M0 0L10 -2", "M2.000 0L15.000 -3.000"
    )
    with pytest.raises(BadInput):
        Morph(a, {"b": b.replace("#123456", "#000000")})


def test_cover_leaves_no_gap() -> None:
    samples = np.random.default_rng(1).random((400, 3)).astype(np.float32)
    keys = np.eye(3, dtype=np.float32)
    chosen, gap = cover(samples, keys, 0.2, 400)
    nearest = np.linalg.norm(samples[:, None] - samples[chosen][None], axis=2).min(axis=1)
    assert nearest.max() == pytest.approx(gap, abs=1e-5) and gap <= 0.2
    assert list(cover(samples, keys, 9.0, 400, sure=3)[0]) == [0, 1, 2]


def mouth_of(idol: str) -> tuple[Pack, Morph]:
    pack = load(ROOT / "assets" / "idols" / idol)
    drawn = {name: pack.svg(f"mouth/{name}.svg") for name in mouth_keys(pack)}
    return pack, Morph(drawn["sil"], drawn)


@pytest.mark.parametrize("idol", ["aira", "kai"])
def test_no_blend_turns_the_lips_over(idol: str) -> None:
    pack, mouth = mouth_of(idol)
    samples, lasting = mouth_samples(pack)
    widest = 0.0
    for weights in (*samples[:lasting], *samples[lasting::17]):
        outline = re.search(r'<path d="M([^Z]+)Z" fill="url', mouth.svg(weights))
        assert outline and outline[1]
        points = np.array(re.findall(r"-?[\d.]+", outline[1]), float).reshape(-1, 2)
        upper, lower = points[: len(points) // 2], points[len(points) // 2 :][::-1]
        gap = lower[:, 1] - upper[:, 1]
        assert gap.min() > -0.3
        assert np.diff(upper[:, 0]).min() > -0.05  # from one corner to the other, never back
        widest = max(widest, float(gap.max()))
    assert widest > 25


@pytest.mark.parametrize("idol", ["aira", "kai"])
def test_no_face_borrows_the_mouth_of_another(idol: str) -> None:
    """What is held longest is drawn as it is: two faces or sounds never share one picture."""
    pack, mouth = mouth_of(idol)
    keys = plane(mouth)
    samples, lasting = mouth_samples(pack)
    assert lasting == len(pack.expressions) + 5 * len(VISEMES)
    places = np.unique(samples[:lasting], axis=0) @ keys
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 9 * np.eye(len(places))
    assert apart.min() > 0.15


def test_an_open_smile_shuts_when_she_has_said_nothing_for_a_while(aira: Pack) -> None:
    faces = Expressions(aira)

    def after(seconds: float, feeling: str, silent: float = 9.0) -> float:
        for _ in range(round(seconds * 25)):
            face = faces.step(feeling, 0.04, silent=silent)
        return face.mouths.get("joy", 0.0)

    assert after(1.2, "happy") > 0.8  # a smile that begins is seen, whoever is silent
    assert after(0.8, "happy") < 0.01 and faces.step("happy", 0.04).smile > 0.5
    assert after(0.4, "happy", silent=0.0) > 0.8  # she speaks: it is there between the words
    assert after(0.6, "happy") < 0.01
    assert after(0.04, "neutral") < 0.01  # going, it does not open again
    assert after(3.0, "neutral") < 0.01 and after(1.0, "happy") > 0.8
    assert faces.step("excited", 0.04).mouths and after(5.0, "excited") < 0.01
    assert faces.step("excited", 0.04).mouths["laugh"] > 0.9  # a laugh stays open


def test_the_grid_inverts_the_rig(aira: Pack) -> None:
    """What the screen asks for is what the drawing moves there."""
    rig = Rig(aira, aira.layers, list(aira.springs))
    turned = {"ParamAngleX": 12.0, "ParamAngleY": -8.0, "ParamAngleZ": 6.0, "ParamBreath": 0.7}
    params = dict.fromkeys(PARAMS, 0.0) | turned
    swing = np.full((len(aira.springs), 2), 5.0, np.float32)
    land = np.tile(np.array([[200, 300, 500, 650]], np.intp), (len(aira.layers), 1))
    grid = rig.grids(land, params, swing, (0, 0), 1.0)
    x, y = grid[..., 0].reshape(len(land), -1), grid[..., 1].reshape(len(land), -1)
    dx, dy = rig.displace(x, y, params, swing)
    middle = ((np.arange(GRID) + 0.5) / GRID - 0.5) * GRID / (GRID - 1)
    want_x = 350 + np.tile(middle, GRID) * 300
    want_y = 475 + np.repeat(middle, GRID) * 350
    inside = (np.abs(x + dx - want_x) < 1.5) & (np.abs(y + dy - want_y) < 1.5)
    assert inside.mean() > 0.95
