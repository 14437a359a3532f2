"""What may be said about a listing: money and dates in words, placeholders, totals, sizes.

Money is integer minor units throughout; no float ever holds a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from idol.dialogue.numbers import find, normalise
from idol.model import Language, Listing, Money, Product, Quote, SizeRow, VariantQuote

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SIGN = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$"}
_ZH_UNIT = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港币",
}
_EN_UNIT = {"CNY": "yuan", "JPY": "yen"}
_NO_MINOR = {"JPY", "KRW"}


def money(amount: Money, language: Language) -> str:
    """As it is said: 89.9元, 129元, $39.90, 129 yuan. Integer arithmetic only."""
    if amount.currency in _NO_MINOR:
        whole, cents = amount.minor, 0
    else:
        whole, cents = divmod(amount.minor, 100)
    if language == "zh":
        digits = f"{whole}.{cents:02d}".rstrip("0") if cents else str(whole)
        return digits + _ZH_UNIT.get(amount.currency, amount.currency)
    digits = f"{whole:,}.{cents:02d}" if cents else f"{whole:,}"
    unit = _EN_UNIT.get(amount.currency)
    if unit:
        return f"{digits} {unit}"
    return f"{_SIGN.get(amount.currency, amount.currency + ' ')}{digits}"


def day(when: date, language: Language) -> str:
    """11月28日, November 28."""
    if language == "zh":
        return f"{when.month}月{when.day}日"
    return f"{_MONTHS[when.month - 1]} {when.day}"


def text_of(texts: dict[Language, str], language: Language) -> str:
    """The text in this language, else in any."""
    return texts.get(language) or next(iter(texts.values()), "")


def values(quote: Quote | None, listing: Listing | None, language: Language) -> dict[str, str]:
    """What every placeholder stands for now. One without a value (no struck-out price, no
    limit, no presale date) is left out, so that its clause cannot be spoken."""
    known: dict[str, str] = {}
    if listing is not None:
        known["name"] = text_of(listing.product.title, language)
        known["link"] = str(listing.number)
        if listing.limit:
            known["limit"] = str(listing.limit)
    if quote is not None and quote.variants:
        known["price"] = money(quote.price, language)
        known["stock"] = str(quote.left)
        known["presale"] = str(quote.presale_left)
        known["sold"] = str(quote.sold)
        if quote.was is not None and quote.was > quote.price:
            known["was"] = money(quote.was, language)
        if quote.ships_by is not None:
            known["ships_by"] = day(quote.ships_by, language)
    return known


def fill(
    text: str,
    quote: Quote | None,
    listing: Listing | None,
    language: Language,
    host: str = "",
) -> str:
    """Resolve `{price} {was} {stock} {presale} {ships_by} {sold} {limit} {name} {link} {host}`.

    A placeholder that has no value now is left standing; the guard drops its clause.
    """
    known = values(quote, listing, language)
    if host:
        known["host"] = host
    return PLACEHOLDER.sub(lambda m: known.get(m[1], m[0]), text)


def total(quote: Quote, pieces: int, sku: str = "") -> Money | None:
    """Price of N pieces, or None if variants differ in price and none was named."""
    prices = {v.price for v in quote.variants if not sku or v.sku == sku}
    if len(prices) != 1:
        return None
    price = prices.pop()
    return Money(price.minor * pieces, price.currency)


def pieces_asked(text: str) -> int | None:
    """How many pieces a question is about ("三件一共多少钱", "how much for two?"), if it says."""
    for number in find(text):
        if number.unit == "piece" and number.value.denominator == 1:
            return int(number.value)
    m = re.search(
        r"(?:for|of)\s+(\d{1,2}|two|three|four|five|six|ten)\b|[买要拿来](\d{1,2}|[两俩仨])"
        r"|\b(\d{1,2}|two|three|four|five|six|ten)\b(?=.{0,16}\btotal)",
        normalise(text),
    )
    if m and (numbers := find(f"{m[1] or m[2] or m[3]} 件")):
        return int(numbers[0].value)
    return None


def body(text: str) -> tuple[Fraction | None, Fraction | None]:
    """(weight in kg, height in cm) that a viewer wrote: 120斤, 60kg, 132 lb, 一米六五, 5'6"."""
    weight: Fraction | None = None
    height: Fraction | None = None
    clean = normalise(text)
    if m := re.search(r"(\d)['′尺](\d{1,2})", clean):
        height = (int(m[1]) * 12 + int(m[2])) * Fraction(254, 100)
    if m := re.search(r"([12一两])米([\d一二三四五六七八九]{1,2})", clean):
        digits = "".join(_CN_DIGIT.get(c, c) for c in m[2]).ljust(2, "0")
        height = Fraction(200 if m[1] in "2两" else 100) + int(digits)
    for number in find(text):
        if number.unit == "mass" and number.value >= 20_000:
            weight = weight or number.value / 1000
        elif number.unit == "length" and 1000 <= number.value <= 2500:
            height = height or number.value / 10
    if m := re.search(r"(?<!\d)(1[3-9]\d)\s*[/,，、 ]\s*(\d{2,3})(斤|kg|公斤)?", clean):
        # "165/110斤": height and weight as sizes are written in chat.
        height = height or Fraction(m[1])
        in_jin = m[3] == "斤" or (not m[3] and int(m[2]) >= 85)
        weight = weight or Fraction(m[2]) / (2 if in_jin else 1)
    return weight, height


_CN_DIGIT = {c: str(i) for i, c in enumerate("零一二三四五六七八九")}


def sizes_for(product: Product, weight: Fraction | None, height: Fraction | None) -> list[SizeRow]:
    """The rows of the size chart that fit every measure given, smallest first."""

    def fits(value: Fraction | None, range_: tuple[float, float] | None) -> bool:
        return value is None or range_ is None or within(value, range_)

    rows = [r for r in product.sizes if fits(weight, r.kg) and fits(height, r.cm)]
    known = [r for r in rows if (weight is None or r.kg) and (height is None or r.cm)]
    return known or (rows if weight is None or height is None else [])


def within(value: Fraction, range_: tuple[float, float]) -> bool:
    """Whether `value` lies in a closed range of decimals as written (0.1 means one tenth)."""
    return Fraction(str(range_[0])) <= value <= Fraction(str(range_[1]))


def variant_quotes(quote: Quote, listing: Listing, words: str) -> list[VariantQuote]:
    """The variants whose colour or size is named in `words`; all of them if none is."""
    named = normalise(words)
    chosen = quote.variants
    colours = [(v.sku, c) for v in listing.product.variants for c in v.colour.values() if c]
    hits = {sku for sku, colour in colours if _colour_in(colour, named)}
    if hits:
        chosen = tuple(v for v in chosen if v.sku in hits)
    sizes = {v.sku: v.size for v in listing.product.variants if v.size}
    sized = {sku for sku, size in sizes.items() if size_in(size, named)}
    if sized:
        chosen = tuple(v for v in chosen if v.sku in sized)
    return list(chosen)


def _colour_in(colour: str, words: str) -> bool:
    colour = normalise(colour)
    if colour.isascii():
        return re.search(rf"\b{re.escape(colour)}\b", words) is not None
    return colour in words or (colour.endswith("色") and colour[:-1] + "的" in words)


def size_in(size: str, words: str) -> bool:
    """Whether a size is named: "L码", "size L", "黑色L"; not the s of "where's"."""
    return (
        re.search(rf"(?<![a-z0-9'’]){re.escape(normalise(size))}(?![a-z0-9'’])", normalise(words))
        is not None
    )


def join(words: Iterable[str], language: Language) -> str:
    """黑色、红色和天蓝色; black, red and sky blue."""
    items = list(dict.fromkeys(w for w in words if w))
    if len(items) < 2:
        return "".join(items)
    comma, last = ("、", "和") if language == "zh" else (", ", " and ")
    return comma.join(items[:-1]) + last + items[-1]
