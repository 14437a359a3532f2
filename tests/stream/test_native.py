"""A line puts on the wire, packet for packet, what libsrtp makes of header and payload: in C and
in Python the same."""

from __future__ import annotations

import errno
import os
import socket
import struct

import pytest
from pylibsrtp import Policy, Session, _binding

from idol.stream import native
from idol.stream.aiortc_private import protector
from idol.stream.lines import RelayLine, SocketLine, run_lengths

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
@pytest.mark.parametrize("kind", ["native", "socket", "one by one", "plain", "relay"])
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
            protect = ours.protect if kind == "plain" else protector(ours)
            line = SocketLine(protect, header, 17, sender, to)
            line.segments = line.segments and kind == "socket"
        line.sequence = sequence = 65_533
        units = (os.urandom(80),), payloads, payloads  # the first shows what encryption adds
        for timestamp, unit in enumerate(units, 9000):
            if kind == "native":
                loop.send([line], timestamp, STAMP, unit)
            else:
                assert line.send(timestamp, STAMP, unit)
            for index, payload in enumerate(unit):
                marker = 0x80 if index == len(unit) - 1 else 0
                plain = struct.pack("!BBHLL", 0x90, marker | 102, sequence, timestamp, 7)
                plain += extension[:5] + STAMP.to_bytes(3, "big")
                assert receiver.recv(2000) == theirs.protect(plain + payload)
                sequence = (sequence + 1) & 0xFFFF
        assert line.sequence == sequence
        sent = 1 + 2 * len(sizes), 80 + 2 * sum(sizes), 0
        assert (line.packets, line.octets, line.dropped) == sent


@pytest.mark.parametrize("kind", ["native", "socket"])
def test_where_the_kernel_cuts_nothing_apart_packets_go_one_by_one(kind: str) -> None:
    session = Session(Policy(bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    loop, header = native.load(), struct.pack("!BBHLL", 0x80, 102, 0, 0, 7)
    if kind == "native" and loop is None:
        pytest.skip("the C loop was not built here")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        to = receiver.getsockname()
        try:
            sender.setsockopt(socket.SOL_SOCKET, 11, 1)  # SO_NO_CHECK: Linux then refuses
            two = [(socket.IPPROTO_UDP, 103, struct.pack("=H", 8))]
            sender.sendmsg([bytes(16)], two, 0, to)
            pytest.skip("this kernel cuts them apart nevertheless")
        except OSError:
            pass
        if kind == "native":
            line = loop.Line(int(_binding.ffi.cast("uintptr_t", session._srtp[0])), header, -1)
            line.aim(sender.fileno(), socket.AF_INET, *to)
        else:
            line = SocketLine(protector(session), header, -1, sender, to)
            line.send(0, 0, (b"first",))
            receiver.recv(2000)
        for _ in range(2):
            payloads = bytes(900), bytes(900), bytes(20)
            if kind == "native":
                loop.send([line], 1, 2, payloads)
            else:
                line.send(1, 2, payloads)
            got = [len(receiver.recv(4000)) for _ in payloads]
            assert got[0] == got[1] == got[2] + 880
        assert line.dropped == 0 and not line.segments


def test_a_socket_that_takes_nothing_drops_and_goes_on() -> None:
    class Full:
        def sendto(self, *_: object) -> None:
            raise BlockingIOError(errno.EAGAIN, "full")

        sendmsg = sendto

    session = Session(Policy(bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    line = SocketLine(protector(session), bytes(12), -1, Full(), None)
    for count in (1, 3, 2):
        assert line.send(0, 0, (b"abc",) * count)
    assert (line.packets, line.sequence, line.dropped) == (6, 6, 6) and line.segments


def test_lines_that_look_alike_share_what_is_prepared_but_not_their_numbers() -> None:
    payloads, got = (b"one" * 9, b"two" * 9), []
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        for ssrc, timestamp, stamp in ((7, 50, 1), (8, 51, 1), (8, 51, 2)):
            header = struct.pack("!BBHLL", 0x90, 102, 0, 0, ssrc) + b"\xbe\xde\x00\x01\x22abc"
            ours, theirs = (
                Session(Policy(bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)) for _ in range(2)
            )
            line = SocketLine(protector(ours), header, 17, sender, receiver.getsockname())
            for _ in range(2):
                line.send(timestamp, stamp, payloads)
            for sequence in range(4):
                plain = struct.pack("!BBHLL", 0x90, 102, sequence, timestamp, ssrc)
                plain += b"\xbe\xde\x00\x01\x22" + stamp.to_bytes(3, "big")
                got.append(receiver.recv(2000) == theirs.protect(plain + payloads[sequence % 2]))
    assert got == [True] * 12


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ([], []),
        ([9], [1]),
        ([9, 9, 9, 4], [4]),
        ([4, 9, 9, 9], [1, 3]),
        ([9, 9, 4, 4, 9], [3, 1, 1]),
        ([9] * 90, [40, 40, 10]),
    ],
)
def test_a_run_is_packets_of_one_size_and_a_smaller_last(
    sizes: list[int], lengths: list[int]
) -> None:
    assert run_lengths(sizes) == lengths


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
