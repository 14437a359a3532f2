"""Encoded packets to RTP payloads, once for all viewers. Pure.

H.264 by RFC 6184 (packetization-mode 1): small NAL units share a STAP-A, large ones are cut
into FU-A fragments. An Opus packet is its own payload (RFC 7587).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from idol.clock import SAMPLE_RATE
from idol.model import Packet

MAX_PAYLOAD = 1200
"""Bytes; leaves room for headers and a TURN wrapper below the smallest usual MTU of 1280."""
VIDEO_CLOCK = 90_000
_STAP_A, _FU_A, _SEI, _DELIMITER = 24, 28, 6, 9


@dataclass(frozen=True, slots=True)
class Unit:
    """One packet ready for every viewer. `timestamp` is RTP time, origin 0 at media time 0."""

    kind: Literal["audio", "video"]
    pts: int
    timestamp: int
    key: bool
    payloads: tuple[bytes, ...]
    rung: int = 0
    size: int = 0
    """Bytes of all payloads."""


def unit(packet: Packet) -> Unit:
    """Cut a packet into RTP payloads and give it its RTP time (video 90 kHz, audio 48 kHz)."""
    if packet.kind == "audio":
        return Unit(
            "audio", packet.pts, packet.pts & 0xFFFFFFFF, True, (packet.data,), 0, len(packet.data)
        )
    timestamp = (packet.pts * VIDEO_CLOCK // SAMPLE_RATE) & 0xFFFFFFFF
    payloads = tuple(h264_payloads(packet.data))
    size = sum(map(len, payloads))
    return Unit("video", packet.pts, timestamp, packet.key, payloads, packet.rung, size)


def nal_units(stream: bytes) -> Iterator[bytes]:
    """The NAL units of an Annex B byte stream, without start codes."""
    begin = stream.find(b"\x00\x00\x01")
    while begin >= 0:
        end = stream.find(b"\x00\x00\x01", begin + 3)
        # Zeros before a start code are its first byte or padding, never part of the unit.
        nal = stream[begin + 3 : end if end >= 0 else len(stream)].rstrip(b"\x00")
        if nal:
            yield nal
        begin = end


def h264_payloads(stream: bytes) -> list[bytes]:
    """RTP payloads of at most `MAX_PAYLOAD` bytes for one access unit."""
    payloads: list[bytes] = []
    small: list[bytes] = []

    def close_group() -> None:
        if len(small) == 1:
            payloads.append(small[0])
        elif small:
            highest = max(nal[0] & 0x60 for nal in small)
            body = b"".join(struct.pack("!H", len(nal)) + nal for nal in small)
            payloads.append(bytes([highest | _STAP_A]) + body)
        small.clear()

    for nal in nal_units(stream):
        if nal[0] & 0x1F in (_SEI, _DELIMITER):
            continue
        if len(nal) <= MAX_PAYLOAD:
            if 1 + sum(len(each) + 2 for each in small) + len(nal) + 2 > MAX_PAYLOAD:
                close_group()
            small.append(nal)
            continue
        close_group()
        indicator, kind, body, size = (nal[0] & 0xE0) | _FU_A, nal[0] & 0x1F, nal[1:], MAX_PAYLOAD
        size -= 2
        for offset in range(0, len(body), size):
            first, last = offset == 0, offset + size >= len(body)
            header = kind | (0x80 if first else 0) | (0x40 if last else 0)
            payloads.append(bytes([indicator, header]) + body[offset : offset + size])
    close_group()
    return payloads
