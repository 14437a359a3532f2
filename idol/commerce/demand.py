"""What the show itself says of demand: minutes on air, pieces asked for in each, and the advice.

Functions over a transaction. A minute is written down while its listing is on air, by
`Merchant.on_air`; pieces asked for are those held and those waited for in that minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from idol.commerce import advice_words, listing, money, suppliers
from idol.commerce.advice import HALF_LIFE, Advice, Costs, Limits, Minute, advise, decay
from idol.errors import BadInput, Refused
from idol.model import Language
from idol.store import Tx


@dataclass(frozen=True, slots=True)
class Proposal:
    """Advice for one variant, with its reason in both languages and its plot (SVG) in one."""

    advice: Advice
    reason: dict[Language, str]
    plot: str


def record(tx: Tx, number: int, viewers: int, now: float) -> None:
    """A minute of this listing on air, with so many viewers; once for each variant. Called again
    in the same minute, it notes what has sold out since: more may have been wanted."""
    minute = int(now // 60)
    for row in tx.all(
        "SELECT v.sku, (SELECT coalesce(sum(s.capacity - s.reserved), 0) FROM supply s"
        " WHERE s.sku = v.sku AND s.state = 'open') AS room FROM variants v"
        " WHERE v.listing = :n ORDER BY v.position",
        n=number,
    ):
        tx.run(
            "INSERT INTO demand_minutes (sku, minute, viewers, sold_out)"
            " VALUES (:sku, :minute, :viewers, :out) ON CONFLICT (sku, minute)"
            " DO UPDATE SET sold_out = 1 WHERE excluded.sold_out = 1",
            sku=row["sku"],
            minute=minute,
            viewers=max(0, viewers),
            out=int(row["room"] <= 0),
        )


def minutes(tx: Tx, sku: str) -> list[Minute]:
    """What each minute on air showed, oldest first."""
    return [
        Minute(row["pieces"] + row["waited"], row["viewers"], bool(row["sold_out"]))
        for row in tx.all(
            "SELECT d.viewers, d.sold_out,"
            " (SELECT coalesce(sum(h.quantity), 0) FROM holds h WHERE h.sku = d.sku"
            "  AND h.created_at >= d.minute * 60.0 AND h.created_at < d.minute * 60.0 + 60.0)"
            "  AS pieces,"
            " (SELECT coalesce(sum(w.quantity), 0) FROM waitlist w WHERE w.sku = d.sku"
            "  AND w.hold IS NULL"
            "  AND w.made_at >= d.minute * 60.0 AND w.made_at < d.minute * 60.0 + 60.0) AS waited"
            " FROM demand_minutes d WHERE d.sku = :sku ORDER BY d.minute",
            sku=sku,
        )
    ]


def propose(
    tx: Tx,
    sku: str,
    cost: str,
    salvage: str,
    supplier: str,
    more: int,
    currency: str,
    now: float,
    language: Language,
) -> Proposal:
    """How large a lot to order. Money in major units, as it is typed.

    Raises `BadInput` (also while there is too little to go by); `Refused`: unknown_variant, ...
    """
    item = listing.priced(tx, sku, now)
    if item is None:
        raise Refused("unknown_variant", f"there is no variant {sku!r}")
    costs = Costs(
        item.price.minor,
        money.parse(cost, currency).minor,
        money.parse(salvage or "0", currency).minor,
    )
    limits = Limits()
    if supplier:
        who = suppliers.get(tx, supplier)
        limits = Limits(who.minimum, who.step, who.most)
    seen = minutes(tx, sku)
    if not seen:
        raise BadInput("it has not been on air yet: there is nothing to go by", where=sku)
    found = advise(seen, more, costs, limits)
    title = {"zh": f"{sku} 备货建议", "en": f"Lot size for {sku}"}[language]
    drawn = advice_words.plot(title, seen, found, more, _shares(len(seen), more), language)
    return Proposal(found, advice_words.reason(found, costs, limits, currency), drawn)


def _shares(start: int, more: int) -> Sequence[float]:
    """How much of the demand to come has come after each minute to come."""
    parts = [decay(start + i, HALF_LIFE) for i in range(more)]
    whole = sum(parts) or 1.0
    return [sum(parts[: i + 1]) / whole for i in range(more)]
