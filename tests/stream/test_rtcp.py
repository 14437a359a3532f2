"""RTCP is read and written as aiortc does, and no datagram does harm."""

from __future__ import annotations

import random

import pytest
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
)

from idol.stream import rtcp

REPORTS = [
    RtcpReceiverInfo(7, 12, -3, 65_600, 4, 5, 6),
    RtcpReceiverInfo(8, 255, 70_000, 1, 4, 5, 6),
]


def test_what_a_viewer_says_is_read() -> None:
    data = b"".join(
        bytes(packet)
        for packet in (
            RtcpRrPacket(ssrc=1, reports=REPORTS),
            RtcpSdesPacket([RtcpSourceInfo(1, [(1, b"viewer")])]),
            RtcpRtpfbPacket(RTCP_RTPFB_NACK, 1, 7, lost=[3, 7, 19, 900]),
            RtcpPsfbPacket(RTCP_PSFB_PLI, 1, 7),
            RtcpPsfbPacket(RTCP_PSFB_FIR, 1, 0, (9).to_bytes(4, "big") + bytes(4)),
            RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, pack_remb_fci(4_000_000, [7, 8])),
            RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, b"ELSE----"),
            RtcpByePacket([1]),
        )
    )
    found = rtcp.read(data)
    assert found.reports == {7: (-3, 65_600), 8: (70_000, 1)}
    assert found.missing == {7: [3, 7, 19, 900]}
    assert found.keys == {7, 9}
    assert found.estimates == {7: 4_000_000, 8: 4_000_000}


def test_missing_numbers_go_on_after_the_largest() -> None:
    nack = bytes.fromhex("81cd0003 00000001 00000007 fffe8003")
    assert rtcp.read(nack).missing == {7: [0xFFFE, 0xFFFF, 0, 14]}


def test_reports_inside_a_sender_report_and_padding_are_understood() -> None:
    report = rtcp.sender_report(1, 2, 3, 4, 5, b"x")
    (first, *_) = RtcpPacket.parse(report)
    first.reports = REPORTS[:1]
    padded = bytearray(bytes(RtcpPsfbPacket(RTCP_PSFB_FIR, 1, 0, bytes(7) + b"\x04")))
    padded[0] |= 0x20  # the last four bytes are padding: half an entry is left
    assert rtcp.read(bytes(first)).reports == {7: (-3, 65_600)}
    assert rtcp.read(bytes(padded)).keys == {0}


@pytest.mark.parametrize("name", [b"", b"a", b"ab", b"abc", b"abcd", b"{a-b-c}"])
def test_our_reports_are_understood(name: bytes) -> None:
    sent = rtcp.sender_report(7, 5 << 32, -1, 1 << 32, 6, name) + rtcp.goodbye(7)
    report, names, bye = RtcpPacket.parse(sent)
    assert isinstance(report, RtcpSrPacket) and report.ssrc == 7
    info = report.sender_info
    assert (info.ntp_timestamp, info.rtp_timestamp) == (5 << 32, 0xFFFFFFFF)
    assert (info.packet_count, info.octet_count) == (0, 6)
    assert names.chunks == [RtcpSourceInfo(7, [(1, name)])]
    assert bye.sources == [7]


def test_garbage_is_refused_and_breaks_nothing() -> None:
    rng = random.Random(1)
    good = bytes(RtcpRrPacket(ssrc=1, reports=REPORTS)) + bytes(
        RtcpRtpfbPacket(RTCP_RTPFB_NACK, 1, 7, lost=[1, 2])
    )
    refused = 0
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        try:
            rtcp.read(bytes(data[: rng.randrange(len(data) + 1)]))
        except ValueError:
            refused += 1
    assert refused > 300
