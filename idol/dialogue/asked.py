# ruff: noqa: E501 - word lists read best on one line
"""Which facts of a product a question names outright: "能点多久" asks for `burning`. Pure.

Keys are those that shows use for their facts; a product without the key has no such answer, and
the question goes on to the other ways of finding one. Nothing here says what the answer is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_NAMED: Mapping[tuple[str, ...], str] = {
    ("burning",): r"(?:点|燃|烧)(?:多久|几个?小时|多长)|(?:能|可以)点几|\bburn(?:ing)?\b|how long does (?:it|one|the candle) last",
    ("scent",): r"什么(?:味|香)|(?:味道|香味|香型)(?:是|怎么样|好闻)|好闻|[^没]味的|what (?:does it|do they) smell|\bscent\b|smells? (?:like|of)",
    ("fragrance",): r"香精|有香味|\bfragrance\b|\bperfume[d]?\b|scented",
    ("texture",): r"黏|粘|质地|油不油|清爽|\bsticky\b|\btexture\b|\bgreasy\b",
    ("life",): r"保质期|过期|开封|放多久|shelf life|\bexpir|how long (?:is it good|does it keep)",
    ("use",): r"怎么用|用法|一次用多少|用几滴|how (?:do|should) i use|how many drops",
    ("storage",): r"怎么(?:存|保存|放)|放冰箱|how (?:do|should) i store|\bfridge\b",
    ("pages",): r"多少页|几页|页数|\bpages\b",
    ("paper",): r"钢笔|洇|透墨|什么纸|纸(?:厚|质)|fountain pen|bleed|ghosting|\bpaper\b",
    ("binding",): r"摊平|装订|lie flat|lay flat|\bbound\b|\bbinding\b",
    ("pen",): r"配笔|带笔|有笔|come with a pen|\bpen included\b",
    ("dimmer", "light"): r"调光|亮度|几档|dimm|brightness",
    ("light",): r"色温|暖光|黄光|白光|colou?r temperature|warm light|how bright",
    ("power",): r"几瓦|多少瓦|功率|充电|插电|怎么供电|\bwatts?\b|\busb\b|how is it powered|\bplug\b",
    ("timer",): r"定时|自动关|\btimer\b|turn (?:itself )?off",
    ("cable",): r"线多长|线有多长|充电头|how long is the (?:cable|cord)|\bcharger\b|\badapter\b",
    ("battery",): r"续航|电池|充一次|\bbattery\b",
    ("quiet",): r"降噪|noise.?cancel|\banc\b",
    ("microphone",): r"麦克风|通话|打电话|\bmic\b|microphone|\bcalls?\b",
    ("band", "cushions"): r"夹头|戴着舒服|舒服吗|\bcomf(?:y|ortable)\b|\btight\b on",
    ("wireless",): r"苹果手机|安卓|手机能连|蓝牙|有线|插线|\biphone\b|\bandroid\b|bluetooth|\bwired\b|\baux\b",
    ("pairing",): r"连两(?:台|个)|同时连|two devices|multipoint",
    ("folding", "packing"): r"折叠|收纳|卷起来|pack (?:down|small|away|up)|\bfold(?:s|able)?\b",
    ("fit",): r"里面(?:能|可以)?(?:穿|套)|套(?:毛衣|卫衣)|修身|宽松|over a (?:sweater|jumper|hoodie)|layer (?:under|over)",
    ("breathable",): r"闷|透气|\bsweaty\b|breathab",
    ("pockets",): r"内袋|口袋|几个袋|\bpockets?\b",
    ("zip",): r"拉链|\bzip(?:per)?s?\b",
    ("collar",): r"领子|立领|\bcollar\b",
    ("reflective",): r"反光|夜跑|reflect",
    ("softness",): r"扎不扎|扎人|扎脖|柔软|软不软|\bitchy\b|\bscratchy\b|\bsoft\b",
    ("warm",): r"保温多久|保温几|保暖吗|暖不暖|keep (?:it |drinks |me )?(?:hot|warm)|\bhow warm\b",
    ("cold",): r"保冷|冰水|放冰|keep (?:it |drinks )?cold|\bice\b",
    ("leakproof",): r"漏水|漏不漏|\bleak",
    ("mouth",): r"杯口|冰块|\bice cubes?\b|how wide is the mouth",
    ("capacity",): r"(?:装|放)(?:得)?下|能装(?:多少|几|下)|\blaptop\b|\btablet\b|\bipad\b|how much does it hold",
    ("handles",): r"上肩|肩背|提手|shoulder|\bstraps?\b",
    ("standing",): r"站得住|立得住|stand(?:s)? up",
    ("wearing",): r"怎么(?:戴|围)|how (?:do|to) (?:i )?(?:wear|tie)",
    ("broken",): r"路上碎|碎了怎么|breaks? (?:on the way|in transit|in the post)",
}  # fmt: skip
_PATTERNS = tuple((keys, re.compile(pattern, re.I)) for keys, pattern in _NAMED.items())


def slots(text: str) -> Iterator[str]:
    """The keys of facts that a question names, the likeliest first."""
    for keys, pattern in _PATTERNS:
        if pattern.search(text):
            yield from keys
