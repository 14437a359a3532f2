"""The studio as a real process: it performs, obeys at once, and comes back when it is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import av
import pytest

from idol.errors import BadInput, Refused
from idol.model import Cue, CueFired, Packet, Played, Scene
from idol.show.messages import StudioStats
from idol.show.studio import Studio, StudioSettings
from idol.telemetry import get_log
from idol.testing.stream import read_stamp, speech

CARD = "idol.testing.stream:TestCard"


def settings(renderer: str = CARD, fps: int = 25) -> StudioSettings:
    return StudioSettings(Path(), Path(), renderer=renderer, size=(416, 240), fps=fps)


class Heard:
    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.played: list[Played] = []
        self.cues: list[CueFired] = []
        self.stats: list[StudioStats] = []

    def of(self, kind: str) -> list[Packet]:
        return [packet for packet in self.packets if packet.kind == kind]


async def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - any condition, no event to wait for
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def on_air(fps: int = 25) -> AsyncIterator[tuple[Studio, Heard]]:
    heard = Heard()
    studio = Studio(
        settings(fps=fps),
        get_log("test"),
        on_packet=heard.packets.append,
        on_played=heard.played.append,
        on_cue=heard.cues.append,
        on_stats=heard.stats.append,
    )
    await studio.start()
    try:
        yield studio, heard
    finally:
        await studio.stop()
        assert not studio.alive


@pytest.mark.parametrize("fps", [25, 30])
async def test_picture_and_sound_come_on_one_clock(fps: int) -> None:
    async with on_air(fps) as (studio, heard):
        for chunk in speech("u", text="hello", seconds=0.6):
            assert studio.say(chunk)
        await until(lambda: heard.stats and any(p.done for p in heard.played))
        video, audio = heard.of("video"), heard.of("audio")
        assert video[0].key and 0 < video[0].pts - audio[0].pts < 48_000
        assert all((p.pts - video[0].pts) % (48_000 // fps) == 0 for p in video)
        assert all((p.pts - audio[0].pts) % 960 == 0 for p in audio)
        decoder = av.CodecContext.create("h264", "r")
        frame = decoder.decode(av.Packet(video[0].data)) + decoder.decode(None)
        assert read_stamp(frame[0].to_ndarray(format="yuv420p")[:240])[0] == video[0].pts
        assert heard.played[0].started and heard.played[-1].chars == 5
        assert not heard.played[-1].cut
        assert abs(studio.pts - audio[-1].pts) < 48_000


@pytest.mark.parametrize("fps", [25, 30])
async def test_the_sound_of_a_frame_is_sent_before_its_picture(fps: int) -> None:
    async with on_air(fps) as (_, heard):
        await until(lambda: heard.stats)
    reach, early = 0, []
    for packet in heard.packets:
        if packet.kind == "audio":
            reach = packet.pts + 960
        elif packet.pts > heard.packets[0].pts + 9_600:  # encoders have warmed up
            early.append(reach - packet.pts)
    assert len(early) > 10
    assert statistics.median(early) >= 960  # players keep more of it in hand


async def test_a_flush_is_obeyed_at_once_and_the_older_turn_stays_out() -> None:
    async with on_air() as (studio, heard):
        chunks = speech("old", turn=1, seconds=4)
        for chunk in chunks[:4]:
            studio.say(chunk)
        await until(lambda: any(p.started for p in heard.played))
        studio.flush(2)
        assert not studio.say(chunks[4])
        await until(lambda: any(p.done for p in heard.played))
        assert heard.played[-1].cut and heard.played[-1].utterance == "old"
        for chunk in speech("new", turn=2, seconds=0.3):
            assert studio.say(chunk)
        await until(lambda: any(p.utterance == "new" and p.done for p in heard.played))
        assert [p.utterance for p in heard.played if p.done] == ["old", "new"]


async def test_a_killed_studio_comes_back_with_its_scene_card_and_time() -> None:
    async with on_air() as (studio, heard):
        studio.scene(Scene(language="en"))
        studio.cue(Cue("card", 0, "3"))
        studio.cue(Cue("price", 0, "3"))
        for chunk in speech("long", seconds=5):
            studio.say(chunk)
        await until(lambda: len(heard.cues) == 2 and any(p.started for p in heard.played))
        await until(lambda: heard.of("video"))
        assert studio.pid
        os.kill(studio.pid, signal.SIGKILL)
        await until(lambda: any(p.done for p in heard.played))
        assert heard.played[-1].cut and heard.played[-1].utterance == "long"
        count, last = len(heard.packets), heard.of("video")[-1].pts
        await until(lambda: len(heard.cues) == 4)
        await until(lambda: any(p.kind == "video" for p in heard.packets[count:]))
        back = next(p for p in heard.packets[count:] if p.kind == "video")
        assert back.key and back.pts > last
        assert [event.cue.kind for event in heard.cues] == ["card", "price"] * 2
        assert studio.restarts == 1
        for chunk in speech("again", seconds=0.2):
            studio.say(chunk)
        await until(lambda: any(p.utterance == "again" and p.done for p in heard.played))


async def test_a_frame_that_cannot_be_drawn_is_left_out_and_the_show_goes_on() -> None:
    async with on_air() as (studio, heard):
        await until(lambda: heard.of("video"))
        studio.scene(Scene(thanks="CRASH"))
        end = time.monotonic() + 60
        while True:  # it takes a while until the studio hears of it
            pictures, sounds = len(heard.of("video")), len(heard.of("audio"))
            await until(lambda sounds=sounds: len(heard.of("audio")) > sounds + 20)
            if len(heard.of("video")) == pictures:
                break
            assert time.monotonic() < end, "it is drawn all the same"
        studio.scene(Scene())
        await until(lambda: len(heard.of("video")) > pictures + 10)
        assert studio.restarts == 0
        await until(lambda: heard.stats and heard.stats[-1].repeated > 5)


async def test_a_reload_swaps_the_picture_or_says_why_not(tmp_path: Path) -> None:
    packets: list[Packet] = []
    studio = Studio(
        StudioSettings(tmp_path, Path(), renderer=CARD, size=(416, 240)),
        get_log("test"),
        on_packet=packets.append,
    )
    await studio.start()
    try:
        await studio.reload()
        (tmp_path / "broken").touch()
        with pytest.raises(Refused, match="is broken, as asked"):
            await studio.reload()
        shown = len(packets)
        await until(lambda: len(packets) > shown + 50)
        assert studio.restarts == 0
    finally:
        await studio.stop()
    with pytest.raises(Refused, match="not there"):
        await studio.reload()


async def test_an_unknown_renderer_says_so_instead_of_trying_for_ever() -> None:
    studio = Studio(settings("no-such"), get_log("test"), on_packet=lambda packet: None)
    with pytest.raises(BadInput, match="no renderer is called 'no-such'"):
        await studio.start()
    assert not studio.alive


async def test_what_is_said_to_a_dead_studio_is_reported_as_cut() -> None:
    played: list[Played] = []
    studio = Studio(settings(), get_log("test"), on_packet=lambda p: None, on_played=played.append)
    assert not studio.say(speech("u")[0])
    assert not studio.say(speech("u")[1])
    assert [(p.utterance, p.done, p.cut) for p in played] == [("u", True, True)]
