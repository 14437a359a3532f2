"""Eight-bit weights answer as the full ones do."""

from __future__ import annotations

import torch
from torch import nn

from idol.dialogue.models.int8 import Int8Linear, shrink


def test_a_layer_keeps_its_shape_and_nearly_its_values() -> None:
    torch.manual_seed(1)
    layer = nn.Linear(96, 64)
    x = torch.randn(2, 5, 96)
    with torch.inference_mode():
        full, small = layer(x), Int8Linear(layer)(x)
    assert small.shape == full.shape and small.dtype == full.dtype
    assert float((small - full).norm() / full.norm()) < 0.02


def test_every_layer_of_a_model_is_replaced() -> None:
    model = nn.Sequential(nn.Linear(64, 64), nn.Sequential(nn.ReLU(), nn.Linear(64, 32)))
    with torch.inference_mode():
        before = model(torch.ones(1, 64))
        shrink(model)
        after = model(torch.ones(1, 64))
    assert not any(isinstance(m, nn.Linear) for m in model.modules())
    assert torch.allclose(before, after, atol=0.05)
