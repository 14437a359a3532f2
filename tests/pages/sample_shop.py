"""A small shop for the pages' tests: six listings in every state, with pictures drawn here."""

from __future__ import annotations

import copy
import time
from typing import Any

CURRENCY = "CNY"

_SHAPES = {
    "jacket": "M120 92l48-26q32 22 64 0l48 26 40 96-40 18-14-30v140H134V176l-14 30-40-18z",
    "cap": "M92 226q4-108 108-108t108 108q60 2 64 34-60 10-120-6-80-14-160 4-24-4-24-20z",
    "bottle": "M168 60h64v30q26 12 26 44v178q0 22-22 22h-72q-22 0-22-22V134q0-32 26-44z",
    "shoe": "M70 232l4-86 40 6 34-20 66 60q34 22 92 28 28 4 28 34v24H78q-8-20-8-46z",
    "bag": "M104 150h192l24 176H80zM150 150q0-72 50-72t50 72h-18q0-52-32-52t-32 52z",
    "towel": "M96 96h164q44 0 44 44v168H140V140q0-26-22-26t-22 26v44H76v-44q0-44 20-44z",
}


def picture(name: str) -> str | None:
    """An SVG of a product cut out on nothing, or None."""
    shape, _, hue = name.removesuffix(".svg").partition("-")
    if shape not in _SHAPES or not hue.isdigit():
        return None
    outline = f'<path d="{_SHAPES[shape]}"'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><defs>'
        '<linearGradient id="a" x1="0" y1="0" x2="1" y2="1">'
        f'<stop stop-color="hsl({hue} 78% 74%)"/>'
        f'<stop offset="1" stop-color="hsl({hue} 62% 42%)"/></linearGradient></defs>'
        f'<ellipse cx="200" cy="350" rx="120" ry="14" fill="hsl({hue} 40% 30% / .25)"/>'
        f'{outline} fill="url(#a)" stroke="hsl({hue} 50% 30%)" stroke-width="6" '
        'stroke-linejoin="round"/>'
        f'{outline} fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="5" '
        'transform="translate(24 22) scale(.88)"/></svg>'
    )


def _money(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": CURRENCY}


def _variant(sku: str, colour: tuple[str, str] | None, size: str, left: int, **more: Any) -> dict:
    return {
        "sku": sku,
        "colour": {"zh": colour[0], "en": colour[1]} if colour else {},
        "size": size,
        "left": left,
        "presale": more.get("presale", 0),
        "ships_by": more.get("ships_by", "2026-11-26"),
        "price": _money(more.get("price", 19900)),
        "was": _money(more["was"]) if more.get("was") else None,
    }


BLACK, RED, BLUE = ("黑色", "black"), ("酒红", "wine red"), ("雾蓝", "mist blue")


def _listing(number: int, id: str, title: tuple[str, str], pic: str, variants: list, **more: Any):
    left = sum(v["left"] for v in variants)
    presale = sum(v["presale"] for v in variants)
    cheapest = min(variants, key=lambda v: v["price"]["minor"])
    return {
        "number": number,
        "id": id,
        "title": {"zh": title[0], "en": title[1]},
        "picture": f"/pictures/{pic}.svg",
        "price": cheapest["price"],
        "was": cheapest["was"],
        "left": left,
        "presale": presale,
        "ships_by": min(v["ships_by"] for v in variants),
        "sold": more.get("sold", 0),
        "limit": more.get("limit", 0),
        "state": "live" if left else "presale" if presale else "sold_out",
        "flash_until": more.get("flash_until", 0),
        "variants": variants,
        "facts": more.get("facts", []),
    }


def listings(now: float | None = None) -> dict[int, dict[str, Any]]:
    """Fresh listings by number: variants, flash, few left, presale, sold out, single."""
    now = time.time() if now is None else now
    facts = [
        {
            "slot": "material",
            "zh": "面料是92%再生聚酯纤维加8%氨纶",
            "en": "it is 92% recycled polyester and 8% elastane",
        },
        {"slot": "weight", "zh": "只有210克", "en": "it weighs 210 grams"},
        {
            "slot": "returns",
            "zh": "支持七天无理由退货",
            "en": "you can return it within 7 days for any reason",
        },
    ]
    jacket = [
        _variant(f"jacket-{c[1]}-{s}", c, s, left, was=29900)
        for c in (BLACK, RED, BLUE)
        for s, left in (("M", 4), ("L", 0 if c is RED else 3), ("XL", 6))
    ]
    bag = [_variant("bag", None, "", 0, presale=40, ships_by="2026-12-08", price=15900)]
    made = [
        _listing(
            1,
            "cloud-jacket",
            ("云步轻跑外套", "CloudStep running jacket"),
            "jacket-262",
            jacket,
            sold=128,
            limit=2,
            facts=facts,
        ),
        _listing(
            2,
            "sun-cap",
            ("逐光速干帽", "Daybreak quick-dry cap"),
            "cap-338",
            [_variant("cap", None, "", 7, price=5990, was=8900)],
            sold=412,
            flash_until=now + 84,
            facts=facts,
        ),
        _listing(
            3,
            "bottle",
            ("晨雾保温杯 500ml", "Morning Mist flask, 500 ml"),
            "bottle-190",
            [
                _variant("bottle-w", ("奶白", "cream"), "", 35, price=8990),
                _variant("bottle-g", ("薄荷绿", "mint"), "", 21, price=8990),
            ],
            sold=67,
        ),
        _listing(4, "tote", ("随行轻便托特包", "Everyday packable tote"), "bag-24", bag, sold=230),
        _listing(
            5,
            "runner",
            ("流云缓震跑鞋", "Drift cushioned running shoe"),
            "shoe-215",
            [
                _variant(f"shoe-{s}", None, s, 9, price=39900 + 2000 * (s > "41"), was=52900)
                for s in ("38", "39", "40", "41", "42", "43")
            ],
            sold=88,
            limit=1,
        ),
        _listing(
            6,
            "towel",
            ("云朵速干毛巾", "Cloud quick-dry towel"),
            "towel-152",
            [_variant("towel", None, "", 0, price=3900, was=5900)],
            sold=600,
        ),
    ]
    return {item["number"]: item for item in copy.deepcopy(made)}
