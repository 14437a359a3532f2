"""Chat from elsewhere through the one door: who is who, what is let in, what hostile input does."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from idol.clock import VirtualClock
from idol.errors import BadInput, Refused, Unavailable
from idol.model import ChatMessage
from idol.ports import Heard
from idol.telemetry import get_log
from idol.web.incoming.desk import Chats
from idol.web.incoming.intake import DEPTH, VIEWER_RATE, Intake, plain
from idol.web.limiter import Limiter, Rate

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class Listener:
    """Where a show hears chat."""

    def __init__(self) -> None:
        self.heard: list[ChatMessage] = []
        self.fail = False

    async def chat(self, message: ChatMessage) -> None:
        if self.fail:
            raise RuntimeError("no")
        self.heard.append(message)


def intake(platform: str = "twitch", clock: VirtualClock | None = None) -> tuple[Intake, Listener]:
    listener = Listener()
    clock = clock or VirtualClock()
    hosts = frozenset(("aira", "爱蕾"))
    door = Intake(platform, listener, clock, get_log("test"), language="zh", hosts=hosts)
    return door, listener


async def drained(door: Intake, listener: Listener) -> list[ChatMessage]:
    task = asyncio.create_task(door.run())
    for _ in range(DEPTH * 3):
        await asyncio.sleep(0)
    assert door._queue.empty()
    task.cancel()
    return listener.heard


async def test_a_line_keeps_its_platforms_identity() -> None:
    door, listener = intake()
    assert door.put(Heard("m1", "12345", "Tom", "要2件黑色L"))
    (message,) = await drained(door, listener)
    assert (message.id, message.text, message.language) == ("twitch:m1", "要2件黑色L", "zh")
    viewer = message.viewer
    assert (viewer.id, viewer.name, viewer.platform) == ("twitch:12345", "Tom", "twitch")


async def test_nobody_becomes_somebody_else_and_nobody_bears_her_name() -> None:
    door, listener = intake()
    authors = ["web", "0123456789abcdef", "a b", "ab", "a:b", "bilibili:7", "x" * 64, "x" * 65]
    for number, author in enumerate(authors):
        assert door.put(Heard(f"m{number}", author, "A i r a", "hello"))
    heard = await drained(door, listener)
    ids = [message.viewer.id for message in heard]
    assert len(set(ids)) == len(authors)
    assert all(id.startswith("twitch:") and id.count(":") == 1 for id in ids)
    assert all(message.viewer.name.startswith("观众") for message in heard), heard[0].viewer.name


@given(st.lists(st.text(), unique=True, min_size=2, max_size=2))
def test_two_ids_stay_two(ids: list[str]) -> None:
    assert plain(ids[0]) != plain(ids[1])


@given(st.text(), st.text(max_size=30), st.text(), st.text())
def test_any_line_is_taken_or_left_and_what_is_taken_is_clean(
    id: str, author: str, name: str, text: str
) -> None:
    door, _ = intake()
    if door.put(Heard(id, author, name, text)):
        message = door._queue.get_nowait()
        assert 0 < len(message.text) <= 200 and "\n" not in message.text
        assert 0 < len(message.viewer.name) <= 24 and "\x00" not in message.viewer.name
        assert len(message.id) <= 100 and "\u202e" not in message.text + message.viewer.name


async def test_floods_are_cut_for_one_viewer_and_for_a_platform() -> None:
    clock = VirtualClock()
    door, _ = intake(clock=clock)
    assert [door.put(Heard(f"a{i}", "1", "Tom", f"hi {i}")) for i in range(8)] == [True] * int(
        VIEWER_RATE.burst
    ) + [False] * 3
    await clock.advance(2.0)
    assert door.put(Heard("later", "1", "Tom", "again"))
    taken = sum(door.put(Heard(f"b{i}", str(i + 10), "x", "buy")) for i in range(1000))
    assert 60 <= taken <= 120
    other, _ = intake("bilibili", clock)
    assert other.put(Heard("c", "1", "x", "hello"))  # another platform's measure is its own
    quick, _ = intake(clock=clock)
    quick._all = quick._viewers = Limiter(Rate(10_000, 1))
    assert sum(quick.put(Heard(f"d{i}", str(i), "x", "y")) for i in range(DEPTH + 50)) == DEPTH


async def test_what_comes_twice_is_taken_once_and_a_failure_ends_nothing() -> None:
    door, listener = intake()
    assert door.put(Heard("m1", "1", "Tom", "one"))
    assert not door.put(Heard("m1", "1", "Tom", "one"))
    assert not door.put(Heard("m2", "1", "Tom", " \u202e\u200b "))
    assert not door.put(Heard("m3", "", "Tom", "from nobody"))
    listener.fail = True
    await drained(door, listener)
    listener.fail = False
    assert door.put(Heard("m4", "1", "Tom", "two"))
    assert [message.text for message in await drained(door, listener)] == ["two"]


# ---- keeping sources going


class Script:
    """A source that does one thing for each connection: from `STORY`."""

    platform = "script"
    STORY: list[Any] = []  # noqa: RUF012 - the desk makes the objects

    def open(self, settings: Any) -> None: ...

    async def listen(self) -> AsyncIterator[Heard | None]:
        act = self.STORY.pop(0)
        if isinstance(act, Exception):
            raise act
        yield None
        for number, text in enumerate(act):
            yield Heard(f"{text}-{number}", "1", "Tom", text)


def chats(entries: list[dict[str, Any]], listener: Listener, clock: VirtualClock) -> Chats:
    return Chats(entries, listener, clock, get_log("test"), language="en", jitter=lambda: 1.0)


async def test_a_source_that_breaks_is_called_again_ever_later() -> None:
    clock, listener = VirtualClock(), Listener()
    Script.STORY = [
        Unavailable("one"),
        ValueError("garbage"),
        ["hello"],
        Refused("chat_refused", "over"),
    ]
    desk = chats([{"kind": "test_incoming:Script", "name": "s"}], listener, clock)
    desk.start()
    await clock.advance(0.5)
    assert desk.states() == {"chat s": "retrying: one"}
    await clock.advance(1.0)
    assert desk.states() == {"chat s": "retrying: ValueError: garbage"}
    await clock.advance(1.9)
    assert [m.text for m in listener.heard] == ["hello"]
    await clock.advance(4.0)
    assert desk.states() == {"chat s": "refused: over"}
    await clock.advance(600)
    assert not Script.STORY
    await desk.close()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "twich", "channel": "x"}, r"chats\[0\].kind.*did you mean 'twitch'"),
        ({"kind": "webhook", "platform": "x"}, "did you mean 'push'"),
        ({"kind": "twitch", "chanel": "x"}, "did you mean 'channel'"),
        ({"kind": "twitch", "channel": "a b"}, "not a channel's name"),
        ({"kind": "irc", "server": "x", "channel": "c"}, "host:port"),
        ({"kind": "youtube", "video": "abcdefghijk"}, "set IDOL_KEY_YOUTUBE to an API key"),
        ({"kind": "youtube", "video": "?x=1"}, "video"),
        ({"kind": "bilibili", "app": 1, "access_key": "k", "code": "c"}, "set IDOL_KEY_BILIBILI"),
        ({"kind": "push", "name": "shop", "platform": "wechat"}, "set IDOL_KEY_SHOP"),
        ({"kind": "push", "name": "good", "platform": "web"}, "cannot be a platform's name"),
        ({"kind": "push", "name": "good", "platform": "A b"}, "cannot be a platform's name"),
        ({"kind": "push", "name": "good", "platform": "twitch"}, "has a source of its own"),
        ({"kind": "push", "name": "weak", "platform": "wechat"}, "at least 24 bytes"),
    ],
)
def test_wrong_settings_are_named_before_the_show(
    entry: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDOL_KEY_GOOD", SECRET)
    monkeypatch.setenv("IDOL_KEY_WEAK", "whsec_MTIz")
    with pytest.raises(BadInput, match=words):
        chats([entry], Listener(), VirtualClock())


# ---- pushed


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> tuple[TestClient, Chats]:
    import sys

    sys.path.insert(0, str(Path(__file__).parent.parent / "web"))
    from web_fakes import fake_services

    from idol.web.server import create_app

    monkeypatch.setenv("IDOL_KEY_SHOP", SECRET)
    services = fake_services()
    entry = {"kind": "push", "name": "shop", "platform": "wechat"}
    desk = chats([entry], Listener(), VirtualClock())
    return TestClient(create_app(replace(services, chats=desk))), desk


def signed(body: str, at: datetime | None = None, secret: str = SECRET) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signature = Webhook(secret).sign("msg_1", at, body)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


LINES = json.dumps(
    [
        {"id": "1", "author": "openid-7", "name": "小明", "text": "要2件黑色L"},
        {"id": "1", "author": "openid-7", "name": "小明", "text": "要2件黑色L"},
    ]
)


def test_a_signed_webhook_brings_chat(pushed: tuple[TestClient, Chats]) -> None:
    web, desk = pushed
    answer = web.post("/chat/shop", content=LINES, headers=signed(LINES))
    assert (answer.status_code, answer.json()) == (202, {"taken": 1, "dropped": 1})
    door = desk.feeds["shop"].intake
    assert door._queue.get_nowait().viewer.id == "wechat:openid-7"
    again = web.post("/chat/shop", content=LINES, headers=signed(LINES))
    assert again.json()["taken"] == 0


def test_a_webhook_without_a_good_signature_is_refused(pushed: tuple[TestClient, Chats]) -> None:
    web, desk = pushed
    old = datetime.fromtimestamp(1_700_000_000, UTC)
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    for headers in ({}, signed(LINES + " "), signed(LINES, old), signed(LINES, secret=other)):
        assert web.post("/chat/shop", content=LINES, headers=headers).status_code == 401
    assert web.post("/chat/nobody", content=LINES, headers=signed(LINES)).status_code == 404
    big = "[" + " " * 70_000 + "]"
    assert web.post("/chat/shop", content=big, headers=signed(big)).status_code == 413
    for body in ('{"a": 1}', '[{"id": 1}]', "[", "[" * 20_000):
        assert web.post("/chat/shop", content=body, headers=signed(body)).status_code == 400
    assert desk.feeds["shop"].intake.taken == 0


def test_a_websocket_with_the_token_brings_chat(pushed: tuple[TestClient, Chats]) -> None:
    web, desk = pushed
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer ключ"}):
        with (
            pytest.raises(WebSocketDisconnect),
            web.websocket_connect(
                "/chat/shop/ws", headers={k: v.encode() for k, v in headers.items()}
            ),
        ):
            pass
    with web.websocket_connect(
        "/chat/shop/ws", headers={"Authorization": f"Bearer {SECRET}"}
    ) as socket:
        socket.send_text(json.dumps({"id": "1", "author": "7", "name": "Tom", "text": "hi"}))
        assert socket.receive_json() == {"type": "ack", "id": "1"}
        socket.send_text('{"id": "2"}')
        assert "author" in socket.receive_json()["reason"]
        socket.send_text(json.dumps({"id": "1", "author": "7", "name": "Tom", "text": "hi"}))
        assert socket.receive_json() == {"type": "dropped", "id": "1"}
    assert desk.feeds["shop"].intake.taken == 1
