"""Photograph the real pages of a real show into docs/images.

    python -m tools.screenshots

Goes on air with the Chinese demo show, opens the viewer page as a phone and as a desk, asks a
question and orders in chat, and puts both pictures side by side; then the operator's console.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from idol.testing.live import PASSWORD, Live, on_air
from tests.browser import open_browser

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PHONE, DESK = (390, 844), (1440, 900)
HEIGHT = 900
"""Pixels of the composed picture's height."""
PLAYING = "(document.querySelector('video') || {}).currentTime > 1"


async def page(browser: Any, url: str, size: tuple[int, int], **options: Any) -> Any:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", **options
    )
    opened = await context.new_page()
    await opened.goto(url)
    return opened


async def until(opened: Any, expression: str, seconds: float = 90.0) -> None:
    """Wait for a JavaScript expression (the pages' security policy forbids wait_for_function)."""
    for _ in range(int(seconds / 0.2)):
        if await opened.evaluate(expression):
            return
        await asyncio.sleep(0.2)
    await opened.screenshot(path="out-failed.png")
    raise TimeoutError(expression)


async def say(opened: Any, text: str) -> None:
    field = opened.locator("#say").first
    await field.fill(text)
    await field.press("Enter")


async def photograph(live: Live) -> None:
    async with open_browser() as browser:
        phone = await page(browser, live.url, PHONE, device_scale_factor=2)
        desk = await page(browser, live.url, DESK)
        for opened in (phone, desk):
            await opened.get_by_text("轻触开启声音").click(timeout=60_000)
            await until(opened, PLAYING)
        await until(desk, "!!document.querySelector('#card:not([hidden])')")
        await say(desk, "1号链接这件外套重不重呀？")
        await until(desk, "document.body.innerText.includes('210')")
        await say(phone, "要2件黑色L")
        await until(phone, "/确认/.test(document.body.innerText)")
        await asyncio.sleep(1.5)
        pictures = [await phone.screenshot(), await desk.screenshot()]
        save("viewer.jpg", side_by_side(pictures))
        console = await page(browser, f"{live.url}/console", DESK)
        await console.locator("input[type=password]").fill(PASSWORD)
        await console.keyboard.press("Enter")
        await until(console, PLAYING)
        await asyncio.sleep(6)
        save("console.jpg", side_by_side([await console.screenshot()]))


def side_by_side(pictures: list[bytes]) -> np.ndarray[Any, Any]:
    """PNG bytes, scaled to one height, on a dark ground with a margin."""
    margin = 28
    tiles = []
    for data in pictures:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        width = image.shape[1] * HEIGHT // image.shape[0]
        scaled = cv2.resize(image, (width, HEIGHT), interpolation=cv2.INTER_AREA)
        tiles.append(cv2.copyMakeBorder(scaled, margin, margin, margin, 0, 0, value=(34, 16, 18)))
    row = np.hstack(tiles)
    return cv2.copyMakeBorder(row, 0, 0, 0, margin, 0, value=(34, 16, 18))


def save(name: str, image: np.ndarray[Any, Any]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(IMAGES / name), image, [cv2.IMWRITE_JPEG_QUALITY, 86])


async def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        show = ROOT / "assets" / "shows" / "zh-autumn"
        async with on_air(show, Path(data), settings={"IDOL_MIND__ENABLED": "false"}) as live:
            await photograph(live)


if __name__ == "__main__":
    asyncio.run(main())
