"""The renderer that comes with Idol: baked sprites, warped and laid over each other on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from idol.avatar import bake
from idol.avatar import folder as folders
from idol.avatar import stage as stages
from idol.avatar.bake import Image
from idol.avatar.compose import planes
from idol.avatar.depth import Depth
from idol.avatar.life import Life
from idol.avatar.light import lamp, lit
from idol.avatar.motion import Actor
from idol.avatar.overlay import Overlay
from idol.avatar.pack import Orientation, Pack
from idol.avatar.products import Products
from idol.avatar.puppet import Puppet
from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import VISEMES
from idol.ports import Frame, Moment, Pose
from idol.weights import default_cache


class SpriteRenderer:
    """`ports.Renderer`. After `load`, a frame touches no file and draws from what is baked."""

    size: tuple[int, int]

    def __init__(self, cache: Path | None = None) -> None:
        """`cache`: where baked pictures are kept, by default in Idol's cache."""
        self._cache = cache or default_cache() / "avatar"
        self.size = (0, 0)
        self.adjust: Callable[[Pose], Pose] | None = None
        """A hand on the strings: changes each pose before it is drawn."""
        self.progress: Callable[[float], None] | None = None
        """Is told how much of her is loaded, 0..1 (`ports.Bakes`)."""
        self._pts: int | None = None

    def load(self, pack: Path, stage: Path, size: tuple[int, int], fps: int, seed: int) -> None:
        """Read an avatar and a stage folder for frames of `size` (even width and height).

        The first time takes some seconds of baking, then they come from the cache. Raises
        `BadInput`.
        """
        width, height = size
        if width < 64 or height < 64 or width % 2 or height % 2 or width * height > 4096 * 4096:
            raise BadInput(f"a picture of {width} x {height} cannot be made", where="size")
        cv2.setNumThreads(1)
        self.size = size
        way = stages.orientation(size)
        idol = folders.load(pack)
        self._stage = stages.load(stage, size, self._cache)
        self._light: stages.Light = self._stage.light("auto", 0)
        self._asked = ""
        tell = self.progress or (lambda part: None)
        self._atlas = bake.load(idol, height / idol.views[way].height, self._cache, tell)
        view, chest = idol.views[way], (idol.head.neck[1] + idol.waist) / 2
        self._dusk = chest, view.top + view.height
        self._actor = Actor(idol, way, seed)
        self._depth = Depth(size, self._stage.spec.sway * self._stage.scale, seed)
        self._puppet = self._puppet_of(idol, *self._lit(), way, seed)
        self._life = Life(self._stage.spec.life, way, size, self._stage.scale, seed)
        self._products = Products(self._stage, size)
        self._overlay = Overlay(size)
        self._frame = np.zeros((height, width, 4), np.uint8)
        self._pts = None
        self._step = 1 / fps

    def _puppet_of(
        self, pack: Pack, atlas: bake.Atlas, background: Image, orientation: Orientation, seed: int
    ) -> Puppet:
        """What draws her, for other ways of drawing to replace."""
        return Puppet(pack, atlas, background, orientation, seed)

    def render(self, moment: Moment, out: Frame) -> None:
        """Draw one frame into `out` (I420). Frames come in order of `moment.pts`."""
        last = self._pts
        seconds = self._step if last is None else (moment.pts - last) / SAMPLE_RATE
        self._pts = moment.pts
        if moment.scene.light != self._asked:
            self._shine(moment)
        pose = self._actor.step(moment)
        if self.adjust is not None:
            pose = self.adjust(pose)
        lips, face = self._actor.lips, self._actor.face
        mouth: dict[str, float] = {
            v: float(w) * lips.speaking for v, w in zip(VISEMES, lips.weights, strict=True)
        }
        quiet = 1 - lips.speaking
        held = min(1.0, sum(face.mouths.values()))
        mouth["sil"] += quiet * (1 - held)
        for key, weight in face.mouths.items():
            mouth[key] = mouth.get(key, 0.0) + quiet * weight
        seconds = min(max(seconds, 0.0), 0.25)
        turn = (pose.params["ParamAngleX"] + pose.params["ParamBodyAngleX"]) / 30
        time, depth = moment.pts / SAMPLE_RATE, self._depth
        depth.look(time, turn, seconds)
        if self._puppet.settled and (ground := depth.moved()) is not None:
            self._puppet.move_before(ground)
        self._puppet.draw(self._frame, pose, mouth, face.smile, seconds)
        bare = self._puppet.bare
        self._life.draw(self._frame, bare, time, turn, self._light, False, depth.far)
        aside = round(depth.mid) if self._products.behind else 0
        self._products.draw(self._frame, bare if self._products.behind else None, moment, aside)
        self._life.draw(self._frame, bare, time, turn, self._light, True, depth.far)
        depth.front(self._frame)
        self._overlay.draw(self._frame, moment)
        planes(self._frame, out)

    def _shine(self, moment: Moment) -> None:
        """Take up the light that the show asks for; `auto` is settled once, not at sunset."""
        self._asked = moment.scene.light
        light = self._stage.light(self._asked, moment.wall)
        if light != self._light:
            self._light = light
            self._puppet.stand_before(*self._lit())

    def _lit(self) -> tuple[bake.Atlas, Image]:
        """Her pictures in the present light, and the stage."""
        light = lamp(self._stage.picture(self._light))
        behind = self._depth.stand_before(self._stage.planes[self._light])
        return lit(self._atlas, light, *self._dusk), behind
