"""The studio's child process: draws, speaks and encodes in real time.

One paced loop makes each frame of time: sound first, because an ear forgives nothing, then
the picture. Encoding runs in a second thread, so that the next picture is drawn meanwhile
(both release the GIL). A late picture is left out: viewers keep the last one.
"""

from __future__ import annotations

import collections
import gc
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from idol import plugins
from idol.avatar.lipsync import MouthTrack
from idol.clock import SAMPLE_RATE
from idol.errors import BadInput, IdolError
from idol.model import Packet, Scene, SpeechChunk
from idol.ports import Bakes, Frame, Moment, Renderer
from idol.show.fresh import Fresh
from idol.show.messages import (
    Baking,
    Flush,
    Reloaded,
    ReloadIdol,
    RequestKey,
    ShowCue,
    StudioStats,
    WantRungs,
)
from idol.stream.encoder import OPUS_DELAY, OPUS_FRAME, AudioEncoder, LadderEncoder
from idol.stream.playout import Playout, Tick

BUFFERS = 3
"""One being drawn, one being encoded, one waiting."""
HOPELESS = 1.0
"""Seconds behind (the machine slept) after which media time jumps instead of catching up."""


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """What the child needs to know. `renderer` is a plug-in name; `size` is (width, height)."""

    pack: Path
    stage: Path
    renderer: str = "sprite"
    size: tuple[int, int] = (720, 1280)
    fps: int = 25
    video_kbps: int = 1500
    rungs: int = 1
    """How many sizes of the picture may be encoded; the lower ones only when they are wanted."""
    audio_kbps: int = 64
    seed: int = 1
    watch: bool = False
    """Whether changes of the folders come into the picture on air."""


@dataclass(frozen=True, slots=True)
class OnAir:
    """Sent once by the child: the renderer is loaded, the first frame follows."""

    pts: int


@dataclass(frozen=True, slots=True)
class CannotStart:
    """Sent by the child instead of `OnAir`: a person must mend something first."""

    reason: str


def main(connection: Connection[Any, Any], settings: StudioSettings, origin: float) -> None:
    """Entry of the child process. `origin` is the monotonic time of media time 0, in seconds.

    The monotonic clock is the machine's, one for all processes, so media time goes on where
    it was when the child is started again.
    """
    try:
        renderer = loaded(settings, lambda part: connection.send(Baking(part)))
    except IdolError as error:
        connection.send(CannotStart(str(error)))
        raise
    _Child(connection, settings, origin, renderer).run()


def loaded(settings: StudioSettings, tell: Callable[[float], None] = lambda part: None) -> Renderer:
    """A renderer of these folders; `tell` hears of each tenth of a long loading (0..1).

    Raises `IdolError`.
    """
    renderer: Renderer = plugins.load("renderers", settings.renderer)()
    if isinstance(renderer, Bakes):
        told = 0

        def progress(part: float) -> None:
            nonlocal told
            if int(part * 10) > told and (told or part < 1):  # at once at its end: all was kept
                told = int(part * 10)
                tell(part)

        renderer.progress = progress
    renderer.load(settings.pack, settings.stage, settings.size, settings.fps, settings.seed)
    return renderer


def aside(settings: StudioSettings) -> Renderer:
    """As `loaded`, while another one is on air: what must be baked is baked by a process of its
    own at a low priority, so that the picture has its time. Raises `IdolError`."""
    if isinstance(plugins.load("renderers", settings.renderer)(), Bakes):
        size = f"{settings.size[0]}x{settings.size[1]}"
        command = [sys.executable, "-m", "idol.avatar.ahead"]
        command += [str(settings.pack), str(settings.stage), size]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines()
            raise BadInput(said[-1] if said else f"baking ended with {done.returncode}")
    return loaded(settings)


class _Child:
    """The paced loop. Commands are read from the pipe while it waits for the next frame."""

    def __init__(
        self,
        connection: Connection[Any, Any],
        settings: StudioSettings,
        origin: float,
        renderer: Renderer,
    ) -> None:
        self._connection, self._origin, self._renderer = connection, origin, renderer
        self._send_lock = threading.Lock()
        self._scene = Scene()
        frame = SAMPLE_RATE // settings.fps
        self._audio = AudioEncoder(kbps=settings.audio_kbps)
        self._sound: collections.deque[Packet] = collections.deque()
        """Encoded sound that waits for its own moment: a steady flow keeps jitter low."""
        self._lead = frame
        """Samples by which sound is mixed and sent before its picture: a player keeps more of it
        in hand, and would hold the picture back until both meet."""
        self._hold = max(
            (start + OPUS_FRAME - 1) // frame * frame - start
            for start in range(0, SAMPLE_RATE, OPUS_FRAME)
        )
        """Samples from where a packet begins to when its last sample is there, at worst."""
        self._picture = _PictureEncoder(
            LadderEncoder(
                settings.size, settings.fps, kbps=settings.video_kbps, rungs=settings.rungs
            ),
            settings.size,
            self._send,
        )
        gc.collect()
        gc.freeze()  # what is loaded stays: later collections need not look at it
        pts = max(0, int((time.monotonic() - origin) * settings.fps + 1) * frame)
        self._playout = Playout(settings.fps, pts=pts, mouth=MouthTrack(frame))
        self._view: Tick | None = None
        """The frame whose sound is under way, and whose picture is next."""
        self._frames = self._repeated = 0
        self._render_s = 0.0
        self._broken = ""
        self._fresh = Fresh(
            (settings.pack, settings.stage),
            lambda: aside(settings),
            lambda reason: self._send(Reloaded(reason)),
            watch=settings.watch,
        )

    def run(self) -> None:
        self._send(OnAir(self._playout.pts))
        next_stats = self._playout.pts + SAMPLE_RATE
        while self._picture.alive:
            due = self._due(self._playout.pts - self._lead)
            self._wait_until(due)
            if time.monotonic() - due > HOPELESS:
                behind = int((time.monotonic() - due) * SAMPLE_RATE) // self._playout.samples
                self._playout.skip(behind)
                lost = behind + (self._view is not None)
                self._repeated += lost
                self._frames += lost
                self._view = None
                continue
            tick, seen = self._playout.tick(), self._view
            self._view = tick
            self._sound.extend(self._audio.encode(tick.pcm, tick.pts))
            self._send_sound()
            for message in (*tick.fired, *tick.played):
                self._send(message)
            if seen is None:
                continue
            self._frames += 1
            frame_s = self._playout.samples / SAMPLE_RATE
            buffer = self._picture.free() if time.monotonic() - due < frame_s else None
            if buffer is None or not self._draw(seen.moment(self._scene, time.time()), buffer):
                self._repeated += 1
            else:
                self._picture.encode(buffer, seen.pts)
            if seen.pts >= next_stats:
                next_stats = seen.pts + SAMPLE_RATE
                self._send(self._stats())

    def _draw(self, moment: Moment, buffer: Frame) -> bool:
        fresh = self._fresh.take()
        if fresh is not None:
            self._renderer = fresh
            self._send(Reloaded())
        begin = time.thread_time()
        try:
            self._renderer.render(moment, buffer)
        except Exception as error:  # a bad frame is one frame, not the end of the show
            self._picture.give_back(buffer)
            if repr(error) != self._broken:
                self._broken = repr(error)
                self._send(CannotStart(f"a frame could not be drawn: {error!r}"))
            return False
        self._render_s += time.thread_time() - begin
        return True

    def _due(self, pts: int) -> float:
        return self._origin + pts / SAMPLE_RATE

    def _sound_due(self) -> float:
        return self._due(self._sound[0].pts + OPUS_DELAY + self._hold - self._lead)

    def _wait_until(self, due: float) -> None:
        """Sleep until monotonic time `due`, obeying commands and sending sound on the way."""
        while True:
            self._send_sound()
            until = min(due, self._sound_due()) if self._sound else due
            wait = until - time.monotonic()
            while self._connection.poll(max(0.0, wait)):
                self._obey(self._connection.recv())
                wait = until - time.monotonic()
            if time.monotonic() >= due:
                return

    def _send_sound(self) -> None:
        now = time.monotonic()
        while self._sound and self._sound_due() <= now:
            self._send(self._sound.popleft())

    def _obey(self, command: Any) -> None:
        if isinstance(command, SpeechChunk):
            self._playout.add(command)
        elif isinstance(command, Scene):
            self._scene = command
        elif isinstance(command, Flush):
            self._playout.flush(command.turn)
        elif isinstance(command, ShowCue):
            self._playout.cue(command.cue)
        elif isinstance(command, RequestKey):
            self._picture.request_key(command.rung)
        elif isinstance(command, ReloadIdol):
            self._fresh.ask()
        elif isinstance(command, WantRungs):
            self._picture.rungs(command.rungs)

    def _send(self, message: Any) -> None:
        with self._send_lock:
            self._connection.send(message)

    def _stats(self) -> StudioStats:
        drawn = max(1, self._frames - self._repeated)
        return StudioStats(
            frames=self._frames,
            repeated=self._repeated,
            late_audio=self._playout.late,
            render_ms=self._render_s * 1000 / drawn,
            encode_ms=self._picture.seconds * 1000 / drawn,
            cpu_s=time.process_time(),
            queued_ms=self._playout.queued * 1000 / SAMPLE_RATE,
            pts=self._playout.pts,
        )


class _PictureEncoder:
    """Encodes in a thread. Hands out its own frame buffers, so nothing is allocated on air."""

    def __init__(
        self, encoder: LadderEncoder, size: tuple[int, int], send: Callable[[Packet], None]
    ) -> None:
        self.seconds = 0.0
        """CPU seconds spent encoding."""
        self._encoder, self._send = encoder, send
        self._free: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._work: queue.SimpleQueue[tuple[Frame, int]] = queue.SimpleQueue()
        width, height = size
        for _ in range(BUFFERS):
            self._free.put(np.zeros((height * 3 // 2, width), np.uint8))
        self._thread = threading.Thread(target=self._run, name="encode", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """False once the host is gone."""
        return self._thread.is_alive()

    def request_key(self, rung: int) -> None:
        self._encoder.request_key(rung)

    def rungs(self, rungs: frozenset[int]) -> None:
        self._encoder.rungs = rungs

    def free(self) -> Frame | None:
        """A buffer to draw in, or None while the encoder is behind."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            return None

    def give_back(self, buffer: Frame) -> None:
        self._free.put(buffer)

    def encode(self, buffer: Frame, pts: int) -> None:
        self._work.put((buffer, pts))

    def _run(self) -> None:
        while True:
            buffer, pts = self._work.get()
            begin = time.thread_time()
            try:
                for packet in self._encoder.encode(buffer, pts):
                    self._send(packet)
            except OSError:
                return
            self.seconds += time.thread_time() - begin
            self._free.put(buffer)
