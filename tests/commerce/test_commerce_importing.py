# ruff: noqa: E501 - files of others are as wide as they are
"""Other people's product files: nothing lost, everything wrong named, the show's files kept."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from idol.cli import app
from idol.commerce import catalog, importing, product_files
from idol.commerce.importing import Import
from idol.errors import BadInput
from idol.model import Money, Product

YAML = """title: {zh: 测试}   # stays
products:
  lamp:
    title: {zh: 灯, en: lamp}

# the run of show
segments:
  - id: hello
"""
SHOPIFY = """Handle,Title,Body (HTML),Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Qty,Variant Price,Variant Compare At Price,Image Src,Status
mug,Cloud mug,<p>Nice</p>,Color,Red,Size,S,MUG-R-S,4,12.50,15.00,https://pics.example/mug.png,active
mug,,,,Red,,L,,7,13.50,,,
mug,,,,Blue,,L,MUG-B-L,-2,13.50,10.00,,
mug,,,,,,,,,,,https://pics.example/mug2.png,
card,Gift card,,Title,Default Title,,,CARD,1,5,,,active
old,Old thing,,Title,Default Title,,,OLD,1,5,,,archived
"""


def whole(file: Path, currency: str = "CNY") -> Import:
    *_, last = importing.read(file, currency)
    return last


def saved(folder: Path, text: str, name: str = "in.csv", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


@pytest.fixture
def show(tmp_path: Path) -> Path:
    folder = tmp_path / "show"
    folder.mkdir()
    (folder / "show.yaml").write_text(YAML, "utf-8")
    (folder / "products.csv").write_text(
        ",".join(catalog.COLUMNS) + "\n1,lamp,LAMP,,,,89.00,,5,,,\n", "utf-8"
    )
    return folder


def test_a_shopify_export(tmp_path: Path) -> None:
    result = whole(saved(tmp_path, SHOPIFY), "USD")
    assert [item.sku for item in result.items] == ["MUG-R-S", "mug-Red-L", "MUG-B-L", "CARD"]
    red, large, blue, card = result.items
    assert (red.title, red.colour_en, red.size, red.stock) == ("Cloud mug", "Red", "S", 4)
    assert (red.price, red.was) == (Money(1250, "USD"), Money(1500, "USD"))
    assert (large.title, large.picture) == ("Cloud mug", "https://pics.example/mug.png")
    assert (blue.stock, blue.was) == (0, None)
    assert (card.colour_en, card.size) == ("", "")
    assert result.extra == 1
    assert [(row.row, row.reason) for row in result.rejected] == [
        (7, "status: it is archived in Shopify")
    ]


def test_a_chinese_file_as_excel_saves_it(tmp_path: Path) -> None:
    text = "货号,商品名称,商家编码,颜色,尺码,直播价,划线价,库存\n云杯,云朵杯,Y-1,红色,大,￥1,299.00,,3\n"
    text = text.replace("￥1,299.00", '"￥1,299.00"')
    for encoding in ("gb18030", "utf-8-sig"):
        (item,) = whole(saved(tmp_path, text, encoding=encoding)).items
        assert (item.title, item.colour_zh, item.size) == ("云朵杯", "红色", "大")
        assert (item.price, item.stock) == (Money(129900, "CNY"), 3)
        assert item.product.isascii()


def test_an_excel_workbook_is_read_as_it_was_typed(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["product", "title", "sku", "price", "stock", "size"],
        ["cup", "Cup", "C-1", 19.9, 3.0, 38],
        ["cup", None, "C-2", "19.999", 1, 39],
        [None] * 6,
        ["cup", None, "C-3", 20, 2.5, 40],
    ):
        book.active.append(row)
    book.save(tmp_path / "in.xlsx")
    result = whole(tmp_path / "in.xlsx")
    assert [(i.sku, i.price.minor, i.stock, i.size) for i in result.items] == [
        ("C-1", 1990, 3, "38")
    ]
    assert [row.row for row in result.rejected] == [3, 5]
    assert "digits after the point" in result.rejected[0].reason
    (tmp_path / "no.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(BadInput, match="not an Excel workbook"):
        whole(tmp_path / "no.xlsx")


def test_ten_thousand_rows_lose_none(tmp_path: Path) -> None:
    random.seed(5)
    file = tmp_path / "in.csv"
    bad: set[int] = set()
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["product", "title", "sku", "size", "price", "stock"])
        for n in range(10_000):
            row = [f"p{n // 4}", f"Thing {n // 4}", f"S-{n}", str(n % 4), "9.90", "5"]
            if random.random() < 0.03:
                bad.add(n + 2)
                column, text = random.choice(
                    [(2, "bad sku!"), (3, str((n + 1) % 4)), (4, "free"), (4, ""), (5, "-1"),
                     (2, f"S-{n - 1}"), (5, "many")]
                )  # fmt: skip
                if column == 3:
                    row[2], column, text = "", 2, ""
                row[column] = text
            writer.writerow(row)
    steps = [result.rows for result in importing.read(file, "CNY")]
    assert len(steps) > 40 and steps == sorted(steps)
    result = whole(file)
    named = {row.row for row in result.rejected}
    # A row whose neighbour was wrong may not be wrong itself: only those made bad are named.
    assert named == {n for n in bad if n in named} and len(bad - named) <= 3
    assert len(result.items) + len(result.rejected) == result.rows == 10_000
    assert all(row.reason and row.cells for row in result.rejected)


def test_the_show_keeps_what_it_had(show: Path, tmp_path: Path) -> None:
    result = whole(saved(tmp_path, SHOPIFY), "USD")
    picture = show / "pictures" / "m.png"
    done = product_files.write(result.items, show, {"https://pics.example/mug.png": picture})
    assert (done.products, done.added, done.changed, done.kept) == (2, 4, 0, 1)
    text = (show / "show.yaml").read_text("utf-8")
    head, tail = YAML.split("\n# the run of show")
    assert text.startswith(head.rstrip("\n")) and text.endswith("\n# the run of show" + tail)
    assert (
        'mug:\n    title: {zh: "Cloud mug", en: "Cloud mug"}\n    picture: pictures/m.png' in text
    )
    facts = {name: Product(name, {"zh": name, "en": name}, ()) for name in ("lamp", "mug", "card")}
    shop = catalog.load(show / "products.csv", facts, "USD")
    assert {item.product.id: n for n, item in shop.listings.items()} == {
        "lamp": 1, "mug": 2, "card": 3,
    }  # fmt: skip
    again = product_files.write(result.items, show, {})
    assert (again.products, again.added, again.changed, again.kept) == (0, 0, 4, 1)
    assert (show / "show.yaml").read_text("utf-8") == text


def test_what_is_taken_can_be_opened_and_the_rest_is_named(show: Path, tmp_path: Path) -> None:
    """Rows that are good alone but not in this show: the import goes on without them."""
    text = """product,title,sku,price,stock,colour,size,limit,link
lamp,Lamp,LAMP-2,89,1,,,,
lamp,Lamp,LAMP-3,89,1,red,,,
cup,Cup,C-1,9,1,red,S,2,1
cup,Cup,C-2,9,1,red,M,2,
cup,Cup,C-3,9,1,red,L,3,
cup,Cup,C-4,0,1,red,XL,,
mug,Mug,M-1,9,1,"re\nd",S,,7
mug,Mug,M-2,9,1,blue,s,,
mug,Mug,M-3,9,1,blue,S,,
bag,Bag,B-1,9,1,,,,7
bag,Bag,B-2,9,1,,M,,8
lamp,Lamp,LAMP-4,89,1,blue,,,5
"""
    result = whole(saved(tmp_path, text))
    good, wrong = product_files.fit(result.items, show, "CNY")
    named = {row.row: row.reason for row in (*result.rejected, *wrong)}
    assert {row.cells["sku"] for row in wrong} >= {"LAMP-2", "C-1", "C-3", "M-3", "B-1", "LAMP-4"}
    assert {row: reason.partition(":")[0] for row, reason in named.items()} == {
        2: "sku", 4: "link", 6: "limit", 7: "price", 11: "sku", 12: "link", 14: "link",
    }  # fmt: skip
    assert len(good) + len(named) == result.rows == 12
    done = product_files.write(good, show, {})
    assert (done.added, done.kept) == (5, 1)
    names = ("lamp", "cup", "mug", "bag")
    facts = {name: Product(name, {"zh": name, "en": name}, ()) for name in names}
    shop = catalog.load(show / "products.csv", facts, "CNY")
    assert {offer.sku for offer in shop.supplies} == {"LAMP"} | {item.sku for item in good}


def test_more_products_than_links_are_named_too(
    show: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_files, "MOST_LINK", 4)
    rows = "".join(f"p{n},P,S{n},9,1\n" for n in range(5))
    result = whole(saved(tmp_path, "product,title,sku,price,stock\n" + rows))
    good, wrong = product_files.fit(result.items, show, "CNY")
    assert [item.sku for item in good] == ["S0", "S1", "S2"], "one link is the lamp's"
    assert [(r.row, r.reason) for r in wrong] == [(n, "link: a show has at most 4") for n in (5, 6)]


def test_the_command_names_bad_rows_and_keeps_them(show: Path, tmp_path: Path) -> None:
    file = saved(
        tmp_path, "product,title,sku,price,stock\ncup,Cup,C1,9,1\ncup,Cup,C1,9,1\nx,X,X1,,1\n"
    )
    run = CliRunner().invoke(app, ["products", "import", str(file), "--show", str(show)])
    assert run.exit_code == 1
    assert "row 3: sku: 'C1' stands in row 2 already" in run.output
    assert "3 rows: 1 taken, 2 rejected" in run.output
    rows = list(csv.DictReader((show / "rejected.csv").open(encoding="utf-8-sig")))
    assert [(row["row"], row["sku"]) for row in rows] == [("3", "C1"), ("4", "X1")]
    dry = CliRunner().invoke(
        app, ["products", "import", str(file), "--show", str(tmp_path), "--dry-run"]
    )
    assert dry.exit_code == 1 and not (tmp_path / "rejected.csv").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "empty"), ("a,b\n1,2\n", "missing column price, product, sku")],
)
def test_a_file_of_something_else(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        whole(saved(tmp_path, text))
