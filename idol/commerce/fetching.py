"""Fetch a picture from an address that somebody else wrote, without being led astray.

Only http and https, only addresses that are public, checked after the name is resolved and
then connected to as they were checked (so a name cannot change its mind in between); redirects
are followed by hand under the same rules. Bytes and pixels are bounded before decoding, and
what is kept is never the file itself but its pixels, written anew as PNG.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import cv2
import httpx
import numpy as np

from idol.errors import BadInput, Unavailable

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LARGEST_SIDE = 1024
"""Pictures are scaled down to this; a card is never larger."""
REDIRECTS = 4
PATIENCE_S = 15.0

Resolver = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises `Unavailable`."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable(f"{host} cannot be found") from error
    return [str(item[4][0]) for item in found]


def public(address: str) -> bool:
    """Whether an IP address is of the open Internet, also in its IPv6 disguises."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            ip = inner
        elif ip in ipaddress.ip_network("64:ff9b::/96"):
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.is_global and not ip.is_multicast


class PictureFetcher:
    """Fetches each address once into `folder`. `resolver` and `transport` are for tests."""

    def __init__(
        self,
        folder: Path,
        *,
        resolver: Resolver = resolve,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._folder, self._resolver, self._transport = folder, resolver, transport
        self._tasks: dict[str, asyncio.Task[Path]] = {}

    async def fetch(self, url: str) -> Path:
        """The PNG of an address. Raises `BadInput` for what is no such picture, `Unavailable`."""
        task = self._tasks.get(url)
        if task is None:
            task = self._tasks[url] = asyncio.create_task(self._fetch(url))
        return await asyncio.shield(task)

    async def _fetch(self, url: str) -> Path:
        file = self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:20]}.png"
        if file.is_file():
            return file
        async with asyncio.timeout(PATIENCE_S * 2):
            data = await self._download(url)
        png = await asyncio.to_thread(reencode, data)
        self._folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(png)
        part.replace(file)
        return file

    async def _download(self, url: str) -> bytes:
        try:
            # A proxy of the environment would resolve names itself, past our check.
            async with httpx.AsyncClient(
                transport=self._transport, timeout=PATIENCE_S, trust_env=False
            ) as client:
                for _ in range(REDIRECTS + 1):
                    target, headers, extensions = await self._checked(url)
                    request = client.build_request(
                        "GET", target, headers=headers, extensions=extensions
                    )
                    answer = await client.send(request, stream=True)
                    try:
                        if answer.is_redirect:
                            url = urljoin(url, answer.headers.get("location", ""))
                            continue
                        if answer.status_code != 200:
                            raise Unavailable(f"{url}: status {answer.status_code}")
                        return await _bounded(answer, url)
                    finally:
                        await answer.aclose()
        except httpx.HTTPError as error:
            raise Unavailable(f"{url}: {type(error).__name__}") from error
        except TimeoutError as error:
            raise Unavailable(f"{url}: too slow") from error
        raise BadInput("too many redirects", where=url)

    async def _checked(self, url: str) -> tuple[str, dict[str, str], dict[str, str]]:
        """The same request addressed to a checked IP, with the name for TLS and the server."""
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise BadInput("not an address", where=url[:200]) from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("pictures come by http or https only", where=url[:200])
        if parts.username or parts.password:
            raise BadInput("an address with a password in it is not used", where=parts.hostname)
        addresses = await self._resolver(parts.hostname, port)
        if not addresses or not all(public(address) for address in addresses):
            raise BadInput("it leads to a private network", where=url[:200])
        address = addresses[0]
        host = f"[{address}]" if ":" in address else address
        target = urlunsplit((parts.scheme, f"{host}:{port}", parts.path or "/", parts.query, ""))
        name = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
        headers = {"Host": name, "Accept": "image/png, image/jpeg, image/webp"}
        return target, headers, {"sni_hostname": parts.hostname}


async def _bounded(answer: httpx.Response, url: str) -> bytes:
    data = bytearray()
    async for chunk in answer.aiter_bytes(64 * 1024):  # decoded: a bomb shows its real size
        data += chunk
        if len(data) > MOST_BYTES:
            raise BadInput(f"larger than {MOST_BYTES >> 20} MB", where=url[:200])
    return bytes(data)


def reencode(data: bytes) -> bytes:
    """PNG, JPEG or WebP to a PNG of at most `LARGEST_SIDE`. Raises `BadInput`."""
    width, height = dimensions(data)
    if not (width > 0 and height > 0 and width * height <= MOST_PIXELS):
        raise BadInput(f"{width} x {height} pixels are too many or none")
    # A JPEG may say which side is up; the others may have transparency.
    how = cv2.IMREAD_COLOR if data[:2] == b"\xff\xd8" else cv2.IMREAD_UNCHANGED
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    if pixels is None:
        raise BadInput("not a whole picture")
    if pixels.dtype != np.uint8:
        pixels = (pixels / 257).astype(np.uint8)
    side = max(pixels.shape[:2])
    if side > LARGEST_SIDE:
        scale = LARGEST_SIDE / side
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    ok, png = cv2.imencode(".png", pixels)
    if not ok:
        raise BadInput("it cannot be written as PNG")
    return bytes(png.tobytes())


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height from the header alone, before anything is decoded. Raises `BadInput`."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
            width, height = struct.unpack(">II", data[16:24])
            return width, height
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg(data)
    except (struct.error, IndexError) as error:
        raise BadInput("not a whole picture") from error
    raise BadInput("not PNG, JPEG or WebP")


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while place < len(data):
        if data[place] != 0xFF:
            raise IndexError
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in (0x01, *range(0xD0, 0xD9)):
            place += 2
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        else:
            place += 2 + int(struct.unpack(">H", data[place + 2 : place + 4])[0])
    raise IndexError


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int(struct.unpack("<I", data[21:25])[0])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise IndexError
