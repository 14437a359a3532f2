"""A voice in its own process: it speaks, yields to live speech, dies and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator

import pytest

from idol.errors import BadInput, Unavailable
from idol.ports import VoiceAudio
from idol.telemetry import get_log
from idol.voice.engine import Engine, Preempted, engines

SCRIPTED = "idol.testing.voice:ScriptedVoice"
NEEDY = "idol.testing.voice:NeedyVoice"


@contextlib.asynccontextmanager
async def running(name: str, **patience: float) -> AsyncIterator[Engine]:
    engine = Engine(name, get_log("test"), **patience)
    await engine.start()
    try:
        await asyncio.wait_for(engine.settled(), 60)
        yield engine
    finally:
        await engine.close()


async def speak(engine: Engine, text: str, *, background: bool = False) -> list[VoiceAudio]:
    return [piece async for piece in engine.synthesise(text, "en", background=background)]


async def test_it_speaks_and_survives_what_it_cannot() -> None:
    async with running(SCRIPTED) as engine:
        assert len((await speak(engine, "hello"))[0].pcm) == 5 * 4800
        with pytest.raises(Unavailable, match="no such sound"):
            await speak(engine, "bad")
        assert await speak(engine, "again")


async def test_live_speech_goes_before_background() -> None:
    async with running(SCRIPTED) as engine:
        ahead = asyncio.create_task(speak(engine, "slow", background=True))
        await asyncio.sleep(0.2)
        assert await asyncio.wait_for(speak(engine, "hello"), 60)
        with pytest.raises(Preempted):
            await ahead


async def test_a_slow_voice_is_given_up_and_can_speak_later() -> None:
    async with running(SCRIPTED, patience_s=0.2, patience_per_char_s=0.0) as engine:
        with pytest.raises(Unavailable, match="no sound"):
            await speak(engine, "slow")
        async with asyncio.timeout(60):
            while True:  # a busy machine may be too slow for this patience more than once
                with contextlib.suppress(Unavailable):
                    assert await speak(engine, "hello")
                    break


async def test_it_comes_back_after_death() -> None:
    async with running(SCRIPTED) as engine:
        with pytest.raises(Unavailable, match="died"):
            await speak(engine, "die")
        with pytest.raises(Unavailable, match="loading"):
            await speak(engine, "hello")
        await _until_ready(engine)
        assert await speak(engine, "hello")
        assert engine.pid is not None
        before = engine.restarts
        os.kill(engine.pid, signal.SIGKILL)
        await _until_ready(engine, before + 1)
        assert await speak(engine, "hello")


async def test_a_voice_that_cannot_load_says_why() -> None:
    async with running(NEEDY) as engine:
        assert engine.state == "failed"
        with pytest.raises(Unavailable, match="failed"):
            await speak(engine, "hello")


async def test_a_real_engine_by_its_plugin_name() -> None:
    async with running("espeak") as engine:
        assert await speak(engine, "hello there")


def test_chains_share_engines_and_are_checked() -> None:
    log = get_log("test")
    chains = engines({"zh": ("kokoro", "espeak"), "en": ("hibari", "espeak")}, log)
    assert chains["zh"][1] is chains["en"][1]
    with pytest.raises(BadInput, match=r"voice\.zh"):
        engines({"zh": ("hibari",)}, log)
    with pytest.raises(BadInput, match="kokoro"):
        engines({"zh": ("kokoko",)}, log)


async def _until_ready(engine: Engine, restarts: int = 0) -> None:
    async with asyncio.timeout(60):
        while engine.state != "ready" or engine.restarts < restarts:  # noqa: ASYNC110 - the state has no event of its own
            await asyncio.sleep(0.02)
