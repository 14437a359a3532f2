"""`idol doctor`: what this machine can do, and what a viewer on the internet would meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` says what to do about it, in one line."""

    level: Level
    what: str
    found: str
    advice: str = ""


def good(what: str, found: str) -> Finding:
    return Finding("good", what, found)


def warn(what: str, found: str, advice: str) -> Finding:
    return Finding("warn", what, found, advice)


def bad(what: str, found: str, advice: str) -> Finding:
    return Finding("bad", what, found, advice)
