"""From what a receiver noted to when a reply was heard and seen. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.receiver import SLICE, Noted

HEARD = 0.01
"""RMS (-40 dBFS) from which a 10 ms slice is speech; silence in the stream is digital zero."""
MOVED = 15
"""Pixels by which the open mouth grows or shrinks between two frames when it moves."""
FADE = 480
"""Samples for which a line that was cut may still sound after the next one's media time."""
RATE = 48_000
PAUSE = RATE * 45 // 100
"""Longer than a pause that the script of a sentence makes: 0.26 s, and what the voice itself adds
before and after a clause."""
OPENING = RATE * 2
"""A silence that begins later than this is not one between an opener and its substance."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line as received: monotonic times, None for what never came."""

    sound: float | None
    mouth: float | None
    sound_pts: int | None = None


def spoken(noted: Noted, pts: int, until: int) -> Spoken:
    """The first sound and the first moving mouth of a line from media time `pts` on.

    Times are arrivals of the packet that holds the sound, or of the frame, at the receiver.
    """
    sound: float | None = None
    sound_pts: int | None = None
    sounding = False
    for at, begin, levels in noted.sound:
        for i, level in enumerate(levels):
            start = begin + SLICE * i
            loud = level >= HEARD
            tail = sounding and loud and start < pts + FADE
            if sound is None and loud and pts <= start < until and not tail:
                sound, sound_pts = at, start
            sounding = loud
    mouth: float | None = None
    before: int | None = None
    for at, begin, opened in noted.frames:
        if pts <= begin < until and before is not None and abs(opened - before) >= MOVED:
            mouth = at
            break
        before = opened
    return Spoken(sound, mouth, sound_pts)


def last_sound(noted: Noted, begin: int, end: int) -> int | None:
    """Media time at which the sound between two media times ends."""
    last: int | None = None
    for _, pts, levels in noted.sound:
        for i, level in enumerate(levels):
            at = pts + SLICE * i
            if begin <= at < end and level >= HEARD:
                last = at + SLICE
    return last


def resumed(noted: Noted, pts: int, until: int) -> tuple[float, int, int] | None:
    """The first sound after the first long silence inside a line that begins to sound at `pts`.

    (arrival, its media time, where the silence began); None when it is spoken without one. An
    answer may begin with what was ready, such as the viewer's name: the substance comes here.
    """
    quiet_from = pts
    for at, begin, levels in noted.sound:
        for i, level in enumerate(levels):
            start = begin + SLICE * i
            if not pts <= start < until or level < HEARD:
                continue
            if start - quiet_from >= PAUSE and quiet_from < pts + OPENING:
                return at, start, quiet_from
            quiet_from = start + SLICE
    return None


def stopped(noted: Noted, sent: float, pts: int) -> float:
    """When the last sound before media time `pts` arrived, if after `sent`; else `sent`."""
    last = sent
    for at, begin, levels in noted.sound:
        old = [x for i, x in enumerate(levels) if begin + SLICE * (i + 1) <= pts]
        if at > sent and any(level >= HEARD for level in old):
            last = max(last, at)
    return last


def report_skew(reports: Sequence[tuple[str, float, int]]) -> list[float]:
    """Milliseconds by which a player would play sound after picture, by the sender reports.

    Both streams' RTP time is the media time, so a perfect sender gives 0.
    """
    origins = [(kind, ntp - pts / RATE) for kind, ntp, pts in reports]
    skews: list[float] = []
    video: float | None = None
    for kind, origin in origins:
        if kind == "video":
            video = origin
        elif video is not None:
            skews.append((origin - video) * 1000)
    return skews


def arrival_skew(noted: Noted) -> list[float]:
    """Milliseconds by which the sound of each frame's moment arrived after the frame."""
    if not noted.sound or not noted.frames:
        return []
    pts = np.array([begin for _, begin, _ in noted.sound])
    at = np.array([at for at, _, _ in noted.sound])
    skews = []
    for arrival, begin, _ in noted.frames:
        i = int(np.searchsorted(pts, begin, side="right")) - 1
        if i >= 0 and begin - pts[i] < 960:
            skews.append((float(at[i]) - arrival) * 1000)
    return skews


def lip_lag(noted: Noted) -> float | None:
    """Milliseconds by which the mouth's opening follows the sound's level (best correlation).

    Measured every 10 ms over all that was received; None without a minute of speech and picture.
    """
    if len(noted.frames) < 250 or len(noted.sound) < 500:
        return None
    begin = max(noted.sound[0][1], noted.frames[0][1])
    end = min(noted.sound[-1][1], noted.frames[-1][1])
    grid = np.arange(begin, end, SLICE)
    sound_at = np.array([p + SLICE * i for _, p, levels in noted.sound for i in range(len(levels))])
    level = np.array([x for _, _, levels in noted.sound for x in levels])
    loud = np.interp(grid, sound_at, np.minimum(level, 0.2))
    # A frame is on show from its pts on; its middle is the moment that it was drawn for.
    opened = np.interp(grid, [p + 960 for _, p, _ in noted.frames], [o for *_, o in noted.frames])
    loud = np.convolve(loud, np.ones(5) / 5, "same")
    loud, opened = loud - loud.mean(), opened - opened.mean()
    span = 30
    scores = [
        float((loud[span:-span] * opened[span + k : len(opened) - span + k]).sum())
        for k in range(-span, span)
    ]
    return float((int(np.argmax(scores)) - span) * 10)


def gaps(noted: Noted, fps: int = 25) -> tuple[int, int]:
    """Frames received, and frames missing between them by their media times."""
    step = RATE // fps
    pts = [begin for _, begin, _ in noted.frames]
    pairs = itertools.pairwise(pts)
    missing = sum(max(0, round((b - a) / step) - 1) for a, b in pairs)
    return len(pts), missing
