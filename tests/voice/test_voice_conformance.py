"""Every voice that comes with Idol does what the port asks."""

from __future__ import annotations

import pytest

from idol.testing.voice import FakeVoice, conformance, conformance_in_child, faults


def test_the_fake_voice_conforms() -> None:
    assert conformance(FakeVoice()) == []


@pytest.mark.parametrize(
    "target",
    [
        "idol.voice.voices.hibari:HibariVoice",
        "idol.voice.voices.espeak:EspeakVoice",
        "idol.voice.voices.pyttsx3:Pyttsx3Voice",
        pytest.param("idol.voice.voices.kokoro:KokoroVoice", marks=pytest.mark.weights),
    ],
)
def test_voice_conforms(target: str) -> None:
    assert conformance_in_child(target) == []


def test_the_suite_finds_faults() -> None:
    class Mute(FakeVoice):
        per_char = 40

    assert faults([], "hello") == ["no sound"]
    short = faults(list(Mute().synthesise("hello there", "en")), "hello there")
    assert any("sample rate" in fault for fault in short)
