# ruff: noqa: E501 - word lists read best on one line
"""Products from other people's files: CSV, Excel, a Shopify export, to a show's own files.

Every row is either in the result or among the rejected with its reason: none is lost. Reading
is a generator, so that a caller can show progress; nothing is written before all is read.
"""

from __future__ import annotations

import csv as csvlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from idol.commerce import money
from idol.errors import BadInput, Missing
from idol.model import Money

MOST_ROWS = 200_000
_ALIASES: dict[str, str] = {
    **dict.fromkeys(("product", "product id", "handle", "商品编号", "货号", "款号", "商品id"), "product"),
    **dict.fromkeys(("title", "title_zh", "name", "product name", "商品名", "商品名称", "名称", "标题", "品名"), "title"),
    **dict.fromkeys(("title_en", "english name", "英文名", "英文名称"), "title_en"),
    **dict.fromkeys(("sku", "variant sku", "规格编码", "商家编码", "sku编码", "编码"), "sku"),
    **dict.fromkeys(("colour", "color", "colour_zh", "颜色", "色号"), "colour_zh"),
    **dict.fromkeys(("colour_en", "color_en", "英文颜色"), "colour_en"),
    **dict.fromkeys(("size", "尺码", "尺寸", "规格", "号码"), "size"),
    **dict.fromkeys(("price", "variant price", "价格", "售价", "直播价", "现价"), "price"),
    **dict.fromkeys(("was", "compare at price", "variant compare at price", "原价", "划线价", "吊牌价"), "was"),
    **dict.fromkeys(("stock", "quantity", "inventory", "variant inventory qty", "库存", "现货", "数量"), "stock"),
    **dict.fromkeys(("presale", "预售", "预售库存"), "presale"),
    **dict.fromkeys(("presale_days", "预售天数"), "presale_days"),
    **dict.fromkeys(("limit", "限购"), "limit"),
    **dict.fromkeys(("link", "链接号", "几号链接"), "link"),
    **dict.fromkeys(("picture", "image", "image src", "图片", "主图", "图片链接"), "picture"),
    **dict.fromkeys(("external", "variant id", "外部编号"), "external"),
}  # fmt: skip
_SHOPIFY = frozenset(("handle", "variant sku", "variant price", "option1 name", "option1 value"))
_COLOUR_OPTION = re.compile(r"colou?r|颜色|色", re.IGNORECASE)
_SIZE_OPTION = re.compile(r"size|尺|码|规格", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """One variant, checked. `picture` is an address or empty."""

    row: int
    product: str
    title: str
    title_en: str
    sku: str
    colour_zh: str
    colour_en: str
    size: str
    price: Money
    was: Money | None
    stock: int
    presale: int = 0
    presale_days: int = 0
    limit: int = 0
    link: int = 0
    picture: str = ""
    external: str = ""
    cells: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """The row as it stood."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, with the reason and its cells as they stood."""

    row: int
    reason: str
    cells: Mapping[str, str]


@dataclass(slots=True)
class Import:
    """What a file held. Rows of pictures alone (Shopify's further images) are `extra`."""

    items: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    extra: int = 0
    rows: int = 0


def read(file: Path, currency: str) -> Iterator[Import]:
    """Yield the growing result, now and then; the last one is whole.

    Raises `BadInput` for a file that cannot be read at all, `Missing` for Excel without openpyxl.
    """
    result = Import()
    rows = _excel(file) if file.suffix.lower() in (".xlsx", ".xlsm") else _csv(file)
    header = next(rows, None)
    if header is None:
        raise BadInput("it is empty", where=file.name)
    names = [cell.strip().lower() for cell in header[1]]
    shopify = set(names) >= _SHOPIFY
    columns = [_ALIASES.get(name, name) for name in names]
    needed = {"product", "sku", "price"} - set(columns)
    if needed:
        raise BadInput(f"missing column {', '.join(sorted(needed))}", where=file.name)
    taker = _Taker(currency, shopify)
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        result.rows += 1
        if result.rows > MOST_ROWS:
            raise BadInput(f"more than {MOST_ROWS:,} rows", where=file.name)
        raw = dict(zip(names, cells, strict=False))
        try:
            if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
                raise BadInput(f"{len(cells)} cells under {len(names)} columns (a stray comma?)")
            item = taker.take(number, names, dict(zip(columns, cells, strict=False)), raw)
        except BadInput as error:
            result.rejected.append(Rejected(number, str(error), raw))
        else:
            if item is None:
                result.extra += 1
            else:
                result.items.append(item)
        if result.rows % 200 == 0:
            yield result
    yield result


class _Taker:
    """Checks rows one by one; remembers what the rows of a product share."""

    def __init__(self, currency: str, shopify: bool) -> None:
        self._currency, self._shopify = currency, shopify
        self._skus: dict[str, int] = {}
        self._looks: dict[tuple[str, str, str], int] = {}
        self._titles: dict[str, tuple[str, str]] = {}
        self._options: dict[str, list[str]] = {}
        self._pictures: dict[str, str] = {}

    def take(
        self, number: int, names: list[str], cells: dict[str, str], raw: dict[str, str]
    ) -> Item | None:
        cells = {name: cell.strip() for name, cell in cells.items()}
        product = product_id(cells.get("product", ""))
        if self._shopify:
            if not cells.get("price") and not cells.get("sku") and raw.get("image src"):
                return None
            self._shopify_options(product, raw, cells)
        title = cells.get("title") or self._titles.get(product, ("", ""))[0]
        if not title:
            raise BadInput(
                "the product has no title (column `title`, `name` or `商品名称`)", where="title"
            )
        if len(title) > 200:
            raise BadInput("longer than 200 characters", where="title")
        title_en = cells.get("title_en") or self._titles.get(product, ("", ""))[1] or title
        self._titles.setdefault(product, (title, title_en))
        picture = cells.get("picture") or self._pictures.get(product, "")
        self._pictures.setdefault(product, picture)
        sku = cells.get("sku", "").lstrip("'")
        if not re.fullmatch(r"[\w.-]{1,64}", sku, re.ASCII):
            what = f"{sku!r} may hold letters, digits, . _ and - only" if sku else "is empty"
            raise BadInput(what, where="sku")
        if sku in self._skus:
            raise BadInput(f"{sku!r} stands in row {self._skus[sku]} already", where="sku")
        price = self._money(cells, "price")
        if price is None or not price.minor:
            raise BadInput("must be more than nothing" if price else "is empty", where="price")
        was = self._money(cells, "was")
        if was is not None and was <= price:
            was = None if self._shopify else was
            if was is not None:
                raise BadInput("the struck-out price is not above the price", where="was")
        presale = count(cells, "presale")
        days = count(cells, "presale_days", most=365)
        if presale and not days:
            raise BadInput("presold pieces need the days until they ship", where="presale_days")
        colour_zh = cells.get("colour_zh", "")
        colour_en = cells.get("colour_en", "") or colour_zh
        look = (product, colour_zh or colour_en, cells.get("size", ""))
        if look in self._looks:
            raise BadInput(f"row {self._looks[look]} has this colour and size already", where="sku")
        item = Item(
            row=number,
            product=product,
            title=title,
            title_en=title_en,
            sku=sku,
            colour_zh=colour_zh or colour_en,
            colour_en=colour_en,
            size=cells.get("size", ""),
            price=price,
            was=was,
            # Shopify counts below zero when it oversells; there is then nothing to sell.
            stock=max(0, count(cells, "stock", least=-1_000_000 if self._shopify else 0)),
            presale=presale,
            presale_days=days,
            limit=count(cells, "limit"),
            link=count(cells, "link", most=9999),
            picture=picture,
            external=cells.get("external", ""),
            cells=raw,
        )
        self._skus[sku] = number
        self._looks[look] = number
        return item

    def _shopify_options(self, product: str, raw: dict[str, str], cells: dict[str, str]) -> None:
        """Option names stand in a product's first row only; which is colour is told by its name."""
        named = [raw.get(f"option{i} name", "").strip() for i in (1, 2, 3)]
        if any(named):
            self._options[product] = named
        if raw.get("status", "").strip().lower() in ("draft", "archived"):
            raise BadInput(f"it is {raw['status'].strip()} in Shopify", where="status")
        for i, name in enumerate(self._options.get(product, []), 1):
            value = raw.get(f"option{i} value", "").strip()
            if name == "Title" and value == "Default Title":
                continue
            if _COLOUR_OPTION.search(name):
                cells["colour_zh"] = cells["colour_en"] = value
            elif _SIZE_OPTION.search(name):
                cells["size"] = value
            elif value:  # a third kind of choice becomes part of the size: no two look the same
                cells["size"] = f"{cells.get('size', '')} {value}".strip()
        if not cells.get("sku") and (cells.get("price") or raw.get("option1 value")):
            mark = "-".join(filter(None, (cells.get("colour_en", ""), cells.get("size", ""))))
            cells["sku"] = re.sub(r"[^A-Za-z0-9]+", "-", f"{product}-{mark}").strip("-")[:64]

    def _money(self, cells: dict[str, str], column: str) -> Money | None:
        text = cells.get(column, "").replace("￥", "").replace("¥", "").replace("$", "").strip()
        if not text:
            return None
        try:
            return money.parse(text, self._currency)
        except BadInput as error:
            raise BadInput(error.what, where=column) from None


def count(cells: Mapping[str, str], column: str, *, least: int = 0, most: int = 10_000_000) -> int:
    """A whole number, 0 where the cell is empty. Raises `BadInput`."""
    text = cells.get(column, "").strip()
    if not text:
        return 0
    match = re.fullmatch(r"(-?\d{1,9})(?:\.0+)?", text.replace(",", ""), re.ASCII)
    if not match or not least <= int(match[1]) <= most:
        raise BadInput(
            f"{text!r} is not a whole number from {max(0, least)} to {most}", where=column
        )
    return int(match[1])


def product_id(text: str) -> str:
    """An id as shows use it: a-z, 0-9 and -. Raises `BadInput` if nothing is left."""
    text = text.strip()
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    if text and (not made or not text.isascii()):
        # Names of other scripts get a mark of their own, the same for every row.
        made = f"{made or 'p'}-{sum(ord(c) * 31**i for i, c in enumerate(text)) % 36**6:x}"
    if not made:
        raise BadInput("is empty", where="product")
    return made


def _csv(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(error.strerror or "cannot be read", where=str(file)) from error
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in Chinese saves the latter
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadInput("neither UTF-8 nor GB18030 text", where=file.name)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csvlib.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    try:
        for cells in rows:
            yield start, cells
            start = rows.line_num + 1
    except csvlib.Error as error:
        raise BadInput(f"not CSV: {error}", where=f"{file.name}:{rows.line_num}") from error


def _excel(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise Missing("Excel files need openpyxl: pip install 'idol[import]'") from error
    try:
        book: Any = load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # a zip of anything: openpyxl raises whatever its parts do
        raise BadInput(f"not an Excel workbook: {type(error).__name__}", where=file.name) from error
    try:
        for number, row in enumerate(book.active.iter_rows(values_only=True), 1):
            yield number, [_excel_text(cell) for cell in row]
    finally:
        book.close()


def _excel_text(cell: object) -> str:
    """A cell as it was typed. Excel has only floats: 199.0 is 199, 0.1 + 0.2 is 0.3."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return str(cell)
