"""The run of show: good ones load, every mistake names its line and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from idol.errors import BadInput
from idol.show.script import Tag, check, load, parse_line

GOOD = """\
title: {zh: 秋装, en: Autumn}
language: zh
currency: CNY
host: {zh: 爱蕾, en: Aira}
products:
  jacket:
    title: {zh: 外套, en: jacket}
    facts:
      weight: {zh: 只有210克, en: it weighs 210 grams}
    sizes:
      M: {kg: [50, 58]}
segments:
  - id: hello
    kind: greeting
    lines:
      - "[wave][happy]大家好，我是{host}！"
  - id: pitch
    kind: pitch
    product: jacket
    lines:
      - "看[card]{name}，原价{was}，[price]现在{price}。"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "show.yaml").write_text(text, "utf-8")
    return folder


def test_a_good_show_loads(tmp_path: Path) -> None:
    show = load(write(tmp_path, GOOD))
    assert [s.id for s in show.segments] == ["hello", "pitch"]
    assert show.products["jacket"].facts["weight"]["en"] == "it weighs 210 grams"
    assert show.products["jacket"].sizes[0].kg == (50.0, 58.0)


def test_cues_stand_at_their_word(tmp_path: Path) -> None:
    show = load(write(tmp_path, GOOD))
    line = show.segments[1].lines[0].line(1)
    assert line.text == "看{name}，原价{was}，现在{price}。"
    assert [(c.kind, line.text[c.at], c.value) for c in line.cues] == [
        ("card", "{", "1"),
        ("price", "现", "1"),
    ]
    assert show.segments[0].lines[0].line(None).emotion == "happy"


def test_parse_line_splits_text_and_cues() -> None:
    assert parse_line("[wave]hi [card 3]you") == (
        Tag("gesture", "wave"),
        "hi ",
        Tag("card", "3"),
        "you",
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "says", "hint"),
    [
        ("kind: pitch", "kind: pich", 18, "'pich' is not one of", "pitch"),
        ("[wave]", "[wvae]", 16, "unknown cue [wvae]", "wave"),
        ("{was}", "{waz}", 21, "unknown placeholder {waz}", "was"),
        ("product: jacket", "product: jaket", 19, "no product is called 'jaket'", "jacket"),
        ("language: zh", "language: cn", 2, "is not one of", ""),
        ("currency: CNY", "curency: CNY", 3, "unknown field 'curency'", "currency"),
        (
            '    lines:\n      - "看',
            '    linse:\n      - "看',
            20,
            "unknown field 'linse'",
            "lines",
        ),
        ("id: pitch", "id: hello", 17, "two segments called 'hello'", ""),
        ("    product: jacket\n", "", 17, "needs a `product`", ""),
    ],
)
def test_a_mistake_names_its_line_and_the_right_word(
    tmp_path: Path, old: str, new: str, line: int, says: str, hint: str
) -> None:
    assert old in GOOD
    mistakes = check(write(tmp_path, GOOD.replace(old, new)))
    text = "\n".join(map(str, mistakes))
    assert says in text
    assert any(m.where.startswith(f"show.yaml:{line} ") for m in mistakes), text
    if hint:
        assert any(m.hint == hint for m in mistakes), text


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: [1, 2\n", "\x00", "title: &a [*a]\n"])
def test_what_is_not_a_show_is_refused_clearly(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        load(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"show\.yaml"):
        load(tmp_path)
