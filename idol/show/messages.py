"""What host and studio say to each other over their one pipe, beside speech, scenes and packets."""

from __future__ import annotations

from dataclasses import dataclass

from idol.model import Cue


@dataclass(frozen=True, slots=True)
class Flush:
    """Fade out in 10 ms and drop everything of a turn below `turn`."""

    turn: int


@dataclass(frozen=True, slots=True)
class ShowCue:
    """Fire a cue now, without speech."""

    cue: Cue


@dataclass(frozen=True, slots=True)
class ReloadIdol:
    """Her folder has changed: bake it aside, then swap between two frames."""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """How a reload ended: she is on air as her folder is now, or why she is not."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Baking:
    """How much of her pictures is baked, 0..1, before the first frame or while she reloads."""

    part: float


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A viewer joined or lost a picture: the next frame should be a keyframe."""

    rung: int = 0


@dataclass(frozen=True, slots=True)
class WantRungs:
    """The rungs of quality that somebody watches; others need not be encoded."""

    rungs: frozenset[int]


@dataclass(frozen=True, slots=True)
class StudioStats:
    """Counters since the studio started, once a second."""

    frames: int
    repeated: int
    late_audio: int
    render_ms: float
    encode_ms: float
    cpu_s: float
    queued_ms: float
    pts: int = 0
