"""What a viewer beyond a NAT needs: TURN credentials, the outer address, a known port range."""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import hmac
import random
import re
import time
from dataclasses import dataclass
from typing import Any

TTL_S = 6 * 3600
"""How long a viewer's TURN credentials are good: longer than a show is watched at a stretch."""
_CANDIDATE = re.compile(r"^a=candidate:(\S+) (\d+) udp (\d+) (\S+) (\d+) typ host", re.I)


@dataclass(frozen=True, slots=True)
class IceServer:
    """A STUN or TURN server, e.g. ``turn:turn.example.com:3478?transport=udp``.

    With `secret`, the one that the TURN server shares with us, each login is made when it is
    needed and ends by itself (coturn's `use-auth-secret`).
    """

    url: str
    username: str = ""
    password: str = ""
    secret: str = ""

    @property
    def relays(self) -> bool:
        return self.url.startswith(("turn:", "turns:"))

    def login(self, user: str, now: float, ttl: float = TTL_S) -> IceServer:
        """The same server with a user name and a password, and nothing secret."""
        if not self.relays:
            return IceServer(self.url)
        if not self.secret:
            return IceServer(self.url, self.username, self.password)
        username = f"{int(now + ttl)}:{user}"
        mac = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return IceServer(self.url, username, base64.b64encode(mac).decode())

    def link(self) -> str:
        """As a Link header for players that know WHEP (draft-ietf-wish-whep, 4.4)."""
        text = f'<{self.url}>; rel="ice-server"'
        if self.username:
            text += f'; username="{self.username}"; credential="{self.password}"'
            text += '; credential-type="password"'
        return text

    def json(self) -> dict[str, str]:
        """As a browser's RTCIceServer."""
        login = {"username": self.username, "credential": self.password} if self.username else {}
        return {"urls": self.url, **login}


def servers(urls: tuple[str, ...], secret: str) -> tuple[IceServer, ...]:
    return tuple(IceServer(url, secret=secret) for url in urls)


def logins(all: tuple[IceServer, ...], user: str) -> list[IceServer]:
    """Every server as one viewer may use it from now on."""
    return [server.login(user, time.time()) for server in all]


def advertised(sdp: str, external: tuple[str, ...]) -> str:
    """The answer with our outer addresses before the inner ones: a NAT that forwards a port
    forwards it unchanged, so the port is the same."""
    if not external:
        return sdp
    lines: list[str] = []
    for line in sdp.split("\r\n"):
        found = _CANDIDATE.match(line)
        if found and not found[4].startswith("127."):
            foundation, component, priority, inner, port = found.groups()
            for number, address in enumerate(external):
                if (":" in address) == (":" in inner):
                    lines.append(
                        f"a=candidate:{foundation}x{number} {component} udp "
                        f"{min(int(priority) + 1, 2**31 - 1)} {address} {port} typ host"
                    )
        lines.append(line)
    return "\r\n".join(lines)


def use_ports(loop: asyncio.AbstractEventLoop, first: int, last: int) -> None:
    """From now on this loop binds datagram sockets, where any port would do, in first..last.

    A firewall or a container can then open just these. One viewer takes one for each address.
    """
    plain = getattr(loop, "_idol_any_port", loop.create_datagram_endpoint)

    async def ranged(factory: Any, local_addr: Any = None, **more: Any) -> Any:
        if not local_addr or local_addr[1] != 0:
            return await plain(factory, local_addr=local_addr, **more)
        count = last - first + 1
        start = random.randrange(count)
        for step in range(count):
            port = first + (start + step) % count
            try:
                return await plain(factory, local_addr=(local_addr[0], port), **more)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        raise OSError(f"every UDP port of {first}-{last} is taken")

    loop._idol_any_port = plain  # type: ignore[attr-defined]
    loop.create_datagram_endpoint = ranged  # type: ignore[assignment,method-assign]


def port_range(text: str) -> tuple[int, int] | None:
    """ "40000-40999" as numbers, None for empty. Raises `ValueError`."""
    if not text:
        return None
    first, _, last = text.partition("-")
    low, high = int(first), int(last)
    if not 1024 <= low <= high <= 65535:
        raise ValueError("a range of UDP ports is like 40000-40999, from 1024 to 65535")
    return low, high
