"""What may go wrong while she is on air: processes that die, viewers that vanish, hostile chat."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import time
import unicodedata
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest
import websockets
from browser import open_browser
from e2e_room import HEARD, Desk, Room, Seat, until
from playwright.async_api import expect

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]


async def kill(house: Room, worker: str) -> tuple[float, int]:
    """Kill a worker; the time (Unix ms) and where the log stood."""
    since = len(house.live.log)
    os.kill(house.live.worker(worker), signal.SIGKILL)
    return time.time() * 1000, since


async def test_a_killed_studio_is_back_with_picture_and_voice(
    house: Room, desk: Desk, record_property: Any
) -> None:
    seat = await house.seat()
    await seat.look()
    await seat.listen()
    await desk.on("talk")
    await until(lambda: loud(seat), why="the line is not heard")
    at, since = await kill(house, "studio")
    await house.live.until("worker died", seconds=60, since=since)

    # Frames flow again, on the same page, and the line is taken up again.
    async def flows() -> Any:
        frames = [f["at"] for f in await seat.frames(at + 300)]
        return len(frames) > 25 and frames

    frames = await until(flows, seconds=60, why="the picture does not come back")
    gap = max(b - a for a, b in zip([at, *frames], frames, strict=False))
    caption = await seat.event("caption", since=at + 100)
    await until(lambda: loud(seat, caption["heard_at"]), why="she is not heard again")
    told = {"picture_ms": round(gap), "line_ms": round(caption["heard_at"] - at)}
    for name, value in told.items():
        record_property(name, value)
    print(f"after the studio was killed: {told}")
    await house.live.until("worker=studio", seconds=60, since=since)
    await expect(seat.page.locator(".card")).to_contain_text("Drift jacket")
    assert desk.state["segment"] == "talk"


async def loud(seat: Seat, since: float = 0) -> bool:
    levels = await seat.levels(max(since, await seat.now() - 1000))
    return sum(level > HEARD for _, level in levels) > 15


async def test_a_killed_voice_does_not_stop_the_show(
    house: Room, desk: Desk, record_property: Any
) -> None:
    seat = await house.seat()
    await seat.listen()
    await desk.on("questions")
    at, since = await kill(house, "voice-hibari")
    # A line that nobody rendered ahead needs a voice at once.
    text = "Link 2, the Shore mug, it can go in the dishwasher."
    assert (await desk.do("say", text=text, language="en"))["type"] == "done"
    caption = await seat.event("caption", lambda e: "dishwasher" in e["text"], since=at)
    await until(lambda: loud(seat, caption["heard_at"]), why="she is not heard")
    record_property("line_ms", round(caption["heard_at"] - at))
    print(f"after the voice was killed: next line {caption['heard_at'] - at:.0f} ms")
    await house.live.until("worker died", seconds=60, since=since)
    await house.live.until("worker=voice-hibari", seconds=60, since=since)
    asked = await seat.chat("How much does the jacket weigh?")
    assert "210" in "".join(line["text"] for line in await seat.answer(asked))


def chromiums() -> set[psutil.Process]:
    """The first process of each browser that we have started."""
    ours = [p for p in psutil.Process().children(recursive=True) if "chrom" in p.name()]
    return {p for p in ours if p.parent() not in ours}


@contextlib.asynccontextmanager
async def own_browser() -> AsyncIterator[tuple[Any, Callable[[int], None]]]:
    """A further browser, and what sends a signal to all its processes."""
    known = chromiums()
    async with open_browser() as browser:
        (root,) = chromiums() - known

        def send(what: int) -> None:
            for process in [root, *root.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(what)

        yield browser, send


async def test_a_browser_sleeps_and_wakes_and_another_is_killed(house: Room, desk: Desk) -> None:
    before = await house.metric("idol_players")

    async def players(count: float) -> None:
        async def there() -> bool:
            return await house.metric("idol_players") == count

        await until(there, seconds=60, every=0.5, why=f"not {count} players")

    async with own_browser() as (first, lid), own_browser() as (second, doom):
        seat = await house.seat(browser=first)
        await house.seat(browser=second)
        assert await house.metric("idol_players") == before + 2
        since = len(house.live.log)
        # Nobody says goodbye, and nobody is served for ever.
        lid(signal.SIGSTOP)
        doom(signal.SIGKILL)
        await players(before)
        await house.live.until("viewer left", seconds=60, since=since)
        lid(signal.SIGCONT)
        await players(before + 1)
        shown = await frames(seat)

        async def moves() -> bool:
            return await frames(seat) > shown + 10

        await until(moves, seconds=60, why="no picture after the sleep")
    assert house.live.health()["status"] == "ok"


async def frames(seat: Any) -> int:
    """Pictures that a page has shown."""
    script = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
    count: int = await seat.page.evaluate(script)
    return count


class Stranger:
    """A websocket of somebody who does not use our page."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                self.events.append(json.loads(text))

    def reasons(self) -> list[dict[str, Any]]:
        return [e for e in self.events if e["type"] == "notice"]

    def answered(self) -> set[str]:
        """Ids of the messages that were taken or refused by name."""
        return {e["id"] for e in self.events if e["type"] in ("ack", "notice") and "id" in e}

    async def told(self, code: str, test: Callable[[Any], Any] = lambda e: True) -> dict[str, Any]:
        found: dict[str, Any] = await until(
            lambda: next((e for e in self.reasons() if e["code"] == code and test(e)), None),
            why=f"no {code} notice among {self.reasons()}",
        )
        return found


async def stranger(house: Room) -> Stranger:
    url = house.live.url.replace("http", "ws") + "/ws?lang=en"
    return Stranger(await websockets.connect(url, max_size=None))


def line(id: str, text: str) -> str:
    return json.dumps({"type": "chat", "id": id, "text": text})


async def test_hostile_chat_harms_nobody(house: Room, desk: Desk) -> None:
    await desk.on("questions")
    witness = await house.seat()
    await witness.look()
    since = await witness.now()

    # Ten megabytes: the connection is closed with the code that says why.
    big = await stranger(house)
    with contextlib.suppress(websockets.ConnectionClosed):
        await big.socket.send(line("big", "x" * 10_000_000))
    with pytest.raises(websockets.ConnectionClosed) as closed:
        async with asyncio.timeout(60):
            await big.socket.send(line("after", "hello"))
            await big.socket.wait_closed()
            await big.socket.send(line("after", "hello"))
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009

    rude = await stranger(house)
    await rude.socket.send(line("fat", "x" * 6000))
    await rude.told("too_big")
    await rude.socket.send(line("long", "😀" * 201))
    await rude.told("too_long", lambda e: e["id"] == "long")
    await rude.socket.send(line("void", "\u0000\u0007\u202e\u200b"))
    await rude.told("empty", lambda e: e["id"] == "void")
    await rude.socket.send("{ this is no JSON")
    await rude.told("bad_message")
    await rude.socket.send(line("html", "<img src=x onerror=alert(1)><script>document.title='!'"))
    await rude.socket.send(
        line("odd", "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357a \u0008l\u202eg\u200bo")
    )
    await rude.socket.send(line("storm", "😀🎉" * 100))
    shown = {e["id"]: e for e in await seen(witness, {"html", "odd", "storm"})}
    assert "\u202e" not in shown["odd"]["text"] and "\u0008" not in shown["odd"]["text"]
    assert len([c for c in shown["odd"]["text"] if unicodedata.combining(c)]) == 3  # of seven
    html = witness.page.locator('[data-id="html"] .text')
    assert (await html.inner_text()).startswith("<img src=x")
    assert await html.locator("img, script").count() == 0
    assert await witness.page.title() != "!"

    # A hundred messages in one second: most are refused, each with its id, and nobody drowns.
    flood = await stranger(house)
    for number in range(100):
        await flood.socket.send(line(f"flood-{number}", f"first {number}"))
        await asyncio.sleep(0.01)
    await until(lambda: len(flood.answered()) >= 100, why="not every message got its reason")
    refused = [e for e in flood.reasons() if e["code"] == "slow_down"]
    assert len(refused) >= 80 and refused[0]["text"]
    passed = [e for e in await witness.events("chat", since) if "flood-" in e["id"]]
    assert 1 <= len(passed) <= 20

    # Nobody else noticed: the picture flows and she answers.
    count = len(await witness.frames())

    async def flows() -> bool:
        return len(await witness.frames()) > count + 10

    await until(flows, why="the picture stopped")
    asked = await witness.chat("How much does the jacket weigh?")
    answer = "".join(item["text"] for item in await witness.answer(asked))
    assert "210" in answer
    assert not witness.complaints
    assert house.live.health()["status"] == "ok"
    assert not [text for text in house.live.log if "Traceback" in text]


async def seen(seat: Seat, ids: set[str]) -> list[dict[str, Any]]:
    async def find() -> list[dict[str, Any]] | None:
        found = [e for e in await seat.events("chat") if e["id"] in ids]
        return found if len(found) == len(ids) else None

    result: list[dict[str, Any]] = await until(find, why=f"not all of {ids} were shown")
    return result
