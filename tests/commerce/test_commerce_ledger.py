"""The ledger against a model of it: whatever is done in whatever order, the books balance.

Stock in hand and lots, limits, flash prices, coupons, keys that come again, payments that fail,
come short or late, refunds in part and in whole; on both databases.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)
from shops import CSV, catalog

from idol.commerce import (
    answers,
    coupons,
    holds,
    idempotency,
    listing,
    orders,
    outbox,
    refunds,
    seeding,
    settlement,
    supply,
)
from idol.commerce.answers import Answer, Purchase
from idol.commerce.coupons import Coupon
from idol.commerce.holds import Origin, Rules
from idol.errors import Refused
from idol.model import Money, Viewer
from idol.ports import PaymentEvent
from idol.store import Tx, sqlite
from idol.store import postgres as postgres_store
from idol.testing.postgres import PostgresServer

RULES = Rules()
SKUS = ("cj-rd-l", "cj-bk-l", "ml")
LIMITS = {"cj-rd-l": 3, "cj-bk-l": 3, "ml": RULES.most_pieces}
LISTING = {"cj-rd-l": 1, "cj-bk-l": 1, "ml": 3}
PRICE = {1: 19900, 3: 8900}
COUPON = Coupon("SAVE5", "amount", 500, "CNY", 0.0, 1e12, uses=2)
who = st.sampled_from(("ann", "bob", "eve"))
wants = st.tuples(who, st.sampled_from(SKUS), st.integers(1, 6))


class Ledger(RuleBasedStateMachine):
    """The model keeps, per hold: viewer, sku, pieces, state, expiry, order, payments."""

    made: Any = Bundle("made")
    placed: Any = Bundle("placed")

    def __init__(self) -> None:
        super().__init__()
        self.tx = self.begin()
        self.now = 1_700_000_000.0
        self.model: dict[str, dict[str, Any]] = {}
        self.capacity = {"cj-rd-l": 5, "cj-bk-l": 5, "ml": 10}
        self.flash: dict[int, tuple[int, float]] = {}
        self.events = 0

    def begin(self) -> Tx:
        """An empty ledger."""
        self.connection: Any = sqlite.connect(":memory:")
        sqlite.migrate(self.connection)
        return sqlite.SqliteTx(self.connection)

    def teardown(self) -> None:
        self.connection.close()

    @initialize()
    def seed(self) -> None:
        with TemporaryDirectory() as folder:
            seeding.seed(self.tx, catalog(Path(folder), CSV), self.now, RULES.dates)
        coupons.make(self.tx, COUPON)

    # ---- the model

    def _expire(self) -> None:
        for item in self.model.values():
            if item["state"] in ("live", "confirmed") and item["until"] <= self.now:
                item.update(state="expired", used=False)

    def _spare(self, viewer: str) -> bool:
        """Whether the coupon has a use left, and for this viewer."""
        used = [item["viewer"] for item in self.model.values() if item["used"]]
        return len(used) < COUPON.uses and viewer not in used

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

    @rule(target=made, rush=st.lists(wants, min_size=1, max_size=4))
    def hold(self, rush: list[tuple[str, str, int]]) -> Any:
        """Several come at once, and are answered in their order."""
        self._expire()
        purchases = []
        for viewer, sku, n in rush:
            self.events += 1
            buyer, request = Viewer(viewer, viewer), idempotency.digest(sku, n)
            purchases.append(Purchase(f"k{self.events}", request, buyer, ((sku, n),), Origin()))
        given, _ = answers.place_all(self.tx, purchases, self.now, RULES)
        held = []
        for (viewer, sku, n), purchase, answer in zip(rush, purchases, given, strict=True):
            assert isinstance(answer, Answer)
            may = min(LIMITS[sku] - self._owned(viewer, LISTING[sku]), n)
            can = min(may, self.capacity[sku] - self._taken(sku))
            if can < 1:
                assert not answer.holds and answer.code == ("limit" if may < 1 else "sold_out")
                continue
            (hold,) = answer.holds
            assert hold.quantity == can and hold.unit.minor == self._price(LISTING[sku])
            until = self.now + RULES.hold_seconds
            self.model[hold.id] = {
                "viewer": viewer, "sku": sku, "n": can, "state": "live", "until": until,
                "order": "", "captured": 0, "owed": 0, "taken": set(), "causes": set(),
                "total": hold.total.minor, "promise": hold.ships_by, "purchase": purchase,
                "coupon": False, "used": False,
            }  # fmt: skip
            held.append(hold.id)
        return multiple(*held)

    @rule(hold=made)
    def ask_again(self, hold: str) -> None:
        """The same key is the same answer and nothing more; with another body it is refused."""
        purchase = self.model[hold]["purchase"]
        other = replace(purchase, request="another")
        (same, reused), events = answers.place_all(self.tx, [purchase, other], self.now, RULES)
        assert isinstance(same, Answer) and [h.id for h in same.holds] == [hold] and not events
        assert isinstance(reused, Refused) and reused.code == "key_reused"

    @rule(target=placed, hold=made, code=st.sampled_from(("", "", COUPON.code)))
    def confirm(self, hold: str, code: str) -> Any:
        """With a coupon or not; if it cannot be had, nothing is placed and the hold stands."""
        self._expire()
        orders.expire(self.tx, self.now)
        item = self.model[hold]
        spare, dear = self._spare(item["viewer"]), item["total"] > COUPON.value
        try:
            order = orders.place(self.tx, item["viewer"], [hold], self.now, RULES, code)
        except Refused as error:
            if item["state"] == "live":
                assert code and error.code == ("coupon_least" if spare else "coupon_used")
                assert not (spare and dear)
            else:
                assert item["state"] in ("expired", "cancelled"), error.code
            return multiple()
        if item["state"] == "live":
            settlement.attempt(self.tx, order.id, "sandbox", self.now)
            item.update(state="confirmed", until=self.now + RULES.pay_seconds, order=order.id)
            if code:
                assert spare and dear
                item.update(coupon=True, used=True, total=item["total"] - COUPON.value)
        assert order.id == item["order"] and order.total.minor == item["total"]
        return hold

    @rule(hold=made)
    def cancel(self, hold: str) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        if self.model[hold]["state"] != "live":
            return
        holds.cancel(self.tx, hold)
        self.model[hold]["state"] = "cancelled"

    def _hear(self, hold: str, kind: Literal["paid", "failed"], minor: int) -> tuple[str, str]:
        """The provider's word on the payment that is open, or was the last; twice."""
        item = self.model[hold]
        if item["state"] == "confirmed":
            settlement.attempt(self.tx, item["order"], "sandbox", self.now)
        row = self.tx.one(
            "SELECT reference FROM payments WHERE order_id = :o ORDER BY attempt DESC",
            o=item["order"],
        )
        assert row is not None
        self.events += 1
        event = PaymentEvent(f"e{self.events}", row["reference"], kind, Money(minor, "CNY"))
        what = settlement.settle(self.tx, event, self.now, RULES).what
        assert settlement.settle(self.tx, event, self.now, RULES).what == ""
        return what, row["reference"]

    @rule(hold=placed, short=st.sampled_from((0, 0, 0, 1)))
    def pay(self, hold: str, short: int) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        item = self.model[hold]
        before, amount = item["state"], item["total"] - short
        room = self.capacity[item["sku"]] - self._taken(item["sku"])
        what, reference = self._hear(hold, "paid", amount)
        if reference in item["taken"]:
            assert what == ""
            return
        item["taken"].add(reference)
        item["captured"] += amount
        if before == "confirmed" and not short:
            assert what == "paid"
            item["state"] = "sold"
            return
        # Late, it comes back only whole, and only if the promise can be kept.
        if what == "paid":
            assert before == "expired" and not short and room >= item["n"]
            assert not item["coupon"] or self._spare(item["viewer"])
            item.update(state="sold", used=item["coupon"])
        else:
            item["owed"] += amount

    @rule(hold=placed)
    def fail_to_pay(self, hold: str) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        what, _ = self._hear(hold, "failed", self.model[hold]["total"])
        assert what in ("", "failed")

    @rule(hold=consumes(placed))
    def ship(self, hold: str) -> None:
        if self.model[hold]["state"] != "sold":
            return
        orders.ship(self.tx, self.model[hold]["order"], self.now, "op")
        self.model[hold]["state"] = "shipped"
        self.capacity[self.model[hold]["sku"]] -= self.model[hold]["n"]

    @rule(hold=placed, amount=st.integers(1, 40000), cause=st.integers(0, 2))
    def goodwill(self, hold: str, amount: int, cause: int) -> None:
        """A part of the money goes back: each cause once, never more than is left."""
        item = self.model[hold]
        if item["state"] != "sold":
            return
        named = f"{hold}:{cause}"
        given = refunds.give_back(self.tx, item["order"], amount, "goodwill", named, self.now)
        left = item["captured"] - item["owed"]
        assert given == (0 if named in item["causes"] else min(amount, left))
        item["owed"] += given
        if given:
            item["causes"].add(named)

    @rule(hold=consumes(placed))
    def refund(self, hold: str) -> None:
        item = self.model[hold]
        if item["state"] not in ("sold", "shipped"):
            return
        settlement.refund(self.tx, item["order"], self.now, "op")
        item["owed"] = item["captured"]
        if item["state"] == "sold":
            item["state"] = "cancelled"

    @rule(number=st.sampled_from((1, 3)), minor=st.integers(1, 30000), seconds=st.integers(1, 600))
    def open_flash(self, number: int, minor: int, seconds: int) -> None:
        try:
            listing.open_flash(self.tx, number, Money(minor, "CNY"), self.now, seconds)
        except Refused as error:
            assert error.code == "not_lower" and minor >= PRICE[number]
        else:
            assert minor < PRICE[number]
            self.flash[number] = (minor, self.now + seconds)

    @rule(number=st.sampled_from((1, 3)))
    def close_flash(self, number: int) -> None:
        running = self._price(number) != PRICE[number]
        assert listing.close_flash(self.tx, number, self.now) == running
        self.flash.pop(number, None)

    def _price(self, number: int) -> int:
        minor, until = self.flash.get(number, (0, 0.0))
        return minor if self.now < until else PRICE[number]

    @rule(sku=st.sampled_from(SKUS), pieces=st.integers(1, 5), days=st.integers(0, 30))
    def open_lot(self, sku: str, pieces: int, days: int) -> None:
        ready = RULES.dates.today(self.now) + timedelta(days=days)
        supply.add(self.tx, sku, "lot", pieces, ready_on=ready, delay=days % 3)
        self.capacity[sku] += pieces

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
    def coupons_are_used_as_often_as_orders_say(self) -> None:
        used = sorted(item["viewer"] for item in self.model.values() if item["used"])
        rows = self.tx.all("SELECT viewer FROM coupon_uses WHERE state = 'taken' ORDER BY viewer")
        assert [row["viewer"] for row in rows] == used
        counted = [coupon.used for coupon in coupons.every(self.tx)]
        assert not counted or counted == [len(used)]
        assert len(used) == len(set(used)) <= COUPON.uses

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
            "SELECT p.captured, p.refunded, p.state, (SELECT coalesce(sum(amount), 0) FROM refunds"
            " r WHERE r.reference = p.reference) AS owed FROM payments p"
        ):
            assert 0 <= row["refunded"] <= row["owed"] <= row["captured"]
            assert (row["state"] in ("refunding", "refunded")) == (
                0 < row["captured"] == row["owed"]
            )
        books = {
            row["order_id"]: (row["state"], row["captured"], row["owed"])
            for row in self.tx.all(
                "SELECT p.order_id, o.state, sum(p.captured) AS captured, (SELECT"
                " coalesce(sum(amount), 0) FROM refunds r WHERE r.order_id = p.order_id) AS owed"
                " FROM payments p JOIN orders o ON o.id = p.order_id GROUP BY p.order_id, o.state"
            )
        }
        for item in self.model.values():
            if item["order"]:
                state, captured, owed = books[item["order"]]
                assert (captured, owed) == (item["captured"], item["owed"])
                assert state != "refunded" or captured == owed > 0

    @invariant()
    def states_agree(self) -> None:
        self._expire()
        orders.expire(self.tx, self.now)
        for hold, item in self.model.items():
            assert holds.get(self.tx, hold).state == item["state"]
            assert holds.get(self.tx, hold).ships_by == item["promise"]


class PostgresLedger(Ledger):
    """The same on a real server; each run is one transaction that is undone."""

    url = ""

    def begin(self) -> Tx:
        self.connection = postgres_store.connect(self.url)
        postgres_store.migrate(self.connection)
        self.connection.execute("BEGIN")
        return postgres_store.PostgresTx(self.connection)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestPostgresLedger = PostgresLedger.TestCase
TestPostgresLedger.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)


@pytest.fixture(scope="module", autouse=True)
def server(postgres: PostgresServer) -> None:
    PostgresLedger.url = postgres.database()
