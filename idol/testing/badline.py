"""A bad line between a WebRTC server and one viewer: a relay of datagrams that loses, delays,
reorders and narrows what passes through it. Repeatable from a seed; needs no rights."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass
from typing import Any

_CANDIDATE = re.compile(
    r"^a=candidate:\S+ 1 udp \d+ (?P<host>[\d.]+) (?P<port>\d+) typ host.*$", re.M | re.I
)


@dataclass
class Faults:
    """What the line does to datagrams towards the viewer, from now on. Times are seconds.

    Loss and delay also meet those that come back from it.
    """

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    """Up to this much more delay, changing, but in order."""
    reorder: float = 0.0
    """The share that comes 30 ms late, after those behind it."""
    kbps: float = 0.0
    """0: as wide as it likes."""
    queue: float = 0.3
    """A narrow line drops what would wait longer than this."""


class _Port(asyncio.DatagramProtocol):
    def __init__(self, line: BadLine, down: bool) -> None:
        self._line, self._down = line, down
        self.peer: Any = None
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        if not self._down:  # the viewer's side learns where the viewer is
            self.peer = self.peer or address
            if address != self.peer:
                return  # its other addresses are not on this line
        self._line.passed(data, down=self._down)

    def error_received(self, error: Exception) -> None:
        """One end has closed its port."""


class BadLine:
    """`answer = await line.between(answer)` puts it in the way of a viewer that gets `answer`."""

    def __init__(self, faults: Faults | None = None, seed: int = 1) -> None:
        self.faults = faults or Faults()
        self.lost = self.carried = 0
        self._random = random.Random(seed)
        self._front, self._back = _Port(self, down=False), _Port(self, down=True)
        self._free_at = 0.0
        self._last_at = 0.0

    async def between(self, answer: str) -> str:
        """The server's answer with the line's own address in place of the server's."""
        found = list(_CANDIDATE.finditer(answer))
        if not found:
            raise ValueError("the answer has no IPv4 host candidate")
        best = next((each for each in found if each["host"] == "127.0.0.1"), found[0])
        host = best["host"]
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self._front, local_addr=(host, 0))
        await loop.create_datagram_endpoint(lambda: self._back, local_addr=(host, 0))
        self._back.peer = (host, int(best["port"]))
        port = self._front.transport.get_extra_info("sockname")[1]
        line = best.group(0).replace(f" {best['port']} typ", f" {port} typ")
        kept = [each for each in answer.splitlines() if not each.startswith("a=candidate")]
        at = max(i for i, each in enumerate(kept) if each.startswith("a=ice-pwd")) + 1
        first = min(i for i, each in enumerate(kept) if each.startswith("a=ice-pwd")) + 1
        kept.insert(at, line)
        if first != at:
            kept.insert(first, line)
        return "\r\n".join(kept) + "\r\n"

    async def move(self) -> None:
        """The viewer is at another address from now on, as when it changes its network: the
        server sees its packets come from another port, and the old one leads nowhere."""
        before, self._back = self._back, _Port(self, down=True)
        host = before.peer[0]
        await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: self._back, local_addr=(host, 0)
        )
        self._back.peer = before.peer
        before.transport.close()

    @property
    def port(self) -> int:
        """Where the server sees the viewer."""
        port: int = self._back.transport.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        for port in (self._front, self._back):
            if port.transport:
                port.transport.close()

    def passed(self, data: bytes, *, down: bool) -> None:
        """A datagram has come in; it goes out later, or never."""
        faults, loop = self.faults, asyncio.get_running_loop()
        now = at = loop.time()
        lost = self._random.random() < faults.loss
        if down and faults.kbps:
            at = max(now, self._free_at) + len(data) * 8 / (faults.kbps * 1000)
            lost = lost or at - now > faults.queue
            if not lost:
                self._free_at = at
        if lost:
            self.lost += down
            return
        self.carried += down
        at += faults.delay
        if down:
            at += faults.jitter * self._random.random()
            at = self._last_at = max(at, self._last_at)
            if self._random.random() < faults.reorder:
                at += 0.03
        out = self._front if down else self._back
        if at <= now:
            self._send(out, data)
        else:
            loop.call_at(at, self._send, out, data)

    def _send(self, out: _Port, data: bytes) -> None:
        if out.peer is not None and not out.transport.is_closing():
            out.transport.sendto(data, out.peer)
