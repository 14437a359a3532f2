"""A supervised child process behind one duplex pipe.

The host never blocks on it: sending puts on a bounded queue that a thread drains, receiving
is a thread that calls back into the event loop. If the child dies it is started again, after
a pause that grows while it keeps dying, and `on_start` runs again so that state can be
re-sent. The child ends by itself when the host is gone, because its pipe then closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import multiprocessing
import os
import queue
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from idol.telemetry import Log


class Worker:
    """One child process, kept alive from `start` to `stop`.

    `main` is ``"module:function"``, called there as ``function(connection, *args)``; a name
    and not an object, so that the child limits its threads before it imports anything heavy.
    """

    def __init__(
        self,
        name: str,
        main: str,
        args: tuple[Any, ...],
        *,
        on_message: Callable[[Any], None],
        log: Log,
        on_start: Callable[[], None] = lambda: None,
        on_exit: Callable[[], None] = lambda: None,
        nice: int = 0,
        threads: int = 1,
        queue_size: int = 1024,
    ) -> None:
        self.name = name
        self.restarts = 0
        self._main, self._args, self._nice, self._threads = main, args, nice, threads
        self._on_message, self._on_start, self._on_exit = on_message, on_start, on_exit
        self._log = log
        self._queue_size = queue_size
        self._process: BaseProcess | None = None
        self._outbox: queue.Queue[Any] = queue.Queue(queue_size)
        self._stopping = False
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    async def start(self) -> None:
        """Spawn the child and begin to supervise it."""
        self._supervisor = asyncio.get_running_loop().create_task(
            self._supervise(), name=f"supervise-{self.name}"
        )
        await asyncio.sleep(0)

    def send(self, message: Any) -> bool:
        """Queue a message; False when the child is gone or its queue is full."""
        if not self.alive:
            return False
        try:
            self._outbox.put_nowait(message)
        except queue.Full:
            return False
        return True

    async def stop(self) -> None:
        """End the child: closing its pipe asks it to leave, then SIGTERM, then SIGKILL."""
        self._stopping = True
        if self._supervisor:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        process = self._process
        if process is None:
            return
        self._outbox.put(None)
        await asyncio.to_thread(process.join, 2.0)
        for signum in (signal.SIGTERM, signal.SIGKILL):
            if process.is_alive() and process.pid:
                os.kill(process.pid, signum)
                await asyncio.to_thread(process.join, 2.0)
        self._process = None

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        pause = 0.1
        while not self._stopping:
            born = loop.time()
            gone = asyncio.Event()
            # Spawning imports modules and takes time: off the event loop.
            await asyncio.to_thread(self._spawn, loop, gone)
            self._log.info("worker started", worker=self.name, pid=self.pid)
            self._on_start()
            await gone.wait()
            process = self._process
            if process is not None:
                await asyncio.to_thread(process.join, 1.0)
            self._on_exit()
            if self._stopping:
                return
            code = process.exitcode if process else None
            self.restarts += 1
            pause = 0.1 if loop.time() - born > 10 else min(pause * 2, 5.0)
            self._log.warning("worker died", worker=self.name, exitcode=code, again_in_s=pause)
            await asyncio.sleep(pause)

    def _spawn(self, loop: asyncio.AbstractEventLoop, gone: asyncio.Event) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=True)
        process = context.Process(
            target=_child,
            args=(self._main, theirs, self._args, self._nice, self._threads),
            name=f"idol-{self.name}",
            daemon=True,
        )
        process.start()
        theirs.close()
        self._process = process
        outbox: queue.Queue[Any] = queue.Queue(self._queue_size)
        self._outbox = outbox

        def lost() -> None:
            with contextlib.suppress(RuntimeError):  # the loop may have closed before us
                loop.call_soon_threadsafe(gone.set)

        def read() -> None:
            with contextlib.suppress(EOFError, OSError):
                while True:
                    message = ours.recv()
                    loop.call_soon_threadsafe(self._on_message, message)
            with contextlib.suppress(queue.Full):
                outbox.put_nowait(None)
            writer.join()  # what is closed under a writer may be another file by then
            ours.close()
            lost()

        def write() -> None:
            with contextlib.suppress(OSError, BrokenPipeError):
                while (message := outbox.get()) is not None:
                    ours.send(message)
            # shutdown, not close: the reader is still inside recv and keeps the file open.
            with contextlib.suppress(OSError), socket.socket(fileno=os.dup(ours.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)

        writer = threading.Thread(target=write, name=f"{self.name}-write", daemon=True)
        writer.start()
        threading.Thread(target=read, name=f"{self.name}-read", daemon=True).start()


def _child(
    main: str, connection: Connection[Any, Any], args: tuple[Any, ...], nice: int, threads: int
) -> None:
    """Entry of the child: leave Ctrl-C to the host, take a lower priority, run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if nice:
        with contextlib.suppress(OSError):
            os.nice(nice)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    module, _, function = main.partition(":")
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        getattr(importlib.import_module(module), function)(connection, *args)
