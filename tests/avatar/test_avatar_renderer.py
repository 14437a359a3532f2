"""The sprite renderer: conformance, composition, and golden pictures that forgive small changes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from avatar_folders import AIRA, KAI, STUDIO

from idol.avatar import bake, scenery
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.errors import BadInput
from idol.testing import renderer as conformance
from idol.testing.renderer import luma, mouth, run, still

Make = Callable[..., SpriteRenderer]
GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
def test_conformance(check: Callable[[conformance.Make], None], renderer: Make) -> None:
    check(renderer)


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
def test_conformance_of_the_second_idol(
    check: Callable[[conformance.Make], None], renderer: Make
) -> None:
    check(lambda: renderer(idol=KAI))


def mouth_darkness(frame: np.ndarray) -> float:
    """How much of the mouth's place is the dark of an open mouth."""
    height, width = luma(frame).shape
    y, x = int(height * 0.445), width // 2
    return float((luma(frame)[y - 14 : y + 20, x - 16 : x + 17] < 95).sum())


def test_the_mouth_opens_with_the_vowel_and_shuts_for_the_lips(renderer: Make) -> None:
    made = renderer()
    at, seen = 0, {}
    for viseme in ("sil", "aa", "PP", "oh", "sil"):
        seen[viseme] = mouth_darkness(run(made, still(12, at, mouth=mouth(viseme)))[-1])
        at += 12
    assert seen["aa"] > seen["oh"] > seen["PP"]
    assert seen["aa"] > seen["sil"] + 40
    assert abs(seen["PP"] - seen["sil"]) < 15


GOLDENS = (
    ((270, 480), AIRA, "portrait"),
    ((480, 270), AIRA, "landscape"),
    ((270, 480), KAI, "kai"),
)


@pytest.mark.parametrize(("size", "idol", "name"), GOLDENS)
def test_picture_is_like_the_golden_one(
    size: tuple[int, int], idol: Path, name: str, renderer: Make
) -> None:
    moments = still(50, emotion="happy", gesture="wave", mouth=mouth("E"))
    frame = run(renderer(size, idol=idol), moments)[-1]
    picture = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
    small = cv2.resize(picture, (size[0] // 5, size[1] // 5), interpolation=cv2.INTER_AREA)
    golden = cv2.imread(str(GOLDEN / f"{name}.png"))
    assert golden is not None, f"draw it with: python {Path(__file__).name}"
    # block means: robust to anti-aliasing, blind to nothing that people would notice
    assert np.abs(small.astype(int) - golden.astype(int)).mean() < 6


def test_landscape_leaves_room_for_the_card(renderer: Make) -> None:
    """She stands in the right part: what moves lies there."""
    frames = run(renderer((480, 270)), still(40, emotion="excited"))
    moved = np.abs(luma(frames[39]) - luma(frames[5])).sum(axis=0)
    centre = float((moved * np.arange(480)).sum() / moved.sum()) / 480
    assert 0.55 < centre < 0.75


def test_another_seed_moves_otherwise(renderer: Make) -> None:
    a, b = (run(renderer(seed=seed), still(40))[-1] for seed in (1, 2))
    assert not np.array_equal(a, b)


def test_second_start_reads_the_cache(renderer: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object) -> None:
        raise AssertionError("what is in the cache was drawn again")

    renderer()
    monkeypatch.setattr(bake, "bake", again)
    monkeypatch.setattr(scenery, "draw", again)
    renderer()


def test_a_broken_cache_is_baked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bake, "MOUTH_PICTURES", 10)
    monkeypatch.setattr(bake, "LID_PICTURES", 10)
    monkeypatch.setattr(bake, "BROW_PICTURES", 5)
    for _ in range(2):
        made = SpriteRenderer(tmp_path)
        made.load(AIRA, STUDIO, (134, 240), 25, 1)
        for file in tmp_path.rglob("pixels.bin"):
            file.write_bytes(file.read_bytes()[:100])
    assert luma(run(made, still(1))[0]).std() > 8


@pytest.mark.parametrize("size", [(0, 0), (271, 480), (100_000, 100_000)])
def test_impossible_sizes_are_refused(size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        SpriteRenderer(tmp_path).load(AIRA, STUDIO, size, 25, 1)


def test_missing_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"avatar\.yaml"):
        SpriteRenderer(tmp_path).load(tmp_path / "nobody", STUDIO, (270, 480), 25, 1)
    with pytest.raises(BadInput, match=r"portrait\.svg"):
        SpriteRenderer(tmp_path).load(AIRA, tmp_path / "nowhere", (270, 480), 25, 1)


def test_no_frame_sized_memory_is_taken_per_frame(renderer: Make) -> None:
    made = renderer()
    run(made, still(60, gesture="wave"))
    out = conformance.blank(made)
    moments = still(20, 60, emotion="happy")
    tracemalloc.start()
    for moment in moments:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        made.render(replace(moment, loudness=0.1), out)
        peak = tracemalloc.get_traced_memory()[1] - before
        assert peak < made.size[0] * made.size[1] * 4 // 2
    tracemalloc.stop()


def draw_goldens() -> None:
    """Write the golden pictures again after an intended change of looks."""
    GOLDEN.mkdir(exist_ok=True)
    for size, idol, name in GOLDENS:
        made = SpriteRenderer()
        made.load(idol, STUDIO, size, 25, 7)
        frame = run(made, still(50, emotion="happy", gesture="wave", mouth=mouth("E")))[-1]
        picture = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420)
        small = cv2.resize(picture, (size[0] // 5, size[1] // 5), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(GOLDEN / f"{name}.png"), small)
