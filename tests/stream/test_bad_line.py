"""A viewer behind a bad line: what is lost is sent again, a narrow line gets a small picture,
where none passes the sound stays, and on a good line the full picture is back."""

from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCSessionDescription
from onair import SIZE, Station, station
from player import Player, until

from idol.stream.ladder import rungs
from idol.stream.webrtc import WhepSettings
from idol.testing.badline import BadLine, Faults

PATIENCE = 90.0
KBPS = tuple(rung.kbps for rung in rungs(SIZE, 1000, 2))


async def join(player: Player, on_air: Station, line: BadLine) -> None:
    player.session, answer = await on_air.whep.join(await player.offer())
    there = await line.between(answer)
    await player.connection.setRemoteDescription(RTCSessionDescription(there, "answer"))
    await until(lambda: player.connection.connectionState == "connected", PATIENCE)


async def test_lost_late_and_reordered_packets_are_mended() -> None:
    line = BadLine(Faults(loss=0.05, delay=0.02, jitter=0.02, reorder=0.02))
    async with station(WhepSettings(kbps=KBPS)) as on_air:
        player = Player()
        await join(player, on_air, line)
        await until(lambda: line.lost > 20, PATIENCE)
        video, audio = player.frames["video"], player.frames["audio"]
        await until(lambda: len(video) > 60 and len(audio) > 200, PATIENCE)
        assert on_air.whep.stats()["retransmitted"] > 0
        await player.close()
    line.close()


@pytest.mark.alone
@pytest.mark.timeout(600)
async def test_a_narrow_line_gets_a_small_picture_then_sound_alone_then_all_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("idol.stream.ladder.PATIENCE", 2.0)
    monkeypatch.setattr("idol.stream.ladder.LONGEST", 4.0)
    # A player in Python on a busy machine takes little on trial.
    monkeypatch.setattr("idol.stream.ladder.TRY_FIRST", 1.0)
    monkeypatch.setattr("idol.stream.ladder.TRY_HOLD", 0.0)
    line = BadLine()
    async with station(WhepSettings(kbps=KBPS)) as on_air:
        player = Player()
        await join(player, on_air, line)
        video, audio = player.frames["video"], player.frames["audio"]
        await until(lambda: len(video) > 5, PATIENCE)
        session = on_air.whep._sessions[player.session]
        assert video[0].width == SIZE[0]

        line.faults = Faults(kbps=500)  # too little for 1000, enough for 250
        await until(lambda: session.rung == 1 and on_air.hub.rungs == {0, 1}, PATIENCE)
        await until(lambda: any(each.width == SIZE[0] // 2 for each in video), PATIENCE)

        line.faults = Faults(kbps=120)  # the sound alone takes 80
        await until(lambda: session.rung is None, PATIENCE)
        heard = len(audio)
        await until(lambda: len(audio) > heard + 10, PATIENCE)

        line.faults = Faults()
        await until(lambda: session.rung == 0 and on_air.hub.rungs == {0}, PATIENCE)
        seen = len(video)
        await until(lambda: any(each.width == SIZE[0] for each in video[seen:]), PATIENCE)
        await player.close()
    line.close()


async def test_the_line_itself_keeps_order_and_width() -> None:
    class Port(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.got: list[int] = []
            self.at: list[float] = []

        def datagram_received(self, data: bytes, address: object) -> None:
            self.got.append(data[0])
            self.at.append(asyncio.get_running_loop().time())

    loop, port = asyncio.get_running_loop(), Port()
    line = BadLine(Faults(kbps=80, queue=9.0, jitter=0.005))
    transport, _ = await loop.create_datagram_endpoint(lambda: port, local_addr=("127.0.0.1", 0))
    server, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    number = server.get_extra_info("sockname")[1]
    text = f"a=ice-pwd:x\r\na=candidate:1 1 udp 1 127.0.0.1 {number} typ host\r\n"
    answer = await line.between(text)
    front = int(answer.split("127.0.0.1 ")[1].split()[0])
    assert front != number
    transport.sendto(b"\0", ("127.0.0.1", front))  # the line learns where the viewer is
    await until(lambda: line._front.peer is not None)
    begin = loop.time()
    for index in range(20):
        line.passed(bytes([index]) * 100, down=True)
    await until(lambda: len(port.got) == 20)
    assert port.got == list(range(20))
    assert port.at[-1] - begin >= 0.19  # 2000 bytes at 80 kbit/s
    for end in (transport, server):
        end.close()
    line.close()
