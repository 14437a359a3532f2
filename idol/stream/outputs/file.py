"""Record the show to fragmented MP4: what is on the disk plays, even after a crash.

The packets are those of the viewers; nothing is encoded again (about 0.2% of a core).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Packet

TIME_BASE = Fraction(1, SAMPLE_RATE)
FRAGMENT_US = 1_000_000
"""A crash loses at most the last fragment: one second."""
AI_NOTICE = "AI-generated: the host is a virtual idol / 本视频由人工智能生成，主播为虚拟形象"


class FileOutput:
    """Settings: `path` (.mp4, its folder is made), `title`, `channels` (1 or 2, default 1).

    An existing file is not overwritten: a number is added to the name. The AI notice goes into
    the metadata whatever the settings say.
    """

    name = "file"

    def __init__(self) -> None:
        self._container: Any = None
        self._settings: Mapping[str, Any] = {}
        self.path: Path | None = None
        self._origin = 0

    def open(self, settings: Mapping[str, Any]) -> None:
        """Check the settings; the file itself begins with the first keyframe.

        Raises `BadInput` if the path is missing, is not .mp4 or cannot be written.
        """
        if not settings.get("path"):
            raise BadInput("the recording needs a path", where="outputs.file.path")
        path = Path(settings["path"])
        if path.suffix != ".mp4":
            raise BadInput(
                f"{path.name} is not .mp4", where="outputs.file.path", hint=f"{path.stem}.mp4"
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.path = _unused(path)
            self.path.touch()
        except OSError as error:
            raise BadInput(f"cannot write {path}: {error}", where="outputs.file.path") from error
        self._settings = settings

    def write(self, packet: Packet) -> None:
        """Append a packet; those before the first keyframe are left out."""
        if self._container is None:
            if packet.kind != "video" or not packet.key:
                return
            self._begin(packet)
        if packet.pts < self._origin:
            return
        copy = av.Packet(packet.data)
        copy.pts = copy.dts = packet.pts - self._origin
        copy.time_base, copy.is_keyframe = TIME_BASE, packet.key
        copy.stream = self._video if packet.kind == "video" else self._audio
        self._container.mux_one(copy)

    def _begin(self, first: Packet) -> None:
        """Open the file; the track's size and headers are read from the first keyframe."""
        container = av.open(
            str(self.path),
            "w",
            format="mp4",
            options={
                "movflags": "empty_moov+default_base_moof+frag_keyframe",
                "frag_duration": str(FRAGMENT_US),
                "flush_packets": "1",
            },
        )
        with av.open(io.BytesIO(first.data), format="h264") as keyframe:
            self._video = container.add_stream_from_template(keyframe.streams.video[0])
            self._video.time_base = TIME_BASE
            self._audio = container.add_stream("libopus", rate=SAMPLE_RATE)
            self._audio.layout = "stereo" if self._settings.get("channels") == 2 else "mono"
            container.metadata.update(
                title=str(self._settings.get("title", "")),
                comment=AI_NOTICE,
                synopsis=AI_NOTICE,
            )
            container.start_encoding()
        self._container, self._origin = container, first.pts

    def close(self) -> None:
        """Finish the file. A recording that never began leaves nothing behind."""
        if self._container is not None:
            self._container.close()
            self._container = None
        elif self.path is not None and self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()


def _unused(path: Path) -> Path:
    number = 1
    found = path
    while found.exists():
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found
