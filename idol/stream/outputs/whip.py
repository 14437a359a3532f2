"""Publish to an SFU by WHIP (RFC 9725), with the viewers' own H.264 and Opus."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import av
import httpx
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

from idol.errors import BadInput, Unavailable
from idol.model import Chapter, Packet
from idol.stream.outputs.looped import Loop
from idol.stream.outputs.mux import TIME_BASE
from idol.stream.outputs.options import Options, checked, key_name

CONNECT_S = 15.0
DEPTH = 60
_LINK = re.compile(r'<([^>]+)>((?:\s*;\s*[\w-]+="?[^";,]*"?)*)')


class WhipOptions(Options):
    """`url` is the endpoint; `ice_servers` are STUN or TURN addresses, besides those that the
    endpoint names. The bearer token comes from the environment."""

    url: str
    ice_servers: tuple[str, ...] = ()


class WhipOutput:
    """One peer connection. Raises `Unavailable` when it ends, so that a new one is made."""

    name = "whip"
    key_seconds = 2.0

    def __init__(self) -> None:
        self.ask_key: Callable[[], object] = lambda: None
        self._loop: Loop | None = None
        self._connection: RTCPeerConnection | None = None
        self._session = ""
        self._lost = ""
        self._tracks: dict[str, _Track] = {}

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(WhipOptions, settings, self.name)
        name = options.name or self.name
        parts = urlsplit(options.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("must be http:// or https://", where=f"outputs.{name}.url")
        token = os.environ.get(key_name(name), "")
        if token and parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise BadInput("a token goes over https only", where=f"outputs.{name}.url")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def write(self, packet: Packet) -> None:
        if self._loop is None:
            self._loop = Loop("whip")
            self._loop.run(self._publish(), CONNECT_S + 5)
            self.ask_key()  # the keyframe that came first is long over
        if self._lost:
            raise Unavailable(self._lost)
        copy = av.Packet(packet.data)
        copy.pts = copy.dts = packet.pts
        copy.time_base, copy.is_keyframe = TIME_BASE, packet.key
        self._loop.call(self._tracks[packet.kind].put, copy)

    def chapter(self, chapter: Chapter) -> None: ...

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            with contextlib.suppress(Exception):
                loop.run(self._end(), 5.0)
            loop.close()

    # ---- on the loop

    async def _publish(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=8.0, follow_redirects=False) as web:
                url, servers = await self._preflight(web)
                offer = await self._offer(servers)
                answer = await _post(web, url, offer, self._headers)
            self._session = urljoin(str(answer.url), answer.headers.get("location", ""))
            assert self._connection is not None
            await self._connection.setRemoteDescription(
                RTCSessionDescription(sdp=answer.text, type="answer")
            )
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._options.url}: {type(error).__name__}: {error}") from None
        except ValueError as error:
            raise Unavailable(f"the answer cannot be used: {error}") from None
        async with asyncio.timeout(CONNECT_S):
            await self._settled.wait()
        if self._connection.connectionState != "connected":
            raise Unavailable("no way to the SFU was found (ICE)")

    async def _preflight(self, web: httpx.AsyncClient) -> tuple[str, list[RTCIceServer]]:
        """Where to POST, and the servers that an OPTIONS answer may name (RFC 9725, 4.6)."""
        servers = [RTCIceServer(urls=url) for url in self._options.ice_servers]
        answer = await web.options(self._options.url, headers=self._headers)
        if answer.is_success:
            servers += link_servers(answer.headers.get_list("link"))
        return self._options.url, servers

    async def _offer(self, servers: list[RTCIceServer]) -> str:
        self._settled = asyncio.Event()
        connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._connection = connection
        for kind in ("audio", "video"):
            track = self._tracks[kind] = _Track(kind)
            transceiver = connection.addTransceiver(track, direction="sendonly")
            wanted = ("video/h264", "video/rtx") if kind == "video" else ("audio/opus",)
            transceiver.setCodecPreferences(
                [
                    codec
                    for codec in RTCRtpSender.getCapabilities(kind).codecs
                    if codec.mimeType.lower() in wanted
                ]
            )
        connection.on("connectionstatechange", self._state_changed)
        await connection.setLocalDescription(await connection.createOffer())
        sdp: str = connection.localDescription.sdp
        return sdp

    def _state_changed(self) -> None:
        state = self._connection.connectionState if self._connection else "closed"
        if state not in ("new", "connecting"):
            self._settled.set()
        if state in ("failed", "closed"):
            self._lost = f"the connection is {state}"

    async def _end(self) -> None:
        if self._session:
            with contextlib.suppress(httpx.HTTPError):
                async with httpx.AsyncClient(timeout=3.0) as web:
                    await web.delete(self._session, headers=self._headers)
        if self._connection is not None:
            await self._connection.close()


class _Track(MediaStreamTrack):  # type: ignore[misc]
    """Hands encoded packets to an aiortc sender, which sends an `av.Packet` as it is."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._need_key = kind == "video"
        super().__init__()

    def put(self, packet: Any) -> None:
        """Queue a packet; a sender that stands still gets the next keyframe, not old pictures."""
        if self._need_key and not packet.is_keyframe:
            return
        self._need_key = False
        if self._queue.qsize() >= DEPTH:
            while not self._queue.empty():
                self._queue.get_nowait()
            self._need_key = self.kind == "video"
            return
        self._queue.put_nowait(packet)

    async def recv(self) -> Any:
        return await self._queue.get()


async def _post(
    web: httpx.AsyncClient, url: str, offer: str, headers: Mapping[str, str]
) -> httpx.Response:
    """POST the offer; a redirect is followed with the offer (RFC 9725, 4.5), never with the
    token to another host."""
    for _ in range(4):
        answer = await web.post(
            url, content=offer, headers={"Content-Type": "application/sdp", **headers}
        )
        if answer.status_code not in (307, 308):
            break
        target = urljoin(url, answer.headers.get("location", ""))
        if urlsplit(target).netloc != urlsplit(url).netloc:
            headers = {}
        url = target
    if answer.status_code != 201:
        raise Unavailable(f"the endpoint answered {answer.status_code}: {answer.text[:120]!r}")
    return answer


def link_servers(links: list[str]) -> list[RTCIceServer]:
    """The STUN and TURN servers in Link headers with rel="ice-server"."""
    servers = []
    for url, rest in _LINK.findall(", ".join(links)):
        fields = dict(re.findall(r'([\w-]+)="?([^";,]*)"?', rest))
        if fields.get("rel") == "ice-server":
            servers.append(
                RTCIceServer(
                    urls=url,
                    username=fields.get("username"),
                    credential=fields.get("credential"),
                )
            )
    return servers
