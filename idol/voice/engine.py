"""One voice in a process of its own: the host's side, and the child's main.

The child speaks one text at a time. Live speech goes before background rendering: a live
request aborts the background one that runs, which then raises `Preempted`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import queue
import signal
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal, Protocol

from idol import plugins
from idol.errors import BadInput, IdolError, Unavailable
from idol.model import Language
from idol.ports import Voice, VoiceAudio
from idol.telemetry import Log
from idol.worker import Worker

_RETRY_LOAD_S = 5.0
_STUCK_S = 6.0
"""A child that does not come back this long after a cancel is killed and started again."""
_NICE = {"kokoro": 5}
"""The heavy voice lets picture and sound go first."""


class Preempted(Unavailable):
    """Background rendering was put off because live speech needs the engine."""


class SpeechEngine(Protocol):
    """What the speaker needs of an engine."""

    name: str
    version: str
    languages: frozenset[Language]

    @property
    def state(self) -> Literal["loading", "ready", "failed"]: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def settled(self) -> None:
        """Wait until the first loading has succeeded or failed."""

    def synthesise(
        self, text: str, language: Language, *, background: bool = False
    ) -> AsyncIterator[VoiceAudio]:
        """Raises `Unavailable` when it cannot speak, dies, or is too slow to begin."""


@dataclass(frozen=True, slots=True)
class _Say:
    id: int
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class _Cancel:
    id: int


@dataclass(frozen=True, slots=True)
class _Loaded:
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Begun:
    id: int


@dataclass(frozen=True, slots=True)
class _Piece:
    id: int
    audio: VoiceAudio


@dataclass(frozen=True, slots=True)
class _Done:
    id: int
    error: str = ""


class Engine:
    """A supervised child that holds the voice plug-in registered as `plugin`.

    `patience_s` is how long a text may take from its turn to its first sound, apart from
    `patience_per_char_s` for each of its characters.
    """

    def __init__(
        self,
        plugin: str,
        log: Log,
        *,
        patience_s: float = 6.0,
        patience_per_char_s: float = 0.4,
    ) -> None:
        voice = plugins.load("voices", plugin)
        self.name: str = voice.name
        self.version = str(getattr(voice, "version", "1"))
        self.languages: frozenset[Language] = voice.languages
        self._log = log
        self._patience_s, self._per_char_s = patience_s, patience_per_char_s
        self._state: Literal["loading", "ready", "failed"] = "loading"
        self._settled = asyncio.Event()
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[Any]] = {}
        self._background: set[int] = set()
        self._live = 0
        self._calm = asyncio.Event()
        self._calm.set()
        self._unfinished: set[int] = set()
        self._worker = Worker(
            f"voice-{self.name}",
            "idol.voice.engine:serve",
            (plugin,),
            on_message=self._on_message,
            on_exit=self._on_exit,
            log=log,
            nice=_NICE.get(self.name, 0),
        )

    @property
    def state(self) -> Literal["loading", "ready", "failed"]:
        return self._state

    @property
    def restarts(self) -> int:
        return self._worker.restarts

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    async def start(self) -> None:
        await self._worker.start()

    async def close(self) -> None:
        await self._worker.stop()
        self._on_exit()

    async def settled(self) -> None:
        await self._settled.wait()

    async def synthesise(
        self, text: str, language: Language, *, background: bool = False
    ) -> AsyncIterator[VoiceAudio]:
        if background:
            while self._live:
                await self._calm.wait()
        if self._state != "ready":
            raise Unavailable(f"{self.name} is {self._state}")
        request = _Say(next(self._ids), text, language)
        answers: asyncio.Queue[Any] = asyncio.Queue()
        self._answers[request.id] = answers
        if background:
            self._background.add(request.id)
        else:
            self._live += 1
            self._calm.clear()
            self._preempt()
        self._unfinished.add(request.id)
        finished = False
        try:
            if not self._worker.send(request):
                raise Unavailable(f"{self.name} is not running")
            async for piece in self._pieces(answers, len(text)):
                yield piece
            finished = True
        finally:
            self._answers.pop(request.id, None)
            self._background.discard(request.id)
            if not background:
                self._live -= 1
                if not self._live:
                    self._calm.set()
            if not finished:
                self._abandon(request.id)

    async def _pieces(self, answers: asyncio.Queue[Any], chars: int) -> AsyncIterator[VoiceAudio]:
        patience = self._patience_s + self._per_char_s * chars
        # Another live clause may be before this one, so waiting for the turn takes longer.
        wait = patience * 3
        while True:
            try:
                message = await asyncio.wait_for(answers.get(), wait)
            except TimeoutError:
                raise Unavailable(f"{self.name} gave no sound in {wait:.1f} s") from None
            if isinstance(message, IdolError):
                raise message
            if isinstance(message, _Done):
                if message.error:
                    raise Unavailable(message.error)
                return
            wait = patience
            if isinstance(message, _Piece):
                yield message.audio

    def _preempt(self) -> None:
        for id in list(self._background):
            self._background.discard(id)
            if answers := self._answers.get(id):
                answers.put_nowait(Preempted(f"{self.name} is needed for live speech"))
            self._worker.send(_Cancel(id))

    def _abandon(self, id: int) -> None:
        self._worker.send(_Cancel(id))
        with contextlib.suppress(RuntimeError):  # no loop any more: nobody waits for it
            asyncio.get_running_loop().call_later(_STUCK_S, self._kill_if_stuck, id, self.pid)

    def _kill_if_stuck(self, id: int, pid: int | None) -> None:
        if id in self._unfinished and pid is not None and pid == self.pid:
            self._log.warning("voice is stuck and will be started again", engine=self.name)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _on_exit(self) -> None:
        self._state = "loading"
        self._settled.set()  # it died while loading: nobody should wait for the next try
        self._unfinished.clear()
        for answers in self._answers.values():
            answers.put_nowait(Unavailable(f"{self.name} died"))

    def _on_message(self, message: Any) -> None:
        if isinstance(message, _Loaded):
            if message.error and self._state != "failed":
                self._log.warning("voice cannot load", engine=self.name, why=message.error)
            self._state = "failed" if message.error else "ready"
            self._settled.set()
            return
        if isinstance(message, _Done):
            self._unfinished.discard(message.id)
        if answers := self._answers.get(message.id):
            answers.put_nowait(message)


def engines(chains: dict[Language, tuple[str, ...]], log: Log) -> dict[Language, list[Engine]]:
    """One engine for each name in `chains` (language to names, best first), shared.

    Raises `BadInput` for a name that is no voice, or a voice that does not speak the language.
    """
    made: dict[str, Engine] = {}
    for language, names in chains.items():
        for name in names:
            if name not in made:
                made[name] = Engine(name, log)
            if language not in made[name].languages:
                raise BadInput(
                    f"the voice {name!r} does not speak {language!r}", where=f"voice.{language}"
                )
    return {language: [made[name] for name in names] for language, names in chains.items()}


def serve(connection: Connection[Any, Any], name: str) -> None:
    """Main of the child: load the voice, then speak what is asked until the host is gone."""
    voice: Voice = plugins.load("voices", name)()
    asked: queue.Queue[_Say | None] = queue.Queue()
    cancelled: set[int] = set()
    current = [0]
    lock = threading.Lock()

    def read() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                message = connection.recv()
                if isinstance(message, _Say):
                    asked.put(message)
                    continue
                with lock:
                    cancelled.add(message.id)
                    if current[0] == message.id:
                        _abort(voice)
        with lock:
            cancelled.add(current[0])
            _abort(voice)
        asked.put(None)

    threading.Thread(target=read, daemon=True).start()
    while not _load(voice, connection):
        with contextlib.suppress(queue.Empty):
            if asked.get(timeout=_RETRY_LOAD_S) is None:
                return
    while (request := asked.get()) is not None:
        with lock:
            current[0] = request.id
        connection.send(_Begun(request.id))
        error = ""
        try:
            for audio in (
                () if request.id in cancelled else voice.synthesise(request.text, request.language)
            ):
                if request.id in cancelled:
                    break
                connection.send(_Piece(request.id, audio))
        except (BrokenPipeError, ConnectionResetError):
            return
        except Exception as problem:  # a plug-in may raise anything, and the next text may work
            error = f"{name}: {problem or type(problem).__name__}"
        with lock:
            current[0] = 0
            cancelled = {id for id in cancelled if id > request.id}
        connection.send(_Done(request.id, error))


def _load(voice: Voice, connection: Connection[Any, Any]) -> bool:
    """Load and say how it went. Weights may still be on their way, so the caller tries again."""
    try:
        voice.load()
    except Exception as problem:
        connection.send(_Loaded(str(problem) or type(problem).__name__))
        return False
    connection.send(_Loaded())
    return True


def _abort(voice: Voice) -> None:
    """Voices may offer `cancel()`, called from another thread, to stop at once."""
    if cancel := getattr(voice, "cancel", None):
        cancel()
