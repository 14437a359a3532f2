"""Text as written to text as spoken: prices, sizes, dates, units, in Chinese and English.

Rules run in order over a text that remembers its source, so captions and cues still find
their place. What a shop writes (¥89.9元, 180/96A, 8折, order numbers) is ours; the rest of
Chinese (dates, times, measures) is left to wetext's grammars. Never raises.
"""

from __future__ import annotations

import functools
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from idol.model import Language
from idol.voice import normalise_en, numbers
from idol.voice.traced import Spoken, replace, rewrite, untouched

__all__ = ["Spoken", "spoken"]

_log = logging.getLogger(__name__)

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_MEASURES = (
    "件|个|条|双|款|种|套|杯|瓶|盒|份|次|天|位|色|米|斤|块|张|只|支|包|袋|台|人|片|箱|组|根|本|年"
    "|倍|层|步|步骤|小时|分钟|秒钟|个月|周|星期|点钟"
)
_CURRENCY_ZH = {
    "$": "美元",
    "US$": "美元",
    "USD": "美元",
    "€": "欧元",
    "EUR": "欧元",
    "£": "英镑",
    "GBP": "英镑",
    "HK$": "港币",
    "HKD": "港币",
}
_YUAN = r"(?:CNY|RMB|[¥￥])"
_UNITS_ZH = {
    "kg": "公斤",
    "mg": "毫克",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "ml": "毫升",
    "mah": "毫安时",
    "wh": "瓦时",
    "kw": "千瓦",
    "hz": "赫兹",
    "db": "分贝",
    "℃": "摄氏度",
    "°c": "摄氏度",
    "°": "度",
}
# A single letter is a unit only as it is properly written: 5G is no weight, and M is a size.
_LETTERS_ZH = {"g": "克", "m": "米", "L": "升", "W": "瓦", "V": "伏"}
_UNIT = (
    "(?i:" + "|".join(sorted((re.escape(u) for u in _UNITS_ZH), key=len, reverse=True)) + ")"
    "|[" + "".join(_LETTERS_ZH) + "]"
)


def spoken(text: str, language: Language) -> Spoken:
    """What an engine for `language` should read, and the map back to `text`."""
    out = _clean(text)
    if language == "en":
        out = normalise_en.apply(out)
    else:
        for pattern, say in _RULES_ZH:
            out = rewrite(out, pattern, say)
        out = _wetext(out)
        out = rewrite(out, _LEFTOVER, _leftover)
    out = rewrite(out, re.compile(r"\s+"), lambda m: " ")
    return _strip(out)


# ---- both languages

_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_REPEATED = re.compile(r"([！!？?，,。、~～])[！!？?，,。、~～]+")
_KEEP_SYMBOLS = "¥￥$€£%‰+=×÷<>~°℃℉№&@#*^|/"


def _clean(text: str) -> Spoken:
    """Full-width letters and digits made plain, emoji and control characters left out."""
    out = untouched(text)
    out = rewrite(out, _LINK, lambda m: " ")
    out = rewrite(out, re.compile(r"[０-９Ａ-Ｚａ-ｚ％＋－．／＄～＃＆＠]"), _half_width)
    out = replace(out, _droppable(out.text))
    out = rewrite(out, re.compile(r"[’‘`´]"), lambda m: "'")
    return rewrite(out, _REPEATED, _one_mark)


def _one_mark(match: re.Match[str]) -> str:
    """Of several marks in a row the strongest one is spoken."""
    return next((char for char in match[0] if char in "！!？?"), match[1])


def _half_width(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])


def _droppable(text: str) -> Iterator[tuple[int, int, str]]:
    for i, char in enumerate(text):
        kind = unicodedata.category(char)
        if char in "\n\r\t" or kind.startswith("Z"):
            yield i, i + 1, " "
        elif kind in ("Cc", "Cf", "Cs", "Co", "Cn", "Me", "Mn", "Sk") or (
            kind in ("So", "Sm") and char not in _KEEP_SYMBOLS
        ):
            yield i, i + 1, ""


def _strip(out: Spoken) -> Spoken:
    left = len(out.text) - len(out.text.lstrip())
    right = len(out.text.rstrip())
    end = out.to_source[-1:]
    return (
        Spoken(out.text[left:right], out.to_source[left:right] + end) if right else Spoken("", end)
    )


# ---- Chinese


def _yuan(match: re.Match[str]) -> str:
    tail = match["tail"] or ""
    after = {"万": "万元", "w": "万元", "W": "万元"}.get(tail)
    return numbers.zh_number(match["n"]) + after if after else numbers.zh_yuan(match["n"])


def _size(match: re.Match[str]) -> str:
    letter = f" {match[3]}" if match[3] else ""
    return f"{numbers.zh_digits(match[1])}，{numbers.zh_cardinal(match[2])}{letter}"


def _discount(match: re.Match[str]) -> str:
    digits = match[1]
    return (numbers.zh_digits(digits) if len(digits) == 2 else numbers.zh_number(digits)) + "折"


def _percent(match: re.Match[str]) -> str:
    number = match[1]
    said = "百" if number in ("100", "100.0") else numbers.zh_number(number)
    return f"百分之{said}"


def _ten_thousands(match: re.Match[str]) -> str:
    return numbers.zh_counted(match[1]) + "万"


def _unit(match: re.Match[str]) -> str:
    unit = _LETTERS_ZH.get(match[2]) or _UNITS_ZH[match[2].lower()]
    return numbers.zh_counted(match[1]) + unit


def _clock(match: re.Match[str]) -> str | None:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return None
    said = "两点" if hour == 2 else f"{numbers.zh_cardinal(str(hour))}点"
    if minute == 0:
        return f"{said}整"
    if minute == 30:
        return f"{said}半"
    zero = "零" if minute < 10 else ""
    return f"{said}{zero}{numbers.zh_cardinal(str(minute))}分"


def _foreign(match: re.Match[str]) -> str:
    whole, _, fraction = match["n"].partition(".")
    fraction = fraction.rstrip("0")
    return (
        numbers.zh_number(f"{whole}.{fraction}" if fraction else whole)
        + _CURRENCY_ZH[match["c"].upper()]
    )


_RULES_ZH: tuple[Rule, ...] = (
    # 订单号 A20261123-001: one by one.
    (
        re.compile(
            r"((?:单|编|尾|货|款|型|验证码|手机|电话)号?码?\s*(?:是|为|[:：])?\s*)([A-Za-z]*)(\d[\d-]{3,})"
        ),
        lambda m: f"{m[1]}{m[2]}{numbers.zh_digits(m[3].replace('-', ''))}",
    ),
    (re.compile(r"(?<![\d.])\d{9,}(?![\d.]|,\d)"), lambda m: numbers.zh_digits(m[0])),
    # 3-5天, 10~20%, 99元-199元
    (
        re.compile(
            rf"(?<![\d.,-])({_NUMBER}\s*(?:%|元|{_UNIT}|[天件岁年月日号点])?)"
            r"\s*(?:~|～|--?|–|—)\s*(?=[¥￥$]?\d+(?:\.\d+)?(?![\d-]*-))"
        ),
        lambda m: f"{m[1]}到",
    ),
    (re.compile(r"(?<![\w.)）-])-(?=\d)"), lambda m: "负"),
    (re.compile(rf"({_NUMBER})[wW](?![A-Za-z])(?=[人件单份个双粉\s+]|$)"), _ten_thousands),
    # ¥89.9元, ￥89.90, 89.9元, 199块
    (
        re.compile(
            rf"{_YUAN}\s*(?P<n>{_NUMBER})\s*(?P<tail>元|块钱?|万|[wW](?![A-Za-z]))?", re.IGNORECASE
        ),
        _yuan,
    ),
    (re.compile(rf"(?P<n>{_NUMBER})\s*(?P<tail>元|块钱)"), _yuan),
    (re.compile(rf"(?P<n>{_NUMBER})\s*(?P<tail>)(?:CNY|RMB)", re.IGNORECASE), _yuan),
    (re.compile(rf"(?P<c>US\$|HK\$|[$€£])\s*(?P<n>{_NUMBER})", re.IGNORECASE), _foreign),
    (re.compile(rf"(?P<n>{_NUMBER})\s*(?P<c>USD|EUR|GBP|HKD)", re.IGNORECASE), _foreign),
    # 180/96A, 165/88
    (re.compile(r"(?<!\d)(1[4-9]\d|20\d)/(\d{2,3})\s*([A-Za-z])?(?![\d/A-Za-z])"), _size),
    (re.compile(r"(\d(?:\.\d+)?|\d\d)\s*折"), _discount),
    (re.compile(rf"({_NUMBER})\s*%"), _percent),
    (re.compile(r"(?<![\d:：])(\d{1,2})[:：]([0-5]\d)(?:[:：]\d\d)?(?![\d:：])"), _clock),
    (re.compile(rf"({_NUMBER})\s*[×xX*]\s*(?=\d)"), lambda m: f"{numbers.zh_number(m[1])}乘"),
    (re.compile(rf"({_NUMBER})\s*({_UNIT})(?![A-Za-z])"), _unit),
    (re.compile(r"第\s*(\d+)"), lambda m: f"第{numbers.zh_cardinal(m[1])}"),
    (re.compile(rf"(?<![\d.])2(?=(?:{_MEASURES}))"), lambda m: "两"),
    (re.compile(r"(?<=\d)\+"), lambda m: "加"),
    (re.compile(r"(?<=\S)\s*&\s*(?=\S)"), lambda m: "和"),
    (re.compile(r"№\s*|#(?=\d)|\bNo\.\s*(?=\d)", re.IGNORECASE), lambda m: "第"),
    (re.compile(r"[~～^|*_#<>=\\]+"), lambda m: ""),
)
_LEFTOVER = re.compile(rf"{_NUMBER}|[¥￥$€£%/@]")


def _leftover(match: re.Match[str]) -> str:
    return numbers.zh_number(match[0]) if match[0][0].isdigit() else " "


@functools.cache
def _normaliser() -> Any:
    from wetext import Normalizer

    return Normalizer(lang="zh", operator="tn")


def _wetext(out: Spoken) -> Spoken:
    """Dates, measures, fractions and what else has digits, by wetext's Chinese grammars."""
    if not any(char.isdigit() for char in out.text):
        return out
    try:
        done = _normaliser().normalize_with_mapping(out.text)
        edits = [(m.input_start, m.input_end, m.output_text) for m in done.mappings]
        new = replace(out, edits)
        if new.text == done.output_text:
            return new
    except Exception:
        _log.warning("wetext could not read %r", out.text, exc_info=True)
    return out
