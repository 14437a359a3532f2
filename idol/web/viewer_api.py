"""The viewer's side: the page, its websocket, pictures, and the order page with its data."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, Response

from idol.errors import BadInput, Refused
from idol.model import Language
from idol.show import views
from idol.web import socket as sockets
from idol.web.audience import Page, encode
from idol.web.auth import VIEWER_COOKIE, VIEWER_COOKIE_SECONDS, Viewers
from idol.web.chat import ChatDesk
from idol.web.greeting import viewer_hello
from idol.web.security import body_of, same_origin
from idol.web.services import Services
from idol.web.texts import language_of

STATIC = Path(__file__).parent / "static"
PAGES_PER_VIEWER = 8
_GOING_AWAY = 1008


class _DelayAnswer(BaseModel):
    consent: bool


class _ReturnWish(BaseModel):
    line: int
    quantity: int
    reason: str = Field("", max_length=300)


_Body = TypeVar("_Body", bound=BaseModel)


def _body(kind: type[_Body], body: bytes) -> _Body:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise BadInput(str(error.errors()[0]["msg"])) from None


def router(services: Services, viewers: Viewers) -> APIRouter:
    """Routes for viewers."""
    api = APIRouter()
    desk = ChatDesk(services, viewers)
    public_url = services.settings.web.public_url
    pictures = {
        Path(item.product.picture).name: Path(item.product.picture)
        for item in services.listings.values()
        if item.product.picture
    }

    records: dict[str, bytes] = {}

    def viewer_id(connection: HTTPConnection) -> str:
        id = viewers.id(connection.cookies.get(VIEWER_COOKIE))
        if id is None:
            raise Refused("unknown_order")
        return id

    def own(request: Request) -> str:
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")
        return viewer_id(request)

    @api.get("/", include_in_schema=False)
    async def page(request: Request) -> Response:
        response = FileResponse(STATIC / "viewer.html", headers={"Cache-Control": "no-cache"})
        if viewers.id(request.cookies.get(VIEWER_COOKIE)) is None:
            response.headers["set-cookie"] = viewer_cookie(viewers.new(), public_url)
        return response

    @api.websocket("/ws")
    async def websocket(socket: WebSocket) -> None:
        if not same_origin(socket, public_url):
            await socket.close(_GOING_AWAY, "wrong_origin")
            return
        cookie = socket.cookies.get(VIEWER_COOKIE)
        id = viewers.id(cookie)
        headers: list[tuple[bytes, bytes]] = []
        if id is None:
            # The page is older than our key, or came without loading `/`: it is a new viewer.
            cookie = viewers.new()
            id = viewers.id(cookie)
            headers.append((b"set-cookie", viewer_cookie(cookie, public_url).encode()))
        assert id is not None
        if services.audience.pages_of(id) >= PAGES_PER_VIEWER:
            await socket.close(_GOING_AWAY, "too_many_pages")
            return
        await socket.accept(headers=headers)
        language = _language(socket)
        page = Page(viewers.viewer(id, language), language)

        async def fresh() -> Any:
            return await viewer_hello(services, page.viewer)

        async def receive(raw: str | bytes) -> None:
            await desk.receive(page, raw)

        services.reception.reads(page.viewer, language)
        if viewers.named(id):
            services.reception.joined(page.viewer, language)
        visit = services.traffic.joined(id, socket.headers.get("user-agent", ""))
        try:
            await sockets.serve(
                socket, page, services.audience, services.log, fresh=fresh, receive=receive
            )
        finally:
            services.traffic.left(visit)

    @api.get("/api/state")
    async def state(request: Request) -> Any:
        """What `hello` says, for pages and programs without a websocket."""
        id = viewers.id(request.cookies.get(VIEWER_COOKIE)) or ""
        return await viewer_hello(services, viewers.viewer(id, _language(request)))

    @api.get("/api/packets/{packet}")
    async def packet(packet: str) -> Response:
        """All that is published of a red packet once it is drawn: enough to check the draw."""
        shop = services.perks
        if shop is None:
            raise Refused("unknown_packet")
        if packet not in records:  # it can be long, and after a draw everybody asks
            if shop.packet(packet).state != "drawn":
                raise Refused("packet_open")
            records[packet] = encode(await shop.packet_record(packet)).encode()
        return Response(records[packet], media_type="application/json")

    @api.get("/pictures/{name}", include_in_schema=False)
    async def picture(name: str) -> Response:
        if name not in pictures:  # only pictures of this show, so no path leads elsewhere
            raise Refused("not_found")
        return FileResponse(pictures[name], headers={"Cache-Control": "public, max-age=3600"})

    @api.get("/obs", include_in_schema=False)
    async def obs() -> Response:
        return FileResponse(STATIC / "obs.html", headers={"Cache-Control": "no-cache"})

    @api.get("/orders/{order_id}", include_in_schema=False)
    async def order_page(order_id: str) -> Response:
        return FileResponse(STATIC / "order.html", headers={"Cache-Control": "no-cache"})

    @api.get("/api/orders")
    async def orders(request: Request) -> Any:
        return [views.order(order) for order in await services.shop.orders(viewer_id(request))]

    async def whole(viewer: str, order_id: str) -> dict[str, Any]:
        shown = views.order(await services.shop.order(viewer, order_id))
        if services.office is not None:
            shown["after"] = views.after(await services.office.after(viewer, order_id))
        return shown

    @api.get("/api/orders/{order_id}")
    async def order(order_id: str, request: Request) -> Any:
        return await whole(viewer_id(request), order_id)

    @api.post("/api/orders/{order_id}/delay")
    async def answer_delay(order_id: str, request: Request) -> Any:
        """Consent to a later date, or have the money for what is late back."""
        viewer, office = own(request), services.office
        if office is None:
            raise Refused("not_found")
        said = _body(_DelayAnswer, await body_of(request, 4096))
        await office.answer_delay(viewer, order_id, said.consent)
        return await whole(viewer, order_id)

    @api.post("/api/orders/{order_id}/return")
    async def ask_return(order_id: str, request: Request) -> Any:
        """Ask for a line's money back: at once before it ships, else with the goods."""
        viewer, office = own(request), services.office
        if office is None:
            raise Refused("not_found")
        said = _body(_ReturnWish, await body_of(request, 4096))
        await office.ask_return(viewer, order_id, said.line, said.quantity, said.reason)
        return await whole(viewer, order_id)

    @api.post("/api/orders/{order_id}/pay")
    async def pay(order_id: str, request: Request) -> Any:
        return views.order(await services.shop.pay(own(request), order_id))

    @api.post("/api/orders/{order_id}/cancel")
    async def cancel(order_id: str, request: Request) -> Any:
        return views.order(await services.shop.cancel_order(own(request), order_id))

    return api


def viewer_cookie(cookie: str, public_url: str) -> str:
    """The header that sets it."""
    secure = "; Secure" if public_url.startswith("https://") else ""
    return (
        f"{VIEWER_COOKIE}={cookie}; Path=/; Max-Age={VIEWER_COOKIE_SECONDS}; HttpOnly; "
        f"SameSite=Lax{secure}"
    )


def _language(connection: HTTPConnection) -> Language:
    return language_of(
        connection.query_params.get("lang"), connection.headers.get("accept-language")
    )
