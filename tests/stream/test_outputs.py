"""Recording: plays, survives a crash, names itself as made by a machine; slow disks harm nobody."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from idol.errors import BadInput
from idol.model import Packet
from idol.stream.encoder import AudioEncoder, VideoEncoder
from idol.stream.outputs.file import FileOutput
from idol.stream.outputs.pump import DEPTH, Pump
from idol.telemetry import get_log
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


class Slow:
    """An output whose disk stands still until it is released; fails when asked to."""

    name = "slow"

    def __init__(self) -> None:
        self.released = threading.Event()
        self.written: list[Packet] = []
        self.fail = self.closed = False

    def open(self, settings: Mapping[str, Any]) -> None: ...

    def write(self, packet: Packet) -> None:
        self.released.wait(10)
        if self.fail:
            raise OSError("disk full")
        self.written.append(packet)

    def close(self) -> None:
        self.closed = True


def picture(pts: int, key: bool = False) -> Packet:
    return Packet("video", pts, key, b"\0\0\1\x65")


def test_a_slow_output_drops_to_the_next_keyframe_and_never_blocks() -> None:
    output = Slow()
    pump = Pump(output, get_log("test"))
    pump.push(picture(0))  # before the first keyframe: left out
    pump.push(picture(1, key=True))
    for i in range(DEPTH * 2):
        pump.push(picture(2 + i))
    assert pump.dropped == 1
    output.released.set()
    pump.close()
    assert output.closed and output.written[0].pts == 1
    assert [p.pts for p in output.written] == list(range(1, len(output.written) + 1))
    assert DEPTH <= len(output.written) <= DEPTH + 1


def test_an_output_that_fails_is_tried_again_with_the_next_keyframe() -> None:
    output = Slow()
    output.released.set()
    output.fail = True
    pump = Pump(output, get_log("test"))
    pump.push(picture(0, key=True))
    while not pump.failed:
        pass
    output.fail = False
    pump.push(picture(1))
    pump.push(picture(2, key=True))
    pump.close()
    assert [p.pts for p in output.written] == [2]
