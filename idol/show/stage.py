"""The loop of the show: events in, the director's commands carried out, one voice at a time.

`Stage.run` is the sequence of everything that happens on air. It decides nothing: the
director does. It never ends because of one bad line, one slow model or one dead worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import Any, Protocol

from idol.clock import Clock
from idol.errors import Refused
from idol.licensing.policy import Decision
from idol.model import (
    Language,
    Line,
    Listing,
    Played,
    Source,
    Utterance,
)
from idol.ports import Audience, Brain
from idol.show import director as d
from idol.show import picture, segments
from idol.show.answers import Answers, Attention, Guard
from idol.show.performer import Performer, Prepared, Screen, Voice, clause_start, from_clause
from idol.show.script import ScriptLine, Segment, Show
from idol.telemetry import Log, TaskSet


class Studio(Screen, picture.Screen, Protocol):
    """What the stage needs of `show.studio.Studio`."""


class Shop(segments.Prices, picture.Quotes, Protocol):
    """What the stage needs of the shop."""


class PreparingVoice(Voice, segments.Preparing, Protocol):
    """What the stage needs of `voice.speaker.Speaker`."""


class Heard(Protocol):
    """Keeps what was said, for the report: `commerce.traffic.Traffic`."""

    def spoke(self, utterance: Utterance) -> None: ...

    def silent(self, utterance: Utterance, heard: int) -> None: ...


class Stage:
    """Performs the show. `admit(segment)` checks a sponsored segment's licence."""

    def __init__(
        self,
        *,
        show: Show,
        listings: Mapping[int, Listing],
        shop: Shop,
        brain: Brain,
        guard: Guard,
        voice: PreparingVoice,
        studio: Studio,
        audience: Audience,
        attention: Attention,
        admit: Callable[[Segment], Decision],
        clock: Clock,
        log: Log,
        on_change: Callable[[], None] = lambda: None,
        likely: Callable[[Listing, Language], Iterable[Line]] = lambda listing, language: (),
        heard: Heard | None = None,
        run: str = "",
    ) -> None:
        """`on_change` is called whenever the segment or the line on air has changed; `likely`
        gives the answers that a listing will probably need; `heard` is told of each line that
        sounds. `run` begins every utterance's id, so that no two shows share one."""
        self.show, self.listings = show, listings
        self._guard, self._audience, self._clock, self._log = guard, audience, clock, log
        self._on_change, self._heard, self._run = on_change, heard, run
        self._state = d.State(segments=show.segments)
        self._events: asyncio.Queue[d.Event] = asyncio.Queue()
        self._tasks = TaskSet(log)
        self._performance: asyncio.Task[None] | None = None
        self._resting: asyncio.Event | None = None
        self._count = 0
        self._pinned: int | None = None
        self._utterance: Utterance | None = None
        self._told = ""
        """The last utterance that began; what was lost with the studio begins again."""
        self._finished = asyncio.Event()
        self.picture = picture.Picture(show, listings, shop, studio, audience, clock, self._tasks)
        self._segments = segments.Segments(
            show=show,
            listings=listings,
            prices=shop,
            guard=guard,
            voice=voice,
            picture=self.picture,
            admit=admit,
            warn=self._warn,
            likely=likely,
        )
        self._performer = Performer(
            voice, studio, clock, on_started=self._on_started, on_done=self._on_done
        )
        self._answers = Answers(
            show=show,
            listings=listings,
            brain=brain,
            guard=guard,
            attention=attention,
            performer=self._performer,
            utter=self._utter,
            log=log,
        )

    # ---- for the web and the console

    async def run(self) -> None:
        """Perform until `stop`."""
        self.picture.refresh()
        self.post(d.Begin())
        try:
            while not self._finished.is_set():
                event = await self._events.get()
                before = self._state
                self._state, commands = d.step(before, event, self._clock.monotonic())
                for command in commands:
                    self._do(command)
                if self._state != before:
                    self._tell_state()
        finally:
            await self._tasks.close()

    def post(self, event: d.Event) -> None:
        """Tell the director that something happened."""
        self._events.put_nowait(event)

    async def say(self, text: str, language: Language) -> None:
        """An operator's line, now. Raises `Refused("not_proved")` with the guard's reasons."""
        verdict = self._guard.prove(Line(text.strip(), language, "operator", listing=self.current))
        if not verdict.ok:
            raise Refused("not_proved", "; ".join(verdict.reasons) or "nothing to say")
        self.post(d.OperatorLine(verdict.line.text, language))

    def skip(self) -> None:
        self.post(d.Skip())

    def pause(self) -> None:
        self.post(d.Pause(True))

    def resume(self) -> None:
        self.post(d.Pause(False))

    def jump(self, segment: str) -> None:
        if not any(segment == s.id for s in self.show.segments):
            raise Refused("unknown_segment", segment)
        self.post(d.Jump(segment))

    def mute(self, on: bool) -> None:
        self.post(d.Mute(on))

    def pin(self, listing: int | None) -> None:
        """Show this product's card until another is shown; None lets the script decide."""
        if listing is not None and listing not in self.listings:
            raise Refused("unknown_listing", str(listing))
        self._pinned = listing
        self.picture.show_card(listing if listing is not None else self.current)

    async def stop(self) -> None:
        """End the show."""
        self.post(d.Stop())
        await self._finished.wait()

    async def ended(self) -> None:
        """Wait until the show is over."""
        await self._finished.wait()

    @property
    def current(self) -> int | None:
        """Number of the listing that she speaks of now."""
        segment = self._state.current
        spoken = self._segments.number(segment)
        return spoken if spoken is not None else self._pinned or self.picture.card

    @property
    def segment(self) -> Segment | None:
        """The segment on air; None while it is being prepared."""
        return None if self._state.entering else self._state.current

    @property
    def utterance(self) -> Utterance | None:
        """What she is saying now."""
        return self._utterance

    @property
    def card(self) -> int | None:
        return self.picture.card

    def status(self) -> dict[str, Any]:
        """For the console."""
        state, current = self._state, self._state.current
        return {
            "segment": current.id if current else None,
            "line": max(0, state.line),
            "since": state.since,
            "elapsed": self._clock.monotonic() - state.since if current else 0.0,
            "busy": state.busy,
            "paused": state.paused,
            "muted": state.muted,
            "stopped": state.stopped,
            "laps": state.laps,
            "pinned": self._pinned,
            "card": self.picture.card,
            "saying": self._utterance.line.text if self._utterance else "",
            "segments": [
                {
                    "id": s.id,
                    "kind": s.kind,
                    "product": s.product,
                    "listing": self._segments.number(s),
                    "lines": len(s.lines),
                    "seconds": s.seconds,
                    "refused": self._segments.refused.get(s.id, ""),
                }
                for s in state.segments
            ],
        }

    # ---- from the studio

    def played(self, report: Played) -> None:
        self._performer.played(report)

    # ---- carrying out the director's commands

    def _do(self, command: d.Command) -> None:
        match command:
            case d.Enter(segment):
                self._tasks.start(self._enter(segment), f"enter-{segment.id}")
            case d.Leave(segment):
                self._tasks.start(self._segments.leave(segment), f"leave-{segment.id}")
            case d.Speak(segment, line, start):
                self._perform(self._script_line(segment, line, start))
            case d.PrepareReply():
                self.picture.activity("thinking")
                self._tasks.start(self._prepare_answer(), "prepare-answer")
            case d.Reply():
                self._perform(self._give_answer())
            case d.SayCourtesy(courtesy):
                self._perform(self._say(courtesy.text, courtesy.language, "reply", courtesy.given))
            case d.SayOperator(line):
                self._perform(self._say(line.text, line.language, "operator"))
            case d.Rest(seconds):
                self._perform(self._rest(seconds))
            case d.Cut(when):
                if self._resting is not None:
                    self._resting.set()
                elif self._performance is not None and not self._performance.done():
                    self._performer.cut(when)
            case d.Finish():
                self._finished.set()

    def _perform(self, work: Awaitable[int | None]) -> None:
        self._performer.begin()

        async def performance() -> None:
            resume: int | None = None
            try:
                resume = await work
            except Exception as error:  # whatever went wrong, the show goes on
                self._log.error("performance failed", exc_info=error)
                await self._clock.sleep(0.2)
            self.post(d.Ended(resume))

        self._performance = self._tasks.start(performance(), "performance")

    async def _script_line(self, segment: Segment, script: ScriptLine, start: int) -> int | None:
        verdict = self._guard.prove(self._segments.line(segment, segment.lines.index(script)))
        if verdict.reasons:
            self._warn("line_not_proved", f"{script.where}: {'; '.join(verdict.reasons)}")
        line = from_clause(verdict.line, start)
        if not verdict.ok or not line.text.strip():
            return None
        self.picture.activity("speaking")
        cut = await self._performer.perform(self._single(line, script.id(segment.id)))
        if cut is None:
            return None
        resume = start + clause_start(line.text, cut[1])
        return resume if resume < len(verdict.line.text) else None

    async def _say(
        self, text: str, language: Language, source: Source, given: tuple[str, ...] = ()
    ) -> None:
        line = Line(text, language, source, "happy", listing=self.current)
        verdict = self._guard.prove(line, given)
        if verdict.reasons:
            self._warn("line_not_proved", "; ".join(verdict.reasons))
        if verdict.ok:
            self.picture.activity("speaking")
            await self._performer.perform(self._single(verdict.line))

    async def _rest(self, seconds: float) -> None:
        self._resting = asyncio.Event()
        self.picture.activity("listening")
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        called = asyncio.ensure_future(self._resting.wait())
        try:
            await asyncio.wait({timer, called}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._resting = None
            timer.cancel()
            called.cancel()

    async def _single(self, line: Line, line_id: str = "") -> AsyncIterator[Prepared]:
        yield await self._performer.prepare(self._utter(line, line_id=line_id))

    def _utter(self, line: Line, reply_to: str = "", line_id: str = "") -> Utterance:
        self._count += 1
        segment = self._state.current
        id, where = f"{self._run}u{self._count}", segment.id if segment else ""
        return Utterance(id, 0, 0, line, where, reply_to, line_id)

    async def _prepare_answer(self) -> None:
        found = False
        try:
            found = await self._answers.prepare(self.current)
        except Exception as error:  # one bad message or a dead model is not the end of the show
            self._log.error("answer failed", exc_info=error)
        finally:
            self.picture.activity("speaking" if self._state.busy == "script" else "listening")
            self.post(d.ReplyReady(found))
            if self._answers.waiting:
                self.post(d.Waiting())

    async def _give_answer(self) -> None:
        self.picture.activity("speaking")
        await self._performer.perform(self._answers.give())

    # ---- segments

    async def _enter(self, segment: Segment) -> None:
        self.post(d.Entered(await self._segments.enter(segment)))
        await self._segments.expect_questions(segment)

    # ---- what was heard

    def _on_started(self, utterance: Utterance, pts: int) -> None:
        self._utterance = utterance
        if self._heard is not None:
            self._heard.spoke(utterance)
        self._tell_state()
        line = utterance.line
        self._audience.broadcast(
            {
                "type": "caption",
                "utterance": utterance.id,
                "text": line.text,
                "language": line.language,
                "pts": pts,
                "reply_to": utterance.reply_to,
            }
        )
        again, self._told = self._told == utterance.id, utterance.id
        if (utterance.reply_to or line.source in ("operator", "reply")) and not again:
            self._audience.broadcast(
                {
                    "type": "chat",
                    "id": utterance.id,
                    "kind": "host",
                    "name": self.show.host.get(line.language, ""),
                    "text": line.text,
                    "at": self._clock.now(),
                    "reply_to": utterance.reply_to,
                }
            )

    def _on_done(self, utterance: Utterance, heard: int, cut: bool) -> None:
        self._utterance = None
        if self._heard is not None:
            self._heard.silent(utterance, heard)
        if heard:
            self._answers.note("host", utterance.line.text[:heard])
        self._audience.broadcast({"type": "caption_end", "utterance": utterance.id})

    # ---- the console

    def _warn(self, code: str, text: str) -> None:
        self._log.warning(code, text=text)
        event = {"type": "log", "at": self._clock.now(), "level": "warning", "text": text}
        self._audience.tell_operators({**event, "code": code})

    def _tell_state(self) -> None:
        self._on_change()
        self._audience.tell_operators({"type": "state", **self.status()})
