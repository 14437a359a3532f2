"""Conformance of a `ports.Renderer`: what the studio relies on, for plug-in authors to run.

Each check takes a loaded renderer and its fps, and raises AssertionError with a reason::

    @pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
    def test_conformance(check):
        check(lambda: loaded_renderer())
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from idol.clock import SAMPLE_RATE
from idol.model import EMOTIONS, GESTURES, VISEMES, CardView, Scene, Viseme
from idol.ports import Frame, Moment, MouthKey, Renderer

Make = Callable[[], Renderer]
"""Gives a freshly loaded renderer; each call must load the same folders, size, fps and seed."""

FPS = 25
STEP = SAMPLE_RATE // FPS


def mouth(viseme: Viseme) -> MouthKey:
    """The mouth held at one viseme."""
    return MouthKey(viseme, viseme, 0.0)


def blank(renderer: Renderer) -> Frame:
    """An I420 buffer of the renderer's size."""
    width, height = renderer.size
    return np.zeros((height * 3 // 2, width), np.uint8)


def run(renderer: Renderer, moments: Iterable[Moment]) -> list[Frame]:
    """Render moments in order; copies of all frames."""
    out = blank(renderer)
    frames = []
    for moment in moments:
        renderer.render(moment, out)
        frames.append(out.copy())
    return frames


def still(frames: int, start: int = 0, **fields: object) -> list[Moment]:
    """Moments in a row that differ only in time."""
    base = Moment(pts=start * STEP, scene=Scene(), mouth=mouth("sil"))
    base = replace(base, **fields)  # type: ignore[arg-type]
    return [replace(base, pts=(start + i) * STEP) for i in range(frames)]


def luma(frame: Frame) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """The Y plane, (height, width), as float."""
    return frame[: frame.shape[0] * 2 // 3].astype(np.float32)


def fills_the_frame(make: Make) -> None:
    """Every plane is written, even sizes, and the picture is not blank."""
    renderer = make()
    frame = run(renderer, still(2))[-1]
    assert luma(frame).std() > 8, "the picture is nearly blank"
    chroma = frame[frame.shape[0] * 2 // 3 :]
    assert chroma.std() > 1, "the picture has no colour"


def repeats_itself(make: Make) -> None:
    """The same moments give the same pictures, to the pixel."""
    moments = still(12, mouth=mouth("aa"), loudness=0.2, emotion="happy", gesture="wave")
    first, second = run(make(), moments), run(make(), moments)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True)), (
        "the same moments gave different pictures"
    )


def is_alive(make: Make) -> None:
    """She moves by herself, and no two seconds of idling are alike."""
    frames = run(make(), still(3 * FPS))
    moved = [np.abs(luma(a) - luma(b)).mean() for a, b in zip(frames, frames[12:], strict=False)]
    assert min(moved) > 0.02, "there were frames in which nothing had moved for half a second"
    assert not np.array_equal(frames[FPS], frames[2 * FPS]), "idling repeats after a second"


def mouth_follows(make: Make) -> None:
    """An open vowel changes the picture from a shut mouth, more than time alone does."""
    renderer = make()
    shut = run(renderer, still(6))
    opened = run(renderer, still(6, 6, mouth=mouth("aa")))
    time = np.abs(luma(shut[5]) - luma(shut[4])).max()
    speech = np.abs(luma(opened[5]) - luma(shut[5])).max()
    assert speech > max(20.0, time * 0.8), "an open mouth looks like a shut one"


def knows_every_word(make: Make) -> None:
    """Every emotion, gesture and viseme is taken, and unknown ones harm nothing."""
    renderer = make()
    at = 0
    for emotion in (*EMOTIONS, "no-such-emotion"):
        run(renderer, still(2, at, emotion=emotion))
        at += 2
    for gesture in (*GESTURES, "no-such-gesture"):
        run(renderer, still(2, at, gesture=gesture, gesture_pts=at * STEP))
        at += 2
    for viseme in VISEMES:
        run(renderer, still(1, at, mouth=mouth(viseme)))
        at += 1


def shows_card_and_label(make: Make) -> None:
    """A card appears when it is on, the AI label says what the scene says."""
    scene = Scene(cards=(CardView(1, "Sunny mug", "¥59.00"),), captions=False)
    without = run(make(), still(30, scene=scene))[-1]
    with_card = run(make(), still(30, scene=scene, card=1))[-1]
    assert np.abs(luma(with_card) - luma(without)).mean() > 1, "the card does not show"
    other = run(make(), still(30, scene=replace(scene, ai_label="AI 主播")))[-1]
    assert np.abs(luma(without) - luma(other)).max() > 10, "the AI label does not show"


def survives_odd_times(make: Make) -> None:
    """A gap, a repeated pts and a long stretch do not break the body."""
    renderer = make()
    for pts in (0, 0, STEP, STEP * 500, STEP * 501, 2**40):
        frame = run(renderer, [replace(still(1)[0], pts=pts, loudness=1.0)])[0]
        assert luma(frame).std() > 8


CHECKS: tuple[Callable[[Make], None], ...] = (
    fills_the_frame,
    repeats_itself,
    is_alive,
    mouth_follows,
    knows_every_word,
    shows_card_and_label,
    survives_odd_times,
)
