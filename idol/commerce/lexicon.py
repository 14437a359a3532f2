# ruff: noqa: E501 - word lists and patterns read best on one line
"""The words of one catalogue, and a scanner that finds them in a line of chat. Pure.

Knows numerals (Chinese and Arabic), measure words, colours, sizes, product names and listing
numbers; everything else is left over as residue, by which the grammar judges how sure it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from idol.commerce.cleaning import clean
from idol.commerce.homophones import Homophones
from idol.commerce.sizes import measured, read_size, size_key, spellings
from idol.model import Listing, Variant

_FAMILIES: Mapping[str, tuple[str, str]] = {
    "black": ("黑 曜石", "black"),
    "white": ("白 象牙", "white ivory"),
    "red": ("红 酒红 朱", "red burgundy crimson"),
    "blue": ("蓝 靛", "blue"),
    "navy": ("藏青 藏蓝 深蓝 海军蓝", "navy"),
    "green": ("绿 军绿", "green olive"),
    "yellow": ("黄 鹅黄", "yellow"),
    "grey": ("灰", "grey gray charcoal"),
    "purple": ("紫", "purple violet lilac lavender"),
    "pink": ("粉 樱花", "pink rose"),
    "orange": ("橙 橘 桔", "orange coral"),
    "brown": ("棕 咖 褐 驼", "brown coffee camel tan"),
    "beige": ("米色 米白 杏 燕麦 奶油", "beige cream oat oatmeal apricot"),
    "gold": ("金色 香槟", "gold golden champagne"),
    "silver": ("银", "silver"),
    "teal": ("青 湖蓝", "teal cyan turquoise"),
    "khaki": ("卡其", "khaki"),
}
_ZH_COLOUR = {w: f for f, (zh, _) in _FAMILIES.items() for w in zh.split()}
_EN_COLOUR = {w: f for f, (_, en) in _FAMILIES.items() for w in en.split()}
# Words with a colour's character that are no colour.
_NOT_COLOUR = (
    "小黄车|黄车|红包|网红|口红|红利|红火|眼红|脸红|走红|红人|黑粉|黑心|黑五|黑科技|黑料|白菜|白嫖|白天|明白|"
    "小白|白领|白送|白给|白搭|白费|表白|空白|坦白|黄昏|黄金|黄牛|现金|金额|奖金|粉丝|干粉|吸粉|涨粉|青年|青春|"
    "蓝牙|绿色食品|绿茶|灰心|灰尘|黄了|告白|黑屏|白屏|黑人|白人|白酒|红酒(?!色)|蓝光|抹黑|拉黑|天黑|黑社会|黑子|小红书|银行|"
    "黑化|黑历史|黑幕|黑马|黑眼圈|黑头|黑名单|白痴|白眼|白粥|红娘|红绿灯|青菜|青蛙|绿化|绿皮|金主|金牌|银河|紫薯|黄瓜|黄鱼|粉底|橘猫|蓝图|灰太狼|"
    "老粉(?!色)|新粉(?!色)|铁粉|忠粉|粉了|橘子|橙子|杏仁|咖啡(?!色)|棕榈|墨镜|墨水"
)
_DIGIT = {"零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "两": 2, "贰": 2, "三": 3, "叁": 3, "四": 4, "五": 5,
          "六": 6, "七": 7, "八": 8, "九": 9, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}  # fmt: skip
_EN_NUMBER = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_EN_ORDINAL = {w: n for n, pair in enumerate(
    ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th",
     "seventh 7th", "eighth 8th", "ninth 9th", "tenth 10th"), 1) for w in pair.split()}  # fmt: skip
_GOODS = "件|條|条|套|份|双|只|隻|箱|盒|瓶|台|包|袋|支|枝|顶|副|块(?!钱)|罐|组|床|把|本|对|枚|串|盏|张|单"
_ZH_NUM = (
    r"半打|[一两]打|[零〇一二三四五六七八九十百两]{1,4}|[壹贰叁肆伍陆柒捌玖](?=[件条套只个瓶])"
)
_NUM = rf"(?:\d{{1,4}}|{_ZH_NUM})"
_EN_NUM = (
    "half a dozen|a dozen|one dozen|two dozen|dozen|a couple(?: of)?|couple(?: of)?|"
    + "|".join(sorted(_EN_NUMBER, key=len, reverse=True))
)
_OTHER_UNITS = (
    r"块钱?|元|毛|折|点|天|号前|分钟?|秒|小时|月|年|岁|公斤|斤|kg|cm|mm|厘米|米|楼|次|遍|下|个月|个小时|个人|人|"
    r"个问题|个字|个号|个多月|周|星期|个星期|w|k|万|千|%|％|lbs?|pounds?|ft|feet|inch(?:es)?|years?|yrs?|"
    r"days?|weeks?|months?|hours?|hrs?|minutes?|mins?|secs?|seconds?|bucks?|dollars?|usd|rmb|yuan|times?|"
    r"卡车|火车皮?|吨|亿|麻袋|percent|people|am|pm|°|度|号线|路|g|克|ml|毫升|升|寸|码数|位|名|口|代|层|排|页|集|星|倍|世纪|st|nd|rd|th"
)
_DOZENS = ("半打", "一打", "两打")
_PAIRS = re.compile(r"对$|\bpairs?\b")
_IN_PAIRS = re.compile(
    r"鞋|靴|袜|拖|手套|耳环|耳钉|耳饰|耳坠|耳机|筷|对联|春联|眼镜|护膝|护腕|裤|"
    r"shoe|sneaker|boot|sock|slipper|sandal|heel|glove|mitten|earring|chopstick|glasses|pants|trousers|jeans|leggings|shorts"
)

Kind = Literal["listing", "product", "colour", "size", "quantity", "number", "each", "or", "other"]


@dataclass(frozen=True, slots=True)
class Token:
    """A known word: its kind, its value, and where it stands."""

    kind: Kind
    value: str
    start: int
    end: int
    vague: bool = False
    """A quantity that is not one number (两三件, a few)."""
    pairs: bool = False
    """A quantity in pairs (一对, a pair)."""


def number(text: str) -> int | None:
    """Read a numeral: "12", "十二", "俩", "a dozen". None if it is none."""
    if text.isdigit():
        return int(text)
    if text in _EN_NUMBER:
        return _EN_NUMBER[text]
    if text in ("俩", "a couple", "a couple of", "couple", "couple of"):
        return 2
    if text == "仨":
        return 3
    if text in ("一打", "a dozen", "one dozen", "dozen"):
        return 12
    if text in ("两打", "two dozen"):
        return 24
    if text in ("半打", "half a dozen"):
        return 6
    total = section = 0
    for char in text:
        if char == "百":
            total, section = total + (section or 1) * 100, 0
        elif char == "十":
            total, section = total + (section or 1) * 10, 0
        elif char in _DIGIT:
            if section:  # 两三, 五六: two numbers, not one
                return None
            section = _DIGIT[char]
        else:
            return None
    return total + section


class Lexicon:
    """The words of these listings, compiled once."""

    def __init__(self, listings: Mapping[int, Listing]) -> None:
        self.listings = listings
        self._names = _product_names(listings.values())
        variants = [v for item in listings.values() for v in item.product.variants]
        self._exact_colours = _exact_colours(variants)
        self._sizes = spellings(variants)
        self._sounds = Homophones([*self._exact_colours, *(n for n in self._names if len(n) > 1)])
        self._words = frozenset(
            word
            for text in (*self._names, *self._exact_colours, *self._sizes)
            for word in re.findall("[a-z']+", text)
        )
        self._scanner = self._compile()

    def scan(self, text: str) -> tuple[list[Token], str]:
        """Known words of a `clean` text, in order, and the text with each of them blanked."""
        tokens: list[Token] = []
        residue = list(text)
        for match in self._scanner.finditer(text):
            kind, found = match.lastgroup or "", match[0].rstrip()
            start = match.start()
            end = start + len(found)
            if kind == "skip":
                continue
            token = self._token(kind, found, match)
            pairs = token[0] == "quantity" and bool(_PAIRS.search(found))
            tokens.append(Token(token[0], token[1], start, end, token[2], pairs))
            residue[start:end] = "□" * (end - start)
        return tokens, "".join(residue)

    def respell(self, text: str) -> str:
        """A `clean` text with the catalogue's names that were written by their sound."""
        return self._sounds.respell(text)

    @property
    def words(self) -> frozenset[str]:
        """English words of the catalogue: no slips of the keyboard."""
        return self._words

    def own_words(self, colours: Collection[str], sizes: Collection[str]) -> bool:
        """Whether these may stand for a thing that is not explained now: a name of this catalogue
        alone ("graphite", "30ml"), or colour and size together, not "black" or "L"."""
        own = [*(c in self._exact_colours and c not in _FAMILIES for c in colours),
               *(len(s) > 3 and not s.isdigit() for s in sizes)]  # fmt: skip
        return any(own) or bool(colours and sizes)

    def _coined(self, colour: str) -> bool:
        """Whether a colour's name is of this catalogue alone, as 苔绿 and "ink blue"."""
        usual = colour in _FAMILIES or colour in _EN_COLOUR
        return colour in self._exact_colours and not usual and colour[:1] not in _ZH_COLOUR

    def in_pairs(self, item: Listing) -> bool:
        """Whether one piece of it is a pair, as of shoes."""
        return any(
            _IN_PAIRS.search(clean(t))
            for t in (*item.product.title.values(), *item.product.aliases)
        )

    def matching(self, item: Listing, colours: Iterable[str], sizes: Iterable[str]) -> set[str]:
        """The skus of a listing that fit every named attribute (several colours: any of them)."""
        named = measured(item, sizes)
        fits = [v for v in item.product.variants if not named or size_key(v.size) in named]
        wanted = list(colours)
        if not wanted:
            return {variant.sku for variant in fits}
        found: set[str] = set()
        for word in wanted:
            # "蓝" means the very blue of that name if there is one, else any kind of blue; but
            # "苔绿" is no green of a thing that does not come in it.
            exact = {v.sku for v in item.product.variants if word in _colour_names(v)}
            kinds = frozenset() if self._coined(word) else _families(word)
            found |= exact or {v.sku for v in fits if kinds & _variant_families(v)}
        return found & {variant.sku for variant in fits}

    def _compile(self) -> re.Pattern[str]:
        latin = r"(?<![a-z0-9'])(?:{})(?![a-z'])"
        names = sorted(self._names, key=len, reverse=True)
        zh_names = [re.escape(n) for n in names if not n.isascii() and len(n) > 1]
        short = "|".join(re.escape(n) for n in names if len(n) == 1)
        en_names = [re.escape(n) + "(?:e?s)?" for n in names if n.isascii()]
        exact = sorted(self._exact_colours, key=len, reverse=True)
        zh_exact = [re.escape(c) for c in exact if not c.isascii()]
        en_exact = [re.escape(c).replace(r"\ ", "[ -]?") for c in exact if c.isascii()]
        if short:  # 灯, 包: only where a colour of the catalogue or a number says that it is ware
            led = [*(f"(?<={c})" for c in zh_exact), "(?<=号)", "(?<=色的)", "(?<=绿的)"]
            zh_names.append(rf"(?:{'|'.join(led)})(?:{short})(?![子泡光饭袋装裹括])")
        zh_base = "|".join(sorted(_ZH_COLOUR, key=len, reverse=True))
        en_base = "|".join(sorted(_EN_COLOUR, key=len, reverse=True))
        alpha = sorted((s for s in self._sizes if not s.isdigit()), key=len, reverse=True)
        digit = sorted((s for s in self._sizes if s.isdigit()), key=len, reverse=True)
        n = _NUM
        vague = rf"[两一二三四五六七八九]\s?[二三四五六七八九两]\s?(?:{_GOODS}|个)|\d{{1,2}}\s?[-~到]\s?\d{{1,2}}\s?(?:{_GOODS}|个)|几(?:{_GOODS}|个)|(?:多|一些|好)(?:{_GOODS})"
        parts = [
            ("skip", rf"{_NOT_COLOUR}|第\s?{_NUM}(?!\s?(?:号|款|个|样|条|件|\d|[一二两三四五六七八九十百]))|\b(?:since|till|until) \d+|二手|一大?堆|一下|一起|一样|一直|一定|一点|一会|一共|一般|一边|一路|一波|第一次|再一次|一生|万一|唯一|一身|一百分|每一?[件个双套]|\b(?:a|some|my|more|another) coffee\b(?! [a-z])|(?<![拍买订我先给a-z码色])[上下前后这那哪同]一?[件个双套](?!裤|衣)|\bone of (?:my|your|you)\b|no one|which one|this one|that one|the one|another one of"),
            ("listing", rf"(?P<n1>{n})\s?号\s?(?:链接|鏈接|款|品|商品|宝贝|产品|连接)|(?:链接|连接)\s?(?P<n2>{n})(?!\d)|第\s?(?P<n3>{n})\s?(?:个链接|条链接|号链接|款|个(?!月|小时|人|问题|字)|样|条(?=链接))|(?P<n4>{n})\s?号(?!线|前|后|到|发|码|之|晚|早|上午|下午|那天|店|楼|位|桌|电池|选手|嘉宾|技师|球|粉丝|病|机(?!子))|(?:\blink|\bitem|\bnumber|\bno\.?|\bproduct|\blisting)\s?#?\s?(?P<n5>\d{{1,3}})(?!\d)|\b(?:link|item|number|listing) (?P<n7>two|three|four|five|six|seven|eight|nine)\b|#\s?(?P<n6>\d{{1,3}})(?!\d)|\b(?P<o1>{'|'.join(_EN_ORDINAL)}) (?:one|item|link|product)\b"),
            ("product", "|".join([*zh_names, *([latin.format("|".join(en_names))] if en_names else [])])),
            ("size", "|".join(filter(None, [
                latin.format("|".join(re.escape(s) for s in alpha if s.isascii())).replace("(?![a-z'])", "(?![a-wyz'])(?!x(?!\\d))") + r"\s?(?:码|号)?" if any(s.isascii() for s in alpha) else "",
                "|".join(re.escape(s) for s in alpha if not s.isascii()),
                rf"(?<!\d)(?:{'|'.join(digit)})\s?(?:码|号|的)|\bsizes? (?:{'|'.join(digit)})(?!\d)|(?<!\d,)(?<![\d.¥$€£x*#])(?:{'|'.join(s for s in digit if 20 <= int(s) <= 60 or int(s) >= 100) or '(?!)'})(?!\s?(?:{_OTHER_UNITS}|{_GOODS}|个|pairs?|pcs|pieces)|[\d.:/%a-rt-wyz]|x(?!\d))s?" if digit else "",
                r"(?<![a-z0-9'])(?:xxs|xs|x{0,4}l|[2-9]xl|s|m|x?ls|ms)(?:'s)?(?![a-wyz'])(?!x(?!\d))\s?(?:码|号)?|加大码?|[大中小均加]码|[大中小]号|[大小](?:的|瓶|杯|罐|盒|桶|容量)(?:的|那个|那款)?|\b(?:bigger|big|larger|smaller)\b|(?<![a-z])(?:extra small|extra large|small|medium|large)s?(?![a-z])",
            ]))),
            ("vague", vague + r"|\b(?:a few|several|some|a bunch of|many)\b"),
            ("other", rf"[¥$€£]\s?\d+(?:\.\d+)?|(?<!\d){n}(?:\.\d+)?\s?(?:{_OTHER_UNITS})(?![a-z])|\d+\.\d+|\d{{5,}}|\b(?:{_EN_NUM}) (?:{_OTHER_UNITS})\b|\d+\s?/\s?\d+"),
            ("quantity", rf"(?P<q1>{n})\s?(?:{_GOODS})|(?P<q2>{n})\s?个|(?<![妹弟女妻们他她子])(?P<q3>俩|仨)(?:{_GOODS}|个)?|(?:[x*×]|\btimes)\s?(?P<q4>{n}|{'|'.join(_EN_NUMBER)})(?![\da-z])(?:{_GOODS})?|(?<![\da-z])(?P<q5>\d{{1,2}}|\d{{3}}(?!\s?[x*×]\s?\d))\s?[x*×](?![a-z])|(?<![\da-z'])(?P<q6>\d{{1,3}}|{_EN_NUM})\s?(?:pcs?|pieces?|units?|nos?\.?|qty|pairs?|sets?|boxes|box|bottles?|packs?)\b(?: of)?|(?<![\da-z])(?P<q7>\d{{1,3}}) of\b|(?<!one )(?<!\d )\bpair of\b"),
            ("colour", "|".join(filter(None, [
                rf"(?:{'|'.join(zh_exact)})(?:色)?" if zh_exact else "",
                latin.format("(?:" + "|".join(en_exact) + ")s?") if en_exact else "",
                rf"(?:{zh_base})色?",
                latin.format(f"(?:{en_base})|(?:red|black|white|blue|green|grey|pink)s"),
            ]))),
            ("number", rf"(?<![\da-z.'])(?:\d{{1,4}}|{_EN_NUM})(?![\da-z'%])|(?:{_ZH_NUM})"),
            ("each", r"各(?:要|来|拿)?|\beach\b|\bone of each\b"),
            ("or", r"或者?|还是|\bor\b"),
        ]  # fmt: skip
        return re.compile("|".join(f"(?P<{kind}>{part})" for kind, part in parts if part))

    def _token(self, kind: str, found: str, match: re.Match[str]) -> tuple[Kind, str, bool]:
        inner = next(
            (v for k, v in match.groupdict().items() if v and k[0] in "nqo" and len(k) == 2), ""
        )
        match kind:
            case "listing":
                place = _EN_ORDINAL.get(inner) or number(inner) or 0
                if place not in self.listings and found.endswith("号") and inner in self._sizes:
                    return "size", size_key(inner), False
                sure = not found.endswith("号") or place in self.listings
                return ("listing", str(place), False) if sure else ("other", found, False)
            case "product":
                return "product", self._name(found), False
            case "size":
                size = read_size(found)
                return "size", self._sizes.get(size, size), False
            case "vague":
                return "quantity", "1", True
            case "quantity":
                value = number(inner)
                return "quantity", str(value or 1), value is None
            case "number":
                value = number(found)
                if found in _DOZENS:
                    return "quantity", str(value), False
                return (
                    ("number", str(value), False) if value is not None else ("quantity", "1", True)
                )
            case "colour":
                return "colour", self._colour(found), False
            case "each":
                return "each", "", False
            case "or":
                return "or", "", False
            case _:
                return "other", found, False

    def _name(self, found: str) -> str:
        for name in (found, found.removesuffix("s"), found.removesuffix("es")):
            if name in self._names:
                return ",".join(str(n) for n in self._names[name])
        return ""

    def _colour(self, found: str) -> str:
        bare = found.removesuffix("色").removesuffix("s")
        for word in (found, bare):
            if word in self._exact_colours:
                return word
        for word in self._exact_colours if found.isascii() else ():
            if word.replace(" ", "") == re.sub("[ -]", "", found):
                return word
        return _ZH_COLOUR.get(bare) or _ZH_COLOUR.get(found) or _EN_COLOUR.get(bare) or bare


def _colour_names(variant: Variant) -> set[str]:
    """A colour's names, with what they are shortened to: 陶土 of 陶土红, graphite of its black."""
    return set(_spellings(variant.colour.get("zh", ""), variant.colour.get("en", "")))


@lru_cache(maxsize=4096)
def _spellings(zh: str, en: str) -> tuple[str, ...]:
    zh, en = clean(zh), clean(en)
    names = {zh, zh.removesuffix("色"), en}
    for family in _ZH_COLOUR:
        if zh.endswith(family) and len(zh) - len(family) > 1:
            names.add(zh.removesuffix(family))
    first, _, last = en.partition(" ")
    if last in _EN_COLOUR and first not in _EN_COLOUR and len(first) > 2:
        names.add(first)
    return tuple(name for name in names if name)


def _variant_families(variant: Variant) -> set[str]:
    return {family for name in _colour_names(variant) for family in _families(name)}


@lru_cache(maxsize=4096)
def _families(word: str) -> frozenset[str]:
    """The basic colour that a colour's name speaks of, by its end: 云朵白 is white, 墨蓝 blue."""
    if word in _FAMILIES:
        return frozenset({word})
    for name in sorted(_ZH_COLOUR, key=len, reverse=True):
        if word.removesuffix("色").endswith(name.removesuffix("色")):
            return frozenset({_ZH_COLOUR[name]})
    last = re.findall(r"[a-z]+", word)[-1:]
    return frozenset(_EN_COLOUR[name] for name in last if name in _EN_COLOUR)


def _product_names(listings: Collection[Listing]) -> dict[str, list[int]]:
    names: dict[str, list[int]] = {}
    for item in listings:
        for name in (*item.product.title.values(), *item.product.aliases, item.product.id):
            key = clean(name)
            if (len(key) > 1 or not key.isascii()) and item.number not in names.setdefault(key, []):
                names[key].append(item.number)
    ends: dict[str, set[int]] = {}
    for item in listings:
        for name in item.product.title.values():
            for end in _ends(clean(name)):
                ends.setdefault(end, set()).add(item.number)
    names |= {
        end: list(where) for end, where in ends.items() if len(where) == 1 and end not in names
    }
    return names


def _ends(name: str) -> list[str]:
    """What a name is shortened to: 月亮小夜灯 to 小夜灯, "Moon night light" to "night light"."""
    if name.isascii():
        parts = name.split()
        return [" ".join(parts[i:]) for i in range(1, len(parts) - 1)]
    if re.search(r"[^\u3400-\u9fff]", name) or len(name) < 4:
        return []
    return [name[-n:] for n in (2, 3, 4) if n < len(name) and not _families(name[-n:])]


def _exact_colours(variants: Iterable[Variant]) -> set[str]:
    return {name for variant in variants for name in _colour_names(variant) if len(name) > 1}
