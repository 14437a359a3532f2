"""RTP payloads: what a depacketiser puts together again is what the encoder made."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from idol.model import Packet
from idol.stream.rtp import MAX_PAYLOAD, h264_payloads, nal_units, unit

nals = st.lists(
    st.tuples(st.sampled_from([0x41, 0x65, 0x67, 0x68]), st.integers(1, 5000), st.integers(1, 255)),
    min_size=1,
    max_size=6,
).map(lambda specs: [bytes([head]) + bytes([fill]) * size for head, size, fill in specs])


def join(payloads: list[bytes]) -> list[bytes]:
    """A depacketiser by RFC 6184, written apart from the code under test."""
    found: list[bytes] = []
    for payload in payloads:
        kind = payload[0] & 0x1F
        if kind == 24:
            rest = payload[1:]
            while rest:
                (size,) = struct.unpack("!H", rest[:2])
                found.append(rest[2 : 2 + size])
                rest = rest[2 + size :]
        elif kind == 28:
            if payload[1] & 0x80:
                found.append(bytes([(payload[0] & 0xE0) | (payload[1] & 0x1F)]))
            found[-1] += payload[2:]
        else:
            found.append(payload)
    return found


@settings(max_examples=100, deadline=None)
@given(nals, st.booleans())
def test_payloads_carry_the_picture_unchanged(units: list[bytes], long_code: bool) -> None:
    code = b"\0\0\0\1" if long_code else b"\0\0\1"
    stream = b"".join(code + nal for nal in units)
    assert list(nal_units(stream)) == units
    payloads = h264_payloads(stream)
    assert all(len(payload) <= MAX_PAYLOAD for payload in payloads)
    assert join(payloads) == units


def test_delimiters_and_messages_are_left_out() -> None:
    stream = b"\0\0\1\x09\x10" + b"\0\0\1\x06\x05\x01" + b"\0\0\1\x65abc"
    assert h264_payloads(stream) == [b"\x65abc"]


def test_rtp_time_begins_at_media_time_zero_and_wraps() -> None:
    assert unit(Packet("video", 1920, True, b"\0\0\1\x65a")).timestamp == 3600
    assert unit(Packet("audio", -312, True, b"x")).timestamp == 2**32 - 312
    late = 48_000 * 60 * 60 * 24
    assert unit(Packet("video", late, False, b"\0\0\1\x41a")).timestamp == late * 15 // 8 % 2**32


def test_no_picture_gives_no_payload() -> None:
    assert unit(Packet("video", 0, False, b"")).payloads == ()
