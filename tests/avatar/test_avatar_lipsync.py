"""Lips: the track, and the flow between shapes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from idol.avatar.lipsync import LEAD, Lips, MouthTrack
from idol.model import VISEMES, VisemeEvent
from idol.ports import MouthKey

events = st.lists(
    st.tuples(st.sampled_from(VISEMES), st.integers(0, 9_000), st.floats(0.2, 1)), max_size=40
)


def placed(raw: list) -> list[VisemeEvent]:
    at, out = 4_800, []
    for viseme, gap, weight in raw:
        out.append(VisemeEvent(at, viseme, weight))
        at += gap
    return out


@given(events, st.integers(900, 1920))
def test_keys_are_always_whole(raw: list, frame: int) -> None:
    track = MouthTrack(frame)
    track.add(0, placed(raw))
    for at in range(0, 200_000, frame):
        key = track.key(at)
        assert 0 <= key.blend <= 1 and 0 <= key.weight <= 1
        assert key.viseme in VISEMES and key.next in VISEMES


@given(
    st.lists(st.integers(2_400, 9_000), min_size=1, max_size=12),
    st.integers(0, 1919),
    st.integers(480, 2_000),
)
def test_lips_that_must_meet_do_meet(gaps: list[int], offset: int, length: int) -> None:
    """However short a p, b or m is, one picture shows it shut."""
    track, at, closed = MouthTrack(1920), 9_600, []
    for gap in gaps:
        track.add(0, [VisemeEvent(at, "PP"), VisemeEvent(at + length, "aa")])
        closed.append(at - LEAD + length / 2)
        at += length + gap
    keys = {t: track.key(t) for t in range(offset, at + 9_600, 1920)}
    for middle in closed:
        near = min(keys, key=lambda t: abs(t - middle))
        assert keys[near].viseme == "PP" and keys[near].blend == 0


def test_cut_shuts_the_mouth() -> None:
    track = MouthTrack()
    track.add(0, [VisemeEvent(0, "aa"), VisemeEvent(48_000, "oh")])
    assert track.key(10_000).viseme == "aa"
    track.cut(12_000)
    assert track.key(14_000) == MouthKey("sil", "sil", 0.0, 1.0)


def test_a_long_show_keeps_few_events() -> None:
    track = MouthTrack()
    for i in range(5_000):
        track.add(i * 4_800, [VisemeEvent(0, "aa"), VisemeEvent(2_400, "nn")])
        assert track.key(i * 4_800 + 2_000).viseme in ("aa", "nn")
    assert len(track._at) < 200


def test_lips_flow_but_close_at_once() -> None:
    lips = Lips()
    aa, pp = VISEMES.index("aa"), VISEMES.index("PP")
    first = lips.step(MouthKey("aa", "aa", 0.0), 0.04)[aa]
    assert 0.5 < first < 0.95
    for _ in range(8):
        lips.step(MouthKey("aa", "aa", 0.0), 0.04)
    assert lips.step(MouthKey("PP", "PP", 0.0), 0.04)[pp] > 0.95
    assert lips.speaking > 0.9


@given(events)
def test_weights_stay_a_mix(raw: list) -> None:
    lips = Lips()
    for viseme, _, weight in raw:
        weights = lips.step(MouthKey(viseme, "aa", 0.3, weight), 0.04)
        assert np.all(weights >= -1e-5) and abs(float(weights.sum()) - 1) < 1e-4
