"""Imported products into a show's own files: `products.csv`, and the product list of `show.yaml`.

What stands there stays: rows of other skus are kept as they are, and of the YAML only the new
products are added, at the end of its list.
"""

from __future__ import annotations

import csv as csvlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from idol.commerce import money
from idol.commerce.catalog import COLUMNS, mistakes
from idol.commerce.importing import Item, Rejected
from idol.errors import BadInput
from idol.model import Product

MOST_LINK = 9999


@dataclass(frozen=True, slots=True)
class Written:
    """What changed in the folder."""

    products: int
    """New ones in show.yaml."""
    added: int
    changed: int
    kept: int
    """Rows of products.csv that the file did not speak of."""


def fit(items: Sequence[Item], folder: Path, currency: str) -> tuple[list[Item], list[Rejected]]:
    """Which of the items the show can take beside what it has, and why not the others.

    The show's own reader of products.csv judges, so that what is taken can also be opened.
    """
    old = _rows(folder / "products.csv")
    links, wrong = _links(old, items)
    coming = [item for item in items if item.row not in wrong]
    skus = {item.sku for item in coming}
    before = {row["sku"]: row for row in old}
    kept = [row for row in old if row["sku"] not in skus]
    fresh = [{**before.get(i.sku, {}), **_row(i, links[i.product])} for i in coming]
    text = io.StringIO()
    writer = csvlib.DictWriter(text, COLUMNS, "", "ignore", lineterminator="\n")
    writer.writeheader()
    ends: list[int] = []  # of each row, the line on which it ends: cells may hold line breaks
    for row in (*kept, *fresh):  # fresh ones last, so that it is they who are found to clash
        place = text.tell()
        writer.writerow(row)
        text.seek(place)
        ends.append((ends[-1] if ends else 1) + text.read().count("\n"))
    lines = {end: item.row for end, item in zip(ends[len(kept) :], coming, strict=True)}
    names = {row["product"] for row in old} | {item.product for item in coming}
    facts = {name: Product(name, {"zh": name, "en": name}, ()) for name in names}
    for line, mistake in mistakes(text.getvalue(), facts, currency):
        if line in lines:
            wrong.setdefault(lines[line], mistake)
    return (
        [item for item in items if item.row not in wrong],
        [Rejected(item.row, wrong[item.row], item.cells) for item in items if item.row in wrong],
    )


def write(items: Sequence[Item], folder: Path, pictures: Mapping[str, Path]) -> Written:
    """Put items that `fit` into the show. `pictures` are files inside the folder, by address.

    Raises `BadInput` if it is no show folder.
    """
    yaml = folder / "show.yaml"
    if not yaml.is_file():
        raise BadInput("it is no show folder: there is no show.yaml", where=str(folder))
    table = folder / "products.csv"
    old = _rows(table)
    links, _ = _links(old, items)
    rows = {row["sku"]: row for row in old}
    before = dict(rows)
    for item in items:
        kept = rows.get(item.sku, {})
        rows[item.sku] = {**kept, **_row(item, links[item.product])}
    text, new = _with_products(yaml.read_text("utf-8"), items, folder, pictures)
    _replace(yaml, text)
    columns = [*COLUMNS, *sorted({name for row in old for name in row} - set(COLUMNS))]
    part = table.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as out:
        writer = csvlib.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows.values(), key=lambda row: int(row.get("link") or 0)))
    part.replace(table)
    known = sum(item.sku in before for item in items)
    return Written(new, len(items) - known, known, len(before) - known)


def write_rejected(rejected: Sequence[Rejected], file: Path) -> None:
    """Every row that was not taken, its reason first, so that it can be mended and read again."""
    columns = list(dict.fromkeys(name for row in rejected for name in row.cells))
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csvlib.writer(out)
        writer.writerow(["row", "reason", *columns])
        for row in rejected:
            writer.writerow([row.row, row.reason, *(row.cells.get(name, "") for name in columns)])


def _rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        return []
    with table.open(encoding="utf-8-sig", newline="") as source:
        return [
            {name: cell or "" for name, cell in row.items() if name}
            for row in csvlib.DictReader(source)
        ]


def _links(
    old: Sequence[Mapping[str, str]], items: Sequence[Item]
) -> tuple[dict[str, int], dict[int, str]]:
    """The link number of every product: as it is, as the file says, else the next free one.
    Beside them, what is wrong with those rows (by their number) that cannot have one."""
    wrong: dict[int, str] = {}
    links = {row["product"]: int(row["link"]) for row in old if row.get("link", "").isdigit()}
    taken = {number: product for product, number in links.items()}
    for item in items:
        if not item.link or links.get(item.product) == item.link:
            continue
        owner = taken.setdefault(item.link, item.product)
        if owner != item.product:
            wrong[item.row] = f"link: {item.link} belongs to {owner!r}"
        elif links.setdefault(item.product, item.link) != item.link:
            wrong[item.row] = f"link: {item.product!r} has link {links[item.product]}"
            del taken[item.link]
    free = (number for number in range(1, MOST_LINK + 1) if number not in taken)
    for item in items:
        if item.product not in links and item.row not in wrong:
            number = next(free, None)
            if number is None:
                wrong[item.row] = f"link: a show has at most {MOST_LINK}"
                continue
            links[item.product] = number
    return links, wrong


def _row(item: Item, link: int) -> dict[str, str]:
    def some(n: int) -> str:
        return str(n) if n else ""

    return {
        "link": str(link),
        "product": item.product,
        "sku": item.sku,
        "colour_zh": item.colour_zh,
        "colour_en": item.colour_en,
        "size": item.size,
        "price": money.plain(item.price),
        "was": money.plain(item.was) if item.was else "",
        "stock": str(item.stock),
        "presale": some(item.presale),
        "presale_days": some(item.presale_days),
        "limit": some(item.limit),
        **({"external": item.external} if item.external else {}),
    }


def _with_products(
    text: str, items: Sequence[Item], folder: Path, pictures: Mapping[str, Path]
) -> tuple[str, int]:
    """The YAML with the products that it lacks. Text is added, so that comments stay."""
    lines = text.splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if re.match(r"products:\s*(#.*)?$", line)), -1)
    if start < 0:
        raise BadInput("there is no `products:` list to add to", where="show.yaml")
    end = next(
        (i for i in range(start + 1, len(lines)) if re.match(r"[^\s#]", lines[i])), len(lines)
    )
    while end > start + 1 and not re.match(r"\s+[^\s#]", lines[end - 1]):
        end -= 1  # blank lines and comments before the next field stay with it
    block = "".join(lines[start + 1 : end])
    match = re.search(r"^( +)[^\s#]", block, re.MULTILINE)
    indent = match[1] if match else "  "
    known = set(re.findall(rf"^{indent}[\"']?([a-z0-9-]+)[\"']?:", block, re.MULTILINE))
    added: dict[str, str] = {}
    for item in items:
        if item.product in known or item.product in added:
            continue
        title = f"{{zh: {json.dumps(item.title, ensure_ascii=False)}, "
        title += f"en: {json.dumps(item.title_en, ensure_ascii=False)}}}"
        entry = f"{indent}{item.product}:\n{indent}  title: {title}\n"
        picture = pictures.get(item.picture)
        if picture is not None:
            entry += f"{indent}  picture: {picture.relative_to(folder).as_posix()}\n"
        added[item.product] = entry
    if lines[end - 1 :] and not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    lines[end:end] = list(added.values())
    return "".join(lines), len(added)


def _replace(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(file)
