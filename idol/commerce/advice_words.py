"""The adviser's reason in words, in both languages, and its plot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from idol.commerce import money
from idol.commerce.advice import Advice, Costs, Limits, Minute
from idol.model import Language, Money

_WORDS: dict[str, dict[Language, str]] = {
    "seen": {
        "zh": "开播{minutes}分钟卖出{sold}件",
        "en": "{sold} sold in {minutes} min on air",
    },
    "censored": {
        "zh": "，其中{censored}分钟断货（断货时的需求按“至少”计算）",
        "en": ", {censored} of them sold out (counted as “at least so many”)",
    },
    "range": {
        "zh": "。照这个速度，总需求有八成可能在{low}到{high}件之间，中位数{middle}件。",
        "en": ". At this rate total demand is between {low} and {high} with 80% probability,"
        " {middle} in the middle. ",
    },
    "costs": {
        "zh": "少备一件少赚{under}，多备一件亏{over}，所以应当备到能满足{level}%的情形：{best}件。",
        "en": "One piece too few forgoes {under}, one too many loses {over}, so the lot should"
        " cover {level}% of the cases: {best}. ",
    },
    "fitted": {
        "zh": "工厂起订{minimum}件、按{step}件一箱{most}，建议下{lot}件。",
        "en": "The supplier makes {minimum} or more, in steps of {step}{most}: order {lot}.",
    },
    "exact": {"zh": "建议下{lot}件。", "en": "Order {lot}."},
    "not_worth": {
        "zh": "但平均下来会亏本：不建议开这一批。",
        "en": " On average it would lose money: better not.",
    },
    "floor": {
        "zh": "注意：每一分钟都断货，需求只知道下限，建议先放一小批再看。",
        "en": " Mind: every minute was sold out, so demand is known from below only; a small"
        " wave first would tell more.",
    },
}


def reason(advice: Advice, costs: Costs, limits: Limits, currency: str) -> dict[Language, str]:
    """Why so many, for the operator who has to decide."""
    return {"zh": _say(advice, costs, limits, currency, "zh"),
            "en": _say(advice, costs, limits, currency, "en")}  # fmt: skip


def _say(advice: Advice, costs: Costs, limits: Limits, currency: str, language: Language) -> str:
    keys = ["seen", "range", "costs"]
    if advice.censored:
        keys.insert(1, "censored")
    keys.append("fitted" if advice.lot != advice.best else "exact")
    if not advice.worth_it:
        keys.append("not_worth")
    if advice.censored == advice.minutes:
        keys.append("floor")
    values = {
        "minutes": advice.minutes, "sold": advice.sold, "censored": advice.censored,
        "low": advice.low, "high": advice.high, "middle": advice.middle, "level": advice.level,
        "best": advice.best, "lot": advice.lot, "minimum": limits.minimum, "step": limits.step,
        "most": _most(limits, language),
        "under": money.show(Money(costs.under, currency), language),
        "over": money.show(Money(costs.over, currency), language),
    }  # fmt: skip
    return "".join(_WORDS[key][language] for key in keys).format(**values).strip()


def _most(limits: Limits, language: Language) -> str:
    if limits.most >= Limits().most:  # no bound worth a word
        return ""
    return {"zh": f"、最多{limits.most}件", "en": f", at most {limits.most}"}[language]


# ---- the plot

_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT = 720, 400, 56, 84, 46
_INK, _SOFT, _BAR, _HIDDEN, _FAN, _LOT = (
    "#2b2540", "#8a84a0", "#7c6cf0", "#f0a35e", "#cfc8fb", "#e0487a",
)  # fmt: skip


def plot(
    title: str,
    minutes: Sequence[Minute],
    advice: Advice,
    more: int,
    shares: Sequence[float],
    language: Language,
) -> str:
    """An SVG: pieces in all minute by minute, the fan of what may come, and the lot.

    `shares` is how much of the demand to come has come after each minute to come (0..1).
    """
    words = _PLOT[language]
    total = max(advice.high, advice.lot, 1)
    scale_x = (_WIDTH - _LEFT - 110) / max(1, len(minutes) + more)
    scale_y = (_HEIGHT - _TOP - _FOOT) / (total * 1.08)

    def at(minute: float, pieces: float) -> str:
        return f"{_LEFT + minute * scale_x:.1f},{_HEIGHT - _FOOT - pieces * scale_y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' font-family="sans-serif" role="img" aria-label="{escape(title, True)}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="14" fill="#fbfaff"/>',
        f'<text x="24" y="36" font-size="19" font-weight="700" fill="{_INK}">'
        f"{escape(title)}</text>",
    ]
    parts += _axes(len(minutes) + more, total, scale_x, scale_y, words)
    seen, bars = 0, []
    for index, minute in enumerate(minutes):
        seen += minute.pieces
        colour = _HIDDEN if minute.sold_out else _BAR
        height = seen * scale_y
        x = _LEFT + index * scale_x + scale_x * 0.12
        bars.append(
            f'<rect x="{x:.1f}" y="{_HEIGHT - _FOOT - height:.1f}" width="{scale_x * 0.76:.1f}"'
            f' height="{height:.1f}" rx="3" fill="{colour}"/>'
        )
    start = len(minutes)
    steps = [0.0, *shares]
    upper = [at(start + i, seen + (advice.high - seen) * s) for i, s in enumerate(steps)]
    lower = [at(start + i, seen + (advice.low - seen) * s) for i, s in enumerate(steps)]
    middle = [at(start + i, seen + (advice.middle - seen) * s) for i, s in enumerate(steps)]
    parts.append(f'<polygon points="{" ".join(upper + lower[::-1])}" fill="{_FAN}"/>')
    parts.append(
        f'<polyline points="{" ".join(middle)}" fill="none" stroke="{_BAR}" stroke-width="2.5"'
        ' stroke-dasharray="6 5"/>'
    )
    parts += bars
    y = _HEIGHT - _FOOT - advice.lot * scale_y
    right = _WIDTH - 104
    parts.append(
        f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_LOT}"'
        ' stroke-width="2.5"/>'
        f'<text x="{right + 8}" y="{y + 5:.1f}" font-size="15" font-weight="700" fill="{_LOT}">'
        f"{words['lot'].format(n=advice.lot)}</text>"
    )
    x = 24
    legend = [(_BAR, words["sold"]), (_FAN, words["range"])]
    if advice.censored:
        legend.insert(1, (_HIDDEN, words["hidden"]))
    for colour, text in legend:
        parts.append(
            f'<rect x="{x}" y="52" width="13" height="13" rx="3" fill="{colour}"/>'
            f'<text x="{x + 19}" y="63" font-size="13" fill="{_INK}">{escape(text)}</text>'
        )
        x += 44 + round(sum(13.0 if ord(c) > 0x2E80 else 7.2 for c in text))
    return "\n".join([*parts, "</svg>", ""])


_PLOT: dict[Language, dict[str, str]] = {
    "zh": {"lot": "下单 {n} 件", "sold": "累计卖出", "hidden": "断货的分钟",
           "range": "八成可能的总需求", "minute": "分钟", "pieces": "件"},
    "en": {"lot": "order {n}", "sold": "sold so far", "hidden": "sold-out minutes",
           "range": "total demand, 80% likely", "minute": "minutes on air", "pieces": "pieces"},
}  # fmt: skip


def _axes(
    minutes: int, total: int, scale_x: float, scale_y: float, words: dict[str, str]
) -> list[str]:
    base = _HEIGHT - _FOOT
    parts = [
        f'<line x1="{_LEFT}" x2="{_WIDTH - 104}" y1="{base}" y2="{base}" stroke="{_SOFT}"/>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}" font-size="13" fill="{_SOFT}">'
        f"{words['minute']}</text>",
        f'<text x="12" y="{_TOP - 4}" font-size="13" fill="{_SOFT}">{words["pieces"]}</text>',
    ]
    step = _round_step(total / 4)
    for pieces in range(step, total + 1, step):
        y = base - pieces * scale_y
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 104}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ebe8f6"/>'
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" font-size="12" text-anchor="end"'
            f' fill="{_SOFT}">{pieces}</text>'
        )
    step = _round_step(minutes / 8)
    for minute in range(0, minutes + 1, step):
        parts.append(
            f'<text x="{_LEFT + minute * scale_x:.1f}" y="{base + 18}" font-size="12"'
            f' text-anchor="middle" fill="{_SOFT}">{minute}</text>'
        )
    return parts


def _round_step(about: float) -> int:
    """1, 2 or 5 times a power of ten, not below `about`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= about:
                return factor * step
        step *= 10
