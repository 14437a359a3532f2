"""The ledger against a model of it: whatever is done in whatever order, the books balance."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)
from shops import CSV, catalog

from idol.commerce import holds, listing, orders, outbox, settlement, supply
from idol.commerce.holds import Origin, Rules
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.ports import PaymentEvent
from idol.store import Tx
from idol.store.sqlite import SqliteTx, connect, migrate

RULES = Rules()
SKUS = ("cj-rd-l", "cj-bk-l", "ml")
LIMITS = {"cj-rd-l": 3, "cj-bk-l": 3, "ml": RULES.most_pieces}
LISTING = {"cj-rd-l": 1, "cj-bk-l": 1, "ml": 3}
who = st.sampled_from(("ann", "bob", "eve"))


class Ledger(RuleBasedStateMachine):
    """The model keeps, per hold: viewer, sku, pieces, state, expiry, order, payment."""

    made: Any = Bundle("made")
    placed: Any = Bundle("placed")

    def __init__(self) -> None:
        super().__init__()
        self.connection = connect(":memory:")
        migrate(self.connection)
        self.tx: Tx = SqliteTx(self.connection)
        self.now = 1_700_000_000.0
        self.model: dict[str, dict[str, Any]] = {}
        self.capacity = {"cj-rd-l": 5, "cj-bk-l": 5, "ml": 10}
        self.events = 0

    def teardown(self) -> None:
        self.connection.close()

    @initialize()
    def seed(self) -> None:
        with TemporaryDirectory() as folder:
            listing.seed(self.tx, catalog(Path(folder), CSV), self.now, RULES.dates)

    # ---- the model

    def _expire(self) -> None:
        for item in self.model.values():
            if item["state"] in ("live", "confirmed") and item["until"] <= self.now:
                item["state"] = "expired"

    def _taken(self, sku: str) -> int:
        states = ("live", "confirmed", "sold")
        return sum(i["n"] for i in self.model.values() if i["sku"] == sku and i["state"] in states)

    def _owned(self, viewer: str, number: int) -> int:
        states = ("live", "confirmed", "sold", "shipped")
        return sum(
            i["n"]
            for i in self.model.values()
            if i["viewer"] == viewer and LISTING[i["sku"]] == number and i["state"] in states
        )

    # ---- what may happen

    @rule(target=made, viewer=who, sku=st.sampled_from(SKUS), n=st.integers(1, 6))
    def hold(self, viewer: str, sku: str, n: int) -> str | None:
        self._expire()
        orders.expire(self.tx, self.now)
        may = min(LIMITS[sku] - self._owned(viewer, LISTING[sku]), n)
        can = min(may, self.capacity[sku] - self._taken(sku))
        try:
            hold = holds.place(self.tx, Viewer(viewer, viewer), sku, n, Origin(), self.now, RULES)
        except Refused as error:
            assert error.code == ("limit" if may < 1 else "sold_out") and can < 1
            return None
        assert hold.quantity == can
        until = self.now + RULES.hold_seconds
        self.model[hold.id] = {
            "viewer": viewer, "sku": sku, "n": can, "state": "live", "until": until,
            "order": "", "paid": 0, "total": hold.total.minor, "promise": hold.ships_by,
        }  # fmt: skip
        return hold.id

    @rule(target=placed, hold=made)
    def confirm(self, hold: str | None) -> str | None:
        if hold is None:
            return None
        self._expire()
        orders.expire(self.tx, self.now)
        item = self.model[hold]
        try:
            order = orders.place(self.tx, item["viewer"], hold, self.now, RULES)
        except Refused as error:
            assert item["state"] in ("expired", "cancelled"), error.code
            return None
        if item["state"] == "live":
            settlement.attempt(self.tx, order.id, "sandbox", self.now)
            item.update(state="confirmed", until=self.now + RULES.pay_seconds, order=order.id)
        assert order.id == item["order"] and order.total.minor == item["total"]
        return hold

    @rule(hold=made)
    def cancel(self, hold: str | None) -> None:
        if hold is None or self.model[hold]["state"] != "live":
            return
        holds.cancel(self.tx, hold)
        self.model[hold]["state"] = "cancelled"

    @rule(hold=placed)
    def pay(self, hold: str | None) -> None:
        if hold is None:
            return
        self._expire()
        orders.expire(self.tx, self.now)
        item = self.model[hold]
        row = self.tx.one(
            "SELECT reference, state FROM payments WHERE order_id = :o", o=item["order"]
        )
        assert row is not None
        self.events += 1
        event = PaymentEvent(
            f"e{self.events}", row["reference"], "paid", Money(item["total"], "CNY")
        )
        before = item["state"]
        settled = settlement.settle(self.tx, event, self.now, RULES)
        if item["paid"]:
            assert settled.what == ""
            return
        item["paid"] = item["total"]
        if before == "confirmed":
            assert settled.what == "paid"
            item["state"] = "sold"
        elif before == "expired":
            # It comes back only whole, and only if the promise can be kept.
            assert settled.what in ("paid", "refunded")
            if settled.what == "paid":
                assert self.capacity[item["sku"]] - self._taken(item["sku"]) >= item["n"]
                item["state"] = "sold"
        assert settlement.settle(self.tx, event, self.now, RULES).what == ""

    @rule(hold=consumes(placed))
    def ship(self, hold: str | None) -> None:
        if hold is None or self.model[hold]["state"] != "sold":
            return
        orders.ship(self.tx, self.model[hold]["order"], self.now, "op")
        self.model[hold]["state"] = "shipped"
        self.capacity[self.model[hold]["sku"]] -= self.model[hold]["n"]

    @rule(hold=consumes(placed))
    def refund(self, hold: str | None) -> None:
        if hold is None or self.model[hold]["state"] not in ("sold", "shipped"):
            return
        settlement.refund(self.tx, self.model[hold]["order"], self.now, "op")
        if self.model[hold]["state"] == "sold":
            self.model[hold]["state"] = "cancelled"

    @rule(sku=st.sampled_from(SKUS), free=st.integers(0, 6))
    def stock(self, sku: str, free: int) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        row = self.tx.one(
            "SELECT capacity - reserved AS room FROM supply WHERE sku = :s AND kind = 'on_hand'",
            s=sku,
        )
        assert row is not None
        self.capacity[sku] += free - row["room"]
        supply.set_on_hand(self.tx, sku, free)

    @rule(seconds=st.sampled_from((1, 60, 301, 901, 86400)))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def send_back(self) -> None:
        for task in outbox.due(self.tx, self.now):
            outbox.done(self.tx, task, self.now)

    # ---- what always holds

    @invariant()
    def books_balance(self) -> None:
        for row in self.tx.all(
            "SELECT s.id, s.capacity, s.reserved, (SELECT coalesce(sum(p.quantity), 0)"
            " FROM hold_parts p JOIN holds h ON h.id = p.hold WHERE p.supply = s.id"
            " AND h.state IN ('live', 'confirmed', 'sold')) AS held FROM supply s"
        ):
            assert row["reserved"] == row["held"] <= row["capacity"]

    @invariant()
    def quotes_need_no_sweeper(self) -> None:
        if not self.tx.one("SELECT 1 FROM listings"):
            return
        self._expire()
        for sku, capacity in self.capacity.items():
            line = listing.quote(self.tx, LISTING[sku], self.now, RULES.dates).variant(sku)
            assert line is not None
            assert line.on_hand + line.presale == capacity - self._taken(sku)

    @invariant()
    def money_is_where_it_belongs(self) -> None:
        for row in self.tx.all(
            "SELECT o.state, p.captured, p.refunded, p.state AS pay FROM payments p"
            " JOIN orders o ON o.id = p.order_id"
        ):
            assert 0 <= row["refunded"] <= row["captured"]
            if row["state"] in ("paid", "shipped"):
                assert row["captured"] > row["refunded"] == 0
            if row["state"] == "refunded":
                assert row["pay"] in ("refunding", "refunded")

    @invariant()
    def states_agree(self) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        for hold, item in self.model.items():
            assert holds.get(self.tx, hold).state == item["state"]
            assert holds.get(self.tx, hold).ships_by == item["promise"]


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
