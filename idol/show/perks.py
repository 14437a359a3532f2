"""Red packets, coupons and places in a queue as the pages see them (docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from idol.commerce.coupons import Coupon
from idol.commerce.mine import Mine
from idol.commerce.packets import Packet
from idol.model import Language, Money
from idol.show import views

_NAMED = 8
"""Winners told by name; a longer list is no news any more."""


def packet(item: Packet) -> dict[str, Any]:
    """A red packet with everything that may be known of it now."""
    return {
        "id": item.id,
        "title": dict(item.title),
        "prizes": [
            {"amount": views.money(Money(prize.minor, item.currency)), "count": prize.count}
            for prize in item.prizes
        ],
        "most": item.most,
        "entrants": item.entrants,
        "odds": item.odds,
        "at_least": item.at_least,
        "commitment": item.commitment,
        "seed": item.seed,
        "opens_at": item.opens_at,
        "closes_at": item.closes_at,
        "state": item.state,
    }


def coupon(item: Coupon) -> dict[str, Any]:
    """`off` for money, `percent` in hundredths of a percent for a share; the other is None."""
    money = item.kind == "amount"
    return {
        "code": item.code,
        "off": views.money(Money(item.value, item.currency)) if money else None,
        "percent": None if money else item.value,
        "least": views.money(Money(item.least, item.currency)) if item.least else None,
        "listing": item.listing,
        "until": item.until_at,
        "packet": item.origin if item.origin.startswith("k_") else "",
    }


def mine(item: Mine) -> dict[str, Any]:
    return {
        "waiting": [
            {"sku": place.sku, "quantity": place.quantity, "before": place.before}
            for place in item.waiting
        ],
        "coupons": [coupon(own) for own in item.coupons],
        "claimed": list(item.claimed),
        "entered": [
            {"packet": entry.packet, "place": entry.place, "nonce": entry.nonce, "won": entry.won}
            for entry in item.entered
        ],
        "offered": list(item.offered),
        "missed": [
            {"sku": offer.sku, "quantity": offer.quantity, "at": offer.at} for offer in item.missed
        ],
        "holds": [views.hold(hold) for hold in item.holds],
        "fits": [
            {
                "hold": fit.hold,
                "code": fit.code,
                "off": views.money(fit.off),
                "pay": views.money(fit.pay),
                "why": fit.why,
            }
            for fit in item.fits
        ],
    }


def opened(item: Packet) -> dict[Language, str]:
    """What the chat says of a red packet that was opened."""
    return {
        "zh": f"福袋「{item.title['zh']}」来了，点一下就能参加！",
        "en": f"A red packet is open: {item.title['en']}. One tap and you are in!",
    }


def drawn(item: Packet, names: Sequence[str]) -> dict[Language, str]:
    """What the chat says of its draw; an empty name is somebody who is not known by one."""
    if not names:
        return {
            "zh": f"福袋「{item.title['zh']}」已开奖，这次没有人参加。",
            "en": f"The red packet “{item.title['en']}” is drawn. Nobody took part.",
        }
    zh = people([name or "一位观众" for name in names[:_NAMED]], len(names), "zh")
    en = people([name or "a viewer" for name in names[:_NAMED]], len(names), "en")
    return {
        "zh": f"福袋「{item.title['zh']}」开奖了，恭喜 {zh}！",
        "en": f"The red packet “{item.title['en']}” is drawn. Congratulations, {en}!",
    }


def people(names: Sequence[str], count: int, language: Language) -> str:
    """`count` people of whom some are named: "小雨、Maya等5人"."""
    more = count - len(names)
    if language == "zh":
        if not names:
            return f"{count}位朋友"
        return "、".join(names) + (f"等{count}人" if more > 0 else "")
    if not names:
        return f"all {count} of you" if count > 1 else "dear winner"
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
