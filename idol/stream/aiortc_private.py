"""Every private name of aiortc, aioice and pylibsrtp that we use, in this one file.

Why: aiortc encodes and sends in a task per viewer, which costs ten times what a viewer must
cost here. We keep its ICE, DTLS and SDP and replace the part between a ready payload and the
socket, and the RTCP of those who only send. The names have not changed from aiortc 1.5 to the
pinned 1.16, and tests/stream/test_aiortc_contract.py fails the day they do; then `DirectSender`
is not used and every viewer falls back to `QueuedSender`, which needs one name.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import aioice.ice
import pylibsrtp
from aioice.utils import random_string
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCCertificate,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    rtcrtpreceiver,
    rtp,
)
from aiortc.rtcdtlstransport import SRTP_AEAD_AES_128_GCM, SRTP_PROFILES
from OpenSSL import SSL
from pylibsrtp import _binding

from idol.stream import rtcp

_SENDER = "_RTCRtpSender__"
_SENDER_NAMES = (
    "cname",
    "encoder",
    "mid",
    "rtcp_exited",
    "rtcp_started",
    "rtp_exited",
    "rtp_header_extensions_map",
    "rtp_started",
    "rtx_payload_type",
)
_METHODS = ("_run_rtp", "_run_rtcp", "_send_keyframe", "_handle_rtcp_packet")

ADDRESSES_S = 10.0
"""How long the machine's list of its own addresses is believed: reading it takes milliseconds."""
CERTIFICATE_S = 86_400.0
"""Seconds after which new connections get another certificate."""
_GCM_FIRST = sorted(SRTP_PROFILES, key=lambda each: each is not SRTP_AEAD_AES_128_GCM)

Path = tuple[Any, tuple[str, int]]
"""The datagram transport and the viewer's address."""


def direct_supported() -> bool:
    """Whether this aiortc has every private name that `DirectSender` uses."""
    sender = RTCRtpSender.__dict__
    return all(name in sender for name in _METHODS) and all(
        _SENDER + name in RTCRtpSender.__init__.__code__.co_names for name in _SENDER_NAMES
    )


def srtp_protect() -> int:
    """The address of libsrtp's `srtp_protect`, for the native send loop; 0 if it is not that
    of libsrtp 2, (session, packet, length) -> status."""
    ffi = _binding.ffi
    try:
        function = ffi.addressof(_binding.lib, "srtp_protect")
        kind = ffi.typeof(function)
        known = [each.kind for each in kind.args] == ["pointer"] * 3
        return int(ffi.cast("uintptr_t", function)) if known else 0
    except (AttributeError, TypeError):
        return 0


class Bench(threading.local):
    """Room in which the packets of a unit are protected where they lie; one for each thread."""

    def __init__(self) -> None:
        self.room = _binding.ffi.new("unsigned char[]", 65_536)
        self.view = memoryview(_binding.ffi.buffer(self.room))
        self.length = _binding.ffi.new("int *")


_BENCH = Bench()


class Protector:
    """`session.protect` of pylibsrtp without what it does besides: a third of its time."""

    def __init__(self, session: Any, call: Callable[[Any, Any, Any], int]) -> None:
        self._session = session  # kept alive as long as its keys are used
        self.call, self.srtp = call, session._srtp[0]
        self.room, self.view, self.length = _BENCH.room, _BENCH.view, _BENCH.length

    def __call__(self, packet: bytes) -> bytes:
        size = len(packet)
        if size > 2048 - 144:  # SRTP_MAX_TRAILER_LEN
            raise ValueError("packet is too long")
        self.view[:size] = packet
        self.length[0] = size
        if self.call(self.srtp, self.room, self.length):
            raise ValueError("srtp_protect failed")
        return bytes(self.view[: self.length[0]])


def protector(session: Any) -> Callable[[bytes], bytes]:
    """The quick way to protect, or that of pylibsrtp where its libsrtp is another one."""
    call = getattr(_binding.lib, "srtp_protect", None)
    usual: Callable[[bytes], bytes] = session.protect
    return Protector(session, call) if call is not None and srtp_protect() else usual


def offer_addresses(*, loopback: bool, addresses: tuple[str, ...] = ()) -> None:
    """Choose the addresses that every later connection of this process offers.

    aioice leaves 127.0.0.1 out, so a page on the same machine could not connect where the
    machine has no other address. `addresses` replaces what the machine says of itself.
    """
    found = getattr(aioice.ice.get_host_addresses, "__wrapped__", aioice.ice.get_host_addresses)
    known: list[str] = []
    asked_at = float("-inf")

    def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        nonlocal known, asked_at
        if not addresses and time.monotonic() - asked_at > ADDRESSES_S:
            known = list(found(use_ipv4=use_ipv4, use_ipv6=use_ipv6))
            asked_at = time.monotonic()
        listed = list(addresses or known)
        if loopback and "127.0.0.1" not in listed:
            listed.append("127.0.0.1")
        return listed

    host_addresses.__wrapped__ = found  # type: ignore[attr-defined]
    aioice.ice.get_host_addresses = host_addresses


class Certificate(RTCCertificate):  # type: ignore[misc]
    """One for many connections: what aiortc makes of it for each anew is made once."""

    def getFingerprints(self) -> Any:
        if "fingerprints" not in self.__dict__:
            self.__dict__["fingerprints"] = super().getFingerprints()
        return self.__dict__["fingerprints"]

    def _create_ssl_context(self, srtp_profiles: Any) -> Any:
        if "context" not in self.__dict__:
            context = super()._create_ssl_context(srtp_profiles=_GCM_FIRST)
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # no viewer comes back to one
            self.__dict__["context"] = context
        return self.__dict__["context"]


class Connections:
    """Makes the connections of one server, which only ever send."""

    def __init__(self) -> None:
        self._certificate: Certificate | None = None
        self._made_at = 0.0

    def new(self, servers: list[RTCIceServer], *, bundled: bool) -> RTCPeerConnection:
        """A connection; `bundled`: the viewer takes all kinds on one transport."""
        if self._certificate is None or time.monotonic() - self._made_at > CERTIFICATE_S:
            self._certificate, self._made_at = Certificate.generateCertificate(), time.monotonic()
        policy = RTCBundlePolicy.MAX_BUNDLE if bundled else RTCBundlePolicy.BALANCED
        # An empty list matters: aiortc's default asks a public STUN server, 5 s when offline.
        connection = RTCPeerConnection(RTCConfiguration(iceServers=servers, bundlePolicy=policy))
        connection._RTCPeerConnection__certificates = [self._certificate]
        return connection


@contextlib.contextmanager
def sending_only() -> Iterator[None]:
    """Transceivers made meanwhile get no estimator of what they receive: it is a thousand
    objects, and nothing is received."""
    made = rtcrtpreceiver.RemoteBitrateEstimator
    rtcrtpreceiver.RemoteBitrateEstimator = lambda: None
    try:
        yield
    finally:
        rtcrtpreceiver.RemoteBitrateEstimator = made


def be_asked_for_keys(connection: RTCPeerConnection, offer: str) -> None:
    """Let the viewer begin DTLS, once its offer is applied and if that lets us: who is asked
    chooses the cipher, and browsers prefer AES with SHA-1, which costs more than GCM."""
    if "a=setup:passive" in offer:
        return
    for sender in connection.getSenders():
        dtls = sender.transport
        dtls._srtp_profiles = _GCM_FIRST
        if dtls._role == "auto":
            dtls._set_role("server")


def viewers_name(connection: RTCPeerConnection) -> str | None:
    """The user name (ICE ufrag) that the viewer goes by now."""
    names = {
        sender.transport.transport._connection.remote_username for sender in connection.getSenders()
    }
    return names.pop() if names else None


def restart_ice(connection: RTCPeerConnection, name: str, password: str) -> tuple[str, str]:
    """Begin ICE anew on the same sockets (RFC 8445, 9), with the viewer's new credentials;
    returns ours. Media goes on by the old path until the viewer has chosen another."""
    ours = (random_string(4), random_string(22))
    for transport in {sender.transport.transport for sender in connection.getSenders()}:
        ice = transport._connection
        for pair in ice._check_list:
            if pair.task is not None:
                pair.task.cancel()
        ice._check_list.clear()
        ice._remote_candidates.clear()
        ice._local_username, ice._local_password = ours
        ice.remote_username, ice.remote_password = name, password
    return ours


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


class Estimate:
    """Stands where aiortc's encoder stands: hands ready payloads through."""

    target_bitrate = 0
    """Set by aiortc to the receiver's estimate (REMB), in bits a second."""

    def pack(self, ready: tuple[int, tuple[bytes, ...]]) -> tuple[list[bytes], int]:
        """`ready` is what the sender's track gave: RTP time and payloads."""
        return list(ready[1]), ready[0]


def put_encoder(sender: RTCRtpSender, encoder: object) -> None:
    """Stand in for aiortc's encoder: `pack(unit)` and a settable `target_bitrate`."""
    setattr(sender, _SENDER + "encoder", encoder)


def on_keyframe(sender: RTCRtpSender, ask: Callable[[], None]) -> None:
    """Be called where the viewer asks for a keyframe (PLI, FIR)."""
    sender._send_keyframe = ask


def on_report(sender: RTCRtpSender, tell: Callable[[int, int], None]) -> None:
    """Be told the packets lost so far and the highest sequence number that came, with each
    receiver report."""
    handle = sender._handle_rtcp_packet

    async def handle_rtcp_packet(packet: Any) -> None:
        await handle(packet)
        for report in getattr(packet, "reports", ()):
            if report.ssrc == sender._ssrc:
                tell(report.packets_lost, report.highest_sequence)

    sender._handle_rtcp_packet = handle_rtcp_packet


def _listen(dtls: Any, ears: dict[int, Callable[[rtcp.Feedback, int], None]]) -> None:
    """Give what comes by RTCP straight from the socket to who is in `ears`, by SSRC; aiortc would
    queue it, wake a task and read it into objects first."""
    ice = dtls.transport._connection
    queue = ice.data_received

    def received(data: bytes, component: int) -> None:
        if len(data) < 8 or not (127 < data[0] < 192 and 191 < data[1] < 224) or not dtls._rx_srtp:
            queue(data, component)
            return
        try:
            found = rtcp.read(dtls._rx_srtp.unprotect_rtcp(data))
        except (pylibsrtp.Error, ValueError):
            return  # not from the viewer, or nothing that we could read
        dtls._RTCDtlsTransport__rx_packets += 1
        for ssrc, ear in list(ears.items()):
            ear(found, ssrc)

    ice.data_received = received


class Wire:
    """The private side of one sender whose send loop is ours: its keys, path and feedback."""

    def __init__(
        self,
        sender: RTCRtpSender,
        opened: Callable[[int], None],
        closed: Callable[[], None],
        heard: Callable[[rtcp.Feedback, int], None],
    ) -> None:
        """`opened(payload type)` is called when packets may flow, `closed()` when no longer,
        `heard` with whatever the viewer says and the SSRC of this sender."""
        self._sender, self._opened, self._closed, self._heard = sender, opened, closed, heard
        sender._run_rtp = self._run
        sender._run_rtcp = self._run_rtcp

    def _get(self, name: str) -> Any:
        return getattr(self._sender, _SENDER + name)

    async def _run(self, codec: Any) -> None:
        """Takes the place of aiortc's send loop; only waits until it is cancelled."""
        dtls = self._sender.transport
        self._ice = dtls.transport._connection
        self.ssrc: int = self._sender._ssrc
        self.rtx_ssrc: int = self._sender._rtx_ssrc
        self.rtx_payload_type: int | None = self._get("rtx_payload_type")
        self.name = (self._get("cname") or "").encode()
        self.protect: Callable[[bytes], bytes] = protector(dtls._tx_srtp)
        self.protect_rtcp: Callable[[bytes], bytes] = dtls._tx_srtp.protect_rtcp
        self.srtp = int(_binding.ffi.cast("uintptr_t", dtls._tx_srtp._srtp[0]))
        """The address of the SRTP session that holds the keys of both kinds."""
        self._keys = dtls._tx_srtp  # kept alive as long as that address is used
        # First, whatever happens next: who stops this sender waits for it, for ever.
        self._get("rtp_started").set()
        ears: dict[int, Any] | None = getattr(dtls, "idol_ears", None)
        if ears is None:
            ears = dtls.idol_ears = {}
            _listen(dtls, ears)
        ears[self.ssrc] = self._heard
        collected = False
        try:
            self._opened(codec.payloadType)
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
        except GeneratorExit:
            # Thrown away with its event loop: the keys may be gone, and using them would crash.
            collected = True
            raise
        finally:
            ears.pop(self.ssrc, None)
            self._get("rtp_exited").set()
            if self._sender.track:
                self._sender.track.stop()
            if not collected:
                self._closed()

    async def _run_rtcp(self) -> None:
        """Takes the place of aiortc's reports; ours are sent by `DirectSender`."""
        self._get("rtcp_started").set()
        self._get("rtcp_exited").set()

    def path(self) -> Path | None:
        """The way to the viewer that ICE has chosen."""
        pair = self._ice._nominated.get(1)
        return None if pair is None else (pair.protocol.transport, pair.remote_addr)

    def extensions(self) -> tuple[bytes, int]:
        """Extension bytes, and where the three bytes of abs-send-time stand in them, or -1."""
        stand_in = 0x0A5A55
        extensions = rtp.HeaderExtensions()
        extensions.mid = self._get("mid")
        if self._sender.kind == "video":
            extensions.abs_send_time = stand_in
        profile, value = self._get("rtp_header_extensions_map").set(extensions)
        if not value:
            return b"", -1
        whole = struct.pack("!HH", profile, len(value) // 4) + value
        return whole, whole.find(stand_in.to_bytes(3, "big"))
