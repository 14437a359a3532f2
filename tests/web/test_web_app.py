"""The app over HTTP and websockets: protocol, hostile input, who may do what."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from web_fakes import PASSWORD, FakeReception, FakeShop, FakeStage, FakeWhep, fake_services

from idol.clock import SystemClock
from idol.errors import Unavailable
from idol.web.server import create_app
from idol.web.services import Services


class House:
    """One running app with a browser's cookie jar."""

    def __init__(self, services: Services, client: TestClient) -> None:
        self.services, self.client = services, client
        self.stage: FakeStage = services.stage  # type: ignore[assignment]
        self.shop: FakeShop = services.shop  # type: ignore[assignment]
        self.reception: FakeReception = services.reception  # type: ignore[assignment]
        self.whep: FakeWhep = services.whep  # type: ignore[assignment]

    @contextmanager
    def page(self, language: str = "zh", **headers: str) -> Iterator[Socket]:
        self.client.get("/")  # for the cookie
        with self.client.websocket_connect(f"/ws?lang={language}", headers=headers) as socket:
            yield Socket(socket)

    @contextmanager
    def desk(self, language: str = "zh") -> Iterator[Socket]:
        answer = self.client.post("/console/login", json={"password": PASSWORD})
        assert answer.status_code == 204
        with self.client.websocket_connect(f"/console/ws?lang={language}") as socket:
            yield Socket(socket)


class Socket:
    """A page's end of a websocket, as JSON."""

    def __init__(self, raw: WebSocketTestSession) -> None:
        self.raw = raw
        self.hello = self.until("hello")

    def send(self, message: Any) -> None:
        self.raw.send_text(message if isinstance(message, str) else json.dumps(message))

    def until(self, *kinds: str) -> dict[str, Any]:
        while True:
            event: dict[str, Any] = self.raw.receive_json()
            if event["type"] in kinds:
                return event

    def ask(self, message: Any, *kinds: str) -> dict[str, Any]:
        self.send(message)
        return self.until(*kinds)


@pytest.fixture
def house() -> Iterator[House]:
    services = fake_services(SystemClock())
    with TestClient(create_app(services), base_url="http://testserver") as client:
        yield House(services, client)


# ---- the viewer


def test_the_page_sets_a_signed_cookie_once(house: House) -> None:
    first = house.client.get("/")
    assert re.match(r"idol_viewer=[0-9a-f]+\.[0-9a-f]+;.*HttpOnly; SameSite=Lax$",
                    first.headers["set-cookie"])  # fmt: skip
    assert "set-cookie" not in house.client.get("/").headers


@pytest.mark.parametrize("path", ["/", "/console", "/nowhere", "/api/state", "/sandbox/pay/x"])
def test_every_answer_has_the_security_headers(house: House, path: str) -> None:
    headers = house.client.get(path).headers
    csp = headers["content-security-policy"]
    assert "default-src 'self'" in csp and "unsafe-inline" not in csp and "*" not in csp
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


def test_hello_holds_the_whole_state(house: House) -> None:
    house.client.get("/")
    with house.page() as page:
        hello = page.hello
    assert hello["show"] == {
        "title": {"zh": "秋日轻装专场", "en": "Light layers for autumn"},
        "language": "zh",
        "currency": "CNY",
    }
    assert hello["viewer"]["name"].startswith("观众")
    assert [item["number"] for item in hello["listings"]] == [1, 2, 3, 4, 5, 6]
    assert hello["listings"][0]["price"] == {"minor": 19900, "currency": "CNY"}
    assert hello["listings"][5]["state"] == "sold_out"
    assert hello["card"] == 1 and hello["rtp_origin"] == 0
    assert hello["holds"] == hello["orders"] == hello["chat"] == []
    state = house.client.get("/api/state").json()
    assert state["viewer"] == hello["viewer"] and state["listings"] == hello["listings"]


def test_chat_is_taken_once_by_id(house: House) -> None:
    with house.page() as page:
        for _ in range(3):
            ack = page.ask({"type": "chat", "id": "m1", "text": "有货吗"}, "ack")
            assert ack["id"] == "m1"
        with house.page("en") as other:
            assert [line["text"] for line in other.hello["chat"]] == ["有货吗"]
            house.client.cookies.clear()
        with house.page("en") as stranger:
            notice = stranger.ask({"type": "chat", "id": "m1", "text": "stolen id"}, "notice")
            assert notice["code"] == "duplicate_id"
    assert [m.text for m in house.reception.heard] == ["有货吗"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("not json", "bad_message"),
        ("[]", "bad_message"),
        ("null", "bad_message"),
        ('{"type": "nonsense"}', "bad_message"),
        ('{"type": "chat", "id": "a"}', "bad_message"),
        ('{"type": "chat", "id": 7, "text": "x"}', "bad_message"),
        ('{"type": "chat", "id": "a b<>", "text": "x"}', "bad_message"),
        ('{"type": "chat", "id": "a", "text": ["x"]}', "bad_message"),
        ('{"type": "chat", "id": "a", "text": "\\ud800"}', "bad_message"),
        ('{"type": "hold", "key": "k", "listing": "1", "sku": "s", "quantity": 1}', "bad_message"),
        ('{"type": "hold", "key": "k", "listing": 1, "sku": "s", "quantity": 0}', "bad_message"),
        ('{"type": "hold", "key": "k", "listing": 1, "sku": "s", "quantity": true}', "bad_message"),
        ('{"type": "hold", "key": "k", "listing": 1, "sku": "s", "quantity": 1e9}', "bad_message"),
        ("[" * 4000, "bad_message"),
        ('{"type": "chat", "id": "a", "text": "\\u0000\\u001b\\u202e"}', "empty"),
        (json.dumps({"type": "chat", "id": "a", "text": "长" * 201}), "too_long"),
        (json.dumps({"type": "chat", "id": "a", "text": "x" * 4096}), "too_big"),
        (
            json.dumps({"type": "chat", "id": "a", "text": "😀" * 1500}, ensure_ascii=False),
            "too_big",
        ),
        ('{"type": "name", "name": "  "}', "bad_name"),
        ('{"type": "name", "name": "爱 蕾"}', "bad_name"),
        ('{"type": "confirm", "key": "k", "hold": "none"}', "unknown_hold"),
    ],
)
def test_each_bad_message_gets_its_reason_and_harms_nothing(
    house: House, raw: str, code: str
) -> None:
    with house.page("en") as page:
        notice = page.ask(raw, "notice")
        assert (notice["code"], notice["level"]) == (code, "warn")
        assert notice["text"].isascii() and len(notice["text"]) > 5
        assert page.ask({"type": "chat", "id": "after", "text": "still here"}, "ack")
    assert [m.text for m in house.reception.heard] == ["still here"]


def test_binary_frames_are_read_as_text_or_refused(house: House) -> None:
    with house.page() as page:
        page.raw.send_bytes(b"\xff\xfe\x00")
        assert page.until("notice")["code"] == "bad_message"


def test_html_and_emoji_are_only_text(house: House) -> None:
    with house.page() as page:
        text = "<img src=x onerror=alert(1)> 😀😀😀"
        page.send({"type": "chat", "id": "h", "text": text})
        assert page.until("chat")["text"] == text
        storm = "😀" * 200
        page.send({"type": "chat", "id": "s", "text": storm})
        assert page.until("chat")["text"] == storm


def test_a_hundred_messages_at_once_from_one_viewer(house: House) -> None:
    with house.page() as page:
        house.client.cookies.clear()
        with house.page() as calm:
            for i in range(100):
                page.send({"type": "chat", "id": f"m{i}", "text": f"spam {i}"})
            answers = {"ack": 0, "slow_down": 0}
            while sum(answers.values()) < 100:
                event = page.until("ack", "notice")
                assert event.get("id") or event["code"] == "slow_down"
                if event.get("id"):
                    answers[event.get("code", "ack")] += 1
            assert 5 <= answers["ack"] <= 15  # 5 at once, one more each second
            assert calm.ask({"type": "chat", "id": "calm", "text": "hi"}, "ack")


def test_a_message_that_failed_may_be_sent_again(house: House) -> None:
    with house.page() as page:
        house.reception.fail = Unavailable("later")
        sent = {"type": "chat", "id": "m", "text": "hello"}
        assert page.ask(sent, "notice") | {"text": ""} == {
            "type": "notice", "level": "warn", "code": "busy", "text": "", "id": "m",
        }  # fmt: skip
        house.reception.fail = KeyError("a bug")
        assert page.ask(sent, "notice")["code"] == "try_again"
        house.reception.fail = None
        assert page.ask(sent, "ack")["id"] == "m"


def test_name_and_language_change(house: House) -> None:
    with house.page() as page:
        page.send({"type": "name", "name": "\x00小雨\u202e "})
        page.send({"type": "chat", "id": "m", "text": "hi"})
        assert page.until("chat")["name"] == "小雨"
        page.send({"type": "language", "language": "en"})
        assert page.ask("junk", "notice")["text"].isascii()
    assert house.reception.greeted[0].name == "小雨"
    with house.page() as again:
        assert again.hello["viewer"]["name"] == "小雨"
    assert len(house.reception.greeted) == 2


def test_from_hold_to_paid_order(house: House) -> None:
    with house.page("en") as page:
        hold = {"type": "hold", "key": "k1", "listing": 1, "quantity": 1, "sku": "cloud-jacket-k-L"}
        held = page.ask(hold, "hold")
        assert held["state"] == "live" and held["total"]["minor"] == 19900
        assert page.ask({**hold, "listing": 6, "sku": "x"}, "notice")["key"] == "k1"
        for code, status in (("key_reused", 422), ("in_flight", 409)):
            house.shop.refuses = code
            notice = page.ask(hold, "notice")
            assert (notice["code"], notice["key"], notice["status"]) == (code, "k1", status)
        house.shop.refuses = ""
        house.shop.down = True
        confirm = {"type": "confirm", "key": "k2", "hold": held["id"]}
        assert page.ask(confirm, "notice")["code"] == "unavailable"
        house.shop.down = False
        order = page.ask(confirm, "order")
        assert order["state"] == "awaiting_payment"
        id, url = order["id"], order["pay_url"]
        assert house.client.get(f"/api/orders/{id}").json()["id"] == id
        pay_page = house.client.get(url, headers={"accept-language": "en"})
        assert "¥199" in pay_page.text and "No money moves" in pay_page.text
        failed = house.client.post(url, data={"choice": "fail"}, follow_redirects=False)
        assert (failed.status_code, failed.headers["location"]) == (303, f"/orders/{id}")
        assert "failed" in house.client.get(url + "?lang=en").text
        house.client.post(url, data={"choice": "succeed"}, follow_redirects=False)
        assert house.client.get(f"/api/orders/{id}").json()["state"] == "paid"
    with house.page() as page:
        assert page.hello["orders"][0]["state"] == "paid"


def test_orders_are_their_buyers_only(house: House) -> None:
    with house.page() as page:
        sku = "cloud-jacket-k-L"
        hold = page.ask(
            {"type": "hold", "key": "k", "listing": 1, "quantity": 1, "sku": sku}, "hold"
        )
        order = page.ask({"type": "confirm", "key": "c", "hold": hold["id"]}, "order")
    path = f"/api/orders/{order['id']}"
    elsewhere = {"origin": "http://evil.example"}
    assert house.client.post(f"{path}/cancel", headers=elsewhere).status_code == 403
    assert house.client.post(f"{path}/cancel").json()["state"] == "cancelled"
    house.client.cookies.clear()
    assert house.client.get(path).status_code == 404
    house.client.get("/")
    assert house.client.get(path).status_code == 404


def test_another_site_cannot_open_a_websocket(house: House) -> None:
    for path in ("/ws", "/console/ws"):
        with (
            pytest.raises(WebSocketDisconnect),
            house.client.websocket_connect(path, headers={"origin": "http://evil.example"}),
        ):
            pass
    with house.page(origin="http://testserver") as page:
        assert page.hello


def test_a_forged_cookie_is_a_new_viewer(house: House) -> None:
    house.client.cookies.set("idol_viewer", "someone.0000")
    with house.client.websocket_connect("/ws") as raw:
        assert Socket(raw).hello["viewer"]["id"] != "someone"


def test_too_many_pages_of_one_viewer_are_refused(house: House) -> None:
    house.client.get("/")
    audience = house.services.audience
    with house.page():
        audience.pages_of = lambda _: 8  # type: ignore[method-assign]
        with pytest.raises(WebSocketDisconnect), house.page():
            pass


def test_missing_pages_are_told_kindly(house: House) -> None:
    html = house.client.get("/nowhere?lang=en", headers={"accept": "text/html"})
    assert html.status_code == 404 and "There is no such page" in html.text
    assert house.client.get("/pictures/..%2f..%2fetc%2fpasswd").status_code == 404
    assert house.client.get("/static/..%2fserver.py").status_code == 404
    assert house.client.get("/sandbox/pay/none").json()["code"] == "unknown_payment"


# ---- WHEP


def test_whep_walks_through(house: House) -> None:
    sdp = {"content-type": "application/sdp"}
    joined = house.client.post("/whep", content="v=0\r\n", headers=sdp)
    assert joined.status_code == 201 and joined.text.startswith("v=0")
    assert joined.headers["content-type"] == "application/sdp"
    place = joined.headers["location"]
    fragment = {"content-type": "application/trickle-ice-sdpfrag"}
    assert house.client.patch(place, content="a=x", headers=fragment).status_code == 204
    again = house.client.patch(place, content="a=ice-ufrag:new1", headers=fragment)
    assert again.status_code == 200 and "a=ice-ufrag" in again.text
    assert again.headers["content-type"] == fragment["content-type"]
    assert house.client.delete(place).status_code == 200
    assert house.client.delete(place).status_code == 404
    assert house.client.patch(place, content="a=x", headers=fragment).status_code == 404
    for path in ("/whep", place):
        options = house.client.options(path)
        assert options.status_code == 204
        assert options.headers["accept-post"] == "application/sdp"
        assert options.headers["access-control-allow-origin"] == "*"


def test_whep_refuses_with_a_reason(house: House) -> None:
    sdp = {"content-type": "application/sdp"}
    post = house.client.post
    assert post("/whep", content="nonsense", headers=sdp).status_code == 400
    assert post("/whep", json={}).status_code == 415
    assert post("/whep", content=b"v" * 70_000, headers=sdp).status_code == 413
    house.whep.full = True
    full = post("/whep", content="v=0", headers=sdp)
    assert full.status_code == 503 and full.headers["retry-after"]


# ---- payments


def test_webhooks_need_a_signature(house: House) -> None:
    assert house.client.post("/webhooks/payments", content=b"{}").status_code == 401
    assert house.client.post("/webhooks/payments", content=b"x" * 70_000).status_code == 413


def test_the_sandbox_refuses_other_sites_and_other_choices(house: House) -> None:
    with house.page() as page:
        sku = "cloud-jacket-k-L"
        hold = page.ask(
            {"type": "hold", "key": "k", "listing": 1, "quantity": 1, "sku": sku}, "hold"
        )
        url = page.ask({"type": "confirm", "key": "c", "hold": hold["id"]}, "order")["pay_url"]
    choice = {"choice": "succeed"}
    evil = {"origin": "http://evil.example"}
    assert house.client.post(url, data=choice, headers=evil).status_code == 403
    assert house.client.post(url, data={"choice": "steal"}).status_code == 400
    late = house.client.post(url, data={"choice": "late"}, follow_redirects=False)
    assert late.status_code == 303
    assert house.client.get("/api/orders").json()[0]["state"] == "awaiting_payment"


# ---- the operator


def test_without_a_session_the_desk_is_closed(house: House) -> None:
    assert house.client.get("/console/session").json() == {"open": False}
    with pytest.raises(WebSocketDisconnect), house.client.websocket_connect("/console/ws"):
        pass
    house.client.cookies.set("idol_console", "made-up")
    with pytest.raises(WebSocketDisconnect), house.client.websocket_connect("/console/ws"):
        pass


def test_login_rules(house: House) -> None:
    login = "/console/login"
    evil = {"origin": "http://evil.example"}
    right = {"password": PASSWORD}
    assert house.client.post(login, json=right, headers=evil).status_code == 403
    good = house.client.post(login, json=right)
    cookie = good.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/console" in cookie
    assert house.client.get("/console/session").json() == {"open": True}
    assert house.client.post("/console/logout").status_code == 204
    assert house.client.get("/console/session").json() == {"open": False}
    for body in ({"password": "no"}, {"password": 5}, {}):
        wrong = house.client.post(login, json=body, headers={"accept-language": "en"})
        assert (wrong.status_code, wrong.json()["text"]) == (401, "Wrong password.")
    codes = [house.client.post(login, json={"password": "no"}).status_code for _ in range(6)]
    assert codes[-1] == 429
    blocked = house.client.post(login, json=right)
    assert blocked.status_code == 429 and int(blocked.headers["retry-after"]) > 0


def test_the_desk_is_told_everything(house: House) -> None:
    with house.desk() as desk:
        hello = desk.hello
        assert hello["state"]["segment"] == "jacket"
        assert hello["totals"]["gmv"] == {"minor": 683400, "currency": "CNY"}
        assert desk.until("stats")["processes"][0]["name"] == "host"
        with house.page() as page:
            page.send({"type": "chat", "id": "m", "text": "hi"})
            assert desk.until("chat")["text"] == "hi"
        audience, client = house.services.audience, house.client
        assert client.portal
        for kind in ("log", "sale"):
            client.portal.call(audience.tell_operators, {"type": kind, "id": "x", "text": kind})
            desk.until(kind)
    with house.desk() as again:
        assert "log" in [event["text"] for event in again.hello["log"]]
        assert [event["text"] for event in again.hello["sales"]] == ["sale"]


def test_viewers_are_not_told_what_is_the_desks(house: House) -> None:
    with house.page() as page:
        assert not {"state", "log", "sales", "totals", "stats"} & set(page.hello)
        assert house.client.portal
        house.client.portal.call(house.services.audience.tell_operators, {"type": "sale", "id": 1})
        page.send({"type": "chat", "id": "m", "text": "hi"})
        assert page.raw.receive_json()["type"] in ("viewers", "chat")


@pytest.mark.parametrize(
    ("command", "did"),
    [
        ({"do": "skip"}, ("skip",)),
        ({"do": "pause"}, ("pause",)),
        ({"do": "resume"}, ("resume",)),
        ({"do": "stop"}, ("stop",)),
        ({"do": "reload"}, ("reload",)),
        ({"do": "jump", "segment": "mug"}, ("jump", "mug")),
        ({"do": "say", "text": " 大家好\n！ ", "language": "zh"}, ("say", "大家好 ！", "zh")),
        ({"do": "mute", "on": True}, ("mute", True)),
        ({"do": "pin", "listing": 3}, ("pin", 3)),
        ({"do": "pin", "listing": None}, ("pin", None)),
    ],
)
def test_each_command(house: House, command: dict[str, Any], did: tuple[Any, ...]) -> None:
    with house.desk() as desk:
        assert desk.ask({**command, "id": "c1"}, "done", "refused") == {"type": "done", "id": "c1"}
        assert house.stage.did == [did]
        assert desk.until("state")["segments"]


def test_a_bad_folder_is_told_and_the_desk_goes_on(house: House) -> None:
    house.stage.broken = "avatar.yaml:12 eyes: field required"
    with house.desk("en") as desk:
        answer = desk.ask({"do": "reload", "id": 4}, "done", "refused")
        assert (answer["code"], answer["id"]) == ("not_reloaded", 4)
        assert "avatar.yaml:12 eyes" in answer["text"]
        assert desk.ask({"do": "skip"}, "done")


def test_stock_is_set(house: House) -> None:
    with house.desk() as desk:
        command = {"do": "stock", "sku": "dawn-mug-k-", "on_hand": 99, "id": 1}
        assert desk.ask(command, "done", "refused")["type"] == "done"
    assert house.shop.stock["dawn-mug-k-"] == 99


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("rubbish", "bad_command"),
        ({"do": "explode"}, "bad_command"),
        ({"do": "skip", "extra": 1}, "bad_command"),
        ({"do": "jump", "segment": "nowhere"}, "unknown_segment"),
        ({"do": "say", "text": "I guarantee it", "language": "en"}, "not_proved"),
        ({"do": "say", "text": "\x00", "language": "en"}, "empty"),
        ({"do": "say", "text": "x" * 301, "language": "en"}, "bad_command"),
        ({"do": "say", "text": "x", "language": "fr"}, "bad_command"),
        ({"do": "stock", "sku": "dawn-mug-k-", "on_hand": -1}, "bad_command"),
        ({"do": "stock", "sku": "none", "on_hand": 1}, "unknown_variant"),
        ("x" * 5000, "too_big"),
    ],
)
def test_each_bad_command_gets_its_reason(house: House, command: Any, code: str) -> None:
    with house.desk("en") as desk:
        answer = desk.ask(command, "done", "refused")
        assert (answer["type"], answer["code"]) == ("refused", code)
        assert answer["text"].isascii()
        assert desk.ask({"do": "skip"}, "done")


# ---- operation


def test_health_and_metrics(house: House) -> None:
    with house.page():
        assert house.client.get("/healthz").json()["status"] == "ok"
        metrics = house.client.get("/metrics").text
    assert "idol_viewers 1" in metrics
    assert 'idol_process_up{process="host"} 1' in metrics or "idol_process_up" in metrics


def test_the_log_is_on_the_desk(house: House) -> None:
    with house.desk() as desk:
        house.services.log.warning("worker died", worker="voice", exitcode=-9)
        while "worker died" not in (event := desk.until("log"))["text"]:
            pass
        assert event["level"] == "warning"
        assert event["text"] == "web: worker died worker=voice exitcode=-9"
