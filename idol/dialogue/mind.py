"""The language model in its own process: low priority, few threads, never waited for.

The host side streams by asyncio; the child loads the model, answers one question at a time and
can be told to stop. A model that cannot be loaded leaves the child running and says why; a
child that dies is started again by `Worker`, and whoever was waiting gets `Unavailable`.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from idol import plugins
from idol.errors import Unavailable
from idol.ports import LanguageModel, Prompt
from idol.telemetry import Log
from idol.worker import Worker


@dataclass(frozen=True, slots=True)
class Ask:
    id: int
    prompts: tuple[Prompt, ...]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Cancel:
    id: int


@dataclass(frozen=True, slots=True)
class Ready:
    name: str


@dataclass(frozen=True, slots=True)
class Failed:
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of an answer; with `done`, its end, and `error` if it ended badly."""

    id: int
    text: str = ""
    done: bool = False
    error: str = ""


class Mind:
    """The host side. `plugin` is a name among `idol.models`, `options` its constructor's.

    Built-ins: ``Mind("transformers", {"model": "qwen05"}, log)`` and
    ``Mind("openai", {"model": NAME, "endpoint": URL}, log)``.
    """

    def __init__(
        self,
        plugin: str,
        options: Mapping[str, Any],
        log: Log,
        *,
        openings: Sequence[Sequence[Prompt]] = (),
        threads: int = 1,
    ) -> None:
        """`openings` are what the conversations will begin with: it reads them at once, so that
        its first answer is as fast as the others."""
        self._log = log
        self._answers: dict[int, asyncio.Queue[Piece]] = {}
        self._ids = itertools.count(1)
        self.ready = False
        self.state = "starting"
        """`starting`, `ready: NAME` or `failed: WHY`, for the console."""
        self._worker = Worker(
            "mind",
            "idol.dialogue.mind:main",
            (plugin, dict(options), tuple(map(tuple, openings))),
            on_message=self._on_message,
            on_exit=self._on_exit,
            log=log,
            nice=10,
            threads=threads,
        )

    async def start(self) -> None:
        """Start the worker and return at once; `ready` turns true when the model is loaded."""
        await self._worker.start()

    async def close(self) -> None:
        await self._worker.stop()

    @property
    def restarts(self) -> int:
        return self._worker.restarts

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    async def stream(self, prompts: Sequence[Prompt], max_tokens: int) -> AsyncIterator[str]:
        """Text as it is generated. Raises `Unavailable` if the worker is not ready, or fails.

        Leaving the iteration early cancels the answer in the child.
        """
        if not self.ready:
            raise Unavailable(f"the model is not ready ({self.state})")
        id = next(self._ids)
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        self._answers[id] = pieces
        done = False
        try:
            if not self._worker.send(Ask(id, tuple(prompts), max_tokens)):
                raise Unavailable("the model's queue is full or its process is gone")
            while not done:
                piece = await pieces.get()
                done = piece.done
                if piece.error:
                    raise Unavailable(piece.error)
                if piece.text:
                    yield piece.text
        finally:
            del self._answers[id]
            if not done:
                self._worker.send(Cancel(id))

    def _on_message(self, message: Any) -> None:
        match message:
            case Ready(name):
                self.ready, self.state = True, f"ready: {name}"
                self._log.info("model ready", model=name)
            case Failed(why):
                self.ready, self.state = False, f"failed: {why}"
                self._log.warning("model failed, templates carry on", why=why)
            case Piece(id) if id in self._answers:
                self._answers[id].put_nowait(message)

    def _on_exit(self) -> None:
        self.ready, self.state = False, "starting"
        for id, pieces in self._answers.items():
            pieces.put_nowait(Piece(id, done=True, error="the model's process died"))


# ---- the child


def main(
    connection: Connection[Any, Any],
    plugin: str,
    options: dict[str, Any],
    openings: tuple[tuple[Prompt, ...], ...] = (),
) -> None:
    """Load, report, answer until the pipe closes."""
    try:
        model: LanguageModel = plugins.load("models", plugin)(**options)
        model.load()
        for opening in openings:
            asked = [*opening, Prompt("user", "?")]
            list(model.stream(asked, max_tokens=1, stop=lambda: False))
    except Exception as error:  # whatever a plug-in raises, the host is told and goes on
        connection.send(Failed(f"{error or type(error).__name__}"))
        _drain(connection)
        return
    inbox = _Inbox(connection)
    connection.send(Ready(model.name))
    while (ask := inbox.take()) is not None:
        connection.send(_answer(connection, model, ask, inbox))


def _answer(
    connection: Connection[Any, Any], model: LanguageModel, ask: Ask, inbox: _Inbox
) -> Piece:
    try:
        pieces = model.stream(
            ask.prompts, max_tokens=ask.max_tokens, stop=lambda: inbox.cancelled(ask.id)
        )
        for text in pieces:
            connection.send(Piece(ask.id, text))
    except (BrokenPipeError, ConnectionResetError):
        raise
    except Exception as error:
        return Piece(ask.id, done=True, error=f"{error or type(error).__name__}")
    return Piece(ask.id, done=True)


class _Inbox:
    """Reads the pipe in a thread, so that a cancel is seen in the middle of an answer."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._news = threading.Condition()
        self._asks: list[Ask] = []
        self._cancelled: set[int] = set()
        self._closed = False
        threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def take(self) -> Ask | None:
        """The next question that is still wanted; None when the host is gone."""
        with self._news:
            while not self._closed:
                if self._asks:
                    ask = self._asks.pop(0)
                    if ask.id not in self._cancelled:
                        return ask
                    self._cancelled.discard(ask.id)
                else:
                    self._news.wait()
        return None

    def cancelled(self, id: int) -> bool:
        return self._closed or id in self._cancelled

    def _read(self, connection: Connection[Any, Any]) -> None:
        try:
            while True:
                message = connection.recv()
                with self._news:
                    if isinstance(message, Ask):
                        self._asks.append(message)
                    else:
                        self._cancelled.add(message.id)
                    self._news.notify()
        except (EOFError, OSError):
            with self._news:
                self._closed = True
                self._news.notify()


def _drain(connection: Connection[Any, Any]) -> None:
    """Stay, so that a model which cannot load is not started again and again."""
    while True:
        connection.recv()
