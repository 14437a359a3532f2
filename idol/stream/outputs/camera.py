"""A virtual camera for OBS, meeting software and the like (`pip install 'idol[camera]'`).

On Linux it needs the v4l2loopback kernel module, elsewhere OBS's own virtual camera. The
picture is decoded once more for it; it carries no sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import av

from idol.errors import Missing, Unavailable
from idol.model import Chapter, Packet
from idol.stream.outputs.mux import TIME_BASE
from idol.stream.outputs.options import Options, checked


class CameraOptions(Options):
    """`device` such as /dev/video10, else the first that is free; `backend` of pyvirtualcam."""

    device: str | None = None
    backend: str | None = None
    fps: float = 25.0


class CameraOutput:
    name = "camera"
    key_seconds = 0.0

    def __init__(self) -> None:
        self.ask_key: Callable[[], object] = lambda: None
        self._camera: Any = None
        self._decoder: Any = None

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = checked(CameraOptions, settings, self.name)
        try:
            import pyvirtualcam
        except ImportError:
            raise Missing("the camera needs: pip install 'idol[camera]'") from None
        self._library = pyvirtualcam

    def write(self, packet: Packet) -> None:
        if packet.kind != "video":
            return
        if self._decoder is None:
            self._decoder = av.CodecContext.create("h264", "r")
            self._decoder.options = {"flags": "low_delay"}
        copy = av.Packet(packet.data)
        copy.pts, copy.time_base = packet.pts, TIME_BASE
        for picture in self._decoder.decode(copy):
            if self._camera is None:
                self._camera = self._open(picture.width, picture.height)
            self._camera.send(picture.to_ndarray(format="rgb24"))

    def chapter(self, chapter: Chapter) -> None: ...

    def close(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def _open(self, width: int, height: int) -> Any:
        options = self._options
        try:
            return self._library.Camera(
                width=width,
                height=height,
                fps=options.fps,
                device=options.device,
                backend=options.backend,
            )
        except RuntimeError as error:
            raise Unavailable(f"no virtual camera: {error}") from None
