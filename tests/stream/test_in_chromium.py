"""A real browser watches the test card: the picture moves, sound is heard, both are in step."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import pytest

from idol.testing.serve import station

sys.path.insert(0, str(Path(__file__).parents[1]))
from browser import open_browser, wait_for


@pytest.mark.browser
async def test_chromium_sees_and_hears_the_show_in_step() -> None:
    async with station() as on_air, open_browser() as browser:
        page = await browser.new_page()
        await page.goto(on_air.url)
        await wait_for(page, "state.frames > 5 || state.error")
        await wait_for(page, "state.clicks.length >= 5 && state.flashes.length >= 5")
        state = await page.evaluate("state")
        report = await page.evaluate("report()")
        assert not state["error"]
        assert state["size"] == [720, 1280]
        stamps = [stamp for _, stamp, *_ in state["stamps"]]
        assert len(set(stamps)) > 50 and stamps == sorted(stamps)
        # What is drawn in a frame and what its RTP time says are the same media time. (A busy
        # browser may paint the next frame before it calls back for this one.)
        apart = [stamp / 1920 - rtp / 3600 for _, stamp, rtp, _ in state["stamps"][5:]]
        assert statistics.median(apart) == 0 and all(0 <= frames <= 4 for frames in apart)
        offsets = [
            min((click - flash for flash in state["flashes"]), key=abs)
            for click in state["clicks"][1:]
        ]
        # benchmarks/stream.py measures this; here only that they belong together. A busy browser
        # notes sounds and frames late, so the most punctual pair tells: one second is between them.
        assert min(map(abs, offsets)) < 400, offsets
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
