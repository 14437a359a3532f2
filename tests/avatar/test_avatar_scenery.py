"""Stages drawn in planes, with blurs by OpenCV: the same picture as the SVG engine's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from avatar_folders import STAGES

from idol.avatar.scenery import draw
from idol.avatar.sprites import raster
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


@pytest.mark.parametrize("folder", STAGES, ids=lambda folder: folder.name)
def test_a_stage_of_the_house_fills_any_size(folder: Path) -> None:
    text = (folder / "landscape.svg").read_text("utf-8")
    picture = draw(text, (300, 162)).whole()
    assert picture.shape == (162, 300, 4) and (picture[..., 3] == 255).all()


def test_what_is_not_xml_is_named() -> None:
    with pytest.raises(BadInput, match=r"here\.svg"):
        draw("<svg", SIZE, "here.svg")
