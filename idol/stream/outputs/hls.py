"""HLS in fMP4: for whoever has no WebRTC, for the long tail behind a CDN, and for replay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from idol.errors import BadInput
from idol.stream.outputs.mux import Muxed
from idol.stream.outputs.options import Options, checked

PLAYLIST = "live.m3u8"


class HlsOptions(Options):
    """`path` is a folder that belongs to this output alone: a new show empties it.

    With `replay` every segment is kept and the list only grows; without it the last `window`
    seconds are there.
    """

    path: str
    segment: float = Field(2.0, ge=1, le=10)
    window: float = Field(30.0, ge=6)
    replay: bool = True


class HlsOutput(Muxed):
    """Writes `live.m3u8` and its segments into a folder; the web serves it under /hls/NAME/."""

    name = "hls"
    format = "hls"

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(HlsOptions, settings, self.name)
        self.key_seconds = options.segment
        self._folder = Path(options.path)
        where = f"outputs.{options.name or self.name}.path"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"cannot write {options.path}: {error}", where=where) from None
        strange = [f.name for f in self._folder.iterdir() if f.suffix not in _OURS]
        if strange:
            raise BadInput(f"holds {strange[0]}; give HLS a folder of its own", where=where)

    def target(self) -> str:
        for file in self._folder.iterdir():
            if file.suffix in _OURS:
                file.unlink(missing_ok=True)
        return str(self._folder / PLAYLIST)

    def options(self) -> dict[str, str]:
        options = self._options
        kept = 0 if options.replay else max(3, round(options.window / options.segment))
        flags = "independent_segments+temp_file"
        return {
            "hls_segment_type": "fmp4",
            "hls_fmp4_init_filename": "init.mp4",
            "hls_segment_filename": str(self._folder / "part%06d.m4s"),
            "hls_time": str(options.segment),
            "hls_list_size": str(kept),
            "hls_flags": flags if options.replay else flags + "+delete_segments",
            **({"hls_playlist_type": "event"} if options.replay else {}),
        }


_OURS = frozenset((".m3u8", ".m4s", ".mp4", ".tmp"))
