"""A viewer opens the page: the picture moves, her mouth moves with her voice, and she answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from e2e_room import Desk, Room, Seat, transcribe, understood, until
from ear import SILENCE, SPEECH, Ear

from idol.clock import SAMPLE_RATE

pytestmark = [
    pytest.mark.alone,
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
]

OPEN = 30
"""Red pixels (of 3750) from which the mouth is open; at rest it has 0 to 20, and far more in a
laugh that fades when a line has ended."""
BEFORE, AFTER = SAMPLE_RATE * 5 // 2, SAMPLE_RATE * 4 // 10
"""A frame is one of rest when nothing sounds for so long before and after it: a smile may stay
open for a second after the last word, and takes half a second to close."""
NEAR = SAMPLE_RATE // 5


async def test_the_mouth_moves_with_her_voice_and_rests_in_silence(house: Room, desk: Desk) -> None:
    seat, ear = await house.seat(), await house.ear()
    assert (await seat.event("hello"))["rtp_origin"] == 0  # frames and sound tell media time
    await seat.look()
    speaking: list[float] = []
    silent: list[float] = []
    for _ in range(4):  # a busy browser shows few frames
        begin, last, end = await pitch(seat, ear, desk)
        frames = [frame for frame in await seat.frames() if begin <= frame["pts"] < end]
        some = mouths(frames, np.array(ear.levels(begin, end)), last)
        speaking, silent = speaking + some[0], silent + some[1]
        if len(speaking) > 40 and len(silent) > 20:
            break
    told = f"speaking {speaking}, silent {silent}"
    assert len(speaking) > 40 and len(silent) > 20, told
    moves, rests = (np.abs(np.diff(mouth)).mean() for mouth in (speaking, silent))
    # It opens, and closes between the sounds; at rest it is shut.
    assert 0.15 < np.mean(np.array(speaking) >= OPEN) < 0.95, told
    assert np.median(silent) < OPEN and rests < 0.4 * moves, told


async def pitch(seat: Seat, ear: Ear, desk: Desk) -> tuple[int, int, int]:
    """The pitch to its end and a rest, with its card and its price at their words. Media time
    of its begin, of its last line and of the end of the rest."""
    since = await seat.now()
    await desk.on("pitch")
    card = await seat.event("card", lambda e: e["listing"] == 1, since=since)
    last = await seat.event("caption", lambda e: "Ask me" in e["text"], since=since)

    lines = {e["utterance"]: e for e in await seat.events("caption", since)}
    first = next(e for e in lines.values() if e["text"].startswith("Hello"))
    assert first["pts"] < card["pts"]  # the card comes at the word, not before the line
    assert "Drift jacket" in await seat.page.locator(".card").inner_text()
    flip = await seat.event("price", lambda e: e["listing"] == 1, since=since)
    assert flip["pts"] > card["pts"]

    end = await ear.rest(last["pts"] + SAMPLE_RATE // 2, seconds=5)

    async def shown() -> bool:
        return any(frame["pts"] >= end for frame in await seat.frames(since))

    await until(shown, every=0.5, why="the picture does not come so far")
    return first["pts"], last["pts"], end


def mouths(
    frames: list[dict[str, float]], levels: np.ndarray, last: int
) -> tuple[list[float], list[float]]:
    """How far the mouth is open in frames of speech, and of silence after the last line: before
    it she may laugh without a sound."""
    speaking, silent = [], []
    for frame in frames:
        apart = levels[:, 0] - frame["pts"]
        around = levels[(apart > -BEFORE) & (apart < AFTER)][:, 1]
        near = levels[np.abs(apart) < NEAR][:, 1]
        if frame["pts"] > last and len(around) > 135 and around.max() < SILENCE:
            silent.append(frame["open"])
        elif len(near) and np.median(near) > SPEECH:
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
    media = [frame["pts"] for frame in await seat.frames()]
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
