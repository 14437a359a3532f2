"""What is kept of one person: all of it for export, erased on request, and gone after its time.

Functions over a transaction. Records of paid sales are kept for three years, as e-commerce and
tax law demand; a person's chat, clicks, visits and name go at once when they ask for it.
"""

from __future__ import annotations

from typing import Any

from idol.commerce.orders import note
from idol.errors import Refused
from idol.store import Tx

KEEP_SECONDS = 3 * 365.25 * 86_400
_OPEN = "'awaiting_payment', 'paid'"
_GONE = "erased"
_KEYS = ("tap", "chat", "confirm", "rest:tap", "rest:chat")
"""What the keys of requests begin with, before the viewer's id."""

_MINE = {
    "holds": "SELECT * FROM holds WHERE viewer = :v ORDER BY created_at, id",
    "orders": "SELECT * FROM orders WHERE viewer = :v ORDER BY created_at, id",
    "order_lines": "SELECT l.* FROM order_lines l JOIN orders o ON o.id = l.order_id"
    " WHERE o.viewer = :v ORDER BY l.order_id, l.line",
    "payments": "SELECT p.* FROM payments p JOIN orders o ON o.id = p.order_id"
    " WHERE o.viewer = :v ORDER BY p.order_id, p.attempt",
    "refunds": "SELECT r.* FROM refunds r JOIN orders o ON o.id = r.order_id"
    " WHERE o.viewer = :v ORDER BY r.at, r.id",
    "parcels": "SELECT p.* FROM parcels p JOIN orders o ON o.id = p.order_id"
    " WHERE o.viewer = :v ORDER BY p.shipped_at, p.id",
    "returns": "SELECT r.* FROM returns r JOIN orders o ON o.id = r.order_id"
    " WHERE o.viewer = :v ORDER BY r.asked_at, r.id",
    "delay_answers": "SELECT a.* FROM delay_answers a JOIN orders o ON o.id = a.order_id"
    " WHERE o.viewer = :v ORDER BY a.order_id, a.line",
    "waitlist": "SELECT * FROM waitlist WHERE viewer = :v ORDER BY made_at, id",
    "coupon_uses": "SELECT * FROM coupon_uses WHERE viewer = :v ORDER BY at, order_id",
    "coupons": "SELECT * FROM coupons WHERE viewer = :v ORDER BY code",
    "packet_entries": "SELECT * FROM packet_entries WHERE viewer = :v ORDER BY at",
    "visits": "SELECT * FROM visits WHERE viewer = :v ORDER BY joined_at, id",
    "clicks": "SELECT * FROM clicks WHERE viewer = :v ORDER BY at, id",
    "remarks": "SELECT * FROM remarks WHERE viewer = :v ORDER BY at, id",
}


def find(tx: Tx, who: str) -> str:
    """A viewer's id, from the id itself or an order's number. Raises `Refused`."""
    row = tx.one("SELECT viewer FROM orders WHERE number = :w OR id = :w", w=who.strip())
    if row:
        return str(row["viewer"])
    for table in ("orders", "holds", "visits", "remarks", "waitlist"):
        if tx.one(f"SELECT 1 FROM {table} WHERE viewer = :w LIMIT 1", w=who.strip()):
            return who.strip()
    raise Refused("unknown_person", f"nothing is kept of {who!r}")


def export(tx: Tx, viewer: str) -> dict[str, Any]:
    """Every row about a person, by table; money in minor units, times in Unix seconds."""
    rows = {name: [dict(row) for row in tx.all(sql, v=viewer)] for name, sql in _MINE.items()}
    return {"viewer": viewer, **rows}


def erase(tx: Tx, viewer: str, now: float, by: str) -> float:
    """Forget a person as far as the law allows; returns when the rest goes (Unix time).

    Words, looks, places in queues, holds that came to nothing and the record of requests go at
    once, and the name in every record. Sales stay for three years from the last, under the
    viewer's id alone. Raises `Refused("open_orders")` while something is paid for and not
    delivered, or may still be paid.
    """
    if tx.one(f"SELECT 1 FROM orders WHERE viewer = :v AND state IN ({_OPEN})", v=viewer):
        raise Refused("open_orders", "there are open orders: ship or refund them first")
    for table in ("visits", "clicks", "remarks"):
        tx.run(f"DELETE FROM {table} WHERE viewer = :v", v=viewer)
    tx.run("DELETE FROM waitlist WHERE viewer = :v", v=viewer)
    tx.run(
        "UPDATE holds SET viewer = :gone, viewer_name = :gone"
        " WHERE viewer = :v AND order_id IS NULL"
        " AND state IN ('cancelled', 'expired')",
        gone=_GONE,
        v=viewer,
    )
    for kind in _KEYS:
        mark = f"{kind}:{viewer}:"
        tx.run(
            "DELETE FROM idempotency WHERE substr(key, 1, CAST(:n AS INTEGER)) = :mark",
            n=len(mark),
            mark=mark,
        )
    for table in ("holds", "orders"):
        tx.run(f"UPDATE {table} SET viewer_name = :gone WHERE viewer = :v", gone=_GONE, v=viewer)
    tx.run(
        "UPDATE returns SET reason = '' WHERE order_id IN"
        " (SELECT id FROM orders WHERE viewer = :v)",
        v=viewer,
    )
    row = tx.one("SELECT max(created_at) AS at FROM orders WHERE viewer = :v", v=viewer)
    last = row["at"] if row else None
    finish = last + KEEP_SECONDS if last else now
    tx.run(
        "INSERT INTO erasures (viewer, asked_at, finish_at) VALUES (:v, :now, :finish)"
        " ON CONFLICT (viewer) DO UPDATE SET finish_at = excluded.finish_at",
        v=viewer,
        now=now,
        finish=finish,
    )
    note(tx, now, "person_erased", by=by)
    return float(finish)


def purge(tx: Tx, now: float) -> int:
    """Let go what its three years are over for; returns how many rows of talk and looks went.

    Sales stay as figures without a person: their viewer becomes one that is nobody.
    """
    past = now - KEEP_SECONDS
    gone = tx.run("DELETE FROM remarks WHERE at < :past", past=past)
    gone += tx.run("DELETE FROM clicks WHERE at < :past", past=past)
    gone += tx.run("DELETE FROM visits WHERE joined_at < :past", past=past)
    gone += tx.run("DELETE FROM waitlist WHERE made_at < :past", past=past)
    gone += tx.run("DELETE FROM idempotency WHERE at < :past", past=past)
    gone += tx.run("DELETE FROM outbox WHERE at < :past AND done_at IS NOT NULL", past=past)
    for table, at in (("coupon_uses", "at"), ("coupons", "until_at")):
        gone += tx.run(
            f"UPDATE {table} SET viewer = :gone WHERE {at} < :past AND viewer NOT IN ('', :gone)",
            gone=_GONE,
            past=past,
        )
    # Whose entry it was is a digest in the draw's record: with the names go the old draws.
    gone += tx.run(
        "DELETE FROM packet_entries WHERE packet IN"
        " (SELECT id FROM packets WHERE state = 'drawn' AND closes_at < :past)",
        past=past,
    )
    tx.run("UPDATE returns SET reason = '' WHERE asked_at < :past AND reason <> ''", past=past)
    for table in ("orders", "holds"):
        gone += tx.run(
            f"UPDATE {table} SET viewer = :gone, viewer_name = :gone"
            " WHERE created_at < :past AND viewer <> :gone",
            gone=_GONE,
            past=past,
        )
    tx.run("DELETE FROM erasures WHERE finish_at < :now", now=now)
    return gone
