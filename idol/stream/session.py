"""One WHEP viewer: a peer connection, a sender for each kind of media, and its rung."""

from __future__ import annotations

import secrets
import time

from aiortc import RTCPeerConnection, RTCRtpSender

from idol.stream import aiortc_private as private
from idol.stream.fan import Fan
from idol.stream.hub import Hub
from idol.stream.ladder import Climber
from idol.stream.native import SendLoop
from idol.stream.sender import DirectSender, QueuedSender

KEY_REST, KEY_REST_MOST = 1.0, 8.0
"""Seconds between the keyframes that one viewer may ask for: twice as long each time it asks
at the first moment it may, because each costs all the others some quality."""
_NAMES = {"video": ("video/h264", "video/rtx"), "audio": ("audio/opus",)}
_CODECS = {
    kind: [
        codec
        for codec in RTCRtpSender.getCapabilities(kind).codecs
        if codec.mimeType.lower() in names
    ]
    for kind, names in _NAMES.items()
}


class Session:
    """Takes feedback from the viewer; the fan takes its senders and gives them units."""

    def __init__(
        self,
        connection: RTCPeerConnection,
        hub: Hub,
        fan: Fan,
        kbps: tuple[int, ...],
        *,
        direct: bool,
        loop: SendLoop | None,
    ) -> None:
        """`kbps` of each rung; `direct` and `loop` choose the senders."""
        self.id = secrets.token_urlsafe(12)
        self.connection = connection
        self.senders: dict[str, DirectSender | QueuedSender] = {}
        self.born = self.heard_at = time.monotonic()
        self.heard = -1
        self.connected = False
        self.answer = ""
        """The SDP that the viewer got."""
        self._hub, self._fan, self._direct, self._loop = hub, fan, direct, loop
        self._climber = Climber(kbps, self.born, trial=direct)
        self._key_at, self._key_rest = float("-inf"), KEY_REST

    @property
    def rung(self) -> int | None:
        """The rung that this viewer should see; None while no picture passes."""
        return self._climber.rung

    def add_sender(self, kind: str) -> None:
        """Offer one kind of media; before the viewer's own offer is applied."""
        with private.sending_only():
            sender = self.connection.addTrack(private.SilentTrack(kind))
        for transceiver in self.connection.getTransceivers():
            if transceiver.sender is sender:
                # Before the offer is applied, or VP8 is silently agreed on.
                transceiver.setCodecPreferences(_CODECS[kind])
        self.senders[kind] = (
            DirectSender(sender, self._fan, self.request_key, self._reported, self._hub, self._loop)
            if self._direct
            else QueuedSender(sender, self._fan, self.request_key, self._reported)
        )

    def begin(self) -> None:
        """The transport is up."""
        self.connected = True
        for sender in self.senders.values():
            if isinstance(sender, QueuedSender):  # the others know it by themselves
                sender.begin()

    def end(self) -> tuple[int, int]:
        """Nothing is sent from now on; packets that were sent again, and that were dropped."""
        senders = list(self.senders.values())
        self.senders.clear()
        for sender in senders:
            sender.end()
        return sum(s.retransmitted for s in senders), sum(s.dropped for s in senders)

    def request_key(self) -> None:
        """The viewer lost the picture."""
        video = self.senders.get("video")
        if video is None:
            return  # left in the middle of joining
        if video.seat.target is None:
            return  # no keyframe comes to it; and when one does, it may ask at once
        now = time.monotonic()
        since = now - self._key_at
        if since < self._key_rest:
            return
        often = since < 2 * self._key_rest
        self._key_rest = min(KEY_REST_MOST, self._key_rest * 2) if often else KEY_REST
        self._key_at = now
        rung = video.seat.target if video.seat.rung is None else video.seat.rung
        self._hub.request_key(rung)

    def _reported(self, lost: int, highest: int) -> None:
        video = self.senders.get("video")
        if video is None:
            return
        climber = self._climber
        before, padding = climber.rung, climber.padding
        octets = sum(sender.octets for sender in self.senders.values())
        target = climber.report(time.monotonic(), lost, highest, video.estimate, octets)
        if climber.padding != padding:
            self._fan.pad(video, climber.padding)
        if target != before:
            video.forget_estimate()  # it spoke of the other rung
            self._fan.aim(video, target, at_once=climber.drowned)
