"""The light of a stage on whoever stands in it, laid on her pictures once for each light.

Found in the stage's own picture, so that nobody has to name it: its colour tints her, a dark
stage dims her, and there the lamps above leave her lower half in the dusk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar.bake import Atlas, Bank, Image
from idol.avatar.sprites import Sprite

TINT, DIM, DUSK = 0.22, 0.1, 0.4
"""How much of the stage's colour, of its darkness, and of the dusk below reaches her."""
BRIGHT = 0.6
"""Lightness, 0..1, of a stage that dims nobody."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """`gains` of B, G and R, none above 1; what is left of them at the picture's foot."""

    gains: tuple[float, float, float]
    foot: float


def lamp(stage: Image) -> Lamp:
    """The light in a stage's picture, opaque BGRA."""
    if float(cv2.meanStdDev(stage)[1].max()) < 1:
        return Lamp((1.0, 1.0, 1.0), 1.0)  # a screen of one colour, to be taken out: no place
    colour = cv2.resize(stage, (1, 1), interpolation=cv2.INTER_AREA)[0, 0, :3] / 255 + 0.02
    light = float(colour @ (0.114, 0.587, 0.299))
    tint = (colour / light) ** TINT
    dark = 1 - min(light / BRIGHT, 1.0)
    blue, green, red = (tint / tint.max() * (1 - DIM * dark)).tolist()
    return Lamp((blue, green, red), 1 - DUSK * dark)


def lit(atlas: Atlas, light: Lamp, chest: float, foot: float) -> Atlas:
    """The same pictures in this light: full down to the height `chest`, at its least at `foot`.

    Both are design pixels. Limbs, whose drawings point up from nothing, keep the full light.
    """

    def shone(image: Image, y: float) -> Image:
        t = np.clip((y + np.arange(len(image)) / atlas.scale - chest) / max(foot - chest, 1), 0, 1)
        # bands of equal light, too narrow to be seen
        left = np.round(255 * (1 - (1 - light.foot) * t * t * (3 - 2 * t))) / 255
        edges = [0, *(np.flatnonzero(np.diff(left)) + 1).tolist(), len(image)]
        out = np.empty_like(image)
        for top, bottom in pairwise(edges):
            out[top:bottom] = _through(image[top:bottom], np.array(light.gains) * left[top])
        return out

    sprites = {n: Sprite(shone(s.image, s.y), s.x, s.y) for n, s in atlas.sprites.items()}
    banks = {name: _bank(bank, light) for name, bank in atlas.banks.items()}
    return replace(atlas, sprites=sprites, banks=banks)


def _bank(bank: Bank, light: Lamp) -> Bank:
    flat = bank.images.reshape(-1, *bank.images.shape[2:])
    images = _through(flat, np.array(light.gains)).reshape(bank.images.shape)
    return replace(bank, images=images)


def _through(image: Image, gains: npt.NDArray[np.float64]) -> Image:
    """A premultiplied picture with its colours times `gains`, which are at most 1."""
    table = np.arange(256)[:, None] * np.append(gains, 1.0)
    return np.asarray(cv2.LUT(image, np.round(table).astype(np.uint8)[None]), np.uint8)
