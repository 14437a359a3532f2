"""IRC: the grammar, Twitch's lines, and a real server."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.errors import Unavailable
from idol.ports import Heard
from idol.web.incoming.irc import IrcSource, TwitchSource, parse

sys.path.insert(0, str(Path(__file__).parent.parent / "stream"))
from servers import free_port, need, running

TWITCH = (
    "@badge-info=;color=#0D4200;display-name=小红\\sA;emotes=25:0-4;id=b34ccfc7-4977-403a-8a94;"
    "mod=0;room-id=1337;tmi-sent-ts=1507246572675;user-id=1337"
    " :ronni!ronni@ronni.tmi.twitch.tv PRIVMSG #ronni :要2件 : 黑色L"
)


def twitch(**settings: Any) -> TwitchSource:
    source = TwitchSource()
    source.open({"channel": "Ronni", **settings})
    return source


def test_twitch_tells_the_account_with_each_line() -> None:
    line = parse(TWITCH)
    assert line is not None
    found = twitch().heard(line)
    assert found == Heard("b34ccfc7-4977-403a-8a94", "1337", "小红 A", "要2件 : 黑色L")


@pytest.mark.parametrize(
    "text",
    [
        ":ronni!r@r PRIVMSG #ronni :no tags, no account",
        "@user-id=12a :ronni!r@r PRIVMSG #ronni :not a number",
        "@user-id=１２ :ronni!r@r PRIVMSG #ronni :full-width digits",
        "@user-id=7 :ronni!r@r PRIVMSG #ronni :\x01VERSION\x01",
    ],
)
def test_a_line_without_a_certain_account_is_left_out(text: str) -> None:
    line = parse(text)
    assert line is not None and twitch().heard(line) is None


def test_me_is_said_like_all_else() -> None:
    line = parse("@user-id=7;id=x :tom!t@t PRIVMSG #ronni :\x01ACTION waves\x01")
    assert line is not None
    assert twitch().heard(line) == Heard("x", "7", "tom", "waves")


@given(st.text())
def test_no_line_breaks_the_parser(text: str) -> None:
    line = parse(text)
    assert line is None or isinstance(line.command, str)


class Writer:
    def write(self, data: bytes) -> None: ...


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_line_breaks_the_source(text: str) -> None:
    source = twitch()
    for line in (parse(text), parse(f"PRIVMSG {text}"), parse(f"NOTICE {text}"), parse("NOTICE")):
        if line is not None:
            with contextlib.suppress(Unavailable):
                source._answer(line, Writer())  # type: ignore[arg-type]


class Person:
    """Somebody who writes on an IRC server."""

    def __init__(self, port: int, nick: str) -> None:
        self.port, self.nick = port, nick

    async def __aenter__(self) -> Person:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.say(f"NICK {self.nick}", f"USER {self.nick} 0 * :{self.nick}")
        await self.until(" 001 ")
        self.say("JOIN #show")
        await self.until(" 366 ")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    def say(self, *lines: str) -> None:
        for line in lines:
            self.writer.write(line.encode() + b"\r\n")

    async def until(self, words: str) -> str:
        async with asyncio.timeout(60):
            while True:
                line = (await self.reader.readline()).decode("utf-8", "replace")
                if line.startswith("PING"):
                    self.say("PONG" + line[4:].rstrip())
                if words in line:
                    return line


def ngircd(folder: Path, port: int) -> Any:
    binary = need("ngircd", "ngircd")
    config = folder / "ngircd.conf"
    config.write_text(
        f"""[Global]
Name = irc.test
Listen = 127.0.0.1
Ports = {port}
MotdPhrase = hello
ServerUID = 65534
ServerGID = 65534
[Limits]
MaxConnectionsIP = 0
[Options]
Ident = no
DNS = no
PAM = no
"""
    )
    folder.chmod(0o755)
    config.chmod(0o644)
    return running([binary, "-n", "-f", str(config)], folder / "ngircd.log", port)


async def test_a_real_server_is_heard_and_its_end_is_noticed(tmp_path: Path) -> None:
    port = free_port()
    heard: list[Heard | None] = []
    over = asyncio.Event()
    with ngircd(tmp_path, port):
        async with Person(port, "idol") as first:  # the nickname that the source wanted
            source = IrcSource()
            source.open({"server": f"127.0.0.1:{port}", "channel": "show", "tls": False})

            async def listen() -> None:
                async for one in source.listen():
                    heard.append(one)
                    if one and one.text == "the end":
                        over.set()

            task = asyncio.create_task(listen())
            await first.until("JOIN")
            async with Person(port, "tom") as tom:
                tom.say(
                    "PRIVMSG #show :要2件黑色L",
                    "PRIVMSG #show :" + "x" * 400,
                    "PRIVMSG #show :\x01ACTION waves\x01",
                )
                tom.writer.write(b"PRIVMSG #show :\xff\xfe\x02 not text\r\n")
                tom.say("PRIVMSG #show :the end")
                async with asyncio.timeout(60):
                    await over.wait()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(task, 60)
    assert heard[0] is None
    lines = [one for one in heard if one]
    assert {one.author for one in lines} == {"tom"}
    assert lines[0].text == "要2件黑色L" and "waves" in [one.text for one in lines]


async def test_a_dead_server_and_an_endless_line_are_reasons(tmp_path: Path) -> None:
    source = IrcSource()
    source.open({"server": f"127.0.0.1:{free_port()}", "channel": "show", "tls": False})
    with pytest.raises(Unavailable, match="Connect call failed"):
        async for _ in source.listen():
            pass

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(b"x" * 200_000)
            await reader.read()
        writer.close()

    server = await asyncio.start_server(flood, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    source.open({"server": f"127.0.0.1:{port}", "channel": "show", "tls": False})
    with pytest.raises(Unavailable, match="without an end"):
        async for _ in source.listen():
            pass
    server.close()
