"""WHEP signalling (draft-ietf-wish-whep) around `stream.webrtc.Whep`.

Any player may come from any origin: the stream is public, and no cookie is looked at.
"""

from __future__ import annotations

import os

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from idol.errors import Refused
from idol.stream import nat
from idol.web.security import body_of
from idol.web.services import Services

OFFER, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
LARGEST = 64 * 1024
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, Retry-After, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    **_CORS,
    "Access-Control-Allow-Methods": "OPTIONS, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Content-Type, Authorization, If-Match",
    "Access-Control-Max-Age": "86400",
    "Accept-Post": OFFER,
    "Accept-Patch": FRAGMENT,
}


def router(services: Services) -> APIRouter:
    """`/whep` and one resource per session."""
    api = APIRouter()
    whep = services.whep
    stream = services.settings.stream
    ice = nat.servers(stream.ice_servers, os.environ.get("IDOL_TURN_SECRET", ""))

    def links(answer: Response) -> Response:
        """Name the servers that a player may need to come through its own firewall."""
        for server in nat.logins(ice, "viewer"):
            answer.headers.append("Link", server.link())
        return answer

    @api.get("/api/ice")
    async def servers() -> Response:
        """For our own page, in a browser's words; made for this viewer, and soon out of date."""
        body = {"iceServers": [server.json() for server in nat.logins(ice, "viewer")]}
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    async def text(request: Request, wanted: str) -> str:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != wanted:
            raise Refused("wrong_type", wanted)
        return (await body_of(request, LARGEST)).decode("utf-8", "replace")

    @api.options("/whep")
    @api.options("/whep/{session}")
    async def options() -> Response:
        return links(Response(status_code=204, headers=_PREFLIGHT))

    @api.post("/whep")
    async def join(request: Request) -> Response:
        session, answer = await whep.join(await text(request, OFFER))
        if await request.is_disconnected():
            await whep.leave(session)  # nobody will ever use or end it
        headers = {**_CORS, "Location": f"/whep/{session}"}
        return links(Response(answer, 201, headers, media_type=OFFER))

    @api.patch("/whep/{session}")
    async def trickle(session: str, request: Request) -> Response:
        answer = await whep.trickle(session, await text(request, FRAGMENT))
        if answer:  # ICE begins anew
            return Response(answer, 200, _CORS, media_type=FRAGMENT)
        return Response(status_code=204, headers=_CORS)

    @api.delete("/whep/{session}")
    async def leave(session: str) -> Response:
        await whep.leave(session)
        return Response(status_code=200, headers=_CORS)

    return api
