"""Every private name of aiortc and aioice that we use, in this one file.

Why: aiortc encodes and sends in a task per viewer, which costs ten times what a viewer must
cost here. We keep its ICE, DTLS, RTCP and SDP and replace the part between a ready payload
and the socket. The names have not changed from aiortc 1.5 to the pinned 1.16, and
tests/stream/test_aiortc_contract.py fails the day they do; then `DirectSender` is not used
and every viewer falls back to `QueuedSender`, which needs one name.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
import time
from collections.abc import Callable
from typing import Any

import aioice.ice
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, rtp

from idol.clock import SAMPLE_RATE
from idol.stream.rtp import VIDEO_CLOCK, Unit

_SENDER = "_RTCRtpSender__"
_SENDER_NAMES = (
    "encoder",
    "mid",
    "ntp_timestamp",
    "octet_count",
    "packet_count",
    "rtp_exited",
    "rtp_header_extensions_map",
    "rtp_started",
    "rtp_timestamp",
    "rtx_payload_type",
)
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 (NTP) to 1970 (Unix), RFC 868."""
RING = 512
"""Sent packets kept for retransmission: about 3 s of picture."""
STUCK_BYTES = 256 * 1024
"""With this much unsent in its socket a viewer is stuck: drop to the next keyframe."""
_HEADER = struct.Struct("!BBHLL").pack

RequestKey = Callable[[], None]


def direct_supported() -> bool:
    """Whether this aiortc has every private name that `DirectSender` uses."""
    sender = RTCRtpSender.__dict__
    return all(name in sender for name in ("_run_rtp", "_retransmit", "_send_keyframe")) and all(
        _SENDER + name in RTCRtpSender.__init__.__code__.co_names for name in _SENDER_NAMES
    )


def offer_addresses(*, loopback: bool, addresses: tuple[str, ...] = ()) -> None:
    """Choose the addresses that every later connection of this process offers.

    aioice leaves 127.0.0.1 out, so a page on the same machine could not connect where the
    machine has no other address. `addresses` replaces what the machine says of itself.
    """
    found = getattr(aioice.ice.get_host_addresses, "__wrapped__", aioice.ice.get_host_addresses)

    def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        listed = list(addresses) or list(found(use_ipv4=use_ipv4, use_ipv6=use_ipv6))
        if loopback and "127.0.0.1" not in listed:
            listed.append("127.0.0.1")
        return listed

    host_addresses.__wrapped__ = found  # type: ignore[attr-defined]
    aioice.ice.get_host_addresses = host_addresses


def received_packets(connection: RTCPeerConnection) -> int:
    """RTCP and DTLS packets that came from the viewer: it lives while this number grows."""
    transports = {sender.transport for sender in connection.getSenders()}
    return sum(getattr(each, "_RTCDtlsTransport__rx_packets", 0) for each in transports)


async def close(connection: RTCPeerConnection) -> None:
    """Close a connection for good, in whatever state it is.

    aiortc starts its senders a moment after it says "connected", and also where it was closed
    meanwhile; nothing would ever stop those. So: none may start from now on, and those that
    started while it closed are stopped.
    """

    async def not_any_more(parameters: object) -> None: ...

    senders = connection.getSenders()
    for sender in senders:
        sender.send = not_any_more
        sender.transport.transport.start = not_any_more
    await connection.close()
    for sender in senders:
        await sender.stop()


class SilentTrack(MediaStreamTrack):  # type: ignore[misc]
    """Stands where aiortc wants a track; nothing is ever read from it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__()

    async def recv(self) -> Any:
        await asyncio.Event().wait()


class _Payloads:
    """Stands where aiortc's encoder stands: hands our ready payloads through."""

    target_bitrate = 0
    """Set by aiortc to the receiver's estimate (REMB), in bits a second."""

    def pack(self, unit: Unit) -> tuple[list[bytes], int]:
        return list(unit.payloads), unit.timestamp


class DirectSender:
    """Sends units of one kind to one viewer straight away: protect, then sendto.

    RTP time has origin 0, so a page can map a frame's `rtpTimestamp` to media time.
    """

    def __init__(self, sender: RTCRtpSender, request_key: RequestKey, hub: Any) -> None:
        self.dropped = self.retransmitted = 0
        self._sender, self._hub, self._request_key = sender, hub, request_key
        self._video = sender.kind == "video"
        self._estimate = _Payloads()
        self._ready = False
        self._need_key = self._video
        self._sequence = random.randrange(32_768)  # the lower half: RFC 3711, 3.3.1
        self._rtx_sequence = random.randrange(32_768)
        self._ring: list[tuple[int, bytes, bytes] | None] = [None] * RING
        self._packets = self._octets = 0
        sender._run_rtp = self._run
        sender._retransmit = self._retransmit
        self._put("encoder", self._estimate)
        if self._video:
            sender._send_keyframe = request_key

    @property
    def estimate(self) -> int:
        """The viewer's estimate of what it can receive in bits a second; 0 if unknown."""
        return self._estimate.target_bitrate

    def _get(self, name: str) -> Any:
        return getattr(self._sender, _SENDER + name)

    def _put(self, name: str, value: Any) -> None:
        setattr(self._sender, _SENDER + name, value)

    async def _run(self, codec: Any) -> None:
        """Takes the place of aiortc's send loop; only waits until it is cancelled."""
        self._dtls = self._sender.transport
        self._ice = self._dtls.transport._connection
        self._payload_type: int = codec.payloadType
        self._ssrc: int = self._sender._ssrc
        self._mark_time(self._hub.pts)
        self._extensions, self._stamp_at = self._header_extensions()
        self._first_byte = 0x90 if self._extensions else 0x80
        self._ready = True
        if self._video:
            self._request_key()
        self._get("rtp_started").set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
        finally:
            self._ready = False
            self._ring = [None] * RING
            if self._sender.track:
                self._sender.track.stop()
            self._get("rtp_exited").set()

    def _header_extensions(self) -> tuple[bytes, int]:
        """Extension bytes, and where the three bytes of abs-send-time stand in them, or -1."""
        stand_in = 0x0A5A55
        extensions = rtp.HeaderExtensions()
        extensions.mid = self._get("mid")
        if self._video:
            extensions.abs_send_time = stand_in
        profile, value = self._get("rtp_header_extensions_map").set(extensions)
        if not value:
            return b"", -1
        whole = struct.pack("!HH", profile, len(value) // 4) + value
        return whole, whole.find(stand_in.to_bytes(3, "big"))

    def push(self, unit: Unit) -> None:
        """Send one unit now, or drop it where the viewer cannot take it."""
        if not self._ready:
            return
        pair = self._ice._nominated.get(1)
        if pair is None:
            return
        transport = pair.protocol.transport
        if self._need_key and not unit.key:
            return
        if transport.get_write_buffer_size() > STUCK_BYTES:
            self._need_key = self._video
            self.dropped += 1
            return
        self._need_key = False
        protect, address = self._dtls._tx_srtp.protect, pair.remote_addr
        extensions = self._stamped_extensions()
        last = len(unit.payloads) - 1
        sequence = self._sequence
        for index, payload in enumerate(unit.payloads):
            kind = self._payload_type | (0x80 if index == last else 0)
            header = _HEADER(self._first_byte, kind, sequence, unit.timestamp, self._ssrc)
            transport.sendto(protect(header + extensions + payload), address)
            if self._video:
                self._ring[sequence % RING] = (sequence, header, payload)
            sequence = (sequence + 1) & 0xFFFF
            self._octets += len(payload)
        self._sequence = sequence
        self._packets += last + 1
        self._put("packet_count", self._packets)
        self._put("octet_count", self._octets)
        self._mark_time(unit.pts)

    def _stamped_extensions(self) -> bytes:
        """The extensions with the time of sending, seconds as 6.18 bits fixed point."""
        at, whole = self._stamp_at, self._extensions
        if at < 0:
            return whole
        now = int(time.monotonic() * (1 << 18)) & 0xFFFFFF
        return whole[:at] + now.to_bytes(3, "big") + whole[at + 3 :]

    def _mark_time(self, pts: int) -> None:
        """Sender reports say: this RTP time is that wall time. Both come from pts, so that
        sound and picture line up exactly whenever they were sent."""
        clock = VIDEO_CLOCK if self._video else SAMPLE_RATE
        ntp = self._hub.wall_origin + pts / SAMPLE_RATE + _NTP_EPOCH
        self._put("ntp_timestamp", int(ntp * (1 << 32)))
        self._put("rtp_timestamp", (pts * clock // SAMPLE_RATE) & 0xFFFFFFFF)

    async def _retransmit(self, sequence: int) -> None:
        """Answer a NACK, wrapped by RFC 4588 where the viewer knows it."""
        sent = self._ring[sequence % RING]
        pair = self._ice._nominated.get(1) if self._ready else None
        if sent is None or sent[0] != sequence or pair is None:
            return
        _, header, payload = sent
        rtx = self._get("rtx_payload_type")
        if rtx is not None:
            payload = struct.pack("!H", sequence) + payload
            first, kind, _, timestamp, _ = struct.unpack("!BBHLL", header)
            ssrc = self._sender._rtx_ssrc
            header = _HEADER(first, rtx | (kind & 0x80), self._rtx_sequence, timestamp, ssrc)
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        self.retransmitted += 1
        packet = self._dtls._tx_srtp.protect(header + self._stamped_extensions() + payload)
        pair.protocol.transport.sendto(packet, pair.remote_addr)


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
        self.dropped = self.retransmitted = 0
        self._track = _QueueTrack(sender.kind)
        self._estimate = _Payloads()
        self._video = sender.kind == "video"
        self._need_key = self._video
        self._request_key = request_key
        sender.replaceTrack(self._track)
        setattr(sender, _SENDER + "encoder", self._estimate)
        if self._video:
            sender._send_keyframe = request_key

    @property
    def estimate(self) -> int:
        return self._estimate.target_bitrate

    def push(self, unit: Unit) -> None:
        queue = self._track.queue
        if self._need_key and not unit.key:
            return
        self._need_key = False
        if queue.qsize() >= self.DEPTH:
            with contextlib.suppress(asyncio.QueueEmpty):
                while True:
                    queue.get_nowait()
            self._need_key = self._video
            self.dropped += 1
            if self._video:
                self._request_key()
            return
        queue.put_nowait(unit)
