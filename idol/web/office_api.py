"""The console's back office: lists, actions, the adviser, production orders; and the factory's
webhook. All under /console need the operator's session."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from idol.commerce import office_actions
from idol.commerce.backoffice import parse_json
from idol.commerce.demand import Proposal
from idol.errors import Refused
from idol.web.auth import CONSOLE_COOKIE, Operators
from idol.web.security import body_of, same_origin
from idol.web.services import Office, Services
from idol.web.texts import language_of
from idol.web.viewer_api import STATIC

LARGEST = 16 * 1024


def router(services: Services, operators: Operators, office: Office) -> APIRouter:
    """Routes of the back office. Its page is public, as the console's is; its data is not."""
    api = APIRouter()
    public_url = services.settings.web.public_url

    def enter(request: Request) -> None:
        if not operators.valid(request.cookies.get(CONSOLE_COOKIE)):
            raise Refused("not_logged_in")
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")

    @api.get("/console/shop", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "office.html", headers={"Cache-Control": "no-cache"})

    @api.get("/console/office")
    async def books(request: Request) -> dict[str, Any]:
        enter(request)
        return {
            "now": services.clock.now(),
            "currency": services.show.currency,
            "titles": {
                number: dict(item.product.title) for number, item in services.listings.items()
            },
            "forms": office_actions.forms(),
            **await office.books(),
        }

    @api.post("/console/office")
    async def act(request: Request) -> Any:
        enter(request)
        action = office_actions.read(parse_json(await body_of(request, LARGEST)))
        services.log.info("office", action=action.model_dump_json())
        return {"done": await office.office(action, "console")}

    async def advice(request: Request) -> Proposal:
        enter(request)
        asked = request.query_params
        more = asked.get("more", "10")
        return await office.advise(
            asked.get("sku", ""),
            asked.get("cost", ""),
            asked.get("salvage", "0"),
            asked.get("supplier", ""),
            min(600, int(more)) if more.isdigit() else 10,
            language_of(asked.get("lang"), request.headers.get("accept-language")),
        )

    @api.get("/console/office/advice")
    async def advised(request: Request) -> dict[str, Any]:
        found = await advice(request)
        return {"lot": found.advice.lot, "sold": found.advice.sold, "reason": found.reason,
                "worth_it": found.advice.worth_it}  # fmt: skip

    @api.get("/console/office/plot.svg", include_in_schema=False)
    async def plot(request: Request) -> Response:
        return Response((await advice(request)).plot, media_type="image/svg+xml")

    @api.get("/console/office/production.csv", include_in_schema=False)
    async def production(request: Request) -> Response:
        enter(request)
        return Response(
            ("\ufeff" + await office.production_csv()).encode(),
            media_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="production.csv"'},
        )

    @api.post("/webhooks/factory")
    async def factory(request: Request) -> Response:
        """A factory's signed answer to a production order (Standard Webhooks)."""
        if not services.factory_secret:
            raise Refused("not_found", "IDOL_FACTORY_SECRET is not set")
        body = await body_of(request, LARGEST)
        await office.factory(request.headers, body, services.factory_secret)
        return Response(status_code=204)

    return api
