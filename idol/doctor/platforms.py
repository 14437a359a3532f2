"""What stands in the settings for other platforms: can it work, and is it reached from here?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from idol.clock import SystemClock
from idol.config import Settings
from idol.doctor import Finding, bad, good, warn
from idol.errors import BadInput, Missing, Unavailable
from idol.model import ChatMessage
from idol.stream import platforms
from idol.stream.outputs import rack
from idol.stream.outputs.options import reach
from idol.telemetry import get_log
from idol.web.incoming.desk import Chats

PORTS = {"rtmp": 1935, "rtmps": 443, "https": 443, "http": 80, "wss": 443, "ws": 80}


class _Nobody:
    async def chat(self, message: ChatMessage) -> None: ...


async def look(settings: Settings) -> AsyncIterator[Finding]:
    for entry in settings.outputs:
        options = entry.options()
        what = f"output {entry.name or options.get('platform') or entry.kind}"
        try:
            rack.check([options])
        except (BadInput, Missing) as error:
            yield bad(what, str(error), "docs/scale.md")
            continue
        url = str(options.get("url") or "")
        if not url and options.get("platform"):
            url = platforms.platform(str(options["platform"])).server
        parts = urlsplit(url)
        if parts.hostname and parts.scheme in PORTS:
            try:
                await asyncio.to_thread(reach, parts.hostname, parts.port or PORTS[parts.scheme])
            except Unavailable as error:
                yield warn(what, str(error), "the show goes on; it is tried again and again")
                continue
            yield good(what, f"{parts.hostname} answers")
        else:
            yield good(what, "set rightly")
    for entry in settings.chats:
        what = f"chat {entry.name or entry.kind}"
        try:
            Chats([entry.options()], _Nobody(), SystemClock(), get_log("doctor"), language="en")
        except BadInput as error:
            yield bad(what, str(error), "docs/scale.md")
            continue
        yield good(what, "set rightly")
