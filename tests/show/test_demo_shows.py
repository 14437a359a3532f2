"""The demo shows are complete: checked, proved, long enough, and worth looking at."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from idol.commerce import catalog
from idol.model import LANGUAGES
from idol.show import inspection, script
from idol.show.raw import KINDS

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SHOWS = ["zh-autumn", "en-studio"]
STAGES = ["studio", "autumn", "boutique"]


@pytest.fixture(params=SHOWS)
def show(request):
    return script.load(ASSETS / "shows" / request.param)


@pytest.fixture
def goods(show):
    return catalog.load(show.csv, show.products, show.currency)


@pytest.mark.parametrize("name", SHOWS)
def test_every_line_is_proved(name):
    assert [str(mistake) for mistake in inspection.inspect(ASSETS / "shows" / name)] == []


def test_every_kind_of_segment_is_there(show):
    assert {segment.kind for segment in show.segments} == set(KINDS)


def test_a_round_lasts_ten_minutes(show):
    """At 4.2 Chinese characters or 2.6 English words a second; questions count their seconds."""
    seconds = 0.0
    for segment in show.segments:
        said = "".join(line.text + " " for line in segment.lines)
        if segment.kind == "qa":
            seconds += segment.seconds
        elif show.language == "zh":
            seconds += len(re.findall(r"[\u3400-\u9fff\d]", said)) / 4.2
        else:
            seconds += len(said.split()) / 2.6
    assert seconds >= 600


def test_products_are_told_in_both_languages(show, goods):
    assert len(show.products) >= 6
    for listing in goods.listings.values():
        product = listing.product
        assert len(product.variants) >= 2 and len(product.facts) >= 8 and len(product.faq) >= 4
        texts = [product.title, *product.facts.values(), *(faq.say for faq in product.faq)]
        assert all(text.get(language) for text in texts for language in LANGUAGES)


def test_something_is_presold_and_something_can_sell_out(goods):
    assert any(offer.presale and offer.presale_days for offer in goods.supplies)
    left = [
        sum(offer.stock + offer.presale for offer in goods.supplies if offer.listing == number)
        for number in goods.listings
    ]
    assert min(left) <= 12


def test_pitches_show_the_card_before_the_price_turns(show):
    for segment in show.segments:
        if segment.kind not in ("pitch", "flash", "presale"):
            continue
        tags = [p.kind for line in segment.lines for p in line.pieces if isinstance(p, script.Tag)]
        assert "card" in tags and tags.index("card") < tags.index("price"), segment.id


def test_prices_and_stock_are_never_written_by_hand(show):
    for segment in show.segments:
        for line in segment.lines:
            assert not re.search(r"[¥$￥]\s*\d|\d+\s*(元|块|美元|dollars|left\b)", line.text)


def test_pictures_fill_a_cut_out(show):
    for product in show.products.values():
        image = cv2.imread(product.picture, cv2.IMREAD_UNCHANGED)
        assert image.shape[2] == 4 and min(image.shape[:2]) >= 600
        alpha = image[..., 3]
        assert 0.1 < np.mean(alpha > 128) < 0.8
        assert not alpha[:4].any() and not alpha[-4:].any()


@pytest.mark.parametrize("name", STAGES)
def test_stages_are_composed_for_both_shapes(name):
    folder = ASSETS / "stages" / name
    assert (folder / "stage.yaml").is_file()
    for file, size in (("portrait.svg", ("720", "1280")), ("landscape.svg", ("1280", "720"))):
        root = ElementTree.parse(folder / file).getroot()
        assert (root.get("width"), root.get("height")) == size


def test_shows_stand_on_a_stage_that_exists(show):
    assert show.stage in STAGES
