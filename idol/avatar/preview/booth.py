"""Draws an idol live for the preview page, and loads her again whenever a file changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from idol.avatar import pack as packs
from idol.avatar.overlay import themes
from idol.avatar.proof import Finding, prove
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.avatar.watch import stamp
from idol.clock import SAMPLE_RATE
from idol.errors import IdolError
from idol.model import AI_LABEL, VISEMES, Activity, CardView, Language, Scene, Theme, Viseme
from idol.ports import Moment, MouthKey, Pose
from idol.weights import default_cache

FPS = 25
SIZES = {"portrait": (540, 960), "landscape": (960, 540)}
LOOK_S = 0.4
"""Seconds between two looks at the folder."""
SAMPLE = {
    "zh": ("云步轻跑外套", "仅剩 12 件", "先看一号链接，云步轻跑外套，今天只要一百九十九。"),
    "en": ("Cloud running jacket", "12 left", "Have a look at link one, the cloud jacket."),
}
_TALK: tuple[Viseme, ...] = ("aa", "nn", "E", "oh", "PP", "ih", "SS", "ou", "kk", "aa", "FF", "RR")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the page asks for."""

    params: Mapping[str, float] = field(default_factory=dict)
    """Parameters held by hand; the others stay with the body's own motion."""
    emotion: str = "neutral"
    gesture: str = "none"
    gesture_pts: int = 0
    viseme: Viseme | None = None
    talk: bool = False
    activity: Activity = "idle"
    stage: str = "studio"
    orientation: str = "portrait"
    card: bool = False
    language: Language = "zh"
    theme: str = "night"


@dataclass(frozen=True, slots=True)
class State:
    """What the page is told: how the last loading went."""

    loading: bool = False
    part: float = 0.0
    """How much of her is baked, 0..1."""
    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    version: int = 0
    """Rises with every renderer that came on."""


class Booth:
    """One idol in front of a camera. `frame()` gives JPEGs; loading never stops the picture."""

    def __init__(
        self, folder: Path, stages: Mapping[str, Path], cache: Path | None = None, seed: int = 7
    ) -> None:
        self.folder, self.stages = folder, dict(stages)
        self.state = State()
        self._cache = cache or default_cache() / "avatar-preview"
        self._seed = seed
        self._wish = Wish(stage="studio" if "studio" in stages else next(iter(stages)))
        self._theme = Theme()
        self._lock = threading.Lock()
        self._renderer: SpriteRenderer | None = None
        self._loader: threading.Thread | None = None
        self._found: tuple[Finding, ...] = ()
        self._shown: tuple[object, ...] = ()
        """Files, stage and shape that the last loading was for."""
        self._looked = 0.0
        self._pts = 0
        self._out = np.zeros((0, 0), np.uint8)

    @property
    def wish(self) -> Wish:
        return self._wish

    def ask(self, **changes: object) -> None:
        """Change what is wished for; a gesture begins now."""
        if changes.get("gesture"):
            changes["gesture_pts"] = self._pts
        if changes.get("stage", self._wish.stage) not in self.stages:
            changes.pop("stage")
        if changes.get("orientation", "portrait") not in SIZES:
            changes.pop("orientation")
        if "theme" in changes:
            self._theme = themes.load(str(changes["theme"]))
        self._wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        if "language" in changes:
            errors, remarks = self._words()
            self.state = replace(self.state, errors=errors, remarks=remarks)

    def look(self, now: float) -> None:
        """See whether something must be loaded again; at most every `LOOK_S`."""
        wish = self._wish
        shape = (wish.stage, wish.orientation)
        if now - self._looked < LOOK_S and self._shown[1:] == shape:
            return
        if self._loader is not None and self._loader.is_alive():
            return
        self._looked = now
        wanted = (stamp(self.folder) | stamp(self.stages[wish.stage]), *shape)
        if wanted == self._shown:
            return
        self._shown = wanted
        self.state = replace(self.state, loading=True, part=0.0)
        self._loader = threading.Thread(target=self._load, args=(wish,), daemon=True)
        self._loader.start()

    def _load(self, wish: Wish) -> None:
        """Check and bake; what is wrong is shown, and the old picture goes on."""
        found: tuple[Finding, ...] = ()
        made = None
        try:
            proof = prove(self.folder)
            found = proof.findings
            if proof.good:
                fresh = SpriteRenderer(self._cache)
                fresh.progress = self._baked
                size = SIZES[wish.orientation]
                fresh.load(self.folder, self.stages[wish.stage], size, FPS, self._seed)
                made = fresh  # whole, or not at all
        except (IdolError, OSError, ValueError, cv2.error) as error:
            found += (Finding(str(error), str(error)),)
        with self._lock:
            if made is not None:
                made.adjust = self._adjust
                self._renderer = made
        self._found = found
        version = self.state.version + (made is not None)
        self.state = State(False, 1.0, *self._words(), version)

    def _words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Errors and remarks of the last loading, in the language of the page."""
        said = [(f.serious, f.say(self._wish.language)) for f in self._found]
        errors = tuple(text for serious, text in said if serious)
        return errors, tuple(text for serious, text in said if not serious)

    def _baked(self, part: float) -> None:
        self.state = replace(self.state, part=part)

    def _adjust(self, pose: Pose) -> Pose:
        held = self._wish.params
        return replace(pose, params={**pose.params, **held}) if held else pose

    def frame(self, quality: int = 86) -> bytes | None:
        """The next picture as JPEG, a 25th of a second after the last; None before the first."""
        self.look(time.monotonic())
        with self._lock:
            renderer = self._renderer
            if renderer is None:
                return None
            self._pts += SAMPLE_RATE // FPS
            width, height = renderer.size
            if self._out.shape != (height * 3 // 2, width):
                self._out = np.zeros((height * 3 // 2, width), np.uint8)
            renderer.render(self._moment(), self._out)
            picture = cv2.cvtColor(self._out, cv2.COLOR_YUV2BGR_I420)
        _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return jpeg.tobytes()

    def _moment(self) -> Moment:
        wish, pts = self._wish, self._pts
        language = wish.language
        title, stock, line = SAMPLE[language]
        cards = (CardView(1, title, "¥199", "¥299", stock),)
        mouth = wish.viseme or "sil"
        loud = 0.0
        chars = 0
        if wish.talk:
            step = pts * 9 // SAMPLE_RATE
            mouth = _TALK[step * 7 % len(_TALK)] if step % 23 < 19 else "sil"
            loud = 0.14 + 0.1 * (step % 3) if mouth != "sil" else 0.0
            chars = pts * 4 // SAMPLE_RATE % (len(line) + 12)
        return Moment(
            pts=pts,
            scene=Scene(
                language,
                cards,
                ai_label=AI_LABEL[language],
                activity=wish.activity,
                theme=self._theme,
            ),
            mouth=MouthKey(mouth, mouth, 0.0),
            emotion=wish.emotion,
            gesture=wish.gesture,
            gesture_pts=wish.gesture_pts,
            card=1 if wish.card else None,
            caption=line if wish.talk else "",
            caption_chars=chars,
            loudness=loud,
            wall=time.time(),
        )


def limits(name: str) -> tuple[float, float, float]:
    """Least, greatest and resting value of a parameter on its slider."""
    if "Angle" in name and "Brow" not in name:
        return (-10, 10, 0) if "Body" in name else (-30, 30, 0)
    if name.endswith("Open") and "Eye" in name:
        return 0, 1.25, 1
    if name.startswith(("ParamEyeBall", "ParamBrow", "ParamMouthTilt")):
        return -1, 1, 0
    return 0, 1, 0


def parameters() -> list[dict[str, object]]:
    """Every parameter with its limits, in an order that makes sense to a hand."""
    groups = ("ParamAngle", "ParamBody", "ParamEyeBall", "ParamEye", "ParamBrow", "")
    names = sorted(
        packs.PARAMS, key=lambda n: (next(i for i, g in enumerate(groups) if n.startswith(g)), n)
    )
    out: list[dict[str, object]] = []
    for name in names:
        low, high, rest = limits(name)
        out.append({"name": name, "low": low, "high": high, "rest": rest})
    return out


def known_viseme(value: object) -> Viseme | None:
    """The viseme of that name, or None."""
    return next((v for v in VISEMES if v == value), None)
