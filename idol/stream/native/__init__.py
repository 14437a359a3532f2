"""The send loop in C, where the package could be built with a compiler; else `None` says so.

It halves what a viewer costs. Everything works without it (`sender.DirectSender`).
"""

from __future__ import annotations

import importlib
from typing import Protocol

from idol.stream import aiortc_private


class SendLoop(Protocol):
    """`_sendloop.c`."""

    def bind(self, srtp_protect: int) -> None: ...
    def address(self, family: int, host: str, port: int) -> bytes: ...
    def send(
        self, srtp: int, fd: int, sockaddr: bytes, header: bytes, payloads: tuple[bytes, ...]
    ) -> int: ...


def load() -> SendLoop | None:
    """The C loop, bound to libsrtp; None where it was not built or libsrtp is another one."""
    try:
        loop: SendLoop = importlib.import_module("idol.stream.native._sendloop")
    except ImportError:
        return None
    protect = aiortc_private.srtp_protect()
    if not protect:
        return None
    loop.bind(protect)
    return loop
