"""What platforms demand of a show with a virtual host, looked at before it goes on air.

The demands are data (`stream/platforms.yaml`), each with its basis and date. What a program
cannot know (a registration, a consent) the operator confirms in the settings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from idol.avatar.renderers.sprite import SpriteRenderer
from idol.clock import SAMPLE_RATE
from idol.config import Settings
from idol.errors import BadInput
from idol.model import AI_LABEL, Language, Scene
from idol.ports import Moment, MouthKey
from idol.show.script import Show
from idol.stream.platforms import Check, Platform, Rule, platform

SYNTHETIC = frozenset(("kokoro", "hibari", "espeak"))
"""Built-in voices: nobody's own, under open licences (docs/licences.md)."""
OPENING = 2
"""Segments in which a spoken notice is looked for."""
AUDIO_KBPS = 160
_NOTICE = re.compile(r"人工智能|虚拟|数字人|\bAI\b|AI|virtual|artificial", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`level` is "refuse" or "warn"; `text` says what is wanted, on what basis, and the way."""

    platform: str
    level: Literal["refuse", "warn"]
    text: str

    def __str__(self) -> str:
        return f"{self.platform}: {self.text}"


def destinations(settings: Settings) -> dict[str, tuple[Check, ...]]:
    """The platforms that the settings push to, and what the operator has confirmed for each."""
    found: dict[str, tuple[Check, ...]] = {}
    for output in settings.outputs:
        options = output.options()
        if name := options.get("platform"):
            found[str(name)] = tuple(options.get("confirmed") or ())
    return found


def judge(
    show: Show, settings: Settings, names: dict[str, tuple[Check, ...]], assets: Path
) -> list[Verdict]:
    """What is missing for each platform in `names`. Raises `BadInput` for an unknown name."""
    verdicts: list[Verdict] = []
    measured: list[float] = []
    for name, confirmed in names.items():
        profile = platform(name)
        kbps = settings.stream.bitrate_kbps + AUDIO_KBPS
        if kbps > profile.kbps:
            text = f"takes {profile.kbps} kbit/s at most, this is {kbps}: lower bitrate_kbps"
            verdicts.append(Verdict(_title(profile, show.language), "refuse", text))
        for rule in profile.rules:
            if rule.check == "avatar_area" and rule.check not in confirmed and not measured:
                measured.append(area(show, settings, assets))
            wanted = _missing(rule, show, settings, measured)
            if wanted and rule.check not in confirmed:
                verdicts.append(
                    Verdict(_title(profile, show.language), rule.level, _say(rule, wanted))
                )
    return verdicts


def enforce(verdicts: Sequence[Verdict]) -> list[str]:
    """The warnings. Raises `BadInput` if one of the verdicts refuses."""
    for verdict in verdicts:
        if verdict.level == "refuse":
            raise BadInput(str(verdict), where="outputs")
    return [str(verdict) for verdict in verdicts]


def _missing(rule: Rule, show: Show, settings: Settings, measured: list[float]) -> str:
    """What the rule wants and is not there, or empty."""
    match rule.check:
        case "ai_label":
            return "" if AI_LABEL[show.language] else "the label in the picture"
        case "spoken_notice":
            lines = [line.text for part in show.segments[:OPENING] for line in part.lines]
            if any(_NOTICE.search(text) for text in lines):
                return ""
            return "a line of the opening that says the host is made by AI"
        case "own_voice":
            used = set(getattr(settings.voice, show.language))
            strange = sorted(used - SYNTHETIC - {"pyttsx3"})
            return f"a right to use the voice {', '.join(strange)}" if strange else ""
        case "registration":
            return "a registration of the virtual host with the platform"
        case "avatar_area":
            if measured and measured[0] < rule.least:
                return f"a larger host: she covers {measured[0]:.0%}, {rule.least:.0%} are wanted"
    return ""


def _say(rule: Rule, wanted: str) -> str:
    basis = "published" if rule.basis == "published" else "our assumption, please confirm it"
    return (
        f"wants {wanted} ({basis}, {rule.dated}: {rule.source.strip()})"
        f' If that is seen to: confirmed = ["{rule.check}"]'
    )


def _title(profile: Platform, language: Language) -> str:
    return profile.title[language]


def area(show: Show, settings: Settings, assets: Path) -> float:
    """The share of the picture that she covers at rest, 0..1: drawn once before plain green."""
    size = settings.stream.size
    renderer = SpriteRenderer()
    stages = assets / "stages"
    renderer.load(assets / "idols" / show.idol, stages / "key", size, settings.stream.fps, 1)
    frame = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
    scene = Scene(language=show.language, ai_label="", captions=False)
    for number in range(3):
        pts = number * SAMPLE_RATE // settings.stream.fps
        renderer.render(Moment(pts, scene, MouthKey("sil", "sil", 0.0)), frame)
    return _covered(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420))


def _covered(picture: np.ndarray[Any, Any]) -> float:
    blue, green, red = (picture[..., i].astype(np.int16) for i in range(3))
    key = (green > 120) & (green - red > 60) & (green - blue > 40)
    return float(1.0 - key.mean())
