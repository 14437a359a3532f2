"""Platforms' rules: data that is whole and dated, warnings with their basis, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from idol.config import PluginSettings, Settings
from idol.errors import BadInput
from idol.show import policy, script
from idol.stream import platforms

ROOT = Path(__file__).parent.parent.parent
ASSETS = ROOT / "assets"
SHOW = script.load(ASSETS / "shows" / "zh-autumn")


def settings(**stream: Any) -> Settings:
    whole = Settings()
    return whole.model_copy(update={"stream": whole.stream.model_copy(update=stream)})


def judged(name: str, confirmed: tuple[Any, ...] = ("avatar_area",), **stream: Any) -> list[Any]:
    return policy.judge(SHOW, settings(**stream), {name: confirmed}, ASSETS)


def test_every_rule_says_where_it_comes_from_and_since_when() -> None:
    for name, profile in platforms.known().items():
        assert profile.title["zh"] and profile.title["en"], name
        assert 0 < profile.key_seconds <= 4 and profile.kbps >= 1000
        assert not profile.server or profile.server.startswith(("rtmp://", "rtmps://"))
        for rule in profile.rules:
            assert len(rule.source) > 30 and date(2020, 1, 1) < rule.dated < date(2027, 1, 1)
            if rule.basis == "assumed":
                assert rule.level == "warn", f"{name}: an assumption must not refuse"


def test_what_only_the_operator_knows_is_asked_once() -> None:
    (asked,) = [v for v in judged("kuaishou") if "registration" in v.text]
    assert asked.level == "warn" and "our assumption" in asked.text and "快手" in str(asked)
    assert not judged("kuaishou", ("registration",))


def test_a_spoken_notice_is_looked_for_in_the_opening() -> None:
    def texts(show: script.Show) -> str:
        found = policy.judge(show, settings(), {"douyin": ("avatar_area",)}, ASSETS)
        return " ".join(v.text for v in found)

    said = script.ScriptLine(("大家好，我是人工智能虚拟主播爱蕾。",), "zh")
    silent = script.ScriptLine(("大家好，我是爱蕾。",), "zh")
    first, *rest = SHOW.segments
    without = replace(first, lines=(silent,))
    quiet = [replace(part, lines=(silent,)) for part in rest]
    assert "says the host is made by AI" in texts(replace(SHOW, segments=(without, *quiet)))
    with_notice = replace(first, lines=(silent, said))
    assert "made by AI" not in texts(replace(SHOW, segments=(with_notice, *quiet)))


def test_too_many_bits_are_refused_before_the_show() -> None:
    verdicts = judged("twitch", bitrate_kbps=6000)
    with pytest.raises(BadInput, match="takes 6000 kbit/s at most, this is 6160"):
        policy.enforce(verdicts)
    assert policy.enforce(judged("twitch")) == []


def test_a_strange_voice_needs_a_right_to_it() -> None:
    whole = settings()
    voice = whole.voice.model_copy(update={"zh": ("star", "kokoro")})
    own = whole.model_copy(update={"voice": voice})
    found = policy.judge(SHOW, own, {"bilibili": ()}, ASSETS)
    assert any("a right to use the voice star" in v.text for v in found)
    assert not policy.judge(SHOW, own, {"bilibili": ("own_voice",)}, ASSETS)


def test_the_settings_name_the_platforms() -> None:
    outputs = (
        PluginSettings(kind="rtmp", platform="douyin", confirmed=["registration"]),
        PluginSettings(kind="hls", path="x"),
    )
    whole = Settings().model_copy(update={"outputs": outputs})
    assert policy.destinations(whole) == {"douyin": ("registration",)}
    with pytest.raises(BadInput, match="did you mean 'douyin'"):
        policy.judge(SHOW, whole, {"duoyin": ()}, ASSETS)


def test_how_much_of_the_picture_she_covers_is_measured() -> None:
    share = policy.area(SHOW, settings(), ASSETS)
    assert 0.1 < share < 0.7
    small = policy.judge(SHOW, settings(), {"douyin": ("registration",)}, ASSETS)
    assert not any("larger host" in v.text for v in small)
