"""WHEP viewers: an SDP offer in, an answer out, then the hub's packets until they leave.

Signalling follows RFC 9725's sibling draft-ietf-wish-whep: the web room serves POST, PATCH,
DELETE and OPTIONS and calls `join`, `trickle` and `leave`. The transport is aiortc's.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiortc import RTCIceServer, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from idol.errors import Refused
from idol.stream import aiortc_private as private
from idol.stream import nat, native
from idol.stream.fan import Fan
from idol.stream.hub import Hub
from idol.stream.nat import IceServer
from idol.stream.session import Session
from idol.telemetry import Log, TaskSet

MAX_SDP = 64 * 1024
"""Characters; a browser's offer has about 6000."""
AT_ONCE = 2
"""Joins whose offers are read at the same time: each step of one holds up every viewer for
milliseconds, and a flood of them comes between two pictures."""
_MEDIA = re.compile(r"^m=(\w+)", re.MULTILINE)

_NAME = re.compile(r"^a=ice-ufrag:([\w+/]{4,256})\s*$", re.MULTILINE | re.ASCII)
_PASSWORD = re.compile(r"^a=ice-pwd:([\w+/]{22,256})\s*$", re.MULTILINE | re.ASCII)


@dataclass(frozen=True, slots=True)
class WhepSettings:
    """Without `ice_servers` only the machine's own addresses are offered, at once.

    `loopback` offers 127.0.0.1 too, so that a page on this machine can always connect.
    `addresses` replaces the machine's own. `external` are those that it has beyond a NAT which
    forwards `ports` (first and last UDP port) unchanged; with them no STUN server is asked.
    Times are seconds.
    """

    max_viewers: int = 200
    ice_servers: tuple[IceServer, ...] = ()
    loopback: bool = True
    addresses: tuple[str, ...] = ()
    external: tuple[str, ...] = ()
    ports: tuple[int, int] | None = None
    join_timeout: float = 15.0
    silent_timeout: float = 12.0
    """A viewer from whom nothing came for this long has vanished; a live one reports each 1 s."""
    direct: bool = True
    """Send without aiortc's per-viewer tasks where this version of it allows that."""
    native: bool = True
    """And in C where that could be built."""
    kbps: tuple[int, ...] = (1500,)
    """Of each rung of the picture, the full one first."""


@dataclass(slots=True)
class WhepStats:
    """Totals since the start; `viewers` is now."""

    viewers: int = 0
    joined: int = 0
    left: int = 0
    vanished: int = 0
    refused: int = 0
    retransmitted: int = 0
    dropped: int = 0
    join_ms: list[float] = field(default_factory=list)
    """The last joins: from the offer to the connection, at most 100 kept."""


class Whep:
    """All WebRTC viewers of one hub."""

    def __init__(
        self,
        hub: Hub,
        log: Log,
        settings: WhepSettings | None = None,
        on_end: Callable[[str], None] = lambda session: None,
    ) -> None:
        self._on_end = on_end
        self._hub, self._log, self._settings = hub, log, settings or WhepSettings()
        self._sessions: dict[str, Session] = {}
        self._tasks = TaskSet(log)
        self._ending: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None
        self._stats = WhepStats()
        self._connections = private.Connections()
        self._admission = asyncio.Semaphore(AT_ONCE)
        self._direct = self._settings.direct and private.direct_supported()
        self._loop = native.load() if self._settings.native else None
        self._fan = Fan(hub, self._loop)
        if self._settings.direct and not self._direct:
            log.warning("this aiortc is not known: viewers cost twice as much")
        private.offer_addresses(
            loopback=self._settings.loopback, addresses=self._settings.addresses
        )

    async def start(self) -> None:
        """Nothing needs to be started here; `Edges` has processes."""

    @property
    def count(self) -> int:
        """Viewers that are connected now."""
        return sum(session.connected for session in self._sessions.values())

    @property
    def rtp_origin(self) -> int | None:
        """Video RTP time (90 kHz) of media time 0; None if it is not known."""
        return 0 if self._direct else None

    def stats(self) -> dict[str, Any]:
        """Counters for the console and the benchmarks."""
        senders = [each for one in self._sessions.values() for each in one.senders.values()]
        return {
            "viewers": self.count,
            "sessions": len(self._sessions),
            "joined": self._stats.joined,
            "left": self._stats.left,
            "vanished": self._stats.vanished,
            "refused": self._stats.refused,
            "retransmitted": self._stats.retransmitted + sum(s.retransmitted for s in senders),
            "dropped": self._stats.dropped + sum(s.dropped for s in senders),
            "rungs": collections.Counter(
                str(one.rung) for one in self._sessions.values() if one.connected
            ),
            "join_ms": list(self._stats.join_ms),
        }

    async def join(self, offer_sdp: str) -> tuple[str, str]:
        """Answer a WHEP offer; the picture follows as soon as the transport is up.

        Returns (session id, answer SDP) with all candidates, none to trickle. Raises
        `Refused`: "bad_sdp", "no_h264" or "full".
        """
        try:
            return await self._join(offer_sdp)
        except Refused:
            self._stats.refused += 1
            raise

    async def _join(self, offer_sdp: str) -> tuple[str, str]:
        if len(self._sessions) >= self._settings.max_viewers:
            raise Refused("full", "this show has as many viewers as it can take")
        kinds = _kinds(offer_sdp)
        if self._settings.ports:
            nat.use_ports(asyncio.get_running_loop(), *self._settings.ports)
        asked = () if self._settings.external else self._settings.ice_servers
        servers = [
            RTCIceServer(urls=s.url, username=s.username or None, credential=s.password or None)
            for s in nat.logins(asked, "host")
        ]
        bundled = "a=group:BUNDLE" in offer_sdp
        connection = self._connections.new(servers, bundled=bundled)
        session = Session(
            connection,
            self._hub,
            self._fan,
            self._settings.kbps,
            direct=self._direct,
            loop=self._loop,
        )
        self._sessions[session.id] = session
        try:
            async with self._admission:
                for kind in kinds:
                    session.add_sender(kind)
                connection.on("connectionstatechange", lambda: self._state_changed(session))
                await connection.setRemoteDescription(
                    RTCSessionDescription(sdp=_without_useless_lines(offer_sdp), type="offer")
                )
                private.be_asked_for_keys(connection, offer_sdp)
                answer = await connection.createAnswer()
            for sender in connection.getSenders():  # may ask servers, for seconds: not in the queue
                await sender.transport.transport.iceGatherer.gather()
            async with self._admission:
                await connection.setLocalDescription(answer)
        except Exception as error:
            await self._end(session)
            text = str(error) or type(error).__name__
            if "Failed to set remote video" in text:
                raise Refused("no_h264", "the player does not offer H.264 video") from error
            raise Refused("bad_sdp", f"the offer cannot be answered: {text}") from error
        except asyncio.CancelledError:
            await self._end(session)
            raise
        if self._sweeper is None:
            self._sweeper = self._tasks.start(self._sweep(), "whep-sweep")
        session.answer = nat.advertised(connection.localDescription.sdp, self._settings.external)
        return session.id, session.answer

    def _state_changed(self, session: Session) -> None:
        state = session.connection.connectionState
        if state == "connected" and session.id in self._sessions and not session.connected:
            session.begin()
            session.heard_at = time.monotonic()
            self._stats.joined += 1
            self._stats.join_ms = self._stats.join_ms[-99:]
            self._stats.join_ms.append((session.heard_at - session.born) * 1000)
            self._log.info("viewer joined", session=session.id, viewers=self.count)
        elif state in ("failed", "closed") and session.id in self._sessions:
            self._end_soon(session)

    async def trickle(self, session_id: str, fragment: str) -> str:
        """Take remote candidates, an ``application/trickle-ice-sdpfrag`` (RFC 8840).

        With other credentials than before ICE begins anew, as a viewer needs that has come to
        another network; then our own are returned in the same form, else "".
        Raises `Refused`: "unknown_session" or "bad_candidate".
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise Refused("unknown_session", "this session has ended")
        answer = _restarted(session, fragment)
        mid = "0"
        for line in fragment[:MAX_SDP].splitlines():
            if line.startswith("a=mid:"):
                mid = line.removeprefix("a=mid:").strip()
            elif line.startswith("a=candidate:") and ".local" not in line:
                try:
                    candidate = candidate_from_sdp(line.removeprefix("a=candidate:").strip())
                    candidate.sdpMid = mid
                    await session.connection.addIceCandidate(candidate)
                except (ValueError, AssertionError, IndexError) as error:
                    raise Refused("bad_candidate", f"not a candidate: {line[:200]}") from error
        return answer

    async def leave(self, session_id: str) -> None:
        """End a session. Raises `Refused("unknown_session")` if there is none."""
        session = self._sessions.get(session_id)
        if session is None:
            raise Refused("unknown_session", "this session has ended")
        await self._end(session)

    async def close(self) -> None:
        """End every session and all tasks."""
        await asyncio.gather(*(self._end(session) for session in list(self._sessions.values())))
        await asyncio.gather(*self._ending, return_exceptions=True)
        await self._tasks.close()
        self._sweeper = None

    def _end_soon(self, session: Session) -> None:
        task = self._tasks.start(self._end(session), "whep-end")
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, session: Session) -> None:
        if self._sessions.pop(session.id, None) is None:
            return
        self._on_end(session.id)
        again, dropped = session.end()
        self._stats.retransmitted += again
        self._stats.dropped += dropped
        if session.connected:
            self._stats.left += 1
            self._log.info("viewer left", session=session.id, viewers=self.count)
        # Shielded: aiortc may be closing it too, and waits for that one future in both places.
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(private.close(session.connection)), 5.0)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._look()

    def _look(self) -> None:
        """Once through all sessions; a sleeping coroutine would keep the last one alive."""
        now = time.monotonic()
        for session in list(self._sessions.values()):
            heard = private.received_packets(session.connection)
            if heard != session.heard:
                session.heard, session.heard_at = heard, now
            late = now - session.born > self._settings.join_timeout
            silent = now - session.heard_at > self._settings.silent_timeout
            if silent if session.connected else late:
                self._stats.vanished += 1
                self._log.info("viewer vanished", session=session.id)
                self._end_soon(session)


def _kinds(offer_sdp: str) -> list[str]:
    """The media that the offer asks for: audio, video or both, each once."""
    if len(offer_sdp) > MAX_SDP or not offer_sdp.startswith("v=0"):
        raise Refused("bad_sdp", "the body is not an SDP offer")
    kinds = _MEDIA.findall(offer_sdp)
    if not kinds or len(set(kinds)) < len(kinds) or not set(kinds) <= {"audio", "video"}:
        raise Refused("bad_sdp", "the offer must ask for one audio and one video stream")
    if "a=fingerprint:" not in offer_sdp:
        raise Refused("bad_sdp", "the offer has no DTLS fingerprint")
    return kinds


def _restarted(session: Session, fragment: str) -> str:
    """Begin ICE anew if the fragment has new credentials: our own as a fragment, else ""."""
    name, password = _NAME.search(fragment), _PASSWORD.search(fragment)
    known = private.viewers_name(session.connection)
    if not name or not password or known in (None, name[1]):
        return ""
    ours = private.restart_ice(session.connection, name[1], password[1])
    found = re.findall(r"^(?:m=|a=mid:).*|^a=candidate:.*", session.answer, re.MULTILINE)
    head = [line.strip() for line in found if not line.startswith("a=candidate")][:2]
    ways = dict.fromkeys(line.strip() for line in found if line.startswith("a=candidate"))
    lines = (*head, f"a=ice-ufrag:{ours[0]}", f"a=ice-pwd:{ours[1]}", *ways, "a=end-of-candidates")
    return "\r\n".join(lines) + "\r\n"


def _without_useless_lines(offer_sdp: str) -> str:
    """Leave out mDNS candidates and the end of candidates.

    A .local name would be looked up for seconds, and the viewer's own check tells its address
    anyway; that check may come after the last listed candidate has failed.
    """
    lines = offer_sdp.replace("\r\n", "\n").split("\n")
    kept = [
        line
        for line in lines
        if not (line.startswith("a=candidate:") and ".local" in line)
        and line != "a=end-of-candidates"
    ]
    return "\r\n".join(kept)
