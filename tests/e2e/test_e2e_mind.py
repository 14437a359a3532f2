"""The dialogue model dies in the middle of an answer: facts and company go on without it."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from e2e_room import Desk, Room, until

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]


async def test_she_goes_on_while_the_model_is_dead(house: Room, desk: Desk) -> None:
    await house.live.until("model ready", seconds=300)
    await desk.on("questions")
    seat = await house.seat(picture=False)
    await seat.send(type="name", name="Tom")

    # Small talk goes to the model. It is held, so that it has not answered when it is killed.
    since = len(house.live.log)
    os.kill(house.live.worker("mind"), signal.SIGSTOP)
    chatted = await seat.chat("What do you like most about autumn evenings?")
    os.kill(house.live.worker("mind"), signal.SIGKILL)
    await house.live.until("worker died", seconds=60, since=since)
    assert await seat.answer(chatted), "small talk found no words without the model"

    asked = await seat.chat("How much does the jacket weigh?")
    assert "210" in "".join(line["text"] for line in await seat.answer(asked))
    await house.live.until("worker=mind", seconds=60, since=since)
    health = await until(lambda: stats(desk), why="the desk is told of no restart")
    assert health["up"]
    assert not [text for text in house.live.log[since:] if "Traceback" in text]


def stats(desk: Desk) -> dict[str, Any] | None:
    """What the desk last heard of the model's process, once it has been started again."""
    for event in reversed(desk.events):
        if event["type"] == "stats":
            mind: dict[str, Any] = next(p for p in event["processes"] if p["name"] == "mind")
            return mind if mind["restarts"] == 1 and mind["up"] else None
    return None
