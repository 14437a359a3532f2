"""LiveKit through its SDK and the virtual camera, as far as they go without server and device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from servers import free_port
from test_outputs_servers import SIZE, programme

from idol.errors import Missing, Unavailable
from idol.stream.outputs.camera import CameraOutput
from idol.stream.outputs.livekit import (
    LiveKitOptions,
    LiveKitOutput,
    encoded,
    picture_options,
    token,
)
from idol.testing.stream import read_stamp

pyvirtualcam = pytest.importorskip("pyvirtualcam")


class Screen:
    """A camera device of pyvirtualcam that keeps what it was sent."""

    frames: list[np.ndarray[Any, Any]] = []  # noqa: RUF012 - the library makes the objects

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def send(self, frame: np.ndarray[Any, Any]) -> None:
        self.frames.append(frame.copy())

    def close(self) -> None: ...

    @staticmethod
    def device() -> str:
        return "screen"

    @staticmethod
    def native_fourcc() -> int | None:
        return None


@pytest.fixture
def screen() -> Iterator[list[np.ndarray[Any, Any]]]:
    pyvirtualcam.register_backend("screen", Screen)
    Screen.frames.clear()
    yield Screen.frames
    pyvirtualcam.camera.BACKENDS.pop("screen")


def test_the_camera_shows_every_picture(screen: list[np.ndarray[Any, Any]]) -> None:
    output = CameraOutput()
    output.open({"backend": "screen"})
    for packet in programme(1):
        output.write(packet)
    output.close()
    assert len(screen) >= 24
    assert screen[0].shape == (SIZE[1] * SIZE[0] * 3,) or screen[0].shape[:2] == SIZE[::-1]
    picture = screen[-1].reshape(SIZE[1], SIZE[0], 3)[..., 1]
    assert read_stamp(picture)[0] >= 48_000 * 7


def test_without_a_device_the_reason_is_told() -> None:
    output = CameraOutput()
    output.open({"device": "/dev/video-none"})
    with pytest.raises(Unavailable, match="no virtual camera"):
        for packet in programme(0.2):
            output.write(packet)
    output.close()


def test_without_the_package_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    with pytest.raises(Missing, match=r"idol\[camera\]"):
        CameraOutput().open({})


SETTINGS = {"url": "ws://127.0.0.1:1", "room": "r1", "api_key": "key-id", "size": SIZE}


def test_livekit_tokens_may_publish_into_one_room_only() -> None:
    secret = "s" * 32
    raw = token(LiveKitOptions.model_validate(SETTINGS), secret, 1_700_000_000)
    claims = jwt.decode(raw, OctKey.import_key(secret), algorithms=["HS256"]).claims
    assert claims["iss"] == "key-id" and claims["exp"] > 1_700_000_000
    assert claims["video"] == {
        "room": "r1",
        "roomJoin": True,
        "canPublish": True,
        "canSubscribe": False,
    }


def test_livekit_takes_our_packets_and_says_why_it_cannot_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("livekit")
    monkeypatch.setenv("IDOL_KEY_LIVEKIT", "s" * 32)
    output = LiveKitOutput()
    output.open({**SETTINGS, "url": f"ws://127.0.0.1:{free_port()}"})
    with pytest.raises(Unavailable, match="ws://127"):
        for packet in programme(0.2):
            output.write(packet)
    output.close()
    # The SDK's own encoded source takes the very packets, without a server.
    rtc = output._sdk
    source = rtc.EncodedVideoSource(*SIZE)
    for packet in (p for p in programme(0.4) if p.kind == "video"):
        assert source.capture_frame(encoded(rtc, packet, SIZE)) in (True, False)
    assert source.take_feedback().keyframe_requested in (True, False)
    track = rtc.LocalVideoTrack.create_video_track("picture", source)
    assert track.kind == rtc.TrackKind.KIND_VIDEO and not picture_options(rtc).simulcast
