"""Encode once: H.264 for the picture, Opus for the sound; every viewer gets the same packets.

Settings were measured on two shared cores (docs/benchmarks.md): x264 superfast costs about
0.12 core at 720x1280, half a quality point below presets that cost twice as much. Baseline
profile, because every browser decodes it and it has no reordering delay.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Packet, Pcm
from idol.ports import Frame
from idol.stream import ladder

TIME_BASE = Fraction(1, SAMPLE_RATE)
KEY_REST = SAMPLE_RATE // 2
"""At most two keyframes a second, whatever the viewers ask."""
OPUS_FRAME = SAMPLE_RATE // 50
"""20 ms."""
OPUS_DELAY = 312
"""Samples of look-ahead of libopus at 48 kHz with application=audio: 6.5 ms."""


_LEVELS = (("31", 108_000), ("32", 216_000), ("40", 245_760), ("42", 522_240), ("51", 983_040))


def _level(width: int, height: int, fps: int) -> str:
    """The lowest H.264 level, from 3.1 on, for so many macroblocks a second."""
    blocks = -(-width // 16) * -(-height // 16) * fps
    return next((level for level, most in _LEVELS if blocks <= most), "52")


class VideoEncoder:
    """I420 in, H.264 Annex B out: one packet a frame, no delay. Used from one thread."""

    def __init__(
        self,
        size: tuple[int, int],
        fps: int,
        *,
        kbps: int = 1500,
        key_seconds: int = 10,
        rung: int = 0,
    ) -> None:
        width, height = size
        if width % 2 or height % 2:
            raise BadInput(f"{width}x{height} is not even, as I420 needs", where="size")
        codec = av.CodecContext.create("libx264", "w")
        codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
        codec.framerate, codec.time_base = Fraction(fps), TIME_BASE
        codec.bit_rate = kbps * 1000
        codec.profile = "Baseline"
        # OpenCV's I420 is BT.601 in limited range; players guess otherwise at this size.
        codec.color_range = 1
        codec.colorspace = codec.color_primaries = codec.color_trc = 6
        codec.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "level": _level(width, height, fps),
            "x264-params": (
                f"keyint={fps * key_seconds}:min-keyint=1:scenecut=0:repeat-headers=1"
                f":sliced-threads=0:threads=1:vbv-maxrate={kbps}:vbv-bufsize={kbps // 2}"
            ),
        }
        self._codec = codec
        self._shape = (height * 3 // 2, width)
        self._rung = rung
        self._key_wanted = True
        self._last_key = -SAMPLE_RATE

    def request_key(self) -> None:
        """Make a keyframe as soon as the rate limit lets it."""
        self._key_wanted = True

    def encode(self, frame: Frame, pts: int) -> list[Packet]:
        """Encode one I420 frame, shape (height * 3 // 2, width), at media time `pts`."""
        if frame.shape != self._shape:
            raise BadInput(f"frame of shape {frame.shape}, expected {self._shape}")
        picture = av.VideoFrame.from_ndarray(frame, format="yuv420p")
        picture.pts, picture.time_base = pts, TIME_BASE
        kind = av.video.frame.PictureType
        if self._key_wanted and pts - self._last_key >= KEY_REST:
            picture.pict_type = kind.I
            self._key_wanted, self._last_key = False, pts
        else:
            picture.pict_type = kind.NONE
        return [
            Packet("video", packet.pts, packet.is_keyframe, bytes(packet), self._rung)
            for packet in self._codec.encode(picture)
        ]


class LadderEncoder:
    """The same picture in one or more rungs; the lower ones only while somebody wants them.

    `rungs` and `request_key` may be set and called from another thread than `encode`.
    """

    def __init__(
        self, size: tuple[int, int], fps: int, *, kbps: int = 1500, rungs: int = 1
    ) -> None:
        self._fps, self._ladder = fps, ladder.rungs(size, kbps, rungs)
        self._encoders = {0: VideoEncoder(size, fps, kbps=kbps)}
        self._small: dict[int, Frame] = {}
        self.rungs = frozenset({0})

    def request_key(self, rung: int = 0) -> None:
        """Make a keyframe of this rung soon; one that is not encoded will begin with one."""
        if encoder := self._encoders.get(rung):
            encoder.request_key()

    def encode(self, frame: Frame, pts: int) -> Iterator[Packet]:
        """The packets of one I420 frame, the full picture's first and as soon as it is there."""
        yield from self._encoders[0].encode(frame, pts)
        for index, rung in enumerate(self._ladder[1:], 1):
            if index not in self.rungs:
                self._encoders.pop(index, None)
                continue
            if index not in self._encoders:
                self._encoders[index] = VideoEncoder(
                    rung.size, self._fps, kbps=rung.kbps, rung=index
                )
                width, height = rung.size
                self._small[index] = np.zeros((height * 3 // 2, width), np.uint8)
            shrink(frame, self._small[index])
            yield from self._encoders[index].encode(self._small[index], pts)


def shrink(frame: Frame, out: Frame) -> None:
    """Scale an I420 frame, shape (height * 3 // 2, width), to the shape of `out`."""
    for source, target in zip(_planes(frame), _planes(out), strict=True):
        cv2.resize(source, target.shape[::-1], dst=target, interpolation=cv2.INTER_AREA)


def _planes(frame: Frame) -> tuple[Frame, Frame, Frame]:
    height, width = frame.shape[0] * 2 // 3, frame.shape[1]
    chroma = frame[height:].reshape(2, height // 2, width // 2)
    return frame[:height], chroma[0], chroma[1]


class AudioEncoder:
    """48 kHz PCM in blocks of any length in, 20 ms Opus packets out.

    The pts of a packet is that of the first sample a decoder puts out, so it lies the
    encoder's look-ahead before the input: sound and picture stay together.
    """

    def __init__(self, *, kbps: int = 64, channels: int = 1) -> None:
        codec = av.CodecContext.create("libopus", "w")
        codec.sample_rate, codec.format = SAMPLE_RATE, "s16"
        codec.layout = "mono" if channels == 1 else "stereo"
        codec.time_base, codec.bit_rate = TIME_BASE, kbps * 1000
        codec.options = {
            "application": "audio",
            "frame_duration": "20",
            # Each packet of speech carries the one before it once more, small: a viewer who
            # loses one in ten hears no gap.
            "fec": "1",
            "packet_loss": "10",
        }
        codec.open()
        self._codec, self._channels = codec, channels
        self._rest: Pcm = np.zeros(0, np.int16)

    def encode(self, pcm: Pcm, pts: int) -> list[Packet]:
        """Encode samples that begin at media time `pts`, without a gap to those before.

        Mono: shape (n,). Stereo: interleaved, shape (2 n,).
        """
        start = pts - len(self._rest) // self._channels
        samples = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        block = OPUS_FRAME * self._channels
        packets = []
        whole = len(samples) // block * block
        for offset in range(0, whole, block):
            frame = av.AudioFrame.from_ndarray(
                samples[None, offset : offset + block], format="s16", layout=self._codec.layout.name
            )
            frame.sample_rate, frame.time_base = SAMPLE_RATE, TIME_BASE
            frame.pts = start + offset // self._channels
            packets += [
                Packet("audio", packet.pts, True, bytes(packet))
                for packet in self._codec.encode(frame)
            ]
        self._rest = samples[whole:].copy()
        return packets
