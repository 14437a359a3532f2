"""May this segment air? Pure: a grant and the facts of the moment in, Allow or Deny out.

The order of the clauses is the order in which a person would ask: whose, when, what, how often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from idol.model import Language

Clause = Literal[
    "missing",
    "unreadable",
    "signature",
    "unknown_key",
    "brand",
    "idol",
    "not_yet",
    "expired",
    "product",
    "kind",
    "airings",
]
"""The first four speak of the token itself, the rest of what it grants."""

REASONS: dict[Clause, dict[Language, str]] = {
    "missing": {"zh": "没有授权文件", "en": "there is no licence file"},
    "unreadable": {"zh": "授权文件无法读取", "en": "the licence cannot be read"},
    "signature": {
        "zh": "授权签名不符，内容可能被改动",
        "en": "the licence's signature does not match: it may have been altered",
    },
    "unknown_key": {
        "zh": "签发授权的密钥不受信任：{detail}",
        "en": "the key that signed the licence is not trusted: {detail}",
    },
    "brand": {
        "zh": "授权属于品牌{granted}，不是{asked}",
        "en": "the licence is for the brand {granted}, not {asked}",
    },
    "idol": {
        "zh": "授权给的主播是{granted}，不是{asked}",
        "en": "the licence is for the host {granted}, not {asked}",
    },
    "not_yet": {"zh": "授权从{detail}起才生效", "en": "the licence begins on {detail}"},
    "expired": {"zh": "授权已于{detail}到期", "en": "the licence ended on {detail}"},
    "product": {
        "zh": "授权不含商品{asked}，只含{granted}",
        "en": "the licence does not cover {asked}, only {granted}",
    },
    "kind": {
        "zh": "授权不允许{asked}环节，只允许{granted}",
        "en": "the licence does not allow a {asked} segment, only {granted}",
    },
    "airings": {
        "zh": "授权的{granted}次播出已用完",
        "en": "all {granted} airings of the licence have been used",
    },
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a brand allows. Times are Unix seconds; `until` is exclusive.

    `products` and `kinds` name what is covered, never empty. `idol` empty means any host,
    `max_airings` 0 any number. `labels` is the brand's name as people read it.
    """

    id: str
    brand: str
    products: tuple[str, ...]
    since: float
    until: float
    idol: str = ""
    kinds: tuple[str, ...] = ("sponsored",)
    max_airings: int = 0
    labels: dict[Language, str] = field(default_factory=dict)

    def label(self, language: Language) -> str:
        """What the picture says while the segment is on: "广告 · 云步", "Sponsored · CloudStep".

        The word that makes it an advertisement is ours, so that no grant can leave it out.
        """
        name = self.labels.get(language) or next(iter(self.labels.values()), self.brand)
        return f"广告 · {name}" if language == "zh" else f"Sponsored · {name}"


@dataclass(frozen=True, slots=True)
class Allow:
    """The segment may air under `grant`."""

    grant: Grant


@dataclass(frozen=True, slots=True)
class Deny:
    """It may not, by `clause`. `reasons` says why in each language."""

    clause: Clause
    reasons: dict[Language, str]

    @property
    def reason(self) -> str:
        """Both languages on one line: "没有授权文件 / there is no licence file"."""
        return " / ".join(self.reasons.values())


Decision = Allow | Deny


def deny(clause: Clause, **details: str) -> Deny:
    """A `Deny` with its texts filled in."""
    return Deny(clause, {lang: text.format(**details) for lang, text in REASONS[clause].items()})


def decide(
    grant: Grant,
    brand: str,
    product: str,
    now: float,
    *,
    idol: str = "",
    kind: str = "sponsored",
    airings: int = 0,
) -> Decision:
    """Decide for one segment at Unix time `now`, after `airings` earlier ones under this grant.

    An empty `brand` or `idol` means that the script names none, and is not compared.
    """
    if brand and brand != grant.brand:
        return deny("brand", granted=grant.brand, asked=brand)
    if idol and grant.idol and idol != grant.idol:
        return deny("idol", granted=grant.idol, asked=idol)
    if now < grant.since:
        return deny("not_yet", detail=_day(grant.since))
    if now >= grant.until:
        return deny("expired", detail=_day(grant.until))
    if product not in grant.products:
        return deny("product", granted=", ".join(grant.products), asked=product or "-")
    if kind not in grant.kinds:
        return deny("kind", granted=", ".join(grant.kinds), asked=kind)
    if grant.max_airings and airings >= grant.max_airings:
        return deny("airings", granted=str(grant.max_airings))
    return Allow(grant)


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
