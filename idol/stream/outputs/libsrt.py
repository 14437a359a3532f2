"""Just enough of Haivision's libsrt by ctypes: call out, send. The PyAV wheels have no SRT."""

from __future__ import annotations

import ctypes
import ctypes.util
import socket
import struct
from typing import Any

from idol.errors import Missing, Unavailable

PAYLOAD = 1316
"""Bytes in a message of live mode: seven MPEG-TS packets."""
_LATENCY, _PASSPHRASE, _STREAM_ID, _CONNECT_MS, _PEER_IDLE_MS = 23, 26, 46, 36, 55
_SEND_MS = 13
_NAMES = ("srt-gnutls", "srt-openssl", "srt")


def _load() -> Any:
    for name in _NAMES:
        if found := ctypes.util.find_library(name):
            library = ctypes.CDLL(found)
            library.srt_getlasterror_str.restype = ctypes.c_char_p
            return library
    raise Missing("SRT needs libsrt: apt install libsrt1.5-gnutls (or brew install srt)")


class SrtCaller:
    """A connection that we opened, in live mode. A file-like object for a muxer to write to.

    `latency` in ms. Raises `Missing` without the library, `Unavailable` if nobody answers.
    """

    name = "srt"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        latency: int = 200,
        passphrase: str = "",
        stream_id: str = "",
        connect_s: float = 5.0,
    ) -> None:
        self._lib = _load()
        self._lib.srt_startup()
        self._rest = bytearray()
        self._socket = self._lib.srt_create_socket()
        try:
            self._set(_CONNECT_MS, int(connect_s * 1000))
            self._set(_SEND_MS, 2000)
            self._set(_PEER_IDLE_MS, 5000)
            self._set(_LATENCY, latency)
            if passphrase:
                self._text(_PASSPHRASE, passphrase)
            if stream_id:
                self._text(_STREAM_ID, stream_id)
            address = _address(host, port)
            if self._lib.srt_connect(self._socket, address, len(address)) < 0:
                raise Unavailable(f"{host}:{port}: {self._reason()}")
        except BaseException:
            self.close()
            raise

    def write(self, data: bytes) -> int:
        """Send what fills whole messages; the rest waits for the next call."""
        self._rest += data
        while len(self._rest) >= PAYLOAD:
            if self._lib.srt_send(self._socket, bytes(self._rest[:PAYLOAD]), PAYLOAD) < 0:
                raise Unavailable(f"SRT: {self._reason()}")
            del self._rest[:PAYLOAD]
        return len(data)

    def close(self) -> None:
        if self._socket >= 0:
            if self._rest and self._lib.srt_getsockstate(self._socket) == 5:  # connected
                self._lib.srt_send(self._socket, bytes(self._rest), len(self._rest))
            self._lib.srt_close(self._socket)
            self._socket = -1
            self._lib.srt_cleanup()

    def _set(self, option: int, value: int) -> None:
        number = ctypes.c_int(value)
        self._flag(option, ctypes.byref(number), ctypes.sizeof(number))

    def _text(self, option: int, value: str) -> None:
        raw = value.encode()
        self._flag(option, raw, len(raw))

    def _flag(self, option: int, value: Any, size: int) -> None:
        if self._lib.srt_setsockflag(self._socket, option, value, size) < 0:
            raise Unavailable(f"SRT: option {option}: {self._reason()}")

    def _reason(self) -> str:
        text: bytes = self._lib.srt_getlasterror_str()
        return text.decode("utf-8", "replace").strip()


def _address(host: str, port: int) -> bytes:
    """A `struct sockaddr_in` or `sockaddr_in6` of this machine's shape."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    except socket.gaierror:
        raise Unavailable(f"{host} has no address") from None
    packed = socket.inet_pton(family, str(address[0]))
    if family == socket.AF_INET:
        return struct.pack("=H", family) + struct.pack("!H", port) + packed + bytes(8)
    return struct.pack("=H", family) + struct.pack("!HI", port, 0) + packed + bytes(4)
