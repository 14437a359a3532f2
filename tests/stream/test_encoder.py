"""Encoders: decodable, on time, and keyframes on request but never too many."""

from __future__ import annotations

import av
import numpy as np
import pytest

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Packet
from idol.stream.encoder import OPUS_DELAY, AudioEncoder, LadderEncoder, VideoEncoder
from idol.stream.rtp import nal_units
from idol.testing.stream import read_stamp, stamp, voice

SIZE = (416, 240)


def frames(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    base = rng.integers(40, 200, (SIZE[1] * 3 // 2, SIZE[0]), dtype=np.uint8)
    made = [np.roll(base, i, axis=1) for i in range(count)]
    for i, frame in enumerate(made):
        stamp(frame, i * 1920, flash=i % 25 == 0)
    return made


def encode(encoder: VideoEncoder, count: int, ask_at: tuple[int, ...] = ()) -> list[Packet]:
    packets = []
    for i, frame in enumerate(frames(count)):
        if i in ask_at:
            encoder.request_key()
        packets += encoder.encode(frame, i * 1920)
    return packets


def test_each_frame_is_one_packet_at_once_and_shows_its_own_picture() -> None:
    packets = encode(VideoEncoder(SIZE, 25, kbps=3000), 30)
    assert [packet.pts for packet in packets] == [i * 1920 for i in range(30)]
    decoder = av.CodecContext.create("h264", "r")
    pictures = [p for packet in packets for p in decoder.decode(av.Packet(packet.data))]
    pictures += decoder.decode(None)
    for i, picture in enumerate(pictures):
        luma = picture.to_ndarray(format="yuv420p")[: SIZE[1]]
        assert read_stamp(luma)[0] == i * 1920
    assert len(pictures) == 30


def test_keyframes_come_on_request_but_at_most_two_a_second() -> None:
    packets = encode(VideoEncoder(SIZE, 25), 60, ask_at=tuple(range(5, 60)))
    keys = [packet.pts // 1920 for packet in packets if packet.key]
    assert keys[0] == 0 and keys[1] == 13
    assert min(np.diff(keys)) >= 12
    assert len(keys) == 5


def test_every_keyframe_brings_its_headers() -> None:
    packets = encode(VideoEncoder(SIZE, 25), 40, ask_at=(20,))
    for packet in packets:
        kinds = {nal[0] & 0x1F for nal in nal_units(packet.data)}
        assert ({7, 8, 5} <= kinds) == packet.key
    sps = next(nal for nal in nal_units(packets[0].data) if nal[0] & 0x1F == 7)
    assert sps[1] == 66 and sps[3] == 31  # Baseline, level 3.1


def test_wrong_sizes_are_refused() -> None:
    with pytest.raises(BadInput, match="even"):
        VideoEncoder((101, 240), 25)
    with pytest.raises(BadInput, match="shape"):
        VideoEncoder(SIZE, 25).encode(np.zeros((10, 10), np.uint8), 0)


@pytest.mark.parametrize("block", [1600, 1920, 700])
def test_opus_packets_are_20_ms_and_in_step_with_what_went_in(block: int) -> None:
    encoder = AudioEncoder()
    t = np.arange(96_000)
    pcm = np.where((t > 48_000) & (t < 48_480), 20_000 * np.sin(t * 0.13), 0).astype(np.int16)
    packets: list[Packet] = []
    for start in range(0, len(pcm), block):
        packets += encoder.encode(pcm[start : start + block], start)
    assert packets[0].pts == -OPUS_DELAY
    assert set(np.diff([packet.pts for packet in packets])) == {960}
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    heard = np.concatenate(
        [f.to_ndarray().reshape(-1) for p in packets for f in decoder.decode(av.Packet(p.data))]
    )
    loud = np.flatnonzero(abs(heard.astype(float)) > 0.25 * abs(heard.astype(float)).max())
    # Decoded sample k stands at media time packets[0].pts + k.
    assert abs(packets[0].pts + int(loud[0]) - 48_000) < 240


def test_stereo_is_interleaved() -> None:
    packets = AudioEncoder(channels=2).encode(np.zeros(3840, np.int16), 0)
    assert [packet.pts for packet in packets] == [-312, 648]


@pytest.mark.parametrize(
    ("size", "fps", "level"), [((720, 1280), 30, 31), ((720, 1280), 60, 32), ((1920, 1080), 60, 42)]
)
def test_the_level_is_as_high_as_the_picture_needs(
    size: tuple[int, int], fps: int, level: int
) -> None:
    frame = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
    (packet,) = VideoEncoder(size, fps).encode(frame, 0)
    parameters = next(unit for unit in nal_units(packet.data) if unit[0] & 31 == 7)
    assert parameters[3] == level


def test_speech_carries_the_packet_before_it_once_more() -> None:
    packets = [bytes(packet.data) for packet in AudioEncoder().encode(voice(0, SAMPLE_RATE * 2), 0)]
    # RFC 6716: configurations below 16 have a SILK layer, whose second bit says "has LBRR".
    spoken = [data for data in packets if data[0] >> 3 < 16]
    repaired = [data for data in spoken if data[1] >> 6 & 1]
    assert len(packets) == 100 and len(repaired) > 70


def test_lower_rungs_are_encoded_only_while_they_are_wanted() -> None:
    encoder = LadderEncoder((416, 240), 25, kbps=1000, rungs=3)
    frame = np.full((360, 416), 90, np.uint8)

    def rungs(pts: int) -> list[tuple[int, bool]]:
        return [(packet.rung, packet.key) for packet in encoder.encode(frame, pts)]

    assert rungs(0) == [(0, True)]
    encoder.rungs = frozenset({0, 2})
    assert rungs(1920) == [(0, False), (2, True)]
    assert rungs(3840) == [(0, False), (2, False)]
    encoder.rungs = frozenset({0})
    assert rungs(5760) == [(0, False)]
    encoder.rungs = frozenset({0, 1, 2})
    small = [packet for packet in encoder.encode(frame, 7680) if packet.rung]
    assert [packet.key for packet in small] == [True, True]
    decoder = av.CodecContext.create("h264", "r")
    pictures = decoder.decode(av.Packet(small[1].data)) + decoder.decode(None)
    assert [(each.width, each.height) for each in pictures] == [(208, 120)]
    assert abs(float(pictures[0].to_ndarray(format="yuv420p").mean()) - 90) < 2
