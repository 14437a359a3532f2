"""What ties one kind of media to one viewer: aiortc's sender on one side, the fan on the other."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
from collections.abc import Callable
from typing import Protocol

from aiortc import MediaStreamTrack, RTCRtpSender

from idol.clock import SAMPLE_RATE
from idol.stream import aiortc_private as private
from idol.stream import rtcp
from idol.stream.fan import Fan, Seat
from idol.stream.lines import Line, QueueLine, RelayLine, SocketLine
from idol.stream.native import NativeLine, SendLoop
from idol.stream.rtp import MAX_PAYLOAD, VIDEO_CLOCK

_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 (NTP) to 1970 (Unix), RFC 868."""
AGAIN, AGAIN_BYTES = 0.3, 48 * 1024
"""What may be sent again: this share of what was sent, saved up to so many bytes. A narrow line
that loses much would drown in what is sent again."""
_HEADER = struct.Struct("!BBHLL").pack
_PADDING = 255
"""Bytes of a packet that is all padding: its last one counts them."""
_SPREAD = 4
"""Packets of padding at least in the time of one picture, to tell how many are lost; larger ones
rather than more, of which a slow machine loses some on any line."""

RequestKey = Callable[[], None]
Reported = Callable[[int, int], None]
"""Takes the packets lost so far, and the highest sequence number that came."""


class MediaTime(Protocol):
    """The part of a hub that a sender needs: media time now, and its zero as Unix time."""

    pts: int

    @property
    def wall_origin(self) -> float: ...


class _Sender:
    """What both ways have in common."""

    def __init__(self, sender: RTCRtpSender, fan: Fan) -> None:
        self.video = sender.kind == "video"
        self.seat = Seat()
        self.native: NativeLine | None = None
        self.line: Line | None = None
        self.retransmitted = self.padded = 0
        self._fan = fan
        self._estimate = private.Estimate()

    @property
    def now(self) -> NativeLine | Line | None:
        """Its line, of whatever kind."""
        return self.native or self.line

    @property
    def dropped(self) -> int:
        """Packets that could not be sent."""
        return self.now.dropped if self.now else 0

    @property
    def octets(self) -> int:
        """Of payload, sent so far."""
        return self.now.octets + self.padded if self.now else 0

    @property
    def estimate(self) -> int:
        """The viewer's estimate of what it can receive in bits a second; 0 if unknown."""
        return self._estimate.target_bitrate

    def pad(self, octets: int) -> None:
        """Send so many besides, which the viewer throws away."""

    def forget_estimate(self) -> None:
        """Until the viewer tells the next."""
        self._estimate.target_bitrate = 0


class DirectSender(_Sender):
    """Sends units straight away, with aiortc's keys and path but without its tasks.

    RTP time has origin 0, so a page can map a frame's `rtpTimestamp` to media time. Where the
    package's C loop was built (`idol.stream.native`), its lines are used.
    """

    def __init__(
        self,
        sender: RTCRtpSender,
        fan: Fan,
        request_key: RequestKey,
        reported: Reported,
        time_of: MediaTime,
        loop: SendLoop | None = None,
    ) -> None:
        super().__init__(sender, fan)
        self._loop, self._time = loop, time_of
        self._request_key, self._reported = request_key, reported
        self._rtx_sequence = random.randrange(32_768)
        self._again, self._paid = float(AGAIN_BYTES), 0
        self._tried = (0, 0)
        """The last report of what was sent again or on trial."""
        self._path: private.Path | None = None
        self._way: socket.socket | None = None
        self._over = self._reported_once = False
        self._wire = private.Wire(sender, self._opened, self._closed, self._heard)
        self._reports = random.randrange(2)

    def end(self) -> None:
        """The viewer has left; nothing is sent from now on, and nothing begins."""
        self._over = True
        self._fan.close(self)

    def _opened(self, payload_type: int) -> None:
        if self._over:
            return
        extensions, stamp_at = self._wire.extensions()
        self._stamp_at = stamp_at + 12 if stamp_at >= 0 else -1
        self._kind = payload_type | (0x80 if self.video else 0)  # the marker of a last packet
        first = 0x90 if extensions else 0x80
        self._header = _HEADER(first, self._kind, 0, 0, self._wire.ssrc) + extensions
        self.refresh(self._time.pts)
        self._fan.open(self)

    def _closed(self) -> None:
        self._fan.close(self)
        if self._way is not None:
            self._send_rtcp(self._sender_report(self._time.pts) + rtcp.goodbye(self._wire.ssrc))
            self._way.close()
            self._way = None

    def _heard(self, found: rtcp.Feedback, ssrc: int) -> None:
        if (bits := found.estimates.get(ssrc)) is not None:
            self._estimate.target_bitrate = bits
        if self.video:
            if self.seat.target is None:  # what is sent on trial is all that can be reported
                self._tried = found.reports.get(self._wire.rtx_ssrc, self._tried)
                self._reported(*self._tried)
            elif (report := found.reports.get(ssrc)) is not None:
                self._reported(*report)
            for sequence in found.missing.get(ssrc, ()):
                self._resend(sequence)
            if ssrc in found.keys:
                self._request_key()

    def refresh(self, pts: int) -> None:
        path = self._wire.path()
        if path != self._path:
            moved, self._path = self.now is not None, path
            if path is None:
                self._fan.lost(self)
            else:
                self._take(path)
                if moved and self.video:
                    self._request_key()  # what went the old way meanwhile is lost
        now = self.now
        if now is None:
            return
        # At most one second apart, the first as soon as there is something to report; half of
        # all viewers' go out at a time.
        self._reports += 1
        if now.packets and (self._reports % 2 or not self._reported_once):
            self._reported_once = True
            self._send_rtcp(self._sender_report(pts))

    def _sender_report(self, pts: int) -> bytes:
        # It says: this RTP time is that wall time. Both come from pts, so that sound and picture
        # line up exactly whenever they were sent.
        now, wire = self.now, self._wire
        assert now is not None
        rate = VIDEO_CLOCK if self.video else SAMPLE_RATE
        ntp = self._time.wall_origin + pts / SAMPLE_RATE + _NTP_EPOCH
        return rtcp.sender_report(
            wire.ssrc,
            int(ntp * (1 << 32)),
            pts * rate // SAMPLE_RATE,
            now.packets,
            now.octets,
            wire.name,
        )

    def _send_rtcp(self, packet: bytes) -> None:
        if self._path is None:
            return
        (transport, address), packet = self._path, self._wire.protect_rtcp(packet)
        if self._way is None:
            transport.sendto(packet, address)
        else:  # ours is open even where aioice's was torn away
            with contextlib.suppress(OSError):
                self._way.sendto(packet, address[:2])

    def _take(self, path: private.Path) -> None:
        """ICE has chosen another path: is it a plain socket of our own, or a relay?"""
        transport, address = path
        before = self.now
        way: socket.socket | None = None
        if (found := transport.get_extra_info("socket")) is not None:
            way = found.dup()  # ours, so that its number means no other socket before we close it
            way.setblocking(False)
        if way is not None and self._loop is not None:
            self.native = self._loop.Line(self._wire.srtp, self._header, self._stamp_at)
            self.native.aim(way.fileno(), way.family, *address[:2])
        else:
            self.native = None
            protect, header, at = self._wire.protect, self._header, self._stamp_at
            self.line = (
                RelayLine(protect, header, at, transport, address)
                if way is None
                else SocketLine(protect, header, at, way, address)
            )
        now = self.now
        assert now is not None
        # The lower half at first: RFC 3711, 3.3.1.
        now.sequence = before.sequence if before else random.randrange(32_768)
        if before:
            now.packets, now.octets, now.dropped = before.packets, before.octets, before.dropped
        if self._way is not None:
            self._way.close()
        self._way = way
        self._fan.moved(self)

    def _resend(self, sequence: int) -> None:
        """Answer a NACK."""
        found = self._fan.sent(self, sequence)
        if found is None:
            return
        sent = self.now.octets if self.now else 0
        self._again = min(AGAIN_BYTES, self._again + AGAIN * (sent - self._paid))
        self._paid = sent
        if self._again >= len(found[1]):
            self._again -= len(found[1])
            self.retransmitted += 1
            self._send_again(sequence, *found)

    def pad(self, octets: int) -> None:
        now, back = self.now, 0
        if self._wire.rtx_payload_type is None:
            return  # a second packet of the same number would be nothing to count
        if self.seat.rung is None:
            self._pad_only(octets)
            return
        while now is not None and octets > 0:
            back += 1
            found = self._fan.sent(self, now.sequence - back & 0xFFFF)
            if found is None:
                return
            self._send_again(now.sequence - back & 0xFFFF, *found)
            self.padded += len(found[1])
            octets -= len(found[1])

    def _pad_only(self, octets: int) -> None:
        """Packets of nothing but padding (RFC 3550, 5.1): there are no old ones to send. What is
        above 255 bytes of it are zeros among the header extensions (RFC 8285, 4.2)."""
        more = min(MAX_PAYLOAD, octets // _SPREAD) - _PADDING
        filler = b"\0" * (more & ~3) if more > 0 and len(self._header) > 12 else b""
        while octets > 0:
            self._send_rtx(b"\0" * (_PADDING - 1) + bytes([_PADDING]), 0, filler=filler)
            self.padded += _PADDING + len(filler)
            octets -= _PADDING + len(filler)

    def _send_again(self, sequence: int, timestamp: int, payload: bytes, last: bool) -> None:
        """A packet once more, wrapped by RFC 4588 where the viewer knows it."""
        if self._wire.rtx_payload_type is None:
            marker = 0x80 if last and self.video else 0
            self._send_one(
                self._kind & 0x7F | marker, sequence, timestamp, self._wire.ssrc, payload
            )
        else:
            payload = struct.pack("!H", sequence) + payload
            self._send_rtx(payload, timestamp, last=last and self.video)

    def _send_rtx(
        self, payload: bytes, timestamp: int, *, last: bool = False, filler: bytes | None = None
    ) -> None:
        kind, sequence = self._wire.rtx_payload_type, self._rtx_sequence
        if kind is None:
            return
        self._rtx_sequence = (sequence + 1) & 0xFFFF
        kind |= 0x80 if last else 0
        self._send_one(kind, sequence, timestamp, self._wire.rtx_ssrc, payload, filler=filler)

    def _send_one(
        self,
        kind: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        payload: bytes,
        *,
        filler: bytes | None = None,
    ) -> None:
        """`filler`: the payload is all padding, and so many zeros go before it."""
        if self._path is None:
            return
        first = self._header[0] | (0x20 if filler is not None else 0)
        header = _HEADER(first, kind, sequence, timestamp, ssrc)
        extensions = self._header[12:]
        if self._stamp_at >= 0:
            at = self._stamp_at - 12
            extensions = (
                extensions[:at] + self._fan.stamp().to_bytes(3, "big") + extensions[at + 3 :]
            )
        if filler:
            words = int.from_bytes(extensions[2:4], "big") + len(filler) // 4
            extensions = extensions[:2] + words.to_bytes(2, "big") + extensions[4:] + filler
        self._path[0].sendto(self._wire.protect(header + extensions + payload), self._path[1])


class _QueueTrack(MediaStreamTrack):  # type: ignore[misc]
    """Feeds ready units to an ordinary aiortc sender."""

    def __init__(self, kind: str, line: QueueLine) -> None:
        self.kind = kind
        self._line = line
        super().__init__()

    async def recv(self) -> tuple[int, tuple[bytes, ...]]:
        return await self._line.queue.get()


class QueuedSender(_Sender):
    """The fallback: aiortc's own send loop, fed with payloads that were made once.

    Three times the cost of `DirectSender`, and RTP time has a random origin.
    """

    def __init__(
        self, sender: RTCRtpSender, fan: Fan, request_key: RequestKey, reported: Reported
    ) -> None:
        super().__init__(sender, fan)
        self.line = line = QueueLine()
        sender.replaceTrack(_QueueTrack(sender.kind, line))
        private.put_encoder(sender, self._estimate)
        if self.video:
            private.on_keyframe(sender, request_key)
            private.on_report(sender, reported)

    def begin(self) -> None:
        """The transport is up."""
        self._fan.open(self)

    def end(self) -> None:
        """The viewer has left."""
        self._fan.close(self)

    def refresh(self, pts: int) -> None:
        """aiortc counts by itself."""
