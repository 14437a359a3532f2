"""The browser source: she is there, everything round her is transparent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from browser import open_browser  # noqa: E402
from conftest import until  # noqa: E402

from idol.show.studio import StudioSettings  # noqa: E402
from idol.testing.serve import station  # noqa: E402

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "idol" / "web" / "static"
ASSETS = ROOT / "assets"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
GL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def serve_pages(page: Any) -> None:
    """The page's own files, as the web room serves them; WHEP is the station's."""

    async def static(route: Any) -> None:
        path = route.request.url.partition("/static/")[2].partition("?")[0] or "obs.html"
        file = STATIC / path
        await route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])

    await page.route("**/static/**", static)
    await page.route("**/obs", static)
    await page.route("**/api/ice", lambda route: route.fulfill(json={"iceServers": []}))


async def test_obs_sees_her_on_nothing(tmp_path: Path) -> None:
    settings = StudioSettings(
        ASSETS / "idols" / "aira",
        ASSETS / "stages" / "key",
        size=(360, 640),
        video_kbps=900,
    )
    async with station(settings) as on_air, open_browser(extra_flags=GL) as browser:
        page = await browser.new_page(viewport={"width": 360, "height": 640})
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await serve_pages(page)
        await page.goto(f"{on_air.url}/obs")
        await until(
            lambda: page.evaluate("document.documentElement.dataset.state === 'playing'"),
            seconds=60,
        )
        shot = tmp_path / "obs.png"

        async def drawn() -> bool:
            await page.screenshot(path=shot, omit_background=True)
            picture = cv2.imread(str(shot), cv2.IMREAD_UNCHANGED)
            if picture.shape[2] != 4:
                return False
            alpha = picture[..., 3]
            # A busy machine's first pictures may be broken; these must come right.
            clear = max(alpha[250:400, :8].max(), alpha[250:400, -8:].max()) < 16
            return bool(clear and (alpha > 250).mean() > 0.1)

        await until(drawn, seconds=60)
        assert complaints == []
    picture = cv2.imread(str(shot), cv2.IMREAD_UNCHANGED)
    alpha = picture[..., 3].astype(int)
    assert np.median(alpha[300:600, 160:200]) > 250, "she is not there"
    solid = picture[alpha > 250]
    blue, green, red = (solid[:, i].astype(int) for i in range(3))
    assert ((green - np.maximum(red, blue)) > 60).mean() < 0.01, "green is left on her"
