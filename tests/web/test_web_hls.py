"""HLS over the web: the list, its parts, and nothing else of the folder or the machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_fakes import fake_services

from idol.config import PluginSettings
from idol.web.server import create_app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("live.m3u8", "part000001.m4s", "init.mp4", "notes.txt"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def test_players_of_any_page_get_list_and_parts(folder: Path) -> None:
    services = fake_services()
    output = PluginSettings(kind="hls", name="replay", path=str(folder))
    settings = services.settings.model_copy(update={"outputs": (output,)})
    web = TestClient(create_app(replace(services, settings=settings)))
    answer = web.get("/hls/replay/live.m3u8", headers={"Origin": "https://elsewhere.example"})
    assert answer.text == "live.m3u8" and answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["access-control-allow-origin"] == "*"
    part = web.get("/hls/replay/part000001.m4s", headers={"Range": "bytes=0-3"})
    assert part.status_code == 206 and part.content == b"part"
    for wrong in ("replay/notes.txt", "replay/..%2flive.m3u8", "other/live.m3u8", "replay/no.m4s"):
        assert web.get(f"/hls/{wrong}").status_code == 404
