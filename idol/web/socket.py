"""One open websocket: a task that sends, a loop that receives, and an end to both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from idol.telemetry import Log
from idol.web.audience import Page, WebAudience

LARGEST_FRAME = 64 * 1024
"""Bytes. The server closes a connection that sends more (1009) without reading it whole."""
LARGEST_MESSAGE = 4096
"""Bytes. A message over this, in a frame that still arrives, is answered with a reason."""
TRY_LATER = 1013
"""Close code of RFC 6455's registry: the page may come back."""


async def serve(
    socket: WebSocket,
    page: Page,
    audience: WebAudience,
    log: Log,
    *,
    fresh: Callable[[], Awaitable[Mapping[str, Any]]],
    receive: Callable[[str | bytes], Awaitable[None]],
) -> None:
    """Run an accepted websocket until either side ends it. `receive` must not raise."""
    audience.join(page)
    try:
        # anyio's group, because a test client or a server may cancel us by an anyio scope.
        async with anyio.create_task_group() as group:

            async def until_the_end_of(work: Awaitable[None]) -> None:
                await work
                group.cancel_scope.cancel()

            group.start_soon(until_the_end_of, _pump(socket, page, log, fresh))
            group.start_soon(until_the_end_of, _listen(socket, receive))
    finally:
        audience.leave(page)


async def _listen(socket: WebSocket, receive: Callable[[str | bytes], Awaitable[None]]) -> None:
    try:
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            text = message.get("text")
            await receive(text if text is not None else message.get("bytes") or b"")
    except (WebSocketDisconnect, RuntimeError):  # RuntimeError: closed by our own pump
        return


async def _pump(
    socket: WebSocket, page: Page, log: Log, fresh: Callable[[], Awaitable[Mapping[str, Any]]]
) -> None:
    try:
        await page.pump(socket.send_text, fresh)
    except TimeoutError:
        log.info("a page takes nothing any more", viewer=page.viewer.id)
    except (WebSocketDisconnect, RuntimeError, OSError):
        return  # it is gone; the receiving loop sees that too
    except Exception as error:
        log.error("a page could not be served", viewer=page.viewer.id, exc_info=error)
    await _close(socket)


async def _close(socket: WebSocket) -> None:
    try:
        async with asyncio.timeout(2.0):
            await socket.close(TRY_LATER)
    except (TimeoutError, RuntimeError, OSError):
        return
