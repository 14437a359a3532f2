"""A viewer opens the page: the picture moves, her mouth moves with her voice, and she answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from e2e_room import HEARD, Desk, Room, Seat, transcribe, understood, until

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]

OPEN = 30
"""Red pixels (of 3750) from which the mouth is open; a smile at rest has 0 to 20."""
BEFORE_MS, AFTER_MS = 1500, 400
"""A frame belongs to silence when no sound is heard for so long before and after it: a busy
browser shows frames late, and those that it shows are few."""


async def test_the_mouth_moves_with_her_voice_and_rests_in_silence(house: Room, desk: Desk) -> None:
    seat = await house.seat()
    await seat.look()
    await seat.listen()
    speaking: list[float] = []
    silent: list[float] = []
    for _ in range(8):
        since = await seat.now()
        ended = await pitch(seat, desk, since)
        frames = await seat.frames(since)
        some = mouths(frames, np.array(await seat.levels(since)), ended)
        speaking, silent = speaking + some[0], silent + some[1]
        if len(speaking) > 40 and len(silent) > 20:
            break
    told = f"speaking {speaking}, silent {silent}"
    assert len(speaking) > 40 and len(silent) > 20, told
    opened, rested = (np.mean(np.array(mouth) >= OPEN) for mouth in (speaking, silent))
    # It opens in a third of the frames and closes between the sounds; a laugh opens a tenth. A
    # busy browser shows some frames seconds after their sound, so silence is compared with speech.
    assert 0.15 < opened < 0.95 and rested < 0.6 * opened, told


async def pitch(seat: Seat, desk: Desk, since: float) -> float:
    """The pitch to its end and a rest, with its card and its price at their words; its end."""
    await desk.on("pitch")
    card = await seat.event("card", lambda e: e["listing"] == 1, since=since)
    ended = await seat.event("caption", lambda e: "Ask me" in e["text"], since=since)
    await seat.quiet(seconds=4)

    lines = {e["utterance"]: e for e in await seat.events("caption", since)}
    first = next(e for e in lines.values() if e["text"].startswith("Hello"))
    assert first["pts"] < card["pts"]  # the card comes at the word, not before the line
    assert "Drift jacket" in await seat.page.locator(".card").inner_text()
    flip = await seat.event("price", lambda e: e["listing"] == 1, since=since)
    assert flip["pts"] > card["pts"]
    return float(ended["heard_at"])


def mouths(
    frames: list[dict[str, float]], levels: np.ndarray, ended: float
) -> tuple[list[float], list[float]]:
    """How far the mouth is open in frames of speech, and of silence after the end: before it she
    may laugh without a sound."""
    speaking, silent = [], []
    for frame in frames:
        apart = levels[:, 0] - frame["at"]
        around = levels[(apart > -BEFORE_MS) & (apart < AFTER_MS)][:, 1]
        near = levels[np.abs(apart) < AFTER_MS][:, 1]
        if frame["at"] > ended and len(around) > 60 and around.max() < HEARD / 5:
            silent.append(frame["open"])
        elif len(near) and np.median(near) > HEARD:
            speaking.append(frame["open"])
    return speaking, silent


async def test_the_picture_moves_while_she_rests(house: Room, desk: Desk) -> None:
    seat = await house.seat()
    await seat.look()
    glance = """() => {
        const small = Object.assign(document.createElement("canvas"), { width: 72, height: 128 });
        const pen = small.getContext("2d", { willReadFrequently: true });
        pen.drawImage(document.querySelector("video"), 0, 0, 72, 128);
        return [...pen.getImageData(0, 0, 72, 128).data];
    }"""
    before = np.array(await seat.page.evaluate(glance))
    count = len(await seat.frames())

    async def many() -> bool:
        return len(await seat.frames()) > count + 20

    await until(many)
    after = np.array(await seat.page.evaluate(glance))
    assert before.std() > 20  # a picture, not one colour
    assert np.mean(np.abs(after - before) > 4) > 0.01
    media = [frame["media"] for frame in await seat.frames()]
    assert media == sorted(media) and len(set(media)) == len(media)
    assert not seat.complaints


@pytest.mark.parametrize(
    ("lang", "name", "question", "wanted"),
    [
        ("en", "Tom", "How much does the jacket weigh?", ("tom", "210|two hundred")),
        ("zh", "小鱼", "外套有多重？", ("小鱼", "210|二百一|两百一")),
    ],
)
async def test_a_question_is_answered_aloud_by_name(
    house: Room, desk: Desk, recogniser: Any, lang: str, name: str, question: str,
    wanted: tuple[str, ...],
) -> None:  # fmt: skip
    if desk.state.get("segment") != "questions":
        await desk.on("questions")
    seat = await house.seat(lang)
    await seat.listen()
    await seat.name(name)
    await seat.quiet()
    asked = await seat.chat(question)
    assert asked["name"] == name
    lines = await seat.answer(asked)
    text = "".join(line["text"] for line in lines)
    assert {line["language"] for line in lines} == {lang}
    for pattern in wanted:
        assert understood(pattern, text.lower()), text
    # What she wrote is in the chat, as the answer to the question.
    quoted = seat.page.locator(f'[data-id="{lines[0]["utterance"]}"] .quote-text')
    assert await quoted.inner_text() == question
    # And it was really heard. The page plays a little later than its events come.
    await seat.quiet()
    sound = await seat.recording(lines[0]["heard_at"] - 400, await seat.now())
    heard = transcribe(recogniser, sound, lang)
    missed = [pattern for pattern in wanted if not understood(pattern, heard)]
    assert not missed, f"{text!r} was heard as {heard!r}"
