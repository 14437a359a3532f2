"""Eight-bit weights for any model, by the integer multiplication that torch brings for x86.

A word costs one pass over all weights, so the memory that they take is what she waits for. Each
row of a weight matrix keeps one scale (the largest of its magnitudes over 127). Activations pass
the multiplication twice, rounded to seven bits and then what the rounding left, as two rows of
one call: the second row costs almost nothing, as the weights are in the cache by then, and the
result is closer to the full one than bfloat16 activations give. Seven bits, because two products
of eight overflow the sixteen in which processors without VNNI add them.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import nn

FILE = "int8.safetensors"
_ENGINE = "fbgemm"


def supported() -> bool:
    """Whether this torch and this processor have the multiplication."""
    return _ENGINE in torch.backends.quantized.supported_engines


class Int8Linear(nn.Module):  # type: ignore[misc]
    """Stands for an `nn.Linear`; shapes (..., in) and (..., out), the result in the input's type.

    `weight` is int8 (out, in), `scales` float (out,).
    """

    def __init__(
        self, weight: torch.Tensor, scales: torch.Tensor, bias: torch.Tensor | None
    ) -> None:
        super().__init__()
        torch.backends.quantized.engine = _ENGINE
        with warnings.catch_warnings():
            # This release of torch, which is pinned, announces that a later one drops the type.
            warnings.simplefilter("ignore", UserWarning)
            quantised = torch._make_per_channel_quantized_tensor(
                weight, scales.double(), torch.zeros(len(scales), dtype=torch.long), 0
            )
        self._packed = torch.ops.quantized.linear_prepack(quantised, None)
        self.bias = None if bias is None else nn.Parameter(bias.float(), requires_grad=False)

    @classmethod
    def of(cls, linear: nn.Linear) -> Int8Linear:
        """Round the weights of a layer."""
        full = linear.weight.detach().float()
        scales = full.abs().amax(dim=1).clamp(min=1e-12) / 127
        bias = None if linear.bias is None else linear.bias.detach()
        return cls((full / scales[:, None]).round().to(torch.int8), scales, bias)

    def parts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Its `weight` and `scales`, as given."""
        packed = self._packed.unpack()[0]
        return packed.int_repr(), packed.q_per_channel_scales().float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = _multiply(x.reshape(-1, x.shape[-1]).float(), self._packed, self.bias)
        return out.reshape(*x.shape[:-1], -1).to(x.dtype)


# Compiled: the calls from Python to so many small operations would cost as much as the large one.
@torch.jit.script  # type: ignore[untyped-decorator]
def _multiply(
    rows: torch.Tensor,
    packed: torch.classes.quantized.LinearPackedParamsBase,
    bias: torch.Tensor | None,
) -> torch.Tensor:
    steps = 63.0
    top = torch.amax(torch.abs(rows), 1, True).clamp_(min=1e-12)
    exact = rows * (steps / top)
    coarse = torch.round(exact)
    both = torch.cat([coarse, exact.sub_(coarse).mul_(2 * steps)])
    out = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(both, 1.0, 64, packed)
    count = rows.shape[0]
    out = torch.add(out[:count], out[count:], alpha=1 / (2 * steps)).mul_(top / steps)
    return out if bias is None else out.add_(bias)


def shrink(model: Any) -> None:
    """Replace every `nn.Linear` inside a model; embeddings stay as bfloat16, the rest as float32.

    Weights that were read from a file hold all of it mapped, until the last of them is a copy.
    """
    _replace(model, lambda name, linear: Int8Linear.of(linear))
    for module in model.modules():
        kind = torch.bfloat16 if isinstance(module, nn.Embedding) else torch.float32
        for parameter in module.parameters(recurse=False):
            parameter.data = parameter.data.to(kind, copy=True)
    _widen_embeddings(model)
    _give_back()


def save(model: Any, folder: Path) -> None:
    """Write a model that was shrunk: `int8.safetensors` and its config, without a tokenizer."""
    from safetensors.torch import save_file

    tensors = {name: tensor.contiguous().clone() for name, tensor in model.state_dict().items()}
    for name, module in model.named_modules():
        if isinstance(module, Int8Linear):
            weight, scales = module.parts()
            tensors |= {f"{name}.weight": weight.contiguous(), f"{name}.scales": scales}
    save_file(tensors, folder / FILE)
    model.config.save_pretrained(folder)
    if model.generation_config is not None:
        model.generation_config.save_pretrained(folder)


def load(folder: Path) -> Any:
    """The model that `save` wrote, for generation.

    Raises `KeyError` or `RuntimeError` where a tensor is missing.
    """
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig
    from transformers.initialization import no_init_weights

    with no_init_weights():
        model = AutoModelForCausalLM.from_config(
            AutoConfig.from_pretrained(str(folder)), dtype=torch.float32
        )
    # Its own copies: the file that they were read from need not stay in memory.
    tensors = {name: tensor.clone() for name, tensor in load_file(folder / FILE).items()}

    def ready(name: str, linear: nn.Linear) -> Int8Linear:
        return Int8Linear(tensors.pop(f"{name}.weight"), tensors.pop(f"{name}.scales"), linear.bias)

    _replace(model, ready)
    model.load_state_dict(tensors, assign=True)
    _widen_embeddings(model)
    with contextlib.suppress(OSError):  # where the model has no defaults of its own
        model.generation_config = GenerationConfig.from_pretrained(str(folder))
    _give_back()
    return model.eval()


def _replace(model: Any, make: Any) -> None:
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and name:
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, make(name, module))


def _widen_embeddings(model: Any) -> None:
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.register_forward_hook(lambda _module, _ids, out: out.float())


def _give_back() -> None:
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):  # where the C library can give back
        ctypes.CDLL(None).malloc_trim(0)
