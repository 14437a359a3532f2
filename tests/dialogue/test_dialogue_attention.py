"""Which message is answered next, on a virtual clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from idol.clock import VirtualClock
from idol.dialogue.attention import COOL_DOWN_S, LIFE_S, MOST, Attention, Topic
from idol.model import ChatMessage
from idol.testing.brain import message


def attention() -> tuple[Attention, VirtualClock]:
    clock = VirtualClock()
    intents = {"价": "price", "买": "how_to_buy", "运": "shipping", "嗨": "greet", "哦": "noise",
               "聊": "banter", "要": "order"}  # fmt: skip

    def topic(m: ChatMessage) -> Topic:
        return Topic(intents[m.text[0]], int(m.text[1:]) if m.text[1:].isdigit() else None)

    return Attention(clock, topic), clock


def offer(a: Attention, clock: VirtualClock, text: str, viewer: str, kind: str = "none") -> bool:
    return a.offer(message(text, viewer=viewer, at=clock.now()), kind)


def drain(a: Attention) -> list[str]:
    taken: list[str] = []
    while (m := a.take()) is not None:
        taken.append(m.text)
    return taken


def test_buying_comes_first_and_small_talk_last() -> None:
    a, clock = attention()
    for i, text in enumerate(["聊", "嗨", "运", "价", "买", "要"]):
        assert offer(a, clock, text, f"v{i}")
    assert a.waiting == 6
    assert drain(a) == ["要", "买", "价", "运", "嗨", "聊"]


def test_the_same_question_is_answered_once_and_the_choice_is_explained() -> None:
    a, clock = attention()
    for i in range(5):
        offer(a, clock, "价1", f"v{i}")
    offer(a, clock, "价2", "w")
    assert a.waiting == 2 and drain(a) == ["价1", "价2"]
    a2, clock = attention()
    for i in range(3):
        offer(a2, clock, "价1", f"v{i}")
    offer(a2, clock, "嗨", "w")
    a2.take()
    assert a2.last is not None and len(a2.last.merged) == 2
    assert "asked by 3" in a2.last.reason and "price" in a2.last.reason


async def test_old_questions_are_let_go() -> None:
    a, clock = attention()
    offer(a, clock, "价", "v")
    await clock.advance(LIFE_S + 1)
    assert a.waiting == 0 and a.take() is None


async def test_whoever_was_answered_waits_for_others() -> None:
    a, clock = attention()
    offer(a, clock, "价1", "loud")
    assert a.take() is not None
    offer(a, clock, "价2", "loud")
    offer(a, clock, "嗨", "quiet")
    assert drain(a) == ["嗨", "价2"]
    await clock.advance(COOL_DOWN_S + 1)
    offer(a, clock, "价3", "loud")
    offer(a, clock, "嗨", "other")
    assert drain(a) == ["价3", "嗨"]


def test_noise_is_ignored_and_the_shop_overrules_orders() -> None:
    a, clock = attention()
    assert not offer(a, clock, "哦", "v")
    offer(a, clock, "要", "v", "negative")
    offer(a, clock, "运", "w")
    assert drain(a) == ["运", "要"]


def test_without_a_sorter_the_shops_word_is_used() -> None:
    a = Attention(clock := VirtualClock())
    a.offer(message("x", viewer="a", at=clock.now()), "none")
    a.offer(message("y", viewer="b", at=clock.now()), "question")
    assert drain(a) == ["y", "x"]


@given(st.lists(st.tuples(st.sampled_from("价买运嗨聊要哦"), st.integers(0, 9)), max_size=300))
def test_it_is_bounded_deterministic_and_loses_no_viewer_silently(
    offers: list[tuple[str, int]],
) -> None:
    runs: list[list[str]] = []
    for _ in range(2):
        a, clock = attention()
        for text, viewer in offers:
            offer(a, clock, text, f"v{viewer}")
        assert a.waiting <= MOST
        runs.append(drain(a))
        assert a.waiting == 0
    assert runs[0] == runs[1]
