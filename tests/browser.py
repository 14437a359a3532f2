"""A real headless Chromium for tests marked `browser`. Import what you need into a conftest.

`find_chromium` looks on the PATH; `open_browser` is an async context manager that yields a
Playwright browser whose WebRTC works over loopback and which asks the network for nothing.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from typing import Any

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--metrics-recording-only",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns,MediaRouter,OptimizationHints,Translate",
    # Whatever a page asks for, nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


def find_chromium() -> str:
    """The path of an installed Chromium. Fails with what to install if there is none."""
    for name in CHROMIUM_NAMES:
        if path := shutil.which(name):
            return path
    raise RuntimeError("these tests need Chromium on the PATH, e.g. the Debian package chromium")


@contextlib.asynccontextmanager
async def open_browser(*, extra_flags: tuple[str, ...] = ()) -> AsyncIterator[Any]:
    """A running browser (playwright.async_api.Browser), closed at the end."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(),
            args=[*CHROMIUM_FLAGS, *extra_flags],
            chromium_sandbox=False,
        )
        try:
            yield browser
        finally:
            await browser.close()


async def wait_for(page: Any, expression: str, *, seconds: float = 60.0) -> Any:
    """Wait until a JavaScript expression is true; its value. Fails naming the expression."""
    try:
        handle = await page.wait_for_function(expression, timeout=seconds * 1000, polling=50)
    except Exception as error:
        state = await page.evaluate("JSON.stringify(window.state || null)")
        raise AssertionError(f"{expression} stayed false: {state}") from error
    return await handle.json_value()
