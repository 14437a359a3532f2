"""Where speech is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.model import Language
from idol.voice.clauses import split


def parts(text: str, language: Language = "zh") -> list[str]:
    return [text[c.start : c.end] for c in split(text, language)]


def test_the_first_clause_is_short_so_that_she_answers_soon() -> None:
    assert parts("你好呀，欢迎来到我们的直播间！今天有好多好东西。") == [
        "你好呀，",
        "欢迎来到我们的直播间！",
        "今天有好多好东西。",
    ]


def test_a_syllable_is_not_a_clause() -> None:
    assert parts("嗯，这款还有货的。") == ["嗯，这款还有货的。"]
    assert parts("好的，一，二，三，上链接！") == ["好的，", "一，二，", "三，上链接！"]


def test_a_name_and_an_opener_stand_alone_so_that_the_cache_can_have_them() -> None:
    assert parts("小鹿，是这样的，面料经过抗起球处理，正常穿着不容易起球。") == [
        "小鹿，",
        "是这样的，",
        "面料经过抗起球处理，",
        "正常穿着不容易起球。",
    ]


def test_english_keeps_its_sentences_whole() -> None:
    assert parts("Hi Tom, welcome. It costs thirty dollars, and it ships today.", "en") == [
        "Hi Tom, welcome. ",
        "It costs thirty dollars, and it ships today.",
    ]
    assert parts("See e.g. this, or 3.5 of them.", "en") == ["See e.g. this, or 3.5 of them."]


def test_a_long_run_without_punctuation_is_cut_before_a_natural_word() -> None:
    text = "这款外套用的是再生聚酯纤维面料而且里面还加了一点点氨纶所以穿起来特别有弹性"
    assert parts(text)[1].startswith(("而且", "所以"))
    assert "".join(parts(text)) == text


def test_pauses_follow_the_punctuation() -> None:
    comma, stop, tail = split("今天的这一款，是新品上市。马上就要开卖了", "zh")
    assert 0 < comma.pause_s < stop.pause_s
    assert tail.pause_s > 0


@pytest.mark.parametrize("text", ["", " ", "。", "…！？", "~"])
def test_nothing_to_say(text: str) -> None:
    assert split(text, "zh") == []


words = st.sampled_from(
    ["你好", "，", "。", "！", "abc", " ", ".", "”", "、", "a. b", "…", "\n", "长" * 30]
)


@given(st.lists(words, max_size=20).map("".join), st.sampled_from(["zh", "en"]))
def test_clauses_cover_the_text(text: str, language: Language) -> None:
    cut = split(text, language)
    if any(char.isalnum() for char in text):
        assert "".join(text[c.start : c.end] for c in cut) == text
        assert all(any(char.isalnum() for char in text[c.start : c.end]) for c in cut)
    else:
        assert cut == []
