"""How she holds herself in each activity: where she looks, how she moves, what her face says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from idol.model import Activity


@dataclass(frozen=True, slots=True)
class Manner:
    """How the body behaves in one activity."""

    viewer: float
    """Share of time the eyes rest on the viewer; the rest goes to chat, product and away."""
    chat: float
    product: float
    dwell: tuple[float, float]
    """Seconds between looks, shortest and longest."""
    sway: float
    """How far the body wanders, 1 is calm."""
    tempo: float
    """How fast it wanders and breathes."""
    blinks: float
    """Mean seconds between blinks."""
    lean: tuple[float, float, float]
    """Head angles X, Y, Z that go with it, in degrees."""
    body: tuple[float, float, float] = (0, 0, 0)
    """Body angles X, Y, Z; Y below 0 leans towards the viewer."""
    face: Mapping[str, float] = field(default_factory=dict)
    """The expression that shows while she is asked for none."""
    nods: float = 0.0
    """Small nods a second, as of somebody who follows."""
    moves: tuple[float, float] = (6.0, 14.0)
    """Seconds between movements that the hands make by themselves."""
    bounce: float = 0.0
    """How high she bounces, in degrees of the body."""


MANNERS: dict[Activity, Manner] = {
    "idle": Manner(
        0.55, 0.22, 0.1, (1.4, 4.6), 1.0, 1.0, 3.6, (0, 0, 0), face={"relaxed": 0.35},
        moves=(6, 15),
    ),
    "listening": Manner(
        0.22, 0.74, 0.0, (1.4, 3.4), 0.6, 0.9, 4.4, (-5, -3, 7), (-1.5, -3.0, -0.8),
        {"happy": 0.3, "surprised": 0.12}, nods=0.34, moves=(7, 14),
    ),
    "thinking": Manner(
        0.12, 0.12, 0.06, (0.9, 2.4), 0.65, 0.7, 2.9, (6, 3, 6), (1.5, 1.0, 0.8),
        {"thinking": 0.75}, moves=(5, 11),
    ),
    "speaking": Manner(
        0.76, 0.1, 0.08, (1.3, 3.6), 1.3, 1.35, 3.1, (0, 1, 0), face={"happy": 0.15},
        moves=(1.0, 3.8),
    ),
    "waiting": Manner(
        0.7, 0.08, 0.2, (1.6, 4.0), 0.8, 1.15, 3.6, (2, 2, -6), (1.0, -1.5, 1.2),
        {"happy": 0.45, "excited": 0.3}, moves=(4, 9), bounce=1.1,
    ),
    "celebrating": Manner(
        0.9, 0.06, 0.0, (0.8, 2.0), 1.7, 2.0, 2.8, (0, 4, 0), (0, 1, 0),
        {"excited": 0.75, "laughing": 0.4}, moves=(0.5, 1.6), bounce=9.0,
    ),
}  # fmt: skip
