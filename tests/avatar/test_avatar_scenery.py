"""Stages drawn in planes, with blurs by OpenCV: the same picture as the SVG engine's."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from avatar_folders import STAGES

from idol.avatar import scenery
from idol.avatar.scenery import draw
from idol.avatar.shared import Shared
from idol.avatar.sprites import Image, decoded, raster
from idol.errors import BadInput

SIZE = (180, 320)


def svg(inside: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 320" width="180" height="320">'
        '<defs><filter id="soft" x="-1" y="-1" width="3" height="3" '
        'color-interpolation-filters="sRGB"><feGaussianBlur stdDeviation="6"/></filter></defs>'
        f'<rect width="180" height="320" fill="#806040"/>{inside}</svg>'
    )


def off(text: str) -> float:
    """The greatest difference from what the SVG engine draws of all at once."""
    whole = draw(text, SIZE).whole().astype(int)
    return float(np.abs(whole - raster(text, 1.0)).max())


SOFT = '<circle cx="90" cy="160" r="50" fill="#ffd0a0" opacity="0.8" filter="url(#soft)"/>'
DUSK = '<rect width="180" height="320" fill="#404080" opacity="0.9" {}/>'


def test_a_blur_and_dusk_are_as_the_engine_draws_them() -> None:
    multiply = DUSK.format('style="mix-blend-mode:multiply"')
    over = '<path d="M20 20h60v60h-60z" fill="#20c0ff"/>'
    assert off(svg(SOFT + over)) <= 4
    assert off(svg(SOFT + multiply + over)) <= 4
    assert off(svg(SOFT)) > 0  # it was not the engine that drew it


def test_other_blend_modes_are_left_to_the_engine() -> None:
    screen = DUSK.format('style="mix-blend-mode:screen"')
    assert off(svg(SOFT + screen)) == 0


def test_planes_are_parted_and_light_falls_on_both() -> None:
    mid = '<g id="mid" transform="translate(10 0)"><rect width="40" height="40" fill="#fff"/></g>'
    near = '<g id="near"><rect y="300" width="180" height="20" fill="#0f0"/></g>'
    light = '<rect width="180" height="320" fill="#f00" opacity="0.5"/>'
    planes = draw(svg(mid + light + near), SIZE)
    assert planes.mid is not None and planes.near is not None
    assert planes.far[20, 30].tolist() == [32, 48, 192, 255]
    assert planes.mid[20, 30].tolist() == pytest.approx([128, 128, 255, 255], abs=1)
    assert not planes.mid[20, 5].any() and not planes.mid[100].any()
    assert planes.near[310, 90].tolist() == [0, 255, 0, 255] and not planes.near[:290].any()
    assert planes.whole()[20, 30].tolist() == planes.mid[20, 30].tolist()


@pytest.mark.parametrize(
    ("near", "size", "cut"),
    [
        ('<path d="M131 291l49 7v22h-40z" fill="#0f0" opacity="0.7"/>', SIZE, True),
        ('<path d="M0 0h21l9 33-30-5z" fill="#0f0" opacity="0.7"/>', (270, 480), True),
        ('<rect x="80%" y="90%" width="20%" height="5%" fill="#0f0"/>', SIZE, False),
    ],
    ids=["corner", "half steps", "parts of the view"],
)
def test_a_small_thing_is_drawn_alone_and_as_in_the_whole(
    near: str, size: tuple[int, int], cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes: list[tuple[int, ...]] = []

    def watched(png: bytes) -> Image:
        image = decoded(png)
        shapes.append(image.shape)
        return image

    monkeypatch.setattr(scenery, "decoded", watched)
    drawn = draw(svg(f'<g id="near">{near}</g>'), size).near
    assert drawn is not None and drawn.any()
    alone = svg(near).replace('<rect width="180" height="320" fill="#806040"/>', "")
    whole = raster(alone, size[0] / 180)[: size[1], : size[0]]
    assert np.abs(drawn.astype(int) - whole).max() <= 1
    assert (shapes[-1] < (size[1] // 2, size[0] // 2)) == cut


def test_what_two_lights_have_in_common_is_drawn_once() -> None:
    def light(name: str, colour: str) -> str:
        shared = (
            f'<defs><linearGradient id="{name}"><stop stop-color="#0f0"/></linearGradient></defs>'
        )
        box = f'<rect x="5" y="5" width="40" height="30" fill="url(#{name})"/>'
        wall = f'<rect width="180" height="320" fill="{colour}"/><g id="near">{box}</g>'
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 320">{shared}{wall}</svg>'

    day, night = light("a", "#aac"), light("other", "#112")
    parts: dict[scenery.Drawn, bytes] = {}
    draw(day, SIZE, "", parts)
    before = len(parts)
    planes = draw(night, SIZE, "", parts)
    assert len(parts) == before + 2  # the other wall, and where it is
    assert planes.near is not None and np.array_equal(planes.near, draw(night, SIZE).near)
    assert planes.near[20, 20].tolist() == [0, 255, 0, 255]
    assert planes.far[300, 90].tolist() == [0x22, 0x11, 0x11, 255]


def test_what_a_part_needs_may_need_more_and_a_style_sheet_all() -> None:
    chain = (
        '<linearGradient id="one" href="#two"/><linearGradient id="two"><stop stop-color="#0f0"/>'
        '</linearGradient><pattern id="idle" width="9" height="9"/>'
    )
    box = '<rect id="one-box" width="180" height="320" fill="url(\'#one\')"/>'
    text = svg(box).replace("<defs>", f"<defs>{chain}")
    shared = Shared(ElementTree.fromstring(text))
    beside = shared.beside(box)
    assert "stop-color" in beside and "idle" not in beside and 'id="one-box"' in beside
    assert draw(text, SIZE).far[100, 100].tolist() == [0, 255, 0, 255]
    styled = svg(
        "<style>.box{fill:#0f0}</style>" + box.replace("fill=\"url('#one')\"", 'class="box"')
    )
    assert draw(styled, SIZE).far[100, 100].tolist() == [0, 255, 0, 255]


@pytest.mark.parametrize("folder", STAGES, ids=lambda folder: folder.name)
def test_a_stage_of_the_house_fills_any_size(folder: Path) -> None:
    text = (folder / "landscape.svg").read_text("utf-8")
    picture = draw(text, (300, 162)).whole()
    assert picture.shape == (162, 300, 4) and (picture[..., 3] == 255).all()


def test_what_is_not_xml_is_named() -> None:
    with pytest.raises(BadInput, match=r"here\.svg"):
        draw("<svg", SIZE, "here.svg")
