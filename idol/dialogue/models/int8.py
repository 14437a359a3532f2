"""Eight-bit weights for the processors that multiply no bfloat16: half the time of a token.

A word costs one pass over all weights, so the memory that they take is what she waits for. Each
row of a weight matrix keeps one scale (the largest of its magnitudes over 127); activations pass
the multiplication as bfloat16, whose eight bits of precision are as many as the weights have.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
from typing import Any

import torch
from torch import nn


class Int8Linear(nn.Module):  # type: ignore[misc]
    """Stands for an `nn.Linear`. Input and output keep their shapes, (..., in) and (..., out)."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        full = linear.weight.detach()
        scales = full.abs().amax(dim=1).clamp(min=1e-12) / 127
        self.register_buffer("weight", (full / scales[:, None]).round().to(torch.int8))
        self.register_buffer("scales", scales.to(torch.bfloat16))
        self.bias = linear.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = x.reshape(-1, x.shape[-1]).to(torch.bfloat16)
        out = torch._weight_int8pack_mm(rows, self.weight, self.scales)
        out = out.reshape(*x.shape[:-1], -1).to(x.dtype)
        return out if self.bias is None else out + self.bias


def shrink(model: Any) -> None:
    """Replace every `nn.Linear` inside a model; the rest becomes copies.

    Weights that were read from a file hold all of it mapped, until the last of them is a copy.
    """
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, Int8Linear(child))
    for parameter in model.parameters():
        parameter.data = parameter.data.clone()
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # where the C library can give back
        ctypes.CDLL(None).malloc_trim(0)
