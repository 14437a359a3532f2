"""The product on air as a cut-out that stands beside her: on the table, or on top of the card.

In landscape there is room for a table beside the card; in portrait the card is the shelf. The card
has no picture of its own.
The cut-outs are made ahead from the pictures of the cards, outside the frame's own time.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import cv2
import numpy as np

from idol.avatar.compose import lay
from idol.avatar.life import Image
from idol.avatar.overlay import card_rect
from idol.avatar.overlay.paint import read_picture
from idol.avatar.stage import Stage
from idol.clock import SAMPLE_RATE
from idol.model import CardView
from idol.ports import Moment

_COME = 0.6
_KEPT = 12
_STEPS = 9
"""Sizes baked for the hop in which it appears."""


class Products:
    """Draws the product of the card on show, for frames of one size."""

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        x, y, w, _ = card_rect(size)
        unit = min(size) / 720
        table = stage.spec.table.get(stage.orientation)
        if table is not None:
            left = (size[0] - self._wide(stage, size)) / 2
            self.behind = True
            self._at = (round(table[0] * stage.scale + left), round(table[1] * stage.scale))
            self._room = round(table[2] * stage.scale)
        else:
            self.behind = False
            self._at = (x + round(w * 0.3), y + round(7 * unit))
            self._room = round(208 * unit)
        self._kept: OrderedDict[str, list[Image] | None] = OrderedDict()

    @staticmethod
    def _wide(stage: Stage, size: tuple[int, int]) -> float:
        return float(round(1280 * stage.scale)) if stage.orientation == "landscape" else size[0]

    def draw(self, frame: Image, bare: Image | None, moment: Moment, aside: int = 0) -> None:
        """Draw the product of `moment.card`, if it has a picture that is ready.

        `aside`: output pixels by which its ground is shifted.
        """
        view = next((c for c in moment.scene.cards if c.listing == moment.card), None)
        if view is None or not view.picture:
            self._ahead(moment.scene.cards)
            return
        sprites = self._sprites(view.picture)
        if sprites is None:
            return
        t = max(0.0, (moment.pts - moment.card_pts) / SAMPLE_RATE - 0.25) / _COME
        if t <= 0:
            return
        # it springs up from the ground, a little too far, and settles
        grow = 1 - math.exp(-5 * t) * math.cos(7 * t) if t < 1 else 1.0
        index = min(round(grow * (_STEPS - 2)), _STEPS - 1) if t < 1 else _STEPS - 2
        if index < 1:
            return
        sprite = sprites[index]
        left = self._at[0] + aside - sprite.shape[1] // 2
        top = self._at[1] - sprite.shape[0] + self._room // 14
        lay(frame, sprite, bare=bare, at=(left, top))
        if t > 1:
            self._ahead(moment.scene.cards)

    def _ahead(self, cards: tuple[CardView, ...]) -> None:
        """Make one cut-out that will be needed, in a frame with time to spare."""
        for card in cards[:_KEPT]:
            if card.picture and card.picture not in self._kept:
                self._sprites(card.picture)
                return

    def _sprites(self, file: str) -> list[Image] | None:
        if file not in self._kept:
            self._kept[file] = self._bake(file)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(file)
        return self._kept[file]

    def _bake(self, file: str) -> list[Image] | None:
        picture = read_picture(file, self._room)
        if picture is None:
            return None
        whole = grounded(picture)
        out = []
        for k in range(_STEPS):
            scale = k / (_STEPS - 2)
            size = max(1, round(whole.shape[1] * scale)), max(1, round(whole.shape[0] * scale))
            out.append(
                whole
                if k == _STEPS - 2
                else np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
            )
        return out


def grounded(picture: Image) -> Image:
    """A premultiplied cut-out with a light edge and its contact shadow on the ground."""
    high, wide = picture.shape[:2]
    side, foot = max(6, wide // 6), max(6, round(max(high, wide) / 14))
    out = np.zeros((high + foot, wide + 2 * side, 4), np.float32)
    # the shadow is as wide as the lowest tenth of the product
    low = picture[-max(2, high // 10) :, :, 3].max(axis=0)
    xs = np.flatnonzero(low > 60)
    x0, x1 = (int(xs[0]), int(xs[-1])) if len(xs) else (0, wide - 1)
    y, x = np.mgrid[0 : out.shape[0], 0 : out.shape[1]].astype(np.float32)
    centre, half = side + (x0 + x1) / 2, (x1 - x0) / 2
    for spread, thick, dark in ((1.35, 1.0, 0.34), (1.02, 0.5, 0.5)):
        away = np.hypot((x - centre) / (half * spread + 3), (y - (high - 1)) / (foot * thick))
        out[..., 3] = np.maximum(out[..., 3], np.clip(1 - away, 0, 1) ** 0.8 * dark * 255)
    spot = out[:high, side : side + wide]
    spot[:] = picture + spot * (1 - picture[..., 3:].astype(np.float32) / 255)
    return np.clip(out, 0, 255).astype(np.uint8)
