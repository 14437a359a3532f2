"""The state tables of the ledger, on one page, and the one way from state to state.

A table says for each state from which others it may be reached; what it does not name cannot
happen, whoever asks. The check is part of the UPDATE itself, so nothing comes in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idol.store import Tx, among

Table = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class States:
    """Rows of `table`, found by their column `key`, begin in one of `born`."""

    table: str
    key: str
    born: tuple[str, ...]
    before: Table

    def move(self, tx: Tx, id: str | int, to: str, **also: Any) -> bool:
        """Change a row's state, and with it the columns in `also`. False if the table does not
        allow it from where the row is, or there is no such row: then nothing is changed."""
        allowed = ", ".join(f"'{state}'" for state in self.before.get(to, ()))
        columns = "".join(f", {name} = :{name}" for name in also)
        return bool(allowed) and bool(
            tx.run(
                f"UPDATE {self.table} SET state = :to{columns} WHERE {self.key} = :id"
                f" AND state IN ({allowed})",
                to=to,
                id=id,
                **also,
            )
        )

    def move_all(self, tx: Tx, ids: Iterable[str | int], to: str) -> int:
        """Change the state of each of these rows that the table allows it to; return how many."""
        allowed = ", ".join(f"'{state}'" for state in self.before.get(to, ()))
        if not allowed:
            return 0
        names, values = among("id", ids)
        # The rows are found by their keys: "state || ''" keeps PostgreSQL from reading instead
        # the whole of an index that lists the rows of these states.
        return tx.run(
            f"UPDATE {self.table} SET state = :to WHERE {self.key} IN ({names})"
            f" AND state || '' IN ({allowed})",
            to=to,
            **values,
        )

    def now(self, tx: Tx, id: str | int) -> str:
        """A row's state; empty if there is no such row."""
        row = tx.one(f"SELECT state FROM {self.table} WHERE {self.key} = :id", id=id)
        return str(row["state"]) if row else ""


LISTING = States("listings", "number", ("open",), {
    "open": ("draft", "closed"),
    "draft": ("open", "closed"),  # kept back by hand, until a hand puts it on sale again
    "closed": ("open",),  # no longer in the show's file
})  # fmt: skip

HOLD = States("holds", "id", ("live",), {
    "confirmed": ("live",),
    "sold": ("confirmed", "expired"),  # from expired only by a late payment that found stock
    "shipped": ("sold",),
    "cancelled": ("live", "confirmed", "sold"),
    "expired": ("live", "confirmed"),
    "returned": ("shipped",),
})  # fmt: skip

ORDER = States("orders", "id", ("awaiting_payment",), {
    "paid": ("awaiting_payment", "cancelled"),  # cancelled: a late payment that found stock
    "shipped": ("paid",),
    "cancelled": ("awaiting_payment",),
    "refunded": ("paid", "shipped", "cancelled"),
})  # fmt: skip

PAYMENT = States("payments", "reference", ("started",), {
    "failed": ("started",),
    "paid": ("started", "failed"),  # providers do report out of order
    "refunding": ("paid",),  # all of it is on its way back
    "refunded": ("refunding", "paid"),
})  # fmt: skip

LOT = States("lots", "name", ("planned", "open"), {
    "open": ("planned", "closed"),
    "closed": ("open",),
    "ordered": ("planned", "open", "closed"),
    "acknowledged": ("ordered",),
    "arrived": ("open", "closed", "ordered", "acknowledged"),
    "cancelled": ("planned", "open", "closed", "ordered", "acknowledged"),
})  # fmt: skip

PRODUCTION = States("production_orders", "id", ("proposed",), {
    "approved": ("proposed",),
    "sent": ("approved",),
    "acknowledged": ("sent",),
    "refused": ("sent",),
    "withdrawn": ("proposed", "approved", "refused"),
})  # fmt: skip

RETURN = States("returns", "id", ("asked",), {
    "approved": ("asked",),
    "refused": ("asked",),
    "received": ("approved",),
})  # fmt: skip

WAVE = States("waves", "id", ("planned",), {
    "released": ("planned",),
    "withdrawn": ("planned",),
})  # fmt: skip

EVERY: tuple[States, ...] = (LISTING, HOLD, ORDER, PAYMENT, LOT, PRODUCTION, RETURN, WAVE)
