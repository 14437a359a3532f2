"""A sample clip: the first minute of a show, filmed on the media clock as fast as it can be.

The same voice, lips, cues, cards and encoder as on air, in one process and without waiting, so a
clip shows what viewers would see. Nothing is sold: numbers are those that the catalogue opens with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, cast, get_args

import cv2
import numpy as np

from idol import plugins
from idol.avatar.lipsync import MouthTrack
from idol.avatar.overlay import themes
from idol.clock import SAMPLE_RATE
from idol.commerce import catalog as catalogs
from idol.commerce.catalog import Catalog
from idol.config import VoiceSettings
from idol.dialogue import persona as personas
from idol.dialogue.guard import Guard as HostGuard
from idol.errors import BadInput
from idol.model import AI_LABEL, Activity, Light, Line, Scene, SpeechChunk, Utterance
from idol.ports import Bakes, Frame, Ledger, Renderer
from idol.show import views
from idol.show.answers import Guard
from idol.show.inspection import Opening
from idol.show.script import Show
from idol.show.segments import aired
from idol.stream.encoder import AudioEncoder, VideoEncoder
from idol.stream.outputs.file import FileOutput
from idol.stream.playout import Playout, Tick
from idol.telemetry import get_log
from idol.voice.engine import engines
from idol.voice.speaker import Speaker
from idol.weights import default_cache

OPENS, PAUSE, CLOSES = 0.8, 0.35, 1.0
"""Seconds of quiet before the first line, between lines, and kept free at the end."""
THANKS_AT, THANKS_S = 0.62, 5.0
"""When a buyer is celebrated, as a part of the clip, and for how long."""
BUYER = {"zh": "小鹿", "en": "Robin"}
PICTURES = 12
"""Pictures on the strip."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A clip to be made: of the idol and stage in these folders, saying what a show's script says.

    `size` is (width, height).
    """

    pack: Path
    stage: Path
    size: tuple[int, int] = (720, 1280)
    fps: int = 25
    seconds: float = 60.0
    renderer: str = "sprite"
    seed: int = 7
    theme: str = ""
    light: str = ""
    """`day`, `night` or `auto`; empty is the show's own."""


async def film(
    show: Show,
    wanted: Wanted,
    to: Path,
    tell: Callable[[float], None],
    baking: Callable[[float], None] | None = None,
) -> tuple[Filmed, bytes]:
    """Load what is needed and film into `to`; also the strip of frames, as PNG.

    `tell` hears how much is filmed, `baking` how much of her pictures is baked before, 0..1.
    Raises `BadInput`.
    """
    catalog = catalogs.load(show.csv, show.products, show.currency)
    ledger = Opening(catalog)
    guard = HostGuard(catalog.listings, ledger, personas.from_show(show.host, show.persona))
    if wanted.theme:
        show = replace(show, theme=themes.load(wanted.theme, show.folder))
    if wanted.light:
        lights = get_args(Light)
        if wanted.light not in lights:
            raise BadInput(f"{wanted.light!r} is none of {', '.join(lights)}", where="--light")
        show = replace(show, light=cast(Light, wanted.light))
    renderer: Renderer = plugins.load("renderers", wanted.renderer)()
    if isinstance(renderer, Bakes):
        renderer.progress = baking
    renderer.load(wanted.pack, wanted.stage, wanted.size, wanted.fps, wanted.seed)
    settings, log = VoiceSettings(), get_log("voice")
    speaker = Speaker(engines({"zh": settings.zh, "en": settings.en}, log), default_cache(), log)
    await speaker.start()
    try:
        made = Film(show, catalog, ledger, guard, speaker, renderer, wanted.fps)
        filmed = await made.shoot(to, wanted.seconds, tell)
    finally:
        await speaker.close()
    return filmed, made.sheet()


class Voice(Protocol):
    def speak(self, utterance: Utterance) -> AsyncIterator[SpeechChunk]: ...


@dataclass(frozen=True, slots=True)
class Filmed:
    """What came of it: where it lies, its length, and what it took."""

    path: Path
    seconds: float
    frames: int
    spoken_s: float
    took_s: float
    cpu_s: float
    """Of this process: drawing and encoding. The voice has a process of its own."""


def lines(show: Show, catalog: Catalog, guard: Guard) -> Iterator[Line]:
    """What she says, as the guard lets it pass; paid segments and questions are left out.

    Of a greeting only the first line: a clip should come to the point.
    """
    numbers = {item.product.id: number for number, item in catalog.listings.items()}
    said = True
    while said:
        said = False
        for segment in show.segments:
            if segment.kind in ("sponsored", "qa"):
                continue
            for i in range(1 if segment.kind == "greeting" else len(segment.lines)):
                verdict = guard.prove(aired(segment, i, numbers.get(segment.product)))
                if verdict.ok:
                    said = True
                    yield verdict.line


class Film:
    """One clip under way. `renderer` is loaded; `fps` is its own."""

    def __init__(
        self,
        show: Show,
        catalog: Catalog,
        ledger: Ledger,
        guard: Guard,
        voice: Voice,
        renderer: Renderer,
        fps: int,
        kbps: int = 3000,
    ) -> None:
        self._show, self._catalog, self._guard, self._voice = show, catalog, guard, voice
        self._renderer, self._fps = renderer, fps
        self._scene = Scene(
            language=show.language,
            cards=tuple(
                views.card(item, ledger.quote(number), show.language, "")
                for number, item in catalog.listings.items()
            ),
            ai_label=AI_LABEL[show.language],
            theme=show.theme,
            light=show.light,
        )
        frame = SAMPLE_RATE // fps
        self._playout = Playout(fps, mouth=MouthTrack(frame))
        self._video = VideoEncoder(renderer.size, fps, kbps=kbps)
        self._audio = AudioEncoder(kbps=96)
        width, height = renderer.size
        self._out: Frame = np.zeros((height * 3 // 2, width), np.uint8)
        self._spoken = 0
        self.strip: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []

    async def shoot(
        self, to: Path, seconds: float, tell: Callable[[float], None] = lambda part: None
    ) -> Filmed:
        """Film `seconds` into an MP4 at `to`, which must not be there. Raises `BadInput`."""
        if await asyncio.to_thread(to.exists):
            raise BadInput("is there already", where=str(to))
        if not 2 <= seconds <= 3600:
            raise BadInput("a clip has 2 to 3600 seconds", where="seconds")
        file = FileOutput()
        title = self._show.title.get(self._show.language, to.stem)
        file.open({"path": str(to), "title": title})
        began, cpu = time.monotonic(), time.process_time()
        total = round(seconds * self._fps)
        try:
            frames = 0
            async for tick in self._ticks(total):
                self._frame(file, tick, frames, total)
                frames += 1
                if frames % self._fps == 0:
                    tell(frames / total)
        finally:
            file.close()
        return Filmed(
            to,
            frames / self._fps,
            frames,
            self._spoken / SAMPLE_RATE,
            time.monotonic() - began,
            time.process_time() - cpu,
        )

    async def _ticks(self, total: int) -> AsyncIterator[Tick]:
        """Frame after frame: quiet, a line, quiet, the next line."""
        left = total

        def some(count: float) -> Iterator[Tick]:
            nonlocal left
            for _ in range(min(left, round(count))):
                left -= 1
                yield self._playout.tick()

        for tick in some(OPENS * self._fps):
            yield tick
        script = lines(self._show, self._catalog, self._guard)
        seq = 0
        while left > CLOSES * self._fps:
            line = next(script, None)
            if line is None:
                break
            utterance = Utterance(f"clip-{seq}", 0, seq, line)
            seq += 1
            async for chunk in self._voice.speak(utterance):
                self._playout.add(chunk)
            done = False
            while not done and left > CLOSES * self._fps:
                for tick in some(1):
                    done = any(p.done for p in tick.played)
                    yield tick
            for tick in some(PAUSE * self._fps):
                yield tick
        self._playout.flush(1)  # time is up: a line under way fades out
        for tick in some(left):
            yield tick

    def _frame(self, file: FileOutput, tick: Tick, index: int, total: int) -> None:
        at = index / total - THANKS_AT
        thanks = BUYER[self._show.language] if 0 <= at * total / self._fps < THANKS_S else ""
        activity: Activity = "celebrating" if thanks else "speaking" if tick.speaking else "idle"
        scene = replace(self._scene, thanks=thanks, activity=activity)
        self._spoken += self._playout.samples if tick.speaking else 0
        self._renderer.render(tick.moment(scene, 0.0), self._out)
        for packet in (
            *self._audio.encode(tick.pcm, tick.pts),
            *self._video.encode(self._out, tick.pts),
        ):
            file.write(packet)
        if index * PICTURES // total != (index + 1) * PICTURES // total:
            picture = cv2.cvtColor(self._out, cv2.COLOR_YUV2BGR_I420)
            width, height = self._renderer.size
            small = (round(360 * width / height), 360) if height > width else (480, 270)
            self.strip.append(
                np.asarray(cv2.resize(picture, small, interpolation=cv2.INTER_AREA), np.uint8)
            )

    def sheet(self) -> bytes:
        """The strip of frames as PNG, in rows."""
        across = 6 if self._renderer.size[1] > self._renderer.size[0] else 4
        rows = [self.strip[i : i + across] for i in range(0, len(self.strip), across)]
        whole = [np.hstack(row) for row in rows if len(row) == across]
        _, png = cv2.imencode(".png", np.vstack(whole or [np.hstack(self.strip)]))
        return bytes(png.tobytes())
