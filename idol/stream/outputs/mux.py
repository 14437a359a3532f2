"""Containers made of the viewers' own packets. The picture is never encoded again; the sound
goes out as the Opus it is, or as AAC where a protocol knows nothing else."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np

from idol.clock import SAMPLE_RATE
from idol.errors import Unavailable
from idol.model import Chapter, Packet

TIME_BASE = Fraction(1, SAMPLE_RATE)
AAC_KBPS = 128
GAP = 5 * SAMPLE_RATE
"""A longer hole in the sound (samples) is not filled with silence: the output begins anew."""
AI_NOTICE = "AI-generated: the host is a virtual idol / 本视频由人工智能生成，主播为虚拟形象"


class Muxed(ABC):
    """One FFmpeg container, begun with the first keyframe. Not yet a plug-in: see its children.

    `audio` is what the container takes; `start` (samples) the media time of its beginning.
    """

    name = "muxed"
    format = ""
    audio: Literal["opus", "aac"] = "aac"
    key_seconds = 2.0

    def __init__(self) -> None:
        self.ask_key: Callable[[], object] = lambda: None
        self.start = 0
        self._container: Any = None
        self._channels = 1
        self._due: int | None = None

    # ---- what a child says

    @abstractmethod
    def target(self) -> Any:
        """Where it goes: a path, an address or a file-like object. May raise `Unavailable`."""

    def options(self) -> dict[str, str]:
        """Options of the container."""
        return {}

    def metadata(self) -> dict[str, str]:
        return {"comment": AI_NOTICE}

    @abstractmethod
    def open(self, settings: Mapping[str, Any]) -> None:
        """Take the output's own settings. Raises `BadInput`."""

    # ---- ports.Output

    def write(self, packet: Packet) -> None:
        if self._container is None:
            if packet.kind != "video" or not packet.key:
                return
            self._begin(packet)
        if packet.pts < self.start:
            return
        if packet.kind == "audio" and self.audio == "aac":
            self._transcode(packet)
            return
        copy = av.Packet(packet.data)
        copy.pts = copy.dts = packet.pts - self.start
        copy.time_base, copy.is_keyframe = TIME_BASE, packet.key
        copy.stream = self._video if packet.kind == "video" else self._sound
        self._container.mux_one(copy)

    def chapter(self, chapter: Chapter) -> None:
        """Most containers know no chapters."""
        return

    def close(self) -> None:
        container, self._container = self._container, None
        if container is not None:
            container.close()

    # ---- inside

    def _begin(self, first: Packet) -> None:
        """Open the container; the track's size and headers are read from the keyframe."""
        container = av.open(
            self.target(), "w", format=self.format, container_options=self.options()
        )
        with av.open(io.BytesIO(first.data), format="h264") as keyframe:
            self._video = container.add_stream_from_template(keyframe.streams.video[0])
            self._video.time_base = TIME_BASE
            if self.audio == "aac":
                # Two channels even of one: some platforms take nothing else.
                self._sound = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
                # The other coder takes four times as long, and on speech nobody hears it.
                self._sound.codec_context.options = {"aac_coder": "fast"}
                self._sound.bit_rate = AAC_KBPS * 1000
            else:
                self._sound = container.add_stream("libopus", rate=SAMPLE_RATE)
                self._sound.layout = "stereo" if self._channels == 2 else "mono"
            container.metadata.update(self.metadata())
            container.start_encoding()
        self._container, self.start = container, first.pts
        self._decoder, self._due = opus_decoder(), None

    def _transcode(self, packet: Packet) -> None:
        for frame in decoded(self._decoder, packet):
            at = packet.pts - self.start
            if self._due is None:
                self._due = at
            if at - self._due > GAP or at < self._due - GAP:
                raise Unavailable("the sound jumped")
            if (missing := at - self._due) >= frame.samples:
                self._encode(np.zeros((1, missing), np.int16))
            self._encode(frame.to_ndarray()[:1].astype(np.int16, copy=False))

    def _encode(self, pcm: np.ndarray[Any, Any]) -> None:
        assert self._due is not None
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, TIME_BASE, self._due
        self._due += frame.samples
        for packet in self._sound.encode(frame):
            self._container.mux_one(packet)


def opus_decoder() -> Any:
    """A decoder of mono Opus packets to 16-bit samples at 48 kHz."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = SAMPLE_RATE, "mono"
    return decoder


def decoded(decoder: Any, packet: Packet) -> list[Any]:
    """The audio frames of one Opus packet."""
    copy = av.Packet(packet.data)
    copy.pts, copy.time_base = packet.pts, TIME_BASE
    return list(decoder.decode(copy))
