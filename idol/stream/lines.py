"""The way to one viewer for one kind of media, in Python: what `native/_sendloop.c` does in C."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Protocol

STUCK_BYTES = 256 * 1024
"""With this much unsent on the way to its relay a viewer is stuck: drop to the next keyframe."""
DEPTH = 30
"""Pictures that wait for aiortc's own send loop before it counts as stuck."""
_SEGMENT, _MOST = 103, 40
"""UDP_SEGMENT of Linux, and the packets that one such call takes: less than 64 KiB."""
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

    def made(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> list[bytes]:
        tail = self._extensions
        if self._stamp_at >= 0:
            at = self._stamp_at - 12
            tail = tail[:at] + stamp.to_bytes(3, "big") + tail[at + 3 :]
        tail = struct.pack("!L", timestamp) + self._ssrc + tail
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


class SocketLine(_Packets):
    """Straight to the socket; packets of one size as one where the kernel cuts them apart."""

    segments = sys.platform == "linux"

    def __init__(
        self, protect: Protect, header: bytes, stamp_at: int, way: socket.socket, address: Any
    ) -> None:
        super().__init__(protect, header, stamp_at)
        self._way, self._address = way, address

    def send(self, timestamp: int, stamp: int, payloads: tuple[bytes, ...]) -> bool:
        packets = self.made(timestamp, stamp, payloads)
        for at in range(0, len(packets), _MOST):
            part = packets[at : at + _MOST]
            try:
                if not self._sent_as_one(part):
                    for packet in part:
                        self._way.sendto(packet, self._address)
            except OSError:  # the socket takes no more: the viewer asks again for the rest
                self.dropped += len(part)
        return True

    def _sent_as_one(self, packets: list[bytes]) -> bool:
        size = len(packets[0])
        if not self.segments or len(packets) < 2 or len(packets[-1]) > size:
            return False
        if any(len(packet) != size for packet in packets[:-1]):
            return False
        control = [(socket.IPPROTO_UDP, _SEGMENT, struct.pack("=H", size))]
        try:
            self._way.sendmsg(packets, control, 0, self._address)
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
