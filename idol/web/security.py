"""Headers on every answer, the same-origin rule, and bodies of bounded size."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idol.errors import Refused

CSP = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts and styles only from our own files; websockets only to our own host."""

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class SecurityHeaders:
    """ASGI middleware: the headers above on every HTTP answer that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def same_origin(connection: HTTPConnection, public_url: str = "") -> bool:
    """Whether a request comes from our own pages, as far as the browser says.

    Without an Origin header it is no browser's cross-site request. A proxy in front may change
    Host; then `public_url` names the origin that pages have.
    """
    return _same_origin(connection.headers, public_url)


def _same_origin(headers: Headers, public_url: str) -> bool:
    origin = headers.get("origin")
    if origin is None:
        return True
    if public_url and urlsplit(origin)[:2] == urlsplit(public_url)[:2]:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. Raises `Refused("body_too_big")` as soon as it is over `limit` bytes."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise Refused("body_too_big")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused("body_too_big")
    return bytes(body)
