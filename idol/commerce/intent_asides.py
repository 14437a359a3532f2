# ruff: noqa: E501 - word lists read best on one line
"""What a buyer says beside the order: slips taken back, patience with a presale, who gets which. Pure.

Asides are cut before the grammar reads a line, as they sound like what they are not: "晚点发没事"
is no putting off, "don't mind waiting" no refusal, and "一人一件" no talk of limits.
"""

from __future__ import annotations

import re

from idol.commerce.bilingual import Bilingual
from idol.commerce.lexicon import Lexicon, Token

_UNITS = "[件条个套瓶盏双只支台份张]"
_OWN = r"(?:我|俺|咱)?(?:自己|妈妈?|爸爸?|爸妈|姐姐?|妹妹?|哥哥?|弟弟?|闺蜜|朋友|同事|室友|老公|老婆|媳妇|对象|男朋友|女朋友|男票|女票|婆婆|奶奶|爷爷|外婆|姥姥|儿子|女儿|闺女|孩子|娃儿?|宝宝|家里|全家|大人|小孩)"
_PLACE = "(?:客厅|卧室|书房|厨房|餐厅|浴室|阳台|门口|桌上|床头|办公室|公司|单位|宿舍|学校|家里|老家|车上|自用|自留|送人|备用|换洗|囤着)"
_ASIDES = [
    # Patience: with the date, the parcel, the queue.
    r"(?:我)?(?:可以|愿意|能|不怕|不介意|不急着?|慢慢)等(?:的|哈|得起|得了|着|你们)?(?:\s?\d+\s?(?:天|周|个月))?(?:都?(?:行|可以|没事|没关系))?",
    r"(?:等|过)\s?(?:几|\d{1,2}|[一二两三四五六七八九十]{1,3}|半个?)(?:天|周|个?星期|个?月)(?:再发)?(?:货)?(?:也|都)(?:行|可以|没事|没关系|ok|中|要得)",
    r"(?:晚点|晚些|晚几天|慢点|慢慢|迟点)(?:再)?(?:发货?|寄|到)(?:货)?(?:也|都)?(?:行|可以|没事|没关系|不要紧|ok|无所谓)?",
    r"(?:预售|现货)(?:的)?(?:我)?(?:也|都)(?:可以|行|没事|没关系|ok|要|等)(?=$|[,，。\s])|预售(?:的)?我也(?=要|来|拿|订)|预售(?:也)?没(?:关系|事)",
    r"(?:发货)?(?:不着急|不急)(?:用|发|着用|着发)?(?:货)?(?=$|[,，。\s])",
    r"(?:已经|都)?(?:等|蹲|守|排)(?:了(?:老?半天|好久|一天|一?晚上?|[^多几,，]{1,4}(?:钟头|小时|分钟|天))(?:了|咯|啦|喽)?|(?:老?半天|好久|一天|一?晚上?|[^多几,，]{1,4}(?:钟头|小时|分钟|天))(?:了|咯|啦|喽))",
    # Whom it shall fit, said with an order, and the haste of it.
    r"(?:我|本人|身高)?\s?1[4-9]\d\s?(?:cm|厘米|公分)?[\s,，/、]*(?:体重)?\d{2,3}\s?(?:kg|斤|公斤)?(?:的)?[\s,，]*(?=就|来|拿|要|黑|白|给|□|$|[^\d\s?？吗])(?!穿|选|能|合|会|适|应|是|该|m|l|x|s)",
    r"\b(?:i(?:'m| am)|(?:he|she)(?:'s| is)|my [a-z]+(?:'s| is)) (?:about |like |only |around )?(?:(?:\d'\d{0,2}\"?|\d{2,3} ?(?:cm|kg|lbs?|pounds?)|\d ?(?:ft|foot)(?: ?\d{1,2})?)[,/ ]*(?:and )?)+(?:so |then )?(?=[a-z])|\bi(?:'m| am) (?:usually |normally |always |a |an |size )+(?:xs|s|m|l|xl|small|medium|large),? (?:usually |normally )?so\b",
    r"(?:我)?怕(?:没了|没货|抢不到|卖完|来不及|断货|错过)了?(?=$|[,，。\s])|(?:你|主播)?(?:听到|看到|看见|听见)了?(?:吗|没有?)(?=$|[?？,，。\s])",
    r"等我[^,，。]{1,6}(?:付|给|转)(?:钱|款|账)(?=$|[,，。\s])",
    r"别(?:断货|没了|没货|卖完|卖光)了?(?=$|[,，。\s])|(?:先)?(?:抢|买|拍)了?再说(?=$|[,，。\s])|(?:同)?一个地址|worth the wait",
    r"^(?:i'?m )?\d'\d{0,2}\"?[,/ ]+(?:and )?\d{2,3} ?(?:lbs?|pounds?|kg)?[,/ ]+(?:so |then )?(?=[a-z])",
    r"(?<![\w.])(?:\$|£|€)?\d+(?:\.\d+)?(?: (?:bucks|dollars|days?|weeks?|months?))? (?:is|are|'s|seems|sounds) (?:a |really |very |totally |quite )*(?:fair|fine|good|great|ok|okay|reasonable|cheap|no problem)(?: price| deal| with me| by me)*(?=$|[,.! ])",
    r"(?:(?<=[\s,，])|^)(?:我|本人)?(?:身高\s?1[4-9]\d\s?(?:cm|厘米|公分)?|体重\s?\d{2,3}\s?(?:kg|公斤|斤)?|1[4-9]\d\s?(?:cm|厘米|公分)?(?:的个子)?)(?=$|[\s,，])",
    # Advice taken.
    r"(?:按|照|听|既然|就?信|因为)?(?:你|您)(?:们)?(?:刚才|刚刚)?(?:说|推荐|建议)的?(?:尺码|的话)?[^,，。?？吗呢没]{0,12}[,，]\s?(?=就|那|来|拿|要|给|帮)",
    r"(?:按|照|听|既然|就?信|因为)(?:你|您)(?:们)?(?:说|推荐|建议)的?[^,，。?？吗呢没]{0,12}(?:[,，]|(?=那就))|送(?:长辈|人|礼|妈妈?|爸爸?|婆婆|朋友|闺蜜|领导|老师)的话",
    r"\b(?:ok |okay |since |as |because |if )*(?:you|u) (?:said|say|recommend(?:ed)?|suggest(?:ed)?|told me)(?: to (?:get|take|buy))?(?: (?:a|an|the|size|that))* ?(?:xs|s|m|l|xl|small|medium|large)? ?(?:is (?:right|best|good))?(?: so|,| then) ?(?=one|two|a |an |\d|i'll|let|please)|\bif (?:m|s|l|xl|it|that)(?: is|'s) what (?:you|u) recommend\b",
    r"^(?:since|because|now that|after (?:see|hear|read|watch|try|think|look|all|your|that|this)[a-z]*) [^,?]{3,60}?(?= (?:i'll (?:take|get|have|grab|do)|i need) (?:one|two|three|an?|\d))",
    r",? if (?:it|they) (?:doesn't|does not|don't|won't) fit\b[^,.]*$",
    # What one says before one speaks, and what the senses say.
    r"(?:总算|终于|可算)?抢到(?:了|个)?(?:说话|发言|前排|沙发|名额|位置|机会|镜头)(?:的?机会)?了?(?=[,，。!\s])",
    r"^(?:光)?[闻看摸听穿戴]着(?:就|都)(?:很|好|挺|特别)?(?:香|暖和?|软和?|舒服|轻|好看?|美|喜欢|高级|有食欲|结实|踏实)了?(?=[,，。!\s])",
    r"^在(?:吗|么|不|嘛)[?？,，\s]+(?=\S)",
    r"^(?:嗯+|哦+|噢+|哎呀?|哇塞?|啊+|呃+|好[的滴哒嘞呀]|ok|okk|收到(?=[,，。!\s])|明白|懂了|yep|yup|yeah|alright)+[,，。!\s]*(?=\S)",
    # How it was decided.
    r"^(?:我)?(?:听|看)(?:了|完)了?(?:你|您|主播)?的?(?:介绍|讲解|建议|解说|测评)(?:了|后|之后)?(?:就|我)?(?:更|很)?(?:放心|明白|清楚|懂|心动|安心|踏实)?了?(?=[,，\s])",
    r"^既然[^,，。?？不没]{2,10}(?:这么|那么|如此)(?:好|舒服|划算|轻|软|暖和?)[,，]?\s?(?=那|就|来|要|给)",
    r"^我?(?:对比|比较|比|想|考虑|琢磨)了(?:对比|比较|比|想|考虑|琢磨)?(?:一?下|半天|好久)(?:[,，]|\s?(?:还是|觉得))?\s?(?=[^,，\s])",
    r"^(?:这|那)(?:次|回)我?(?:想)?(?:换|试)(?:个|一个|种|条|款)(?:颜色|款式?|口味|大小|尺码|新的)(?=[,，\s])",
    r"\b(?:i'?m |i am |i'?ll )?(?:going|go) (?:with|by|on) (?:your|the host's|that) (?:advice|recommendation|suggestion|word|sizing)\b",
    # What it is for.
    r"(?<=[件个条套瓶盏只支])[,，\s]*[^不没怎么能够敢好会值吗啥几多,，\s]{1,3}(?:穿|背|戴|用|喝)(?=$|[,，。\s])",
    r"\b(?:i(?:'m| am) )?(?:happy|fine|ok|okay|good|glad|willing) (?:to wait|with (?:the )?(?:wait|waiting|that)|waiting)(?: for it)?\b",
    r"\b(?:i )?(?:don't|do not|won't) mind (?:the )?(?:wait(?:ing)?(?: for it)?|pre-?order|presale|delay)\b|\b(?:i'll|i can|i will|will) (?:happily )?wait(?: for (?:it|them))?\b|\b(?:no|not a) (?:rush|hurry|problem|issue|worries)(?: (?:waiting|to wait|with (?:the )?wait(?:ing)?|at all))?\b|\b(?:delivery|shipping|dispatch|delivered|posted|arriving) (?:in |by |on )?[\w ]{0,14}(?:is |are |'s )?(?:fine|ok|okay|good|no problem)\b|\bwaiting is (?:fine|ok|okay)\b|\bwait is (?:fine|ok|okay)\b|\b(?:pre-?orders?|presale|back-?order|the (?:wait|date)) (?:is|are|'s) (?:fine|ok|okay|good|no problem)(?: (?:with|by|for) me)?\b|\btake your time\b",
    # Haste, and that none of it may be missing.
    r"再不(?:买|下单|拍|抢|入手?|冲)[^,，。□?？吗]{0,8}了(?=$|[,，。\s])|预?售?(?:的)?我?等得(?:起|了)(?=$|[,，。\s])|一[件个条只瓶盏套]都?(?:不能|不许|不可)少|缺一不可",
    r"(?:够了|就够了?|就好了?|就行了?|就可以了?)(?=$|[,，。\s])",
    # A slip of the finger that the line does not take up again.
    r"(?:刚才|刚刚|刚|前面|上条|上面)?(?:手滑|手误|打快|手快)?(?:打|写|输|说)错(?:字|码|号)?了?(?:哈|哦|啊|抱歉|不好意思)*$|^(?:上一?条)?(?:打|写|输)错(?:字|码)?了?(?=[,，。\s])",
    r"\b(?:one|1) for (?:me|my [a-z]+|him|her),? (?:and )?(?:one|1|another) for (?:me|my [a-z]+|him|her|myself)\b",
    # Where to and how, said with an order.
    r"(?:老|原来|同样|上次|之前)(?:的)?地址|地址(?:不变|照旧|一样|同前|还是老的|跟上次一样)|(?:微信|支付宝|花呗|马上|立马|秒|现在就?|立刻)付(?:款)?(?:了)?(?=$|[,，。\s])",
]  # fmt: skip
_ASIDE = Bilingual(*_ASIDES)
_SHARES = Bilingual(*[
    rf"[一1]{_UNITS}(?:给|留给?|送)?(?:{_OWN}|人|我)(?:穿|用|戴|背|喝|吃)?[,，、]?(?:另|还有|再)?外?[一1]{_UNITS}(?:给|留给?|送)?(?:{_OWN}|人|我)(?:穿|用|戴|背|喝|吃)?(?=$|[,，。\s])",
    rf"(?:[一1]{_UNITS}|\d{_UNITS})(?:给|留给?|放|送|归|在|挂|穿|摆){_OWN}?[\u3400-\u9fff]{{0,4}}?[,，、]?(?:另|还有|再)?(?:外)?[一1]{_UNITS}(?:给|留给?|放|送|归|在|挂|摆)(?:{_OWN}|[\u3400-\u9fff]{{1,3}})(?=$|[,，。\s])",
    rf"[\u3400-\u9fff]{{1,3}}里?(?:放|摆|挂|留)[一1]{_UNITS}[,，、]?\s?[\u3400-\u9fff]{{1,3}}里?(?:放|摆|挂|留)[一1]{_UNITS}(?=$|[,，。\s])",
    rf"(?:{_PLACE}){{0,2}}一边(?:放|挂|摆)?[一1]{_UNITS}(?:刚?好)?(?=$|[,，。\s])",
    rf"(?<=[\s,，])[一1]{_UNITS}(?:放|给)?{_PLACE}[,，、]?[一1]{_UNITS}(?:放|给)?{_PLACE}(?=$|[,，。\s])",
    rf"(?:给)?(?:{_OWN}|我|俺)[一1]{_UNITS}[,，、]?(?:{_OWN}|我|俺)(?:自己)?(?:也)?[一1]{_UNITS}(?=$|[,，。\s哈嘛啊])",
    rf"(?:{_OWN}|我|俺)?(?:和|跟|与)?(?:{_OWN}|我们?|他们?|俩)?(?:俩)?(?:一家[一二三四五六七八]口)?一?人[一1]{_UNITS}(?:共[\d一两二三四五六]{_UNITS})?(?=$|[,，。\s哈嘛啊])",
])  # fmt: skip
"""Who gets which: said beside a number, or with two named and so a number itself."""
_TWO = re.compile(
    rf"(?:我|俺)(?:和|跟|与)(?:我|俺)?{_OWN}(?:一人|各|每人)(?:要|来|拿)?一(?={_UNITS})|我们?俩(?:一人|各|每人)(?:要|来|拿)?一(?={_UNITS})"
)

_SLIP = Bilingual(
    r"(?:[啊哦噢呃额诶欸哎唉]+[,，\s]*)?(?:(?<!对)(?<!颜色)(?<!尺寸)(?<!尺码)(?<!大小)(?<!码数)(?<!数量)(?<!东西)(?<!好像)不对(?!劲|称|吗|啊你|呀你|版)|不是不是|不不+|(?:打|写|说|输|看|选|点|拍)错(?:字|码|号)?了?|手滑了?|不要了?(?=[,，\s]*(?:给我|帮我)?(?:换|改))|手误|口误|更正|纠正一?下|(?<=[啊哦噢呃额诶哎])不(?=[,，\s]|是|要|来)|改(?:一下|为|要|拍)|还是(?:换|改)(?:成)?|(?:也|挺|蛮|很|都)(?:好看|不错|漂亮|可以|美)[,，\s]*(?:不过|但是?|可是)(?:我)?(?:还是)?(?:要|选)?|算了(?=[,，\s]*(?:还是|要|来|拿|换|改|给我)))(?:[,，。.!\s]*(?:应该)?(?:是|要|换成?|改成?|还是)(?![吗不]))?"
    r"|\b(?:oh |hang on |hold on )?(?:no,? wait|no,? hang on|hang on|no,? hold on|wait,? no|wait|oops|whoops|sorry|my bad|i meant|i mean|meant|correction|scratch that|actually|or rather|no no|no(?=, )|typo)\b(?:,? (?:no|i meant|i mean|make (?:it|that)|make))*"
)
_RUN_ON = re.compile(
    rf"(?<=[了的吧呢啊呀])(?<![a-z色]的)(?=(?:那就?|就|再|还是|也)*(?:给我|帮我|替我|我要|来|拿)(?:来|拿|留|拍|整|下)?[一二两三四五六七八九十俩\d]{_UNITS})"
    r"|(?<=[好了行吧错适])(?=那?就[^,，不没]{0,8}[一两二三四五六俩\d]\s?[件个条瓶盏只罐套双])"
    r"|(?<=[a-z]) (?:so|because|cause|cuz) (?=(?:yeah,? |please |ok |just )*(?:i'll|i'd like|i want|i need|give me|get me|put me|let me|can i|make it|one|two|three|four|five|six|\d))"
    r"|(?<=[a-z]) (?=(?:omg|ugh|anyways?) )|(?<=please) (?=(?:my|i|it|we|for) )"
    r"|(?<=\w \w{3})(?<!please) (?=(?:give|get|put) me (?:down for )?(?:one|two|three|an?|\d))"
)
"""Where an order begins in a line typed or dictated without a comma: "穿坏了|再来一件"."""
_ATTRIBUTES = ("colour", "size")


def plain(line: str, lexicon: Lexicon) -> str:
    """A standard line without its asides, and as it reads after taking back its own slips."""
    for pattern, counted in ((_ASIDE, False), (_SHARES, True)):
        said = pattern.sub(" ", line)
        if said == line:
            continue
        kinds = {token.kind for token in lexicon.scan(said)[0]}
        if "quantity" in kinds or (kinds and not counted):
            line = said.strip(" ,，")
    return corrected(_RUN_ON.sub(", ", _TWO.sub("两", line)), lexicon)


def corrected(line: str, lexicon: Lexicon) -> str:
    """ "黑色L一件，不对，要M" as "黑色一件, 要M": what is said after a slip stands for what was said.

    Only where both sides name something, and where it is plain what replaces what.
    """
    for slip in reversed(list(_SLIP.finditer(line))):
        tokens, _ = lexicon.scan(line)
        before = [t for t in tokens if t.end <= slip.start()]
        after = [t for t in tokens if t.start >= slip.end()]
        dropped = _superseded(before, after, line)
        if dropped:
            chars = list(line)
            for token in dropped:
                chars[token.start : token.end] = " " * (token.end - token.start)
            head, tail = "".join(chars[: slip.start()]), "".join(chars[slip.end() :])
            return re.sub(r"\s+", " ", f"{head}, {tail}").strip(" ,")
    return line


def _superseded(before: list[Token], after: list[Token], line: str) -> list[Token]:
    """What of the words before a slip the words after it replace; nothing if that is unclear."""
    new = {_role(t, line) for t in after} - {"", "one"}
    if "count" in new:
        new.add("one")
    if {"colour", "size"} <= new or "thing" in new:
        new |= {"colour", "size"}
    old = [t for t in before if _role(t, line) in new]
    roles = [_role(t, line) for t in old]
    if not old or len(roles) != len(set(roles)) or any(t.kind == "or" for t in after):
        return []
    return old


def _role(token: Token, line: str) -> str:
    if token.kind in _ATTRIBUTES:
        return token.kind
    if token.kind in ("listing", "product"):
        return "thing"
    if token.kind == "quantity":
        return "count"
    if token.kind == "number" and line[token.start : token.end] not in ("a", "an", "one"):
        return "count"
    if token.kind == "number" and line[token.start : token.end] == "one":
        return "one"
    return ""
