"""RTCP, as much as one needs who only sends: feedback in, sender reports out. Pure.

RFC 3550 (reports, BYE), RFC 4585 (NACK, PLI), RFC 5104 (FIR) and REMB
(draft-alvestrand-rmcat-remb). aiortc reads all of it into objects; with hundreds of viewers
that was half of what they cost.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_SENDER_REPORT, _RECEIVER_REPORT, _NAMES, _BYE, _TRANSPORT, _PAYLOAD = 200, 201, 202, 203, 205, 206
_NACK, _PLI, _FIR, _APPLICATION = 1, 1, 4, 15
_HEAD = struct.Struct("!BBH").unpack_from
_WORD = struct.Struct("!L").unpack_from
_BLOCK = struct.Struct("!LLL").unpack_from
_PAIR = struct.Struct("!HH").iter_unpack
_REPORT = struct.Struct("!BBHLQLLL").pack
_CHUNK = struct.Struct("!BBHLBB").pack
_GOODBYE = struct.Struct("!BBHL").pack


@dataclass(slots=True)
class Feedback:
    """What one datagram says, by the stream (SSRC) that it says it of."""

    reports: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Packets lost since the beginning, and the highest sequence number seen, in 32 bits."""
    missing: dict[int, list[int]] = field(default_factory=dict)
    """Sequence numbers that should be sent again."""
    keys: set[int] = field(default_factory=set)
    """Whose picture needs a keyframe."""
    estimates: dict[int, int] = field(default_factory=dict)
    """Bits a second that the viewer believes it can receive."""


def read(data: bytes) -> Feedback:
    """Read a compound packet; what is not feedback is passed over. Raises `ValueError`."""
    found = Feedback()
    at, end = 0, len(data)
    try:
        while at < end:
            first, kind, words = _HEAD(data, at)
            stop = at + 4 + 4 * words
            if first >> 6 != 2 or stop > end:
                raise ValueError("not RTCP")
            last = stop - data[stop - 1] if first & 0x20 else stop
            if last < at + 4:
                raise ValueError("padding is longer than its packet")
            _read_one(found, first & 31, kind, data[at:last])
            at = stop
    except struct.error as error:
        raise ValueError(f"RTCP is cut short: {error}") from error
    return found


def _read_one(found: Feedback, count: int, kind: int, packet: bytes) -> None:
    if kind in (_SENDER_REPORT, _RECEIVER_REPORT):
        begin = 28 if kind == _SENDER_REPORT else 8
        for at in range(begin, begin + 24 * count, 24):
            ssrc, lost, highest = _BLOCK(packet, at)
            lost &= 0xFFFFFF  # the byte above is the share lost of late
            found.reports[ssrc] = (lost - (lost >> 23 << 24), highest)
    elif kind == _TRANSPORT and count == _NACK:
        missing = found.missing.setdefault(_WORD(packet, 8)[0], [])
        for first, more in _PAIR(packet[12:]):
            missing.append(first)
            missing += [first + 1 + bit & 0xFFFF for bit in range(16) if more >> bit & 1]
    elif kind == _PAYLOAD and count == _PLI:
        found.keys.add(_WORD(packet, 8)[0])
    elif kind == _PAYLOAD and count == _FIR:
        found.keys.update(_WORD(packet, at)[0] for at in range(12, len(packet), 8))
    elif kind == _PAYLOAD and count == _APPLICATION and packet[12:16] == b"REMB":
        (value,) = _WORD(packet, 16)
        bits = (value & 0x3FFFF) << (value >> 18 & 0x3F)
        for index in range(value >> 24):
            found.estimates[_WORD(packet, 20 + 4 * index)[0]] = bits


def sender_report(
    ssrc: int, ntp: int, timestamp: int, packets: int, octets: int, name: bytes
) -> bytes:
    """SR and SDES. `ntp` is 32.32 bits fixed point since 1900, `name` the CNAME."""
    whole = 0xFFFFFFFF
    padding = 4 - (10 + len(name)) % 4  # one zero at least ends the list of items
    return (
        _REPORT(
            *(0x80, _SENDER_REPORT, 6, ssrc, ntp & (1 << 64) - 1),
            *(timestamp & whole, packets & whole, octets & whole),
        )
        + _CHUNK(0x81, _NAMES, (6 + len(name) + padding) // 4, ssrc, 1, len(name))
        + name
        + bytes(padding)
    )


def goodbye(ssrc: int) -> bytes:
    """BYE."""
    return _GOODBYE(0x81, _BYE, 1, ssrc)
