"""The first answer to each request, kept in the ledger so that a repeat gets it again.

Functions over a transaction. Answers are kept as ids and codes: what they name is read anew,
so a repeated answer shows the present state of the same hold or order.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from idol.errors import Refused
from idol.store import Tx


def digest(*request: object) -> str:
    """What identifies a request's content."""
    text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def find(tx: Tx, key: str, request: str) -> dict[str, Any] | None:
    """The record of an earlier answer, or None.

    Raises `Refused("key_reused")` if the key came with another request.
    """
    row = tx.one("SELECT request, result FROM idempotency WHERE key = :key", key=key)
    if row is None:
        return None
    if row["request"] != request:
        raise Refused("key_reused", "this key was used for another request")
    record: dict[str, Any] = json.loads(row["result"])
    return record


def keep(tx: Tx, key: str, request: str, record: dict[str, Any], now: float) -> None:
    """Remember an answer in the same commit as what it did."""
    tx.run(
        "INSERT INTO idempotency (key, request, result, at) VALUES (:key, :request, :result, :at)",
        key=key,
        request=request,
        result=json.dumps(record, ensure_ascii=False),
        at=now,
    )
