"""Sizes as they are said and as a listing has them: letters, measures, big and little. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from idol.commerce.cleaning import clean
from idol.model import Listing, Variant


def _spoken(value: int) -> str:
    """A number below a thousand in Chinese: 350 is 三百五十."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if hundreds > 9:
        return str(value)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def measured(item: Listing, sizes: Iterable[str]) -> set[str]:
    """Sizes as this item has them: of 300ml and 450ml the second is the large one. "The big one"
    of what comes in letters is no size at all, so it is asked about."""
    keys = {size_key(v.size): float(m[0]) for v in item.product.variants
            if (m := re.match(r"\d+(?:\.\d+)?(?=[a-z])", size_key(v.size)))}  # fmt: skip
    own = {size_key(v.size) for v in item.product.variants}
    found = set()
    for size in sizes:
        if size in ("l", "big") and size not in own and len(keys) > 1:
            size = max(keys, key=keys.__getitem__)
        elif size in ("s", "little") and size not in own and len(keys) > 1:
            size = min(keys, key=keys.__getitem__)
        if size not in ("big", "little"):
            found.add(size)
    return found


def size_key(size: str) -> str:
    """One spelling for a size: xxl and 2xl are the same."""
    size = clean(size)
    match = re.fullmatch(r"(x{2,4})l", size)
    return f"{len(match[1])}xl" if match else size


def read_size(found: str) -> str:
    """The key of a size as it was found in a line; "big" and "little" as these words."""
    word = re.sub(r"^sizes? ", "", found).strip().removesuffix("'s")
    if re.match(r"bigger|big\b|larger|大(?![码号])", word):
        return "big"
    if re.match(r"smaller|小(?![码号])", word):
        return "little"
    if re.fullmatch(r"\d+s", word):  # "42s"
        word = word[:-1]
    words = {"大码": "l", "大号": "l", "中码": "m", "中号": "m", "小码": "s", "小号": "s",
             "加码": "xl", "加大码": "xl", "加大": "xl",
             "smalls": "s", "mediums": "m", "larges": "l", "均码": "均码", "extra small": "xs",
             "small": "s", "medium": "m",
             "large": "l", "extra large": "xl"}  # fmt: skip
    if word in ("ls", "ms", "xls"):  # "two black Ls"
        return word[:-1]
    return words.get(word) or size_key(re.sub(r"\s?[码号的]$", "", word))


def spellings(variants: Iterable[Variant]) -> dict[str, str]:
    """Ways to write each size, to its key: 500ml is also 500毫升 and "500的"."""
    keys = {size_key(variant.size) for variant in variants if variant.size}
    sizes = {key: key for key in keys}
    for key in keys:
        match = re.fullmatch(r"(\d+)(ml|g|l|kg|cm)", key)
        if match:
            unit = {"ml": "毫升", "g": "克", "l": "升", "kg": "公斤", "cm": "厘米"}[match[2]]
            spoken = _spoken(int(match[1]))
            sizes |= {f"{match[1]} {match[2]}": key, f"{match[1]}{unit}": key, match[1]: key,
                      f"{spoken}{unit}": key}  # fmt: skip
    return sizes
