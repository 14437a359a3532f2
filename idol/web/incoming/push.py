"""Chat that other systems bring: a signed webhook, or a websocket with a token.

Webhooks follow the Standard Webhooks specification, so a body that was changed, or is older
than five minutes, is refused; one that comes twice is taken once, by the ids of its messages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from idol.errors import BadInput, Refused
from idol.ports import Heard
from idol.web.incoming.options import Options, checked, key
from idol.web.security import body_of

if TYPE_CHECKING:
    from idol.web.incoming.desk import Chats

LARGEST = 64 * 1024
MOST = 200
"""Messages in one webhook."""


class PushOptions(Options):
    """`platform` is part of the identity of everybody who writes there."""

    platform: str


class PushSource:
    """A place where messages may be brought, and the secret that says who may."""

    def __init__(self, platform: str, token: str) -> None:
        self.platform, self.token = platform, token
        self.webhook = Webhook(token)


class _Message(BaseModel):
    model_config = ConfigDict(strict=True)

    id: str = Field(max_length=200)
    author: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=200)
    text: str = Field(max_length=4000)

    def heard(self) -> Heard:
        return Heard(self.id, self.author, self.name, self.text)


_ONE: TypeAdapter[_Message] = TypeAdapter(_Message)
_MANY: TypeAdapter[list[_Message]] = TypeAdapter(Annotated[list[_Message], Field(max_length=MOST)])


def open_push(settings: Mapping[str, Any]) -> PushSource:
    """Raises `BadInput`: a wrong setting, or no good secret."""
    options = checked(PushOptions, settings, "push")
    secret = key(options.name, "a Standard Webhooks secret: whsec_ and 24 or more bytes in base64")
    try:
        source = PushSource(options.platform, secret)
        if not secret.startswith("whsec_") or len(secret) < 38:
            raise ValueError
    except ValueError:
        raise BadInput(
            "its secret must be whsec_ and at least 24 bytes in base64",
            where=f"chats.{options.name}",
        ) from None
    return source


def router(chats: Chats) -> APIRouter:
    """`POST /chat/NAME` and the websocket `/chat/NAME/ws`, for systems, not for browsers."""
    api = APIRouter()

    @api.post("/chat/{name}")
    async def webhook(name: str, request: Request) -> Response:
        found = chats.pushes.get(name)
        if found is None:
            raise Refused("not_found")
        source, feed = found
        body = await body_of(request, LARGEST)
        try:
            source.webhook.verify(body, dict(request.headers))
        except (json.JSONDecodeError, RecursionError):  # it reads the body once that is proved
            raise BadInput("not JSON", where="body") from None
        except (WebhookVerificationError, ValueError, KeyError) as error:
            raise Refused("bad_signature") from error
        try:
            messages = _MANY.validate_json(body)
        except ValidationError as error:
            raise BadInput(_first(error), where="body") from None
        taken = sum(feed.intake.put(message.heard()) for message in messages)
        return JSONResponse({"taken": taken, "dropped": len(messages) - taken}, 202)

    @api.websocket("/chat/{name}/ws")
    async def websocket(socket: WebSocket, name: str) -> None:
        scheme, _, token = socket.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise Refused("bad_signature")
            _, feed = chats.push(name, token)
        except Refused:
            await socket.close(1008)  # before it is accepted: HTTP 403
            return
        await socket.accept()
        try:
            while True:
                text = await socket.receive_text()
                try:
                    message = _ONE.validate_json(text)
                except ValidationError as error:
                    await socket.send_json({"type": "refused", "reason": _first(error)})
                    continue
                took = feed.intake.put(message.heard())
                kind = "ack" if took else "dropped"
                await socket.send_json({"type": kind, "id": message.id})
        except (WebSocketDisconnect, RuntimeError, KeyError):
            return

    return api


def _first(error: ValidationError) -> str:
    item = error.errors()[0]
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
