"""The C send loop puts on the wire, packet for packet, what the Python loop would."""

from __future__ import annotations

import os
import socket
import struct

import pytest
from pylibsrtp import Policy, Session, _binding

from idol.stream import native


@pytest.mark.parametrize("sizes", [(1200, 1200, 1200, 400), (37, 1200, 1200), (80,), (1200,) * 60])
def test_packets_are_those_of_libsrtp_in_order(sizes: tuple[int, ...]) -> None:
    loop = native.load()
    if loop is None:
        pytest.skip("the C loop was not built here")
    key = os.urandom(30)
    ours, theirs = (Session(Policy(key, ssrc_type=Policy.SSRC_ANY_OUTBOUND)) for _ in range(2))
    address = int(_binding.ffi.cast("uintptr_t", ours._srtp[0]))
    payloads = tuple(os.urandom(size) for size in sizes)
    extension = b"\xbe\xde\x00\x01abcd"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        sender.bind(("127.0.0.1", 0))
        to = loop.address(socket.AF_INET, *receiver.getsockname())
        header = struct.pack("!BBHLL", 0x90, 0x80 | 102, 65_534, 9000, 7) + extension
        assert loop.send(address, sender.fileno(), to, header, payloads) == len(payloads)
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            sequence = (65_534 + index) & 0xFFFF
            plain = struct.pack("!BBHLL", 0x90, marker | 102, sequence, 9000, 7)
            assert receiver.recv(2000) == theirs.protect(plain + extension + payload)


def test_what_is_wrong_is_refused() -> None:
    loop = native.load()
    if loop is None:
        pytest.skip("the C loop was not built here")
    with pytest.raises(ValueError, match="not a numeric address"):
        loop.address(socket.AF_INET, "nowhere.example", 1)
    with pytest.raises(ValueError, match="RTP header"):
        loop.send(0, 0, b"", b"short", (b"x",))
    with pytest.raises(ValueError, match="too large"):
        loop.send(0, 0, b"", bytes(12), (bytes(1400),))
