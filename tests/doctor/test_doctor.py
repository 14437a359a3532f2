"""The doctor sees what is wrong: ports, certificates, STUN and TURN servers, outputs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from idol.config import PluginSettings, Settings
from idol.doctor import Finding, machine, network, platforms
from idol.stream.nat import IceServer

sys.path.insert(0, str(Path(__file__).parent.parent / "stream"))
from servers import certificate, coturn, free_port

SECRET = "north"


def settings(**sections: Any) -> Settings:
    whole = Settings()
    changed = {
        name: getattr(whole, name).model_copy(update=change) if isinstance(change, dict) else change
        for name, change in sections.items()
    }
    return whole.model_copy(update=changed)


def one(found: list[Finding], what: str) -> Finding:
    return next(f for f in found if f.what.startswith(what))


async def all_of(found: AsyncIterator[Finding] | Iterator[Finding]) -> list[Finding]:
    return [f async for f in found] if isinstance(found, AsyncIterator) else list(found)


async def test_this_machine_is_looked_at(tmp_path: Path) -> None:
    found = await all_of(machine.look(settings(data=str(tmp_path))))
    names = {f.what for f in found}
    assert {"versions", "processor", "memory", "disk", "fonts", "clock", "open files"} <= names
    assert one(found, "fonts").level == "good"
    few = await all_of(machine.look(settings(stream={"max_viewers": 10_000_000})))
    assert "ulimit" in one(few, "open files").advice


async def test_a_taken_port_and_a_page_for_this_machine_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = await all_of(network.look(settings(web={"port": port})))
        assert one(found, "pages").level == "bad"
    found = await all_of(network.look(settings(web={"port": free_port()})))
    assert one(found, "pages").level == "warn" and "this machine only" in one(found, "pages").found


async def test_certificates_are_read(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)  # for localhost, two days
    web = {"certificate": str(cert), "certificate_key": str(key), "port": free_port()}
    found = await all_of(network.look(settings(web=web)))
    assert (one(found, "TLS").level, one(found, "TLS").advice) == ("warn", "renew it")
    other = {**web, "public_url": f"https://live.example.invalid:{free_port()}"}
    found = await all_of(network.look(settings(web=other)))
    assert one(found, "TLS").level == "bad" and "localhost" in one(found, "TLS").found
    assert one(found, "public_url").level == "warn"
    cert.write_text("rubbish")
    found = await all_of(network.look(settings(web=web)))
    assert one(found, "TLS").level == "bad"


async def test_a_range_of_ports_that_is_too_small() -> None:
    first = 43_000
    stream = {"udp_ports": f"{first}-{first + 3}", "max_viewers": 50}
    found = await all_of(network.look(settings(stream=stream, web={"port": free_port()})))
    assert one(found, "UDP").level == "warn" and "50 viewers" in one(found, "UDP").advice
    stream["udp_ports"] = "50000-40000"
    found = await all_of(network.look(settings(stream=stream, web={"port": free_port()})))
    assert one(found, "UDP").level == "bad"


async def test_stun_and_turn_servers_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "PATIENCE_S", 9.0)
    with coturn(tmp_path, free_port(), SECRET) as address:
        finding, seen = await network.stun(IceServer(f"stun:{address}"))
        assert (finding.level, seen) == ("good", "127.0.0.1")
        relay = await network.turn(IceServer(f"turn:{address}", secret=SECRET))
        assert relay.level == "good" and "127.0.0.1" in relay.found
        over_tcp = await network.turn(IceServer(f"turn:{address}?transport=tcp", secret=SECRET))
        assert over_tcp.level == "good", over_tcp
        wrong = await network.turn(IceServer(f"turn:{address}", secret="south"))
        assert wrong.level == "bad" and "not the server's secret" in wrong.advice
        none = await network.turn(IceServer(f"turn:{address}"))
        assert none.level == "bad" and "IDOL_TURN_SECRET" in none.advice
        stream = {"ice_servers": (f"stun:{address}",), "external": ("203.0.113.9",)}
        found = await all_of(network.look(settings(stream=stream, web={"port": free_port()})))
        assert one(found, "from outside").level == "bad"
        assert "STUN sees 127.0.0.1" in one(found, "from outside").found
    monkeypatch.setattr(network, "PATIENCE_S", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        finding, seen = await network.stun(IceServer(f"stun:127.0.0.1:{port}"))
        assert finding.level == "bad" and not seen
        relay = await network.turn(IceServer(f"turn:127.0.0.1:{port}", secret=SECRET))
        assert relay.level == "bad"


async def test_outputs_and_chats_are_checked_and_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDOL_KEY_ONE", "secret-key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        entries = (
            PluginSettings(kind="rtmp", name="one", url=f"rtmp://127.0.0.1:{port}/live"),
            PluginSettings(kind="rtmp", platform="twitch"),
        )
        chats = (PluginSettings(kind="twitch", chanel="x"), PluginSettings(kind="push"))
        whole = settings(outputs=entries, chats=chats)
        found = await all_of(platforms.look(whole))
    assert [f.level for f in found] == ["good", "bad", "bad", "bad"]
    assert "IDOL_KEY_TWITCH" in found[1].found and "'channel'" in found[2].found
    assert "secret-key" not in " ".join(f"{f.found} {f.advice}" for f in found)


def test_the_command_prints_all_and_fails_where_something_is_bad(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environ = {
            **os.environ,
            "IDOL_WEB__PORT": str(taken.getsockname()[1]),
            "IDOL_OUTPUTS": json.dumps([{"kind": "hls", "path": str(tmp_path / "hls")}]),
        }
        done = subprocess.run(
            [sys.executable, "-c", "from idol.cli import main; main()", "doctor"],
            env=environ,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
    assert done.returncode == 1, done.stderr
    assert "BAD   pages" in done.stdout and "good  output hls" in done.stdout
