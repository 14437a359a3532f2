# ruff: noqa: E501 - word lists read best on one line
"""Dialect, slang and slips of the keyboard, put into the words that the grammar knows. Pure.

Cantonese, Sichuanese, Northeastern and Shanghainese words by a table; misspelt English words by
one slip (a letter lost, doubled, wrong, or two swapped) from a word that matters; words drawn
out ("plzzz", "twoo"); and ways to say that one has stopped hesitating, which are no refusals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from idol.commerce.bilingual import Bilingual

_ZH = {
    # Cantonese; written characters are simplified by now
    "有冇": "有没有", "冇话": "没说", "嗰阵": "的时候", "嗰": "那", "^平(?=那|点|的时候|嗰)": "便宜", "冇得": "没有", "冇": "没有", "唔该晒": "谢谢", "唔该": "谢谢", "多谢": "谢谢", "唔好意思": "不好意思",
    "唔好": "不要", "唔使": "不用", "唔要": "不要", "唔买": "不买", "唔想": "不想", "唔": "不", "几多钱": "多少钱", "几钱": "多少钱",
    "几多": "多少", "边度": "哪里", "边个": "谁", "点样": "怎么", "点解": "为什么", "点买": "怎么买", "几时": "什么时候", "乜嘢": "什么",
    "咩": "什么", "仲": "还", "睇": "看", "嚟": "来", "攞": "拿", "拎(?=[件条个瓶一两\\d])": "拿", "同我(?=[拿留要来拍下])": "给我", "揾": "找", "嘅": "的", "嘢": "东西", "啲": "些", "咗": "了", "听日": "明天",
    "琴日": "昨天", "寻日": "昨天", "而家": "现在", "依家": "现在", "佢哋": "他们", "佢": "他", "我哋": "我们", "你哋": "你们", "落单": "下单",
    "靓女": "美女", "靓仔": "帅哥", "好靓": "好看", "好抵": "划算", "系咪": "是不是", "系我": "我", "钟意": "喜欢", "平啲": "便宜点",
    "住先": "", "喇": "啦", "走一个": "走起",
    # Sichuanese
    "没得": "没有", "莫得": "没有", "好多(?=斤|久|长|高)": "多少", "一哈儿?": "一下", "前头": "之前", "幺儿|幺妹儿?": "孩子", "老汉儿?|嬢嬢|娘娘|老头子|屋头": "家里", "好多钱": "多少钱", "啥子": "什么", "咋个": "怎么", "哪个(?=要|买|拍|会)": "谁", "莫(?=要|买|拍|给|得)": "不",
    "要得不": "好不好", "要得嘛": "好吗", "要得": "好的", "巴适得很": "好", "巴适得板": "好", "巴适": "好", "老板儿": "老板", "妹儿": "妹妹",
    "晓得": "知道", "(?<=[两件个双要买来])撒": "", "噻": "", "安逸": "好",
    # Northeastern
    "嘎哈": "干什么", "嘎嘎": "很", "贼(?=好|美|带|拉|啦)": "很", "多儿钱": "多少钱", "咋(?=卖|买|这|样|拍|整|办|洗|退|还)": "怎么", "件儿": "件", "整活": "表演", "得劲": "好",
    "老妹儿?|老铁|大妹子|老弟|大哥|老姐": "主播", "薅": "拿", "捎": "拿", "杠杠的": "好", "老(?=好看|喜欢|美|贵)": "很",
    # Shanghainese, Hokkien
    "侬": "你", "阿拉": "我", "伐[?？]?$": "吗", "勿要": "不要", "勿": "不", "好伐": "好吗", "欲(?=购|买|要)": "要", "购买": "买", "双份": "两份",
    "俾|畀": "给",
    # slips of an input method, beside a size, a colour or a number
    "(?<=[a-z])(?:玛|马|吗(?=[两一二三四五\\d])|嘛(?=[两一二三四五\\d]))": "码", "(?<=[两一二三四五六七八九十\\d])(?:见(?!面)|间|建|剑|jian)": "件",
    "(?<=[黑白红蓝绿灰紫粉])(?:涩|瑟|se(?![a-z]))": "色", "(?<![a-z])hei(?:se|色)?": "黑色", "(?<![a-z])hong(?:se|色)": "红色", "(?<![a-z])bai(?:se|色)": "白色",
    "(?<![a-z])lan(?:se|色)": "蓝色", "(?<![a-z])l[vu](?:se|色)": "绿色", "(?<![a-z])hui(?:se|色)": "灰色", "(?<![a-z])fen(?:se|色)": "粉色", "(?<![a-z])zi(?:se|色)": "紫色",
    "(?<![a-z])ju(?:se|色)": "橘色", "(?<![a-z])huang(?:se|色)": "黄色",
    # "来瓶30ml" is one bottle; "xl1" and "3coral" are two words
    "(?<=[来买拿要整搞拍订弄带])(?=[件条瓶盏套支盒杯罐](?![事件数路子单装装]))": "一",
    "(?<=[黑白红蓝绿灰紫粉橘青色 ])(?:x{0,4}l|[2-9]xl|s|m)(?=\\d{1,2}(?:$|[^\\da-z码号%.]))": "\\g<0> ",
    "(?<!加)大(?=x{0,3}l(?![a-z]))": "", "(?:✖️?|✕|╳|⨉)": "x", "➕": "+", "中不(?=[?？]?$)": "行不", "(?<=[大小黑白红蓝绿灰紫粉])滴(?=[来要拿给一两])": "的", "尊嘟": "真的", "我(?:就|都|全)?(?:拿下|收下?|拿|带走|抱走|承包|盘下?)了(?=$|[,，。!！ ])": "我要了", "(?<=[a-z]{3})x(?=\\d{1,2}(?!\\w))": " x", "(?<![a-z])no\\. ?(?=\\d)": "#", "(?<=\\d)hao(?![a-z])": "号", "(?<![\\w.])4 (?=(?:me|my|us|him|her)\\b)": "for ", "(?<![a-z])qx(?![a-z])": "取消", "链[街结姐节]": "链接", "(?<=[\\da-z色码 ])[+](?=\\d)": " x", "(?<![a-z])size(?= *码)": "",
}  # fmt: skip
_PINYIN = {"yi": "一", "liang": "两", "san": "三", "jian": "件", "ge": "个", "tiao": "条", "ping": "瓶", "zhan": "盏",
           "lai": "来", "yao": "要", "xiang yao": "想要"}  # fmt: skip
_SPELT = re.compile(
    r"(?<![a-z'])(?:wo ?)?(yao|lai|xiang yao)? ?(yi|liang|san|[\d一两三]) ?(jian|ge|tiao|ping|zhan)(?![a-z])"
)
"""An order typed in pinyin: "wo yao liang jian"."""
_DIALECT = re.compile("|".join(f"(?P<g{i}>{p})" for i, p in enumerate(_ZH)))
_LATIN = re.compile(
    "|".join(f"(?P<g{i}>{p})" for i, p in enumerate(_ZH) if not re.search("[\u3400-\u9fff]", p))
)
_STANDARD = tuple(_ZH.values())

_EN = {
    "rde": "red", "erd": "red", "blakc": "black", "blk": "black", "wht": "white", "gry": "grey", "tow": "two", "bleu": "blue", "bule": "blue", "balck": "black", "won": "one", "pls": "please", "plz": "please", "plss": "please",
    "plox": "please", "thx": "thanks", "ty": "thanks", "ta": "thanks", "cheers": "thanks", "tq": "thanks", "tks": "thanks", "mam": "host", "maam": "host", "ma'am": "host", "madam": "host", "didi": "host", "mate": "host", "hun": "host", "tysm": "thanks", "u": "you", "ur": "your", "rn": "right now",
    "im": "i'm", "ill": "i'll", "id": "i'd", "dont": "don't", "cant": "can't", "wont": "won't", "didnt": "didn't", "ive": "i've",
    "wanna": "want to", "gonna": "going to", "gotta": "have to", "lemme": "let me", "gimme": "give me", "imma": "i'll", "ima": "i'll",
    "cuz": "because", "bc": "because", "tmrw": "tomorrow", "tmr": "tomorrow", "ya": "you", "yall": "you", "y'all": "you",
    "idk": "not sure", "dunno": "not sure", "shoulda": "should have", "coulda": "could have", "woulda": "would have", "purchase": "buy",
    "purchasing": "buying", "qty": "", "quantity": "", "tke": "take", "wnat": "want", "waht": "what", "blu": "blue",
    "med": "medium", "lrg": "large", "lg": "large", "sml": "small", "gime": "give me", "giv": "give", "finna": "i'll", "boutta": "i'll",
    # what viewers of English shows say in Spanish, Tagalog, French
    "quiero": "i want", "dame": "give me", "porfa": "please", "porfavor": "please", "gracias": "thanks", "un": "one", "una": "one",
    "dos": "two", "po": "", "salamat": "thanks", "merci": "thanks",
}  # fmt: skip
_PHRASES = re.compile(
    r"\bjust the one\b|\bdouble (?!check|sided|layer|breasted|zip|stitch|the|that|up|tap|down|wall)|\bhook me up with\b"
    r"|\bdibs(?: on)?(?= \w)|\b(?:claim(?:ing)?|bin) (?=\d|one\b|two\b|three\b|a\b)|\b(?:snag|throw|toss|slide|pass|chuck|shoot|bag) (?:me|us)(?= \w)|\b(?:let's|i'll|gonna|let me) try (?=one\b|two\b|an? |\d)|\bcop (?=a|one|two|the|\d)|\bpa order\b"
)
_PLAINLY = {
    "just the one": "just one",
    "double ": "2 ",
    "cop ": "get ",
    "pa order": "please order",
}
_KEY = [
    "black",
    "white",
    "green",
    "yellow",
    "purple",
    "orange",
    "brown",
    "beige",
    "please",
    "three",
    "large",
    "small",
    "medium",
    "order",
    "jacket",
    "sneaker",
    "sneakers",
    "piece",
    "pieces",
    "pairs",
    "couple",
    "dozen",
    "ordered",
    "bought",
    "yesterday",
]
_DRAWN = frozenset(
    [
        "two",
        "one",
        "three",
        "black",
        "red",
        "white",
        "yes",
        "so",
        "hey",
        "omg",
        "ok",
        "okay",
        "need",
        "want",
        "please",
        "buy",
        "love",
        "me",
        "take",
    ]
)
_COMMON = frozenset(
    [
        "order",
        "orders",
        "older",
        "border",
        "larger",
        "lager",
        "smell",
        "small",
        "place",
        "places",
        "plate",
        "brow",
        "brown",
        "crown",
        "grown",
        "back",
        "lack",
        "blackk",
        "pieces",
        "peace",
        "price",
        "prices",
        "greens",
        "green",
        "greed",
        "greet",
        "while",
        "write",
        "there",
        "these",
        "those",
        "threw",
        "three",
        "tree",
        "thee",
        "threw",
        "large",
        "barge",
        "charge",
        "double",
        "trouble",
        "couple",
        "dozens",
        "frozen",
        "pair",
        "pairs",
        "paris",
        "repairs",
        "ordered",
        "boarded",
        "brought",
        "bought",
        "sought",
        "fought",
        "jackets",
        "blacks",
        "blank",
        "block",
        "slack",
        "whites",
        "quite",
        "whiter",
        "orders",
        "smalls",
        "larges",
        "mediums",
        "pleased",
        "pleas",
        "shall",
        "stall",
        "smart",
        "flight",
        "sight",
        "might",
        "right",
        "night",
        "natural",
        "rule",
        "rules",
        "ruler",
        "pine",
    ]
)
_HESITATION = Bilingual(
    r"(?<!先)(?:不|别|甭|不用|懒得|没|无需|不要)(?:再)?(?:纠结|犹豫|看|讲价|砍价|介绍|讲解?|说|等|想|比|磨叽|磨蹭|废话|墨迹|啰嗦|挑|选|管|考虑)(?:了|啦|咯|那么多了?|这么多了?)(?=$|[\s,，。!！~]|直接|就|来|给|我)"
    r"|不(?:再)?(?:纠结|犹豫)了|啥也不说了?|什么都?也?不说了?|二话不说|话不多说|废话(?:不|少)(?:多)?说|别废话了?|没(?:有)?犹豫|毫不犹豫|终于等到了?|说(?P<v>[买拍冲来要])就(?P=v)|等(?:了)?好久了?|别抢了?(?=给|留|我)|不用多说|一个不够(?!吗)|别的(?:都)?不要(?!了)|其他的?(?:都)?不要(?!了)|听劝了|(?:给|帮|替)(?:我|俺)?(?:爸妈?|妈妈?|爸爸|老公|老婆|媳妇|对象|孩子|儿子|女儿|闺女|朋友|闺蜜|姐|妹|哥|弟|奶奶|爷爷|婆婆|自己|家里)(?:买|拿|带|穿|用)的|(?<=[件个双条套 ,，])(?:我|俺)?(?:爸|妈|老公|老婆|媳妇|对象|孩子|儿子|女儿|闺女|朋友|闺蜜|姐|妹|哥|弟|奶奶|爷爷|婆婆|自己)(?:自己)?[穿用](?:的)?$|手慢无|手快有(?:手慢无)?|蹲(?:了)?(?:一晚上?|好久|半天)了?|等了?一晚上?了?"
    r"|(?:纠结|犹豫|考虑|想)了?(?:老?半天|好久|很久|一?晚上?|一天|半天)了?[,，]?(?:最后|终于)?(?:还是|决定|就)(?!没|不)"
    r"|(?<![色码a-z黑白红蓝绿灰黄粉紫橙橘])还是(?=[^,，。?？吗]{1,8}(?:吧|好看|耐看|好了)(?:$|[,，。\s]))"
    r"|\bwouldn't hurt\b|\bcan't go wrong\b|\bwon't regret(?: it)?\b"
    r"|\bno more (?:thinking|waiting|talk(?:ing)?|excuses)\b|\bsay no more\b|\bno (?:doubt|brainer|cap|hesitation|joke|need to think|regrets?)\b|\bcan(?:'t|not) (?:wait|resist|say no)\b|\bcouldn't resist\b|\bwhy not\b|\bnot even (?:thinking|joking|kidding)\b|\bdon't (?:even )?(?:care|need to think)\b|\bnot gonna lie\b|\bngl\b"
    r"|\b(?:i've |i have )?been waiting(?: (?:so long|forever|all day|all night|for (?:this|these|so long|it|you|ages)))?\b|\bif (?:you don't mind|you can|you could|possible|that's (?:ok|okay|fine)|it's not too (?:late|much trouble)|there's (?:any|still some) left)\b|\band that's (?:it|all)\b|\bi'?m begging\b|\btake my money\b|\bshut up and\b|\b(?:you|(?:the|that) [a-z]+) (?:convinced|got|sold) me\b(?! (?:one|two|an?|\d))|\bi'?m (?:sold|convinced)\b|\b(?:please )?coming my way\b|\bsame address\b|\bnot (?:the )?(?:red|black|white|blue|green) one,"
)


def standard(line: str, known: Iterable[str] = ()) -> str:
    """A `clean` line in standard words. `known` are the catalogue's own, which stay as they are."""
    line = _SPELT.sub(
        lambda m: "".join(_PINYIN.get(part, part) for part in m.groups() if part), line
    )
    line = (_LATIN if line.isascii() else _DIALECT).sub(_plain, line)
    line = re.sub(r"(?<![a-z\d.])(\d{1,2})(?=[a-z]{4})", r"\1 ", line)  # "2coral"
    if re.search(r"[a-z]{2}", line):
        names = frozenset(known)
        line = re.sub(r"[a-z']+", lambda m: _word(m[0], names), line)
        line = _PHRASES.sub(
            lambda m: _PLAINLY.get(
                m[0], "get me" if m[0].endswith((" me", " us")) else "i'll take "
            ),
            line,
        )
    decided = _HESITATION.sub(" ", line)
    return _tidy(decided) or _tidy(line)


def _plain(match: re.Match[str]) -> str:
    word = _STANDARD[int((match.lastgroup or "g0")[1:])]
    return match[0] + " " if word == r"\g<0> " else word


def _tidy(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip(" ,，")


def _word(word: str, known: frozenset[str]) -> str:
    if word in known:
        return word
    if word in _EN:
        return _EN[word]
    drawn = re.sub(r"(.)\1+", r"\1", word) if word not in _COMMON else word  # plzz, twoo, pleasee
    if drawn != word and (drawn in _EN or drawn in _KEY or drawn in _DRAWN):
        return _EN.get(drawn, drawn)
    if len(word) < 4 or word in _COMMON or word in _KEY:
        return word
    keys = [*_KEY, *(key for key in known if len(key) > 4)]
    return next((key for key in keys if _slip(word, key)), word)


def _slip(word: str, key: str) -> bool:
    """Whether one slip of the keyboard leads from the key to the word, its first letter kept."""
    if word[0] != key[0] or abs(len(word) - len(key)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, key, strict=False)) if a != b), None)
    if start is None:
        return len(word) != len(key)
    if len(word) > len(key):
        return word[start + 1 :] == key[start:]
    if len(word) < len(key):
        return word[start:] == key[start + 1 :]
    swapped = word[start + 1 : start + 2] + word[start : start + 1] + word[start + 2 :]
    return word[start + 1 :] == key[start + 1 :] or swapped == key[start:]
