"""What the layers of a drawing may be called, in English and Chinese, and what each becomes.

A name is compared without case, spaces, dashes, numbers in front and words for a side: which side
a layer is on is seen from where it lies.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from idol.model import VISEMES


@dataclass(frozen=True, slots=True)
class Role:
    """How a layer of this kind hangs on the body. `z` is its place when no order is given."""

    z: int
    names: tuple[str, ...]
    head: float = 0.0
    depth: float = 0.0
    curve: float = 0.0
    rim: float = 0.0
    swing: tuple[str, float] | None = None
    """The spring it hangs on, and how much of it."""
    fade: str = ""


ROLES: dict[str, Role] = {
    "hair_back": Role(
        10, ("hairback", "backhair", "rearhair", "后发", "後髮", "后头发", "后髮"),
        head=1, depth=-40, rim=0.7, swing=("back", 0.6),
    ),
    "tail": Role(
        12, ("tail", "tails", "ponytail", "twintail", "twintails", "马尾", "双马尾", "辫子"),
        head=1, depth=-24, rim=0.7, swing=("tail", 0.8),
    ),
    "arms_back": Role(14, ("armsback", "armback", "后手臂", "后臂")),
    "legs": Role(16, ("legs", "leg", "腿", "下半身")),
    "skirt": Role(18, ("skirt", "dress", "裙子", "裙摆", "裙"), rim=0.3),
    "body": Role(20, ("body", "torso", "chest", "身体", "身體", "躯干", "上身"), rim=0.4),
    "neck": Role(22, ("neck", "脖子", "颈", "脖颈"), depth=-6),
    "clothes": Role(
        24, ("clothes", "clothing", "jacket", "shirt", "coat", "衣服", "上衣", "外套"), rim=0.4,
    ),
    "arms": Role(26, ("arms", "arm", "手臂", "胳膊"), rim=0.4),
    "limbs": Role(27, ()),
    "bow": Role(
        28, ("bow", "tie", "scarf", "necktie", "ribbon", "领结", "领带", "蝴蝶结", "围巾"),
        depth=8, swing=("collar", 0.4),
    ),
    "ears": Role(30, ("ears", "ear", "耳朵", "耳"), head=1, depth=-4, curve=10),
    "face": Role(32, ("face", "head", "skin", "脸", "臉", "面部", "头", "脸部"), head=1, depth=20, curve=105),
    "shadow": Role(34, ("shadow", "hairshadow", "faceshadow", "发影", "阴影", "刘海阴影"), head=1, depth=21, curve=105),
    "blush": Role(36, ("blush", "cheek", "cheeks", "腮红", "红晕", "脸红"), head=1, depth=22, curve=105, fade="ParamCheek"),
    "nose": Role(38, ("nose", "鼻子", "鼻"), head=1, depth=44, curve=105),
    "mouth": Role(40, ("mouth", "lips", "嘴", "嘴巴", "口", "口型"), head=1, depth=32, curve=105),
    "eyes": Role(42, ("eye", "eyes", "眼", "眼睛"), head=1, depth=26, curve=105),
    "hair_side": Role(
        50, ("hairside", "sidehair", "sidelocks", "lock", "locks", "侧发", "側髮", "鬓发", "鬓角"),
        head=1, depth=30, curve=45, rim=0.3, swing=("side", 0.8),
    ),
    "hair_top": Role(
        52, ("hairtop", "tophair", "hair", "crown", "头发", "頭髮", "头顶发", "上发"),
        head=1, depth=22, curve=108, rim=0.6,
    ),
    "hair_front": Role(
        54, ("hairfront", "fronthair", "bangs", "fringe", "刘海", "劉海", "前发", "前髮"),
        head=1, depth=50, curve=110, swing=("front", 0.5),
    ),
    "brows": Role(56, ("brow", "brows", "eyebrow", "eyebrows", "眉", "眉毛"), head=1, depth=40, curve=106),
    "ahoge": Role(58, ("ahoge", "呆毛"), head=1, depth=36, curve=70, rim=0.5, swing=("ahoge", 0.6)),
    "glasses": Role(60, ("glasses", "spectacles", "眼镜", "墨镜"), head=1, depth=58, curve=105),
    "hat": Role(
        62, ("hat", "cap", "headwear", "headset", "headphones", "catears", "animalears", "horns",
             "帽子", "头饰", "发饰", "耳机", "猫耳", "兽耳", "角"),
        head=1, depth=34, curve=80,
    ),
    "arms_front": Role(70, ("armsfront", "armfront", "handsfront", "前手臂"), rim=0.4),
    "front": Role(80, ("front", "prop", "props", "道具", "前景")),
}  # fmt: skip
"""By drawing order from back to front."""

EYE_PARTS: dict[str, tuple[str, ...]] = {
    "white": ("eyewhite", "eyewhites", "sclera", "white", "whites", "眼白"),
    "iris": ("iris", "irises", "pupil", "pupils", "eyeball", "eyeballs", "虹膜", "瞳孔", "瞳", "眼珠", "眼球"),
    "lid": ("lash", "lashes", "eyelash", "eyelashes", "lid", "lids", "eyelid", "睫毛", "眼皮", "眼睑", "眼线"),
    "whole": ("eye", "eyes", "eyeopen", "eyesopen", "eyenormal", "眼睛", "眼", "睁眼"),
    "closed": ("eyeclosed", "eyesclosed", "eyeshut", "eyeclose", "blink", "闭眼", "閉眼", "眼闭"),
    "smile": ("eyesmile", "eyessmile", "smileeye", "happyeye", "笑眼", "眯眼"),
    "star": ("irisstar", "eyestar", "stareye", "星星眼", "虹膜星"),
    "heart": ("irisheart", "eyeheart", "hearteye", "爱心眼", "心形眼", "虹膜心"),
}  # fmt: skip

MOUTH_KEYS: dict[str, tuple[str, ...]] = {
    "sil": ("closed", "close", "shut", "neutral", "normal", "rest", "", "n", "闭", "閉", "合", "闭嘴", "ん"),
    "aa": ("a", "open", "啊", "阿", "张", "张嘴", "あ"),
    "ih": ("i", "一", "衣", "い"),
    "ou": ("u", "乌", "呜", "う"),
    "E": ("诶", "え"),
    "oh": ("o", "哦", "喔", "お"),
    "PP": ("m", "b", "p"),
    "FF": ("f", "v"),
    "smile": ("happy", "grin", "微笑", "笑"),
    "frown": ("sad", "angry", "撇嘴", "难过"),
    "laugh": ("大笑", "开心"),
    "small": ("half", "小", "小嘴", "半开"),
    "gasp": ("surprised", "惊", "惊讶"),
}  # fmt: skip

LIMB_PARTS: dict[str, tuple[str, ...]] = {
    "upper": ("armupper", "upperarm", "上臂", "大臂"),
    "lower": ("armlower", "lowerarm", "forearm", "小臂", "前臂"),
    "hand_rest": ("hand", "hands", "handrest", "手", "手掌"),
    "hand_open": ("handopen", "手张开", "张开手"),
    "hand_point": ("handpoint", "手指", "手指向"),
    "hand_fist": ("handfist", "拳", "拳头", "手握拳"),
    "hand_present": ("handpresent", "手展示"),
    "hand_flat": ("handflat", "手平"),
    "hand_one": ("handone", "hand1", "手一"),
    "hand_two": ("handtwo", "hand2", "手二"),
    "hand_three": ("handthree", "hand3", "手三"),
    "hand_heart": ("handheart", "比心", "手比心"),
}  # fmt: skip
"""Parts of an arm that moves, drawn in place; all hands on the same wrist."""

BROW_KEYS: dict[str, tuple[str, ...]] = {
    "level": ("", "normal", "neutral"),
    "raised_inside": ("sad", "worried", "raised", "raisedinside", "难过", "八字"),
    "arched": ("up", "happy", "surprised", "挑", "惊讶"),
}

NEAREST: dict[str, tuple[str, ...]] = {
    "sil": ("PP", "smile"),
    "PP": ("sil",),
    "FF": ("small", "ih", "sil"),
    "TH": ("small", "ih", "E", "aa"),
    "DD": ("small", "ih", "E", "aa"),
    "kk": ("small", "E", "ih", "aa"),
    "CH": ("ou", "small", "ih", "aa"),
    "SS": ("ih", "small", "E", "aa"),
    "nn": ("small", "ih", "sil"),
    "RR": ("ou", "small", "ih", "aa"),
    "aa": ("laugh", "E", "oh"),
    "E": ("small", "ih", "aa"),
    "ih": ("small", "E", "aa"),
    "oh": ("ou", "aa"),
    "ou": ("small", "oh", "aa"),
    "laugh": ("aa",),
    "small": ("sil", "ou"),
    "gasp": ("oh", "aa"),
    "joy": ("E", "laugh", "ih", "smile"),
    "beam": ("laugh", "aa"),
    "adore": ("E", "laugh", "ih", "smile"),
    "smirk": ("smile",),
    "grin": ("smile",),
    "content": ("smile",),
    "tremble": ("smile",),
    "bashful": ("smile", "sil"),
    "sob": ("frown",),
    "pout": ("frown",),
    "worry": ("frown", "small"),
    "muse": ("frown", "sil"),
}
"""Which mouth stands in for one that is not drawn, best first."""

_SIDES = ("left", "right", "l", "r")


@dataclass(frozen=True, slots=True)
class Name:
    """What a layer is: a role, and for a shape that changes which key or part of it."""

    role: str
    key: str = ""


def plain(name: str) -> str:
    """A layer's name without what does not matter."""
    words = re.split(r"[\s_\-./·:：,，()（）]+", name.strip().lower())
    words = [w for w in words if w and w not in _SIDES and not w.isdigit()]
    joined = re.sub(r"^\d+", "", "".join(words))
    if re.search(r"[\u4e00-\u9fff]", joined):
        joined = re.sub(r"[左右]", "", joined)
    return joined


def understand(name: str) -> Name | None:
    """What a layer of this name is, or None."""
    word = plain(name)
    return _TABLE.get(word) or _changing(word)


def nearest(name: str) -> str:
    """The known name most like this one, or ''."""
    found = difflib.get_close_matches(plain(name), _TABLE, 1, 0.72)
    return found[0] if found else ""


def _changing(word: str) -> Name | None:
    for role, keys in (("mouth", MOUTH_KEYS), ("brows", BROW_KEYS)):
        for start in sorted(ROLES[role].names, key=len, reverse=True):
            rest = word.removeprefix(start)
            if rest == word:
                continue
            for key, words in keys.items():
                if rest in words or rest == key.lower().replace("_", ""):
                    return Name(role, key)
            for viseme in VISEMES if role == "mouth" else ():
                if rest == viseme.lower():
                    return Name(role, viseme)
    return None


def _table() -> dict[str, Name]:
    out = {word: Name(role) for role, entry in ROLES.items() for word in entry.names}
    out |= {word: Name("eyes", part) for part, words in EYE_PARTS.items() for word in words}
    out |= {word: Name("limbs", part) for part, words in LIMB_PARTS.items() for word in words}
    out |= {word: Name("mouth", "sil") for word in ROLES["mouth"].names}
    out |= {word: Name("brows", "level") for word in ROLES["brows"].names}
    return out


_TABLE = _table()
