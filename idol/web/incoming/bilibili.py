"""Bilibili live chat, by its Open Live platform (the API that Bilibili gives to partners).

The streamer's code opens a game session; its answer names the websocket and what to say there.
A packet there has 16 bytes of header, and may hold many packets, deflated.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import struct
import time
import zlib
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

import httpx
from pydantic import Field
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from idol.errors import BadInput, Refused, Unavailable
from idol.ports import Heard
from idol.web.incoming.options import Options, checked, key

API = "https://live-open.biliapi.com"
HEADER = struct.Struct("!IHHII")
"""Length of all, length of the header, version, operation, sequence."""
HEARTBEAT, HEARTBEAT_REPLY, MESSAGE, AUTH, AUTH_REPLY = 2, 3, 5, 7, 8
PLAIN, DEFLATED = (0, 1), 2
LARGEST = 1024 * 1024
"""Bytes of what a packet holds when it is inflated."""
BEAT_S = 20.0


class BilibiliOptions(Options):
    """`app` is the application's number, `access_key` its key's id, `code` the streamer's
    identity code. The key's secret comes from the environment."""

    app: int = Field(ge=1)
    access_key: str
    code: str
    api: str = API


def packet(operation: int, body: bytes, sequence: int = 1) -> bytes:
    return HEADER.pack(HEADER.size + len(body), HEADER.size, 1, operation, sequence) + body


def packets(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """(operation, body) of every packet in a frame. Raises `Unavailable` for nonsense."""
    while data:
        if len(data) < HEADER.size:
            raise Unavailable("a packet ends too soon")
        whole, head, version, operation, _ = HEADER.unpack_from(data)
        if not HEADER.size <= head <= whole <= len(data):
            raise Unavailable("a packet's length is wrong")
        body, data = data[head:whole], data[whole:]
        if version == DEFLATED:
            if depth:
                raise Unavailable("a deflated packet holds another")
            yield from packets(_inflate(body), depth + 1)
        elif version in PLAIN:
            yield operation, body


def _inflate(body: bytes) -> bytes:
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(body, LARGEST)
    except zlib.error as error:
        raise Unavailable(f"a packet cannot be inflated: {error}") from None
    if inflater.unconsumed_tail:
        raise Unavailable("a packet is too big")
    return data


def heard(body: bytes) -> Heard | None:
    """A chat line, if a message is one."""
    try:
        message = json.loads(body)
        if str(message.get("cmd")) != "LIVE_OPEN_PLATFORM_DM":
            return None
        data = message["data"]
        # open_id is the account's id for this application; the uid is 0 by now.
        author = str(data.get("open_id") or data.get("uid") or "")
        text = str(data["msg"])
        id = str(data.get("msg_id") or "")
        return Heard(id, author if author != "0" else "", str(data.get("uname") or ""), text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def signed(access_key: str, secret: str, body: bytes, now: float, nonce: str) -> dict[str, str]:
    """The headers of a call: HMAC-SHA256 over its own headers in alphabetical order."""
    fields = {
        "x-bili-accesskeyid": access_key,
        "x-bili-content-md5": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": nonce,
        "x-bili-signature-version": "1.0",
        "x-bili-timestamp": str(int(now)),
    }
    text = "\n".join(f"{name}:{value}" for name, value in sorted(fields.items()))
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        **fields,
        "Authorization": mac,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


class BilibiliSource:
    platform = "bilibili"

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(BilibiliOptions, settings, self.platform)
        name = options.name or self.platform
        if not options.api.startswith(("https://", "http://127.0.0.1")):
            raise BadInput("must be https://", where=f"chats.{name}.api")
        self._secret = key(name, "the secret of the access key")

    async def listen(self) -> AsyncGenerator[Heard | None, None]:
        async with httpx.AsyncClient(base_url=self._options.api, timeout=10.0) as web:
            session = await self._call(
                web, "/v2/app/start", {"code": self._options.code, "app_id": self._options.app}
            )
            try:
                game = str(session["game_info"]["game_id"])
                links = session["websocket_info"]["wss_link"]
                auth = str(session["websocket_info"]["auth_body"])
                url = str(links[0])
            except (KeyError, IndexError, TypeError):
                raise Unavailable("Bilibili's answer is not understood") from None
            try:
                async for found in self._socket(web, url, auth, game):
                    yield found
            finally:
                await self._end(web, game)

    async def _socket(
        self, web: httpx.AsyncClient, url: str, auth: str, game: str
    ) -> AsyncGenerator[Heard | None, None]:
        try:
            async with connect(url, max_size=LARGEST, open_timeout=10) as socket:
                await socket.send(packet(AUTH, auth.encode()))
                beats = asyncio.create_task(self._beat(web, socket, game))
                try:
                    async for frame in socket:
                        if not isinstance(frame, bytes):
                            continue
                        for operation, body in packets(frame):
                            if operation == AUTH_REPLY:
                                if json.loads(body).get("code") != 0:
                                    raise Refused("chat_refused", "Bilibili refused the session")
                                yield None
                            elif operation == MESSAGE and (found := heard(body)):
                                yield found
                finally:
                    beats.cancel()
                    await asyncio.gather(beats, return_exceptions=True)
        except (WebSocketException, OSError, TimeoutError, ValueError) as error:
            raise Unavailable(f"the chat's socket: {error}") from None

    async def _beat(self, web: httpx.AsyncClient, socket: Any, game: str) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            await socket.send(packet(HEARTBEAT, b""))
            await self._call(web, "/v2/app/heartbeat", {"game_id": game})

    async def _end(self, web: httpx.AsyncClient, game: str) -> None:
        try:
            body = {"app_id": self._options.app, "game_id": game}
            await self._call(web, "/v2/app/end", body)
        except (Unavailable, Refused):
            return  # it runs out by itself without heartbeats

    async def _call(self, web: httpx.AsyncClient, path: str, body: Mapping[str, Any]) -> Any:
        raw = json.dumps(body).encode()
        headers = signed(
            self._options.access_key, self._secret, raw, time.time(), secrets.token_hex(16)
        )
        try:
            answer = await web.post(path, content=raw, headers=headers)
            data = answer.json()
            code = int(data["code"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable(f"Bilibili: {type(error).__name__}: {error}") from None
        if code in (4000, 4001, 4002, 4003, 4004, 7001):
            # Wrong key, signature or code: saying it again changes nothing.
            raise Refused("chat_refused", f"Bilibili: {code} {data.get('message', '')}")
        if code:
            raise Unavailable(f"Bilibili: {code} {data.get('message', '')}")
        return data.get("data") or {}
