"""products.csv beside the product facts: read, checked, joined. Format: docs/write-a-show.md."""

from __future__ import annotations

import csv as csvlib
import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from idol.commerce import money
from idol.errors import BadInput
from idol.model import Language, Listing, Money, Product, Variant
from idol.ports import ShopItem, StockOwner

COLUMNS = (
    "link", "product", "sku", "colour_zh", "colour_en", "size",
    "price", "was", "stock", "presale", "presale_days", "limit", "external", "owner",
)  # fmt: skip
_REQUIRED = ("link", "product", "sku", "price", "stock")
_MOST = 10_000_000
_CASED_SIZE = re.compile(r"(?i)(xs|s|m|l|[2-9]?x{1,4}l)")


@dataclass(frozen=True, slots=True)
class Offer:
    """Price and supply of one variant as the file gives them: the ledger's first entries."""

    sku: str
    listing: int
    price: Money
    was: Money | None
    stock: int
    presale: int = 0
    presale_days: int = 0
    external: str = ""
    """The variant's id in the outside shop, if there is one."""
    owner: StockOwner = "idol"
    """Who counts its stock: see `ports.ShopItem`."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What this show offers. `supplies` seeds the ledger, which alone knows what is left."""

    listings: Mapping[int, Listing]
    supplies: tuple[Offer, ...]
    currency: str

    @property
    def items(self) -> dict[str, ShopItem]:
        """The variants that an outside shop has too, and who counts each."""
        return {
            offer.sku: ShopItem(offer.sku, offer.external, offer.owner)
            for offer in self.supplies
            if offer.external
        }

    def listing_of(self, product: str) -> Listing | None:
        """The listing of a product id, or None."""
        return next((x for x in self.listings.values() if x.product.id == product), None)


def load(csv: Path, facts: Mapping[str, Product], currency: str = "CNY") -> Catalog:
    """Read the file. Raises the first `BadInput`; `check` returns all of them."""
    catalog, mistakes = read(csv, facts, currency)
    if mistakes or catalog is None:
        raise mistakes[0]
    return catalog


def check(csv: Path, facts: Mapping[str, Product], currency: str = "CNY") -> list[BadInput]:
    """Every mistake in the file, in its order; empty when it is good."""
    return read(csv, facts, currency)[1]


def mistakes(text: str, facts: Mapping[str, Product], currency: str) -> Iterator[tuple[int, str]]:
    """What is wrong with a table that is not a file yet: the line on which a row ends, and why."""
    reader = _Reader("products.csv", facts, currency)
    reader.read(text)
    for mistake in reader.mistakes:
        place, _, column = mistake.where.partition(" ")
        yield int(place.rpartition(":")[2]), f"{column}: {mistake.what}" if column else mistake.what


def read(
    csv: Path, facts: Mapping[str, Product], currency: str
) -> tuple[Catalog | None, list[BadInput]]:
    """The catalogue of the good rows (None if there is none), and every mistake."""
    try:
        text = csv.read_bytes().decode("utf-8-sig")
    except OSError as error:
        return None, [BadInput(error.strerror or "cannot be read", where=str(csv))]
    except UnicodeDecodeError as error:
        line = csv.read_bytes()[: error.start].count(b"\n") + 1
        return None, [BadInput("not UTF-8; save it as “CSV UTF-8”", where=f"{csv.name}:{line}")]
    reader = _Reader(csv.name, facts, currency)
    reader.read(text)
    if not reader.products:
        return None, reader.mistakes or [BadInput("it has no rows", where=csv.name)]
    listings = {
        link: Listing(
            link,
            replace(facts[product], variants=tuple(reader.variants[product])),
            reader.limits[product],
        )
        for product, link in sorted(reader.products.items(), key=lambda item: item[1])
    }
    return Catalog(listings, tuple(reader.offers), currency), reader.mistakes


def label(variant: Variant) -> dict[Language, str]:
    """Colour and size for people; empty texts when it has neither."""
    size = variant.size
    zh = f"{variant.colour.get('zh', '')}{' ' if size and variant.colour.get('zh') else ''}{size}"
    en = f"{variant.colour.get('en', '')} {size}".strip()
    return {"zh": zh, "en": en}


class _Reader:
    """One pass over the rows, collecting what is good and what is wrong."""

    def __init__(self, name: str, facts: Mapping[str, Product], currency: str) -> None:
        self.name, self.facts, self.currency = name, facts, currency
        self.mistakes: list[BadInput] = []
        self.products: dict[str, int] = {}
        self.limits: dict[str, int] = {}
        self.variants: dict[str, list[Variant]] = {}
        self.offers: list[Offer] = []
        self._line = 1
        self._skus: set[str] = set()
        self._owners: dict[int, str] = {}

    def _wrong(self, what: str, column: str = "", hint: str = "") -> None:
        where = f"{self.name}:{self._line} {column}".rstrip()
        self.mistakes.append(BadInput(what, where=where, hint=hint))

    def read(self, text: str) -> None:
        rows = csvlib.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header = [column.strip().lower() for column in next(rows, [])]
            if not self._header(header):
                return
            for cells in rows:
                self._line = rows.line_num
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) > len(header):
                    self._wrong(f"{len(cells)} cells under {len(header)} columns (a stray comma?)")
                    continue
                padded = cells + [""] * (len(header) - len(cells))
                self._row(dict(zip(header, (cell.strip() for cell in padded), strict=True)))
        except csvlib.Error as error:
            self._line = rows.line_num
            self._wrong(f"not CSV: {error}")

    def _header(self, header: list[str]) -> bool:
        for column in header:
            if column not in COLUMNS:
                near = difflib.get_close_matches(column, COLUMNS, 1, 0.5)
                self._wrong(f"unknown column {column!r}", hint=near[0] if near else "")
            elif header.count(column) > 1:
                self._wrong(f"column {column!r} stands twice")
                return False
        missing = [column for column in _REQUIRED if column not in header]
        if missing:
            self._wrong(f"missing column {', '.join(missing)}")
        return not missing

    def _row(self, row: dict[str, str]) -> None:
        before = len(self.mistakes)
        link = self._count(row, "link", least=1, most=9999)
        limit = self._count(row, "limit")
        stock = self._count(row, "stock")
        presale = self._count(row, "presale")
        days = self._count(row, "presale_days", most=365)
        price = self._money(row, "price")
        was = self._money(row, "was") if row.get("was") else None
        product, sku = row["product"], row["sku"]
        if product not in self.facts:
            near = difflib.get_close_matches(product, self.facts, 1, 0.5)
            what = f"no product is called {product!r} in show.yaml" if product else "is empty"
            self._wrong(what, "product", near[0] if near else "")
        if not re.fullmatch(r"[\w.-]{1,64}", sku, re.ASCII):
            self._wrong(f"{sku!r} may hold letters, digits, . _ and - only", "sku")
        elif sku in self._skus:
            self._wrong(f"{sku!r} stands twice", "sku")
        if was is not None and price is not None and was <= price:
            self._wrong(f"the struck-out price {row['was']} is not above {row['price']}", "was")
        if presale and not days:
            self._wrong("presold pieces need the days until they ship", "presale_days")
        if bool(row.get("colour_zh")) != bool(row.get("colour_en")):
            empty = "colour_en" if row.get("colour_zh") else "colour_zh"
            self._wrong("the colour needs a name in both languages", empty)
        owner: StockOwner = "shop" if row.get("owner") == "shop" else "idol"
        if row.get("owner", "") not in ("", *get_args(StockOwner)):
            self._wrong(f"{row['owner']!r} is not idol or shop", "owner")
        elif owner == "shop" and not row.get("external"):
            self._wrong("the shop can only count what has an id there", "external")
        self._belongs(product, link, limit)
        variant = _variant(row)
        if any(_same(variant, other) for other in self.variants.get(product, [])):
            self._wrong(f"{product!r} has this colour and size already", "sku")
        if len(self.mistakes) > before or link is None or price is None:
            return
        self._skus.add(sku)
        self.products[product] = link
        self._owners.setdefault(link, product)
        self.limits[product] = max(limit or 0, self.limits.get(product, 0))
        self.variants.setdefault(product, []).append(variant)
        self.offers.append(Offer(sku, link, price, was, stock or 0, presale or 0, days or 0,
                                 row.get("external", ""), owner))  # fmt: skip

    def _belongs(self, product: str, link: int | None, limit: int | None) -> None:
        known = self.products.get(product)
        if known is not None and link is not None and known != link:
            self._wrong(f"{product!r} has link {known} above", "link", str(known))
        owner = self._owners.get(link) if link is not None else None
        if owner and owner != product:
            self._wrong(f"link {link} belongs to {owner!r}", "link")
        if limit and self.limits.get(product) and self.limits[product] != limit:
            self._wrong(f"{product!r} has limit {self.limits[product]} above", "limit")

    def _count(
        self, row: dict[str, str], column: str, *, least: int = 0, most: int = _MOST
    ) -> int | None:
        text = row.get(column, "")
        if not text and column not in _REQUIRED:
            return None
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            self._wrong(f"{text!r} is not a whole number from {least} to {most}", column)
            return None
        return int(text)

    def _money(self, row: dict[str, str], column: str) -> Money | None:
        try:
            amount = money.parse(row[column], self.currency)
        except BadInput as error:
            self._wrong(error.what, column, error.hint)
            return None
        if not amount.minor:
            self._wrong("must be more than nothing", column)
            return None
        return amount


def _variant(row: dict[str, str]) -> Variant:
    size = row.get("size", "")
    colour: dict[Language, str] = {}
    if row.get("colour_zh"):
        colour = {"zh": row["colour_zh"], "en": row.get("colour_en", "")}
    return Variant(row["sku"], colour, size.upper() if _CASED_SIZE.fullmatch(size) else size)


def _same(a: Variant, b: Variant) -> bool:
    return a.colour == b.colour and a.size == b.size
