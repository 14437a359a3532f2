"""The media clock: no sample lost or doubled, cues once and in order, silence after a flush."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.errors import BadInput
from idol.model import Cue, Played, SpeechChunk, TimedCue
from idol.stream.playout import FADE, GIVE_UP, Playout, Tick
from idol.testing.stream import speech


def run(playout: Playout, frames: int) -> list[Tick]:
    return [playout.tick() for _ in range(frames)]


def sound(ticks: list[Tick]) -> np.ndarray:
    return np.concatenate([tick.pcm for tick in ticks])


def reports(ticks: list[Tick]) -> list[Played]:
    return [played for tick in ticks for played in tick.played]


def counted(utterance: str, turn: int, seq: int, lengths: list[int], first: int) -> list:
    """Chunks whose samples count up from `first`, so that each sample can be told apart."""
    chunks, start = [], 0
    for index, length in enumerate(lengths):
        pcm = np.arange(first + start, first + start + length).astype(np.int16)
        at = (start, start + length // 2, start + length)
        cues = tuple(TimedCue(a, Cue("gesture", a, f"{utterance}/{index}/{a}")) for a in at)
        last = index == len(lengths) - 1
        chunks.append(
            SpeechChunk(utterance, turn, seq, index, start, pcm, cues=cues, last=last, text="abc")
        )
        start += length
    return chunks


@pytest.mark.parametrize("fps", [24, 25, 30, 50])
def test_a_frame_takes_its_share_of_a_second(fps: int) -> None:
    playout = Playout(fps, pts=48_000)
    ticks = run(playout, fps)
    assert [tick.pts for tick in ticks] == [48_000 + i * 48_000 // fps for i in range(fps)]
    assert all(len(tick.pcm) == 48_000 // fps for tick in ticks)
    assert playout.pts == 96_000


@pytest.mark.parametrize("fps", [0, -1, 29, 60.5])
def test_a_rate_that_does_not_fit_the_clock_is_refused(fps: int) -> None:
    with pytest.raises(BadInput, match="fps"):
        Playout(fps)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(
        st.lists(st.integers(0, 5000), min_size=1, max_size=4), min_size=1, max_size=4
    ),
    fps=st.sampled_from([25, 30]),
    order=st.randoms(use_true_random=False),
    gaps=st.lists(st.integers(0, 3), min_size=16, max_size=16),
)
def test_every_sample_sounds_once_and_every_cue_fires_once_in_order(
    lengths: list[list[int]], fps: int, order, gaps: list[int]
) -> None:
    utterances, first = [], 1
    for seq, each in enumerate(lengths):
        utterances.append(counted(f"u{seq}", 0, seq, each, first))
        first += sum(each)
    playout = Playout(fps)
    # Chunks of an utterance come in order, utterances interleaved, some late, some twice.
    waiting, ticks = [list(u) for u in utterances], []
    while any(waiting):
        queue = order.choice([w for w in waiting if w])
        chunk = queue.pop(0)
        assert playout.add(chunk)
        if order.random() < 0.2:
            assert not playout.add(chunk)
        ticks += run(playout, gaps[order.randrange(16)])
    ticks += run(playout, 200)
    heard = sound(ticks)
    heard = heard[heard != 0]
    assert sorted(heard.tolist()) == list(range(1, first))
    fired = [event.cue.value for tick in ticks for event in tick.fired]
    expected = {c.cue.value for u in utterances for chunk in u for c in chunk.cues}
    assert len(fired) == sum(len(chunk.cues) for u in utterances for chunk in u)
    assert set(fired) == expected
    for utterance in utterances:
        mine = [value for value in fired if value.startswith(utterance[0].utterance + "/")]
        assert mine == [c.cue.value for chunk in utterance for c in chunk.cues]
        numbers = [n for chunk in utterance for n in chunk.pcm.tolist()]
        own = set(numbers)
        played = [n for n in heard.tolist() if n in own]
        assert played == numbers
    done = [played for played in reports(ticks) if played.done]
    assert sorted(played.utterance for played in done) == sorted(u[0].utterance for u in utterances)
    assert not any(played.cut for played in done)


@settings(max_examples=60, deadline=None)
@given(
    before=st.integers(0, 30),
    seconds=st.floats(0.05, 1.0),
    turn=st.integers(1, 3),
    started=st.booleans(),
)
def test_after_a_flush_nothing_older_sounds_but_a_short_fade(
    before: int, seconds: float, turn: int, started: bool
) -> None:
    playout = Playout(25)
    old = speech("old", turn=0, seconds=seconds)
    for chunk in old:
        playout.add(chunk)
    ticks = run(playout, before)
    playout.flush(turn)
    if started:
        for chunk in old:
            assert not playout.add(chunk)
    after = run(playout, 60)
    assert np.count_nonzero(sound(after)) <= FADE
    assert not sound(after)[FADE:].any()
    done = [p for p in reports(ticks + after) if p.done]
    assert len(done) == 1 and done[0].utterance == "old"
    assert done[0].cut == (before * 1920 < round(seconds * 48_000))


def test_the_fade_does_not_click_and_the_next_turn_follows_it() -> None:
    playout = Playout(25)
    for chunk in speech("old", turn=0, seconds=2):
        playout.add(chunk)
    run(playout, 10)
    playout.flush(1)
    for chunk in speech("new", turn=1, seconds=1, hertz=1000):
        playout.add(chunk)
    pcm = sound(run(playout, 5)).astype(int)
    assert abs(pcm[:100]).max() > 5000  # still loud where it is cut
    assert abs(pcm[FADE - 40 : FADE]).max() < 1000
    assert abs(pcm[FADE : FADE + 48]).max() > 5000
    assert abs(np.diff(pcm)).max() < 2000


def test_sound_begins_in_the_first_frame_after_it_came() -> None:
    playout = Playout(25)
    run(playout, 7)
    for chunk in speech("u"):
        playout.add(chunk)
    tick = playout.tick()
    assert tick.speaking and tick.pcm.any()
    assert tick.played[0] == Played("u", 0, tick.played[0].chars, tick.pts, started=True)


def test_late_sound_is_silence_and_counted_and_then_goes_on() -> None:
    playout = Playout(25)
    first, second = speech("u", seconds=1.0)
    playout.add(first)
    ticks = run(playout, 20)
    assert playout.late == 8  # the half frame, and seven more
    assert not sound(ticks)[24_000:].any()
    assert ticks[-1].view.mouth.viseme == "sil"
    playout.add(second)
    assert playout.tick().pcm.any()


def test_an_utterance_whose_end_never_comes_is_given_up() -> None:
    playout = Playout(25)
    playout.add(speech("lost", seconds=1.0)[0])
    for chunk in speech("next", seq=1, seconds=0.2):
        playout.add(chunk)
    ticks = run(playout, GIVE_UP // 1920 + 30)
    assert [p.utterance for p in reports(ticks) if p.cut] == ["lost"]
    assert [p.utterance for p in reports(ticks) if p.done and not p.cut] == ["next"]


def test_progress_grows_to_the_whole_text_and_is_a_sign_of_life() -> None:
    playout = Playout(25)
    for chunk in speech("u", text="0123456789", seconds=2.0):
        playout.add(chunk)
    ticks = run(playout, 60)
    chars = [p.chars for p in reports(ticks)]
    assert chars == sorted(chars) and chars[-1] == 10
    assert {p.chars for p in reports(ticks)} >= set(range(1, 11))
    for tick in ticks[:50]:
        due = 10 * (tick.pts + 1920) / 96_000
        assert abs(tick.view.caption_chars - due) <= 1.01
    playout = Playout(25)
    for chunk in speech("mute", text="", seconds=3.0):
        playout.add(chunk)
    times = [p.pts for p in reports(run(playout, 75))]
    assert max(np.diff(times)) <= 26_000


def test_the_caption_goes_after_the_sound_and_the_face_returns_to_neutral() -> None:
    playout = Playout(25)
    for chunk in speech("u", text="hello", seconds=0.4):
        playout.add(replace(chunk, emotion="happy"))
    ticks = run(playout, 120)
    assert ticks[0].view.caption == "hello" and ticks[0].view.emotion == "happy"
    captions = [bool(tick.view.caption) for tick in ticks]
    assert captions[20] and not captions[40] and not captions[-1]
    assert ticks[60].view.emotion == "happy" and ticks[-1].view.emotion == "neutral"


def test_cues_change_the_picture_in_their_own_frame() -> None:
    playout = Playout(25)
    playout.cue(Cue("card", 0, "3"))
    tick = playout.tick()
    assert (tick.view.card, tick.view.card_pts, tick.view.price_flip_pts) == (3, 0, -1)
    assert tick.fired[0].pts == 0
    playout.cue(Cue("price", 0))
    assert playout.tick().view.price_flip_pts == 1920
    playout.cue(Cue("sold_out", 0, "3"))
    assert playout.tick().view.sold_out_pts == 3840
    playout.cue(Cue("gesture", 0, "wave"))
    view = playout.tick().view
    assert (view.gesture, view.gesture_pts) == ("wave", 5760)
    playout.cue(Cue("hide_card", 0))
    assert playout.tick().view.card is None


def test_a_card_that_comes_back_keeps_its_new_price() -> None:
    playout = Playout(25)
    for cue in (Cue("card", 0, "1"), Cue("price", 0, "1"), Cue("card", 0, "2")):
        playout.cue(cue)
    assert playout.tick().view.price_flip_pts == -1
    playout.cue(Cue("card", 0, "1"))
    assert playout.tick().view.price_flip_pts == 0


def test_a_cue_without_a_card_is_left_out() -> None:
    playout = Playout(25)
    playout.cue(Cue("price", 0))
    playout.cue(Cue("card", 0, "three"))
    tick = playout.tick()
    assert tick.view.card is None and not tick.fired


def test_the_mouth_follows_the_sound_and_rests_after_it() -> None:
    playout = Playout(25)
    for chunk in speech("u", seconds=1.0):
        playout.add(chunk)
    shapes = [tick.view.mouth for tick in run(playout, 40)]
    assert {shape.viseme for shape in shapes[:25]} >= {"aa", "PP"}
    assert all(shape.viseme == "sil" for shape in shapes[26:])


def test_time_can_jump_and_speech_that_waits_is_heard_later() -> None:
    playout = Playout(25)
    playout.add(speech("u", seconds=0.2)[0])
    playout.skip(50)
    tick = playout.tick()
    assert tick.pts == 96_000 and tick.pcm.any()
