"""What the end-to-end tests share: a show that is really on air, seats in a real browser that
note down what they receive, an operator's line, and a recogniser that listens."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import inspect
import itertools
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import websockets
from ear import Ear

from idol.testing.live import PASSWORD, Live, on_air

HERE = Path(__file__).resolve().parent
DEMO = HERE.parents[1] / "assets" / "shows" / "en-studio"
PICTURES = {
    "drift-jacket": "kestrel-jacket",
    "shore-mug": "tidemark-mug",
    "wren-lamp": "wren-lamp",
}
PHONE = {"width": 390, "height": 844}
HEARD = 0.01
"""Level (RMS, 1.0 is full scale) from which a block of 20 ms is speech."""
_count = itertools.count(1)


def lay_out(folder: Path) -> Path:
    """The test show, with pictures and a grant of the demo show, in `folder`."""
    shutil.copytree(HERE / "show", folder)
    (folder / "pictures").mkdir()
    for ours, theirs in PICTURES.items():
        shutil.copy(DEMO / "pictures" / f"{theirs}.png", folder / "pictures" / f"{ours}.png")
    shutil.copy(DEMO / "grant.jwt", folder)
    return folder


async def until(
    condition: Callable[[], Any], *, seconds: float = 60, every: float = 0.05, why: str = ""
) -> Any:
    """Wait until a condition, plain or awaitable, holds; its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        value = await value if inspect.isawaitable(value) else value
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{why or inspect.getsource(condition).strip()}: stayed {value!r}")
        await asyncio.sleep(every)


class Seat:
    """One viewer: a page of the product, and what it received. Times are Unix milliseconds."""

    def __init__(self, page: Any, lang: str) -> None:
        self.page, self.lang = page, lang
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    async def ready(self, *, picture: bool = True) -> None:
        await until(lambda: self.events("hello"), why="the page was never greeted")
        if picture:
            await until(
                lambda: self.page.evaluate("document.querySelector('video').currentTime > 0.2"),
                why="the video does not play",
            )

    async def look(self) -> None:
        """Note every frame from now on."""
        await self.page.evaluate("noted.look()")

    async def listen(self) -> None:
        """Note all sound from now on."""
        await self.page.evaluate("noted.listen()")
        await until(lambda: self.page.evaluate("noted.sound.length > 5"), why="no sound arrives")

    async def now(self) -> float:
        return float(await self.page.evaluate("performance.timeOrigin + performance.now()"))

    async def events(self, type: str = "", since: float = 0) -> list[dict[str, Any]]:
        """Events received, each with `heard_at`."""
        found = await self.page.evaluate(
            "([type, since]) => noted.events.filter((e) => e.at >= since &&"
            " (!type || e.event.type === type))",
            [type, since],
        )
        return [{**item["event"], "heard_at": item["at"]} for item in found]

    async def event(
        self,
        type: str,
        test: Callable[[dict[str, Any]], Any] = lambda event: True,
        *,
        since: float = 0,
        seconds: float = 90,
    ) -> dict[str, Any]:
        """Wait for an event of this type for which `test` holds."""

        async def find() -> dict[str, Any] | None:
            return next((e for e in await self.events(type, since) if test(e)), None)

        why = f"no {type} event: {inspect.getsource(test).strip()[:200]}"
        found: dict[str, Any] = await until(find, seconds=seconds, why=why)
        return found

    async def frames(self, since: float = 0) -> list[dict[str, float]]:
        """Each frame shown: `at`, `pts` (its media time) and `open` (red pixels of her mouth)."""
        return await self.page.evaluate(f"noted.frames.filter((f) => f.at >= {since})")

    async def levels(self, since: float = 0) -> list[tuple[float, float]]:
        """(time, level) of each 20 ms of sound."""
        found = await self.page.evaluate(
            f"noted.sound.filter((s) => s.at >= {since}).map((s) => [s.at, s.level])"
        )
        return [(at, level) for at, level in found]

    async def recording(self, begin: float, end: float) -> np.ndarray:
        """What was heard between two times: 16 kHz, float32."""
        text = await self.page.evaluate(f"noted.recording({begin}, {end})")
        return np.frombuffer(base64.b64decode(text), np.int16).astype(np.float32) / 32768

    async def send(self, **message: Any) -> None:
        """Say something over the page's own websocket."""
        await self.page.evaluate("noted.say", message)

    async def name(self, name: str) -> None:
        """Choose a name, by the page's own dialog."""
        await self.page.locator(".controls .icon-button").nth(3).click()
        await self.page.locator("#my-name").fill(name)
        await self.page.locator("#panel form button.primary").click()
        await until(lambda: self.page.locator("dialog#sheet").is_hidden())

    async def chat(self, text: str) -> dict[str, Any]:
        """Type a line into the page; the line as everybody sees it."""
        since = await self.now()
        await self.page.locator("#say").fill(text)
        await self.page.keyboard.press("Enter")
        return await self.event(
            "chat", lambda e: e["kind"] == "viewer" and e["text"] == text, since=since
        )

    async def answer(self, question: dict[str, Any], seconds: float = 120) -> list[dict[str, Any]]:
        """The lines with which she answered, after the last of them has ended."""

        async def done() -> list[dict[str, Any]]:
            lines = [e for e in await self.events("caption") if e["reply_to"] == question["id"]]
            ends = {e["utterance"]: e for e in await self.events("caption_end")}
            if not lines or not all(e["utterance"] in ends for e in lines):
                return []
            for line in lines:
                line["ended_at"] = ends[line["utterance"]]["heard_at"]
            # Another line of the same answer would follow at once.
            if await self.now() < max(line["ended_at"] for line in lines) + 700:
                return []
            return lines

        why = f"{question['text']!r} was not answered"
        found: list[dict[str, Any]] = await until(done, seconds=seconds, every=0.1, why=why)
        return found

    async def quiet(self, seconds: float = 0.5, patience: float = 120) -> None:
        """Wait until nothing is being said for so long."""

        async def rests() -> bool:
            now = await self.now()
            levels = await self.levels(now - seconds * 1000)
            return len(levels) > 5 and all(level < HEARD / 5 for _, level in levels)

        await until(rests, seconds=patience, why="she never rests")


class Desk:
    """An operator's connection, without a browser."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self.events: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for text in self._socket:
            event = json.loads(text)
            self.events.append(event)
            if event["type"] == "state":
                self.state = event
            elif event["type"] == "hello":
                self.state = event["state"]

    async def do(self, what: str, **more: Any) -> dict[str, Any]:
        """Give a command; its answer."""
        id = next(_count)
        await self._socket.send(json.dumps({"do": what, "id": id, **more}))
        answer: dict[str, Any] = await until(
            lambda: next(
                (e for e in self.events if e["type"] in ("done", "refused") and e["id"] == id), None
            ),
            why=f"{what} was not answered",
        )
        return answer

    async def on(self, segment: str, seconds: float = 90) -> None:
        """Jump to a segment and wait until it is on air."""
        assert (await self.do("jump", segment=segment))["type"] == "done"
        await until(
            lambda: self.state.get("segment") == segment and self.state.get("busy"),
            seconds=seconds,
            why=f"{segment} never came on",
        )

    async def close(self) -> None:
        await self._socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)


class Room:
    """A show on air and those who watch it."""

    def __init__(self, live: Live, browser: Any) -> None:
        self.live, self.browser = live, browser
        self._desks: list[Desk] = []
        self._ears: list[Ear] = []
        self._consoles: list[Any] = []
        self._session = ""

    async def seat(
        self, lang: str = "en", *, browser: Any = None, picture: bool = True, **more: Any
    ) -> Seat:
        """A viewer's page in a context (and so with a cookie) of its own. Without `picture` it
        has the shop and the chat but does not ask for video, nor for motion, which spares the
        machine."""
        context = await (browser or self.browser).new_context(
            viewport=PHONE,
            locale="zh-CN" if lang == "zh" else "en-US",
            bypass_csp=True,
            reduced_motion="no-preference" if picture else "reduce",
            **more,
        )
        await context.add_init_script(path=HERE / "watch.js")
        if not picture:
            await context.route("**/whep", lambda route: route.abort())
        page = await context.new_page()
        page.set_default_timeout(60_000)
        seat = Seat(page, lang)
        await page.goto(self.live.url + "/")
        await seat.ready(picture=picture)
        return seat

    async def session(self) -> str:
        """The operator's cookie, of one login: logins are counted and limited."""
        if not self._session:
            async with httpx.AsyncClient(base_url=self.live.url) as client:
                answer = await client.post("/console/login", json={"password": PASSWORD})
                answer.raise_for_status()
                self._session = answer.cookies["idol_console"]
        return self._session

    async def desk(self) -> Desk:
        """An operator's connection, without a browser."""
        socket = await websockets.connect(
            self.live.url.replace("http", "ws") + "/console/ws?lang=en",
            additional_headers={"Cookie": f"idol_console={await self.session()}"},
        )
        desk = Desk(socket)
        self._desks.append(desk)
        await until(lambda: desk.state, why="the desk was never greeted")
        return desk

    async def ear(self) -> Ear:
        """A viewer who only listens, and knows the media time of what it hears."""
        ear = Ear()
        self._ears.append(ear)
        await ear.join(self.live.url)
        return ear

    async def console(self) -> Any:
        """A page with the operator's desk open in it, in English. It stays when others leave."""
        context = await self.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-US", reduced_motion="reduce"
        )
        self._consoles.append(context)
        cookie = {"name": "idol_console", "value": await self.session()}
        await context.add_cookies([{**cookie, "url": f"{self.live.url}/console"}])
        # The desk has its own monitor; in the tests the viewer's page is what is watched.
        await context.route("**/whep", lambda route: route.abort())
        page = await context.new_page()
        page.set_default_timeout(60_000)
        await page.goto(self.live.url + "/console")
        await until(lambda: page.locator("#run .segment").count(), why="the desk stays empty")
        return page

    async def clear(self) -> None:
        """Every viewer leaves, and who held a line without a browser."""
        for desk in self._desks:
            await desk.close()
        for ear in self._ears:
            await ear.close()
        self._desks.clear()
        self._ears.clear()
        for context in set(self.browser.contexts) - set(self._consoles):
            with contextlib.suppress(Exception):
                await context.close()

    async def metric(self, name: str) -> float:
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{self.live.url}/metrics")).text
        match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
        assert match, f"no metric {name}"
        return float(match[1])


@contextlib.asynccontextmanager
async def room(
    folder: Path, browser: Any, *, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Room]:
    """The test show on air."""
    show = lay_out(folder / "show")
    async with on_air(show, folder / "data", settings=settings, patience=300) as live:
        yield Room(live, browser)


def transcribe(recogniser: Any, sound: np.ndarray, language: str) -> str:
    """What the recogniser understands. It stops at a long pause, as a busy machine makes between
    clauses, so pauses are cut to 0.3 s."""
    blocks = sound[: len(sound) // 320 * 320].reshape(-1, 320)  # 20 ms
    quiet = np.sqrt((blocks**2).mean(1)) < HEARD / 5
    rests = np.convolve(quiet, np.ones(16))[: len(quiet)] >= 16  # the 16th in a row, and later
    sound = blocks[~rests].ravel()
    prompt = "以下是普通话的句子。" if language == "zh" else None
    parts, _ = recogniser.transcribe(
        sound, language=language, beam_size=2, initial_prompt=prompt, without_timestamps=True
    )
    return "".join(part.text for part in parts).lower()


def understood(pattern: str, heard: str) -> bool:
    """Whether one of the alternatives was heard. Characters that sound alike count, and one
    sound in ten may be another: the small recogniser takes 两百一 for 两台一."""
    from pypinyin import lazy_pinyin  # a second to import, for those who listen only

    sounds = re.sub(r"\W", "", "".join(lazy_pinyin(heard)))  # it may write 小鱼 as "xiao yu"

    def like(word: str) -> bool:
        sound = "".join(lazy_pinyin(word))
        ends = range(len(sound), max(len(sounds), len(sound)) + 1)
        return any(
            SequenceMatcher(None, sound, sounds[e - len(sound) : e]).ratio() >= 0.9 for e in ends
        )

    return bool(re.search(pattern, heard)) or any(like(word) for word in pattern.split("|"))
