"""The director, as scripts of events; and as properties over any events in any order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from idol.show import director as d
from idol.show.script import ScriptLine, Segment


def line(text: str) -> ScriptLine:
    return ScriptLine((text,), "en")


HELLO = Segment("hello", "greeting", (line("one"), line("two")))
QA = Segment("qa", "qa", (line("ask me"), line("anything")), seconds=30)
BYE = Segment("bye", "closing", (line("bye"),))


class Play:
    """Feeds events and keeps the commands."""

    def __init__(self, *segments: Segment) -> None:
        self.state = d.State(segments=segments or (HELLO, QA, BYE))
        self.at = 0.0

    def __call__(self, event: d.Event, after: float = 0.0) -> list[d.Command]:
        self.at += after
        self.state, commands = d.step(self.state, event, self.at)
        return commands


def started(*segments: Segment) -> Play:
    play = Play(*segments)
    play(d.Begin())
    play(d.Entered())
    return play


def test_it_enters_before_it_speaks_and_walks_through_the_show() -> None:
    play = Play()
    assert play(d.Begin()) == [d.Enter(HELLO)]
    assert play(d.Entered()) == [d.Speak(HELLO, line("one"))]
    assert play(d.Ended()) == [d.Speak(HELLO, line("two"))]
    assert play(d.Ended()) == [d.Leave(HELLO), d.Enter(QA)]
    assert play(d.Entered()) == [d.Speak(QA, line("ask me"))]


def test_a_reply_cuts_at_the_clause_and_the_line_is_taken_up_again() -> None:
    play = started()
    assert play(d.Waiting()) == [d.PrepareReply()]
    assert play(d.ReplyReady()) == [d.Cut("clause")]
    assert play(d.Ended(resume=5)) == [d.Reply()]
    assert play(d.Ended()) == [d.Speak(HELLO, line("one"), 5)]


def test_nothing_found_to_say_changes_nothing() -> None:
    play = started()
    play(d.Waiting())
    assert play(d.ReplyReady(found=False)) == []
    assert play(d.Ended()) == [d.Speak(HELLO, line("two"))]


def test_after_three_replies_the_show_goes_on() -> None:
    play = started()
    for _ in range(d.REPLIES_IN_A_ROW):
        play(d.Waiting())
        play(d.ReplyReady())
        assert play(d.Ended(resume=0) if play.state.busy == "script" else d.Ended()) == [d.Reply()]
        play(d.Waiting())
    # The last answer ends: the script has the floor, and the waiting message waits.
    commands = play(d.Ended())
    assert commands == [d.Speak(HELLO, line("one"), 0)]
    assert play.state.waiting
    assert d.PrepareReply() in play(d.Ended())


def test_a_question_round_rests_and_ends_on_time() -> None:
    play = started(QA, BYE)
    assert play(d.Ended(), after=5) == [d.Rest(d.REST_S)]
    assert play(d.Ended(), after=3) == [d.Speak(QA, line("anything"))]
    assert play(d.Waiting()) == [d.PrepareReply()]
    assert play(d.Ended(), after=3) == [d.Rest(d.REST_S)]
    assert play(d.ReplyReady()) == [d.Cut("now")]
    assert play(d.Ended()) == [d.Reply()]
    assert play(d.Ended(), after=20) == [d.Leave(QA), d.Enter(BYE)]


def test_the_operator_cuts_at_once_and_the_newest_line_wins() -> None:
    play = started()
    assert play(d.OperatorLine("a", "en")) == [d.Cut("now")]
    assert play(d.OperatorLine("b", "en")) == [d.Cut("now")]
    assert play(d.Ended(resume=1)) == [d.SayOperator(d.OperatorLine("b", "en"))]
    assert play(d.Ended()) == [d.Speak(HELLO, line("one"), 1)]


def test_a_refused_licence_skips_the_segment() -> None:
    play = Play()
    play(d.Begin())
    assert play(d.Entered(ok=False)) == [d.Leave(HELLO), d.Enter(QA)]


def test_skip_and_jump_cut_the_line_and_begin_the_other_segment_at_its_first_line() -> None:
    play = started()
    play(d.Ended())
    assert play(d.Jump("bye")) == [d.Cut("now"), d.Leave(HELLO), d.Enter(BYE)]
    assert play(d.Entered()) == []
    assert play(d.Ended(resume=2)) == [d.Speak(BYE, line("bye"))]
    assert play(d.Jump("nowhere")) == []


def test_pause_holds_the_script_but_not_thanks() -> None:
    play = started()
    assert play(d.Pause(True)) == [d.Cut("clause")]
    assert play(d.Ended(resume=3)) == []
    thanks = d.Courtesy("thanks", "en", urgent=True)
    assert play(thanks) == [d.SayCourtesy(thanks)]
    assert play(d.Ended()) == []
    assert play(d.Pause(False)) == [d.Speak(HELLO, line("one"), 3)]


def test_mute_stops_replies_and_forgets_the_prepared_one() -> None:
    play = started()
    play(d.Mute(True))
    assert play(d.Waiting()) == []
    assert play(d.Mute(False)) == [d.PrepareReply()]
    play(d.Mute(True))
    assert play(d.ReplyReady()) == []
    assert not play.state.ready


def test_stop_ends_everything() -> None:
    play = started()
    assert play(d.Stop()) == [d.Cut("now"), d.Leave(HELLO), d.Finish()]
    assert play(d.Ended()) == []


events = st.one_of(
    st.builds(d.Entered, st.booleans()),
    st.builds(d.Ended, st.none() | st.integers(0, 9)),
    st.just(d.Waiting()),
    st.builds(d.ReplyReady, st.booleans()),
    st.builds(d.Courtesy, st.just("x"), st.just("en"), st.just(""), st.booleans()),
    st.just(d.OperatorLine("y", "en")),
    st.just(d.Skip()),
    st.builds(d.Jump, st.sampled_from(["hello", "qa", "bye", "?"])),
    st.builds(d.Pause, st.booleans()),
    st.builds(d.Mute, st.booleans()),
)


@given(st.lists(st.tuples(events, st.floats(0, 20)), max_size=60))
def test_the_floor_is_never_lost_and_never_taken_twice(steps: list[tuple[d.Event, float]]) -> None:
    play = Play()
    play(d.Begin())
    performing = False
    for event, after in steps:
        if isinstance(event, d.Ended) and not performing:
            continue  # the stage reports an end only of what it performs
        if isinstance(event, d.ReplyReady) and not play.state.preparing:
            continue
        performing = performing and not isinstance(event, d.Ended)
        commands = play(event, after)
        started_now = [
            c
            for c in commands
            if isinstance(c, (d.Speak, d.Reply, d.SayCourtesy, d.SayOperator, d.Rest))
        ]
        assert len(started_now) + performing <= 1
        performing = performing or bool(started_now)
        assert performing == (play.state.busy is not None)
        waits_for_stage = play.state.entering or play.state.paused
        assert performing or waits_for_stage, (event, play.state)
        current = play.state.current
        assert current is not None
        assert 0 <= play.state.line <= len(current.lines)


@given(st.lists(events, max_size=30))
def test_the_same_events_give_the_same_show(steps: list[d.Event]) -> None:
    one, two = Play(), Play()
    for event in [d.Begin(), *steps]:
        assert one(event, 1.0) == two(event, 1.0)
    assert one.state == replace(two.state)
