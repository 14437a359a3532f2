"""Numbers in words, Chinese and English. All take the digits as written, never floats."""

from __future__ import annotations

_ZH = "零一二三四五六七八九"
_ZH_PLACES = ("", "十", "百", "千")
_ZH_GROUPS = ("", "万", "亿", "万亿")
# fmt: off
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)
_TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)
# fmt: on
_GROUPS = ("", " thousand", " million", " billion", " trillion")
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_TOO_LONG = 15
"""More digits than this are read one by one."""


def zh_digits(digits: str) -> str:
    """One by one: 2026 is 二零二六."""
    return "".join(_ZH[int(d)] for d in digits)


def zh_cardinal(digits: str) -> str:
    """1299 is 一千二百九十九."""
    digits = digits.lstrip("0") or "0"
    if len(digits) > _TOO_LONG:
        return zh_digits(digits)
    if digits == "0":
        return "零"
    out, pending_zero = "", False
    groups = [digits[max(0, i - 4) : i] for i in range(len(digits), 0, -4)][::-1]
    for k, group in enumerate(groups):
        said = ""
        for i, d in enumerate(group):
            if d == "0":
                pending_zero = True
                continue
            if pending_zero and (out or said):
                said += "零"
            pending_zero = False
            said += _ZH[int(d)] + _ZH_PLACES[len(group) - 1 - i]
        if said:
            out += said + _ZH_GROUPS[len(groups) - 1 - k]
    return out.removeprefix("一") if out.startswith("一十") else out


def zh_number(number: str) -> str:
    """A decimal as written, with commas allowed: 1,299.5 is 一千二百九十九点五."""
    whole, _, fraction = number.replace(",", "").partition(".")
    said = zh_cardinal(whole or "0")
    return f"{said}点{zh_digits(fraction)}" if fraction else said


def zh_counted(number: str) -> str:
    """Before a measure word: two is 两."""
    return "两" if number == "2" else zh_number(number)


def zh_yuan(number: str, tail: str = "元") -> str:
    """A price as it is called out: 89.90 is 八十九块九, 199 is 一百九十九元."""
    whole, _, fraction = number.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) > 2:
        return zh_number(number) + tail
    whole = whole.lstrip("0")
    if not fraction:
        return ("两" if whole == "2" else zh_cardinal(whole or "0")) + tail
    jiao, fen = fraction[0], fraction[1:]
    if not whole:
        said = f"{_ZH[int(jiao)]}毛" if jiao != "0" else ""
        return said + (f"{_ZH[int(fen)]}分" if fen else "")
    said = ("两" if whole == "2" else zh_cardinal(whole)) + "块"
    if jiao == "0":
        return f"{said}零{_ZH[int(fen)]}分"
    return said + _ZH[int(jiao)] + (f"毛{_ZH[int(fen)]}" if fen else "")


def en_digits(digits: str) -> str:
    """One by one: 2026 is two zero two six."""
    return " ".join(_ONES[int(d)] for d in digits)


def en_cardinal(digits: str) -> str:
    """1299 is one thousand two hundred ninety nine."""
    digits = digits.lstrip("0") or "0"
    if len(digits) > _TOO_LONG:
        return en_digits(digits)
    value = int(digits)
    if value == 0:
        return "zero"
    parts: list[str] = []
    for name in _GROUPS:
        value, group = divmod(value, 1000)
        if group:
            parts.insert(0, _below_thousand(group) + name)
    return " ".join(parts)


def en_number(number: str) -> str:
    """A decimal as written, with commas allowed: 3.5 is three point five."""
    whole, _, fraction = number.replace(",", "").partition(".")
    said = en_cardinal(whole or "0")
    return f"{said} point {en_digits(fraction)}" if fraction else said


def en_ordinal(digits: str) -> str:
    """21 is twenty first."""
    *before, last = en_cardinal(digits).split()
    ended = f"{last[:-1]}ieth" if last.endswith("y") else _ORDINALS.get(last, f"{last}th")
    return " ".join([*before, ended])


def en_year(digits: str) -> str:
    """1998 is nineteen ninety eight, 2005 two thousand five, 2026 twenty twenty six."""
    high, low = int(digits[:2]), int(digits[2:])
    if low == 0 and high % 10:
        return f"{en_cardinal(digits[:2])} hundred"
    if high % 10 == 0 and low < 10:
        return en_cardinal(digits)
    said = f"oh {_ONES[low]}" if low < 10 else en_cardinal(str(low))
    return f"{en_cardinal(digits[:2])} {said}"


def en_money(number: str, one: str, many: str, cent: str, cents: str) -> str:
    """39.90 is thirty nine dollars and ninety cents."""
    whole, _, fraction = number.replace(",", "").partition(".")
    if len(fraction) > 2:
        return f"{en_number(number)} {many}"
    minor = int(fraction.ljust(2, "0") or "0")
    major = whole.lstrip("0")
    parts = []
    if major or not minor:
        parts.append(f"{en_cardinal(major or '0')} {one if major == '1' else many}")
    if minor:
        parts.append(f"{en_cardinal(str(minor))} {cent if minor == 1 else cents}")
    return " and ".join(parts)


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    said = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        said.append(_TENS[rest // 10] + (f" {_ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        said.append(_ONES[rest])
    return " ".join(said)
