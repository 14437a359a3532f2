"""Recording: plays, survives a crash, names itself as made by a machine; slow disks harm nobody."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from idol.errors import BadInput, Unavailable
from idol.model import Chapter, Packet
from idol.stream.encoder import AudioEncoder, VideoEncoder
from idol.stream.outputs.file import NOTES, FileOutput, finish_all
from idol.stream.outputs.options import checked, key_name, without_secrets
from idol.stream.outputs.rack import check
from idol.stream.outputs.runner import (
    FIRST_S,
    LONGEST_S,
    Finish,
    Inbox,
    KeyWanted,
    OutputState,
    Runner,
)
from idol.testing.stream import clicks, read_stamp, stamp

SIZE = (416, 240)


def packets(seconds: float, start: int = 48_000 * 7) -> Iterator[Packet]:
    video, audio = VideoEncoder(SIZE, 25), AudioEncoder()
    frame = np.full((SIZE[1] * 3 // 2, SIZE[0]), 90, np.uint8)
    for i in range(round(seconds * 25)):
        pts = start + i * 1920
        stamp(frame, pts, flash=False)
        yield from audio.encode(clicks(pts, 1920), pts)
        yield from video.encode(frame, pts)


def test_a_recording_plays_in_step_and_says_that_it_is_ai(tmp_path: Path) -> None:
    output = FileOutput()
    output.open({"path": tmp_path / "a" / "show.mp4", "title": "秋日轻装专场"})
    for packet in packets(3):
        output.write(packet)
    output.close()
    with av.open(str(tmp_path / "a" / "show.mp4")) as file:
        assert file.metadata["title"] == "秋日轻装专场"
        assert "AI" in file.metadata["comment"] and "人工智能" in file.metadata["comment"]
        pictures = list(file.decode(video=0))
        file.seek(0)
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])
    assert len(pictures) == 75 and len(sound) >= 2.9 * 48_000
    for picture in pictures[::10]:
        value, _ = read_stamp(picture.to_ndarray(format="yuv420p")[: SIZE[1]])
        assert abs(picture.time - (value / 48_000 - 7)) < 0.001


def test_a_crash_loses_at_most_the_last_second(tmp_path: Path) -> None:
    output = FileOutput()
    output.open({"path": tmp_path / "show.mp4"})
    for packet in packets(4):
        output.write(packet)
    shutil.copy(tmp_path / "show.mp4", tmp_path / "crashed.mp4")  # never closed
    with av.open(str(tmp_path / "crashed.mp4")) as file:
        assert sum(1 for _ in file.decode(video=0)) >= 70
    output.close()


def test_an_older_recording_is_kept_and_an_empty_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "show.mp4"
    path.write_bytes(b"older")
    output = FileOutput()
    output.open({"path": path})
    assert output.path == tmp_path / "show-2.mp4"
    output.write(Packet("audio", 0, True, b"x"))
    output.close()
    assert path.read_bytes() == b"older" and not (tmp_path / "show-2.mp4").exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "needs a path"),
        ({"path": "show.mkv"}, r"did you mean 'show\.mp4'"),
        ({"path": "/dev/null/show.mp4"}, "cannot write"),
    ],
)
def test_bad_settings_name_the_field(settings: Mapping[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words) as bad:
        FileOutput().open(settings)
    assert bad.value.where == "outputs.file.path"


def chapters(path: Path) -> list[tuple[float, str]]:
    with av.open(str(path)) as file:
        return [
            (float(c["start"] * c["time_base"]), c["metadata"]["title"]) for c in file.chapters()
        ]


def test_a_recording_has_its_chapters(tmp_path: Path) -> None:
    output = FileOutput()
    output.open({"path": tmp_path / "show.mp4", "title": "T"})
    start = 48_000 * 7
    for packet in packets(3, start):
        output.write(packet)
        if packet.kind == "video" and packet.pts == start:
            output.chapter(Chapter(0, "开场"))
        elif packet.kind == "video" and packet.pts == start + 48_000:
            output.chapter(Chapter(packet.pts, "云步轻跑外套"))
    output.close()
    assert chapters(tmp_path / "show.mp4") == [(0.0, "开场"), (1.0, "云步轻跑外套")]
    assert [f.name for f in tmp_path.iterdir()] == ["show.mp4"]
    with av.open(str(tmp_path / "show.mp4")) as file:
        assert "人工智能" in file.metadata["comment"]
        assert sum(1 for _ in file.decode(video=0)) == 75


def test_after_a_crash_the_next_start_finishes_the_recording(tmp_path: Path) -> None:
    output = FileOutput()
    output.open({"path": tmp_path / "show.mp4"})
    for packet in packets(3):
        output.write(packet)
    output.chapter(Chapter(48_000 * 8, "one"))
    folder = tmp_path / "after"
    folder.mkdir()
    shutil.copy(tmp_path / "show.mp4", folder)
    notes = (tmp_path / f"show.mp4{NOTES}").read_text()
    assert json.loads(notes.splitlines()[0])["pid"] == os.getpid()
    (folder / f"show.mp4{NOTES}").write_text(notes)
    assert finish_all(folder) == []  # its process lives: somebody else's recording
    dead = notes.replace(str(os.getpid()), "4194303")
    (folder / f"show.mp4{NOTES}").write_text(dead + '{"at": 2.0, "ti')  # torn in the middle
    assert finish_all(folder) == [folder / "show.mp4"]
    assert chapters(folder / "show.mp4") == [(0.0, "one")]  # the first begins with the film
    assert [f.name for f in folder.iterdir()] == ["show.mp4"]
    output.close()


# ---- settings


@pytest.mark.parametrize(
    ("entry", "where", "words"),
    [
        ({"kind": "rtpm"}, "outputs[0].kind", "did you mean 'rtmp'"),
        ({"kind": "rtmp", "platfrom": "twitch"}, "outputs.rtmp", "did you mean 'platform'"),
        ({"kind": "rtmp", "platform": "bilbili"}, "", "did you mean 'bilibili'"),
        ({"kind": "rtmp", "platform": "douyin"}, "outputs.douyin.url", "server of its own"),
        ({"kind": "rtmp", "platform": "twitch"}, "outputs.twitch", "set IDOL_KEY_TWITCH"),
        ({"kind": "rtmp", "url": "http://x/y"}, "outputs.rtmp.url", "must be rtmp://"),
        ({"kind": "srt", "url": "srt://host"}, "outputs.srt.url", "srt://host:port"),
        ({"kind": "srt", "url": "srt://h:1?passphrase=x"}, "outputs.srt.url", "of their own"),
        ({"kind": "whip", "url": "ftp://x"}, "outputs.whip.url", "https://"),
        ({"kind": "hls"}, "outputs.hls.path", "required"),
        ({"kind": "hls", "path": "/dev/null/x"}, "outputs.hls.path", "cannot write"),
        ({"kind": "livekit", "url": "http://x", "room": "r", "api_key": "k"}, "", "wss://"),
    ],
)
def test_a_wrong_output_is_refused_before_the_show(
    entry: Mapping[str, Any], where: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words.replace("[", r"\[")) as bad:
        check([entry])
    assert where in bad.value.where


def test_names_of_outputs_are_their_own(tmp_path: Path) -> None:
    two = [{"kind": "hls", "path": str(tmp_path / n)} for n in "ab"]
    with pytest.raises(BadInput, match="two outputs are called 'hls'"):
        check(two)
    named = check([{**entry, "name": f"hls{i}"} for i, entry in enumerate(two)])
    assert [settings["name"] for _, settings, _ in named] == ["hls0", "hls1"]
    assert key_name("my youtube-2") == "IDOL_KEY_MY_YOUTUBE_2"


def test_reasons_hold_no_secret() -> None:
    environ = {"IDOL_KEY_A": "live_123_abc", "IDOL_KEY_B": "x"}
    text = without_secrets("cannot open rtmp://me:pw@host/app/live_123_abc?token=5 x", environ)
    assert text == "cannot open rtmp://***@host/app/***?*** x"


# ---- one output, kept going


class Scripted:
    """An output that does what its script says with each new one of it."""

    name = "scripted"
    key_seconds = 0.0

    def __init__(self, story: list[Any], seen: list[Any]) -> None:
        self._story, self._seen = story, seen

    def open(self, settings: Mapping[str, Any]) -> None:
        self._act = self._story.pop(0)
        if isinstance(self._act, BadInput):
            raise self._act

    def write(self, packet: Packet) -> None:
        if isinstance(self._act, Exception):
            raise self._act
        self._seen.append(packet.pts)
        if isinstance(self._act, int) and len(self._seen) >= self._act:
            self._act = Unavailable("rtmp://host/app/live_123_abc broke")

    def chapter(self, chapter: Chapter) -> None:
        self._seen.append(chapter.title)

    def close(self) -> None:
        self._seen.append("closed")


class Play:
    """A runner on a clock that only waiting moves, with everything it told."""

    def __init__(self, story: list[Any]) -> None:
        self.seen: list[Any] = []
        self.told: list[Any] = []
        self.now = 0.0
        self.waits: list[float] = []
        self.inbox = Inbox()
        self.later: list[Any] = []
        self.inbox.get = self._get  # type: ignore[method-assign]
        self.runner = Runner(
            lambda: Scripted(story, self.seen),
            {},
            self.inbox,
            self.told.append,
            clock=lambda: self.now,
            jitter=lambda: 1.0,
        )

    def _get(self, seconds: float | None = None) -> Any:
        if seconds is not None:
            self.waits.append(seconds)
            self.now += seconds
            return None
        return self.later.pop(0) if self.later else Finish()

    @property
    def states(self) -> list[str]:
        return [t.state for t in self.told if isinstance(t, OutputState)]


def picture(pts: int, key: bool = False) -> Packet:
    return Packet("video", pts, key, b"\0\0\1\x65")


def test_one_that_breaks_is_tried_again_ever_later() -> None:
    broken: list[Any] = [Unavailable("no")] * 8
    play = Play([*broken, None])
    play.later = [picture(i, key=True) for i in range(20)]
    play.runner.run()
    assert play.waits == [min(LONGEST_S, FIRST_S * 2**i) for i in range(8)]
    assert play.states.count("retrying") == 8 and play.states[-1] == "ended"
    assert sum(isinstance(t, KeyWanted) for t in play.told) == 8
    assert play.seen.count("closed") == 9  # each one, once


def test_the_reason_is_told_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDOL_KEY_X", "live_123_abc")
    play = Play([2, None])
    play.later = [picture(0, key=True), picture(1), picture(2), picture(3, key=True)]
    play.runner.run()
    reasons = [t.reason for t in play.told if isinstance(t, OutputState) and t.reason]
    assert reasons[0] == "rtmp://host/app/*** broke"


def test_a_mistake_is_not_tried_again() -> None:
    play = Play([BadInput("set the key")])
    play.runner.run()
    assert play.states == ["refused"] and play.seen == ["closed"]


def test_a_chapter_reaches_the_one_that_comes_later() -> None:
    play = Play([2, None])
    play.later = [
        Chapter(0, "hello"),
        picture(0, key=True),
        picture(1),
        picture(2),
        picture(3, key=True),
    ]
    play.runner.run()
    assert play.seen == [0, "hello", 1, "closed", 3, "hello", "closed"]


def test_a_slow_output_drops_to_the_next_keyframe() -> None:
    inbox = Inbox(depth=5)
    inbox.put(picture(0))  # before the first keyframe: left out
    inbox.put(picture(1, key=True))
    for i in range(2, 12):
        inbox.put(picture(i))
    inbox.put(Chapter(0, "never lost"))
    assert inbox.dropped == 1
    got: list[Any] = [inbox.get(0) for _ in range(6)]
    assert [g.pts for g in got[:5]] == [1, 2, 3, 4, 5] and got[5].title == "never lost"
    inbox.put(picture(20))
    inbox.put(picture(21, key=True))
    last = inbox.get(0)
    assert isinstance(last, Packet) and last.pts == 21


def test_settings_that_are_not_known_name_the_nearest() -> None:
    from idol.stream.outputs.hls import HlsOptions

    with pytest.raises(BadInput, match="did you mean 'window'") as bad:
        checked(HlsOptions, {"path": "x", "windo": 3}, "hls")
    assert bad.value.where == "outputs.hls"
