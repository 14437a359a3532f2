"""Pictures from strangers' addresses: never from inside, never too much, never as they came."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.commerce.fetching import (
    MOST_BYTES,
    PictureFetcher,
    dimensions,
    public,
    reencode,
)
from idol.errors import BadInput, IdolError, Unavailable

PIXELS = np.full((40, 60, 3), (10, 200, 90), np.uint8)


def encoded(kind: str, pixels: np.ndarray = PIXELS) -> bytes:
    return cv2.imencode(kind, pixels)[1].tobytes()


class Web:
    """A made-up Internet: names, addresses and answers."""

    def __init__(self) -> None:
        self.names = {"pics.example": ["93.184.216.34"], "inside.example": ["10.0.0.7"],
                      "mixed.example": ["93.184.216.34", "127.0.0.1"]}  # fmt: skip
        self.answers: dict[str, httpx.Response] = {}
        self.asked: list[tuple[str, str]] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        if host not in self.names:
            return [host.strip("[]")]
        return self.names[host]

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.host, request.headers["host"]))
        return self.answers[request.url.path]

    def fetcher(self, folder: Path) -> PictureFetcher:
        return PictureFetcher(
            folder, resolver=self.resolve, transport=httpx.MockTransport(self.handle)
        )


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.mark.parametrize("kind", [".png", ".jpg", ".webp"])
async def test_a_picture_is_written_anew_and_fetched_once(
    web: Web, tmp_path: Path, kind: str
) -> None:
    data = encoded(kind) + b"<script>alert(1)</script>"
    web.answers["/a"] = httpx.Response(200, content=data)
    fetcher = web.fetcher(tmp_path)
    file = await fetcher.fetch("https://pics.example/a")
    assert await fetcher.fetch("https://pics.example/a") == file
    assert await web.fetcher(tmp_path).fetch("https://pics.example/a") == file
    # Connected to the very address that was checked, under the name that was asked for.
    assert web.asked == [("93.184.216.34", "pics.example")]
    kept = file.read_bytes()
    assert kept.startswith(b"\x89PNG") and b"script" not in kept
    assert cv2.imdecode(np.frombuffer(kept, np.uint8), 1).shape == (40, 60, 3)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a", "http://inside.example/a", "http://mixed.example/a", "http://[::1]/a",
     "http://[::ffff:10.0.0.1]/a", "http://169.254.169.254/a", "http://100.64.0.1/a",
     "http://0.0.0.0/a", "http://[fd00::1]/a", "http://[64:ff9b::7f00:1]/a",
     "http://[2002:7f00:1::]/a", "ftp://pics.example/a", "file:///etc/passwd", "pics.example/a",
     "https://u:p@pics.example/a", "http://pics.example:99999/a", "http:///a", "gopher://x/"],
)  # fmt: skip
async def test_it_never_goes_inside(web: Web, tmp_path: Path, url: str) -> None:
    web.answers["/a"] = httpx.Response(200, content=encoded(".png"))
    with pytest.raises(BadInput):
        await web.fetcher(tmp_path).fetch(url)
    assert not web.asked


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1/b", "//inside.example/b", "file:///etc/passwd", "https://[::1]/b"]
)
async def test_a_redirect_leads_inside_no_more_than_an_address(
    web: Web, tmp_path: Path, to: str
) -> None:
    web.answers["/a"] = httpx.Response(302, headers={"location": to})
    with pytest.raises(BadInput):
        await web.fetcher(tmp_path).fetch("https://pics.example/a")
    assert len(web.asked) == 1


async def test_a_good_redirect_is_followed_and_a_circle_is_not(web: Web, tmp_path: Path) -> None:
    web.answers["/a"] = httpx.Response(301, headers={"location": "/b"})
    web.answers["/b"] = httpx.Response(200, content=encoded(".png"))
    assert (await web.fetcher(tmp_path).fetch("https://pics.example/a")).is_file()
    web.answers["/c"] = httpx.Response(301, headers={"location": "/c"})
    with pytest.raises(BadInput, match="redirects"):
        await web.fetcher(tmp_path).fetch("https://pics.example/c")
    assert len(web.asked) == 7


async def test_bytes_and_pixels_are_bounded(web: Web, tmp_path: Path) -> None:
    web.answers["/big"] = httpx.Response(200, content=b"\x89PNG" + bytes(MOST_BYTES))
    bomb = bytearray(encoded(".png"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # the header of a picture of 3.6 gigapixels
    web.answers["/bomb"] = httpx.Response(200, content=bytes(bomb))
    web.answers["/gone"] = httpx.Response(404)
    fetcher = web.fetcher(tmp_path)
    with pytest.raises(BadInput, match="larger than 8 MB"):
        await fetcher.fetch("https://pics.example/big")
    with pytest.raises(BadInput, match="60000 x 60000"):
        await fetcher.fetch("https://pics.example/bomb")
    with pytest.raises(Unavailable, match="404"):
        await fetcher.fetch("https://pics.example/gone")
    assert not list(tmp_path.iterdir())  # noqa: ASYNC240


def test_large_pictures_are_scaled_and_deep_ones_made_flat() -> None:
    for kind in (".jpg", ".webp"):
        wide = reencode(encoded(kind, np.zeros((300, 2048, 3), np.uint8)))
        assert dimensions(wide) == (1024, 150)
    lying = encoded(".jpg", np.zeros((20, 40, 3), np.uint8))
    turned = struct.pack(">HH6s8sHHHII", 0xFFE1, 34, b"Exif\0\0", b"MM\0*\0\0\0\x08", 1, 274, 3, 1,
                         6 << 16) + b"\0" * 4  # fmt: skip
    upright = reencode(lying[:2] + turned + lying[2:])
    assert dimensions(upright) == (20, 40), "a telephone's picture stands as it was taken"
    deep = np.full((8, 8, 4), 65535, np.uint16)
    flat = cv2.imdecode(np.frombuffer(reencode(encoded(".png", deep)), np.uint8), -1)
    assert flat.dtype == np.uint8 and flat.max() == 255


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n",
       b"RIFF\x00\x00\x00\x00WEBPVP8X", b"RIFF\x00\x00\x00\x00WEBPVP8L"]))  # fmt: skip
def test_rubbish_is_refused_and_breaks_nothing(data: bytes, start: bytes) -> None:
    with pytest.raises(IdolError):
        reencode(start + data)


def test_what_is_public() -> None:
    assert public("93.184.216.34") and public("2606:4700::1111")
    for inside in ("192.168.1.1", "::", "224.0.0.1", "ff02::1", "fe80::1%eth0", "x", "198.18.0.1"):
        assert not public(inside), inside
