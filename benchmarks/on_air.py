"""The whole show on air, watched by a real WebRTC receiver: latency, CPU, frames, viewers, memory.

python -m benchmarks.on_air [--show zh-autumn ...] [--messages 20] [--minutes 30] [--viewers 20]

Nothing is replaced: studio, voice, mind and host run as `idol live` starts them. The receiver
(aiortc) is a process of its own and so are the cheap viewers; their CPU is not in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks import onset, scratch
from benchmarks.evening import MORE_S, SHOWS, Evening, Plan, Sample
from benchmarks.questions import KINDS
from benchmarks.table import NOT_MEASURED, Table, percentile
from idol.telemetry import configure_log
from idol.testing.live import on_air

FOLDER = Path(__file__).parents[1] / "assets" / "shows"


def _latency(one: Evening, table: Table) -> None:
    for kind in KINDS:
        those = [asked for asked, *_ in one.asked if asked.kind == kind]
        if not those:
            continue
        heard = [asked for asked in those if asked.counted is not None]
        openers = [asked for asked in heard if asked.substance is not None]
        gaps = [asked.silence for asked in openers if asked.silence is not None]
        table.add(
            one.language,
            kind,
            f"{len(heard)} of {len(those)}",
            _two([a.sound for a in heard if a.sound is not None]),
            _two([a.counted for a in heard if a.counted is not None]),
            _two([a.mouth for a in heard if a.mouth is not None]),
            _two(gaps) if gaps else NOT_MEASURED,
            f"{percentile([a.load for a in those], 0.5):.1f}",
        )
    every = [asked.counted for asked, *_ in one.asked if asked.counted is not None]
    mouths = [asked.mouth for asked, *_ in one.asked if asked.mouth is not None]
    first = [asked.sound for asked, *_ in one.asked if asked.sound is not None]
    loads = [asked.load for asked, *_ in one.asked]
    table.add(
        one.language, "**all**", f"{len(every)} of {len(one.asked)}", _two(first),
        f"**{_two(every)}**", _two(mouths), "", f"{percentile(loads, 0.5):.1f}",
    )  # fmt: skip


def _processes(one: Evening, table: Table) -> None:
    first, last = one.samples[0], one.samples[-1]
    for name in last.cpu:
        spent = last.cpu[name] - first.cpu.get(name, last.cpu[name])
        # Only up to now, before the further viewers came.
        seconds = last.at - first.at
        rates = [
            (b.cpu[name] - a.cpu[name]) / (b.at - a.at)
            for a, b in zip(one.samples, one.samples[1:], strict=False)
            if name in a.cpu and name in b.cpu
        ]
        table.add(
            one.language,
            name,
            f"{spent / seconds:.3f}",
            f"{percentile(rates, 0.1):.2f}, {percentile(rates, 0.95):.2f}",
            f"{last.rss[name]:.0f}",
            one.restarted.get(name, 0),
        )


def _figures(one: Evening, table: Table) -> None:
    received, missing = onset.gaps(one.noted)
    stats = [e for e in one.console.events if e["type"] == "stats" and e["studio"]]
    if len(stats) > 1:
        a, b = stats[0]["studio"], stats[-1]["studio"]
        frames, repeated = b["frames"] - a["frames"], b["repeated"] - a["repeated"]
        table.add(one.language, "frames late and repeated (studio)", _share(repeated, frames))
        late = b["late_audio"] - a["late_audio"]
        table.add(one.language, "frames with late sound (studio)", _share(late, frames))
        draw = [e["studio"]["render_ms"] for e in stats]
        code = [e["studio"]["encode_ms"] for e in stats]
        table.add(
            one.language, "draw, encode: median ms",
            f"{percentile(draw, 0.5):.1f}, {percentile(code, 0.5):.1f}",
        )  # fmt: skip
    table.add(one.language, "frames missing at the receiver", _share(missing, received))
    table.add(one.language, "packets lost on the way", one.noted.lost)
    skew = onset.report_skew(one.noted.reports)
    came = onset.arrival_skew(one.noted)
    for what, values in (
        ("sound after picture by the sender reports (what a player plays)", skew),
        ("sound's arrival after the picture of the same moment", came),
    ):
        cells = ", ".join(f"{percentile(values, share):+.1f}" for share in (0.05, 0.5, 0.95))
        table.add(one.language, f"{what}: P5, P50, P95 ms", cells)
    lag = onset.lip_lag(one.noted)
    if lag is not None:
        table.add(one.language, "mouth after voice (best correlation)", f"{lag:+.0f} ms")
    table.add(one.language, "`idol live` to its URLs", f"{one.started_s:.1f} s")
    if one.ready_s is not None:
        table.add(one.language, "`idol live` to the dialogue model", f"{one.ready_s:.1f} s")
    for count, cpu, rss in one.crowd:
        table.add(
            one.language, f"edge with {count} further viewers",
            f"{cpu:.3f} core, {rss:.0f} MiB",
        )  # fmt: skip
    if len(one.crowd) > 1:
        (a0, cpu0, rss0), (a1, cpu1, rss1) = one.crowd[0], one.crowd[-1]
        each = a1 - a0
        table.add(
            one.language, "each further viewer",
            f"{(cpu1 - cpu0) / each * 100:.2f} % of a core, {(rss1 - rss0) / each:.2f} MiB",
        )  # fmt: skip
    if one.stops:
        cells = ", ".join(f"{percentile(one.stops, share) * 1000:.0f}" for share in (0.5, 0.95))
        table.add(
            one.language,
            f"operator's line to the last sound of the older one, {len(one.stops)} times: "
            "P50, P95 ms", cells,
        )  # fmt: skip
    seconds = one.samples[-1].at - one.samples[0].at
    table.add(one.language, "the receiver's own CPU (not in any figure)",
              f"{one.noted.cpu_s / max(seconds, 1):.3f} core")  # fmt: skip


def _memory(one: Evening, table: Table) -> None:
    """Resident memory over time: medians of a minute, so that one sample does not count."""
    minutes: dict[int, list[Sample]] = defaultdict(list)
    for sample in one.samples:
        minutes[int((sample.at - one.samples[0].at) // 60)].append(sample)
    marks = sorted({0, max(minutes) // 4, max(minutes) // 2, max(minutes)} & set(minutes))
    for name in one.samples[-1].rss:
        cells = []
        for mark in marks:
            values = [s.rss[name] for s in minutes[mark] if name in s.rss]
            cells.append(f"{percentile(values, 0.5):.0f} (min {mark})")
        table.add(one.language, name, ", ".join(cells))


async def evening(name: str, plan: Plan) -> Evening:
    """Run one show and measure it."""
    if plan.rehearse:
        took = await scratch.render(FOLDER / name)
        print(f"{name}: rehearsed in {took:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="idol-bench-") as folder:
        cache = Path(folder) / "cache"
        have, of = scratch.fill(cache, FOLDER / name)
        print(f"{name}: {have} of {of} clauses of a rehearsal are in the cache", flush=True)
        begin = time.monotonic()
        async with on_air(
            FOLDER / name, Path(folder) / "var", settings={"IDOL_CACHE": str(cache)}
        ) as live:
            if plan.alone:
                _above_others(live.pid)
            one = Evening(name, plan, live, time.monotonic() - begin)
            await one.watch()
    for asked, *_ in one.asked:
        times = (asked.sound, asked.counted, asked.mouth)
        told = " ".join("-" if t is None else f"{t:.2f}" for t in times)
        print(f"{name} {asked.kind:8} {told}  {asked.text} -> {asked.answer}", flush=True)
    return one


def measure(plan: Plan) -> list[Table]:
    """All shows, one after the other."""
    configure_log("ERROR")
    latency = Table(
        "From a chat message sent to its answer received, P50, P95 in seconds",
        (
            "language", "answer", "answered", "first sound", "first sound that counts",
            "moving mouth", "pause after an opener", "load",
        ),
        note=(
            "Sent over the page's websocket, received over WebRTC by an aiortc receiver in its own "
            "process: the arrival of the packet with the reply's first sound above -40 dBFS, and "
            "of the first frame in which the mouth's opening changes, from the media time at which "
            "the caption says that the reply begins. A browser plays 40 to 100 ms later. "
            "*Scripted*: the show's own FAQ and set phrases; *grounded*: facts and the ledger; "
            "*free*: the dialogue model, after a short opener. An opener, or the viewer's name, "
            f"counts as the first sound only if the substance follows within {MORE_S} s: a silence "
            f"of more than {onset.PAUSE / onset.RATE:.2f} s in the first two seconds of an answer "
            "parts them. The speech cache "
            "holds what `idol rehearse --speech` renders (the script, her ready-made lines, what "
            "each listing answers whoever asks; no name, no stock, no sum) and no answer of an "
            "earlier run."
        ),
    )  # fmt: skip
    processes = Table(
        "CPU and memory of each process on air",
        ("language", "process", "cores, mean", "idle (P10), busy (P95)", "MiB", "restarts"),
    )
    figures = Table("Picture, sound, viewers, start", ("language", "figure", "value"))
    memory = Table(
        "Resident memory over the run, MiB", ("language", "process", "median of a minute")
    )
    for name in plan.shows:
        one = asyncio.run(evening(name, plan))
        _latency(one, latency)
        _processes(one, processes)
        _figures(one, figures)
        _memory(one, memory)
    return [latency, processes, figures, memory]


def run() -> list[Table]:
    """The short form, for `make bench`."""
    return measure(Plan())


def _above_others(pid: int) -> None:
    """On a machine with other work, give the show's session and ours its turn first (Linux)."""
    for group in (pid, os.getpid()):
        Path(f"/proc/{group}/autogroup").write_text("-15")


def _two(values: list[float]) -> str:
    return f"{percentile(values, 0.5):.2f}, {percentile(values, 0.95):.2f}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(whole, 1):.2f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="append", choices=sorted(SHOWS))
    parser.add_argument("--messages", type=int, default=8, help="of each kind, at most 20")
    parser.add_argument("--minutes", type=float, default=2.0, help="on air at least this long")
    parser.add_argument("--viewers", type=int, default=20, help="further viewers at the end")
    parser.add_argument("--no-rehearsal", action="store_true")
    parser.add_argument("--alone", action="store_true", help="before all other work (root)")
    options = parser.parse_args()
    shows = tuple(options.show or SHOWS)
    plan = Plan(
        shows,
        options.messages,
        options.minutes,
        options.viewers,
        not options.no_rehearsal,
        options.alone,
    )
    print(*(table.markdown() for table in measure(plan)), sep="\n")


if __name__ == "__main__":
    main()
