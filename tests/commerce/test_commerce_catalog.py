"""products.csv: read, or every mistake named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from shops import CSV, FACTS

from idol.commerce.catalog import check, load
from idol.errors import BadInput


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    file = folder / "products.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(error) for error in check(file, FACTS, "CNY")]


def test_a_good_file(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("\ufeff" + CSV + "\n,,,\n", "utf-8")
    catalog = load(tmp_path / "products.csv", FACTS, "CNY")
    assert list(catalog.listings) == [1, 2, 3, 4]
    jacket = catalog.listings[1]
    assert jacket.limit == 3 and len(jacket.product.variants) == 4
    assert jacket.product.variants[0].colour == {"zh": "黑色", "en": "black"}
    lot = next(offer for offer in catalog.supplies if offer.sku == "cj-rd-l")
    assert (lot.price.minor, lot.stock, lot.presale, lot.presale_days) == (19900, 1, 4, 10)
    assert catalog.listing_of("moon-lamp") is catalog.listings[3]
    assert catalog.listing_of("nothing") is None


HEAD = "link,product,sku,colour_zh,colour_en,size,price,was,stock,presale,presale_days,limit\n"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,moon-lmp,ml,,,,89,,1,,,", "products.csv:2 product: no product is called 'moon-lmp' in show.yaml (did you mean 'moon-lamp'?)"),  # noqa: E501
        ("x,moon-lamp,ml,,,,89,,1,,,", "products.csv:2 link: 'x' is not a whole number"),
        ("1,moon-lamp,m l,,,,89,,1,,,", "products.csv:2 sku: 'm l' may hold"),
        ("1,moon-lamp,ml,,,,8.999,,1,,,", "products.csv:2 price: '8.999' has more than 2 digits"),
        ("1,moon-lamp,ml,,,,free,,1,,,", "products.csv:2 price: 'free' is not an amount"),
        ("1,moon-lamp,ml,,,,0,,1,,,", "products.csv:2 price: must be more than nothing"),
        ("1,moon-lamp,ml,,,,89,80,1,,,", "products.csv:2 was: the struck-out price 80"),
        ("1,moon-lamp,ml,,,,89,,-1,,,", "products.csv:2 stock: '-1' is not a whole number"),
        ("1,moon-lamp,ml,,,,89,,,,,", "products.csv:2 stock: '' is not a whole number"),
        ("1,moon-lamp,ml,,,,89,,1,5,,", "products.csv:2 presale_days: presold pieces need"),
        ("1,moon-lamp,ml,白色,,,89,,1,,,", "products.csv:2 colour_en: the colour needs a name"),
        ("1,moon-lamp,ml,,,,89,,1,,,,,7", "products.csv:2: 14 cells under 12 columns"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    found = mistakes(tmp_path, HEAD + row + "\n")
    assert len(found) >= 1 and found[0].startswith(message), found


def test_every_mistake_is_told(tmp_path: Path) -> None:
    rows = "1,moon-lmp,ml,,,,89,,1,,,\n1,moon-lamp,ml,,,,x,,1,,,\n2,moon-lamp,ml2,,,,8,,1,,,\n"
    rows += "2,star-tee,ml2,,,,8,,1,,,\n"
    assert len(mistakes(tmp_path, HEAD + rows)) >= 4


def test_bad_files(tmp_path: Path) -> None:
    assert (
        "unknown column 'pirce' (did you mean 'price'?)"
        in mistakes(tmp_path, HEAD.replace("price", "pirce"))[0]
    )
    assert "missing column stock" in mistakes(tmp_path, HEAD.replace(",stock", ""))[0]
    assert "stands twice" in mistakes(tmp_path, HEAD.replace("stock", "price"))[0]
    assert "it has no rows" in mistakes(tmp_path, HEAD)[0]
    assert "not UTF-8" in mistakes(tmp_path, HEAD.encode() + "黑".encode("gbk"))[0]
    assert "products.csv:2" in mistakes(tmp_path, HEAD.encode() + "黑".encode("gbk"))[0]
    assert "No such file" in str(check(tmp_path / "none.csv", FACTS)[0])
    with pytest.raises(BadInput):
        load(tmp_path / "none.csv", FACTS)


def test_a_good_row_survives_a_bad_one(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(HEAD + "1,moon-lamp,ml,,,,89,,1,,,\nx,star-tee,st,,,,9,,1,,,\n", "utf-8")
    assert len(check(file, FACTS)) == 1
