"""The ledger as others see it: JSON for the pages (docs/protocol.md), cards for the picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from idol.commerce.aftersale import After
from idol.commerce.money import show as show_money
from idol.commerce.outcomes import Asked, Hold, Order
from idol.model import CardView, Language, Listing, Money, Quote, VariantQuote

State = str


def money(value: Money | None) -> dict[str, Any] | None:
    return None if value is None else {"minor": value.minor, "currency": value.currency}


def state(left: int, presale: int) -> State:
    return "live" if left > 0 else "presale" if presale > 0 else "sold_out"


def listing(item: Listing, quote: Quote) -> dict[str, Any]:
    """A listing with everything a page shows of it."""
    quotes = {variant.sku: variant for variant in quote.variants}
    return {
        "number": item.number,
        "id": item.product.id,
        "title": dict(item.product.title),
        "picture": picture_url(item),
        "price": money(quote.price),
        "was": money(quote.was),
        "left": quote.left,
        "presale": quote.presale_left,
        "ships_by": _iso(quote.ships_by),
        "sold": quote.sold,
        "limit": item.limit,
        "state": state(quote.left, quote.presale_left),
        "flash_until": quote.flash_until,
        "variants": [
            {
                "sku": variant.sku,
                "colour": dict(variant.colour),
                "size": variant.size,
                **_variant(quotes[variant.sku]),
            }
            for variant in item.product.variants
            if variant.sku in quotes
        ],
        "facts": [{"slot": slot, **say} for slot, say in item.product.facts.items()],
    }


def _variant(quote: VariantQuote) -> dict[str, Any]:
    return {
        "price": money(quote.price),
        "was": money(quote.was),
        "left": quote.on_hand,
        "presale": quote.presale,
        "ships_by": _iso(quote.ships_by),
    }


def picture_url(item: Listing) -> str:
    """Where the web room serves this product's picture, or empty."""
    return f"/pictures/{Path(item.product.picture).name}" if item.product.picture else ""


def hold(item: Hold, why: str = "") -> dict[str, Any]:
    shown = {"live": "live", "confirmed": "confirmed", "sold": "confirmed"}.get(item.state, "ended")
    return {
        "id": item.id,
        "listing": item.listing,
        "sku": item.sku,
        "title": dict(item.title),
        "label": dict(item.label),
        "quantity": item.quantity,
        "unit": money(item.unit),
        "total": money(item.total),
        "expires_at": item.expires_at,
        "ships_by": _iso(item.ships_by),
        "state": shown,
        "why": why,
    }


def order(item: Order) -> dict[str, Any]:
    return {
        "id": item.id,
        "number": item.number,
        "state": item.state,
        "lines": [
            {
                "listing": line.listing,
                "sku": line.sku,
                "title": dict(line.title),
                "label": dict(line.label),
                "quantity": line.quantity,
                "unit": money(line.unit),
                "total": money(line.total),
                "ships_by": _iso(line.ships_by),
            }
            for line in item.lines
        ],
        "total": money(item.total),
        "discount": money(item.discount),
        "coupon": {"code": item.coupon, "packet": item.packet or None} if item.coupon else None,
        "pay_url": item.pay_url,
        "created_at": item.created_at,
        "paid_at": item.paid_at,
        "pay_by": item.pay_by,
    }


def after(item: After) -> dict[str, Any]:
    """What happened to an order since it was paid, for its page. Money in minor units."""
    return {
        "parcels": [
            {
                "carrier": parcel.carrier,
                "tracking": parcel.tracking,
                "lines": list(parcel.lines),
                "shipped_at": parcel.shipped_at,
                "delivered_at": parcel.delivered_at,
            }
            for parcel in item.parcels
        ],
        "returns": [
            {
                "line": entry.line,
                "quantity": entry.quantity,
                "reason": entry.reason,
                "state": entry.state,
                "answer": entry.answer,
                "amount": entry.amount,
            }
            for entry in item.returns
        ],
        "delays": [
            {
                "line": entry.line,
                "was_on": entry.was_on.isoformat(),
                "now_on": entry.now_on.isoformat(),
                "state": entry.state,
                "answer_by": entry.answer_by,
                "reason": json.loads(entry.reason),
            }
            for entry in item.delays
        ],
        "refunds": [
            {"reason": reason, "amount": amount, "state": state}
            for reason, amount, state in item.refunds
        ],
    }


def ask(item: Asked) -> dict[str, Any]:
    return {
        "message": item.message,
        "listing": item.listing,
        "listings": list(item.listings),
        "text": item.text,
        "quantity": item.quantity,
        "options": [{"sku": o.sku, "label": dict(o.label), "left": o.left} for o in item.options],
    }


def card(item: Listing, quote: Quote, language: Language, sponsor: str = "") -> CardView:
    """The card in the picture; texts are final."""
    shown = state(quote.left, quote.presale_left)
    left = quote.left
    if shown == "live":
        stock = f"仅剩{left}件" if left <= 10 else f"现货{left}件"
        if language == "en":
            stock = f"Only {left} left" if left <= 10 else f"{left} in stock"
    elif shown == "presale" and quote.ships_by is not None:
        stock = f"预售 {_day(quote.ships_by, 'zh')}前发货"
        if language == "en":
            stock = f"Presale, ships by {_day(quote.ships_by, 'en')}"
    else:
        stock = "已抢光" if language == "zh" else "Sold out"
    return CardView(
        listing=item.number,
        title=title(item, language),
        price=show_money(quote.price, language),
        was=show_money(quote.was, language) if quote.was else "",
        stock=stock,
        state="live" if shown == "live" else "presale" if shown == "presale" else "sold_out",
        picture=item.product.picture,
        deadline=quote.flash_until,
        sponsor=sponsor,
    )


def title(item: Listing, language: Language) -> str:
    """The product's name, in the other language where this one is missing."""
    titles = item.product.title
    return titles.get(language) or next(iter(titles.values()))


def pieces(item: Hold, language: Language) -> str:
    """What was taken, as it is said: "2件黑色L云步外套", "2 black L running jackets"."""
    label = item.label.get(language, "")
    name = item.title.get(language) or next(iter(item.title.values()))
    if language == "zh":
        return f"{item.quantity}件{label.replace(' ', '')}{name}"
    return " ".join(part for part in (str(item.quantity), label, name) if part)


def several(items: Sequence[str], language: Language) -> str:
    """All of them in one breath: "一件M、一件L和一个杯子", "one M, one L and a mug"."""
    *most, last = items
    if not most:
        return last
    return f"{'、'.join(most)}和{last}" if language == "zh" else f"{', '.join(most)} and {last}"


def _day(day: date, language: Language) -> str:
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day:%b} {day.day}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
