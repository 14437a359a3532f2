"""Released waves (放单): pieces kept back, put on sale by hand or at their minute by our clock.

Functions over a transaction. What waits in a wave is not in `supply`, so it cannot be sold.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from idol.commerce import supply
from idol.commerce.orders import note
from idol.commerce.states import WAVE
from idol.errors import BadInput, Refused
from idol.store import Tx


@dataclass(frozen=True, slots=True)
class Wave:
    """`at` is Unix time, None for a wave that waits for a hand."""

    id: str
    sku: str
    quantity: int
    at: float | None
    state: str


def plan(tx: Tx, sku: str, quantity: int, at: float | None, now: float, by: str) -> Wave:
    """Keep pieces for later. Raises `BadInput`; `Refused("unknown_variant")`."""
    if quantity < 1:
        raise BadInput("a wave is of one piece or more")
    if not tx.one("SELECT 1 FROM variants WHERE sku = :s", s=sku):
        raise Refused("unknown_variant", f"there is no variant {sku!r}")
    wave = Wave(f"w_{secrets.token_hex(6)}", sku, quantity, at, "planned")
    tx.run(
        "INSERT INTO waves (id, sku, quantity, at, state) VALUES (:id, :sku, :n, :at, 'planned')",
        id=wave.id,
        sku=sku,
        n=quantity,
        at=at,
    )
    note(tx, now, "wave_planned", wave=wave.id, sku=sku, quantity=quantity, by=by)
    return wave


def release(tx: Tx, id: str, now: float, by: str) -> Wave:
    """Put it on sale, once. Raises `Refused`: unknown_wave, wave_STATE."""
    wave = _move(tx, id, "released")
    if not tx.run(
        "UPDATE supply SET capacity = capacity + :n WHERE sku = :sku AND kind = 'on_hand'",
        n=wave.quantity,
        sku=wave.sku,
    ):
        supply.add(tx, wave.sku, "on_hand", wave.quantity)
    note(tx, now, "wave_released", wave=id, sku=wave.sku, quantity=wave.quantity, by=by)
    return wave


def withdraw(tx: Tx, id: str, now: float, by: str) -> Wave:
    """It will not be sold here. Raises `Refused`: unknown_wave, wave_STATE."""
    note(tx, now, "wave_withdrawn", wave=id, by=by)
    return _move(tx, id, "withdrawn")


def due(tx: Tx, now: float) -> list[str]:
    """Waves whose minute has come."""
    rows = tx.all(
        "SELECT id FROM waves WHERE state = 'planned' AND at <= :now ORDER BY at, id", now=now
    )
    return [row["id"] for row in rows]


def every(tx: Tx) -> list[Wave]:
    """All waves, by time; those without one come last."""
    rows = tx.all("SELECT * FROM waves ORDER BY CASE WHEN at IS NULL THEN 1 ELSE 0 END, at, id")
    return [Wave(r["id"], r["sku"], r["quantity"], r["at"], r["state"]) for r in rows]


def _move(tx: Tx, id: str, to: str) -> Wave:
    changed = WAVE.move(tx, id, to)
    wave = next((item for item in every(tx) if item.id == id), None)
    if wave is None:
        raise Refused("unknown_wave", f"there is no wave {id!r}")
    if not changed:
        raise Refused(f"wave_{wave.state}", f"the wave is {wave.state}")
    return wave
