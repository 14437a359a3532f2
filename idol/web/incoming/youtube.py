"""YouTube live chat by the YouTube Data API v3: its list is asked for, as often as it allows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx
from pydantic import Field

from idol.errors import BadInput, Refused, Unavailable
from idol.ports import Heard
from idol.web.incoming.options import Options, checked, key

API = "https://www.googleapis.com/youtube/v3"
LARGEST = 2 * 1024 * 1024
_FOR_EVER = frozenset(
    ("liveChatEnded", "liveChatDisabled", "liveChatNotFound", "forbidden", "keyInvalid")
)
_TEXT = frozenset(("textMessageEvent", "superChatEvent"))


class YouTubeOptions(Options):
    """`video` is the id of the live video. The API key comes from the environment.

    Each question costs of the day's quota (5 units when this was written, of 10,000): with 5
    seconds between them it lasts not quite three hours. YouTube may ask for longer pauses.
    """

    video: str = Field(pattern=r"^[\w-]{6,20}$")
    every: float = Field(5.0, ge=1)
    api: str = API


class YouTubeSource:
    platform = "youtube"

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(YouTubeOptions, settings, self.platform)
        name = options.name or self.platform
        if not options.api.startswith(("https://", "http://127.0.0.1")):
            raise BadInput("must be https://", where=f"chats.{name}.api")
        self._headers = {"X-Goog-Api-Key": key(name, "an API key")}  # not in the address: logs

    async def listen(self) -> AsyncGenerator[Heard | None, None]:
        async with httpx.AsyncClient(headers=self._headers, timeout=15.0) as web:
            query = {"liveChatId": await self._chat(web), "part": "snippet,authorDetails"}
            fresh = True
            while True:
                page = await self._get(web, "/liveChat/messages", query)
                # The first page holds what was written before we came: it was not for us.
                for item in () if fresh else page.get("items") or ():
                    if found := heard(item):
                        yield found
                if fresh:
                    fresh = False
                    yield None
                if page.get("offlineAt"):
                    raise Refused("chat_refused", "the live video is over")
                token = page.get("nextPageToken")
                if not isinstance(token, str):
                    raise Unavailable("YouTube gave no next page")
                query["pageToken"] = token
                asked = page.get("pollingIntervalMillis")
                wait = asked / 1000 if isinstance(asked, int | float) else 0.0
                await asyncio.sleep(min(60.0, max(self._options.every, wait)))

    async def _chat(self, web: httpx.AsyncClient) -> str:
        query = {"id": self._options.video, "part": "liveStreamingDetails"}
        page = await self._get(web, "/videos", query)
        try:
            return str(page["items"][0]["liveStreamingDetails"]["activeLiveChatId"])
        except (KeyError, IndexError, TypeError):
            raise Unavailable(f"{self._options.video} has no live chat now") from None

    async def _get(self, web: httpx.AsyncClient, path: str, query: Mapping[str, str]) -> Any:
        try:
            async with web.stream("GET", self._options.api + path, params=query) as answer:
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise Unavailable("YouTube's answer is too big")
            page = httpx.Response(answer.status_code, content=bytes(body)).json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"YouTube: {type(error).__name__}") from None
        if not isinstance(page, dict):
            raise Unavailable("YouTube's answer is not understood")
        if answer.status_code != 200:
            reason = _reason(page) or str(answer.status_code)
            if reason in _FOR_EVER:
                raise Refused("chat_refused", f"YouTube: {reason}")
            raise Unavailable(f"YouTube: {reason}")
        return page


def heard(item: Any) -> Heard | None:
    """A chat line, if an item of the list is one."""
    try:
        snippet, author = item["snippet"], item["authorDetails"]
        if snippet["type"] not in _TEXT:
            return None
        text = str(snippet.get("displayMessage") or "")
        return Heard(str(item["id"]), str(author["channelId"]), str(author["displayName"]), text)
    except (KeyError, TypeError, AttributeError):
        return None


def _reason(page: Mapping[str, Any]) -> str:
    try:
        return str(page["error"]["errors"][0]["reason"])
    except (KeyError, IndexError, TypeError):
        return ""
