"""Bands: what is restored covers what was drawn, and takes all of it away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar import puppet
from idol.avatar.bands import Bands
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.testing.renderer import run, still

SIZE = (90, 150)
places = st.integers(-40, 200)
rects = st.lists(st.tuples(places, places, places, places), max_size=6)


@settings(deadline=None)
@given(rects, rects)
def test_all_that_rectangles_reach_is_copied(one: list, two: list) -> None:
    bands = Bands(SIZE)
    both = [bands.spans(np.array(some, np.intp).reshape(-1, 4)) for some in (one, two)]
    frame, source = np.zeros((150, 90, 4), np.uint8), np.ones((150, 90, 4), np.uint8)
    bands.copy(frame, source, bands.union(*both))
    wanted = np.zeros((150, 90), bool)
    for left, top, right, bottom in one + two:
        wanted[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    assert frame[wanted].all()


def test_nothing_is_copied_where_there_is_nothing() -> None:
    bands = Bands(SIZE)
    frame, source = np.zeros((150, 90, 4), np.uint8), np.ones((150, 90, 4), np.uint8)
    bands.copy(frame, source, bands.spans(np.zeros((0, 4), np.intp)))
    assert not frame.any()
    bands.copy(frame, source, bands.spans(np.array([(10, 40, 20, 60)], np.intp)))
    assert frame[40:60, 10:20].all()
    assert not frame[100:].any()
    assert not frame[:, 20:].any()


@pytest.mark.parametrize("fast", [0.0, puppet.FAST])
def test_what_was_drawn_leaves_no_trace(
    renderer: Callable[..., SpriteRenderer], monkeypatch: pytest.MonkeyPatch, fast: float
) -> None:
    """As if the whole picture were restored each time: arms up and down, a bow, a lamp switched."""
    monkeypatch.setattr(puppet, "FAST", fast)
    moments = still(24, gesture="cheer", emotion="happy")
    moments += still(24, 24, gesture="bow", gesture_pts=moments[-1].pts)
    copy = Bands.copy
    seen = []
    for whole in (False, True):
        if whole:
            monkeypatch.setattr(Bands, "copy", lambda s, to, by, spans: copy(s, to, by, None))
        seen.append(run(renderer(), moments))
    assert all(np.array_equal(a, b) for a, b in zip(*seen, strict=True))
