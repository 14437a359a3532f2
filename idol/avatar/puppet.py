"""Draws a pose: the idol in front of her stage, into a BGRA frame.

The back of the picture (stage, long hair, body) moves slowly most of the time. It is kept, and
while one such picture is shown the next is drawn, one half in one frame and the rest in another,
when something in it has moved by a visible amount. Face and hands are drawn in every frame; arms
that rest clear of both are kept with the body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from idol.avatar import compose
from idol.avatar.bake import Atlas, Image
from idol.avatar.bands import Bands, Spans
from idol.avatar.eyes import Eye
from idol.avatar.limbs import Limbs
from idol.avatar.outline import SLICES, Outline, Pieces, measure, whole
from idol.avatar.pack import Orientation, Pack, mouth_keys
from idol.avatar.rig import Rig
from idol.avatar.springs import Noise, Springs
from idol.ports import Pose

VISIBLE = 0.4
"""Output pixels of motion in the back that are worth a redraw, at most every second frame."""
FAST = 2.5
"""Output pixels of motion in one frame that are worth one at once."""

Picture = tuple[Image, float, float]
"""Pixels, and the design point of their corner."""


@dataclass(slots=True)
class _Kept:
    """The back of the picture as it was drawn once, over the ground of `version`."""

    picture: Image
    ground: Image
    version: int = -1
    spans: Spans | None = None
    """What of it is not bare ground."""
    where: npt.NDArray[np.float32] | None = None
    """Where its outlines were, in output pixels; None if it is to be drawn anew."""
    arms: bool = False
    """Whether it has the arms."""


@dataclass(slots=True)
class _Now:
    """What this frame draws: per layer picture and corner, per piece place and source points."""

    pose: Pose
    images: list[Picture | None]
    rects: npt.NDArray[np.intp]
    grids: npt.NDArray[np.float32]
    where: npt.NDArray[np.float32]
    """Outlines on the screen, (layers, points)."""


class Puppet:
    """One idol at one frame size."""

    def __init__(
        self,
        pack: Pack,
        atlas: Atlas,
        background: Image,
        orientation: Orientation,
        seed: int,
        composer: Any = None,
    ) -> None:
        """`composer` draws instead of the `Composer` of this size, for other kinds of frames."""
        height, width = background.shape[:2]
        view = pack.views[orientation]
        self._pack, self._atlas = pack, atlas
        self._scale = atlas.scale
        self._size = (width, height)
        self._corner = (pack.axis - view.centre * width / self._scale, view.top)
        self._composer = composer or compose.composer((width, height))
        self._layers = pack.layers
        self._rig = Rig(pack, pack.layers, list(pack.springs), compose.BLEND)
        springs = list(pack.springs.values())
        self._pull = [(s.pull, s.wind) for s in springs]
        still = np.zeros(len(springs))
        self._slow = Springs([s.hz for s in springs], [s.damping for s in springs], still)
        self._quick = Springs(
            [s.hz * 1.7 for s in springs], [s.damping * 0.8 for s in springs], still
        )
        self._noise = Noise(seed + 1)
        self._time = 0.0
        self._mouth_names = mouth_keys(pack)
        outlines = self._measure()
        self._pieces = Pieces(outlines, compose.BLEND)
        self._of: list[list[int]] = [
            np.flatnonzero(self._pieces.owner == i).tolist() for i in range(len(pack.layers))
        ]
        self._parts = [slice(of[0], of[-1] + 1) for of in self._of]
        owners = [pack.layers[i] for i in self._pieces.owner]
        self._piece_rig = Rig(pack, owners, list(pack.springs), compose.BLEND)
        # outlines in design pixels from their corners, one row per layer
        self._edge_x = np.stack([o.x.ravel() for o in outlines]) / np.float32(self._scale)
        self._edge_y = np.stack([np.tile(o.y, 4) for o in outlines]) / np.float32(self._scale)
        self._places = np.zeros((len(pack.layers), 2), np.float32)
        self._images: list[Picture | None] = [None] * len(pack.layers)
        self._changing = [i for i, layer in enumerate(pack.layers) if layer.sprite]
        self._dress(atlas)
        self._halves = self._halve(outlines)
        back = self._halves[0] + self._halves[1]
        self._arms = self._beside_arms(back)
        self._slow_layers = tuple(  # without the arms and with them
            (np.array(kept, np.intp), np.array([p for i in kept for p in self._of[i]], np.intp))
            for kept in (back, back + self._arms)
        )
        kept = set(back + self._arms)
        self._front = [i for i in range(len(pack.layers)) if i not in kept]
        self._ahead = np.array(
            [p for i in self._front if not pack.layers[i].limbs for p in self._of[i]], np.intp
        )
        self._bands = Bands(self._size)
        self._ground = self.bare = background
        self._version = 0
        self._shown = _Kept(background.copy(), background)
        self._next = _Kept(background.copy(), background)
        self._begun = False
        self._last: npt.NDArray[np.float32] | None = None

    def _measure(self) -> list[Outline]:
        """Outlines of all layers; boxes where the picture changes, nothing for limbs."""
        out = []
        for layer in self._layers:
            if layer.limbs:
                out.append(whole(1, 1))
            elif layer.sprite is None:
                out.append(measure(self._atlas.sprites[layer.name].image))
            else:
                bank = {"m": "mouth", "e": "lid", "b": "brow"}[layer.sprite[0]]
                height, width = self._atlas.banks[bank].images.shape[1:3]
                out.append(whole(width, height))
        return out

    def _halve(self, outlines: list[Outline]) -> tuple[list[int], list[int]]:
        """The layers of the back tier: the first half by work, and the rest."""
        back = [i for i, layer in enumerate(self._layers) if layer.tier == "back"]
        work = [
            float((outlines[i].x[3] - outlines[i].x[0]).sum() * np.ptp(outlines[i].y)) for i in back
        ]
        total, half, at = sum(work), 0.0, 0
        while at < len(back) - 1 and half < total / 2:
            half += work[at]
            at += 1
        return back[:at], back[at:]

    def _beside_arms(self, back: list[int]) -> list[int]:
        """The upper arms and what lies on them: what is before the body and behind the head."""
        out: list[int] = []
        for i in range(back[-1] + 1 if back else 0, len(self._layers)):
            if self._layers[i].limbs == "lower" or self._layers[i].head:
                break
            out.append(i)
        return out

    def _dress(self, atlas: Atlas) -> None:
        """Take up pictures, the same as before but for their colours."""
        self._atlas = atlas
        self._limbs = Limbs(self._pack, atlas, self._composer, self._rig, self._corner)
        self._mouth = atlas.banks["mouth"]
        self._left_brows = np.ascontiguousarray(atlas.banks["brow"].images[:, :, ::-1])
        self._eyes = {side: Eye(self._pack, atlas, side == "L") for side in "LR"}
        for i, layer in enumerate(self._layers):
            if layer.files:
                still = atlas.sprites[layer.name]
                self._images[i] = (still.image, still.x, still.y)
                self._places[i] = (still.x, still.y)

    def stand_before(self, atlas: Atlas, background: Image) -> None:
        """Change the picture behind her, and hers to those in its light.

        All that is kept is drawn again in the next frame.
        """
        self._dress(atlas)
        self.move_before(background)
        self.bare = background
        self._begun = False
        self._shown.where = None

    @property
    def settled(self) -> bool:
        """Whether what it was moved before is what it shows."""
        return self.bare is self._ground

    def move_before(self, background: Image) -> None:
        """The same picture behind her, a little shifted: it is taken up when its turn comes.

        Until then `bare`, the picture behind her as shown, must not be changed.
        """
        self._ground = background
        self._version += 1

    def draw(
        self,
        frame: Image,
        pose: Pose,
        mouth: Mapping[str, float],
        smile: float,
        seconds: float,
    ) -> None:
        """Draw stage and idol into `frame` (h, w, 4), moving hair and ribbons by `seconds`.

        `mouth` weighs mouth keys by name (they need not add up to 1); `smile` is -1..1.
        """
        now = self._shape(pose, mouth, smile, self._swing(pose.params, seconds))
        self._keep(now)
        np.copyto(frame, self._shown.picture)
        if not self._shown.arms:
            self._upper_arms(frame, now)
        for i in self._front:
            if self._layers[i].limbs == "lower":
                if not self._shown.arms:
                    self._limbs.lower(frame, pose)
            else:
                self._layer(frame, i, now)

    def _swing(self, params: Mapping[str, float], seconds: float) -> npt.NDArray[np.float32]:
        self._time += seconds
        goal = np.array(
            [
                sum(params[name] * k for name, k in pull.items())
                + wind * self._noise(i, self._time * 0.35)
                for i, (pull, wind) in enumerate(self._pull)
            ]
        )
        slow, quick = self._slow.step(goal, seconds), self._quick.step(goal, seconds)
        return np.stack([slow, quick], axis=1).astype(np.float32)

    def _shape(
        self,
        pose: Pose,
        mouth: Mapping[str, float],
        smile: float,
        swing: npt.NDArray[np.float32],
    ) -> _Now:
        """Where everything goes in this frame."""
        params, scale = pose.params, np.float32(self._scale)
        images = self._images.copy()
        for i in self._changing:
            images[i] = now = self._image(self._layers[i].sprite or "", pose, mouth, smile)
            self._places[i] = now[1:]
        x, y = self._edge_x + self._places[:, :1], self._edge_y + self._places[:, 1:]
        dx, dy = self._rig.displace(x, y, params, swing)
        x, y = (x + dx - self._corner[0]) * scale, (y + dy - self._corner[1]) * scale
        shape = (len(self._layers), 4, SLICES)
        rects = self._pieces.cut(x.reshape(shape), y.reshape(shape), self._size)
        grids = self._piece_rig.grids(rects, params, swing, self._corner, 1 / self._scale)
        # design points to picture pixels; -0.5 because pixels are named by their middles
        corners = self._places[self._pieces.owner]
        grids = (grids - corners[:, None, None, :]) * scale - np.float32(0.5)
        return _Now(pose, images, rects, grids, np.concatenate([x, y], axis=1))

    def _image(self, sprite: str, pose: Pose, mouth: Mapping[str, float], smile: float) -> Picture:
        """The picture of a layer that changes."""
        if sprite == "mouth":
            return self._mouth_now(mouth, smile)
        side = "L" if sprite.endswith("left") else "R"
        if sprite.startswith("eye"):
            eye = self._eyes[side]
            return eye.picture(pose), eye.x, eye.y
        return self._brow(pose.params, side)

    def _mouth_now(self, mouth: Mapping[str, float], smile: float) -> Picture:
        weights = np.array([mouth.get(name, 0.0) for name in self._mouth_names], np.float32)
        total = weights.sum()
        if total > 0:
            weights /= total
        side = self._pack.mouth.smile if smile > 0 else self._pack.mouth.frown
        weights[self._mouth_names.index(side)] += abs(smile)
        bank = self._mouth
        return bank.images[bank.nearest(weights)], bank.x, bank.y

    def _brow(self, params: Mapping[str, float], side: str) -> Picture:
        bank = self._atlas.banks["brow"]
        weights = (params[f"ParamBrow{side}Angle"], params[f"ParamBrow{side}Form"])
        images = self._left_brows if side == "L" else bank.images
        image = images[bank.nearest(np.array(weights, np.float32))]
        x = bank.x
        if side == "L":
            x = 2 * self._pack.axis - x - image.shape[1] / self._scale
        return image, x, bank.y - params[f"ParamBrow{side}Y"] * self._pack.brows.lift

    def _keep(self, now: _Now) -> None:
        """Bring the kept picture up to date: in two frames, or at once what is fast."""
        arms = self._limbs.clear(now.pose, now.rects[self._ahead])
        where = now.where[self._slow_layers[arms][0]].ravel()
        if arms:
            where = np.concatenate([where, self._limbs.where(now.pose)])
        last, self._last = self._last, where
        shown = self._shown
        before = shown.where if arms == shown.arms else None
        if before is None or last is None or _apart(where, last) >= FAST:
            self._begin(now)
            self._finish(now, where, arms)
        elif self._begun:
            self._finish(now, where, arms)
        elif shown.version != self._version or _apart(where, before) >= VISIBLE:
            self._begin(now)

    def _begin(self, now: _Now) -> None:
        """Draw the first half of the next picture."""
        kept = self._next
        whole = kept.version != self._version or kept.spans is None
        self._bands.copy(kept.picture, self._ground, None if whole else kept.spans)
        kept.version, kept.ground = self._version, self._ground
        kept.spans = self._bands.spans(now.rects[self._slow_layers[0][1]])
        for i in self._halves[0]:
            self._layer(kept.picture, i, now)
        self._begun = True

    def _finish(self, now: _Now, where: npt.NDArray[np.float32], arms: bool) -> None:
        """Draw its other half, and show it."""
        kept = self._next
        rects = now.rects[self._slow_layers[arms][1]]
        if arms:
            rects = np.concatenate([rects, self._limbs.boxes(now.pose)])
        kept.spans = self._bands.union(kept.spans, self._bands.spans(rects))
        for i in self._halves[1]:
            self._layer(kept.picture, i, now)
        if arms:
            self._upper_arms(kept.picture, now)
            self._limbs.lower(kept.picture, now.pose)
        kept.where, kept.arms = where, arms
        self._shown, self._next = kept, self._shown
        self.bare, self._begun = kept.ground, False

    def _upper_arms(self, frame: Image, now: _Now) -> None:
        for i in self._arms:
            if self._layers[i].limbs == "upper":
                self._limbs.upper(frame, now.pose.params)
            else:
                self._layer(frame, i, now)

    def _layer(self, frame: Image, i: int, now: _Now) -> None:
        layer, image = self._layers[i], now.images[i]
        opacity = 1.0 if layer.fade is None else min(1.0, now.pose.params[layer.fade])
        if image is None or opacity < 0.02:
            return
        parts = self._parts[i]
        self._composer.pieces(frame, image[0], now.rects[parts], now.grids[parts], opacity)


def _apart(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """How far something has moved; arms that are measured otherwise are another thing."""
    return float(np.abs(a - b).max(initial=0)) if a.shape == b.shape else math.inf
