"""CPU time of one picture: python -m benchmarks.render [--size 720x1280] [--seconds 20] [--json]

A show in miniature: speech with visemes, each emotion and gesture, a card and captions. CPU
milliseconds of this one process, so that other work on the machine disturbs it little.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from benchmarks.table import Table
from idol.avatar import compose, native
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


def measure(
    size: tuple[int, int], fps: int, seconds: float, stage: str, idol: str = "aira"
) -> dict[str, float]:
    """Milliseconds of CPU per frame, and seconds of CPU to load with a warm cache."""
    renderer = SpriteRenderer()
    folders = ROOT / "assets/idols" / idol, ROOT / "assets/stages" / stage
    renderer.load(*folders, size, fps, 1)  # bakes, if nobody has yet
    start = time.process_time()
    renderer = SpriteRenderer()
    renderer.load(*folders, size, fps, 1)
    load_s = time.process_time() - start
    out = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
    gc.collect()
    gc.freeze()  # as on air (`show/performance.py`)
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


def cold(idol: str, size: tuple[int, int]) -> dict[str, float]:
    """CPU seconds of a bake into an empty cache and of a load from it, and resident MB on air.

    In a process of its own, so that memory is this one idol's.
    """
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "benchmarks.render", "--cold", idol, cache]
        command += ["--size", f"{size[0]}x{size[1]}"]
        spent = []
        for _ in range(2):
            done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            spent.append(json.loads(done.stdout))
    baked, loaded = spent
    return {"bake_s": baked["load_s"], "load_s": loaded["load_s"], "mb": loaded["mb"]}


def _cold(idol: str, cache: Path, size: tuple[int, int]) -> dict[str, float]:
    """The child of `cold`: load once and be on air for two seconds."""
    start = time.process_time()
    renderer = SpriteRenderer(cache)
    renderer.load(ROOT / "assets/idols" / idol, ROOT / "assets/stages/studio", size, 25, 1)
    load_s = time.process_time() - start
    out = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
    for frame in range(50):
        renderer.render(moment(frame, 25), out)
    resident = psutil.Process().memory_info().rss
    return {"load_s": round(load_s, 2), "mb": round(resident / 1e6)}


IDOLS = ("aira", "kai")
SIZES = (((720, 1280), 25), ((720, 1280), 30), ((1280, 720), 25), ((1080, 1920), 25))


def run() -> list[Table]:
    """What a frame costs, with the C part and without; what loading costs."""
    table = Table(
        "Renderer, ms of CPU per frame",
        ("picture", "median", "mean", "P99", "worst", "first frame", "target"),
    )
    ways = [("in C", native.load()), ("without C", None)] if native.load() else [("", None)]
    for (size, fps), idol in itertools.product(SIZES, IDOLS):
        if idol != IDOLS[0] and fps != 25:
            continue
        for name, blend in ways:
            if not blend and len(ways) > 1 and (idol != IDOLS[0] or fps != 25):
                continue
            with blended(blend):
                result = measure(size, fps, 12, "studio", idol)
            target = "8, P99 14" if size == (720, 1280) else f"mean {1000 // fps}: one core"
            figures = [
                result[key] for key in ("median_ms", "mean_ms", "p99_ms", "max_ms", "first_ms")
            ]
            words = f"{idol}, {size[0]}x{size[1]}, {fps} fps {name}".strip()
            table.add(words, *figures, target if size[1] > size[0] else "")
    loading = Table(
        "Loading an idol",
        ("picture", "bake, s of CPU", "warm load, s of CPU", "resident on air, MB", "target"),
    )
    for size, idol in itertools.product(((720, 1280), (1080, 1920)), IDOLS):
        took = cold(idol, size)
        words = f"{idol}, {size[0]}x{size[1]}"
        loading.add(words, took["bake_s"], took["load_s"], took["mb"], "bake 10 s, 400 MB")
    return [table, loading]


@contextlib.contextmanager
def blended(blend: native.Blend | None) -> Iterator[None]:
    """Draw with this C part, or with none."""
    before = compose.BLEND
    compose.BLEND = blend
    try:
        yield
    finally:
        compose.BLEND = before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--size", default="720x1280")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=24)
    parser.add_argument("--stage", default="studio")
    parser.add_argument("--idol", default="aira")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cold", nargs=2, metavar=("IDOL", "CACHE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    width, _, height = args.size.partition("x")
    if args.cold:
        print(json.dumps(_cold(args.cold[0], Path(args.cold[1]), (int(width), int(height)))))
        return
    result = measure((int(width), int(height)), args.fps, args.seconds, args.stage, args.idol)
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
