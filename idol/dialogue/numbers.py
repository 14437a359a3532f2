"""Every number in a clause, with its unit: Arabic, Chinese and English, exactly.

`find("三百二十八块五")` and `find("¥328.50")` give the same value. Values are fractions in
a canonical unit of their dimension (`mass` in grams, `length` in millimetres, `time` in
hours, `money:CNY` in major units), so that 48 hours equals two days. Nothing here decides
whether a number is true; see `idol.dialogue.sheet`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6,
    "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
_SCALE = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_UNDER_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = {word: value for value, word in enumerate(_UNDER_TWENTY)}
_ENGLISH |= {word: 10 * value for value, word in enumerate(_TENS, 2)}
_MULTIPLE = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}

# (unit, factor to the canonical unit, pattern of what follows the number). Order matters:
# the longest reading comes first.
_AFTER: tuple[tuple[str, Fraction, str], ...] = (
    ("size", Fraction(1), r"x{1,3}[ls]\b|码"),
    ("link", Fraction(1), r"号\s*链接|号"),
    ("money:USD", Fraction(1), r"美元|美金|刀|(?:us )?dollars?\b|bucks?\b|usd\b"),
    ("money:USD", Fraction(1, 100), r"美分|cents?\b"),
    ("money:EUR", Fraction(1), r"欧元|euros?\b|eur\b|€"),
    ("money:GBP", Fraction(1), r"英镑|quid\b|gbp\b"),
    ("money:JPY", Fraction(1), r"日元|yen\b|jpy\b"),
    ("money:HKD", Fraction(1), r"港币|港元|hkd\b"),
    ("money:CNY", Fraction(1), r"块钱|元|块(?!头)|人民币|rmb\b|yuan\b|cny\b|大洋"),
    ("money:CNY", Fraction(1, 10), r"毛|角(?!度)"),
    ("percent", Fraction(1), r"%|％|percent\b|per ?cent\b|个?百分点"),
    ("fold", Fraction(1), r"折"),
    ("times", Fraction(1), r"倍|times\b|x\b|fold\b"),
    ("time", Fraction(1, 3600), r"秒钟?|seconds?\b|secs?\b"),
    ("time", Fraction(1, 60), r"分钟|minutes?\b|mins?\b"),
    ("time", Fraction(1), r"个?(?:小时|钟头)|hours?\b|hrs?\b|h\b"),
    ("months", Fraction(1), r"个月|months?\b"),
    ("time", Fraction(168), r"个?(?:星期|礼拜)|周(?!年|边|到)|weeks?\b"),
    ("time", Fraction(24), r"(?:个?工作)?[天日]|(?:working |business )?days?\b"),
    ("months", Fraction(12), r"年|years?\b"),
    ("mass", Fraction(1, 1000), r"毫克|mg\b"),
    ("mass", Fraction(1000), r"公斤|千克|kgs?\b|kilos?\b|kilograms?\b"),
    ("mass", Fraction(500), r"斤"),
    ("mass", Fraction(45359237, 100000), r"磅|lbs?\b|pounds?\b"),
    ("mass", Fraction(28349523125, 10**9), r"盎司|oz\b|ounces?\b"),
    ("mass", Fraction(1), r"克(?!拉)|g\b|grams?\b"),
    ("length", Fraction(1), r"毫米|mm\b"),
    ("length", Fraction(10), r"厘米|公分|cms?\b|centimet(?:er|re)s?\b"),
    ("length", Fraction(1000), r"米|m\b|met(?:er|re)s?\b"),
    ("length", Fraction(127, 5), r"英?寸|inch(?:es)?\b|\""),
    ("length", Fraction(1524, 5), r"英尺|feet\b|foot\b|ft\b"),
    ("volume", Fraction(1), r"毫升|mls?\b|millilit(?:er|re)s?\b"),
    ("volume", Fraction(1000), r"升|l\b|lit(?:er|re)s?\b"),
    ("charge", Fraction(1), r"毫安时?|mah\b"),
    ("power", Fraction(1), r"瓦|watts?\b|w\b"),
    ("degree", Fraction(1), r"度|°|degrees?\b"),
    ("clock", Fraction(1), r"点|o'clock\b|[ap]\.?m\b"),
    ("people", Fraction(1), r"个?人|位|people\b|viewers?\b|customers?\b"),
    ("age", Fraction(1), r"岁|year[- ]olds?\b"),
    ("kinds", Fraction(1), r"[个种]?(?:颜色|尺码|款式)|种|款|样|colou?rs?\b|sizes?\b|styles?\b"
     r"|products?\b|links?\b|kinds?\b"),
    ("piece", Fraction(1), r"[件个條条套只双副对盒瓶箱台份支包袋片杯把顶本枚颗罐张块]"
     r"|(?:more )?(?:pieces?|pcs|units?|pairs?|items?|sets?|bottles?|boxes|box)\b"
     r"|(?:more )?(?:left|in stock|available|remaining|sold|of (?:them|these|those))\b"),
)  # fmt: skip
_BEFORE: tuple[tuple[str, str], ...] = (
    ("money:CNY", r"(?:¥|￥|rmb|cny|人民币)\s*$"),
    ("money:USD", r"(?:us)?\$\s*$"),
    ("money:EUR", r"€\s*$"),
    ("money:GBP", r"£\s*$"),
    ("percent", r"百分之\s*$"),
    ("link", r"(?:\blinks?|\bitem|\bno\.?|\bnumber|#|链接)\s*$"),
    ("size", r"(?:\bsize|尺码)\s*$"),
)

# ASCII: a unit also ends where a Chinese character follows it, as in "350ml和500ml".
_UNITS = tuple((u, f, re.compile(p, re.I | re.A)) for u, f, p in _AFTER)
_LEADS = tuple((u, re.compile(p, re.I)) for u, p in _BEFORE)
_CN = "零〇一二三四五六七八九十百千万两俩仨壹贰叁肆伍陆柒捌玖拾佰仟"
_CN_RUN = re.compile(rf"[{_CN}]+(?:点[零〇一二三四五六七八九]+)?")
_CN_UNIT = re.compile(
    "|".join(p for u, _, p in _AFTER if u != "clock") + r"|点(?!点|头|赞|击|开|个|儿|都|也)",
    re.I | re.A,
)
# Words that only look like numbers.
_IDIOM = re.compile(
    r"(?<![千百十万价要是售卖])(?:五、?四、?)?三、?二、?一(?=[，。！!,.~]|上|$)|(?<!\d)3、2、1(?=[，。！!,.~]|上|$)|(?<!\d)321(?=上)|千万(?=别|不|要|记)|万一|一(?:起|下|定|直|样|些|点(?!钟|半)|会|边|般|切|旦|共|致|路|生|刻"
    r"|时|向|概|番|并|口气|辈子|个人|家人|块儿|天(?=都|比|的|到|之)|秒(?=入|变|回|就))"
    r"|十分(?!钟)|百搭|万能|万物|千家|三言|四季|五颜|六色|七上|八下|九九|百分百|不二|双十一"
    r"|一[二两]|三三两两|五一|十一假|第一(?=次|时间|眼|步|个问题|位)|统一|唯一|之一|一心|一众"
)
_ARABIC = re.compile(
    r"(?<![A-Za-z\d])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\dA-Za-z])\d+(?:\.\d+)?|\d+(?:\.\d+)?"
)
_EN_WORD = "|".join((*_ENGLISH, *_MULTIPLE))
_EN_RUN = re.compile(rf"\b(?:a )?(?:{_EN_WORD})(?:(?:[ -]| and )(?:{_EN_WORD}))*\b", re.I)
_DATE = re.compile(
    r"(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"
    r"|(?P<mon>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(?P<day>\d{1,2})"
    r"(?:st|nd|rd|th)?\b"
    r"|\b(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?"
    r"(?P<mon2>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*",
    re.I,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NTH = re.compile(r"\s*(?:款|个|号)")
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|至|到|to|and|or|或)\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as found: canonical `value` and `unit`, its place, and the words around it.

    A date has unit ``date`` and value month * 100 + day. `before` and `after` are the text up
    to the neighbouring numbers; `start` and `end` count in the normalised clause.
    """

    value: Fraction
    unit: str
    start: int
    end: int
    before: str = ""
    after: str = ""


def normalise(text: str) -> str:
    """NFKC and lower case: full-width digits and letters read like any others."""
    return unicodedata.normalize("NFKC", text).lower()


def chinese(text: str) -> Fraction | None:
    """Value of a Chinese numeral such as 三百二十八, 一千零五, 两万, 八点五; None if it is none."""
    whole, _, part = text.partition("点")
    if not whole or len(text) > 18:
        return None if not whole else Fraction(10**18)
    if all(c in _DIGIT for c in whole) and len(whole) > 1:  # digits read one by one: 二零二六
        value = Fraction(int("".join(str(_DIGIT[c]) for c in whole)))
    else:
        total, section, digit, scale = 0, 0, 0, 10
        for c in whole:
            if c in _DIGIT:
                digit = _DIGIT[c]
                scale = 10 if c in "零〇" else scale
            elif c in _SCALE:
                section += (digit or (1 if not section else 0)) * _SCALE[c]
                scale, digit = _SCALE[c], 0
            elif c == "万":
                total, section, digit, scale = (total + section + digit) * 10_000, 0, 0, 10_000
            else:
                return None
        # 三百二 is 320: a last digit right after a scale counts tenths of it.
        tail = digit * (scale // 10 if scale > 10 and whole[-2:-1] not in "零〇" else 1)
        value = Fraction(total + section + tail)
    if part:
        value += Fraction(int("".join(str(_DIGIT[c]) for c in part)), 10 ** len(part))
    return value


def english(text: str) -> Fraction | None:
    """Value of English number words such as "two hundred and ten"."""
    total, group = 0, 0
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _ENGLISH:
            group += _ENGLISH[word]
        elif word in _MULTIPLE:
            group = (group or 1) * _MULTIPLE[word]
            if _MULTIPLE[word] >= 1000:
                total, group = total + group, 0
        elif word not in ("and", "a"):
            return None
    return Fraction(total + group)


def find(clause: str) -> list[Number]:
    """Every number in a clause, in order. Idioms (一起, 十分, this one) are not numbers."""
    text = normalise(clause)
    taken = [False] * (len(text) + 1)
    found: list[tuple[Fraction, str, int, int]] = []

    def take(value: Fraction | None, unit: str, start: int, end: int) -> None:
        if value is not None and not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            found.append((value, unit, start, end))

    for m in _DATE.finditer(text):
        month = m["m"] or _MONTHS.index((m["mon"] or m["mon2"])[:3]) + 1
        take(Fraction(int(month) * 100 + int(m["d"] or m["day"] or m["day2"])), "date", *m.span())
    for m in _IDIOM.finditer(text):
        taken[m.start() : m.end()] = [True] * (m.end() - m.start())
    for pattern, value_of, is_number in _READERS:
        for m in pattern.finditer(text):
            if is_number(text, m) and (value := value_of(m[0])) is not None:
                take(value, "", *m.span())
    found.sort(key=lambda item: item[2])
    return _with_units(text, found)


def _arabic(text: str) -> Fraction | None:
    # Longer than any price or stock: only that it is a number matters then.
    return Fraction(text.replace(",", "")[:18].rstrip("."))


def _arabic_counts(text: str, m: re.Match[str]) -> bool:
    # The digits of a name (qwen2, b12) are not a number, unless a unit follows.
    glued = m.start() > 0 and text[m.start() - 1].isascii() and text[m.start() - 1].isalpha()
    return not glued or any(p.match(text, m.end()) for _, _, p in _UNITS)


def _chinese_counts(text: str, m: re.Match[str]) -> bool:
    if len(m[0]) > 1 or text[: m.start()].rstrip().endswith("百分之"):
        return True
    if text[: m.start()].endswith(("链接", "块")):  # 链接三; the nine of 八十九块九
        return True
    rest = re.sub(rf"^(?:到|至|或|、|-|~|～)[{_CN}]+", "", text[m.end() :])  # 五到七天
    return bool(_CN_UNIT.match(rest))


def _english_counts(text: str, m: re.Match[str]) -> bool:
    if m[0] not in ("one", "a one"):
        return True
    rest = text[m.end() :].lstrip(" -")
    return any(p.match(rest) for u, _, p in _UNITS) or any(
        p.search(text[: m.start()]) for _, p in _LEADS
    )


_READERS: tuple[
    tuple[
        re.Pattern[str],
        Callable[[str], Fraction | None],
        Callable[[str, re.Match[str]], bool],
    ],
    ...,
] = (
    (_ARABIC, _arabic, _arabic_counts),
    (_CN_RUN, chinese, _chinese_counts),
    (_EN_RUN, english, _english_counts),
)


def _with_units(text: str, found: list[tuple[Fraction, str, int, int]]) -> list[Number]:
    numbers: list[Number] = []
    for i, (value, unit, start, end) in enumerate(found):
        previous = found[i - 1][3] if i else 0
        if not unit:
            value, unit, end = _unit(text, value, start, end, previous)
        following = found[i + 1][2] if i + 1 < len(found) else len(text)
        numbers.append(Number(value, unit, start, end, text[previous:start], text[end:following]))
    # 89块9 is one price, and 50-58公斤 are two weights.
    for i in range(len(numbers) - 2, -1, -1):
        a, b = numbers[i], numbers[i + 1]
        if a.unit == "money:CNY" and b.unit == "" and a.end == b.start and b.value < 10:
            numbers[i] = Number(a.value + b.value / 10, a.unit, a.start, b.end, a.before, b.after)
            del numbers[i + 1]
        elif a.unit == "" and b.unit and _RANGE.fullmatch(text[a.end : b.start]):
            factor = _factor(text, b)
            numbers[i] = Number(a.value * factor, b.unit, a.start, a.end, a.before, a.after)
    return numbers


def _unit(
    text: str, value: Fraction, start: int, end: int, previous: int
) -> tuple[Fraction, str, int]:
    for unit, pattern in _LEADS:
        if pattern.search(text, previous, start):
            return value, unit, end
    if text[:start].endswith("第") and (m := _NTH.match(text, end)):
        return value, "link", m.end()
    gap = re.match(r"[\s-]*", text[end:])
    at = end + (gap.end() if gap else 0)
    for unit, factor, pattern in _UNITS:
        if m := pattern.match(text, at):
            return value * factor, unit, m.end()
    return value, "", end


def _factor(text: str, number: Number) -> Fraction:
    # The number's own text ends with its unit; find which factor read it.
    for unit, factor, pattern in _UNITS:
        if unit == number.unit:
            for m in pattern.finditer(text, number.start, number.end):
                if m.end() == number.end:
                    return factor
    return Fraction(1)
