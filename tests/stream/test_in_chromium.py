"""A real browser watches the test card: the picture moves, sound is heard, both are in step."""

from __future__ import annotations

import math
import statistics
import sys
from pathlib import Path
from typing import Any

import pytest

from idol.testing.serve import station

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import open_browser, wait_for

IN_STEP_MS = 150


def behind(state: dict[str, Any]) -> float:
    """By how many milliseconds the newest click is heard after its whole second of media time is
    seen, by all the frames about it: a busy browser shows single ones late, or none."""
    click = state["clicks"][-1]
    frames = [(at, stamp / 48) for at, stamp, *_ in state["stamps"] if abs(at - click) < 1000]
    if not frames:
        return math.inf
    zero = statistics.median(at - media for at, media in frames)
    return (click - zero + 500) % 1000 - 500


def together(apart: list[float]) -> bool:
    """Whether the newest three are in step."""
    return len(apart) >= 3 and max(map(abs, apart[-3:])) < IN_STEP_MS


@pytest.mark.browser
async def test_chromium_sees_and_hears_the_show_in_step() -> None:
    async with station() as on_air, open_browser() as browser:
        page = await browser.new_page()
        await page.goto(on_air.url)
        await wait_for(page, "state.frames > 5 || state.error")
        await wait_for(page, "state.clicks.length >= 5 && state.flashes.length >= 5")
        await wait_for(page, "new Set(state.stamps.map((each) => each[1])).size > 50")
        state = await page.evaluate("state")
        report = await page.evaluate("report()")
        assert not state["error"]
        assert state["size"] == [720, 1280]
        stamps = [stamp for _, stamp, *_ in state["stamps"]]
        assert stamps == sorted(stamps)
        # What is drawn in a frame and what its RTP time says are the same media time. (A busy
        # browser may paint the next frame before it calls back for this one.)
        off = [stamp / 1920 - rtp / 3600 for _, stamp, rtp, _ in state["stamps"][5:]]
        assert statistics.median(off) == 0 and all(0 <= frames <= 4 for frames in off)
        # benchmarks/stream.py measures how far they are apart; here, that they come together and
        # stay so. Chromium itself draws them to each other in the first seconds.
        apart: list[float] = []
        while len(apart) < 60 and not together(apart):
            seen = len(state["clicks"])
            await wait_for(page, f"state.clicks.length > {seen}")
            state = await page.evaluate("state")
            apart.append(behind(state))
        assert together(apart), apart
        assert "video/H264" in report and "audio/opus" in report
        assert report["video"]["framesDecoded"] > 50
        ciphers = await page.evaluate(
            "peer.getStats().then(all => [...all.values()].map(each => each.srtpCipher))"
        )
        # We choose, and this one costs least.
        assert "SRTP_AEAD_AES_128_GCM" in ciphers, ciphers
        await page.evaluate("peer.close()")
        await page.close()


@pytest.mark.browser
async def test_a_page_that_reloads_is_back_at_once_and_leaves_no_session() -> None:
    async with station() as on_air, open_browser() as browser:
        page = await browser.new_page()
        for _ in range(3):
            await page.goto(on_air.url)
            await wait_for(page, "state.frames > 5 || state.error")
            assert not await page.evaluate("state.error")
            await page.evaluate("fetch(state.location, {method: 'DELETE'})")
        assert on_air.whep.stats()["joined"] == 3
        assert on_air.whep.stats()["sessions"] == 0
