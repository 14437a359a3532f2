"""CPU time of one picture: python -m benchmarks.render [--size 720x1280] [--seconds 20] [--json]

A show in miniature: speech with visemes, each emotion and gesture, a card and captions. CPU
milliseconds of this one process, so that other work on the machine disturbs it little.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np

from benchmarks.table import Table
from idol.avatar.renderers.sprite import SpriteRenderer
from idol.clock import SAMPLE_RATE
from idol.model import EMOTIONS, GESTURES, VISEMES, Activity, CardView, Scene
from idol.ports import Moment, MouthKey

ROOT = Path(__file__).resolve().parents[1]
CARD = CardView(1, "云步轻跑外套", "¥199.00", "¥299.00", "仅剩 12 件")
CAPTION = "先看一号链接，云步轻跑外套，原价二百九十九，今天直播间只要一百九十九。"


def moment(frame: int, fps: int) -> Moment:
    """The show at one frame: quiet for the first third of each 12 s, then speaking."""
    pts = frame * SAMPLE_RATE // fps
    t = frame / fps
    speaking = t % 12 > 4
    now, after = (VISEMES[(frame // 3 + i) % 15] if speaking else VISEMES[0] for i in (0, 1))
    activity: Activity = "speaking" if speaking else "idle"
    turn = int(t // 4)
    return Moment(
        pts=pts,
        scene=Scene(cards=(CARD,), activity=activity),
        mouth=MouthKey(now, after, frame % 3 / 3),
        emotion=EMOTIONS[turn % len(EMOTIONS)],
        gesture=GESTURES[turn % len(GESTURES)],
        gesture_pts=turn * 4 * SAMPLE_RATE,
        card=1 if t % 20 > 6 else None,
        card_pts=int(t // 20 * 20 + 6) * SAMPLE_RATE,
        caption=CAPTION if speaking else "",
        caption_chars=int(t % 12 * 4) if speaking else 0,
        loudness=0.15 + 0.1 * math.sin(frame) if speaking else 0.0,
    )


def measure(size: tuple[int, int], fps: int, seconds: float, stage: str) -> dict[str, float]:
    """Milliseconds of CPU per frame, and seconds of CPU to load with a warm cache."""
    renderer = SpriteRenderer()
    folders = ROOT / "assets/idols/aira", ROOT / "assets/stages" / stage
    renderer.load(*folders, size, fps, 1)  # bakes, if nobody has yet
    start = time.process_time()
    renderer = SpriteRenderer()
    renderer.load(*folders, size, fps, 1)
    load_s = time.process_time() - start
    out = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
    spent = []
    for frame in range(int(seconds * fps)):
        now = moment(frame, fps)
        start = time.process_time()
        renderer.render(now, out)
        spent.append((time.process_time() - start) * 1000)
    steady = np.array(spent[fps:])
    return {
        "median_ms": round(float(np.median(steady)), 2),
        "mean_ms": round(float(steady.mean()), 2),
        "p99_ms": round(float(np.percentile(steady, 99)), 2),
        "max_ms": round(float(steady.max()), 2),
        "first_ms": round(spent[0], 2),
        "load_s": round(load_s, 3),
        "frames": len(steady),
    }


def run() -> list[Table]:
    """Both orientations at 25 and the portrait at 30 frames a second."""
    table = Table(
        "Renderer, ms of CPU per frame",
        ("picture", "median", "mean", "P99", "worst", "first frame", "warm load, s"),
    )
    for size, fps in (((720, 1280), 25), ((720, 1280), 30), ((1280, 720), 25)):
        result = measure(size, fps, 12, "studio")
        names = ("median_ms", "mean_ms", "p99_ms", "max_ms", "first_ms", "load_s")
        table.add(f"{size[0]}x{size[1]}, {fps} fps", *(result[name] for name in names))
    return [table]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", default="720x1280")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=24)
    parser.add_argument("--stage", default="studio")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    width, _, height = args.size.partition("x")
    result = measure((int(width), int(height)), args.fps, args.seconds, args.stage)
    if args.json:
        print(json.dumps(result))
        return
    print(f"sprite renderer, {args.size} at {args.fps} fps, {result['frames']:.0f} frames, CPU ms")
    print("| median | mean | P99 | max | first frame | warm load |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {result['median_ms']} | {result['mean_ms']} | {result['p99_ms']} "
        f"| {result['max_ms']} | {result['first_ms']} | {result['load_s']} s |"
    )


if __name__ == "__main__":
    main()
