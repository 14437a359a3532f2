"""Record the show to MP4: what is on the disk plays, even after a crash.

On air it is fragmented, so that a crash loses a second at most. Afterwards (at the next start,
if there was a crash) it is copied once into an ordinary MP4 with its chapters. The packets are
those of the viewers; nothing is encoded again.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import av
import psutil

from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import Chapter, Packet
from idol.stream.outputs.mux import AI_NOTICE, Muxed
from idol.stream.outputs.options import Options, checked

FRAGMENT_US = 1_000_000
"""A crash loses at most the last fragment: one second."""
NOTES = ".unfinished"
"""Beside a recording on air lies a file with its chapters, one JSON object a line."""


class FileOptions(Options):
    """`path` ends in .mp4 and its folder is made; `channels` are those of the sound."""

    path: Path = Path()
    title: str = ""
    channels: Literal[1, 2] = 1


class FileOutput(Muxed):
    """An existing file is not overwritten: a number is added to the name. The AI notice goes
    into the metadata whatever the settings say."""

    name = "file"
    format = "mp4"
    audio = "opus"
    key_seconds = 0.0

    path: Path | None = None
    _notes: Path | None = None

    def open(self, settings: Mapping[str, Any]) -> None:
        """Raises `BadInput` if the path is missing, is not .mp4 or cannot be written."""
        options = checked(FileOptions, settings, self.name)
        path, where = options.path, f"outputs.{options.name or self.name}.path"
        if not path.name:
            raise BadInput("the recording needs a path", where=where)
        if path.suffix != ".mp4":
            raise BadInput(f"{path.name} is not .mp4", where=where, hint=f"{path.stem}.mp4")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.path = _unused(path)
            self.path.touch()
        except OSError as error:
            raise BadInput(f"cannot write {path}: {error}", where=where) from error
        self._title, self._channels = options.title, options.channels

    def target(self) -> str:
        return str(self.path)

    def options(self) -> dict[str, str]:
        return {
            "movflags": "empty_moov+default_base_moof+frag_keyframe",
            "frag_duration": str(FRAGMENT_US),
            "flush_packets": "1",
        }

    def metadata(self) -> dict[str, str]:
        return {"title": self._title, "comment": AI_NOTICE, "synopsis": AI_NOTICE}

    def _begin(self, first: Packet) -> None:
        assert self.path is not None
        # Beside the show and at its own pace: a long recording takes a while to copy.
        folder = self.path.parent
        threading.Thread(target=finish_all, args=(folder,), name="finish", daemon=True).start()
        super()._begin(first)
        self._notes = self.path.with_name(self.path.name + NOTES)
        self._note({"pid": os.getpid()})

    def chapter(self, chapter: Chapter) -> None:
        """Chapters before the first picture are those of the first moment."""
        if self._notes is not None:
            at = max(0, chapter.pts - self.start)
            self._note({"at": at / SAMPLE_RATE, "title": chapter.title})

    def _note(self, note: Mapping[str, Any]) -> None:
        assert self._notes is not None
        with self._notes.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Finish the file. A recording that never began leaves nothing behind."""
        super().close()
        if self._notes is not None and self.path is not None:
            notes, self._notes = self._notes, None
            finish(self.path, notes)
        elif self.path is not None and self.path.exists() and not self.path.stat().st_size:
            self.path.unlink()


def finish_all(folder: Path) -> list[Path]:
    """Finish the recordings in `folder` whose process is gone; those that were finished."""
    done = []
    for notes in sorted(folder.glob(f"*.mp4{NOTES}")):
        path = notes.with_name(notes.name.removesuffix(NOTES))
        with contextlib.suppress(OSError, av.FFmpegError, ValueError):
            if not psutil.pid_exists(_read(notes)[0]):
                finish(path, notes)
                done.append(path)
    return done


def finish(path: Path, notes: Path) -> None:
    """Copy a fragmented recording into an ordinary MP4 with chapters, in one step for whoever
    looks at it; the notes go away. Where that fails both files stay as they are."""
    _, marks = _read(notes)
    copy = path.with_name(path.name + ".part")
    try:
        with (
            av.open(str(path)) as source,
            av.open(
                str(copy), "w", format="mp4", container_options={"movflags": "+faststart"}
            ) as out,
        ):
            tracks = {s.index: out.add_stream_from_template(s) for s in source.streams}
            out.metadata.update(source.metadata)
            length = (source.duration or 0) / av.time_base
            if marks:
                out.set_chapters(_chapters(marks, length))
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = tracks[packet.stream.index]
                    out.mux(packet)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
    notes.unlink(missing_ok=True)


def _chapters(marks: list[tuple[float, str]], length: float) -> list[Any]:
    """Each chapter ends where the next begins, the first begins with the film (players want no
    hole); of several at one moment the last counts."""
    marks = [m for i, m in enumerate(marks) if i + 1 == len(marks) or marks[i + 1][0] > m[0]]
    marks[0] = (0.0, marks[0][1])
    ends = [at for at, _ in marks[1:]] + [max(length, marks[-1][0] + 0.001)]
    return [
        {
            "id": number,
            "start": round(at * 1000),
            "end": round(end * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": title},
        }
        for number, ((at, title), end) in enumerate(zip(marks, ends, strict=True))
    ]


def _read(notes: Path) -> tuple[int, list[tuple[float, str]]]:
    """The process that wrote a recording, and its chapters; a broken last line is left out."""
    pid, marks = 0, []
    for line in notes.read_text("utf-8").splitlines():
        try:
            note = json.loads(line)
        except ValueError:
            break
        if "pid" in note:
            pid = int(note["pid"])
        else:
            marks.append((float(note["at"]), str(note["title"])))
    return pid, marks


def _unused(path: Path) -> Path:
    number = 1
    found = path
    while found.exists():
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found
