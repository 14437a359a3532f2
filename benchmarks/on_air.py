"""The whole show on air, watched by a real WebRTC receiver: latency, CPU, frames, viewers, memory.

python -m benchmarks.on_air [--show zh-autumn ...] [--messages 20] [--minutes 30] [--viewers 20]

Nothing is replaced: studio, voice, mind and host run as `idol live` starts them. The receiver
(aiortc) is a process of its own and so are the cheap viewers; their CPU is not in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks import crowd, onset, scratch
from benchmarks.questions import KINDS, NAMES, QUESTIONS
from benchmarks.receiver import Noted, Receiver
from benchmarks.seats import Event, Seat
from benchmarks.table import NOT_MEASURED, Table, load, percentile
from idol.model import Language
from idol.telemetry import configure_log
from idol.testing.live import PASSWORD, Live, on_air

SHOWS: dict[str, Language] = {"zh-autumn": "zh", "en-studio": "en"}
FOLDER = Path(__file__).parents[1] / "assets" / "shows"
ANSWER_S = 20.0
"""A message without an answer for this long counts as not answered."""
MORE_S = 1.5
"""A cached opener counts as the reply's first sound if its substance follows within this."""


@dataclass
class Plan:
    """How long and how much."""

    shows: tuple[str, ...] = tuple(SHOWS)
    messages: int = 8
    minutes: float = 2.0
    viewers: int = 20
    rehearse: bool = True
    alone: bool = False


@dataclass
class Asked:
    """One message and when its answer came, in seconds after it was sent."""

    kind: str
    text: str
    load: float
    sound: float | None = None
    mouth: float | None = None
    substance: float | None = None
    silence: float | None = None
    answer: str = ""

    @property
    def counted(self) -> float | None:
        """The first sound, or the substance where that came too late after a mere opener."""
        if self.sound is None or self.substance is None:
            return self.sound
        return self.sound if self.substance - self.sound <= MORE_S else self.substance


@dataclass
class Sample:
    """CPU seconds so far and resident MiB of each process, at one moment."""

    at: float
    cpu: dict[str, float] = field(default_factory=dict)
    rss: dict[str, float] = field(default_factory=dict)


class Evening:
    """One show on air with a receiver, a console and a few viewers who chat."""

    def __init__(self, name: str, plan: Plan, live: Live, started: float) -> None:
        self.name, self.language, self.plan, self.live = name, SHOWS[name], plan, live
        self.started_s = started
        self.ready_s: float | None = None
        self.samples: list[Sample] = []
        self.asked: list[tuple[Asked, float, str, int]] = []
        self.noted = Noted()
        self.crowd: list[tuple[int, float, float]] = []
        self.restarted: dict[str, int] = {}

    async def watch(self) -> None:
        """The whole programme."""
        self.console = await Seat.console(self.live.url, PASSWORD)
        self.receiver = Receiver(self.live.url)
        names = NAMES[self.language]
        self.seats = [await Seat.take(self.live.url, n, self.language) for n in names]
        try:
            await self._ready()
            sampler = asyncio.create_task(self._sample())
            await asyncio.sleep(5)
            begin = time.monotonic()
            await self._ask()
            await asyncio.sleep(max(0.0, begin + self.plan.minutes * 60 - time.monotonic()))
            await self._take()
            if self.plan.viewers:
                self.crowd = await crowd.cost(
                    self.live.url, self.live.worker("edge-0"), self.plan.viewers
                )
            sampler.cancel()
        finally:
            await asyncio.gather(*(seat.close() for seat in [self.console, *self.seats]))
            await self.receiver.close()

    async def _ready(self) -> None:
        """Wait until every worker is up, the model with them."""
        begin = time.monotonic()
        while time.monotonic() - begin < 90:
            stats = self.console.latest("stats")
            if stats and stats["engines"].get("mind", "").startswith(("ready", "failed", "off")):
                self.ready_s = self.started_s + time.monotonic() - begin
                return
            await asyncio.sleep(0.2)

    async def _ask(self) -> None:
        chosen = [
            (kind, text)
            for i in range(self.plan.messages)
            for kind in KINDS
            for text in QUESTIONS[self.language][kind][i : i + 1]
        ]
        dice = random.Random(7)
        for number, (kind, text) in enumerate(chosen):
            await self._say(number, kind, text)
            await asyncio.sleep(dice.uniform(1.0, 4.0))

    async def _say(self, number: int, kind: str, text: str) -> None:
        """Send one message and wait until its answer is over and she has gone on."""
        seat = self.seats[number % len(self.seats)]
        since, id = len(seat.events), f"b-{number}"
        asked = Asked(kind, text, float(load()))
        self.asked.append((asked, time.monotonic(), id, number % len(self.seats)))
        await seat.send(type="chat", id=id, text=text)
        if await seat.wait(since, ANSWER_S, lambda e: _is_answer(e, id)):
            began = next(i for i, e in enumerate(seat.events) if _is_answer(e, id))
            await seat.wait(
                began, ANSWER_S, lambda e: e["type"] == "caption" and not _is_answer(e, id)
            )

    async def _take(self) -> None:
        """Fetch what the receiver noted, and find each answer in it."""
        more = await self.receiver.noted()
        self.noted.sound += more.sound
        self.noted.frames += more.frames
        self.noted.reports += more.reports
        self.noted.lost += more.lost
        self.noted.cpu_s = more.cpu_s
        for asked, sent, id, at in self.asked:
            self._find(
                asked, sent, [e for e in self.seats[at].events if e["type"] == "caption"], id
            )

    def _find(self, asked: Asked, sent: float, captions: list[Event], id: str) -> None:
        lines = [i for i, caption in enumerate(captions) if caption["reply_to"] == id]
        if not lines:
            return
        asked.answer = " ".join(captions[i]["text"] for i in lines)
        first = self._spoken(captions, lines[0])
        asked.sound = first.sound - sent if first.sound else None
        asked.mouth = first.mouth - sent if first.mouth else None
        if len(lines) > 1:
            second = self._spoken(captions, lines[1])
            asked.substance = second.sound - sent if second.sound else None
            begin, end = captions[lines[0]]["pts"], captions[lines[1]]["pts"]
            last = onset.last_sound(self.noted, begin, end)
            if last is not None and second.sound_pts is not None:
                asked.silence = (second.sound_pts - last) / onset.RATE

    def _spoken(self, captions: list[Event], index: int) -> onset.Spoken:
        following = captions[index + 1]["pts"] if index + 1 < len(captions) else 1 << 62
        return onset.spoken(self.noted, captions[index]["pts"], following)

    async def _sample(self) -> None:
        """CPU and memory of every process, each second."""
        known: dict[int, psutil.Process] = {}
        while True:
            stats = self.console.latest("stats")
            sample = Sample(time.monotonic())
            for process in stats["processes"] if stats else ():
                name, pid = process["name"], process["pid"]
                self.restarted[name] = process["restarts"]
                try:
                    one = known.setdefault(pid, psutil.Process(pid))
                    times, memory = one.cpu_times(), one.memory_info()
                except (psutil.Error, TypeError):
                    continue
                sample.cpu[name] = times.user + times.system
                sample.rss[name] = memory.rss / 2**20
            self.samples.append(sample)
            await asyncio.sleep(1)

    # ---- tables

    def latency(self, table: Table) -> None:
        for kind in KINDS:
            those = [asked for asked, *_ in self.asked if asked.kind == kind]
            if not those:
                continue
            heard = [asked for asked in those if asked.counted is not None]
            openers = [asked for asked in heard if asked.substance is not None]
            gaps = [asked.silence for asked in openers if asked.silence is not None]
            table.add(
                self.language,
                kind,
                f"{len(heard)} of {len(those)}",
                _two([a.sound for a in heard if a.sound is not None]),
                _two([a.counted for a in heard if a.counted is not None]),
                _two([a.mouth for a in heard if a.mouth is not None]),
                _two(gaps) if gaps else NOT_MEASURED,
                f"{percentile([a.load for a in those], 0.5):.1f}",
            )
        every = [asked.counted for asked, *_ in self.asked if asked.counted is not None]
        mouths = [asked.mouth for asked, *_ in self.asked if asked.mouth is not None]
        first = [asked.sound for asked, *_ in self.asked if asked.sound is not None]
        loads = [asked.load for asked, *_ in self.asked]
        table.add(
            self.language, "**all**", f"{len(every)} of {len(self.asked)}", _two(first),
            f"**{_two(every)}**", _two(mouths), "", f"{percentile(loads, 0.5):.1f}",
        )  # fmt: skip

    def processes(self, table: Table) -> None:
        first, last = self.samples[0], self.samples[-1]
        for name in last.cpu:
            spent = last.cpu[name] - first.cpu.get(name, last.cpu[name])
            # Only up to now, before the further viewers came.
            seconds = last.at - first.at
            rates = [
                (b.cpu[name] - a.cpu[name]) / (b.at - a.at)
                for a, b in zip(self.samples, self.samples[1:], strict=False)
                if name in a.cpu and name in b.cpu
            ]
            table.add(
                self.language,
                name,
                f"{spent / seconds:.3f}",
                f"{percentile(rates, 0.1):.2f}, {percentile(rates, 0.95):.2f}",
                f"{last.rss[name]:.0f}",
                self.restarted.get(name, 0),
            )

    def figures(self, table: Table) -> None:
        received, missing = onset.gaps(self.noted)
        stats = [e for e in self.console.events if e["type"] == "stats" and e["studio"]]
        if len(stats) > 1:
            a, b = stats[0]["studio"], stats[-1]["studio"]
            frames, repeated = b["frames"] - a["frames"], b["repeated"] - a["repeated"]
            table.add(self.language, "frames late and repeated (studio)", _share(repeated, frames))
            late = b["late_audio"] - a["late_audio"]
            table.add(self.language, "frames with late sound (studio)", _share(late, frames))
            draw = [e["studio"]["render_ms"] for e in stats]
            code = [e["studio"]["encode_ms"] for e in stats]
            table.add(
                self.language, "draw, encode: median ms",
                f"{percentile(draw, 0.5):.1f}, {percentile(code, 0.5):.1f}",
            )  # fmt: skip
        table.add(self.language, "frames missing at the receiver", _share(missing, received))
        table.add(self.language, "packets lost on the way", self.noted.lost)
        skew = onset.report_skew(self.noted.reports)
        came = onset.arrival_skew(self.noted)
        for what, values in (
            ("sound after picture by the sender reports (what a player plays)", skew),
            ("sound's arrival after the picture of the same moment", came),
        ):
            cells = ", ".join(f"{percentile(values, share):+.1f}" for share in (0.05, 0.5, 0.95))
            table.add(self.language, f"{what}: P5, P50, P95 ms", cells)
        lag = onset.lip_lag(self.noted)
        if lag is not None:
            table.add(self.language, "mouth after voice (best correlation)", f"{lag:+.0f} ms")
        table.add(self.language, "`idol live` to its URLs", f"{self.started_s:.1f} s")
        if self.ready_s is not None:
            table.add(self.language, "`idol live` to the dialogue model", f"{self.ready_s:.1f} s")
        for count, cpu, rss in self.crowd:
            table.add(
                self.language, f"edge with {count} further viewers",
                f"{cpu:.3f} core, {rss:.0f} MiB",
            )  # fmt: skip
        if len(self.crowd) > 1:
            (a0, cpu0, rss0), (a1, cpu1, rss1) = self.crowd[0], self.crowd[-1]
            each = a1 - a0
            table.add(
                self.language, "each further viewer",
                f"{(cpu1 - cpu0) / each * 100:.2f} % of a core, {(rss1 - rss0) / each:.2f} MiB",
            )  # fmt: skip
        seconds = self.samples[-1].at - self.samples[0].at
        table.add(self.language, "the receiver's own CPU (not in any figure)",
                  f"{self.noted.cpu_s / max(seconds, 1):.3f} core")  # fmt: skip

    def memory(self, table: Table) -> None:
        """Resident memory over time: medians of a minute, so that one sample does not count."""
        minutes: dict[int, list[Sample]] = defaultdict(list)
        for sample in self.samples:
            minutes[int((sample.at - self.samples[0].at) // 60)].append(sample)
        marks = sorted({0, max(minutes) // 4, max(minutes) // 2, max(minutes)} & set(minutes))
        for name in self.samples[-1].rss:
            cells = []
            for mark in marks:
                values = [s.rss[name] for s in minutes[mark] if name in s.rss]
                cells.append(f"{percentile(values, 0.5):.0f} (min {mark})")
            table.add(self.language, name, ", ".join(cells))


async def evening(name: str, plan: Plan) -> Evening:
    """Run one show and measure it."""
    if plan.rehearse:
        took = await scratch.rehearse(FOLDER / name)
        print(f"{name}: script rendered ahead in {took:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="idol-bench-") as folder:
        cache = Path(folder) / "cache"
        have, of = scratch.fill(cache, FOLDER / name)
        print(f"{name}: {have} of {of} clauses of the script are in the cache", flush=True)
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
            "*free*: the dialogue model, after a short opener. An opener counts as the first sound "
            f"only if the substance follows within {MORE_S} s. The speech cache holds the script "
            "and no answer of an earlier run."
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
        one.latency(latency)
        one.processes(processes)
        one.figures(figures)
        one.memory(memory)
    return [latency, processes, figures, memory]


def run() -> list[Table]:
    """The short form, for `make bench`."""
    return measure(Plan())


def _is_answer(event: Event, message: str) -> bool:
    return bool(event["type"] == "caption" and event["reply_to"] == message)


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
