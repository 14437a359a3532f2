"""The app behind a real server and real sockets: huge frames, stuck pages, shutting down."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from web_fakes import fake_services
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from idol.clock import SystemClock
from idol.errors import BadInput
from idol.web import audience as audiences
from idol.web.server import bound, create_app, make_server
from idol.web.services import Services


class Running:
    def __init__(self, services: Services, port: int, server: Any, task: Any) -> None:
        self.services, self.port, self.server, self.task = services, port, server, task

    def page(self, **options: Any) -> Any:
        return connect(f"ws://127.0.0.1:{self.port}/ws", proxy=None, **options)


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Running]:
    services = fake_services(SystemClock())
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = make_server(create_app(services), "127.0.0.1", 0, ready.set_result)
    task = asyncio.create_task(server.serve())
    try:
        yield Running(services, await ready, server, task)
    finally:
        server.should_exit = True
        await task


async def until(page: Any, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(await page.recv())
        if event["type"] == kind:
            return event


async def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came true"
        await asyncio.sleep(0.02)


async def test_ten_megabytes_are_refused_with_a_reason_and_hurt_nobody() -> None:
    async with running() as house, house.page() as calm:
        async with house.page() as page:
            await until(page, "hello")
            with pytest.raises(ConnectionClosed) as closed:
                await page.send(json.dumps({"type": "chat", "id": "m", "text": "x" * 10_000_000}))
                while True:
                    await page.recv()
            assert closed.value.rcvd and closed.value.rcvd.code == 1009
            assert closed.value.rcvd.reason
        await until(calm, "hello")
        await calm.send(json.dumps({"type": "chat", "id": "c", "text": "still here"}))
        assert (await until(calm, "ack"))["id"] == "c"
        # A frame that is over the message limit, but still arrives, keeps its connection.
        await calm.send(json.dumps({"type": "chat", "id": "d", "text": "x" * 30_000}))
        assert (await until(calm, "notice"))["code"] == "too_big"
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"http://127.0.0.1:{house.port}/whep"
            headers = {"content-type": "application/sdp"}
            answer = await client.post(url, content=b"v" * 10_000_000, headers=headers)
            assert answer.status_code == 413


async def test_a_stuck_page_is_refreshed_or_dropped_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audiences, "SEND_TIMEOUT_S", 0.5)
    async with running() as house, house.page() as calm:
        await until(calm, "hello")
        audience = house.services.audience
        stuck = socket.create_connection(("127.0.0.1", house.port))
        with stuck:
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stuck.sendall(
                b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
            await eventually(lambda: audience.pages == 2)
            sent = 0

            def dropped() -> bool:
                nonlocal sent
                for _ in range(20):  # it reads nothing of this
                    sent += 1
                    audience.broadcast({"type": "hold", "id": str(sent), "fill": "x" * 20_000})
                return audience.pages == 1

            reading = asyncio.create_task(until(calm, "order"))  # all the while
            await eventually(dropped)
        audience.broadcast({"type": "order", "id": "last"})
        assert (await reading)["id"] == "last"


async def test_a_hundred_messages_a_second_are_answered_and_slow_nobody() -> None:
    async with running() as house, house.page(close_timeout=0.2) as rude, house.page() as calm:
        await until(rude, "hello")
        await until(calm, "hello")
        for i in range(100):
            await rude.send(json.dumps({"type": "chat", "id": f"m{i}", "text": "😀" * 200}))
        await calm.send(json.dumps({"type": "chat", "id": "calm", "text": "hi"}))
        assert (await until(calm, "ack"))["id"] == "calm"
        assert (await until(rude, "notice"))["code"] == "slow_down"


async def test_shutting_down_closes_pages_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    async with running() as house:
        async with house.page() as page:
            await until(page, "hello")
            house.server.should_exit = True
            with pytest.raises(ConnectionClosed):
                while True:
                    await page.recv()
            await house.task
        assert house.services.audience.pages == 0
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_two_hundred_visits_leave_nothing_behind() -> None:
    async with running() as house:
        before = len(asyncio.all_tasks())
        for _ in range(10):
            async with contextlib.AsyncExitStack() as visits:
                for _ in range(20):
                    page = await visits.enter_async_context(house.page())
                    await until(page, "hello")
        audience = house.services.audience
        await eventually(lambda: not audience.pages and len(asyncio.all_tasks()) <= before)


def test_a_taken_port_is_said_before_anything_is_made_ready() -> None:
    with bound("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(BadInput, match=f"web.port: cannot listen on 127.0.0.1, port {port}"):
            bound("127.0.0.1", port)
