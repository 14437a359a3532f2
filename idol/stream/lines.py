"""The way to one viewer for one kind of media, in Python: what `native/_sendloop.c` does in C."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from idol.stream.aiortc_private import Protector

STUCK_BYTES = 256 * 1024
"""With this much unsent on the way to its relay a viewer is stuck: drop to the next keyframe."""
DEPTH = 30
"""Pictures that wait for aiortc's own send loop before it counts as stuck."""
_SEGMENT, _MOST = 103, 40
"""UDP_SEGMENT of Linux, and the packets that one such call takes: less than 64 KiB."""
_NUMBERS = struct.Struct("!HLL").pack_into
_REFUSED = (errno.EINVAL, errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP)

Protect = Callable[[bytes], bytes]


class Line(Protocol):
    """Counters are read by whoever reports them; `sequence` is that of the next packet."""

    sequence: int
    packets: int
    octets: int
    dropped: int

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        """One unit, now. False: none of it went out, and the viewer must wait for a keyframe."""
        ...


class _Packets:
    """Makes packets: header, encryption, numbers."""

    def __init__(self, protect: Protect, header: bytes, stamp_at: int) -> None:
        """`header` is an RTP header with its extensions and the marker bit of a last packet;
        `stamp_at` is where the three bytes of the time of sending stand in it, or -1."""
        self.sequence = self.packets = self.octets = self.dropped = 0
        self._protect, self._stamp_at = protect, stamp_at
        self._begin, self._kind = header[0], header[1]
        self._ssrc, self._extensions = header[8:12], header[12:]

    def _stamped(self, stamp: int) -> bytes:
        """The extensions with the time of sending."""
        if self._stamp_at < 0:
            return self._extensions
        at = self._stamp_at - 12
        return self._extensions[:at] + stamp.to_bytes(3, "big") + self._extensions[at + 3 :]

    def made(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> list[bytes]:
        tail = struct.pack("!L", timestamp) + self._ssrc + self._stamped(stamp)
        protect, sequence, last = self._protect, self.sequence, len(payloads) - 1
        packets = []
        for index, payload in enumerate(payloads):
            kind = self._kind if index == last else self._kind & 0x7F
            packets.append(
                protect(bytes((self._begin, kind, sequence >> 8, sequence & 255)) + tail + payload)
            )
            sequence = (sequence + 1) & 0xFFFF
        self.sequence = sequence
        self.packets += len(payloads)
        self.octets += sum(map(len, payloads))
        return packets


class Run(NamedTuple):
    """Packets that go to the kernel as one: of one size, but for a smaller last."""

    data: bytes
    """As they lie, one after the other, each with room for its trailer."""
    packets: list[tuple[int, Any, int]]
    """Where the numbers of each stand, where it begins, and its size without the trailer."""
    control: list[tuple[int, int, bytes]]
    """What tells the kernel to cut them apart."""


class Plans(threading.local):
    """The runs of the newest unit, made once for all lines whose headers look alike; one for
    each thread, for they point into its bench."""

    def __init__(self) -> None:
        self.made: dict[Any, list[Run]] = {}
        self.stamp = -1
        self.payloads: tuple[bytes, ...] = ()


_PLANS = Plans()


def run_lengths(sizes: list[int]) -> list[int]:
    """Cut packets of these sizes into runs that the kernel takes as one: how many are in each."""
    lengths: list[int] = []
    first = last = 0
    for size in sizes:
        if lengths and lengths[-1] < _MOST and last == first and size <= first:
            lengths[-1] += 1
        else:
            lengths.append(1)
            first = size
        last = size
    return lengths


class SocketLine(_Packets):
    """Straight to the socket; packets of one size as one where the kernel cuts them apart."""

    segments = sys.platform == "linux"

    def __init__(
        self, protect: Protect, header: bytes, stamp_at: int, way: socket.socket, address: Any
    ) -> None:
        super().__init__(protect, header, stamp_at)
        self._address, self._sendto, self._sendmsg = address, way.sendto, way.sendmsg
        self._number = int.from_bytes(self._ssrc, "big")
        self._look: tuple[Any, ...] = ()
        """What a run of this line has in common with those of others; known after a unit."""
        if isinstance(protect, Protector):
            self._keys = (protect.call, protect.srtp, protect.length, protect.room, protect.view)

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        if not self._look:
            self._send_slowly(timestamp, stamp, payloads)
            return True
        call, srtp, length, _, view = self._keys
        sequence, ssrc, put = self.sequence, self._number, _NUMBERS
        for data, packets, control in self._runs(stamp, payloads):
            view[: len(data)] = data
            failed = 0
            for at, where, size in packets:
                put(view, at, sequence, timestamp, ssrc)
                length[0] = size
                failed |= call(srtp, where, length)
                sequence = sequence + 1 & 0xFFFF
            try:
                if failed:
                    self.dropped += len(packets)
                elif len(packets) == 1:
                    self._sendto(view[: len(data)], self._address)
                elif not self.segments or not self._sent_as_one(view[: len(data)], control):
                    begin = 0
                    for _, _, size in packets:
                        end = begin + size + self._look[0]
                        self._sendto(view[begin:end], self._address)
                        begin = end
            except OSError:  # the socket takes no more: the viewer asks again for the rest
                self.dropped += len(packets)
        self.sequence = sequence
        self.packets += len(payloads)
        self.octets += sum(map(len, payloads))
        return True

    def _send_slowly(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> None:
        """The first unit, which shows what encryption adds to a packet; or, without our own
        way to libsrtp, all of them."""
        packets = self.made(timestamp, stamp, payloads)
        if isinstance(self._protect, Protector):
            trailer = len(packets[0]) - 12 - len(self._extensions) - len(payloads[0])
            self._look = trailer, self._begin, self._kind, self._extensions, self._stamp_at
        try:
            for packet in packets:
                self._sendto(packet, self._address)
        except OSError:
            self.dropped += len(packets)

    def _runs(self, stamp: int, payloads: tuple[bytes, ...]) -> list[Run]:
        plans = _PLANS
        if plans.payloads is not payloads or plans.stamp != stamp:
            plans.stamp, plans.payloads = stamp, payloads
            plans.made.clear()
        runs = plans.made.get(self._look)
        if runs is None:
            runs = plans.made[self._look] = self._planned(stamp, payloads)
        return runs

    def _planned(self, stamp: int, payloads: tuple[bytes, ...]) -> list[Run]:
        (trailer, begin, kind, *_), room = self._look, self._keys[3]
        tail = bytes(10) + self._stamped(stamp)  # the numbers are each line's own
        runs, index = [], 0
        for count in run_lengths([len(each) for each in payloads]):
            data, packets = b"", []
            for payload in payloads[index : index + count]:
                index += 1
                marker = kind if index == len(payloads) else kind & 0x7F
                packet = bytes((begin, marker)) + tail + payload
                packets.append((len(data) + 2, room + len(data), len(packet)))
                data += packet + bytes(trailer)
            segment = struct.pack("=H", packets[0][2] + trailer)
            runs.append(Run(data, packets, [(socket.IPPROTO_UDP, _SEGMENT, segment)]))
        return runs

    def _sent_as_one(self, packets: memoryview, control: list[tuple[int, int, bytes]]) -> bool:
        try:
            self._sendmsg((packets,), control, 0, self._address)
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
            self.segments = False  # not on this kernel or device: never again
            return False
        return True


class RelayLine(_Packets):
    """Through a relay (TURN), which aioice wraps and sends."""

    def __init__(
        self, protect: Protect, header: bytes, stamp_at: int, transport: Any, address: Any
    ) -> None:
        super().__init__(protect, header, stamp_at)
        self._transport, self._address = transport, address

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        if getattr(self._transport, "get_write_buffer_size", lambda: 0)() > STUCK_BYTES:
            self.dropped += len(payloads)
            return False
        for packet in self.made(timestamp, stamp, payloads):
            self._transport.sendto(packet, self._address)
        return True


class QueueLine:
    """Into a queue that aiortc's own send loop empties; that counts the packets itself."""

    def __init__(self) -> None:
        self.sequence = self.packets = self.octets = self.dropped = 0
        self.queue: asyncio.Queue[tuple[int, tuple[bytes, ...]]] = asyncio.Queue()

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        queue = self.queue
        if queue.qsize() >= DEPTH:
            while not queue.empty():
                queue.get_nowait()
            self.dropped += len(payloads)
            return False
        queue.put_nowait((timestamp, payloads))
        self.octets += sum(map(len, payloads))
        return True
