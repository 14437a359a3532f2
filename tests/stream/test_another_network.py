"""A viewer whose address changes goes on in the same session, without a reload."""

from __future__ import annotations

import re
from typing import Any

from aiortc import RTCSessionDescription
from onair import Station, station
from player import Player, until

from idol.testing.badline import BadLine

PATIENCE = 90.0


async def behind(player: Player, on_air: Station, line: BadLine) -> None:
    player.session, answer = await on_air.whep.join(await player.offer())
    there = await line.between(answer)
    await player.connection.setRemoteDescription(RTCSessionDescription(there, "answer"))
    await until(lambda: len(player.frames["video"]) > 3, PATIENCE)


def ice_of(player: Player) -> Any:
    return player.connection.getTransceivers()[0].receiver.transport.transport._connection


async def check(player: Player) -> None:
    """A connectivity check of the path in use, as a browser sends one every second or two."""
    ice = ice_of(player)
    pair = ice._nominated[1]
    request = ice.build_request(pair, nominate=True)
    password = ice.remote_password.encode()
    await pair.protocol.request(request, pair.remote_addr, integrity_key=password)


async def goes_on(player: Player, on_air: Station, line: BadLine) -> None:
    """Packets go where the viewer is now, in the session that it had."""
    sender = on_air.whep._sessions[player.session].senders["video"]
    await until(lambda: sender._path[1][1] == line.port, PATIENCE)
    seen = {kind: len(frames) for kind, frames in player.frames.items()}
    await until(lambda: all(len(player.frames[kind]) > seen[kind] + 10 for kind in seen), PATIENCE)
    assert on_air.whep.stats()["joined"] == on_air.whep.count == 1


async def test_packets_follow_a_viewer_whose_address_changes() -> None:
    line = BadLine()
    async with station() as on_air:
        player = Player()
        await behind(player, on_air, line)
        before = line.port
        await line.move()
        assert line.port != before
        await check(player)
        await goes_on(player, on_air, line)
        await player.close()
    line.close()


async def test_ice_begins_anew_when_the_viewer_asks() -> None:
    line = BadLine()
    async with station() as on_air:
        whep, player = on_air.whep, Player()
        await behind(player, on_air, line)
        await line.move()
        ice, name, password = ice_of(player), "anew", "a" * 22
        fragment = f"a=ice-ufrag:{name}\r\na=ice-pwd:{password}\r\nm=audio 9 X 0\r\na=mid:0\r\n"
        answer = await whep.trickle(player.session, fragment)
        assert await whep.trickle(player.session, fragment) == ""  # known by now
        assert answer.startswith("m=") and "a=mid:0" in answer and "a=candidate" in answer
        # What a browser does with both descriptions.
        ice._local_username, ice._local_password = name, password
        ice.remote_username = re.search(r"a=ice-ufrag:(\S+)", answer)[1]
        ice.remote_password = re.search(r"a=ice-pwd:(\S+)", answer)[1]
        await check(player)
        await goes_on(player, on_air, line)
        await player.close()
    line.close()
