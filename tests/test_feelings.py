"""Emotions and their mixes."""

from __future__ import annotations

import pytest

from idol.errors import BadInput
from idol.feelings import mix
from idol.model import EMOTIONS
from idol.show.script import parse_line


def test_every_emotion_is_a_feeling() -> None:
    assert len(EMOTIONS) >= 10
    for name in EMOTIONS:
        assert mix(name) == {name: 1.0}


def test_mixes_share_the_face() -> None:
    assert mix("happy+shy") == pytest.approx({"happy": 0.7071, "shy": 0.7071}, abs=1e-3)
    assert mix("happy:0.8+shy:.3") == {"happy": 0.8, "shy": 0.3}


@pytest.mark.parametrize(
    ("feeling", "says"),
    [
        ("hapy", "happy"),
        ("happy+", "emotion"),
        ("happy+happy", "twice"),
        ("happy:2", "0 to 1"),
        ("", "emotion"),
        ("happy:-1", "emotion"),
    ],
)
def test_what_is_none_is_refused(feeling: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        mix(feeling)


def test_a_script_may_mix() -> None:
    tag, text = parse_line("[happy + shy]谢谢大家")
    assert (tag.kind, tag.value, text) == ("emotion", "happy+shy", "谢谢大家")  # type: ignore[union-attr]
    with pytest.raises(BadInput, match="happy"):
        parse_line("[hapy+shy]谢谢")
