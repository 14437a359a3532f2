"""Themes dress card, captions and labels; none of them can hide that she is an AI."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from avatar_folders import ROOT

from idol.avatar.overlay import Overlay, themes
from idol.avatar.overlay.layout import layout
from idol.clock import SAMPLE_RATE
from idol.errors import BadInput
from idol.model import CardView, Scene, Theme
from idol.ports import Moment, MouthKey
from idol.show import script

SIZE = (720, 1280)


def drawn(*dressed: Theme, ai: str = "AI 虚拟主播", overlay: Overlay | None = None) -> np.ndarray:
    """A frame of each theme after the other; the last."""
    overlay = overlay or Overlay(SIZE)
    cards = (CardView(1, "云步轻跑外套", "¥199", stock="剩 8 件"),)
    for i, theme in enumerate(dressed):
        frame = np.full((1280, 720, 4), 120, np.uint8)
        scene = Scene(cards=cards, ai_label=ai, theme=theme)
        pts = (i + 2) * SAMPLE_RATE
        moment = Moment(pts, scene, MouthKey("sil", "sil", 0), card=1, caption="先看一号链接。")
        overlay.draw(frame, moment)
    return frame[..., :3].astype(int)


def label(frame: np.ndarray) -> np.ndarray:
    x, y = layout(SIZE).label
    return frame[y : y + 36, x : x + 190]


def test_there_are_themes_and_each_looks_otherwise() -> None:
    names = themes.names()
    assert {"night", "paper", "gold"} <= set(names)
    frames = {name: drawn(themes.load(name)) for name in names}
    x, y, w, h = layout(SIZE).card
    panes = {name: frame[y + h - 12, x + w - 20].tolist() for name, frame in frames.items()}
    for one in names:
        for other in names:
            if one < other:
                assert np.abs(np.subtract(panes[one], panes[other])).max() > 12, (one, other)


@pytest.mark.parametrize("name", themes.names())
def test_the_label_shows_in_every_theme(name: str) -> None:
    here, other = (label(drawn(themes.load(name), ai=ai)) for ai in ("AI 虚拟主播", "AI 主持"))
    assert np.ptp(here) > 120, "words stand out from their ground"
    assert np.abs(here - other).max() > 100


def test_a_theme_that_hides_the_label_is_not_obeyed() -> None:
    """Even one that never went through `load`: the label is then in the house's own colours."""
    white = (250, 250, 250)
    hidden = Theme("hidden", pane=(white, white), text=white, edge=(white, white), opacity=0.0)
    assert not themes.readable(hidden)
    assert (label(drawn(hidden)) == label(drawn(Theme()))).all()


def test_a_theme_can_change_on_air() -> None:
    overlay = Overlay(SIZE)
    there_and_back = drawn(Theme(), themes.load("gold"), Theme(), overlay=overlay)
    assert (there_and_back == drawn(Theme(), Theme(), Theme())).all()


def test_the_default_is_what_night_says() -> None:
    assert themes.load("night") == Theme()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pane: red", "ours.yaml pane: must be a list of two colours"),
        ('text: "#12"', "ours.yaml text: must be a colour"),
        ('txet: "#ffffff"', "did you mean 'text'"),
        ("opacity: 0.1", "from 0.6 to 1"),
        ('text: "#3a1a50"', "contrast"),
        ("[1, 2]", "mapping"),
    ],
)
def test_mistakes_in_a_theme_are_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(text)
    with pytest.raises(BadInput, match=said):
        themes.load("ours.yaml", tmp_path)


def test_a_show_names_its_theme(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "assets/shows/zh-autumn", tmp_path / "show"))
    file = folder / "show.yaml"
    text = file.read_text("utf-8")
    assert script.load(folder).theme == Theme()
    file.write_text("theme: papre\n" + text, "utf-8")
    assert [m.where for m in script.check(folder)] == ["show.yaml:1 theme"]
    (folder / "ours.yaml").write_text('accent: ["#00ff00", "#00aa00"]')
    file.write_text("theme: ours.yaml\n" + text, "utf-8")
    assert script.load(folder).theme == replace(
        Theme(), name="ours", accent=((0, 255, 0), (0, 170, 0))
    )
