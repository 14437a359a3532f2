"""The operator's desk: login, and a websocket that takes commands and tells everything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.responses import FileResponse, JSONResponse, Response

from idol.errors import BadInput, IdolError, Refused
from idol.model import Language, Viewer
from idol.telemetry import TaskSet
from idol.web import greeting
from idol.web import socket as sockets
from idol.web.audience import Page
from idol.web.auth import CONSOLE_COOKIE, SESSION_SECONDS, Operators
from idol.web.clean import clean
from idol.web.ops import HealthMeter
from idol.web.security import body_of, same_origin
from idol.web.services import Services
from idol.web.texts import known, language_of, say
from idol.web.viewer_api import STATIC

LONGEST_LINE = 300
"""Characters of a line that the operator makes her say."""
_OPERATOR = Viewer("operator", "operator", "console")


class _Command(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    id: str | int | None = Field(None)


class Plain(_Command):
    do: Literal["skip", "pause", "resume", "stop", "reload"]


class Jump(_Command):
    do: Literal["jump"]
    segment: str


class Say(_Command):
    do: Literal["say"]
    text: str
    language: Language


class Mute(_Command):
    do: Literal["mute"]
    on: bool


class Pin(_Command):
    do: Literal["pin"]
    listing: int | None


class Stock(_Command):
    do: Literal["stock"]
    sku: Annotated[str, Field(min_length=1, max_length=80)]
    on_hand: int = Field(ge=0, le=1_000_000)


Command = Plain | Jump | Say | Mute | Pin | Stock
_COMMAND: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])


class _Login(BaseModel):
    password: str


def router(
    services: Services, operators: Operators, meter: HealthMeter, tasks: TaskSet
) -> APIRouter:
    """Routes under /console. All but the page itself and the login need a session."""
    api = APIRouter(prefix="/console")
    public_url = services.settings.web.public_url
    secure = public_url.startswith("https://")

    @api.get("", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "console.html", headers={"Cache-Control": "no-cache"})

    @api.get("/session")
    async def session(request: Request) -> dict[str, bool]:
        """Whether the browser's session is open: the page asks before it shows login or desk."""
        return {"open": operators.valid(request.cookies.get(CONSOLE_COOKIE))}

    @api.post("/login")
    async def login(request: Request) -> Response:
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")
        try:
            password = _Login.model_validate_json(await body_of(request, 1024)).password
        except ValidationError:
            raise Refused("wrong_password") from None
        address = request.client.host if request.client else ""
        try:
            token = await operators.login(password.strip(), address)
        except Refused as error:
            services.log.warning("console login refused", code=error.code, address=address)
            if error.code != "too_many_logins":
                raise
            language = language_of(None, request.headers.get("accept-language"))
            text = say(error.code, language, seconds=str(error))
            body = {"code": error.code, "text": text, "retry_after": int(str(error))}
            return JSONResponse(body, 429, {"Retry-After": str(error)})
        services.log.info("console login", address=address)
        response = Response(status_code=204)
        response.set_cookie(
            CONSOLE_COOKIE,
            token,
            max_age=int(SESSION_SECONDS),
            path="/console",
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        return response

    @api.post("/logout")
    async def logout(request: Request) -> Response:
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")
        operators.logout(request.cookies.get(CONSOLE_COOKIE))
        response = Response(status_code=204)
        response.delete_cookie(CONSOLE_COOKIE, path="/console")
        return response

    @api.websocket("/ws")
    async def websocket(socket: WebSocket) -> None:
        token = socket.cookies.get(CONSOLE_COOKIE)
        if not same_origin(socket, public_url) or not operators.valid(token):
            await socket.close(1008, "not_logged_in")
            return
        await socket.accept()
        page = Page(_OPERATOR, language_of(socket.query_params.get("lang")), operator=True)

        async def fresh() -> Mapping[str, Any]:
            return await console_hello(services, meter)

        async def receive(raw: str | bytes) -> None:
            if not operators.valid(token):
                await socket.close(1008, "not_logged_in")
                return
            await obey(services, page, raw, tasks)

        await sockets.serve(
            socket, page, services.audience, services.log, fresh=fresh, receive=receive
        )

    return api


async def console_hello(services: Services, meter: HealthMeter) -> dict[str, Any]:
    """Everything a desk shows, for one that has just been opened."""
    return {
        **greeting.common(services),
        "state": services.stage.status(),
        "stats": meter.latest,
        "log": services.audience.log,
        "sales": services.audience.sales,
        "totals": await totals(services),
        "players": services.whep.count,
    }


async def totals(services: Services) -> dict[str, Any]:
    """What sold so far, from the ledger."""
    report = await services.shop.report()
    return {
        "orders": report.orders,
        "paid": report.paid,
        "gmv": {"minor": report.gmv, "currency": report.currency},
        "refunded": {"minor": report.refunded, "currency": report.currency},
        "pieces": report.pieces,
        "holds": report.holds,
        "by_listing": [dict(row) for row in report.by_listing],
    }


async def obey(services: Services, page: Page, raw: str | bytes, tasks: TaskSet) -> None:
    """Carry out one command and answer `done` or `refused`. Never raises."""
    id: str | int | None = None

    def refuse(code: str, detail: str) -> None:
        text = say(code, page.language, detail=detail) if known(code) else detail
        page.send({"type": "refused", "id": id, "code": code, "text": text or code})

    if len(raw) > sockets.LARGEST_MESSAGE:
        refuse("too_big", "")
        return
    try:
        command = _COMMAND.validate_json(raw)
    except ValidationError as error:
        item = error.errors()[0]
        refuse("bad_command", f"{'.'.join(str(p) for p in item['loc'])} {item['msg']}".strip())
        return
    id = command.id
    carrying = _carry_out(services, page, command, tasks, refuse)
    if command.do == "reload":  # takes seconds: the desk must not wait to be heard
        tasks.start(carrying, "reload")
    else:
        await carrying


async def _carry_out(
    services: Services,
    page: Page,
    command: Command,
    tasks: TaskSet,
    refuse: Callable[[str, str], None],
) -> None:
    try:
        await _do(services, page, command, tasks)
    except Refused as error:
        refuse(error.code, str(error))
    except BadInput as error:
        refuse("bad_command", str(error))
    except IdolError as error:
        refuse("busy", str(error))
    except Exception as error:
        services.log.error("a command failed", do=command.do, exc_info=error)
        refuse("try_again", str(error))
    else:
        page.send({"type": "done", "id": command.id})
        services.audience.tell_operators({"type": "state", **services.stage.status()})


async def _do(services: Services, page: Page, command: Command, tasks: TaskSet) -> None:
    stage = services.stage
    services.log.info("operator", command=command.model_dump_json(exclude={"id"}))
    match command:
        case Plain(do="stop"):
            # Answered at once: it ends only when she has, and perhaps this server with her.
            tasks.start(_stop(stage.stop), "operator-stop")
        case Plain(do="reload"):
            if services.reload is None:
                raise Refused("not_reloaded", "there is no studio here")
            await services.reload()
        case Plain(do=what):
            {"skip": stage.skip, "pause": stage.pause, "resume": stage.resume}[what]()
        case Jump():
            stage.jump(command.segment)
        case Say():
            text = clean(command.text)
            if not text:
                raise Refused("empty")
            if len(text) > LONGEST_LINE:
                raise Refused("bad_command", f"text: {len(text)} > {LONGEST_LINE}")
            await stage.say(text, command.language)
        case Mute():
            stage.mute(command.on)
        case Pin():
            stage.pin(command.listing)
        case Stock():
            await services.shop.set_stock(command.sku, command.on_hand, by="console")


async def _stop(stop: Callable[[], Awaitable[None]]) -> None:
    await stop()
