"""What outputs cost: python -m benchmarks outputs

One encoded programme (720x1280 at 25 fps, 1500 kbit/s, 20 s in real time) goes to several
outputs at once, each in its own process; CPU is theirs alone, after they have started. RTMP
goes to nginx-rtmp where that is installed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.table import NOT_MEASURED, Table
from idol.model import Packet, Pcm
from idol.stream.encoder import AudioEncoder, VideoEncoder
from idol.stream.outputs.rack import Line, Rack
from idol.telemetry import get_log
from idol.testing.stream import TestCard

SECONDS, FPS, SIZE = 20, 25, (720, 1280)
MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
PORT = 19_350


def voice(start: int, count: int) -> Pcm:
    """Something like a voice: a pure tone would cost AAC three times as much."""
    t = np.arange(start, start + count) / 48_000
    pitch = 2 * np.pi * (180 * t - 8 * np.cos(5 * t))
    said = sum(np.sin(pitch * k) / k for k in range(1, 25)) * (np.sin(19 * t) > -0.5)
    pcm: Pcm = (3000 * said + np.random.default_rng(start).normal(0, 60, count)).astype(np.int16)
    return pcm


def programme() -> list[Packet]:
    """Encoded ahead, so that only the outputs are measured."""
    from idol.model import Scene
    from idol.ports import Moment, MouthKey

    card = TestCard()
    card.load(Path(), Path(), SIZE, FPS, 1)
    video, audio = VideoEncoder(SIZE, FPS, kbps=1500, key_seconds=2), AudioEncoder()
    frame = np.zeros((SIZE[1] * 3 // 2, SIZE[0]), np.uint8)
    made: list[Packet] = []
    step = 48_000 // FPS
    for number in range((SECONDS + 5) * FPS):
        pts = number * step
        card.render(Moment(pts, Scene(), MouthKey("sil", "sil", 0.0)), frame)
        made += audio.encode(voice(pts, step), pts)
        made += video.encode(frame, pts)
    return made


def nginx(folder: Path) -> subprocess.Popen[bytes] | None:
    """An RTMP server that keeps nothing, if there is one here."""
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    if not MODULE.exists():
        return None
    (folder / "nginx.conf").write_text(
        f"load_module {MODULE}; daemon off; pid {folder}/pid; error_log {folder}/log;"
        f"events {{}} rtmp {{ server {{ listen 127.0.0.1:{PORT};"
        " application live { live on; } } }\n"
    )
    return subprocess.Popen([binary, "-p", str(folder), "-c", str(folder / "nginx.conf")])


def _cpu(line: Line) -> float:
    times = psutil.Process(line.pid).cpu_times()
    return float(times.user + times.system)


async def measure(folder: Path, rtmp: bool) -> Iterator[tuple[str, float, float, int]]:
    """(output, CPU in cores, resident MB, packets) of each."""
    entries: list[dict[str, Any]] = [
        {"kind": "file", "path": str(folder / "show.mp4")},
        {"kind": "hls", "path": str(folder / "hls")},
    ]
    if rtmp:
        os.environ["IDOL_KEY_RTMP"] = "key"
        entries.append({"kind": "rtmp", "url": f"rtmp://127.0.0.1:{PORT}/live"})
    made = programme()
    rack = Rack(entries, lambda: None, get_log("outputs"))
    await rack.start()
    await asyncio.sleep(4)  # the processes have imported what they need
    before: dict[str, float] = {}
    begin, began = time.monotonic(), 0.0
    for packet in made:
        due = begin + packet.pts / 48_000
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        rack.push(packet)
        if not before and packet.pts > 5 * 48_000:  # connections are made by now
            before, began = {line.name: _cpu(line) for line in rack.lines}, time.monotonic()
    passed = time.monotonic() - began
    found = [
        (
            line.name,
            (_cpu(line) - before[line.name]) / passed,
            psutil.Process(line.pid).memory_info().rss / 2**20,
            line.state.packets,
        )
        for line in rack.lines
    ]
    await rack.close()
    return iter(found)


def run() -> list[Table]:
    table = Table(
        "Outputs of one encoded programme",
        ("output", "CPU, cores", "memory, MB", "packets"),
        note="720x1280@25, 1.5 Mbit/s; hls and rtmp make AAC of the Opus, file does not.",
    )
    with tempfile.TemporaryDirectory() as name:
        server = nginx(Path(name))
        try:
            for output, cpu, memory, packets in asyncio.run(measure(Path(name), bool(server))):
                table.add(output, f"{cpu:.3f}", f"{memory:.0f}", packets)
        finally:
            if server is not None:
                server.terminate()
                server.wait()
            else:
                table.add("rtmp", NOT_MEASURED, NOT_MEASURED, NOT_MEASURED)
    return [table]
