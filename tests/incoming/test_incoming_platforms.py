"""Bilibili and YouTube: their formats, and servers here that answer as theirs do."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import socket
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import serve

from idol.errors import Refused, Unavailable
from idol.ports import Heard
from idol.web.incoming import bilibili, youtube
from idol.web.incoming.bilibili import AUTH, AUTH_REPLY, HEADER, MESSAGE, BilibiliSource
from idol.web.incoming.youtube import YouTubeSource

SECRET = "bili-secret"


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def dm(number: int, text: str, **more: Any) -> bytes:
    """A chat message as the Open Live platform sends it."""
    data = {
        "uname": "小明",
        "uid": 0,
        "open_id": "39b8fedb60a5",
        "uface": "https://i0.hdslb.com/bfs/face/x.jpg",
        "timestamp": 1650802180,
        "room_id": 1,
        "msg": text,
        "msg_id": f"msg-{number}",
        "guard_level": 0,
        "fans_medal_wearing_status": False,
        "fans_medal_name": "",
        "fans_medal_level": 0,
        "emoji_img_url": "",
        "dm_type": 0,
        **more,
    }
    return json.dumps({"cmd": "LIVE_OPEN_PLATFORM_DM", "data": data}, ensure_ascii=False).encode()


def frame(operation: int, body: bytes, version: int = 0) -> bytes:
    return HEADER.pack(HEADER.size + len(body), HEADER.size, version, operation, 0) + body


def deflated(*bodies: bytes) -> bytes:
    return frame(MESSAGE, zlib.compress(b"".join(frame(MESSAGE, body) for body in bodies)), 2)


def test_a_frame_may_hold_many_packets_and_deflated_ones() -> None:
    data = frame(MESSAGE, dm(1, "一")) + deflated(dm(2, "二"), b'{"cmd":"OTHER"}', dm(3, "三"))
    found = [bilibili.heard(body) for _, body in bilibili.packets(data)]
    assert [h.text if h else None for h in found] == ["一", "二", None, "三"]
    assert found[0] == Heard("msg-1", "39b8fedb60a5", "小明", "一")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    with contextlib.suppress(Unavailable):
        for _, body in bilibili.packets(data):
            bilibili.heard(body)


@given(st.binary(max_size=60), st.sampled_from([0, 1, 2, 3, 9]))
def test_no_body_breaks_the_parser(body: bytes, version: int) -> None:
    with contextlib.suppress(Unavailable):
        for _, inner in bilibili.packets(frame(MESSAGE, body, version)):
            bilibili.heard(inner)


def test_a_bomb_is_not_inflated() -> None:
    bomb = frame(MESSAGE, zlib.compress(b"\0" * 50_000_000), 2)
    with pytest.raises(Unavailable, match="too big"):
        list(bilibili.packets(bomb))
    nested = frame(MESSAGE, zlib.compress(deflated(dm(1, "x"))), 2)
    with pytest.raises(Unavailable, match="holds another"):
        list(bilibili.packets(nested))


def bilibili_api(called: list[tuple[str, Any]], link: list[str], code: int = 0) -> FastAPI:
    """The three calls of the Open Live platform, with its signature checked."""
    app = FastAPI()

    @app.post("/v2/app/{what}")
    async def call(what: str, request: Request) -> Any:
        body = await request.body()
        names = sorted(n for n in request.headers if n.startswith("x-bili-"))
        assert "x-bili-signature-nonce" in names and len(names) == 6
        assert request.headers["x-bili-content-md5"] == hashlib.md5(body).hexdigest()
        text = "\n".join(f"{name}:{request.headers[name]}" for name in names)
        mac = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if request.headers["authorization"] != mac:
            return {"code": 4002, "message": "签名异常"}
        called.append((what, json.loads(body)))
        if what == "start":
            info = {"auth_body": '{"key":"k","roomid":1}', "wss_link": link}
            data = {"game_info": {"game_id": "game-9"}, "websocket_info": info}
            return {"code": code, "message": "0", "data": data if not code else {}}
        return {"code": 0, "message": "0", "data": {}}

    return app


async def test_bilibili_from_start_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDOL_KEY_BILIBILI", SECRET)
    monkeypatch.setattr(bilibili, "BEAT_S", 0.05)
    called: list[tuple[str, Any]] = []
    beats: list[int] = []

    async def chat(web: Any) -> None:
        first = list(bilibili.packets(await web.recv()))
        assert first == [(AUTH, b'{"key":"k","roomid":1}')]
        await web.send(frame(AUTH_REPLY, b'{"code":0}'))
        await web.send(frame(MESSAGE, dm(1, "这件多少钱")) + deflated(dm(2, "要2件黑色L")))
        while len(beats) < 2:
            beats.extend(op for op, _ in bilibili.packets(await web.recv()))
        await web.send(frame(MESSAGE, dm(3, "再见")))

    async with serve(chat, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with serving(bilibili_api(called, [f"ws://127.0.0.1:{port}/sub"])) as url:
            source = BilibiliSource()
            settings = {"app": 7, "access_key": "id", "code": "CODE", "api": url}
            source.open(settings)
            got = [one async for one in source.listen()]
            monkeypatch.setenv("IDOL_KEY_BILIBILI", "wrong")
            source.open(settings)
            with pytest.raises(Refused, match="4002"):
                [one async for one in source.listen()]
    assert got[0] is None
    assert [one.text for one in got if one] == ["这件多少钱", "要2件黑色L", "再见"]
    assert called[0] == ("start", {"code": "CODE", "app_id": 7})
    assert ("heartbeat", {"game_id": "game-9"}) in called
    assert called[-1] == ("end", {"app_id": 7, "game_id": "game-9"})


def item(number: int, text: str, kind: str = "textMessageEvent") -> dict[str, Any]:
    """A message of `liveChatMessages.list`."""
    return {
        "kind": "youtube#liveChatMessage",
        "etag": "x",
        "id": f"LCC.{number}",
        "snippet": {
            "type": kind,
            "liveChatId": "chat-1",
            "authorChannelId": "UC123",
            "publishedAt": "2026-11-26T07:00:00.000Z",
            "hasDisplayContent": True,
            "displayMessage": text,
            "textMessageDetails": {"messageText": text},
        },
        "authorDetails": {
            "channelId": "UC123",
            "channelUrl": "http://www.youtube.com/channel/UC123",
            "displayName": "Tom",
            "profileImageUrl": "https://yt3.ggpht.com/x",
            "isVerified": False,
            "isChatOwner": False,
            "isChatSponsor": False,
            "isChatModerator": False,
        },
    }


def youtube_api(pages: list[Any], asked: list[Any]) -> FastAPI:
    app = FastAPI()

    @app.get("/videos")
    async def videos(request: Request) -> Any:
        assert request.headers["x-goog-api-key"] == "yt-secret"
        assert "yt-secret" not in str(request.url)
        return {"items": [{"liveStreamingDetails": {"activeLiveChatId": "chat-1"}}]}

    @app.get("/liveChat/messages")
    async def messages(request: Request) -> Any:
        asked.append(dict(request.query_params))
        page = pages.pop(0)
        if isinstance(page, str):
            error = {"errors": [{"reason": page, "domain": "youtube.liveChat"}], "code": 403}
            return JSONResponse({"error": error}, 403)
        return page

    return app


def page(token: str, *items: Any, **more: Any) -> dict[str, Any]:
    return {"nextPageToken": token, "pollingIntervalMillis": 1, "items": list(items), **more}


async def test_youtube_is_asked_page_by_page_and_the_past_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IDOL_KEY_YOUTUBE", "yt-secret")
    asked: list[Any] = []
    pages: list[Any] = [
        page("p1", item(1, "before we came")),
        page("p2", item(2, "I'll take two"), item(3, "new member", "newSponsorEvent"), {"id": 1}),
        page("p3", item(4, "thanks!", "superChatEvent"), None, "rubbish"),
        "liveChatEnded",
    ]
    async with serving(youtube_api(pages, asked)) as url:
        source = YouTubeSource()
        source.open({"video": "dQw4w9WgXcQ", "api": url, "every": 1})
        got: list[Heard | None] = []
        with pytest.raises(Refused, match="liveChatEnded"):
            async for one in source.listen():
                got.append(one)
    assert got == [
        None,
        Heard("LCC.2", "UC123", "Tom", "I'll take two"),
        Heard("LCC.4", "UC123", "Tom", "thanks!"),
    ]
    assert [query.get("pageToken") for query in asked] == [None, "p1", "p2", "p3"]
    assert asked[0] == {"liveChatId": "chat-1", "part": "snippet,authorDetails"}


async def test_youtube_that_has_enough_is_asked_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IDOL_KEY_YOUTUBE", "yt-secret")
    for answer, words in (("quotaExceeded", "quotaExceeded"), (["no"], "not understood")):
        async with serving(youtube_api([answer], [])) as url:
            source = YouTubeSource()
            source.open({"video": "dQw4w9WgXcQ", "api": url})
            with pytest.raises(Unavailable, match=words):
                [one async for one in source.listen()]
    monkeypatch.setattr(youtube, "LARGEST", 1000)
    async with serving(youtube_api([page("p1", item(1, "x" * 2000))], [])) as url:
        source.open({"video": "dQw4w9WgXcQ", "api": url})
        with pytest.raises(Unavailable, match="too big"):
            [one async for one in source.listen()]
