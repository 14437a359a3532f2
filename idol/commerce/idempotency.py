"""The first answer to each request, kept in the ledger so that a repeat gets it again.

Functions over a transaction. Answers are kept as ids and codes: what they name is read anew,
so a repeated answer shows the present state of the same hold or order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from idol.errors import Refused
from idol.store import Tx, among

encode = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=1024, typed=True)  # in a rush all ask for the same few things
def digest(*request: Hashable) -> str:
    """What identifies a request's content."""
    text = json.dumps(request, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@contextmanager
def flight(flying: dict[str, str], key: str, request: str) -> Iterator[None]:
    """While a request is under way its key is in `flying`, and a second one must come later.

    Raises `Refused`: in_flight (409 in HTTP's terms), key_reused (422). Between processes the
    ledger decides: the second finds the first one's answer.
    """
    known = flying.get(key)
    if known is not None:
        check(known, request)
        raise Refused("in_flight", "this request is still being answered")
    flying[key] = request
    try:
        yield
    finally:
        del flying[key]


def find(tx: Tx, key: str, request: str) -> dict[str, Any] | None:
    """The record of an earlier answer, or None.

    Raises `Refused("key_reused")` if the key came with another request.
    """
    known = find_all(tx, (key,)).get(key)
    if known is None:
        return None
    check(known[0], request)
    return known[1]


def find_all(tx: Tx, keys: Iterable[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """The requests and records that are known by these keys."""
    names, values = among("key", keys)
    rows = tx.all(f"SELECT key, request, result FROM idempotency WHERE key IN ({names})", **values)
    return {row["key"]: (row["request"], json.loads(row["result"])) for row in rows}


def check(known: str, request: str) -> None:
    """Raises `Refused("key_reused")` if a key's request is not the one it came with first."""
    if known != request:
        raise Refused("key_reused", "this key was used for another request")


def keep(tx: Tx, key: str, request: str, record: dict[str, Any], now: float) -> None:
    """Remember an answer in the same commit as what it did."""
    keep_all(tx, [(key, request, encode(record))], now)


def keep_all(tx: Tx, answers: Iterable[tuple[str, str, str]], now: float) -> None:
    """Remember (key, request, encoded record) each, in the same commit as what they did."""
    tx.insert(
        "idempotency",
        ("key", "request", "result", "at"),
        [(key, request, record, now) for key, request, record in answers],
    )
