"""Decides what she does next. Pure: (State, Event, time) -> (State, commands); no I/O.

One thing is performed at a time (`State.busy`). Whatever wants the floor waits in `State`
until the running performance ends; a reply cuts a scripted line at its next clause, an
operator's line cuts anything at once. A scripted line that was cut is taken up again from
the clause in which it was cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from idol.model import Language
from idol.show.script import ScriptLine, Segment

Kind = Literal["script", "reply", "courtesy", "operator", "rest"]

REPLIES_IN_A_ROW = 3
"""Answers between two scripted lines, so that a busy chat does not stop the show."""
REST_S = 6.0
"""Silence in a question round before she speaks the next of its own lines."""


# ---- events


@dataclass(frozen=True, slots=True)
class Begin:
    pass


@dataclass(frozen=True, slots=True)
class Entered:
    """The stage has prepared the segment (flash price set, licence checked)."""

    ok: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """The running performance is over. `resume`: where a cut scripted line goes on."""

    resume: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chat message waits for an answer."""


@dataclass(frozen=True, slots=True)
class ReplyReady:
    """The prepared answer can begin to sound; `found` false if there was nothing to say."""

    found: bool = True


@dataclass(frozen=True, slots=True)
class Courtesy:
    """Something short and kind to say when the floor is free: thanks, welcome."""

    text: str
    language: Language
    name: str = ""
    urgent: bool = False
    """Thanks cut a scripted line at its next clause; a welcome waits for its end."""
    given: tuple[str, ...] = ()
    """Texts that the ledger vouches for, for the guard."""


@dataclass(frozen=True, slots=True)
class OperatorLine:
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Skip:
    pass


@dataclass(frozen=True, slots=True)
class Jump:
    segment: str


@dataclass(frozen=True, slots=True)
class Pause:
    on: bool


@dataclass(frozen=True, slots=True)
class Mute:
    on: bool


@dataclass(frozen=True, slots=True)
class Stop:
    pass


Event = (
    Begin
    | Entered
    | Ended
    | Waiting
    | ReplyReady
    | Courtesy
    | OperatorLine
    | Skip
    | Jump
    | Pause
    | Mute
    | Stop
)


# ---- commands


@dataclass(frozen=True, slots=True)
class Enter:
    """Prepare this segment, then report `Entered`."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Leave:
    segment: Segment


@dataclass(frozen=True, slots=True)
class Speak:
    """Perform a scripted line from character `start` of its filled text on."""

    segment: Segment
    line: ScriptLine
    start: int = 0


@dataclass(frozen=True, slots=True)
class PrepareReply:
    """Choose a message and make its answer ready to sound, then report `ReplyReady`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Perform the prepared answer."""


@dataclass(frozen=True, slots=True)
class SayCourtesy:
    courtesy: Courtesy


@dataclass(frozen=True, slots=True)
class SayOperator:
    line: OperatorLine


@dataclass(frozen=True, slots=True)
class Rest:
    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """End the running performance: at its next clause, or now."""

    when: Literal["clause", "now"]


@dataclass(frozen=True, slots=True)
class Finish:
    """The show is over."""


Command = (
    Enter | Leave | Speak | PrepareReply | Reply | SayCourtesy | SayOperator | Rest | Cut | Finish
)


@dataclass(frozen=True, slots=True)
class State:
    """Where the show is and what waits for the floor."""

    segments: tuple[Segment, ...]
    segment: int = -1
    line: int = 0
    resume: int = 0
    since: float = 0.0
    """When the segment was entered."""
    entering: bool = False
    moved: bool = False
    """The operator left the segment whose line is still being cut."""
    busy: Kind | None = None
    rested: bool = False
    preparing: bool = False
    ready: bool = False
    replies: int = 0
    waiting: bool = False
    operator: OperatorLine | None = None
    """The newest operator's line wins over one that has not begun."""
    courtesies: tuple[Courtesy, ...] = ()
    paused: bool = False
    muted: bool = False
    stopped: bool = False
    laps: int = 0

    @property
    def current(self) -> Segment | None:
        return self.segments[self.segment] if 0 <= self.segment < len(self.segments) else None


Result = tuple[State, list[Command]]


def step(state: State, event: Event, at: float) -> Result:
    """What happens when `event` comes at time `at`. Never raises, for any event in any state."""
    if state.stopped:
        return state, []
    match event:
        case Begin():
            return _enter(state, 0, at) if state.segment < 0 else (state, [])
        case Entered(ok):
            if not state.entering:
                return state, []
            state = replace(state, entering=False, since=at)
            return _next(state, at) if ok else _enter(state, state.segment + 1, at)
        case Ended(resume):
            return _next(_ended(state, resume), at)
        case Waiting():
            return _prepare(replace(state, waiting=True))
        case ReplyReady(found):
            state = replace(state, preparing=False, ready=found and not state.muted)
            return _claim(state, at, urgent=True) if state.ready else (state, [])
        case Courtesy():
            # A flood of joins must not become a queue of welcomes.
            if not event.urgent and len(state.courtesies) >= 2:
                return state, []
            state = replace(state, courtesies=(*state.courtesies, event)[-8:])
            return _claim(state, at, urgent=event.urgent)
        case OperatorLine():
            state = replace(state, operator=event)
            return (state, [Cut("now")]) if state.busy else _next(state, at)
        case Skip():
            return _move(state, state.segment + 1, at)
        case Jump(segment):
            index = next((i for i, s in enumerate(state.segments) if s.id == segment), None)
            return _move(state, index, at) if index is not None else (state, [])
        case Pause(on):
            state = replace(state, paused=on)
            if on:
                return state, [Cut("clause")] if state.busy in ("script", "rest") else []
            return (state, []) if state.busy else _next(state, at)
        case Mute(on):
            state = replace(state, muted=on, ready=state.ready and not on)
            if on:
                return state, [Cut("clause")] if state.busy == "reply" else []
            return _prepare(state)
        case Stop():
            leave: list[Command] = [Leave(s)] if (s := state.current) else []
            return replace(state, stopped=True), [Cut("now"), *leave, Finish()]


def _ended(state: State, resume: int | None) -> State:
    match state.busy:
        case "script" if state.moved:
            state = replace(state, moved=False)
        case "script" if resume is not None:
            state = replace(state, resume=resume, replies=0)
        case "script":
            state = replace(state, line=state.line + 1, resume=0, replies=0)
        case "reply":
            state = replace(state, replies=state.replies + 1)
    return replace(state, rested=state.busy == "rest", busy=None)


def _claim(state: State, at: float, *, urgent: bool) -> Result:
    """Something wants the floor: give it at once if free, else cut what may be cut."""
    if state.busy is None:
        return _next(state, at)
    if state.busy == "rest":
        return state, [Cut("now")]
    return state, [Cut("clause")] if urgent and state.busy == "script" else []


def _prepare(state: State) -> Result:
    """Begin to prepare an answer, if one is wanted and it is the viewers' turn."""
    if not state.waiting or state.muted or state.paused or state.preparing or state.ready:
        return state, []
    qa = state.current is not None and state.current.kind == "qa"
    if state.replies + (state.busy == "reply") >= REPLIES_IN_A_ROW and not qa:
        return state, []
    return replace(state, preparing=True, waiting=False), [PrepareReply()]


def _next(state: State, at: float) -> Result:
    """The floor may be free: who speaks."""
    if state.entering or state.busy or state.current is None:
        return state, []
    if state.operator:
        return replace(state, operator=None, busy="operator"), [SayOperator(state.operator)]
    if state.courtesies:
        first = max(state.courtesies, key=lambda courtesy: courtesy.urgent)
        left = list(state.courtesies)
        left.remove(first)
        return replace(state, courtesies=tuple(left), busy="courtesy"), [SayCourtesy(first)]
    if state.ready:
        return replace(state, ready=False, busy="reply"), [Reply()]
    if state.paused:
        return state, []
    state, prepare = _prepare(state)
    state, commands = _script(state, state.current, at)
    return state, [*prepare, *commands]


def _script(state: State, segment: Segment | None, at: float) -> Result:
    """Go on with the run of show."""
    assert segment is not None
    timed = segment.kind in ("qa", "flash") and segment.seconds > 0
    left = segment.seconds - (at - state.since)
    over = left <= 0 if timed else state.line >= len(segment.lines)
    if over:
        return _enter(state, state.segment + 1, at)
    rest: Result = (replace(state, busy="rest"), [Rest(min(left, REST_S))])
    if state.line >= len(segment.lines):
        # A timed segment speaks its lines again until its time is over.
        state = replace(state, line=0, resume=0)
        rest = (replace(state, busy="rest"), rest[1])
        return rest
    if segment.kind == "qa" and (state.preparing or (state.line and not state.rested)):
        # Somebody asked, or may want to: that is better than another line of ours.
        return rest
    return replace(state, busy="script"), [Speak(segment, segment.lines[state.line], state.resume)]


def _enter(state: State, index: int, at: float) -> Result:
    commands: list[Command] = [Leave(s)] if (s := state.current) else []
    laps = state.laps + (1 if index >= len(state.segments) else 0)
    index %= len(state.segments)
    state = replace(
        state, segment=index, line=0, resume=0, replies=0, since=at, entering=True, laps=laps
    )
    return state, [*commands, Enter(state.segments[index])]


def _move(state: State, index: int, at: float) -> Result:
    cut = state.busy in ("script", "rest")
    state, commands = _enter(state, index, at)
    return (
        (replace(state, moved=state.busy == "script"), [Cut("now"), *commands])
        if cut
        else (
            state,
            commands,
        )
    )
