"""A line puts on the wire, packet for packet, what libsrtp makes of header and payload: in C and
in Python the same."""

from __future__ import annotations

import os
import socket
import struct

import pytest
from pylibsrtp import Policy, Session, _binding

from idol.stream import native
from idol.stream.lines import RelayLine, SocketLine

STAMP = 0x123456
SIZES = [(1200, 1200, 1200, 400), (37, 1200, 1200), (80,), (1200,) * 60]


class Relay:
    """A transport without a socket, as aioice has for TURN."""

    unsent = 0

    def __init__(self, way: socket.socket) -> None:
        self._way = way

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def sendto(self, packet: bytes, address: object) -> None:
        self._way.sendto(packet, address)


@pytest.mark.parametrize("sizes", SIZES, ids=[len(each) for each in SIZES])
@pytest.mark.parametrize("kind", ["native", "socket", "one by one", "relay"])
def test_packets_are_those_of_libsrtp_in_order(kind: str, sizes: tuple[int, ...]) -> None:
    key = os.urandom(30)
    ours, theirs = (Session(Policy(key, ssrc_type=Policy.SSRC_ANY_OUTBOUND)) for _ in range(2))
    payloads = tuple(os.urandom(size) for size in sizes)
    extension = b"\xbe\xde\x00\x01\x22abc"
    header = struct.pack("!BBHLL", 0x90, 0x80 | 102, 0, 0, 7) + extension
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        sender.bind(("127.0.0.1", 0))
        to = receiver.getsockname()
        if kind == "native":
            loop = native.load()
            if loop is None:
                pytest.skip("the C loop was not built here")
            address = int(_binding.ffi.cast("uintptr_t", ours._srtp[0]))
            line = loop.Line(address, header, 17)
            line.aim(sender.fileno(), socket.AF_INET, *to)
        elif kind == "relay":
            line = RelayLine(ours.protect, header, 17, Relay(sender), to)
        else:
            line = SocketLine(ours.protect, header, 17, sender, to)
            line.segments = line.segments and kind == "socket"
        line.sequence = 65_534
        if kind == "native":
            loop.send([line], 9000, STAMP, payloads)
        else:
            assert line.send(9000, STAMP, payloads)
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            sequence = (65_534 + index) & 0xFFFF
            plain = struct.pack("!BBHLL", 0x90, marker | 102, sequence, 9000, 7)
            plain += extension[:5] + STAMP.to_bytes(3, "big")
            assert receiver.recv(2000) == theirs.protect(plain + payload)
        assert line.sequence == (65_534 + len(sizes)) & 0xFFFF
        assert (line.packets, line.octets, line.dropped) == (len(sizes), sum(sizes), 0)


def test_one_line_that_goes_nowhere_stops_no_other() -> None:
    loop = native.load()
    if loop is None:
        pytest.skip("the C loop was not built here")
    sessions = [Session(Policy(bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)) for _ in range(3)]
    header = struct.pack("!BBHLL", 0x80, 102, 0, 0, 7)
    lines = [
        loop.Line(int(_binding.ffi.cast("uintptr_t", each._srtp[0])), header, -1)
        for each in sessions
    ]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        to = receiver.getsockname()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
            lines[1].aim(closed.fileno(), socket.AF_INET, *to)
        lines[2].aim(sender.fileno(), socket.AF_INET, *to)
        loop.send(lines, 0, 0, (b"a", b"b"))
        assert len(receiver.recv(2000)) > 12
        assert [line.dropped for line in lines] == [2, 2, 0]
        assert [line.packets for line in lines] == [2, 2, 2]


def test_a_relay_that_takes_nothing_makes_its_viewer_wait() -> None:
    session = Session(Policy(bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        relay = Relay(sender)
        relay.unsent = 1 << 20
        line = RelayLine(session.protect, bytes(12), -1, relay, ("127.0.0.1", 9))
        assert not line.send(0, 0, (b"a", b"b"))
        assert (line.packets, line.dropped) == (0, 2)


def test_what_is_wrong_is_refused() -> None:
    loop = native.load()
    if loop is None:
        pytest.skip("the C loop was not built here")
    line = loop.Line(0, bytes(12), -1)
    with pytest.raises(ValueError, match="not a numeric address"):
        line.aim(0, socket.AF_INET, "nowhere.example", 1)
    for header, at in ((b"short", -1), (bytes(300), -1), (bytes(12), 10)):
        with pytest.raises(ValueError, match="RTP header"):
            loop.Line(0, header, at)
    with pytest.raises(ValueError, match="too large"):
        loop.send([line], 0, 0, (bytes(1400),))
    with pytest.raises(ValueError, match="not bytes"):
        loop.send([line], 0, 0, ("text",))
    with pytest.raises(TypeError, match="not a Line"):
        loop.send([object()], 0, 0, (b"x",))
