"""Routing of messages that the router has not seen, with the real encoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from idol.dialogue.encoder import SentenceEncoder
from idol.dialogue.router import Router

HELD_OUT = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("held_out.yaml").read_text("utf-8")
)

# Mistaking one for the other gives the same kind of answer.
NEAR = {
    frozenset(pair)
    for pair in (
        ("order", "how_to_buy"),
        ("banter", "offtopic"),
        ("care", "absent"),
        ("price", "total"),
        ("material", "absent"),
        ("greet", "banter"),
        ("shipping", "presale"),
        ("praise", "banter"),
        ("weight", "absent"),
    )
}


@pytest.fixture(scope="module")
def router() -> Router:
    return Router(SentenceEncoder())


def test_held_out_messages(router: Router) -> None:
    wrong: list[str] = []
    bad = total = 0
    for want, texts in HELD_OUT.items():
        for text in texts:
            total += 1
            got = router.route(str(text))
            if got.intent != want:
                wrong.append(f"{text} | want {want} | got {got.intent} {got.score:.2f}")
                bad += frozenset((got.intent, want)) not in NEAR
    report = "\n".join(wrong)
    print(f"{total - len(wrong)} of {total} right, {bad} seriously wrong\n{report}")
    assert len(wrong) / total <= 0.2, report
    assert bad / total <= 0.13, report


def test_no_injection_gets_through(router: Router) -> None:
    for text in HELD_OUT["injection"]:
        assert router.route(text).intent == "injection", text
