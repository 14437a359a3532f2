"""Through a TURN server with short-lived logins; the outer address; a known range of ports."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from pathlib import Path

import aioice.turn
import pytest
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection
from aiortc.rtcconfiguration import RTCIceTransportPolicy
from onair import station
from player import Player, until
from servers import coturn, free_port

from idol.stream.nat import IceServer, advertised, port_range, use_ports
from idol.stream.webrtc import WhepSettings

SECRET = "north"


def test_a_login_is_that_of_the_turn_rest_convention() -> None:
    # The value was computed apart: openssl dgst -sha1 -hmac north -binary | base64
    server = IceServer("turn:turn.example.com", secret=SECRET)
    made = server.login("viewer", 1_433_895_918 - 3600, 3600)
    assert made.username == "1433895918:viewer" and not made.secret
    assert made.password == "kSveLHtHMpq3z2TmTh8v/zqtCoM="
    assert made.json()["credential"] == made.password and SECRET not in made.link()
    stun = IceServer("stun:stun.example.com", secret=SECRET).login("viewer", 0)
    assert stun.json() == {"urls": "stun:stun.example.com"}
    assert stun.link() == '<stun:stun.example.com>; rel="ice-server"'


SDP = """v=0
a=candidate:1 1 udp 2130706431 10.0.0.5 40001 typ host
a=candidate:2 1 udp 2130706430 127.0.0.1 40002 typ host
a=candidate:3 1 udp 2130706429 fd00::1 40003 typ host
a=candidate:4 1 udp 1694498815 198.51.100.7 40001 typ srflx raddr 10.0.0.5 rport 40001
""".replace("\n", "\r\n")


def test_the_outer_address_stands_before_the_inner_with_its_port() -> None:
    lines = advertised(SDP, ("203.0.113.9", "2001:db8::9")).split("\r\n")
    assert lines[1] == "a=candidate:1x0 1 udp 2130706432 203.0.113.9 40001 typ host"
    assert lines[2].startswith("a=candidate:1 ")
    assert "a=candidate:3x1 1 udp 2130706430 2001:db8::9 40003 typ host" in lines
    assert len(lines) == len(SDP.split("\r\n")) + 2
    assert advertised(SDP, ()) == SDP


@pytest.mark.parametrize("text", ["1-2", "50000-40000", "40000", "40000-70000"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        port_range(text)
    assert port_range("") is None and port_range("40000-40999") == (40000, 40999)


async def test_only_ports_of_the_range_are_bound_and_taken_ones_are_left() -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        taken = one.getsockname()[1]
        first = min(taken, 65_000)
        for _ in range(2):  # set twice: still one range, not one inside another
            use_ports(loop, first, first + 40)
        made = [
            await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
            )
            for _ in range(10)
        ]
        ports = {t.get_extra_info("sockname")[1] for t, _ in made}
        assert len(ports) == 10 and taken not in ports
        assert all(first <= port <= first + 40 for port in ports)
        use_ports(loop, taken, taken)
        with pytest.raises(OSError, match="is taken"):
            await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
            )
        for transport, _ in made:
            transport.close()


async def test_a_viewer_who_can_only_reach_the_turn_server_sees_the_show(tmp_path: Path) -> None:
    with coturn(tmp_path, free_port(), SECRET) as address:
        url = f"turn:{address}?transport=udp"
        login = IceServer(url, secret=SECRET).login("viewer", time.time())
        async with station(WhepSettings(ports=(42_000, 42_999))) as on_air:
            player = Player()
            await player.connection.close()
            player.connection = RTCPeerConnection(
                RTCConfiguration(
                    iceServers=[RTCIceServer(url, login.username, login.password)],
                    iceTransportPolicy=RTCIceTransportPolicy.RELAY,
                )
            )
            for kind in ("audio", "video"):
                player.connection.addTransceiver(kind, "recvonly")
            player.connection.on("track", player._on_track)
            offer = await player.offer()
            assert set(re.findall(r"typ (\w+)", offer)) == {"relay"}
            async with asyncio.timeout(60):
                await player.join(on_air.whep)
            await until(lambda: len(player.frames["video"]) > 10, 60)
            answer = player.connection.remoteDescription.sdp
            ports = {int(p) for p in re.findall(r"udp \d+ \S+ (\d+) typ host", answer)}
            assert ports and all(42_000 <= port <= 42_999 for port in ports)
            await player.close()
        old = IceServer(url, secret=SECRET).login("viewer", time.time() - 9_000_000)
        host, _, port = address.partition(":")
        with pytest.raises(Exception, match="401"):
            await aioice.turn.create_turn_endpoint(
                asyncio.DatagramProtocol, (host, int(port)), old.username, old.password
            )
