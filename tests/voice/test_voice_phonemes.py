"""Phonemes to mouth shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.model import VISEMES
from idol.voice.phonemes import SHAPES, Phone, marks, spread, visemes
from idol.voice.pronounce import batches, chinese, english, vocabulary

_NO_SHAPE = set('̃ᵝSː ʰʲ→↓↗↘ˈˌ;:,.!?—…"()“”')


def test_every_sound_of_the_engines_has_a_shape() -> None:
    assert set(vocabulary()) - set(SHAPES) - _NO_SHAPE == set()


def test_lips_close_on_p_b_m_and_round_on_u() -> None:
    shown = [e.viseme for e in visemes([Phone("b", 0, 900), Phone("u", 900, 3000)])]
    assert shown == ["PP", "ou", "sil"]


def test_a_diphthong_is_two_shapes_and_a_tone_is_none() -> None:
    events = visemes([Phone("W", 0, 1000), Phone("→", 1000, 1500)])
    assert [(e.at, e.viseme) for e in events] == [(0, "aa"), (500, "ou"), (1500, "sil")]


def test_a_long_pause_closes_the_mouth_and_a_short_one_does_not() -> None:
    def shown(gap: int) -> list[str]:
        phones = [Phone("a", 0, 5000), Phone(" ", 5000, 5000 + gap), Phone("i", 5000 + gap, 20000)]
        return [e.viseme for e in visemes(phones)]

    assert shown(1000) == ["aa", "ih", "sil"]
    assert shown(6000) == ["aa", "sil", "ih", "sil"]


symbols = st.sampled_from([*sorted(vocabulary()), "tʃ", "aɪ", "ɑː", "_:", "", "i.5"])


@given(st.lists(symbols, max_size=30), st.integers(0, 5000), st.integers(0, 90_000))
def test_estimated_lips_rise_and_end_at_rest(said: list[str], start: int, length: int) -> None:
    phones = spread(said, start, start + length)
    events = visemes(phones)
    assert [e.at for e in events] == sorted(e.at for e in events)
    assert events[-1].viseme == "sil"
    assert all(e.viseme in VISEMES and 0 <= e.weight <= 1 for e in events)
    if said:
        assert phones[0].start == start and phones[-1].end <= start + length


def test_marks_never_go_back() -> None:
    assert [(m.at, m.char) for m in marks([(0, 0), (5, 0), (9, 3), (7, 4), (12, 2), (15, 5)])] == [
        (0, 0),
        (9, 3),
        (15, 5),
    ]


def test_english_words_inside_chinese_are_spoken() -> None:
    text = "这款 iPhone 有货"
    sounds = chinese(text)
    assert [s.char for s in sounds] == [0, 1, 3, 10, 11]
    word = next(s for s in sounds if s.char == text.index("i"))
    assert any(char in word.symbols for char in "fn")


def test_english_words_know_their_place() -> None:
    text = "Hello, my friend."
    words = [s for s in english(text) if s.symbols[0].isalpha()]
    assert [text[s.char] for s in words] == ["H", "m", "f"]


@pytest.mark.parametrize("text", ["", "，", "龘靐", "嗯哼", "a", "鿿", "Ω", "儿"])
def test_odd_chinese_does_not_raise(text: str) -> None:
    assert all(0 <= s.char < len(text) for s in chinese(text))


def test_batches_are_cut_at_gaps() -> None:
    sounds = chinese("大家好，欢迎来到我的直播间！" * 5)
    cut = list(batches(sounds, 60))
    assert [s for batch in cut for s in batch] == sounds
    assert all(sum(len(s.symbols) for s in batch) <= 60 for batch in cut)
    assert all(batch[-1].symbols.endswith(" ") for batch in cut)
