"""A model's text is cut for speaking as soon as a clause is whole, and never inside a number."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from idol.dialogue import banter


async def _cut(*tokens: str) -> list[tuple[str, int]]:
    """Each piece, with how many tokens had come when it was cut."""
    came = 0

    async def stream() -> AsyncIterator[str]:
        nonlocal came
        for token in tokens:
            came += 1
            yield token

    return [(piece, came) async for piece in banter._pieces(stream())]


@pytest.mark.parametrize(
    ("tokens", "pieces"),
    [
        (("Hiking", " is", " fun", ",", " but", " rest", "!"),
         [("Hiking is fun,", 4), ("but rest!", 7)]),
        (("Oh", " no", ",", " sit", " down", ".", " Now"), [("Oh no,", 3), ("sit down.", 6)]),
        (("Well", ",", " sit", " down", "!"), [("Well, sit down!", 5)]),
        (("爬山", "太", "酷了", "，", "别忘", "了水", "！"),
         [("爬山太酷了，", 4), ("别忘了水！", 7)]),
        (("It", " is", " about", " 1", ",", "000", " ok", "."), [("It is about 1,000 ok.", 8)]),
        (("Well", " well", " well", ".", ".", ".", " Hi", "!"),
         [("Well well well.", 4), ("Hi!", 8)]),
        (("One", " day", " we", "."), [("One day we.", 4)]),
    ],
)  # fmt: skip
async def test_cuts(tokens: tuple[str, ...], pieces: list[tuple[str, int]]) -> None:
    assert await _cut(*tokens) == pieces


async def test_what_the_limit_cut_off_is_not_said() -> None:
    assert await _cut("All", " good", " here", ".", " And", " then") == [("All good here.", 4)]
