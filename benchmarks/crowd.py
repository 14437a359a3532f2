"""Many viewers that cost little: they connect like any other and only count what comes.

In a process of their own, so that what the host spends on them can be told from what they spend.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import aioice.ice
import httpx
import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket

SECONDS = 10.0


async def cost(
    url: str, pid: int, most: int, seconds: float = SECONDS
) -> list[tuple[int, float, float]]:
    """(viewers, cores, resident MiB) of the host `pid` with none and with `most` further ones."""
    host = psutil.Process(pid)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_main, args=(theirs, url), daemon=True)
    await asyncio.to_thread(child.start)
    theirs.close()
    rows = []
    try:
        for count in (0, most):
            await asyncio.to_thread(ours.send, count)
            joined = await asyncio.to_thread(ours.recv)
            assert joined == count, f"{joined} of {count} viewers joined"
            await asyncio.sleep(3.0)
            before, begin = sum(host.cpu_times()[:2]), asyncio.get_running_loop().time()
            await asyncio.sleep(seconds)
            spent = sum(host.cpu_times()[:2]) - before
            passed = asyncio.get_running_loop().time() - begin
            rows.append((count, spent / passed, host.memory_info().rss / 2**20))
    finally:
        ours.close()
        await asyncio.to_thread(child.join, 20)
        if child.is_alive():
            child.kill()
    return rows


def _main(pipe: Connection[Any, Any], url: str) -> None:
    asyncio.run(_watch(pipe, url))


async def _watch(pipe: Connection[Any, Any], url: str) -> None:
    _only_count()
    viewers: list[tuple[RTCPeerConnection, list[int]]] = []

    async def join(client: httpx.AsyncClient) -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTransceiver("audio", "recvonly")
        peer.addTransceiver("video", "recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        answer = await client.post(
            f"{url}/whep",
            content=peer.localDescription.sdp,
            headers={"Content-Type": "application/sdp"},
        )
        answer.raise_for_status()
        await peer.setRemoteDescription(RTCSessionDescription(answer.text, "answer"))
        await _until(lambda: peer.connectionState == "connected")
        lines = [line for line in answer.text.splitlines() if line.startswith("a=ssrc:")]
        viewers.append((peer, [int(line[7:].split()[0]) for line in lines]))

    async def report() -> None:
        """Receiver reports, as real viewers send them each second."""
        while True:
            await asyncio.sleep(1.0)
            for peer, sources in viewers:
                transport = peer.getTransceivers()[0].receiver.transport
                reports = [
                    RtcpReceiverInfo(source, 0, 0, 0, 0, 0, 0) for source in dict.fromkeys(sources)
                ]
                await transport._send_rtp(bytes(RtcpRrPacket(ssrc=1, reports=reports)))

    reporter = asyncio.create_task(report())
    async with httpx.AsyncClient(timeout=30) as client:
        while (count := await asyncio.to_thread(_order, pipe)) is not None:
            while len(viewers) < count:
                await asyncio.gather(*(join(client) for _ in range(min(4, count - len(viewers)))))
            pipe.send(len(viewers))
    reporter.cancel()
    await asyncio.gather(*(peer.close() for peer, _ in viewers), return_exceptions=True)


def _order(pipe: Connection[Any, Any]) -> int | None:
    try:
        count: int = pipe.recv()
    except EOFError:
        return None
    return count


def _only_count() -> None:
    """No decryption and no decoding of media: datagrams are dropped where they arrive."""
    real = aioice.ice.StunProtocol.datagram_received

    def received(self: Any, data: bytes, address: Any) -> None:
        if not 127 < data[0] < 192:
            real(self, data, address)

    aioice.ice.StunProtocol.datagram_received = received


async def _until(true: Callable[[], bool]) -> None:
    """Wait for a condition, at most 20 s."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - any condition, no event to wait for
            await asyncio.sleep(0.01)
