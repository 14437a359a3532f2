"""IRC, and Twitch's dialect of it. Reads only; on Twitch nobody needs an account for that."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import ssl
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idol.config import KEYS
from idol.errors import BadInput, Refused, Unavailable
from idol.ports import Heard
from idol.web.incoming.options import Options, checked

LONGEST_LINE = 16 * 1024
"""Bytes: 8191 of tags and 512 of message at most, by the IRCv3 specification."""
QUIET_S, PATIENCE_S = 120.0, 20.0
_ESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the protocol, taken apart. Pure."""

    command: str
    params: tuple[str, ...] = ()
    source: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def nick(self) -> str:
        return self.source.partition("!")[0]


def parse(text: str) -> Line | None:
    """A line without its end, or None if it is no IRC."""
    tags: dict[str, str] = {}
    if text.startswith("@"):
        raw, _, text = text[1:].partition(" ")
        for pair in raw.split(";"):
            name, _, value = pair.partition("=")
            tags[name] = re.sub(
                r"\\(.?)", lambda m: _ESCAPES.get(m[1], m[1]), value, flags=re.DOTALL
            )
    text = text.lstrip(" ")
    source = ""
    if text.startswith(":"):
        source, _, text = text[1:].partition(" ")
    head, colon, last = text.lstrip(" ").partition(" :")
    words = head.split()
    if not words:
        return None
    params = (*words[1:], last) if colon else tuple(words[1:])
    return Line(words[0].upper(), params, source, tags)


class IrcOptions(Options):
    """`server` host:port, by TLS unless `tls` is false; `channel` with or without its #."""

    server: str
    channel: str
    nick: str = "idol"
    tls: bool = True


class TwitchOptions(Options):
    channel: str
    server: str = "irc.chat.twitch.tv:6697"
    tls: bool = True


class IrcSource:
    """A channel of an IRC server. There a nickname is all that says who somebody is."""

    platform = "irc"

    def open(self, settings: Mapping[str, Any]) -> None:
        options = checked(IrcOptions, settings, self.platform)
        self._set(options.server, options.channel, options.tls, options.name or self.platform)
        self._nick = options.nick

    def _set(self, server: str, channel: str, tls: bool, name: str) -> None:
        host, _, port = server.rpartition(":")
        if not host or not port.isdigit():
            raise BadInput("must be host:port", where=f"chats.{name}.server")
        channel = channel.removeprefix("#")
        if not channel or re.search(r"[\s,\x00\x07:]", channel):
            raise BadInput("is not a channel's name", where=f"chats.{name}.channel")
        self._host, self._port, self._tls = host, int(port), tls
        self._channel = f"#{channel}"
        self._password = os.environ.get(
            KEYS + re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_"), ""
        )
        if re.search(r"[\r\n\x00]", self._password):
            raise BadInput("its key has a line break", where=f"chats.{name}")

    def greeting(self) -> list[str]:
        """What to say first."""
        password = [f"PASS {self._password}"] if self._password else []
        return [*password, f"NICK {self._nick}", f"USER {self._nick} 0 * :{self._nick}"]

    def heard(self, line: Line) -> Heard | None:
        """A chat line, if it is one."""
        text = line.params[-1]
        if text.startswith("\x01"):  # CTCP: /me is said, the rest is not for people
            if not text.startswith("\x01ACTION "):
                return None
            text = text[8:].rstrip("\x01")
        return Heard(line.tags.get("msgid", ""), line.nick.lower(), line.nick, text)

    async def listen(self) -> AsyncGenerator[Heard | None, None]:
        reader, writer = await self._connect()
        try:
            for line in self.greeting():
                writer.write(line.encode() + b"\r\n")
            waiting = False
            while True:
                try:
                    async with asyncio.timeout(PATIENCE_S if waiting else QUIET_S):
                        raw = await reader.readuntil(b"\n")
                except TimeoutError:
                    if waiting:
                        raise Unavailable("the server is silent") from None
                    waiting = True
                    writer.write(b"PING :idol\r\n")
                    continue
                except asyncio.IncompleteReadError:
                    raise Unavailable("the server closed the connection") from None
                except asyncio.LimitOverrunError:
                    raise Unavailable("the server sent a line without an end") from None
                waiting = False
                said = parse(raw.decode("utf-8", "replace").rstrip("\r\n"))
                if said is None:
                    continue
                if said.command == "366":  # the end of who is here: we have joined
                    yield None
                elif found := self._answer(said, writer):
                    yield found
        except OSError as error:
            raise Unavailable(f"{self._host}: {error}") from None
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                async with asyncio.timeout(2.0):
                    await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = ssl.create_default_context() if self._tls else None
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await asyncio.open_connection(
                    self._host, self._port, ssl=context, limit=LONGEST_LINE
                )
        except TimeoutError:
            raise Unavailable(f"{self._host}:{self._port} does not answer") from None
        except OSError as error:
            raise Unavailable(f"{self._host}:{self._port}: {error.strerror or error}") from None

    def _answer(self, line: Line, writer: asyncio.StreamWriter) -> Heard | None:
        last = line.params[-1] if line.params else ""
        match line.command:
            case "PING":
                writer.write(f"PONG :{last}\r\n".encode())
            case "001":
                writer.write(f"JOIN {self._channel}\r\n".encode())
            case "433":  # somebody has that nickname
                self._nick = f"{self._nick[:12]}{random.randrange(10_000)}"
                writer.write(f"NICK {self._nick}\r\n".encode())
            case "RECONNECT":
                raise Unavailable("the server asks to connect again")
            case "464" | "465":
                raise Refused("chat_refused", last or "refused")
            case "NOTICE" if "authentication failed" in last.lower():
                raise Refused("chat_refused", last)
            case "ERROR":
                raise Unavailable(last or "the server ended it")
            case "PRIVMSG" if len(line.params) == 2:
                if line.params[0].lower() == self._channel.lower():
                    return self.heard(line)
        return None


class TwitchSource(IrcSource):
    """Twitch tells each account's number with every line; without one a line is left out."""

    platform = "twitch"

    def open(self, settings: Mapping[str, Any]) -> None:
        options = checked(TwitchOptions, settings, self.platform)
        name = options.name or self.platform
        self._set(options.server, options.channel.lower(), options.tls, name)
        self._nick = f"justinfan{random.randrange(10_000, 99_999)}"

    def greeting(self) -> list[str]:
        return ["CAP REQ :twitch.tv/tags twitch.tv/commands", f"NICK {self._nick}"]

    def heard(self, line: Line) -> Heard | None:
        account = line.tags.get("user-id", "")
        found = super().heard(line)
        if found is None or not account.isascii() or not account.isdigit():
            return None
        name = line.tags.get("display-name") or line.nick
        return Heard(line.tags.get("id", ""), account, name, found.text)
