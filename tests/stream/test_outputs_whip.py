"""WHIP into Janus and out again to a receiver; what a strange endpoint answers."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from fastapi import FastAPI, Request, Response
from servers import free_port, janus, own_address
from test_outputs_servers import SIZE, programme

from idol.errors import Unavailable
from idol.stream.outputs.whip import WhipOutput, link_servers
from idol.testing.stream import read_stamp

ROOM = 1234


class Janus:
    """One handle at the videoroom, over Janus' HTTP API."""

    def __init__(self, api: str, web: httpx.AsyncClient) -> None:
        self._api, self._web = api, web

    async def attach(self) -> None:
        session = (await self._ask(self._api, {"janus": "create"}))["data"]["id"]
        self._session = f"{self._api}/{session}"
        plugin = {"janus": "attach", "plugin": "janus.plugin.videoroom"}
        self._handle = f"{self._session}/{(await self._ask(self._session, plugin))['data']['id']}"

    async def say(self, body: dict[str, Any], jsep: dict[str, Any] | None = None) -> Any:
        """Send a message and wait for the plug-in's event about it."""
        message: dict[str, Any] = {"janus": "message", "body": body}
        if jsep:
            message["jsep"] = jsep
        answer = await self._ask(self._handle, message)
        while answer["janus"] not in ("success", "event") or (
            answer["janus"] == "event" and "plugindata" not in answer
        ):
            answer = (await self._web.get(self._session, timeout=40)).json()
        return answer

    async def _ask(self, url: str, message: dict[str, Any]) -> Any:
        message = {**message, "transaction": secrets.token_hex(6)}
        return (await self._web.post(url, json=message)).json()


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))  # listens before the server is up
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def gateway(publisher: Janus, ended: list[str]) -> FastAPI:
    """The smallest WHIP endpoint before Janus: an offer in, its answer out."""
    app = FastAPI()

    @app.options("/whip")
    async def options() -> Response:
        return Response(status_code=204, headers={"Accept-Post": "application/sdp"})

    @app.post("/old")
    async def moved() -> Response:
        return Response(status_code=307, headers={"Location": "/whip"})

    @app.post("/whip")
    async def join(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer the-token":
            return Response("who are you", 401)
        assert request.headers["content-type"] == "application/sdp"
        offer = {"type": "offer", "sdp": (await request.body()).decode()}
        await publisher.say({"request": "join", "ptype": "publisher", "room": ROOM, "id": 7})
        answer = await publisher.say({"request": "publish"}, offer)
        headers = {"Location": "/whip/7"}
        return Response(answer["jsep"]["sdp"], 201, headers, "application/sdp")

    @app.delete("/whip/7")
    async def leave() -> Response:
        ended.append("deleted")
        return Response()

    return app


async def watch(viewer: Janus, pictures: int) -> tuple[list[int], int]:
    """Subscribe as aiortc, and read the stamps of some pictures; (stamps, audio frames)."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tracks: dict[str, Any] = {}
    connection.on("track", lambda track: tracks.setdefault(track.kind, track))
    try:
        event = await viewer.say(
            {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": [{"feed": 7}]}
        )
        await connection.setRemoteDescription(RTCSessionDescription(event["jsep"]["sdp"], "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        answer = {"type": "answer", "sdp": connection.localDescription.sdp}
        await viewer.say({"request": "start"}, answer)
        stamps, heard = [], 0
        async with asyncio.timeout(90):
            while len(stamps) < pictures:
                picture = await tracks["video"].recv()
                luma = picture.to_ndarray(format="yuv420p")[: SIZE[1]]
                stamps.append(read_stamp(luma)[0])
            for _ in range(10):
                heard += (await tracks["audio"].recv()).samples > 0
        return stamps, heard
    finally:
        await connection.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", ["/whip", "/old"])
async def test_whip_into_janus_comes_out_for_its_viewers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    own_address()
    monkeypatch.setenv("IDOL_KEY_WHIP", "the-token")
    ended: list[str] = []
    keys: list[int] = []
    with janus(tmp_path, free_port()) as api:
        async with httpx.AsyncClient(timeout=20) as web:
            publisher, viewer = Janus(api, web), Janus(api, web)
            await publisher.attach()
            await viewer.attach()
            room = {"request": "create", "room": ROOM, "publishers": 2, "videocodec": "h264"}
            await publisher.say({**room, "audiocodec": "opus", "h264_profile": "42e01f"})
            async with serving(gateway(publisher, ended)) as url:
                output = WhipOutput()
                output.ask_key = lambda: keys.append(1)
                output.open({"url": url + path})
                stop = asyncio.Event()

                def publish() -> None:
                    begin = time.monotonic()
                    for number, packet in enumerate(programme(60)):
                        if stop.is_set():
                            return
                        output.write(packet)
                        due = begin + number / 75
                        time.sleep(max(0.0, due - time.monotonic()))

                pushing = asyncio.create_task(asyncio.to_thread(publish))
                # Janus lists a feed once it is published.
                async with asyncio.timeout(90):
                    while not pushing.done():
                        asked = {"request": "listparticipants", "room": ROOM}
                        event = await viewer.say(asked)
                        listed = event["plugindata"]["data"].get("participants", [])
                        if any(one.get("publisher") for one in listed):
                            break
                        await asyncio.sleep(0.1)
                if pushing.done():
                    pushing.result()
                stamps, heard = await watch(viewer, 30)
                stop.set()
                await pushing
                await asyncio.to_thread(output.close)
    assert keys and ended == ["deleted"] and heard == 10
    # A busy machine may lose a packet; what came whole is the programme, in its order.
    good = [s for s in stamps if s >= 48_000 * 7 and s % 1920 == 0]
    assert len(good) >= 15 and good[-1] > good[0]


async def test_an_endpoint_that_refuses_is_told_with_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = FastAPI()

    @app.post("/whip")
    async def no() -> Response:
        return Response("no such stream", 404)

    async with serving(app) as url:
        output = WhipOutput()
        output.open({"url": url + "/whip"})

        def push() -> None:
            for packet in programme(0.1):
                output.write(packet)

        with pytest.raises(Unavailable, match=r"404.*no such stream"):
            await asyncio.to_thread(push)
        await asyncio.to_thread(output.close)


def test_ice_servers_of_link_headers() -> None:
    links = [
        '<stun:stun.example.net>; rel="ice-server"',
        '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; '
        'credential="myPassword"; credential-type="password", <https://x>; rel="next"',
    ]
    found = link_servers(links)
    assert [(s.urls, s.username, s.credential) for s in found] == [
        ("stun:stun.example.net", None, None),
        ("turn:turn.example.net?transport=udp", "user", "myPassword"),
    ]
