"""Edge processes: viewers are served, refused and dropped as by the host itself, and an edge
that dies takes nothing with it but its own sessions."""

from __future__ import annotations

import os
import signal

import pytest
from onair import SIZE, station
from player import Player, until

from idol.clock import SystemClock
from idol.errors import Refused
from idol.model import Packet
from idol.stream.edges import Edge
from idol.stream.hub import Hub
from idol.stream.rtp import Unit, unit
from idol.stream.webrtc import WhepSettings
from idol.telemetry import get_log
from idol.testing.stream import read_stamp

PATIENCE = 60.0
"""An edge needs a second to come up; a machine with much to do, many."""


async def test_viewers_come_and_go_and_one_edge_dies() -> None:
    async with station(WhepSettings(max_viewers=3), edges=2) as on_air:
        whep, players = on_air.whep, [Player() for _ in range(3)]
        await until(lambda: all(edge.values for edge in whep.edges), PATIENCE)
        for player in players:
            await player.join(whep)
        assert [len(edge.sessions) for edge in whep.edges] == [2, 1]  # spread
        assert whep.rtp_origin == 0
        for player in players:
            video, audio = player.frames["video"], player.frames["audio"]
            await until(lambda v=video, a=audio: len(v) > 5 and len(a) > 10, PATIENCE)
            stamps = [read_stamp(f.to_ndarray(format="yuv420p")[: SIZE[1]])[0] for f in video]
            assert (video[5].pts - video[0].pts) * 48_000 == (stamps[5] - stamps[0]) * 90_000
        with pytest.raises(Refused) as refused:
            await whep.join(await Player().offer())
        assert refused.value.code == "full"
        await until(lambda: whep.stats().get("viewers") == 3, PATIENCE)

        await whep.leave(players[1].session)
        await until(lambda: whep.count == 2, PATIENCE)
        with pytest.raises(Refused) as refused:
            await whep.join("v=0\r\nnonsense")
        assert refused.value.code == "bad_sdp"
        await whep.trickle(players[0].session, "a=candidate:1 1 udp 1 abc.local 9 typ host")

        dead = whep.edges[0]
        os.kill(dead.worker.pid, signal.SIGKILL)
        await until(lambda: whep.count == 0, PATIENCE)
        with pytest.raises(Refused) as refused:
            await whep.trickle(players[0].session, "")
        assert refused.value.code == "unknown_session"  # what tells the page to join again
        again = Player()
        await again.join(whep)
        await until(lambda: len(again.frames["video"]) > 3, PATIENCE)
        await until(lambda: dead.worker.alive and dead.worker.restarts == 1, PATIENCE)
        for player in (*players, again):
            await player.close()


async def test_an_edge_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    async with station(edges=1) as on_air:
        (edge,) = on_air.whep.edges
        await until(lambda: edge.values, PATIENCE)
        monkeypatch.setattr("idol.stream.edges.SILENT", 3.0)
        os.kill(edge.worker.pid, signal.SIGSTOP)
        await until(lambda: edge.worker.restarts, PATIENCE)
        monkeypatch.undo()
        player = Player()
        await player.join(on_air.whep)
        await until(lambda: player.frames["video"], PATIENCE)
        await player.close()


class Pipe:
    """Stands where the worker stands; full when told so."""

    def __init__(self) -> None:
        self.sent: list[Unit] = []
        self.full = False

    def send(self, message: Unit) -> bool:
        if not self.full:
            self.sent.append(message)
        return not self.full


def test_an_edge_that_fell_behind_goes_on_with_a_keyframe() -> None:
    asked: list[int] = []
    hub = Hub(asked.append, SystemClock())
    edge = Edge(0, hub, get_log("test"), WhepSettings())
    edge.worker = pipe = Pipe()

    def picture(pts: int, key: bool = False, rung: int = 0) -> Unit:
        return unit(Packet("video", pts, key, b"\0\0\1\x65a", rung))

    edge.push(picture(0, key=True))
    pipe.full = True
    edge.push(picture(1))
    pipe.full = False
    assert asked == [0]
    edge.push(picture(2))  # refers to the one that is missing
    edge.push(picture(2, key=True, rung=1))
    edge.push(unit(Packet("audio", 2, True, b"x")))
    edge.push(picture(3, key=True))
    edge.push(picture(4))
    assert [(u.pts, u.kind, u.rung) for u in pipe.sent] == [
        (0, "video", 0),
        (2, "video", 1),
        (2, "audio", 0),
        (3, "video", 0),
        (4, "video", 0),
    ]
