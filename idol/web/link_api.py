"""The page /link: it shows a code to write in a platform's chat, and becomes that account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from idol.errors import Refused
from idol.web.auth import Viewers
from idol.web.incoming.links import Links
from idol.web.limiter import Limiter, Rate
from idol.web.security import same_origin
from idol.web.services import Services
from idol.web.viewer_api import STATIC, viewer_cookie

ASK_RATE = Rate(burst=10, per_second=0.1)


def router(services: Services, viewers: Viewers, links: Links) -> APIRouter:
    """`/link` and what its script asks."""
    api = APIRouter()
    asked = Limiter(ASK_RATE)
    public_url = services.settings.web.public_url

    @api.get("/link", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "link.html", headers={"Cache-Control": "no-cache"})

    @api.post("/api/link")
    async def ask(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")
        if not asked.take(address, services.clock.monotonic()):
            raise Refused("slow_down")
        code, ticket = links.ask()
        return JSONResponse({"code": code, "ticket": ticket})

    @api.post("/api/link/{ticket}")
    async def claim(ticket: str, request: Request) -> Response:
        if not same_origin(request, public_url):
            raise Refused("wrong_origin")
        good, viewer = links.claim(ticket)
        if not good:
            raise Refused("not_found")
        if viewer is None:
            return JSONResponse({"linked": None})
        cookie = viewers.adopt(viewer)
        body = {"linked": {"platform": viewer.platform, "name": viewer.name}}
        return JSONResponse(body, headers={"set-cookie": viewer_cookie(cookie, public_url)})

    return api
