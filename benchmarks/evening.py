"""One show on air, watched: viewers who chat, an operator, a receiver; what each process costs."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import psutil

from benchmarks import crowd, onset
from benchmarks.questions import KINDS, NAMES, QUESTIONS
from benchmarks.receiver import Noted, Receiver
from benchmarks.seats import Event, Seat
from benchmarks.table import load
from idol.model import Language
from idol.testing.live import PASSWORD, Live

SHOWS: dict[str, Language] = {"zh-autumn": "zh", "en-studio": "en"}
ANSWER_S = 20.0
"""A message without an answer for this long counts as not answered."""
MORE_S = 1.5
"""A cached opener counts as the reply's first sound if its substance follows within this."""
INTERRUPTIONS = 6
DESK: dict[Language, tuple[str, ...]] = {
    "zh": ("大家看这里", "我们换一个", "先说这件", "注意看屏幕", "马上回来", "说件事"),
    "en": ("Look here, everyone.", "Let us go on.", "One thing first.", "Watch the screen.",
           "We are right back.", "A word from me."),
}  # fmt: skip
"""What the operator makes her say; new lines, so that no cache helps."""


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
        self.said: list[tuple[float, str]] = []
        self.stops: list[float] = []
        """Seconds from the operator's line to the last sound of the line that it cut."""

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
            await self._interrupt()
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

    async def _interrupt(self) -> None:
        """Let the operator cut in while she speaks."""
        page = self.seats[0]
        for number, text in enumerate(DESK[self.language][:INTERRUPTIONS]):
            await page.wait(len(page.events), 30, lambda e: e["type"] == "caption")
            await asyncio.sleep(0.8)  # in the middle of it
            since = len(page.events)
            self.said.append((time.monotonic(), text))
            await self.console.send(do="say", id=number, text=text, language=self.language)
            await page.wait(since, 20, lambda e, text=text: e.get("text") == text)  # type: ignore[misc]
            await asyncio.sleep(2)

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

        captions = [e for e in self.seats[0].events if e["type"] == "caption"]
        for sent, text in self.said:
            if line := next((e for e in captions if e["text"] == text), None):
                self.stops.append(onset.stopped(self.noted, sent, line["pts"]) - sent)

    def _find(self, asked: Asked, sent: float, captions: list[Event], id: str) -> None:
        lines = [i for i, caption in enumerate(captions) if caption["reply_to"] == id]
        if not lines:
            return
        asked.answer = " ".join(captions[i]["text"] for i in lines)
        first = self._spoken(captions, lines[0])
        asked.sound = first.sound - sent if first.sound else None
        asked.mouth = first.mouth - sent if first.mouth else None
        if first.sound_pts is None:
            return
        if len(lines) > 1:
            second = self._spoken(captions, lines[1])
            asked.substance = second.sound - sent if second.sound else None
            begin, end = captions[lines[0]]["pts"], captions[lines[1]]["pts"]
            last = onset.last_sound(self.noted, begin, end)
            if last is not None and second.sound_pts is not None:
                asked.silence = (second.sound_pts - last) / onset.RATE
        elif again := onset.resumed(self.noted, first.sound_pts, self._ends(captions, lines[0])):
            asked.substance = again[0] - sent
            asked.silence = (again[1] - again[2]) / onset.RATE

    def _spoken(self, captions: list[Event], index: int) -> onset.Spoken:
        return onset.spoken(self.noted, captions[index]["pts"], self._ends(captions, index))

    @staticmethod
    def _ends(captions: list[Event], index: int) -> int:
        """Media time at which the next line begins."""
        return captions[index + 1]["pts"] if index + 1 < len(captions) else 1 << 62

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


def _is_answer(event: Event, message: str) -> bool:
    return bool(event["type"] == "caption" and event["reply_to"] == message)
