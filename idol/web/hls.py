"""Serves what the `hls` outputs write, to any player on any page: /hls/NAME/live.m3u8."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from idol.config import PluginSettings
from idol.errors import Refused

TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
}
"""Nothing else of the folder is served."""


def router(outputs: tuple[PluginSettings, ...]) -> APIRouter:
    api = APIRouter()
    folders = {
        output.name or "hls": Path(str(output.options().get("path", "")))
        for output in outputs
        if output.kind == "hls"
    }

    @api.get("/hls/{name}/{file}", include_in_schema=False)
    async def part(name: str, file: str) -> Response:
        folder, suffix = folders.get(name), Path(file).suffix
        if folder is None or suffix not in TYPES or Path(file).name != file:
            raise Refused("not_found")
        path = folder / file
        if not path.is_file():
            raise Refused("not_found")
        # A list changes all the time; a part never does, but a new show begins to count anew.
        age = "no-cache" if suffix != ".m4s" else "public, max-age=60"
        headers = {"Cache-Control": age, "Access-Control-Allow-Origin": "*"}
        return FileResponse(path, media_type=TYPES[suffix], headers=headers)

    return api
