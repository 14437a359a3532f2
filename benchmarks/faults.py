"""What a viewer misses when a process is killed during a show: python -m benchmarks.faults

Each process is killed in the middle of the Chinese show, then viewers ask. What was received is
searched for the longest time without a new picture, without any packet of sound, and for how
long after the question she was heard again.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import onset, scratch
from benchmarks.on_air import FOLDER
from benchmarks.receiver import Noted, Receiver
from benchmarks.seats import Seat
from benchmarks.table import Table
from idol.telemetry import configure_log
from idol.testing.live import PASSWORD, Live, on_air

SHOW = "zh-autumn"
KILLED = ("studio", "voice-kokoro", "mind")
ASKED = {
    "studio": "2号围巾有什么颜色",
    "voice-kokoro": "1号黑色L还有多少件",
    "mind": "我明天要去爬山",
}
"""A question that needs the one that was killed."""
WATCH_S = 20.0
ANSWER_S = 15.0


async def _kill(live: Live, seat: Seat, receiver: Receiver, worker: str, number: int) -> list[str]:
    """Kill one worker and say what was missed, in seconds."""
    await receiver.noted()
    since, lines, id = len(seat.events), len(live.log), f"fault-{number}"
    os.kill(live.worker(worker), signal.SIGKILL)
    at = time.monotonic()
    await seat.send(type="chat", id=id, text=ASKED[worker])
    await seat.wait(since, ANSWER_S, lambda e: e["type"] == "caption" and e["reply_to"] == id)
    await asyncio.sleep(max(0.0, at + WATCH_S - time.monotonic()))
    noted = await receiver.noted()
    captions = [e for e in seat.events[since:] if e["type"] == "caption"]
    answer = next((e for e in captions if e["reply_to"] == id), None)
    heard = onset.spoken(noted, answer["pts"], 1 << 62).sound if answer else None
    logged = next((line for line in live.log[lines:] if "worker died" in line), "")
    return [
        worker,
        f"{_longest([t for t, *_ in noted.frames], at):.2f}",
        f"{_longest([t for t, *_ in noted.sound], at):.2f}",
        f"{_silence(noted, at):.2f}",
        f"{heard - at:.2f}" if heard else "not heard",
        "yes" if logged else "no",
    ]


def _longest(times: Sequence[float], since: float) -> float:
    """The longest time between two arrivals from `since` on.

    >>> _longest([1.0, 2.0, 5.0, 5.5], 1.5)
    3.0
    """
    later = [since, *(t for t in times if t > since)]
    return max((b - a for a, b in itertools.pairwise(later)), default=float("inf"))


def _silence(noted: Noted, since: float) -> float:
    """The longest time in which no speech arrived."""
    loud = [at for at, _, levels in noted.sound if max(levels, default=0) >= onset.HEARD]
    return _longest(loud, since)


async def _measure() -> Table:
    table = Table(
        "A process is killed on air: seconds",
        ("killed", "longest without a picture", "without a packet of sound", "without speech",
         "question to the sound of its answer", "named in the log"),
        note="The show is to go on within 3 s. Speech also pauses between two lines.",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="idol-bench-") as folder:
        cache = Path(folder) / "cache"
        scratch.fill(cache, FOLDER / SHOW)
        async with on_air(
            FOLDER / SHOW, Path(folder) / "var", settings={"IDOL_CACHE": str(cache)}
        ) as live:
            console = await Seat.console(live.url, PASSWORD)
            seat = await Seat.take(live.url, "小鹿", "zh")
            receiver = Receiver(live.url)
            ready = ("ready", "failed", "off")
            await console.wait(
                0, 90,
                lambda e: e["type"] == "stats" and e["engines"].get("mind", "").startswith(ready),
            )  # fmt: skip
            await asyncio.sleep(10)
            for number, worker in enumerate(KILLED):
                table.add(*await _kill(live, seat, receiver, worker, number))
                await asyncio.sleep(10)
            for part in (console, seat, receiver):
                await part.close()
    return table


def run() -> list[Table]:
    configure_log("ERROR")
    return [asyncio.run(_measure())]


def main() -> None:
    print(*(table.markdown() for table in run()), sep="\n")


if __name__ == "__main__":
    main()
