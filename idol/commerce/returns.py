"""Returns, and refunds asked for before a parcel has left. Functions over a transaction."""

from __future__ import annotations

import secrets

from idol.commerce import aftersale, holds, orders, refunds, supply
from idol.commerce.aftersale import Return, ReturnState, read_return
from idol.commerce.orders import note
from idol.commerce.outcomes import Order
from idol.commerce.states import RETURN
from idol.errors import Refused
from idol.store import Tx


def ask_return(
    tx: Tx, order: str, line: int, quantity: int, reason: str, now: float, viewer: str | None = None
) -> Return:
    """A buyer wants to send pieces of a shipped line back, or a paid line's money before it ships.

    Raises `Refused`: unknown_order (also for another viewer's), not_shipped, too_many,
    whole_line (before it ships, a line is given up as a whole), return_asked.
    """
    orders.get(tx, order, viewer)
    waiting = next((r for r in aftersale.open_lines(tx, order) if r["line"] == line), None)
    row = tx.one(
        "SELECT o.quantity - coalesce((SELECT sum(r.quantity) FROM returns r"
        " WHERE r.order_id = o.order_id AND r.line = o.line AND r.state <> 'refused'), 0) AS n"
        " FROM order_lines o JOIN parcel_lines p ON p.order_id = o.order_id AND p.line = o.line"
        " WHERE o.order_id = :o AND o.line = :line",
        o=order,
        line=line,
    )
    if waiting is not None:
        if quantity != waiting["quantity"]:
            raise Refused("whole_line", str(waiting["quantity"]))
        if tx.one("SELECT 1 FROM returns WHERE order_id = :o AND line = :line AND state = 'asked'",
                  o=order, line=line):  # fmt: skip
            raise Refused("return_asked", "it has been asked for already")
    elif row is None:
        raise Refused("not_shipped", "only what has been paid for can come back")
    elif not 0 < quantity <= row["n"]:
        raise Refused("too_many", str(row["n"]))
    id = f"t_{secrets.token_hex(6)}"
    tx.run(
        "INSERT INTO returns (id, order_id, line, quantity, reason, state, asked_at)"
        " VALUES (:id, :o, :line, :n, :reason, 'asked', :now)",
        id=id,
        o=order,
        line=line,
        n=quantity,
        reason=reason.strip()[:300],
        now=now,
    )
    note(tx, now, "return_asked", id=id, order=order, line=line, quantity=quantity)
    return get_return(tx, id)


def decide_return(tx: Tx, id: str, approve: bool, answer: str, now: float, by: str) -> Return:
    """Say yes or no. What has not left the house is given up at once and its money goes back;
    what has is awaited. Raises `Refused`: unknown_return, return_STATE."""
    _move_return(tx, id, "approved" if approve else "refused")
    tx.run("UPDATE returns SET answer = :a, closed_at = :at WHERE id = :id",
           a=answer.strip()[:300], at=None if approve else now, id=id)  # fmt: skip
    note(tx, now, "return_decided", id=id, approved=approve, by=by)
    item = get_return(tx, id)
    if approve and any(r["line"] == item.line for r in aftersale.open_lines(tx, item.order)):
        amount = aftersale.drop(tx, item.order, item.line, "return", now, by)
        _move_return(tx, id, "received")
        tx.run("UPDATE returns SET amount = :n, closed_at = :now WHERE id = :id",
               n=amount, now=now, id=id)  # fmt: skip
    return get_return(tx, id)


def receive_return(
    tx: Tx, id: str, now: float, by: str, *, restock: bool = True
) -> tuple[Return, Order]:
    """The goods are back: their money goes back, and they go on the shelf if they are good.

    What is given back is what was paid for them: coupon and group price are taken into account.
    """
    _move_return(tx, id, "received")
    item = get_return(tx, id)
    row = tx.one(
        "SELECT sku, quantity, hold FROM order_lines WHERE order_id = :o AND line = :line",
        o=item.order,
        line=item.line,
    )
    before = tx.one(
        "SELECT coalesce(sum(quantity), 0) AS n, coalesce(sum(amount), 0) AS given FROM returns"
        " WHERE order_id = :o AND line = :line AND state = 'received' AND id <> :id",
        o=item.order,
        line=item.line,
        id=id,
    )
    assert row is not None and before is not None, "a return is of a line"
    cost = aftersale.paid(tx, item.order)[item.line] - aftersale.tier_refunds(
        tx, item.order, item.line
    )
    amount = (cost - before["given"]) * item.quantity // (row["quantity"] - before["n"])
    entered = refunds.give_back(tx, item.order, amount, "return", f"return:{id}", now)
    tx.run("UPDATE returns SET amount = :n, closed_at = :now WHERE id = :id",
           n=entered, now=now, id=id)  # fmt: skip
    if restock and not tx.run(
        "UPDATE supply SET capacity = capacity + :n WHERE sku = :sku AND kind = 'on_hand'",
        n=item.quantity,
        sku=row["sku"],
    ):
        supply.add(tx, row["sku"], "on_hand", item.quantity)
    note(tx, now, "return_received", id=id, amount=entered, restock=restock, by=by)
    _all_back(tx, item.order)
    return get_return(tx, id), orders.get(tx, item.order)


def get_return(tx: Tx, id: str) -> Return:
    """Raises `Refused("unknown_return")`."""
    row = tx.one("SELECT * FROM returns WHERE id = :id", id=id)
    if row is None:
        raise Refused("unknown_return", f"there is no return {id!r}")
    return read_return(row)


def _all_back(tx: Tx, order: str) -> None:
    """When every piece has come back, so has the order."""
    row = tx.one(
        "SELECT (SELECT sum(quantity) FROM order_lines WHERE order_id = :o) AS bought,"
        " (SELECT coalesce(sum(quantity), 0) FROM returns WHERE order_id = :o"
        "  AND state = 'received') AS back",
        o=order,
    )
    if row and row["bought"] == row["back"] and orders.get(tx, order).state == "shipped":
        for hold in tx.all(
            "SELECT id FROM holds WHERE order_id = :o AND state = 'shipped'", o=order
        ):
            holds.move(tx, hold["id"], "returned")
        orders.move(tx, order, "refunded")


def _move_return(tx: Tx, id: str, to: ReturnState) -> None:
    if not RETURN.move(tx, id, to):
        raise Refused(f"return_{get_return(tx, id).state}")
