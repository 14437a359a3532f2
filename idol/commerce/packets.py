"""Red packets (福袋) in the ledger: opened with published odds, entered, drawn, paid in coupons.

Functions over a transaction. The draw itself is `idol.commerce.draw`; everything needed to check
it is in `record`.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from idol.commerce import coupons, draw
from idol.commerce.coupons import Coupon
from idol.commerce.draw import Entry, Prize
from idol.commerce.orders import note
from idol.errors import BadInput, Refused
from idol.model import Language
from idol.store import Row, Tx


@dataclass(frozen=True, slots=True)
class Packet:
    """What everybody may know. `seed` is empty until the draw, `odds` those of this moment.

    `at_least` is the chance to win if it fills up to `most` entrants: it can only be better.
    """

    id: str
    title: dict[Language, str]
    prizes: tuple[Prize, ...]
    currency: str
    most: int
    commitment: str
    opens_at: float
    closes_at: float
    state: str
    entrants: int
    odds: str
    at_least: str
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A viewer's own entry; `won` is the coupon's code, empty if nothing (yet)."""

    packet: str
    place: int
    nonce: str
    won: str = ""


def open_packet(
    tx: Tx,
    title: dict[Language, str],
    prizes: Sequence[Prize],
    currency: str,
    most: int,
    seconds: float,
    good_for: float,
    now: float,
    by: str,
) -> Packet:
    """Open a red packet; its commitment is fixed from now on. Times in seconds.

    Raises `BadInput`.
    """
    if not all(title.get(language) for language in ("zh", "en")):
        raise BadInput("a red packet needs a title in Chinese and in English")
    if not prizes or any(prize.minor < 1 or prize.count < 1 for prize in prizes):
        raise BadInput("a red packet needs prizes, each of some money and for somebody")
    winners = sum(prize.count for prize in prizes)
    if not winners <= most <= 100_000:
        raise BadInput(f"from {winners} to 100000 may enter", where="most")
    if not 10 <= seconds <= 86_400 or good_for < 600:
        raise BadInput("it is open for 10 s to a day, and a prize good for 10 min or more")
    id, seed = f"k_{secrets.token_hex(6)}", secrets.token_hex(32)
    rules = _rules(id, prizes, currency, most, now + seconds)
    tx.run(
        "INSERT INTO packets (id, title, prizes, currency, most, commitment, seed, opens_at,"
        " closes_at, good_for, state) VALUES (:id, :title, :prizes, :currency, :most,"
        " :commitment, :seed, :now, :until, :good, 'open')",
        id=id,
        title=json.dumps(title, ensure_ascii=False),
        prizes=json.dumps([{"minor": p.minor, "count": p.count} for p in prizes]),
        currency=currency,
        most=most,
        commitment=draw.commitment(seed, rules),
        seed=seed,
        now=now,
        until=now + seconds,
        good=good_for,
    )
    note(tx, now, "packet_opened", packet=id, commitment=draw.commitment(seed, rules), by=by)
    return get(tx, id)


def enter(tx: Tx, id: str, viewer: str, nonce: str, now: float) -> Entered:
    """Take part, once; the first entry stands. Free of any purchase.

    `nonce` is the viewer's own share of the chance, up to 32 letters and digits.
    Raises `Refused`: unknown_packet, packet_over, packet_full, bad_nonce.
    """
    packet = get(tx, id)
    known = entry(tx, id, viewer)
    if known:
        return known
    if packet.state != "open" or now >= packet.closes_at:
        raise Refused("packet_over")
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", nonce):
        raise Refused("bad_nonce", "1 to 32 letters and digits")
    if packet.entrants >= packet.most:
        raise Refused("packet_full")
    tx.run(
        "INSERT INTO packet_entries (packet, place, viewer, nonce, at)"
        " VALUES (:p, :place, :v, :nonce, :now)",
        p=id,
        place=packet.entrants,
        v=viewer,
        nonce=nonce,
        now=now,
    )
    return Entered(id, packet.entrants, nonce)


def entry(tx: Tx, id: str, viewer: str) -> Entered | None:
    """A viewer's entry, if there is one."""
    row = tx.one("SELECT * FROM packet_entries WHERE packet = :p AND viewer = :v", p=id, v=viewer)
    return Entered(id, row["place"], row["nonce"], row["coupon"] or "") if row else None


def entries(tx: Tx, viewer: str, now: float) -> list[Entered]:
    """A viewer's entries of the packets that are shown now."""
    rows = tx.all(
        "SELECT e.* FROM packets p JOIN packet_entries e ON e.packet = p.id AND e.viewer = :v"
        " WHERE p.state = 'open' OR p.closes_at > :then ORDER BY p.opens_at, p.id",
        v=viewer,
        then=now - 3600,
    )
    return [Entered(r["packet"], r["place"], r["nonce"], r["coupon"] or "") for r in rows]


def due(tx: Tx, now: float) -> list[str]:
    """Packets to draw."""
    rows = tx.all("SELECT id FROM packets WHERE state = 'open' AND closes_at <= :now", now=now)
    return [row["id"] for row in rows]


def draw_packet(tx: Tx, id: str, now: float) -> tuple[Packet, list[tuple[str, Coupon]]]:
    """Reveal the seed and give each winner a coupon of their own, as (viewer, coupon).

    Raises `Refused`: unknown_packet, packet_open (not before its time), packet_drawn.
    """
    row = _row(tx, id)
    if row["state"] != "open":
        raise Refused("packet_drawn")
    if now < row["closes_at"]:
        raise Refused("packet_open", "it is not over yet")
    who = tx.all(
        "SELECT place, viewer, nonce FROM packet_entries WHERE packet = :p ORDER BY place", p=id
    )
    entries = [Entry(r["place"], draw.person(id, r["viewer"]), r["nonce"]) for r in who]
    prizes = _prizes(row)
    winners = draw.draw(row["seed"], entries, prizes)
    tx.run("UPDATE packets SET state = 'drawn', entries = :d WHERE id = :id",
           d=draw.digest(entries), id=id)  # fmt: skip
    given: list[tuple[str, Coupon]] = []
    for entrant in who:
        prize = winners.get(entrant["place"])
        if prize is None:
            continue
        minor = prizes[prize].minor
        coupon = coupons.make(
            tx,
            Coupon(
                coupons.new_code(), "amount", minor, row["currency"], now, now + row["good_for"],
                least=minor + 1, viewer=entrant["viewer"], origin=id,
            ),
        )  # fmt: skip
        tx.run(
            "UPDATE packet_entries SET prize = :prize, coupon = :c"
            " WHERE packet = :p AND place = :place",
            prize=prize,
            c=coupon.code,
            p=id,
            place=entrant["place"],
        )
        given.append((entrant["viewer"], coupon))
    note(tx, now, "packet_drawn", packet=id, entrants=len(who), winners=len(given))
    return get(tx, id), given


def get(tx: Tx, id: str) -> Packet:
    """Raises `Refused("unknown_packet")`."""
    return _read(tx, _row(tx, id))


def shown(tx: Tx, now: float) -> list[Packet]:
    """Those that are open, and those drawn in the last hour."""
    rows = tx.all(
        "SELECT * FROM packets WHERE state = 'open' OR closes_at > :then ORDER BY opens_at, id",
        then=now - 3600,
    )
    return [_read(tx, row) for row in rows]


def record(tx: Tx, id: str) -> dict[str, Any]:
    """Everything that is published: enough for anybody to check the draw with `draw.check`."""
    row = _row(tx, id)
    prizes = _prizes(row)
    entries = tx.all(
        "SELECT place, viewer, nonce, prize FROM packet_entries WHERE packet = :p ORDER BY place",
        p=id,
    )
    drawn = row["state"] == "drawn"
    return {
        "rules": _rules(id, prizes, row["currency"], row["most"], row["closes_at"]),
        "commitment": row["commitment"],
        "odds": draw.odds(prizes, len(entries)),
        "at_least": draw.odds(prizes, row["most"]),
        "entries": [
            {"place": e["place"], "person": draw.person(id, e["viewer"]), "nonce": e["nonce"]}
            for e in entries
        ],
        "digest": row["entries"],
        "seed": row["seed"] if drawn else "",
        "winners": {str(e["place"]): e["prize"] for e in entries if e["prize"] is not None},
    }


def _rules(
    id: str, prizes: Sequence[Prize], currency: str, most: int, closes_at: float
) -> dict[str, Any]:
    return {
        "packet": id,
        "prizes": [{"minor": prize.minor, "count": prize.count} for prize in prizes],
        "currency": currency,
        "most": most,
        "closes_at": int(closes_at),
    }


def _row(tx: Tx, id: str) -> Row:
    row = tx.one("SELECT * FROM packets WHERE id = :id", id=id)
    if row is None:
        raise Refused("unknown_packet", f"there is no red packet {id!r}")
    return row


def _prizes(row: Row) -> tuple[Prize, ...]:
    return tuple(Prize(item["minor"], item["count"]) for item in json.loads(row["prizes"]))


def _read(tx: Tx, row: Row) -> Packet:
    count = tx.one("SELECT count(*) AS n FROM packet_entries WHERE packet = :p", p=row["id"])
    entrants = count["n"] if count else 0
    prizes = _prizes(row)
    return Packet(
        id=row["id"],
        title=json.loads(row["title"]),
        prizes=prizes,
        currency=row["currency"],
        most=row["most"],
        commitment=row["commitment"],
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        state=row["state"],
        entrants=entrants,
        odds=draw.odds(prizes, entrants),
        at_least=draw.odds(prizes, row["most"]),
        seed=row["seed"] if row["state"] == "drawn" else "",
    )
