"""The send loop in C, built by the package where a compiler is there.

It halves what a viewer costs. Everything works without it (`idol.stream.lines`).
"""

from __future__ import annotations

import importlib
from typing import Protocol

from idol.stream import aiortc_private


class NativeLine(Protocol):
    """`Line` of `_sendloop.c`: one kind of media to one viewer."""

    sequence: int
    packets: int
    octets: int
    dropped: int

    def aim(self, fd: int, family: int, host: str, port: int, /) -> None: ...


class SendLoop(Protocol):
    """`_sendloop.c`."""

    def Line(self, srtp: int, header: bytes, stamp_at: int, /) -> NativeLine: ...
    def bind(self, srtp_protect: int, /) -> None: ...
    def send(
        self,
        lines: list[NativeLine],
        timestamp: int,
        stamp: int,
        payloads: tuple[bytes, ...],
        /,
    ) -> None: ...


def load() -> SendLoop | None:
    """The C loop, bound to libsrtp; None where it was not built or libsrtp is another one."""
    try:
        loop: SendLoop = importlib.import_module("idol.stream.native._sendloop")
    except ImportError:
        return None
    protect = aiortc_private.srtp_protect()
    if not protect or not hasattr(loop, "Line"):  # or built from an older source
        return None
    loop.bind(protect)
    return loop
