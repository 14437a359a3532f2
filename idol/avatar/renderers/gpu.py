"""`renderer = "gpu"`: the sprite renderer drawn by torch where there is a GPU, else as always."""

from __future__ import annotations

from idol.avatar.bake import Atlas, Image
from idol.avatar.pack import Orientation, Pack
from idol.avatar.puppet import Puppet
from idol.avatar.renderers.sprite import SpriteRenderer


class GpuRenderer(SpriteRenderer):
    """`ports.Renderer`. `device` is a torch device, by default the first GPU, if there is one."""

    device: str | None = None
    drawn_on = "cpu"
    """Where it draws, known after `load`: "cpu" means the path without torch."""

    def _puppet_of(
        self, pack: Pack, atlas: Atlas, background: Image, orientation: Orientation, seed: int
    ) -> Puppet:
        from idol.avatar.torch_draw import TorchPuppet, device_here

        device = self.device or device_here()
        self.drawn_on = "cpu"
        if device is None:
            return super()._puppet_of(pack, atlas, background, orientation, seed)
        self.drawn_on = f"torch on {device}"
        return TorchPuppet(pack, atlas, background, orientation, seed, device)
