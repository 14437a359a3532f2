"""The host's end of the studio: commands in, packets and progress out, alive again when it dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from idol.clock import SAMPLE_RATE, samples
from idol.errors import BadInput, Refused, Unavailable
from idol.model import Cue, CueFired, Packet, Played, Scene, SpeechChunk
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
from idol.show.performance import CannotStart, OnAir, StudioSettings, main
from idol.telemetry import Log
from idol.worker import Worker

__all__ = ["SAMPLE_RATE", "Studio", "StudioSettings", "main"]


class Studio:
    """Performs: say, flush, cue, scene. Every method returns at once.

    The callbacks run on the event loop: `on_packet` about 75 times a second, `on_played` with
    the progress of each utterance, `on_cue` when a cue takes effect, `on_stats` each second.
    Each utterance that was said gets exactly one `Played(done=True)`, whatever happens: if the
    studio dies, those under way are reported as cut, and the picture comes back with the same
    scene and card, on the same media clock.
    """

    def __init__(
        self,
        settings: StudioSettings,
        log: Log,
        *,
        on_packet: Callable[[Packet], None],
        on_played: Callable[[Played], None] = lambda played: None,
        on_cue: Callable[[CueFired], None] = lambda fired: None,
        on_stats: Callable[[StudioStats], None] = lambda stats: None,
    ) -> None:
        self._log = log
        self._on_packet, self._on_played = on_packet, on_played
        self._on_cue, self._on_stats = on_cue, on_stats
        self._origin = time.monotonic()
        self._scene = Scene()
        self._turn = 0
        self._rungs = frozenset({0})
        self._card: list[Cue] = []
        """What brings back the card on show: its cue, and its price flip if that fired."""
        self._open: dict[str, Played] = {}
        self._ready: asyncio.Future[None] | None = None
        self._reloaded: asyncio.Future[str] | None = None
        """The reload that somebody waits for; its result is why it failed, or nothing."""
        self._worker = Worker(
            "studio",
            "idol.show.studio:main",
            (settings, self._origin),
            on_message=self._receive,
            on_start=self._resend,
            on_exit=self._died,
            log=log,
            nice=-5,  # where the system lets it: a late frame is seen, a late thought is not
        )

    @property
    def pts(self) -> int:
        """Media time now, in samples."""
        return samples(time.monotonic() - self._origin)

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    @property
    def alive(self) -> bool:
        return self._worker.alive

    @property
    def restarts(self) -> int:
        return self._worker.restarts

    async def start(self, patience: float = 300.0) -> None:
        """Go on air. Raises `BadInput` if the renderer or a folder is wrong, `Unavailable`
        if no picture comes in `patience` seconds (the first bake takes some)."""
        self._ready = asyncio.get_running_loop().create_future()
        await self._worker.start()
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), patience)
        except TimeoutError as error:
            await self._worker.stop()
            raise Unavailable(f"the studio gave no picture in {patience:.0f} s") from error
        except BadInput:
            await self._worker.stop()
            raise

    async def stop(self) -> None:
        """Go off air; what was under way is reported as cut."""
        await self._worker.stop()
        self._cut_open()

    def say(self, chunk: SpeechChunk) -> bool:
        """Speak a chunk. False if it is stale or the studio cannot take it; an utterance that
        loses a chunk that way is reported as cut."""
        if chunk.turn < self._turn:
            return False
        if chunk.index == 0:
            self._open[chunk.utterance] = Played(chunk.utterance, chunk.turn, 0, self.pts)
        elif chunk.utterance not in self._open:
            return False
        if self._worker.send(chunk):
            return True
        self._cut(chunk.utterance)
        return False

    def flush(self, turn: int) -> None:
        """Fade out in 10 ms and drop everything of a turn below `turn`."""
        self._turn = max(self._turn, turn)
        self._worker.send(Flush(turn))

    def cue(self, cue: Cue) -> None:
        """Fire a cue with the next frame."""
        self._worker.send(ShowCue(cue))

    def scene(self, scene: Scene) -> None:
        """From the next frame on, everything around her looks like this."""
        self._scene = scene
        self._worker.send(scene)

    def request_key(self, rung: int = 0) -> None:
        """The next frame but few should be a keyframe; at most two a second are."""
        self._worker.send(RequestKey(rung))

    def rungs(self, rungs: frozenset[int]) -> None:
        """From the next frame on, encode these rungs; each new one begins with a keyframe."""
        self._rungs = rungs
        self._worker.send(WantRungs(rungs))

    async def reload(self, patience: float = 600.0) -> None:
        """Show her as her folder is now: baked aside, swapped between two frames.

        Raises `Refused` and leaves what is on air when the folder is bad or another reload is
        under way.
        """
        if self._reloaded is not None:
            raise Refused("reloading")
        self._reloaded = asyncio.get_running_loop().create_future()
        try:
            if not self._worker.send(ReloadIdol()):
                raise Refused("try_again", "the studio is not there")
            reason = await asyncio.wait_for(self._reloaded, patience)
        except TimeoutError:
            reason = f"it took longer than {patience:.0f} s"
        finally:
            self._reloaded = None
        if reason:
            raise Refused("not_reloaded", reason)

    def _receive(self, message: Any) -> None:
        if isinstance(message, Packet):
            self._on_packet(message)
        elif isinstance(message, Played):
            if message.done:
                if self._open.pop(message.utterance, None) is None:
                    return
                if message.cut and message.turn >= self._turn:
                    self._log.warning("broken off, its sound never came", id=message.utterance)
            elif message.utterance in self._open:
                self._open[message.utterance] = message
            self._on_played(message)
        elif isinstance(message, CueFired):
            self._remember(message.cue)
            self._on_cue(message)
        elif isinstance(message, StudioStats):
            self._on_stats(message)
        elif isinstance(message, OnAir):
            if self._ready and not self._ready.done():
                self._ready.set_result(None)
            self._log.info("on air", pts=message.pts)
        elif isinstance(message, Baking):
            self._log.info("baking her pictures", percent=round(message.part * 100))
        elif isinstance(message, Reloaded):
            if message.reason:
                self._log.error("studio", reason=message.reason)
            else:
                self._log.info("she is on air as her folder is now")
            if self._reloaded and not self._reloaded.done():
                self._reloaded.set_result(message.reason)
        elif isinstance(message, CannotStart):
            self._log.error("studio", reason=message.reason)
            if self._ready and not self._ready.done():
                self._ready.set_exception(BadInput(message.reason))

    def _remember(self, cue: Cue) -> None:
        if cue.kind == "hide_card":
            self._card = []
        elif cue.kind == "card":
            self._card = [cue]
        elif self._card and cue.kind == "price" and cue.value in ("", self._card[0].value):
            self._card = [self._card[0], cue]

    def _resend(self) -> None:
        if self._turn:
            self._worker.send(Flush(self._turn))
        self._worker.send(self._scene)
        self._worker.send(WantRungs(self._rungs))
        for cue in self._card:
            self._worker.send(ShowCue(cue))

    def _died(self) -> None:
        if self._reloaded and not self._reloaded.done():
            self._reloaded.set_result("the studio died; it comes back as her folder is now")
        self._cut_open()

    def _cut_open(self) -> None:
        for utterance in list(self._open):
            self._cut(utterance)

    def _cut(self, utterance: str) -> None:
        last = self._open.pop(utterance)
        self._on_played(Played(utterance, last.turn, last.chars, self.pts, done=True, cut=True))
