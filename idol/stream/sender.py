"""What sends ready units of one kind to one viewer: our own loop, or aiortc's as the fallback."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import random
import struct
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from aiortc import MediaStreamTrack, RTCRtpSender

from idol.clock import SAMPLE_RATE
from idol.stream import aiortc_private as private
from idol.stream.native import SendLoop
from idol.stream.rtp import VIDEO_CLOCK, Unit

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 (NTP) to 1970 (Unix), RFC 868."""
RING = 128
"""Sent pictures kept for retransmission: four seconds."""
AGAIN, AGAIN_BYTES = 0.3, 48 * 1024
"""What may be sent again: this share of what was sent, saved up to so many bytes. A narrow line
that loses much would drown in what is sent again."""
STUCK_BYTES = 256 * 1024
"""With this much unsent in its socket a viewer is stuck: drop to the next keyframe."""
ACCOUNT = SAMPLE_RATE // 4
"""How often the numbers of the next sender report are brought up to date; one goes each 1 s."""
_HEADER = struct.Struct("!BBHLL").pack

RequestKey = Callable[[], None]


class MediaTime(Protocol):
    """The part of a hub that a sender needs: media time now, and its zero as Unix time."""

    pts: int

    @property
    def wall_origin(self) -> float: ...


class _Payloads:
    """Stands where aiortc's encoder stands: hands our ready payloads through."""

    target_bitrate = 0
    """Set by aiortc to the receiver's estimate (REMB), in bits a second."""

    def pack(self, unit: Unit) -> tuple[list[bytes], int]:
        return list(unit.payloads), unit.timestamp


class Gate:
    """Which units of one kind a viewer gets: one rung at a time, each from a keyframe on."""

    def __init__(self, video: bool) -> None:
        self.video = video
        self.rung = 0
        self.target: int | None = 0
        """The rung that is wanted; None stops the picture."""
        self.need_key = video
        self._last = -1

    @property
    def rungs(self) -> frozenset[int]:
        """The rungs that must be encoded for this viewer."""
        return frozenset() if self.target is None else frozenset({self.rung, self.target})

    def take(self, unit: Unit) -> Unit | None:
        """The unit as this viewer should get it, or None."""
        if not self.video:
            return unit
        if unit.key and unit.rung == self.target:
            if unit.timestamp == self._last:
                # The larger picture of this moment went out already; two pictures of one
                # timestamp would be taken for one.
                unit = replace(unit, timestamp=(unit.timestamp + 1) & 0xFFFFFFFF)
            self.rung, self.need_key = unit.rung, False
        elif self.target is None:
            self.need_key = True
        if unit.rung != self.rung or self.need_key:
            return None
        self._last = unit.timestamp
        return unit


class DirectSender:
    """Sends units of one kind to one viewer straight away: protect, then sendto.

    RTP time has origin 0, so a page can map a frame's `rtpTimestamp` to media time. Where the
    package's C loop was built (`idol.stream.native`), a unit is one call of it.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        request_key: RequestKey,
        time_of: MediaTime,
        loop: SendLoop | None = None,
    ) -> None:
        self.dropped = self.retransmitted = 0
        self._loop = loop
        self.gate = Gate(sender.kind == "video")
        self._time, self._request_key = time_of, request_key
        self._estimate = _Payloads()
        self._ready = False
        self._sequence = random.randrange(32_768)  # the lower half: RFC 3711, 3.3.1
        self._rtx_sequence = random.randrange(32_768)
        self._sent: collections.deque[tuple[int, Unit]] = collections.deque(maxlen=RING)
        self._packets = self.octets = 0
        self._again = float(AGAIN_BYTES)
        self._accounted = -SAMPLE_RATE
        self._marker = 0x80 if self.gate.video else 0
        """On the last packet of a picture."""
        self._path: private.Path | None = None
        self._descriptor, self._sockaddr = -1, b""
        self._wire = private.Wire(sender, self._opened, self._closed, self._retransmit)
        private.put_encoder(sender, self._estimate)
        if self.gate.video:
            private.on_keyframe(sender, request_key)

    @property
    def estimate(self) -> int:
        """The viewer's estimate of what it can receive in bits a second; 0 if unknown."""
        return self._estimate.target_bitrate

    def forget_estimate(self) -> None:
        """Until the viewer tells the next."""
        self._estimate.target_bitrate = 0

    def _opened(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self._account(self._time.pts)
        self._extensions, self._stamp_at = self._wire.extensions()
        self._first_byte = 0x90 if self._extensions else 0x80
        self._ready = True
        if self.gate.video:
            self._request_key()

    def _closed(self) -> None:
        self._ready = False
        self._sent.clear()

    def push(self, unit: Unit) -> None:
        """Send one unit now, or drop it where the viewer cannot take it."""
        taken = self.gate.take(unit) if self._ready else None
        if taken is None:
            return
        unit = taken
        path = self._wire.path()
        if path is None:
            self.gate.need_key = self.gate.video
            return
        if path != self._path:
            self._take(path)
        sequence, count = self._sequence, len(unit.payloads)
        if self._loop is not None and self._descriptor >= 0:
            wire, kind = self._wire, self._payload_type | self._marker
            header = _HEADER(self._first_byte, kind, sequence, unit.timestamp, wire.ssrc)
            header += self._stamped_extensions()
            to, payloads = self._sockaddr, unit.payloads
            if self._loop.send(wire.srtp, self._descriptor, to, header, payloads) < count:
                self.dropped += 1  # the socket took no more: the viewer asks again for the rest
        elif not self._send(path, unit):
            return
        self._sequence = (sequence + count) & 0xFFFF
        if self.gate.video:
            if self._sent and self._sent[-1][1].rung != unit.rung:
                self._sent.clear()  # nothing before this keyframe is needed any more
            self._sent.append((sequence, unit))
            self._again = min(AGAIN_BYTES, self._again + AGAIN * unit.size)
        self._packets += count
        self.octets += unit.size
        if unit.pts - self._accounted >= ACCOUNT:
            self._account(unit.pts)

    def _take(self, path: private.Path) -> None:
        """ICE has chosen another path: is it a plain socket of our own, or a relay?"""
        self._path = path
        transport, address = path
        self._descriptor = -1
        socket = transport.get_extra_info("socket")
        if self._loop is not None and socket is not None:
            self._sockaddr = self._loop.address(socket.family, *address[:2])
            self._descriptor = socket.fileno()

    def _send(self, path: private.Path, unit: Unit) -> bool:
        """The same without the C loop."""
        transport, address = path
        unsent = getattr(transport, "get_write_buffer_size", lambda: 0)()  # a relay has none
        if unsent > STUCK_BYTES:
            self.gate.need_key = self.gate.video
            self.dropped += 1
            return False
        protect, sendto = self._wire.protect, transport.sendto
        extensions, sequence = self._stamped_extensions(), self._sequence
        last = len(unit.payloads) - 1
        for index, payload in enumerate(unit.payloads):
            kind = self._payload_type | (self._marker if index == last else 0)
            header = _HEADER(self._first_byte, kind, sequence, unit.timestamp, self._wire.ssrc)
            sendto(protect(header + extensions + payload), address)
            sequence = (sequence + 1) & 0xFFFF
        return True

    def _stamped_extensions(self) -> bytes:
        """The extensions with the time of sending, seconds as 6.18 bits fixed point."""
        at, whole = self._stamp_at, self._extensions
        if at < 0:
            return whole
        now = int(time.monotonic() * (1 << 18)) & 0xFFFFFF
        return whole[:at] + now.to_bytes(3, "big") + whole[at + 3 :]

    def _account(self, pts: int) -> None:
        """Sender reports say: this RTP time is that wall time. Both come from pts, so that
        sound and picture line up exactly whenever they were sent."""
        self._accounted = pts
        rate = VIDEO_CLOCK if self.gate.video else SAMPLE_RATE
        ntp = self._time.wall_origin + pts / SAMPLE_RATE + _NTP_EPOCH
        self._wire.account(self._packets, self.octets, ntp, pts * rate // SAMPLE_RATE)

    async def _retransmit(self, sequence: int) -> None:
        """Answer a NACK, wrapped by RFC 4588 where the viewer knows it."""
        path = self._wire.path() if self._ready else None
        if path is None:
            return
        for first, unit in reversed(self._sent):
            index = (sequence - first) & 0xFFFF
            if index < len(unit.payloads):
                break
        else:
            return
        wire, payload = self._wire, unit.payloads[index]
        if self._again < len(payload):
            return
        self._again -= len(payload)
        kind, ssrc = self._payload_type, wire.ssrc
        marker = self._marker if index == len(unit.payloads) - 1 else 0
        if wire.rtx_payload_type is not None:
            payload = struct.pack("!H", sequence) + payload
            kind, ssrc, sequence = wire.rtx_payload_type, wire.rtx_ssrc, self._rtx_sequence
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        header = _HEADER(self._first_byte, kind | marker, sequence, unit.timestamp, ssrc)
        self.retransmitted += 1
        packet = wire.protect(header + self._stamped_extensions() + payload)
        path[0].sendto(packet, path[1])


class _QueueTrack(MediaStreamTrack):  # type: ignore[misc]
    """Feeds ready units to an ordinary aiortc sender."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.queue: asyncio.Queue[Unit] = asyncio.Queue()
        super().__init__()

    async def recv(self) -> Unit:
        return await self.queue.get()


class QueuedSender:
    """The fallback: aiortc's own send loop, fed with payloads that were made once.

    Twice the cost of `DirectSender`, and RTP time has a random origin.
    """

    DEPTH = 30

    def __init__(self, sender: RTCRtpSender, request_key: RequestKey) -> None:
        self.dropped = self.retransmitted = self.octets = 0
        self.gate = Gate(sender.kind == "video")
        self._track = _QueueTrack(sender.kind)
        self._estimate = _Payloads()
        self._request_key = request_key
        sender.replaceTrack(self._track)
        private.put_encoder(sender, self._estimate)
        if self.gate.video:
            private.on_keyframe(sender, request_key)

    @property
    def estimate(self) -> int:
        return self._estimate.target_bitrate

    def forget_estimate(self) -> None:
        """Until the viewer tells the next."""
        self._estimate.target_bitrate = 0

    def push(self, unit: Unit) -> None:
        queue = self._track.queue
        taken = self.gate.take(unit)
        if taken is None:
            return
        if queue.qsize() >= self.DEPTH:
            with contextlib.suppress(asyncio.QueueEmpty):
                while True:
                    queue.get_nowait()
            self.gate.need_key = self.gate.video
            self.dropped += 1
            if self.gate.video:
                self._request_key()
            return
        queue.put_nowait(taken)
        self.octets += unit.size
