"""Viewers' pages and a console as a benchmark needs them: chat in, events out with their times."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import websockets

Event = dict[str, Any]


class Seat:
    """One websocket of a page. `events` are what came, each with `t`, its monotonic time."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self.events: list[Event] = []
        self._came = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def take(cls, url: str, name: str, language: str) -> Seat:
        """Open a viewer's page under a name of its own."""
        address = url.replace("http", "ws", 1) + f"/ws?lang={language}"
        seat = cls(await websockets.connect(address, max_size=None))
        await seat.send(type="name", name=name)
        return seat

    @classmethod
    async def console(cls, url: str, password: str) -> Seat:
        """Log in at the operator's desk."""
        async with httpx.AsyncClient(timeout=60) as client:  # a busy machine hashes slowly
            answer = await client.post(f"{url}/console/login", json={"password": password})
            answer.raise_for_status()
            cookie = "; ".join(f"{key}={value}" for key, value in answer.cookies.items())
        address = url.replace("http", "ws", 1) + "/console/ws"
        headers = {"Cookie": cookie}
        return cls(await websockets.connect(address, additional_headers=headers, max_size=None))

    async def send(self, **message: Any) -> None:
        await self._socket.send(json.dumps(message))

    async def close(self) -> None:
        self._reader.cancel()
        await self._socket.close()

    async def wait(
        self, since: int, seconds: float, wanted: Callable[[Event], bool]
    ) -> Event | None:
        """The first event from index `since` on that is wanted; None if it does not come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    for event in self.events[since:]:
                        if wanted(event):
                            return event
                    self._came.clear()
                    await self._came.wait()
        return None

    def latest(self, kind: str) -> Event | None:
        """The newest event of a type."""
        return next((e for e in reversed(self.events) if e["type"] == kind), None)

    async def _read(self) -> None:
        async for raw in self._socket:
            event = json.loads(raw)
            event["t"] = time.monotonic()
            self.events.append(event)
            self._came.set()
