"""English as spoken: every digit becomes words, so that all engines read them alike."""

from __future__ import annotations

import re
from collections.abc import Callable

from idol.voice import numbers
from idol.voice.traced import Spoken, rewrite

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_MONEY: dict[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("dollar", "dollars", "cent", "cents"),
    "USD": ("dollar", "dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "GBP": ("pound", "pounds", "penny", "pence"),
}
_YUAN = ("¥", "￥", "CNY", "RMB", "YUAN")
_UNITS = {
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "ml": ("millilitre", "millilitres"),
    "l": ("litre", "litres"),
    "mah": ("milliamp hour", "milliamp hours"),
    "wh": ("watt hour", "watt hours"),
    "w": ("watt", "watts"),
    "v": ("volt", "volts"),
    "hz": ("hertz", "hertz"),
    "gb": ("gigabyte", "gigabytes"),
    "tb": ("terabyte", "terabytes"),
    "db": ("decibel", "decibels"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "°c": ("degree Celsius", "degrees Celsius"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
}
_UNIT = "|".join(sorted((re.escape(u) for u in _UNITS if u != "in"), key=len, reverse=True))
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
_MONTH = "|".join(f"{m}|{m[:3]}\\.?" for m in _MONTHS) + "|Sept\\.?"
_WORDS = {"&": " and ", "@": " at ", "+": " plus ", "=": " equals ", "%": " percent "}


def apply(out: Spoken) -> Spoken:
    """All rules, in order."""
    for pattern, say in _RULES:
        out = rewrite(out, pattern, say)
    return out


def _money(match: re.Match[str]) -> str:
    currency, number = match["c"].upper(), match["n"]
    if match.groupdict().get("k"):
        number, scale = match["n"], {"k": "thousand", "m": "million"}[match["k"].lower()]
        unit = "yuan" if currency in _YUAN else _MONEY[currency][1]
        return f"{numbers.en_number(number)} {scale} {unit}"
    if currency in _YUAN:
        whole, _, fraction = number.partition(".")
        fraction = fraction.rstrip("0")
        return f"{numbers.en_number(f'{whole}.{fraction}' if fraction else whole)} yuan"
    return numbers.en_money(number, *_MONEY[currency])


def _clock(match: re.Match[str]) -> str | None:
    hour, minute, half = int(match[1]), int(match[2]), match[3]
    if hour > 24:
        return None
    said = numbers.en_cardinal(str(hour))
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{numbers.en_cardinal(str(minute))}"
    elif not half:
        said += " o'clock" if hour <= 12 else " hundred hours"
    return f"{said} {half[0].upper()}M" if half else said


def _hour(match: re.Match[str]) -> str:
    return f"{numbers.en_cardinal(match[1])} {match[2][0].upper()}M"


def _month_day(match: re.Match[str]) -> str:
    year = f", {numbers.en_year(match['y'])}" if match["y"] else ""
    return f"{_month(match['m'])} {numbers.en_ordinal(match['d'])}{year}"


def _month(name: str) -> str:
    return next((m for m in _MONTHS if m[:3] == name[:3].capitalize()), name)


def _iso_date(match: re.Match[str]) -> str | None:
    month, day = int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{_MONTHS[month - 1]} {numbers.en_ordinal(str(day))}, {numbers.en_year(match[1])}"


def _unit(match: re.Match[str]) -> str:
    one, many = _UNITS[match[2].lower()]
    return f"{numbers.en_number(match[1])} {one if match[1] == '1' else many}"


def _size(match: re.Match[str]) -> str:
    letter = f" {match[3].upper()}" if match[3] else ""
    first = f"{numbers.en_cardinal(match[1][0])} {numbers.en_cardinal(match[1][1:])}"
    return f"{first}, {numbers.en_cardinal(match[2])}{letter}"


def _pinyin(match: re.Match[str]) -> str:
    """A Chinese name in an English line: an English engine can at least read its pinyin."""
    from pypinyin import lazy_pinyin

    return f" {''.join(lazy_pinyin(match[0])).capitalize()} "


_CURRENCY = r"US\$|HK\$|[$€£¥￥]"
_CODES = r"USD|EUR|GBP|CNY|RMB"

_RULES: tuple[Rule, ...] = (
    (re.compile(r"[一-鿿]+"), _pinyin),
    (re.compile(r"[，、]"), lambda m: ", "),
    (re.compile(r"。"), lambda m: ". "),
    (re.compile(r"！"), lambda m: "! "),
    (re.compile(r"？"), lambda m: "? "),
    (re.compile(r"[：；]"), lambda m: "; "),
    # Order numbers and long runs of digits: one by one.
    (
        re.compile(r"(\b(?:order|tracking|code|phone|number)\b[^\d\n]{0,12}?)(\d[\d-]{4,})", re.I),
        lambda m: f"{m[1]}{numbers.en_digits(m[2].replace('-', ''))}",
    ),
    (re.compile(r"(?<![\d.,])\d{9,}(?![\d.])"), lambda m: numbers.en_digits(m[0])),
    (
        re.compile(rf"(?P<c>{_CURRENCY})\s*(?P<n>{_NUMBER})(?:\s?(?P<k>[kKmM])\b)?", re.I),
        _money,
    ),
    (re.compile(rf"\b(?P<c>{_CODES})\s*(?P<n>{_NUMBER})", re.I), _money),
    (re.compile(rf"(?P<n>{_NUMBER})\s*(?P<c>{_CODES}|yuan)\b", re.I), _money),
    (re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b"), _iso_date),
    (
        re.compile(
            rf"\b(?P<m>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}})\b)?",
            re.I,
        ),
        _month_day,
    ),
    (re.compile(r"\b(\d{1,2}):([0-5]\d)(?:\s*([ap])\.?m\b\.?)?", re.I), _clock),
    (re.compile(r"\b(\d{1,2})\s*([ap])\.?m\b\.?", re.I), _hour),
    (re.compile(r"(?<!\d)(1[4-9]\d|20\d)/(\d{2,3})\s*([A-Za-z])?(?![\d/A-Za-z])"), _size),
    (re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.I), lambda m: numbers.en_ordinal(m[1])),
    (re.compile(r"(\d%?)\s*(?:-|–|~|—)\s*(?=[\d$€£¥])"), lambda m: f"{m[1]} to "),
    (re.compile(rf"({_NUMBER})\s*%"), lambda m: f"{numbers.en_number(m[1])} percent"),
    (
        re.compile(rf"({_NUMBER})\s*[×x*]\s*(?=\d)", re.I),
        lambda m: f"{numbers.en_number(m[1])} by ",
    ),
    (re.compile(r"\b(\d+)x\b", re.I), lambda m: f"{numbers.en_cardinal(m[1])} times"),
    (re.compile(rf"({_NUMBER})[\s-]*({_UNIT})(?![A-Za-z])", re.I), _unit),
    (re.compile(r"№\s*|#(?=\d)|\bNo\.\s*(?=\d)", re.I), lambda m: "number "),
    (
        re.compile(
            r"\b(19\d\d|20[0-4]\d)\b(?!\s*[a-z]*\s*(?:pieces|left|sold|people|viewers))", re.I
        ),
        lambda m: numbers.en_year(m[1]),
    ),
    (re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"), lambda m: " "),
    (re.compile(r"(?<=\d)/(?=\d)"), lambda m: " "),
    (re.compile(_NUMBER), lambda m: numbers.en_number(m[0])),
    (re.compile(r"\s*[&@+=%]\s*"), lambda m: _WORDS[m[0].strip()]),
    (re.compile(r"(?<=\w)/(?=\w)"), lambda m: " or "),
    (re.compile(r"\s+(?=[,.!?;:])"), lambda m: ""),
    (re.compile(r"[~^|*_#<>\\/¥￥$€£]+"), lambda m: " "),
)
