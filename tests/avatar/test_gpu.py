"""The torch path draws the same picture. Here it runs on torch's CPU device, small; where there
is a GPU, it runs there too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from avatar_folders import AIRA, STUDIO

from idol.avatar import puppet
from idol.avatar.renderers.gpu import GpuRenderer
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.testing.renderer import luma, mouth, run, still

SIZE = (270, 480)


@pytest.fixture(scope="module")
def torch() -> Any:
    import torch  # seconds, which those who only collect the tests need not spend

    return torch


def loaded(
    kind: type[SpriteRenderer], folder: Path, cache: Path, device: str = ""
) -> SpriteRenderer:
    made = kind(cache)
    if device:
        made.device = device  # type: ignore[attr-defined]
    made.load(folder, STUDIO, SIZE, 25, 7)
    return made


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("who", ["aira", "mimi"])
def test_it_draws_what_the_cpu_draws(
    device: str,
    who: str,
    mimi: Path,
    cache: Path,
    torch: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(puppet, "FAST", 0.0)  # nothing of the back is a frame old
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    folder = AIRA if who == "aira" else mimi
    ours = loaded(SpriteRenderer, folder, cache)
    theirs = loaded(GpuRenderer, folder, cache, device)
    assert theirs.drawn_on == f"torch on {device}"  # type: ignore[attr-defined]
    at = 0
    for gesture, viseme, emotion in (("heart", "aa", "excited"), ("wave", "oh", "shy")):
        moments = still(
            7, at, gesture=gesture, gesture_pts=(at - 18) * 1920, mouth=mouth(viseme),
            emotion=emotion,
        )  # fmt: skip
        at += 7
        apart = np.abs(luma(run(theirs, moments)[-1]) - luma(run(ours, moments)[-1]))
        blocks = apart.reshape(60, 8, 45, 6).mean(axis=(1, 3))
        # the CPU path rounds to 8 bits at every layer
        assert apart.mean() < 1.2, f"{gesture}: {apart.mean():.2f}"
        assert blocks.max() < 30, f"{gesture}: {blocks.max():.1f}"


def test_on_a_gpu_it_leaves_nothing_on_the_cpu(
    cache: Path, torch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch's fake tensors know the rules of a device without having it: what would mix tensors
    of GPU and CPU, or ask for a value between two layers, fails here as there."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    from idol.avatar.torch_draw import TorchPuppet

    def sampled(picture: Any, places: Any, **_: object) -> Any:
        """Its fake needs a real GPU: the rule alone."""
        assert picture.device == places.device and places.shape[3] == 2
        return picture.new_empty((1, picture.shape[1], *places.shape[1:3]))

    monkeypatch.setattr(torch.nn.functional, "grid_sample", sampled)
    brought: list[str] = []
    monkeypatch.setattr(
        TorchPuppet, "_bring", lambda self, frame: brought.append(str(self._canvas.device))
    )
    moments = still(3, gesture="heart", gesture_pts=-36_000, mouth=mouth("aa"), emotion="touched")
    with FakeTensorMode():
        run(loaded(GpuRenderer, AIRA, cache, "cuda:0"), moments)
    assert brought == ["cuda:0"] * 3


def test_without_a_gpu_it_is_the_renderer_as_always(
    mimi: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, torch: Any
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    made = loaded(GpuRenderer, mimi, cache)
    assert made.drawn_on == "cpu"  # type: ignore[attr-defined]
    same = run(loaded(SpriteRenderer, mimi, cache), still(3))[-1]
    assert np.array_equal(run(made, still(3))[-1], same)
