"""Publish into a LiveKit room through its SDK (`pip install 'idol[livekit]'`).

The picture goes in as the H.264 it is (`EncodedVideoSource`); the SDK takes sound only as PCM
and makes Opus of it itself.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from joserfc import jwt
from joserfc.jwk import OctKey

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput, Missing, Unavailable
from idol.model import Chapter, Packet
from idol.stream.outputs.looped import Loop
from idol.stream.outputs.mux import decoded, opus_decoder
from idol.stream.outputs.options import Options, checked, key, key_name

CONNECT_S = 20.0
TOKEN_S = 24 * 3600


class LiveKitOptions(Options):
    """`url` is wss://server; `api_key` names the key, its secret comes from the environment.
    `size` is (width, height) of the picture."""

    url: str
    room: str
    api_key: str
    identity: str = "idol"
    size: tuple[int, int] = (720, 1280)


class LiveKitOutput:
    name = "livekit"
    key_seconds = 0.0

    def __init__(self) -> None:
        self.ask_key: Callable[[], object] = lambda: None
        self._loop: Loop | None = None
        self._room: Any = None
        self._lost = ""
        self._asked = 0.0

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(LiveKitOptions, settings, self.name)
        name = options.name or self.name
        if urlsplit(options.url).scheme not in ("ws", "wss"):
            raise BadInput("must be wss://server", where=f"outputs.{name}.url")
        self._sdk = sdk()
        self._token = token(options, key(name), time.time())
        self._variable = key_name(name)

    def write(self, packet: Packet) -> None:
        if self._loop is None:
            self._loop = Loop("livekit")
            self._loop.run(self._publish(), CONNECT_S)
            self._decoder = opus_decoder()
            self.ask_key()
        if self._lost:
            raise Unavailable(self._lost)
        if packet.kind == "audio":
            for frame in decoded(self._decoder, packet):
                pcm = frame.to_ndarray()[:1].astype(np.int16, copy=False)
                self._loop.run(self._hear(pcm), 2.0)
            return
        self._picture.capture_frame(encoded(self._sdk, packet, self._options.size))
        if self._picture.take_feedback().keyframe_requested:
            self.ask_key()

    def chapter(self, chapter: Chapter) -> None: ...

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            if self._room is not None:
                with contextlib.suppress(Exception):
                    loop.run(self._room.disconnect(), 5.0)
            loop.close()

    async def _publish(self) -> None:
        rtc = self._sdk
        self._room = rtc.Room()
        self._room.on("disconnected", self._disconnected)
        try:
            await self._room.connect(self._options.url, self._token)
        except rtc.ConnectError as error:
            raise Unavailable(f"{self._options.url}: {error}") from None
        self._picture = rtc.EncodedVideoSource(*self._options.size)
        self._sound = rtc.AudioSource(SAMPLE_RATE, 1)
        me = self._room.local_participant
        await me.publish_track(
            rtc.LocalVideoTrack.create_video_track("picture", self._picture),
            picture_options(rtc),
        )
        await me.publish_track(
            rtc.LocalAudioTrack.create_audio_track("sound", self._sound),
            rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE),
        )

    async def _hear(self, pcm: np.ndarray[Any, Any]) -> None:
        frame = self._sdk.AudioFrame(pcm.tobytes(), SAMPLE_RATE, 1, pcm.shape[1])
        await self._sound.capture_frame(frame)

    def _disconnected(self, reason: object = "") -> None:
        self._lost = f"the server ended the connection {reason}".strip()


def sdk() -> Any:
    """LiveKit's SDK. Raises `Missing` with the command that installs it."""
    try:
        from livekit import rtc
    except ImportError:
        raise Missing("LiveKit needs its SDK: pip install 'idol[livekit]'") from None
    return rtc


def encoded(rtc: Any, packet: Packet, size: tuple[int, int]) -> Any:
    """One of our pictures as the SDK takes it, untouched."""
    kinds = rtc.EncodedFrameType
    return rtc.EncodedVideoFrame(
        data=packet.data,
        width=size[0],
        height=size[1],
        codec=rtc.VideoCodec.H264,
        frame_type=kinds.ENCODED_FRAME_KEY if packet.key else kinds.ENCODED_FRAME_DELTA,
        timestamp_us=packet.pts * 1_000_000 // SAMPLE_RATE,
    )


def picture_options(rtc: Any) -> Any:
    """How the picture is published: as it is, once, never encoded by the SDK."""
    return rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_CAMERA,
        video_codec=rtc.VideoCodec.H264,
        video_encoder=rtc.VideoEncoderBackend.ENCODER_BACKEND_PRE_ENCODED,
        simulcast=False,
    )


def token(options: LiveKitOptions, secret: str, now: float) -> str:
    """An access token that may publish into this one room, and nothing else."""
    claims = {
        "iss": options.api_key,
        "sub": options.identity,
        "nbf": int(now) - 10,
        "exp": int(now) + TOKEN_S,
        "video": {
            "room": options.room,
            "roomJoin": True,
            "canPublish": True,
            "canSubscribe": False,
        },
    }
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))
