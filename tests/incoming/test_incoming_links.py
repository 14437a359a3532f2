"""From an order in another platform's chat to its owner on our page, and nobody else."""

from __future__ import annotations

import base64
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from idol.clock import VirtualClock
from idol.model import Viewer
from idol.ports import Heard
from idol.telemetry import get_log
from idol.web.auth import Viewers
from idol.web.incoming.desk import Chats
from idol.web.incoming.links import GOOD_FOR_S, MOST, Links
from idol.web.server import create_app

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))
from web_fakes import fake_services

TOM = Viewer("twitch:7", "Tom", "twitch")


async def test_a_code_is_good_once_for_the_page_that_shows_it() -> None:
    clock = VirtualClock()
    links = Links(clock)
    code, ticket = links.ask()
    other, other_ticket = links.ask()
    assert code != other and links.claim(ticket) == (True, None)
    assert not links.written(f"say !link {code}", TOM) and not links.written("!links", TOM)
    assert links.written(f"!link  {code.lower()}", TOM)
    assert links.written(f"!link {code}", Viewer("twitch:8", "Eve", "twitch"))  # used up
    assert links.claim(ticket) == (True, TOM)
    assert links.claim(ticket) == (False, None)
    assert links.claim(other_ticket) == (True, None) and links.claim("") == (False, None)
    await clock.advance(GOOD_FOR_S + 1)
    assert links.written(f"!link {other}", TOM) and links.claim(other_ticket) == (False, None)
    for _ in range(MOST + 50):
        links.ask()
    assert len(links._wishes) <= MOST and len(links._codes) <= MOST


def test_cookies_of_other_platforms_are_signed_like_ours() -> None:
    viewers = Viewers(b"0123456789abcdef")
    for id in ("twitch:7", "wechat:a.b-c", "irc:~0123456789abcdef"):
        cookie = viewers.adopt(Viewer(id, "Tom", id.partition(":")[0]))
        assert viewers.id(cookie) == id
        assert viewers.viewer(id, "en") == Viewer(id, "Tom", id.partition(":")[0])
        assert viewers.id(cookie.replace(id, "twitch:8")) is None
    own = viewers.new()
    assert viewers.id(own) and ":" not in (viewers.id(own) or ":")


def test_a_page_becomes_the_account_that_wrote_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
    monkeypatch.setenv("IDOL_KEY_SHOP", secret)
    services = fake_services()
    entry = {"kind": "push", "name": "shop", "platform": "wechat"}
    desk = Chats([entry], services.reception, services.clock, get_log("test"), language="zh")
    app = create_app(replace(services, chats=desk))
    page, stranger = TestClient(app), TestClient(app)
    assert page.get("/link").status_code == 200
    asked = page.post("/api/link").json()
    assert page.post(f"/api/link/{asked['ticket']}").json() == {"linked": None}
    bad = {"Origin": "https://evil.example"}
    assert page.post("/api/link", headers=bad).status_code == 403
    door = desk.feeds["shop"].intake
    assert door.put(Heard("m1", "openid-7", "小明", f"!link {asked['code']}"))
    assert door._queue.empty()  # a command is not chat
    answer = page.post(f"/api/link/{asked['ticket']}")
    assert answer.json() == {"linked": {"platform": "wechat", "name": "小明"}}
    me = page.get("/api/state").json()["viewer"]
    assert me["id"] == "wechat:openid-7" and me["name"] == "小明"
    assert stranger.get("/api/state").json()["viewer"]["id"] != me["id"]
    assert stranger.post(f"/api/link/{asked['ticket']}").status_code == 404
    codes = [page.post("/api/link").status_code for _ in range(12)]
    assert codes[-1] != 200  # not for guessing


def test_without_sources_there_is_nothing_to_link() -> None:
    services = fake_services()
    desk = Chats([], services.reception, services.clock, get_log("test"), language="zh")
    assert TestClient(create_app(replace(services, chats=desk))).get("/link").status_code == 404
