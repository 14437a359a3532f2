# ruff: noqa: E501 - patterns read best on one line
"""One of each: "两个颜色各一条", "大小各一个", "both sizes, one each" in so many words. Pure.

Which colours or sizes are meant stands in the catalogue, not in the line: of the product that is
named, else of the one on air. Where the product does not come in so many, the line stays.
"""

from __future__ import annotations

import re

from idol.commerce.cleaning import clean
from idol.commerce.lexicon import Lexicon
from idol.commerce.outcomes import Floor
from idol.model import Listing

_COUNT = {
    "两": 2,
    "2": 2,
    "二": 2,
    "俩": 2,
    "三": 3,
    "3": 3,
    "仨": 3,
    "四": 4,
    "4": 4,
    "both": 2,
    "two": 2,
    "three": 3,
    "four": 4,
}
_N = r"(?P<n>\d|一|两|俩|二|三|四)(?P<unit>个|件|条|只|瓶|盏|套|支|份|杯|双|盒|包|罐|顶|把|张)?"
_ALL = r"(?P<count>两|2|二|俩|三|3|仨|四|4|每|所有|全部)(?:个|种|款)?(?:的)?"
_TAKE = r"(?:我|都|就|全|要了?|来|拿|给我|帮我|留|拍(?!了)|买(?!了)|想|吧|一共|[，, ])*"
_ZH = (
    re.compile(rf"{_ALL}(?P<what>颜色|花色|色|尺码|尺寸|码|号|容量|规格|大小){_TAKE}(?:各|一样|每样|每个|每种|分别){_TAKE}{_N}"),
    re.compile(rf"(?:各|每)(?:个|种|款)?(?P<what>颜色|花色|色|尺码|尺寸|容量|规格)(?:各|都)?{_TAKE}{_N}"),
    re.compile(rf"一(?P<what>颜色|色){_TAKE}{_N}(?![^\W_])"),
    re.compile(rf"(?P<what>大小)(?:号|瓶|杯|的|罐)?{_TAKE}(?:各|一样){_TAKE}{_N}"),
    re.compile(r"(?P<what>一(?:个|件|瓶|只|杯|支|罐)?大(?:的)?[，, ]*一(?:个|件|瓶|只|杯|支|罐)?小的?)"),
    re.compile(r"(?P<what>小的?(?:来|要)?(?:一|1)(?:个|件|瓶|只|杯|支|罐)[，, ]*大的?(?:来|要)?(?:一|1)(?:个|件|瓶|只|杯|支|罐)|大的?(?:来|要)?(?:一|1)(?:个|件|瓶|只|杯|支|罐)[，, ]*小的?(?:来|要)?(?:一|1)(?:个|件|瓶|只|杯|支|罐))"),
)  # fmt: skip
_EN_N = r"(?P<n>\d|one|two|three|four|an?)"
_WHAT = r"(?P<what>colou?r|size)(?:way)?s?"
_EN = (
    re.compile(rf"(?P<count>both|all two|all three|all four|all|two|2|three|3)(?: the)? {_WHAT}(?P<mid>[^?.!]{{0,24}}?)[, ]*(?:and |- ?)?(?:i'll (?:take|have) )?{_EN_N}(?: of)? each"),
    re.compile(rf"{_EN_N} (?:of |in |for )?(?:each|every|both|either)(?: of)?(?: the)?(?: (?P<count>two|three|2|3))? {_WHAT}"),
    re.compile(rf"{_EN_N} each (?:of|in|for) (?:the )?(?P<count>both|all|two|three|2|3)?(?: the)? ?{_WHAT}"),
)  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
# "120和220一样来一个": of each that was named.
_ALIKE = re.compile(r"一样(?=(?:来|要|拿|给我)*(?:一|1)(?:个|件|条|只|瓶|盏|套|支))")
# "one of both, teal and white"
_OF_BOTH = re.compile(r"\b(one|1) of both\b")


def spelled_out(line: str, lexicon: Lexicon, floor: Floor) -> str:
    """The line with each colour or size by its name, behind what is said of them all; else as it
    was."""
    chinese = bool(_HAN.search(line))
    for pattern in _ZH if chinese else _EN:
        match = pattern.search(line)
        if match:
            before, after = line[: match.start()], line[match.end() :]
            between = match.groupdict().get("mid") or ""
            listed = _listed(match, f"{before} {between} {after}", lexicon, floor, chinese)
            if not listed:
                return line
            if any(t.kind in ("colour", "size") for t in lexicon.scan(f"{between} {after}")[0]):
                return f"{before} {between} {after} {listed}".strip()  # "in sea blue, one each"
            return f"{before}{listed}{between}{after}"
    line = _ALIKE.sub("各", line) if _named(line, lexicon) > 1 else line
    return _OF_BOTH.sub(r"\1 each", line)


def _listed(match: re.Match[str], rest: str, lexicon: Lexicon, floor: Floor, chinese: bool) -> str:
    """ "柿子橘1条 燕麦色1条", "1 coral 1 ink"; empty if the product does not come in so many."""
    item = _item(rest, lexicon, floor)
    if item is None:
        return ""
    said = match.groupdict()
    names = _names(item, coloured="色" in said["what"] or "colo" in said["what"], chinese=chinese)
    count = said.get("count")
    wanted = _COUNT.get(count) if count else None
    if not 1 < len(names) < 5 or (wanted and wanted != len(names)):
        return ""
    if (count == "both" or "大" in said["what"]) and len(names) != 2:
        return ""
    n = {"一": 1, "one": 1, "a": 1, "an": 1}.get(said.get("n") or "一")
    n = n or _COUNT.get(said["n"]) or int(said["n"])
    if chinese:
        unit = said.get("unit") or "个"
        verb = "来" if re.search("[来要拿给留拍买]", match[0]) else ""  # "别…各来一条"
        return verb + " ".join(f"{name}{n}{unit}" for name in names)
    return " ".join(f"{n} {name}" for name in names)


def _item(rest: str, lexicon: Lexicon, floor: Floor) -> Listing | None:
    """The product that the rest of the line names, else the one on air."""
    numbers = {
        int(number)
        for token in lexicon.scan(rest)[0]
        if token.kind in ("listing", "product")
        for number in token.value.split(",")
        if number
    }
    number = floor.current if floor.current in numbers or not numbers else min(numbers)
    if len(numbers) > 1 and floor.current not in numbers:
        return None
    return lexicon.listings.get(number) if number is not None else None


def _names(item: Listing, *, coloured: bool, chinese: bool) -> list[str]:
    names = []
    for variant in item.product.variants:
        colour = variant.colour.get("zh" if chinese else "en", "")
        names.append(clean(colour if coloured else variant.size))
    return list(dict.fromkeys(filter(None, names)))


def _named(line: str, lexicon: Lexicon) -> int:
    return sum(token.kind in ("colour", "size", "product") for token in lexicon.scan(line)[0])
