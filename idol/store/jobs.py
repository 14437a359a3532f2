"""Work that waits for the ledger's writer, and how its callers hear of the end."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from idol.errors import Unavailable
from idol.store.store import Tx

T = TypeVar("T")
_GROUP = 256
"""Most transactions in one commit: bounds the wait of the first among them."""


class Job:
    """One `work` with the future of whoever asked for it."""

    __slots__ = ("error", "future", "loop", "result", "work")

    def __init__(
        self,
        work: Callable[[Tx], Any],
        future: asyncio.Future[Any],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.work, self.future, self.loop = work, future, loop
        self.result: Any = None
        self.error: BaseException | None = None


class Writer:
    """One thread that takes all that waits and commits it together.

    `commit` fills in each job's result or error; it runs on the thread and must not raise.
    """

    def __init__(self, commit: Callable[[list[Job]], None]) -> None:
        self._commit = commit
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        return self._closed

    def submit(self, work: Callable[[Tx], T]) -> Awaitable[T]:
        """Put `work` in line. Raises `Unavailable` once closed."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if self._closed:
                raise Unavailable("the ledger is closed")
            self._jobs.put(Job(work, future, loop))
        return future

    def close(self) -> bool:
        """Finish what is in line; False if that was done before."""
        with self._lock:
            if self._closed:
                return False
            self._closed = True
            self._jobs.put(None)
        self._thread.join()
        return True

    def _run(self) -> None:
        ending = False
        while not ending:
            batch: list[Job] = []
            job = self._jobs.get()
            while True:
                if job is None:
                    ending = True
                    break
                batch.append(job)
                if len(batch) == _GROUP:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            if batch:
                try:
                    self._commit(batch)
                except BaseException as error:  # a caller must never wait for ever
                    for job in batch:
                        job.error = error
                _tell(batch)


def _tell(batch: list[Job]) -> None:
    """Resolve the futures, waking each event loop once for the whole batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, jobs)
        except RuntimeError:  # the loop has ended; the change is on disk all the same
            continue


def _resolve(jobs: list[Job]) -> None:
    for job in jobs:
        if job.future.cancelled():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
