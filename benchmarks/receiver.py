"""A real WebRTC viewer in a process of its own that notes when sound and picture came.

It joins over WHEP like any player (ICE, DTLS, SRTP by aiortc), decodes Opus and H.264, and keeps
for each packet of sound its level and for each frame how far the mouth is open. It does not wait
in a jitter buffer: a browser plays what it notes 40 to 100 ms later.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import av
import httpx
import numpy as np
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs.h264 import H264PayloadDescriptor
from aiortc.rtp import (
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSrPacket,
    RtpPacket,
)

SLICE = 480
"""Samples (10 ms) of which the level is noted."""
MOUTH = (280, 430, 540, 640)
"""Left, right, top, bottom of where her mouth can be in the portrait picture, in pixels."""
RED = 172
"""The inside of a mouth has more red (chroma V, up to 184) than this; skin, lips and blush have
less (up to 170, in the warm light of a stage)."""


@dataclass
class Noted:
    """What came. Times are `time.monotonic()` seconds; pts are samples of media time."""

    sound: list[tuple[float, int, tuple[float, ...]]] = field(default_factory=list)
    """Arrival, pts, RMS of each 10 ms (1.0 is full scale)."""
    frames: list[tuple[float, int, int]] = field(default_factory=list)
    """Arrival (decoded), pts, pixels of the open mouth (of 3750; a smile at rest has none)."""
    reports: list[tuple[str, float, int]] = field(default_factory=list)
    """Sender reports: kind, NTP seconds, pts."""
    lost: int = 0
    """Packets that never came or came out of order."""
    cpu_s: float = 0.0


class Receiver:
    """The measuring side: start, look, stop."""

    def __init__(self, url: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_main, args=(theirs, url), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    async def noted(self) -> Noted:
        """Everything since the last call."""

        def ask() -> Noted:
            self._pipe.send("noted")
            if not self._pipe.poll(30):
                raise RuntimeError("the receiver does not answer")
            noted: Noted = self._pipe.recv()
            return noted

        return await asyncio.to_thread(ask)

    async def close(self) -> None:
        self._pipe.close()
        await asyncio.to_thread(self._process.join, 10)
        if self._process.is_alive():
            self._process.kill()


def _main(pipe: Connection[Any, Any], url: str) -> None:
    asyncio.run(_receive(pipe, url))


async def _receive(pipe: Connection[Any, Any], url: str) -> None:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receivers = {
        kind: peer.addTransceiver(kind, "recvonly").receiver for kind in ("audio", "video")
    }
    noted = Noted()
    sound, picture = _Sound(noted), _Picture(noted)
    takers = {"audio": sound.take, "video": picture.take}
    for kind, receiver in receivers.items():
        # In place of aiortc's own path, which would decode in threads behind a jitter buffer.
        async def on_rtp(packet: RtpPacket, arrival_time_ms: int, kind: str = kind) -> None:
            takers[kind](packet)

        async def on_rtcp(packet: RtcpPacket, kind: str = kind) -> None:
            if isinstance(packet, RtcpSrPacket):
                info, clock = packet.sender_info, 48_000 if kind == "audio" else 90_000
                ntp = (info.ntp_timestamp >> 32) + (info.ntp_timestamp & 0xFFFFFFFF) / 2**32
                noted.reports.append((kind, ntp, info.rtp_timestamp * 48_000 // clock))

        receiver._handle_rtp_packet = on_rtp
        receiver._handle_rtcp_packet = on_rtcp
    await peer.setLocalDescription(await peer.createOffer())
    async with httpx.AsyncClient(timeout=30) as client:
        answer = await client.post(
            f"{url}/whep",
            content=peer.localDescription.sdp,
            headers={"Content-Type": "application/sdp"},
        )
        answer.raise_for_status()
        await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        reporter = asyncio.create_task(_report(peer, sound, picture))
        try:
            while await asyncio.to_thread(_asked, pipe):
                noted.cpu_s = sum(psutil.Process().cpu_times()[:2])
                pipe.send(noted)
                noted.sound, noted.frames, noted.reports, noted.lost = [], [], [], 0
        finally:
            reporter.cancel()
            await client.delete(url + answer.headers["Location"])
            await peer.close()


def _asked(pipe: Connection[Any, Any]) -> bool:
    try:
        pipe.recv()
    except EOFError:
        return False
    return True


async def _report(peer: RTCPeerConnection, sound: _Sound, picture: _Picture) -> None:
    """Receiver reports as players send them, and a request for a keyframe after a loss."""
    transport = peer.getTransceivers()[0].receiver.transport
    while True:
        await asyncio.sleep(0.5)
        sources = [source for source in (sound.ssrc, picture.ssrc) if source]
        if transport.state != "connected" or not sources:
            continue
        reports = [RtcpReceiverInfo(source, 0, 0, 0, 0, 0, 0) for source in sources]
        await transport._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=reports)))
        if picture.broken:
            pli = RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=picture.ssrc)
            await transport._send_rtp(bytes(pli))


class _Track:
    """Counts what is missing in one source."""

    def __init__(self, noted: Noted) -> None:
        self.noted = noted
        self.ssrc = 0
        self._expected: int | None = None

    def in_order(self, packet: RtpPacket) -> bool:
        if self.ssrc and packet.ssrc != self.ssrc:
            return False  # a retransmission, which has a source of its own
        self.ssrc = packet.ssrc
        missing = (packet.sequence_number - (self._expected or packet.sequence_number)) & 0xFFFF
        if missing:
            self.noted.lost += 1 if missing > 0x8000 else missing
        self._expected = (packet.sequence_number + 1) & 0xFFFF
        return not missing


class _Sound(_Track):
    def __init__(self, noted: Noted) -> None:
        super().__init__(noted)
        self._decoder = av.CodecContext.create("libopus", "r")
        self._decoder.sample_rate = 48_000

    def take(self, packet: RtpPacket) -> None:
        at = time.monotonic()
        self.in_order(packet)
        for frame in self._decoder.decode(av.Packet(packet.payload)):
            pcm = frame.to_ndarray().astype(np.float32)
            if frame.format.name.startswith("s16"):
                pcm /= 32768.0
            pcm = pcm.reshape(-1, len(frame.layout.channels)).mean(axis=1)
            whole = pcm[: len(pcm) // SLICE * SLICE].reshape(-1, SLICE)
            levels = np.sqrt((whole * whole).mean(axis=1))
            self.noted.sound.append((at, packet.timestamp, tuple(float(x) for x in levels)))


class _Picture(_Track):
    def __init__(self, noted: Noted) -> None:
        super().__init__(noted)
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._unit = bytearray()
        self.broken = False

    def take(self, packet: RtpPacket) -> None:
        if not self.in_order(packet):
            self.broken = True
        _descriptor, data = H264PayloadDescriptor.parse(packet.payload)
        self._unit += data
        if not packet.marker:
            return
        unit, self._unit = bytes(self._unit), bytearray()
        try:
            frames = self._decoder.decode(av.Packet(unit))
        except av.FFmpegError:  # after a loss, until the next keyframe
            self.broken = True
            return
        for frame in frames:
            self.broken = self.broken and not frame.key_frame
            left, right, top, bottom = (edge // 2 for edge in MOUTH)
            plane = frame.planes[2]
            red = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            opened = int(np.count_nonzero(red[top:bottom, left:right] > RED))
            pts = packet.timestamp * 48_000 // 90_000
            self.noted.frames.append((time.monotonic(), pts, opened))
