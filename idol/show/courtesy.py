"""Short kind lines that are not in the script: welcome, thanks, a hold seen, sold out.

Several variants each, taken in turn so that she never repeats herself; viewers' names are
said only after `spoken_name` found them sayable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from idol.model import Language

LINES: Mapping[str, Mapping[Language, Sequence[str]]] = {
    "welcome": {
        "zh": (
            "欢迎{name}来到直播间！",
            "{name}来啦，晚上好呀！",
            "{name}你好，找个舒服的位置坐下来看看。",
            "看到{name}进来了，欢迎欢迎！",
        ),
        "en": (
            "Welcome in, {name}!",
            "Hi {name}, lovely to see you here!",
            "{name} just joined us, hello!",
            "Hey {name}, make yourself at home.",
        ),
    },
    "thanks": {
        "zh": (
            "谢谢{name}支持，{item}已经下单成功啦！",
            "{name}付款成功，{item}马上安排，谢谢你！",
            "感谢{name}带走{item}，希望你会喜欢！",
            "{name}，{item}收到你的订单了，谢谢信任！",
        ),
        "en": (
            "Thank you {name}, your order for {item} is in!",
            "{name}, payment received for {item}, thank you so much!",
            "A big thank you to {name}, {item} is yours!",
            "That's {item} for {name}, thank you for trusting us!",
        ),
    },
    "held": {
        "zh": (
            "{name}要的{item}给你留好了，点一下确认就行。",
            "{item}先给{name}锁住啦，记得点确认哦。",
            "{name}，{item}帮你占好位置了。",
        ),
        "en": (
            "{name}, I'm holding {item} for you, just tap confirm.",
            "Got it {name}, {item} is reserved for you.",
            "{item}, held for {name}. Tap confirm whenever you are ready.",
        ),
    },
    "packet_open": {
        "zh": (
            "{item}来了，点一下屏幕上的红包就能参加！",
            "给大家发个红包，{item}，点一下就能参加！",
        ),
        "en": (
            "A red packet is open: {item}. One tap and you are in!",
            "Here comes a red packet, {item}. Tap it to take part!",
        ),
    },
    "packet_drawn": {
        "zh": ("{item}开奖啦，恭喜{name}！", "{item}的结果出来了，恭喜{name}！"),
        "en": (
            "{item} is drawn. Congratulations, {name}!",
            "We have the winners of {item}: congratulations, {name}!",
        ),
    },
    "packet_nobody": {
        "zh": ("{item}开奖了，这次没有人参加，下次记得点一下。",),
        "en": ("{item} is drawn, and nobody took part. Tap the next one!",),
    },
    "sold_out": {
        "zh": ("{item}这一批抢完啦！", "{item}现货已经没有了，谢谢大家！"),
        "en": ("{item} is sold out!", "And that was the last {item}, thank you all!"),
    },
}

SOMEBODY: Mapping[Language, str] = {"zh": "这位朋友", "en": "my friend"}
"""What she says where a name cannot be said."""


class Courtesies:
    """Chooses variants in turn."""

    def __init__(self) -> None:
        self._next: dict[tuple[str, Language], int] = {}

    def line(self, kind: str, language: Language, *, name: str = "", item: str = "") -> str:
        """The next variant of `kind`, filled in."""
        variants = LINES[kind][language]
        turn = self._next.get((kind, language), 0)
        self._next[kind, language] = turn + 1
        text = variants[turn % len(variants)]
        text = text.format(name=name or SOMEBODY[language], item=item)
        return text if name else text[:1].upper() + text[1:]
