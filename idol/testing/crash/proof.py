"""What was said to the buyers against what the ledger holds."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from idol.store import Tx
from idol.testing.crash.buyers import LIMIT


@dataclass
class Heard:
    """Every answer that any buyer heard, by (buyer, key, step)."""

    answers: dict[tuple[str, str, str], str] = field(default_factory=dict)
    total: int = 0
    repeats: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, buyer: str, key: str, step: str, answer: str) -> bool:
        """Write an answer down; False if it repeats an earlier one."""
        self.total += 1
        known = self.answers.get((buyer, key, step))
        if known is None:
            self.answers[buyer, key, step] = answer
            return True
        self.repeats += 1
        # A payment has no key of its own: paying again shows what the order has become.
        if known != answer and step != "pay":
            self.wrong.append(f"{buyer} {key} {step}: {known}, then {answer}")
        return False


@dataclass(frozen=True)
class Proof:
    """Counts that must be 0, and for scale those that must not."""

    oversold: int
    lost: int
    wrong_replays: int
    twice: int
    over_limit: int
    unbalanced: int
    money: int
    coupons: int
    untold: int
    held: int
    paid: int

    @property
    def holds(self) -> bool:
        """Whether the ledger kept its word."""
        return not (
            self.oversold
            or self.lost
            or self.wrong_replays
            or self.twice
            or self.over_limit
            or self.unbalanced
            or self.money
            or self.coupons
            or self.untold
        )


def prove(tx: Tx, heard: Heard, stock: int) -> Proof:
    """Compare. `stock` is what there was to sell in the beginning."""
    holds = {row["id"]: row for row in tx.all("SELECT id, viewer, state, quantity FROM holds")}
    orders = {row["id"]: row["state"] for row in tx.all("SELECT id, state FROM orders")}
    kept = {
        row["key"]: json.loads(row["result"])
        for row in tx.all("SELECT key, result FROM idempotency")
    }
    lost = 0
    for (buyer, key, step), answer in heard.answers.items():
        hold = heard.answers.get((buyer, key, "hold"), "")
        match step:
            case "hold":
                record = kept.get(f"tap:{buyer}:{key}")
                said = [answer] if answer.startswith("h_") else []
                lost += record is None or record["holds"] != said
                lost += any(id not in holds or holds[id]["viewer"] != buyer for id in said)
            case "cancel" if answer == "cancelled":
                lost += holds[hold]["state"] != "cancelled"
            case "confirm" if answer.startswith("o_"):
                lost += answer not in orders
            case "pay" if answer == "paid":
                lost += orders.get(heard.answers[buyer, key, "confirm"]) != "paid"
    named = [id for record in kept.values() for id in record.get("holds", ())]
    # Nobody asked for these by a key: a place in the queue became a hold, once.
    named += [row["hold"] for row in tx.all("SELECT hold FROM waitlist WHERE state = 'offered'")]
    active = ("live", "confirmed", "sold", "shipped")
    owned: dict[str, int] = {}
    for row in holds.values():
        if row["state"] in active:
            owned[row["viewer"]] = owned.get(row["viewer"], 0) + row["quantity"]
    supply = tx.one("SELECT sum(capacity) AS capacity, sum(reserved) AS reserved FROM supply")
    parts = tx.one("SELECT coalesce(sum(quantity), 0) AS n FROM hold_parts")
    assert supply is not None and parts is not None, "an aggregate always has one row"
    money = tx.all(
        "SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id"
        " GROUP BY o.id, o.state, o.total"
        " HAVING (o.state IN ('paid', 'shipped') AND sum(p.captured) - sum(p.refunded) <> o.total)"
        " OR (o.state = 'awaiting_payment' AND sum(p.captured) > 0)"
    )
    return Proof(
        oversold=max(0, sum(owned.values()) - stock),
        lost=lost,
        wrong_replays=len(heard.wrong),
        twice=len(holds) - len(set(named)) + len(named) - len(set(named)),
        over_limit=sum(count > LIMIT for count in owned.values()),
        unbalanced=abs(supply["reserved"] - parts["n"]) + abs(parts["n"] - sum(owned.values())),
        money=len(money),
        coupons=_coupons(tx),
        untold=_untold(tx),
        held=len(holds),
        paid=sum(state == "paid" for state in orders.values()),
    )


def _coupons(tx: Tx) -> int:
    """An order that may still count has its coupon, one that came to nothing has given it back,
    and the coupon knows how many there are."""
    wrong = tx.all(
        "SELECT o.id FROM orders o LEFT JOIN coupon_uses u ON u.order_id = o.id"
        " WHERE (o.discount > 0) <> (u.order_id IS NOT NULL) OR (u.state = 'taken')"
        " <> (o.state IN ('awaiting_payment', 'paid', 'shipped'))"
    )
    counted = tx.one(
        "SELECT (SELECT coalesce(sum(used), 0) FROM coupons) -"
        " (SELECT count(*) FROM coupon_uses WHERE state = 'taken') AS n"
    )
    assert counted is not None, "an aggregate always has one row"
    return len(wrong) + abs(int(counted["n"]))


def _untold(tx: Tx) -> int:
    """The outbox against the orders and the auditor's book, each change by itself."""
    told: Counter[tuple[str, str]] = Counter()
    for row in tx.all("SELECT body FROM outbox WHERE topic = 'webhook'"):
        word = json.loads(json.loads(row["body"])["payload"])
        told[word["data"]["id"], word["type"]] += 1
    due: Counter[tuple[str, str]] = Counter()
    for row in tx.all("SELECT id, state, paid_at FROM orders"):
        due[row["id"], "order.placed"] += 1
        due[row["id"], "order.paid"] += row["paid_at"] is not None
        due[row["id"], "order.refunded"] += row["state"] == "refunded"
    for row in tx.all("SELECT body FROM events WHERE kind = 'order_unpaid'"):
        due[json.loads(row["body"])["order"], "order.unpaid"] += 1
    return ((told - due) + (due - told)).total()
