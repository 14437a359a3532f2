"""The speaker: chunks in order, cues where they belong, and no bad engine stops her."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.errors import Unavailable
from idol.model import Cue, Language, Line, SpeechChunk, Utterance
from idol.ports import VoiceAudio
from idol.telemetry import get_log
from idol.testing.voice import FakeEngine, FakeVoice
from idol.voice.chunks import CHUNK
from idol.voice.engine import Preempted
from idol.voice.speaker import IDLE, SOON, Speaker


def utterance(text: str, *cues: Cue, language: Language = "zh") -> Utterance:
    return Utterance("u1", 3, 7, Line(text, language, "script", "happy", cues))


def speaker(folder: Path, *engines: FakeEngine) -> Speaker:
    return Speaker({"zh": engines, "en": engines}, folder, get_log("test"))


async def say(who: Speaker, what: Utterance) -> list[SpeechChunk]:
    return [chunk async for chunk in who.speak(what)]


def kept(folder: Path) -> list[Path]:
    return list(folder.rglob("*.npz"))


def check(chunks: list[SpeechChunk]) -> int:
    """What holds for every utterance; returns its length in samples."""
    at = 0
    for index, chunk in enumerate(chunks):
        assert (chunk.utterance, chunk.turn, chunk.seq, chunk.index) == ("u1", 3, 7, index)
        assert chunk.start == at
        assert 0 < len(chunk.pcm) <= CHUNK and chunk.pcm.dtype == np.int16
        assert chunk.last == (index == len(chunks) - 1)
        assert bool(chunk.text) <= (index == 0)
        for event in (*chunk.visemes, *chunk.marks, *chunk.cues):
            assert at <= event.at <= at + len(chunk.pcm)
            assert event.at < at + len(chunk.pcm) or chunk.last
        at += len(chunk.pcm)
    assert chunks[-1].last
    return at


async def test_an_utterance_becomes_chunks(tmp_path: Path) -> None:
    text = "你好呀，欢迎来到直播间！今天只要89.9元。"
    chunks = await say(speaker(tmp_path, FakeEngine()), utterance(text))
    check(chunks)
    assert chunks[0].text == text and chunks[0].emotion == "happy"
    heard = [mark.char for chunk in chunks for mark in chunk.marks]
    assert heard == sorted(set(heard))
    assert {text.index("你"), text.index("欢"), text.index("今"), text.index("8")} <= set(heard)


async def test_cues_fire_when_their_character_is_heard(tmp_path: Path) -> None:
    text = "先看一号链接，原价199元，今天只要89.9元！"
    cues = (
        Cue("card", text.index("一"), "1"),
        Cue("price", text.index("89")),
        Cue("gesture", len(text), "wave"),
    )
    chunks = await say(speaker(tmp_path, FakeEngine()), utterance(text, *cues))
    end = check(chunks)
    places = {mark.char: mark.at for chunk in chunks for mark in chunk.marks}
    timed = {t.cue.kind: t.at for chunk in chunks for t in chunk.cues}
    assert timed["card"] == places[text.index("一")]
    assert timed["price"] == places[text.index("8")]
    assert places[text.index("8")] < timed["gesture"] <= end


async def test_cues_survive_texts_without_sound(tmp_path: Path) -> None:
    cues = (Cue("emotion", 0, "shy"), Cue("card", 99, "2"))
    for text in ("🎉", "", "……"):
        chunks = await say(speaker(tmp_path, FakeEngine()), utterance(text, *cues))
        check(chunks)
        assert [t.cue.kind for chunk in chunks for t in chunk.cues] == ["emotion", "card"]


async def test_the_next_engine_takes_over_and_the_bad_one_rests(tmp_path: Path) -> None:
    bad, good = FakeEngine(name="bad", fails=[Unavailable("died")]), FakeEngine(name="good")
    who = speaker(tmp_path, bad, good)
    check(await say(who, utterance("你好呀，欢迎来到直播间。谢谢大家的支持。")))
    assert len(bad.said) == 1 and len(good.said) == 3


async def test_an_engine_that_is_not_ready_is_passed_over(tmp_path: Path) -> None:
    loading, good = FakeEngine(name="slow", state="loading"), FakeEngine(name="good")
    check(await say(speaker(tmp_path, loading, good), utterance("你好。")))
    assert good.said == ["你好。"] and loading.said == []


async def test_without_any_voice_the_captions_are_timed_as_if_read(tmp_path: Path) -> None:
    dead = FakeEngine(state="failed")
    for language, text in (("zh", "今天只要八十九块九。"), ("en", "It is only thirty dollars.")):
        chunks = await say(
            speaker(tmp_path, dead), utterance(text, Cue("card", 3), language=language)
        )
        assert 1.0 < check(chunks) / 48_000 < 4.0
        assert not any(chunk.pcm.any() for chunk in chunks)
        assert len([m for chunk in chunks for m in chunk.marks]) > 5
        assert len([c for chunk in chunks for c in chunk.cues]) == 1


async def test_a_plugin_that_raises_anything_does_not_stop_her(tmp_path: Path) -> None:
    class Broken(FakeEngine):
        async def synthesise(
            self, text: str, language: Language, *, background: bool = False
        ) -> AsyncIterator[VoiceAudio]:
            raise RuntimeError("not an IdolError")
            yield

    check(await say(speaker(tmp_path, Broken()), utterance("你好，欢迎来到直播间。")))


async def test_cancelling_is_clean(tmp_path: Path) -> None:
    engine = FakeEngine()
    before = len(asyncio.all_tasks())
    async with aclosing(speaker(tmp_path, engine).speak(utterance("一二三四五。" * 20))) as chunks:
        async for _ in chunks:
            break
    assert len(asyncio.all_tasks()) == before
    assert len(engine.said) <= 2, "only one clause ahead is synthesised"


async def test_what_was_said_once_comes_from_the_cache(tmp_path: Path) -> None:
    engine = FakeEngine()
    line = utterance("你好呀，欢迎来到直播间！", Cue("card", 4))
    first = await say(speaker(tmp_path, engine), line)
    asked = len(engine.said)
    second = await say(speaker(tmp_path, engine), line)
    assert len(engine.said) == asked
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a.pcm, b.pcm)
        assert (a.visemes, a.marks, a.cues) == (b.visemes, b.marks, b.cues)
    newer = FakeEngine(version="2")
    await say(speaker(tmp_path, newer), line)
    assert newer.said


async def test_a_fallback_voice_is_not_kept(tmp_path: Path) -> None:
    bad, good = FakeEngine(name="bad", fails=[Unavailable("x")]), FakeEngine(name="good")
    await say(speaker(tmp_path, bad, good), utterance("你好呀。"))
    assert not kept(tmp_path)


async def test_lines_are_rendered_ahead_and_interruptions_are_made_up_for(tmp_path: Path) -> None:
    engine = FakeEngine(fails=[Preempted("live speech"), None])
    who = speaker(tmp_path, engine)
    await who.start()
    lines = [Line("你好呀，欢迎来到直播间！", "zh", "script"), Line("Welcome!", "en", "script")]
    await who.prepare(lines)
    await who.prepared()
    asked = len(engine.said)
    check(await say(who, utterance("你好呀，欢迎来到直播间！")))
    assert len(engine.said) == asked
    await who.prepare(lines)
    await who.prepared()
    assert len(engine.said) == asked, "what is there is not rendered again"
    await who.close()


async def test_names_are_rendered_first_and_what_may_be_asked_last(tmp_path: Path) -> None:
    engine = FakeEngine()
    who = speaker(tmp_path, engine)
    await who.prepare([Line("也许有人问。", "zh", "fact")], IDLE)
    await who.prepare([Line("剧本里的话。", "zh", "script")])
    await who.prepare([Line(f"小{'甲乙丙丁戊己庚辛壬癸'[i % 10]}{'一二'[i // 10]}，", "zh", "fact")
                       for i in range(20)], SOON)  # fmt: skip
    await who.start()
    await who.prepared()
    assert engine.said[-2:] == ["剧本里的话。", "也许有人问。"]
    assert engine.said[:2] == ["小甲一，", "小乙一，"]
    assert len(engine.said) == 18, "a flood of names does not wait for its turn"
    await who.close()


async def test_a_damaged_cache_file_is_replaced(tmp_path: Path) -> None:
    engine = FakeEngine()
    await say(speaker(tmp_path, engine), utterance("你好呀。"))
    (file,) = kept(tmp_path)
    file.write_bytes(b"PK\x03\x04 not a zip")
    check(await say(speaker(tmp_path, engine), utterance("你好呀。")))
    assert len(engine.said) == 2


async def test_the_cache_is_bounded(tmp_path: Path) -> None:
    who = Speaker({"zh": [FakeEngine()]}, tmp_path, get_log("test"), cache_mb=1)
    for i in range(12):
        await say(who, utterance("甲乙丙丁戊己庚辛壬癸子丑寅卯"[i:] + "。"))
    assert sum(p.stat().st_size for p in kept(tmp_path)) <= 1_000_000


pieces = st.sampled_from(
    ["你好", "，", "。", "89.9元", "😀", "Tom ", "a", "！", " ", "180/96A", "长" * 25]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(pieces, max_size=10).map("".join),
    st.lists(st.integers(-2, 60), max_size=4),
    st.lists(st.sampled_from([None, Unavailable("x")]), max_size=6),
)
def test_any_line_is_spoken_whole(
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    cues: list[int],
    fails: list[Unavailable | None],
) -> None:
    engines = FakeEngine(name="a", fails=list(fails)), FakeEngine(name="b", fails=fails[::-1])
    line = utterance(text, *(Cue("card", at, "1") for at in cues))

    async def run() -> None:
        chunks = await say(speaker(tmp_path_factory.mktemp("cache"), *engines), line)
        check(chunks)
        assert len([t for chunk in chunks for t in chunk.cues]) == len(cues)

    asyncio.run(run())


def test_the_fake_voice_is_deterministic() -> None:
    a, b = (next(FakeVoice().synthesise("hello", "en")) for _ in range(2))
    assert np.array_equal(a.pcm, b.pcm) and a.visemes == b.visemes
