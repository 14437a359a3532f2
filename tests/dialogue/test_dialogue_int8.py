"""Eight-bit weights answer as the full ones do, and load again as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from idol.dialogue.models import int8

pytestmark = pytest.mark.skipif(not int8.supported(), reason="x86 only")


@pytest.mark.parametrize("spike", [0.0, 300.0])
def test_a_layer_keeps_its_shape_and_nearly_its_values(spike: float) -> None:
    torch.manual_seed(1)
    layer = nn.Linear(96, 64)
    x = torch.randn(2, 5, 96)
    x[0, 0, 3] += spike  # language models have a few such activations
    with torch.inference_mode():
        full, small = layer(x), int8.Int8Linear.of(layer)(x)
        kept = (layer.weight * 127 / layer.weight.abs().amax(1, keepdim=True)).round()
        exact = x @ (kept * layer.weight.abs().amax(1, keepdim=True) / 127).T + layer.bias
    assert small.shape == full.shape and small.dtype == full.dtype
    assert float((small - full).norm() / full.norm()) < 0.01
    # But for the rounding of the weights, only fourteen bits of activation are lost.
    assert float((small - exact).norm() / exact.norm()) < 0.0005


def test_rows_do_not_change_each_other() -> None:
    layer = int8.Int8Linear.of(nn.Linear(32, 16))
    small, large = torch.randn(1, 32), 1000 * torch.randn(1, 32)
    with torch.inference_mode():
        together = layer(torch.cat((small, large)))
        assert torch.allclose(together[:1], layer(small))


def test_every_layer_of_a_model_is_replaced() -> None:
    model = nn.Sequential(nn.Linear(64, 64), nn.Sequential(nn.ReLU(), nn.Linear(64, 32)))
    with torch.inference_mode():
        before = model(torch.ones(1, 64))
        int8.shrink(model)
        after = model(torch.ones(1, 64))
    assert not any(isinstance(m, nn.Linear) for m in model.modules())
    assert torch.allclose(before, after, atol=0.05)


def test_a_saved_model_computes_the_same(tiny: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(str(tiny)).eval()
    ids = torch.tensor([[5, 6, 7]])
    with torch.inference_mode():
        full = model(ids).logits
        int8.shrink(model)
        shrunk = model(ids).logits
        int8.save(model, tmp_path)
        again = int8.load(tmp_path)(ids).logits
    assert torch.equal(shrunk, again)
    assert float((shrunk - full).norm() / full.norm()) < 0.02


def test_a_file_with_a_hole_is_refused(tiny: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(str(tiny)).eval()
    int8.shrink(model)
    int8.save(model, tmp_path)
    tensors = load_file(tmp_path / int8.FILE)
    for name in ("lm_head.weight", "model.norm.weight"):
        save_file({n: t for n, t in tensors.items() if n != name}, tmp_path / int8.FILE)
        with pytest.raises((KeyError, RuntimeError)):
            int8.load(tmp_path)
