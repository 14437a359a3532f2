"""Viewers come and go: nothing of them stays behind in the host."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import httpx
import psutil
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from e2e_room import Room, until

pytestmark = [
    pytest.mark.alone,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]

JOINS = int(os.environ.get("IDOL_E2E_JOINS", "40"))
"""How many viewers come and go; 200 is what a release is held to."""
AT_ONCE = 4
MEMORY_MB = 40
"""What the allocator may keep; a leak of a session each would be several times this at 200."""


async def visit(url: str, client: httpx.AsyncClient, *, politely: bool) -> None:
    """One viewer: joins over WHEP, receives picture and sound, leaves or just goes."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    kinds: dict[str, Any] = {}
    peer.on("track", lambda track: kinds.setdefault(track.kind, track))
    for kind in ("audio", "video"):
        peer.addTransceiver(kind, "recvonly")
    try:
        await peer.setLocalDescription(await peer.createOffer())
        answer = await client.post(
            f"{url}/whep",
            content=peer.localDescription.sdp,
            headers={"Content-Type": "application/sdp"},
        )
        assert answer.status_code == 201, answer.text
        await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        async with asyncio.timeout(60):
            await kinds["audio"].recv()
        if politely:
            left = await client.delete(url + answer.headers["Location"])
            assert left.is_success
    finally:
        await peer.close()


async def crowd(url: str, count: int) -> None:
    """`count` visits, a few at a time; every third goes without a word."""
    gate = asyncio.Semaphore(AT_ONCE)

    async with httpx.AsyncClient(timeout=30) as client:

        async def one(number: int) -> None:
            async with gate:
                await visit(url, client, politely=number % 3 != 0)

        await asyncio.gather(*(one(number) for number in range(count)))


async def footprint(house: Room) -> dict[str, float]:
    """What the host process holds once everybody has gone."""

    async def empty() -> bool:
        return await house.metric("idol_players") == 0

    await until(empty, seconds=60, every=0.5, why="some viewers never left")
    host = psutil.Process(house.live.pid)
    sockets = len(host.net_connections("udp"))
    return {
        "tasks": await house.metric("idol_tasks"),
        "files": host.num_fds(),
        "udp": sockets,
        "threads": host.num_threads(),
        "memory_mb": host.memory_info().rss / 2**20,
    }


async def test_nothing_of_a_viewer_stays_behind(house: Room, record_property: Any) -> None:
    await crowd(house.live.url, 12)  # what is loaded once, and pools that fill
    before = await footprint(house)
    await crowd(house.live.url, JOINS)
    after = await footprint(house)
    for name in after:
        record_property(name, f"{before[name]:.0f} -> {after[name]:.0f}")
    print(f"{JOINS} joins and leaves: {before} -> {after}")
    assert after["udp"] <= before["udp"]
    assert after["tasks"] <= before["tasks"] + 2  # one request or sweep may be under way
    assert after["files"] <= before["files"] + 3
    assert after["threads"] <= before["threads"] + 2
    assert after["memory_mb"] <= before["memory_mb"] + MEMORY_MB
