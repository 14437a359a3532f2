"""Money as integer minor units: read from decimal text, shown to people. Never a float."""

from __future__ import annotations

import re

from idol.errors import BadInput
from idol.model import Language, Money

_EXPONENT = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0}
"""Digits after the point, where not 2 (ISO 4217 list one)."""
_SIGN = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$",
         "SGD": "S$", "KRW": "₩", "MYR": "RM", "THB": "฿", "VND": "₫", "INR": "₹"}  # fmt: skip
_UNIT_ZH = {"CNY": "元", "JPY": "日元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元"}


def exponent(currency: str) -> int:
    """How many digits the currency has after the point."""
    return _EXPONENT.get(currency, 2)


def parse(text: str, currency: str) -> Money:
    """Read "89.90" or "1,299" in major units. Raises `BadInput`.

    Digits beyond the currency's smallest coin are refused rather than rounded.
    """
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadInput(f"{currency!r} is not an ISO 4217 currency code", hint=currency.upper()[:3])
    match = re.fullmatch(r"(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.(\d+))?", text.strip(), re.ASCII)
    if not match:
        raise BadInput(f"{text!r} is not an amount such as 89.90")
    digits = exponent(currency)
    fraction = (match[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise BadInput(f"{text!r} has more than {digits} digits after the point for {currency}")
    whole = int(match[1].replace(",", ""))
    return Money(whole * 10**digits + int(fraction.ljust(digits, "0") or 0), currency)


def plain(money: Money) -> str:
    """The amount in major units without sign or grouping: "89.90". `parse` reads it back."""
    digits = exponent(money.currency)
    sign, minor = ("-" if money.minor < 0 else ""), abs(money.minor)
    if not digits:
        return f"{sign}{minor}"
    return f"{sign}{minor // 10**digits}.{minor % 10**digits:0{digits}}"


def show(money: Money, language: Language = "en", *, spoken: bool = False) -> str:
    """For people: "¥89.90", "$1,299"; `spoken` puts the unit behind in Chinese: "89.9元".

    A whole amount loses its empty fraction, as on a price tag.
    """
    digits = exponent(money.currency)
    minor = abs(money.minor)
    whole, fraction = divmod(minor, 10**digits)
    tail = f".{fraction:0{digits}}" if fraction else ""
    sign = "-" if money.minor < 0 else ""
    if spoken and language == "zh" and money.currency in _UNIT_ZH:
        return f"{sign}{whole}{tail.rstrip('0')}{_UNIT_ZH[money.currency]}"
    mark = _SIGN.get(money.currency, f"{money.currency} ")
    return f"{sign}{mark}{whole:,}{tail}"


def add(*amounts: Money) -> Money:
    """The sum of one or more amounts. Raises `ValueError` if their currencies differ."""
    currencies = {amount.currency for amount in amounts}
    if len(currencies) != 1:
        raise ValueError(f"cannot add {', '.join(sorted(currencies)) or 'nothing'}")
    return Money(sum(amount.minor for amount in amounts), currencies.pop())
