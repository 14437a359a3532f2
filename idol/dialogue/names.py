"""How to address a viewer aloud. A name is untrusted text: it is spoken only if it is harmless."""

from __future__ import annotations

import re
import unicodedata

from idol.dialogue.claims import lexicon
from idol.model import Language

MAX_ZH = 8
MAX_EN = 16
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’-]*|[\u3400-\u9fff]+")
_BAD = re.compile(
    r"傻|逼|操|妈的|他妈|去死|滚|垃圾|骗|假货|狗屎|婊|鸡巴|屌|日你|贱|智障|脑残|主播|官方|客服|管理|小助手"
    r"|习近平|毛泽东|政府|共产|法轮|台独|纳粹|希特勒"
    r"|fuck|shit|bitch|cunt|nigg|fag|dick|cock|pussy|whore|slut|rape|nazi|hitler|scam|fake|fraud"
    r"|official|admin|moderator|support|host|http|www|\.com|\.cn|微信|qq|vx|telegram|whatsapp"
    r"|免费|元|块钱|折|ignore|instruction|system|忽略|指令|大家|所有人|everyone|price|sold",
    re.I,
)

_NOBODY = ("user", "guest", "viewer", "用户", "游客", "观众", "新用户")
"""What a page calls those who have given no name."""


def spoken_name(name: str) -> str:
    """A viewer's name as it may be spoken, or empty: letters only, short, no number, claim,
    address, insult, or office that the viewer does not hold.

    >>> spoken_name("  Tom ")
    'Tom'
    >>> spoken_name("买一送一")
    ''
    """
    text = unicodedata.normalize("NFKC", name).strip()
    flat = re.sub(r"[\W_]+", "", text)
    if _BAD.search(text) or _BAD.search(flat) or lexicon().claims(flat) or lexicon().claims(text):
        return ""
    if re.search(r"\d{2,}", text):
        # "user8839201" is nobody's name, and "小明88" is 小明; more digits are an advertisement.
        text = re.sub(r"\d{1,4}$", "", text)
        if re.search(r"\d", text) or text.strip().lower() in _NOBODY:
            return ""
    words = _WORDS.findall(text)
    if not words:
        return ""
    chosen = words[0]
    if chosen.isascii():
        if len(words) > 1 and len(f"{chosen} {words[1]}") <= MAX_EN and words[1].isascii():
            chosen = f"{chosen} {words[1]}"
        return chosen if 2 <= len(chosen) <= MAX_EN else ""
    return (
        chosen
        if len(chosen) <= MAX_ZH and not re.fullmatch(r"[一二三四五六七八九十百千]+", chosen)
        else ""
    )


def address(name: str, language: Language) -> str:
    """Either "小明，" or "Tom, ", or empty where the name is better not spoken."""
    said = spoken_name(name)
    if not said or (language == "en" and not said.isascii()):
        return ""  # the English voice cannot say a Chinese name
    return f"{said}，" if language == "zh" else f"{said}, "
