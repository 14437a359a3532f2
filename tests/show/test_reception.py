"""What is asked back reaches those who have no page of ours: she says it, but not all the time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from idol.clock import VirtualClock
from idol.commerce import outcomes as o
from idol.commerce.packets import Packet
from idol.dialogue.guard import Guard
from idol.dialogue.persona import Persona
from idol.model import ChatMessage, Language, Line, Money, Viewer
from idol.show import perks
from idol.show.courtesy import Courtesies
from idol.show.director import Courtesy, Waiting
from idol.show.reception import ALOUD_EVERY_S, Reception
from idol.telemetry import get_log
from idol.testing.brain import sample_ledger, sample_listings


class World:
    """Stage, shop, attention and audience in one; remembers what it is given."""

    segment = utterance = card = None
    current = 1

    def __init__(self) -> None:
        self.posted: list[Any] = []
        self.told: list[Any] = []
        self.outcome: Any = o.Asked("m", 1, 1, (), "which size, M or L?")

    def post(self, event: Any) -> None:
        self.posted.append(event)

    async def hear(self, message: ChatMessage, floor: o.Floor) -> Any:
        return self.outcome

    def offer(self, message: ChatMessage, kind: str) -> None: ...

    def broadcast(self, event: Any) -> None: ...

    def tell(self, viewer: str, event: Any) -> None:
        self.told.append((viewer, event["type"]))

    def tell_operators(self, event: Any) -> None: ...


@pytest.fixture
def world() -> World:
    return World()


def reception(world: Any, clock: VirtualClock) -> Reception:
    return Reception(
        stage=world,
        shop=world,
        attention=world,
        audience=world,
        listings={},
        language_of=lambda text, language: language,
        spoken_name=lambda name: name,
        cue=lambda cue: None,
        clock=clock,
        log=get_log("test"),
    )


def line(platform: str, text: str = "要一件") -> ChatMessage:
    id = "7" if platform == "web" else f"{platform}:7"
    return ChatMessage(text, Viewer(id, "Tom", platform), text, 0.0, "en")


async def test_somebody_elsewhere_is_asked_aloud_and_not_too_often(world: World) -> None:
    clock = VirtualClock()
    desk = reception(world, clock)
    await desk.chat(line("web"))
    assert world.told == [("7", "ask")] and not world.posted
    await desk.chat(line("twitch"))
    await desk.chat(line("bilibili"))
    text = "Tom, which size, M or L?"
    assert world.posted == [Courtesy(text, "en", "Tom", given=(text,))]
    await clock.advance(ALOUD_EVERY_S)
    world.outcome = o.Refusal("sold_out", "that one is sold out")
    await desk.chat(line("twitch"))
    assert world.posted[-1].text == "Tom, that one is sold out"
    world.outcome = o.NotOrder("smalltalk")
    await desk.chat(line("twitch"))
    assert world.posted[-1] == Waiting()


class Draw(World):
    """With a shop whose red packet is open, then drawn."""

    show = type("Show", (), {"language": "zh"})()

    def __init__(self) -> None:
        super().__init__()
        self.state, self.heard = "open", list[Any]()

    def packet(self, id: str) -> Packet:
        title: dict[Any, str] = {"zh": "福袋", "en": "Luck"}
        return Packet(id, title, (), "CNY", 9, "hash", 0.0, 60.0, self.state, 2, "1%", "1%")

    def broadcast(self, event: Any) -> None:
        self.heard.append(event)


async def test_a_red_packet_is_shown_and_its_winners_named_in_both_languages() -> None:
    world = Draw()
    desk = reception(world, VirtualClock())
    desk.reads(Viewer("v1", "小雨"), "zh")
    for _ in range(2):  # told again by another process: the chat says it once
        desk.shop_event(o.PacketChanged("k_1"))
    world.state = "drawn"
    desk.shop_event(o.PacketChanged("k_1", (("v1", "CODE"), ("gone", "OTHER"))))
    assert [event["type"] for event in world.heard] == [
        "packet",
        "chat",
        "packet",
        "packet",
        "chat",
    ]
    said = world.heard[-1]
    assert said["kind"] == "system" and said["text"] == said["texts"]["zh"]
    assert said["texts"]["en"].endswith("Congratulations, 小雨, a viewer!")
    assert world.told == [("v1", "prize"), ("gone", "prize")]
    assert world.heard[2]["state"] == "open" and world.heard[3]["state"] == "drawn"
    # She says both, once each.
    opened, drawn = world.posted
    assert "福袋" in opened.text and opened.given == (opened.text,)
    assert "恭喜小雨等2人" in drawn.text and drawn.given == (drawn.text,)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["packet_open", "packet_drawn", "packet_nobody"])
def test_what_she_says_of_a_red_packet_is_proved(kind: str, language: Language) -> None:
    guard = Guard(sample_listings(), sample_ledger(), Persona({"zh": "爱蕾", "en": "Aira"}))
    called = {"zh": "周五福袋", "en": "Friday red packet"}[language]
    courtesies = Courtesies()
    for names in (["小雨", "Maya"], [], ["Tom"]):
        for _ in range(2):
            who = perks.people(names, 3, language)
            text = courtesies.line(kind, language, name=who, item=called)
            verdict = guard.prove(Line(text, language, "reply"), (text,))
            assert verdict.line.text == text and not verdict.reasons


@pytest.mark.parametrize("platform", ["web", "twitch"])
async def test_who_missed_an_offer_is_told(world: World, platform: str) -> None:
    world.show = type("Show", (), {"language": "en"})()  # type: ignore[attr-defined]
    world.picture = type("Picture", (), {"awaits": lambda *_: None})()  # type: ignore[attr-defined]
    desk = reception(world, VirtualClock())
    hold = o.Hold(
        "h_1", Viewer("v1", "Maya", platform), 1, "jk-l", {"en": "jacket"}, {"en": "L"}, 1,
        Money(100, "CNY"), 0.0, date(2026, 12, 1), "expired", "tap",
    )  # fmt: skip
    desk.shop_event(o.HoldEnded(hold, "lapsed"))
    assert world.told == [("v1", "hold"), ("v1", "notice")]
    aloud = [event.text for event in world.posted]
    assert len(aloud) == (platform != "web") and all("queue again" in text for text in aloud)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_all_that_one_message_took_is_said_in_one_sentence(
    world: World, language: Language
) -> None:
    world.picture = type("Picture", (), {"awaits": lambda *_: None})()  # type: ignore[attr-defined]
    world.show = type("Show", (), {"language": "en"})()  # type: ignore[attr-defined]
    desk = reception(world, VirtualClock())
    desk.reads(Viewer("7", "Tom", "web"), language)
    tom = Viewer("7", "Tom", "web")

    def take(sku: str, quantity: int, source: o.Source = "chat") -> o.Hold:
        hold = o.Hold(
            sku, tom, 1, sku, {"zh": "外套", "en": "jacket"}, {"zh": sku, "en": sku}, quantity,
            Money(100, "CNY"), 0.0, date(2026, 12, 1), "open", source,
        )  # fmt: skip
        desk.shop_event(o.HoldMade(hold))
        return hold

    async def hear(message: ChatMessage, floor: o.Floor) -> o.Outcome:
        taken = (take("L", 2), take("M", 1))
        assert not [e for e in world.posted if isinstance(e, Courtesy)]
        return o.Held(taken[0], 2, "", taken[1:])

    world.hear = hear  # type: ignore[method-assign]
    await desk.chat(ChatMessage("m", tom, "2 L and 1 M", 0.0, language))
    (said,) = world.posted
    assert {"zh": "2件L外套和1件M外套", "en": "2 L jacket and 1 M jacket"}[language] in said.text
    take("S", 1)  # from the waiting list, when nobody is heard
    assert len(world.posted) == 2 and "S" in world.posted[-1].text
    take("S", 1, "tap")  # whoever tapped sees it
    assert len(world.posted) == 2
