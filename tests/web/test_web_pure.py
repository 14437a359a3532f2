"""The web's pure parts: cleaning, rates, outboxes, cookies, texts, health."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idol.clock import VirtualClock
from idol.errors import BadInput, Refused
from idol.show.messages import StudioStats
from idol.web import auth, texts
from idol.web.clean import clean, clean_name
from idol.web.limiter import Limiter, Rate
from idol.web.ops import HealthMeter
from idol.web.outbox import Outbox
from idol.web.services import Health


@given(st.text())
def test_cleaned_text_is_one_visible_line_and_stays_clean(text: str) -> None:
    line = clean(text)
    assert line == clean(line) == line.strip()
    assert "  " not in line
    assert not re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", line)


def test_what_cleaning_keeps_and_drops() -> None:
    assert clean("\x1b[31m要2件\n黑色L\x00") == "[31m要2件 黑色L"
    assert clean("<b>x</b> & 'y'") == "<b>x</b> & 'y'"
    assert clean("👨\u200d👩\u200d👧 😀") == "👨\u200d👩\u200d👧 😀"
    assert clean("a" + "\u0301" * 50).count("\u0301") <= 3
    assert clean("evil\u202etxt.exe") == "eviltxt.exe"
    assert clean("\u200d\u200d  ") == ""


def test_names() -> None:
    assert clean_name("  小 雨  ") == "小 雨"
    assert len(clean_name("x" * 99)) == 24
    assert clean_name("!!!") == clean_name("\u200b") == clean_name("😀") == ""
    assert clean_name("A i r a", frozenset(("aira",))) == clean_name(
        "ＡＩＲＡ", frozenset(("aira",))
    )
    assert clean_name("ＡＩＲＡ", frozenset(("aira",))) == ""


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 6))
def test_a_rate_is_never_exceeded(gaps: list[float], burst: int) -> None:
    limiter, now, taken = Limiter(Rate(burst, 2.0)), 0.0, 0
    for gap in gaps:
        now += gap
        taken += limiter.take("v", now)
        assert taken <= burst + 2.0 * now + 1e-6


def test_senders_do_not_share_a_bucket_and_waiting_helps() -> None:
    limiter = Limiter(Rate(1, 0.5))
    assert limiter.take("a", 0.0) and limiter.take("b", 0.0)
    assert not limiter.take("a", 0.1)
    assert limiter.take("a", 0.1 + limiter.wait("a") + 1e-9)


events = st.lists(st.tuples(st.booleans(), st.sampled_from(["", "s1", "s2"])), max_size=80)


@given(events, st.integers(1, 10))
def test_an_outbox_is_bounded_in_order_and_loses_only_what_may_be_lost(
    puts: list[tuple[bool, str]], limit: int
) -> None:
    box = Outbox(limit)
    for i, (keep, slot) in enumerate(puts):
        box.put(str(i), keep=keep, slot=slot)
        assert len(box) <= limit
    stale = box.stale
    got = []
    while (text := box.pop()) is not None:
        got.append(int(text))
    assert got == sorted(got)
    newest = {slot: i for i, (_, slot) in enumerate(puts) if slot}
    must = {i for i, (keep, slot) in enumerate(puts) if keep and newest.get(slot, i) == i}
    assert stale or must <= set(got)


def test_a_page_that_missed_too_much_starts_anew() -> None:
    box = Outbox(2)
    for i in range(3):
        box.put(str(i), keep=True)
    assert box.stale and box.pop() is None
    box.put("while stale", keep=True)
    box.refresh()
    box.put("after", keep=True)
    assert box.pop() == "after"


def test_viewer_cookies_cannot_be_made_up() -> None:
    viewers = auth.Viewers(b"0123456789abcdef")
    cookie = viewers.new()
    id = viewers.id(cookie)
    assert id and cookie.startswith(id)
    for bad in (None, "", ".", id, f"{id}.", f"x{cookie}", cookie[:-1] + "0g", "é.é", "." + cookie):
        assert viewers.id(bad) is None
    assert auth.Viewers(b"another secret!!").id(cookie) is None


def test_names_are_chosen_and_the_hosts_is_taken() -> None:
    viewers = auth.Viewers(b"0123456789abcdef", frozenset(("aira",)))
    id = viewers.id(viewers.new()) or ""
    assert viewers.viewer(id, "en").name.startswith("Guest ")
    assert not viewers.named(id)
    assert viewers.rename(id, "\x00 小雨 ").name == viewers.viewer(id, "zh").name == "小雨"
    with pytest.raises(Refused, match="bad_name"):
        viewers.rename(id, "Aira")


async def test_login_is_slow_to_guess_and_sessions_end() -> None:
    clock = VirtualClock()
    operators = auth.Operators("right", clock)
    token = await operators.login("right", "me")
    assert operators.valid(token) and not operators.valid("x") and not operators.valid(None)
    codes = []
    for _ in range(8):
        with pytest.raises(Refused) as error:
            await operators.login("wrong", "them")
        codes.append(error.value.code)
    assert codes == ["wrong_password"] * 5 + ["too_many_logins"] * 3
    with pytest.raises(Refused, match=r"^\d+$"):
        await operators.login("right", "them")
    assert await operators.login("right", "me")
    await clock.advance(auth.SESSION_SECONDS)
    assert not operators.valid(token)


def test_secrets(tmp_path: Path) -> None:
    assert auth.cookie_secret(tmp_path, {"IDOL_SECRET": "x" * 16}) == b"x" * 16
    made = auth.cookie_secret(tmp_path, {})
    assert len(made) == 32 and auth.cookie_secret(tmp_path, {}) == made
    assert (tmp_path / "cookie.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(BadInput, match="IDOL_SECRET"):
        auth.cookie_secret(tmp_path, {"IDOL_SECRET": "short"})
    assert auth.console_password({"IDOL_CONSOLE_PASSWORD": "p"}) == "p"
    assert auth.console_password({}) != auth.console_password({})


def test_every_text_is_in_both_languages() -> None:
    for code, entry in json.loads((Path(texts.__file__).parent / "texts.json").read_text()).items():
        assert set(entry) == {"zh", "en"}, code
        slots = [set(re.findall(r"{(\w+)}", text)) for text in entry.values()]
        assert slots[0] == slots[1], code
        details = {"n": 1, "seconds": 1}
        assert texts.say(code, "zh", **details) != texts.say(code, "en", **details)
    assert texts.say("no such code", "en") == texts.say("refused", "en")


def test_language_of_a_page() -> None:
    assert texts.language_of("en") == texts.language_of(None, "fr,en-GB;q=0.8") == "en"
    assert texts.language_of(None) == texts.language_of("xx", "zh-CN") == "zh"


def studio(frames: int, seconds: float, repeated: int = 0) -> Health:
    pts = round(seconds * 48_000)
    return Health(StudioStats(frames, repeated, 0, 1.0, 1.0, 1.0, 0.0, pts))


def test_frames_per_second_survive_a_restart_of_the_studio() -> None:
    meter = HealthMeter()
    assert meter.sample(Health(), 0.0)["fps"] == 0.0
    assert meter.sample(studio(100, 4), 0.0)["fps"] == 0.0
    assert meter.sample(studio(125, 5), 0.7)["fps"] == 25.0
    assert meter.sample(studio(125, 5), 1.5)["fps"] == 25.0
    assert meter.sample(studio(150, 6, 5), 2.0)["fps"] == 20.0
    assert meter.sample(studio(5, 9), 4.0)["fps"] == 20.0
    assert meter.sample(studio(30, 10), 5.0)["fps"] == 25.0
    assert not meter.stalled(9.9)
    assert meter.sample(studio(30, 10), 10.1)["fps"] == 0.0
    assert meter.stalled(10.1)
    host = meter.latest["processes"][0]
    assert host["name"] == "host" and host["up"] and host["rss_mb"] > 0


async def test_a_pump_sends_everything_in_order() -> None:
    from idol.model import Viewer
    from idol.web.audience import Page

    page, sent = Page(Viewer("v", "V"), "en"), []

    async def send(text: str) -> None:
        sent.append(json.loads(text)["type"])

    async def fresh() -> dict[str, str]:
        return {"type": "hello"}

    pump = asyncio.create_task(page.pump(send, fresh))
    await asyncio.sleep(0)
    for kind in ("chat", "hold", "ack"):
        page.send({"type": kind})
    async with asyncio.timeout(60):
        while len(sent) < 4:  # noqa: ASYNC110 - the pump has no event
            await asyncio.sleep(0)
    pump.cancel()
    assert sent == ["hello", "chat", "hold", "ack"]
