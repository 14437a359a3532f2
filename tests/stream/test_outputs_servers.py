"""Outputs against real servers: nginx-rtmp with and without TLS, SRT, HLS, a whole rack."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from player import until as true
from servers import free_port, need, nginx_rtmp, tls_front, wait_for

from idol.errors import Unavailable
from idol.model import Packet
from idol.stream.encoder import AudioEncoder, VideoEncoder
from idol.stream.outputs.hls import HlsOutput
from idol.stream.outputs.libsrt import PAYLOAD, SrtCaller
from idol.stream.outputs.rack import SILENT_S, Rack
from idol.stream.outputs.rtmp import RtmpOutput
from idol.stream.outputs.srt import SrtOutput
from idol.telemetry import get_log
from idol.testing.stream import clicks, read_stamp, stamp

SIZE = (416, 240)
START = 48_000 * 7


def programme(seconds: float, start: int = START, key_s: int = 1) -> Iterator[Packet]:
    """A stamped picture with its click track, a keyframe each `key_s`."""
    video, audio = VideoEncoder(SIZE, 25, key_seconds=key_s), AudioEncoder()
    frame = np.full((SIZE[1] * 3 // 2, SIZE[0]), 90, np.uint8)
    for i in range(round(seconds * 25)):
        pts = start + i * 1920
        stamp(frame, pts, flash=False)
        yield from audio.encode(clicks(pts, 1920), pts)
        yield from video.encode(frame, pts)


def examine(file: str, frames: int) -> None:
    """Pictures and sound of `programme` are there, and a click sounds at its own second."""
    with av.open(file) as media:
        assert media.streams.video[0].codec.name == "h264"
        assert media.streams.audio[0].codec.name == "aac"
        pictures = list(media.decode(video=0))
    with av.open(file) as media:
        sound = list(media.decode(audio=0))
    assert frames - 2 <= len(pictures) <= frames
    stamps = [read_stamp(p.to_ndarray(format="yuv420p")[: SIZE[1]])[0] for p in pictures]
    assert stamps == list(range(stamps[0], stamps[0] + 1920 * len(stamps), 1920))
    origin = stamps[0] / 48_000 - pictures[0].time
    pcm = np.concatenate([f.to_ndarray()[0] for f in sound])
    first = sound[0].time + origin
    peaks = np.flatnonzero(np.abs(pcm) > 0.35)
    assert len(peaks), "no click was heard"
    clicked = first + peaks / 48_000
    off = np.abs(clicked - np.round(clicked))
    assert np.median(off) < 0.03, f"sound is {np.median(off) * 1000:.0f} ms off the picture"


def test_rtmp_reaches_a_real_server_with_picture_and_sound_in_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDOL_KEY_RTMP", "secret-key")
    port = free_port()
    with nginx_rtmp(tmp_path, port) as records:
        output = RtmpOutput()
        output.open({"url": f"rtmp://127.0.0.1:{port}/live"})
        for packet in programme(4):
            output.write(packet)
        output.close()
        file = records / "secret-key.flv"
        wait_for(file.exists, "no recording")
    examine(str(file), 100)


def test_rtmps_wants_a_certificate_that_this_machine_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDOL_KEY_RTMP", "secret-key")
    plain, secure = free_port(), free_port()
    with nginx_rtmp(tmp_path, plain) as records, tls_front(tmp_path, secure, plain) as cert:
        settings = {"url": f"rtmps://localhost:{secure}/live"}
        output = RtmpOutput()
        output.open(settings)
        with pytest.raises(Unavailable, match="certificate is not good"):
            for packet in programme(0.2):
                output.write(packet)
        output.close()
        assert not list(records.iterdir())
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        output = RtmpOutput()
        output.open(settings)
        for packet in programme(3):
            output.write(packet)
        output.close()
        wait_for((records / "secret-key.flv").exists, "no recording")
    examine(str(records / "secret-key.flv"), 75)


@pytest.mark.parametrize(("host", "words"), [("127.0.0.1", "refused"), ("nowhere.invalid", "no")])
def test_a_server_that_is_not_there_is_named(
    host: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDOL_KEY_RTMP", "k")
    output = RtmpOutput()
    output.open({"url": f"rtmp://{host}:{free_port()}/live"})
    with pytest.raises(Unavailable, match=words):
        for packet in programme(0.1):
            output.write(packet)
    output.close()


def test_hls_plays_from_the_disk_and_a_window_stays_small(tmp_path: Path) -> None:
    for replay in (True, False):
        output = HlsOutput()
        folder = tmp_path / str(replay)
        output.open({"path": str(folder), "segment": 1, "window": 6, "replay": replay})
        for packet in programme(12):
            output.write(packet)
        text = (folder / "live.m3u8").read_text()
        assert "#EXT-X-MAP" in text and "#EXT-X-ENDLIST" not in text  # as it is on air
        output.close()
        text = (folder / "live.m3u8").read_text()
        assert "#EXT-X-ENDLIST" in text
        parts = len(list(folder.glob("*.m4s")))
        assert text.count("#EXTINF") == (12 if replay else 6)
        assert parts == 12 if replay else parts <= 9
    examine(str(tmp_path / "True" / "live.m3u8"), 300)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("passphrase", ["", "a-long-passphrase"])
def test_srt_reaches_a_listener(
    tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = need("srt-live-transmit", "srt-tools")
    monkeypatch.setenv("IDOL_KEY_SRT", passphrase)
    sent: list[int] = []
    plain = SrtCaller.write
    monkeypatch.setattr(
        SrtCaller, "write", lambda self, data: (sent.append(len(data)), plain(self, data))[1]
    )
    port = free_port(socket.SOCK_DGRAM)
    got = tmp_path / "got.ts"
    secret = f"&passphrase={passphrase}" if passphrase else ""
    with got.open("wb") as out:
        process = subprocess.Popen(
            [binary, "-q", f"srt://127.0.0.1:{port}?mode=listener{secret}", "file://con"],
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
    try:
        output = SrtOutput()
        output.open({"url": f"srt://127.0.0.1:{port}", "latency": 1500})
        made = list(programme(3))
        for _ in range(300):  # until it listens
            try:
                output.write(made[0])
                output.write(next(p for p in made if p.kind == "video"))
                break
            except Unavailable:
                output.close()
                output = SrtOutput()
                output.open({"url": f"srt://127.0.0.1:{port}", "latency": 1500})
                time.sleep(0.1)
        for packet in made[1:]:
            if packet.pts == START and packet.kind == "video":
                continue
            output.write(packet)
            time.sleep(0.01)
        wait_for(lambda: got.stat().st_size > sum(sent) - 2 * PAYLOAD, "it did not all come", 60)
        output.close()
    finally:
        process.terminate()
        process.wait(10)
    with av.open(str(got)) as media:
        pictures = list(media.decode(video=0))
    assert len(pictures) >= 60


async def until(condition: Any, what: str) -> None:
    try:
        await true(condition, 60)
    except TimeoutError:
        raise TimeoutError(what) from None


@pytest.mark.timeout(400)
async def test_a_broken_output_touches_no_other_and_one_comes_back_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ONE", "TWO"):
        monkeypatch.setenv(f"IDOL_KEY_{name}", f"secret-{name}")
    alive, dead = free_port(), free_port()
    silent = socket.create_server(("127.0.0.1", 0))  # takes a call and never says a word
    monkeypatch.setenv("IDOL_KEY_MUTE", "secret-mute")
    keys: list[int] = []
    rack = Rack(
        [
            {"kind": "rtmp", "name": "one", "url": f"rtmp://127.0.0.1:{alive}/live"},
            {"kind": "rtmp", "name": "two", "url": f"rtmp://127.0.0.1:{dead}/live"},
            {
                "kind": "rtmp",
                "name": "mute",
                "url": f"rtmp://127.0.0.1:{silent.getsockname()[1]}/live",
            },
            {"kind": "file", "name": "film", "path": str(tmp_path / "film.mp4"), "title": "T"},
        ],
        lambda: keys.append(1),
        get_log("test"),
    )
    one, two, mute, film = rack.lines
    going = True

    async def show() -> None:
        begin = time.monotonic()
        for number, packet in enumerate(programme(300)):
            if not going:
                return
            rack.push(packet)
            await asyncio.sleep(max(0.0, begin + number / 75 - time.monotonic()))

    first = tmp_path / "first"
    first.mkdir()
    try:
        with nginx_rtmp(first, alive) as records:
            await rack.start()
            airing = asyncio.create_task(show())
            rack.chapter(0, "开场")
            await until(lambda: one.state.state == "live", "no stream")
            await until(lambda: film.state.state == "live", "no film")
            await until(lambda: two.state.failures >= 1, "the dead one did not fail")
            await until(
                lambda: "refused" in two.state.reason and two.state.state == "retrying",
                "it does not say why",  # for it tries again, and has no reason meanwhile
            )
            await until(lambda: one.state.packets > 150, "the stream does not go on")
            # The mute one cannot even say that it waits. Long enough, and it is started again.
            await until(lambda: time.monotonic() - mute._heard > 4, "it does not hang")
            mute._heard -= SILENT_S
            mute.watch()
            await until(lambda: mute.restarts == 1, "it was not ended")
            await until(lambda: (records / "secret-ONE.flv").exists(), "nothing recorded")
        await until(lambda: one.state.state == "retrying", "nobody saw that the server is gone")
        again = tmp_path / "again"
        again.mkdir()
        packets = film.state.packets
        with nginx_rtmp(again, alive) as records:
            await until(lambda: one.state.state == "live", "it did not come back")
            await until((records / "secret-ONE.flv").exists, "nothing recorded again")
            await until(lambda: film.state.packets > packets + 75, "the film stood still")
            going = False
            await airing
            await rack.close()
    finally:
        going = False
        await rack.close()
        silent.close()
    assert mute.state.packets == 0 and mute.state.state == "waiting"
    assert film.state.state == "ended" and film.state.failures == 0
    with av.open(str(tmp_path / "film.mp4")) as media:
        assert len(list(media.chapters())) == 1
        assert sum(1 for _ in media.decode(video=0)) * 3 > film.state.packets * 0.9
    words = " ".join(rack.states().values())
    assert "secret" not in words and keys
