"""The private names of aiortc and aioice that `aiortc_private` uses, checked one by one.

If this fails after an upgrade, viewers fall back to `QueuedSender` and cost twice as much:
read the new aiortc and mend `aiortc_private`, or go back to the pinned version.
"""

from __future__ import annotations

import asyncio
import inspect
from types import SimpleNamespace
from typing import cast

import aioice.ice
import pytest
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    rtcrtpreceiver,
    rtp,
)
from aiortc.rate import RemoteBitrateEstimator
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtcrtpsender import RTCRtpSender
from pylibsrtp import Policy, Session, _binding

from idol.stream import aiortc_private as private


def test_the_direct_sender_is_supported() -> None:
    assert private.direct_supported()


@pytest.mark.parametrize("name", ["_run_rtp", "_run_rtcp", "send", "stop"])
def test_the_sender_has_its_loops(name: str) -> None:
    assert inspect.iscoroutinefunction(getattr(RTCRtpSender, name))


def test_the_sender_reads_and_writes_the_attributes_we_use() -> None:
    source = inspect.getsource(RTCRtpSender)
    for text in (
        "self._run_rtp(parameters.codecs[0])",
        "asyncio.ensure_future(self._run_rtcp())",
        "self.__rtcp_started.wait()",
        "self.__rtcp_exited.wait()",
        "self.__cname = parameters.rtcp.cname",
        "self._send_keyframe()",
        "self.__encoder.target_bitrate = bitrate",
        "self.__encoder.pack(data)",
        "self.__rtp_exited.wait()",
        "self.__rtx_payload_type = codec.payloadType",
        "for report in filter(lambda x: x.ssrc == self._ssrc, packet.reports)",
    ):
        assert text in source, text


def test_the_transports_have_what_a_packet_needs() -> None:
    assert "self._tx_srtp" in inspect.getsource(RTCDtlsTransport)
    assert "await recipient._handle_rtcp_packet(packet)" in inspect.getsource(RTCDtlsTransport)
    assert "self.__rx_packets += 1" in inspect.getsource(RTCDtlsTransport)
    assert "self._connection" in inspect.getsource(RTCIceTransport)
    assert "self._rx_srtp.unprotect_rtcp(data)" in inspect.getsource(RTCDtlsTransport)
    source = inspect.getsource(aioice.ice.StunProtocol)
    assert "self.receiver.data_received(data, self.local_candidate.component)" in source
    source = inspect.getsource(aioice.ice.Connection)
    assert "self._nominated: dict[int, CandidatePair]" in source
    for text in (
        "self._local_username = local_username",
        "self._local_password = local_password",
        "self._check_list: list[CandidatePair] = []",
        "self._remote_candidates: list[Candidate] = []",
    ):
        assert text in source, text
    assert isinstance(aioice.ice.CandidatePair.remote_addr, property)
    parameters = inspect.signature(aioice.ice.get_host_addresses).parameters
    assert list(parameters) == ["use_ipv4", "use_ipv6"]


def test_header_extensions_are_set_by_the_names_we_use() -> None:
    fields = rtp.HeaderExtensions()
    assert hasattr(fields, "mid") and hasattr(fields, "abs_send_time")
    assert hasattr(rtp.HeaderExtensionsMap, "set")


async def test_a_real_sender_has_every_attribute() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sender = connection.addTrack(private.SilentTrack("video"))
    for name in private._SENDER_NAMES:
        assert hasattr(sender, "_RTCRtpSender__" + name), name
    assert hasattr(sender, "_ssrc") and hasattr(sender, "_rtx_ssrc")
    assert private.received_packets(connection) == 0
    await connection.close()


def test_connections_are_made_of_the_names_we_use() -> None:
    source = inspect.getsource(RTCPeerConnection)
    assert "self.__certificates = [" in source
    assert "RTCDtlsTransport(iceTransport, self.__certificates)" in source
    assert 'if dtlsTransport._role == "auto":' in source
    assert "media.dtls.role = dtlsTransport._role" in source
    source = inspect.getsource(RTCDtlsTransport)
    assert "self.__local_certificate._create_ssl_context(" in source
    assert "for srtp_profile in self._srtp_profiles:" in source
    assert "self.__remote_bitrate_estimator = RemoteBitrateEstimator()" in inspect.getsource(
        rtcrtpreceiver.RTCRtpReceiver
    )


async def test_connections_of_one_server_share_what_is_costly() -> None:
    made = private.Connections()
    one, two = (made.new([], bundled=True) for _ in range(2))
    with private.sending_only():
        senders = [each.addTrack(private.SilentTrack("video")) for each in (one, two)]
    prints = [each.transport.getLocalParameters().fingerprints for each in senders]
    assert prints[0] is prints[1] and len(prints[0]) == 3
    (certificate,) = one._RTCPeerConnection__certificates
    context = certificate._create_ssl_context(srtp_profiles=[])
    assert context is certificate._create_ssl_context(srtp_profiles=[])
    for each in (one, two):
        await each.close()
    assert rtcrtpreceiver.RemoteBitrateEstimator is RemoteBitrateEstimator  # as before


async def test_the_cipher_is_ours_to_choose() -> None:
    """The answer makes the viewer begin DTLS, unless its offer says who does."""
    for said, answered in (("actpass", "passive"), ("active", "passive"), ("passive", "active")):
        viewer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        viewer.addTransceiver("video", "recvonly")
        await viewer.setLocalDescription(await viewer.createOffer())
        ours = private.Connections().new([], bundled=True)
        ours.addTrack(private.SilentTrack("video"))
        offer = viewer.localDescription.sdp.replace("a=setup:actpass", f"a=setup:{said}")
        await ours.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        private.be_asked_for_keys(ours, offer)
        answer = await ours.createAnswer()
        assert f"a=setup:{answered}" in answer.sdp, said
        await viewer.close()
        await ours.close()


def test_loopback_can_be_offered_and_addresses_replaced() -> None:
    private.offer_addresses(loopback=True)
    assert "127.0.0.1" in aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False)
    private.offer_addresses(loopback=False, addresses=("192.0.2.7",))
    assert aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False) == ["192.0.2.7"]
    private.offer_addresses(loopback=True)
    listed = aioice.ice.get_host_addresses(use_ipv4=True, use_ipv6=False)
    assert listed.count("127.0.0.1") == 1 and "192.0.2.7" not in listed


def test_the_c_loop_finds_the_srtp_session_and_its_function() -> None:
    session = Session(Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
    assert int(_binding.ffi.cast("uintptr_t", session._srtp[0])) > 0
    assert private.srtp_protect() > 0


def test_packets_are_protected_as_pylibsrtp_does() -> None:
    ours, theirs = (
        Session(Policy(key=bytes(range(30)), ssrc_type=Policy.SSRC_ANY_OUTBOUND)) for _ in range(2)
    )
    protect = private.protector(ours)
    for number in range(3):
        packet = bytes([128, 96, 0, number]) + bytes(8) + b"payload" * 100
        assert protect(packet) == theirs.protect(packet)
    with pytest.raises(ValueError, match="too long"):
        protect(bytes(2000))
    with pytest.raises(ValueError, match="failed"):
        protect(b"short")


@pytest.mark.parametrize("collected", [False, True])
async def test_a_wire_that_is_collected_does_not_use_keys_that_may_be_gone(collected: bool) -> None:
    key = Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND)
    connection = SimpleNamespace(data_received=lambda data, component: None)
    dtls = SimpleNamespace(
        transport=SimpleNamespace(_connection=connection), _tx_srtp=Session(key), _rx_srtp=None
    )
    sender = SimpleNamespace(_ssrc=1, _rtx_ssrc=2, transport=dtls, track=None)
    for name in ("rtx_payload_type", "cname"):
        setattr(sender, f"_RTCRtpSender__{name}", None)
    for name in ("rtp_started", "rtp_exited"):
        setattr(sender, f"_RTCRtpSender__{name}", asyncio.Event())
    calls: list[str] = []
    wire = private.Wire(
        cast(RTCRtpSender, sender),
        lambda payload_type: calls.append("opened"),
        lambda: calls.append("closed"),
        lambda found, ssrc: None,
    )
    running = wire._run(SimpleNamespace(payloadType=96))
    running.send(None)
    if collected:
        running.close()  # as the garbage collector does, in any order with the session
    else:
        with pytest.raises(StopIteration):
            running.throw(asyncio.CancelledError())
    assert calls == (["opened"] if collected else ["opened", "closed"])
