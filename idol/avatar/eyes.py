"""The eyes: white, iris where she looks, lid over it. Drawn again only when they change."""

from __future__ import annotations

import cv2
import numpy as np

from idol.avatar.bake import Atlas, Image, lid_weights
from idol.avatar.compose import composer
from idol.avatar.pack import Pack
from idol.ports import Pose

LOW, LIFTED = 0.1, 0.16
"""Below the first openness a lid is drawn shut, and from the second on it has its arch."""
ARCH = 0.3
"""The least openness at which a lid between open and shut still has an arch."""


def drawn(openness: float, smile: float) -> tuple[float, float]:
    """Openness and smile to draw a lid with.

    A lid on its way is flat for a moment, and half of a smiling lid and half of a shut one make a
    straight line: both look stern. So the flat part is passed in one step, as an animator does,
    and a lid that shuts does it upward or downward, nothing between.
    """
    shown = float(np.interp(openness, (0, LOW, LIFTED, 0.5, 9), (0, 0, ARCH, 0.5, 9)))
    shutting = min(max(1 - openness / 0.5, 0.0), 1.0)
    t = min(max((smile - 0.78) / 0.06, 0.0), 1.0)
    return shown, smile + shutting * (t * t * (3 - 2 * t) - smile)


DIP = 15.0
"""Design pixels that the iris goes down with a lid that is shut, so that its light stays seen."""


class Eye:
    """One eye at one scale; `x`, `y` are the design point of its picture's corner."""

    def __init__(self, pack: Pack, atlas: Atlas, left: bool) -> None:
        self._pack, self._left, self._scale = pack, left, atlas.scale
        self._white, self._lid = atlas.banks["white"], atlas.banks["lid"]
        self._irises = {style: atlas.sprites[f"iris_{style}"] for style in pack.eyes.irises}
        height, width = self._lid.images.shape[1:3]
        self._picture = np.zeros((height, width, 4), np.uint8)
        self._composer = composer((width, height))
        self._now: tuple[object, ...] = ()
        bank = self._lid
        self.x = bank.x if not left else 2 * pack.axis - bank.x - width / self._scale
        self.y = bank.y
        # where the white lies inside the lid's box, in pixels
        wx = round((self._white.x - bank.x) * self._scale)
        wy = round((self._white.y - bank.y) * self._scale)
        wh, ww = self._white.images.shape[1:3]
        if left:
            wx = width - wx - ww
        self._spot = (slice(max(wy, 0), wy + wh), slice(max(wx, 0), wx + ww))
        self._ball = np.zeros((wh, ww, 4), np.uint8)
        self._lids = -1
        self._parts: tuple[Image, Image, Image] = (self._ball, self._ball, self._picture)
        """The white, the room that it leaves to the ball, and the lid, for `_lids`."""

    def picture(self, pose: Pose) -> Image:
        """The eye for a pose; shape of the lid bank's pictures."""
        side = "L" if self._left else "R"
        params = pose.params
        openness, smile = drawn(params[f"ParamEye{side}Open"], params[f"ParamEye{side}Smile"])
        index = self._lid.nearest(lid_weights(self._pack, openness, smile))
        dip = DIP * max(0.0, 1 - openness) * (1 - smile)
        gx, gy = self._pack.eyes.gaze
        # a quarter of a pixel is finer than can be seen
        look = (
            round(params["ParamEyeBallX"] * gx * self._scale * 4) / 4,
            round((dip - params["ParamEyeBallY"] * gy) * self._scale * 4) / 4,
        )
        now = (index, look, pose.eye_style)
        if now == self._now:
            return self._picture
        self._now = now
        if index != self._lids:
            white, lid = self._white.images[index], self._lid.images[index]
            if self._left:
                white = np.asarray(cv2.flip(white, 1), np.uint8)
                lid = np.asarray(cv2.flip(lid, 1), np.uint8)
            room = np.asarray(cv2.merge([cv2.extractChannel(white, 3)] * 4), np.uint8)
            self._lids, self._parts = index, (white, room, lid)
        white, room, lid = self._parts
        iris = self._irises.get(pose.eye_style) or self._irises["normal"]
        x = iris.x
        if self._left:  # the place is mirrored, the highlights are not
            x = 2 * self._pack.axis - x - iris.image.shape[1] / self._scale
        rows, columns = self._spot
        matrix = np.array(
            [
                [1, 0, (x - self.x) * self._scale + look[0] - columns.start],
                [0, 1, (iris.y - self.y) * self._scale + look[1] - rows.start],
            ],
            np.float64,
        )
        height, width = self._ball.shape[:2]
        cv2.warpAffine(iris.image, matrix, (width, height), self._ball, cv2.INTER_LINEAR)
        cv2.multiply(self._ball, room, self._ball, 1 / 255)
        self._picture[:] = 0
        eye = self._picture[self._spot]
        np.copyto(eye, white)
        self._composer.over(eye, self._ball)
        self._composer.over(self._picture, lid)
        return self._picture
