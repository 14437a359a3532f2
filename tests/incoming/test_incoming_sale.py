"""An order from another platform takes the same way as one from our own page."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from idol.commerce.outcomes import Held, NotOrder
from idol.dialogue.attention import Attention
from idol.model import ChatMessage
from idol.ports import Heard
from idol.telemetry import get_log
from idol.web.incoming.intake import Intake

sys.path.insert(0, str(Path(__file__).parent.parent / "commerce"))
from shops import ON_AIR, Bench


class Floor:
    """What reception does with a message: the shop hears it first, then attention."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.attention = Attention(bench.clock)
        self.outcomes: list[Any] = []

    async def chat(self, message: ChatMessage) -> None:
        outcome = await self.bench.shop.hear(message, ON_AIR)
        self.outcomes.append(outcome)
        if isinstance(outcome, NotOrder):
            self.attention.offer(message, outcome.kind)


async def test_orders_and_questions_of_two_platforms_stay_apart(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.shop.start()
    floor = Floor(bench)
    doors = {
        name: Intake(name, floor, bench.clock, get_log("test"), language="zh")
        for name in ("twitch", "bilibili")
    }
    for name, door in doors.items():
        assert door.put(Heard("m1", "7", "小明", "要1件黑色L"))  # the same account number
        assert door.put(Heard("m2", "7", "小明", "这件是什么面料？"))
        task = asyncio.create_task(door.run())
        want = 2 if name == "twitch" else 4
        while len(floor.outcomes) < want:  # noqa: ASYNC110 - the ledger's own thread answers
            await asyncio.sleep(0.01)
        task.cancel()
    held = [o for o in floor.outcomes if isinstance(o, Held)]
    assert [h.hold.viewer.id for h in held] == ["twitch:7", "bilibili:7"]
    assert [h.hold.viewer.platform for h in held] == ["twitch", "bilibili"]
    assert len(await bench.shop.holds("twitch:7")) == 1
    assert not await bench.shop.holds("7")
    first = floor.attention.take()
    assert first is not None and first.viewer.platform in doors
    bench.store.close()
