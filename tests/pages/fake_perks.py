"""Red packets, coupons and a queue for the fake host; the draw and its record are the real ones."""

from __future__ import annotations

import time
from typing import Any

from idol.commerce import draw
from idol.commerce.draw import Entry, Prize

CURRENCY = "CNY"
SEED = "5e" * 32


def money(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": CURRENCY}


def coupon(code: str, minor: int, least: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "off": money(minor) if minor else None,
        "percent": None,
        "least": money(least) if least else None,
        "listing": None,
        "until": time.time() + 7200,
        "packet": "",
        **more,
    }


class Perks:
    """What one viewer, v1, has; others are only numbers."""

    def __init__(self) -> None:
        self.packets: dict[str, dict[str, Any]] = {}
        self.offers: list[dict[str, Any]] = []
        self.coupons: list[dict[str, Any]] = []
        self.claimed: list[str] = []
        self.entered: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.offered: list[str] = []
        self.missed: list[dict[str, Any]] = []
        self.entries: list[Entry] = []
        self.winners: dict[int, int] = {}

    def open_packet(self, seconds: float = 150.0, others: int = 37) -> dict[str, Any]:
        """A packet with three prizes of 20 and ten of 5, and others who take part already."""
        now = time.time()
        self.entries = [Entry(n, draw.person("k_1", f"o{n}"), f"nonce{n}") for n in range(others)]
        self._closes = now + seconds
        packet = {
            "id": "k_1",
            "title": {"zh": "周五福袋", "en": "Friday red packet"},
            "prizes": [
                {"amount": money(2000), "count": 3},
                {"amount": money(500), "count": 10},
            ],
            "most": 500,
            "commitment": draw.commitment(SEED, self._rules()),
            "seed": "",
            "opens_at": now,
            "closes_at": self._closes,
            "state": "open",
        }
        self.packets["k_1"] = packet
        self._count()
        return packet

    def enter(self, packet: str, nonce: str) -> None:
        place = len(self.entries)
        self.entries.append(Entry(place, draw.person(packet, "v1"), nonce))
        self.entered = [{"packet": packet, "place": place, "nonce": nonce, "won": ""}]
        self._count()

    def draw(self) -> dict[str, Any]:
        """Reveal the seed; the viewer gets what the real draw gives, or else the first prize."""
        self.winners = draw.draw(SEED, self.entries, self._prizes())
        packet = self.packets["k_1"]
        packet.update(state="drawn", seed=SEED, closes_at=time.time() - 1)
        if self.entered:
            self.entered[0]["won"] = "PRIZE20"
            self.coupons.append(coupon("PRIZE20", 2000, 2001, packet="k_1"))
        return packet

    def record(self) -> dict[str, Any]:
        return {
            "rules": self._rules(),
            "commitment": self.packets["k_1"]["commitment"],
            "entries": [
                {"place": e.place, "person": e.person, "nonce": e.nonce} for e in self.entries
            ],
            "digest": draw.digest(self.entries),
            "seed": self.packets["k_1"]["seed"],
            "winners": {str(place): prize for place, prize in self.winners.items()},
        }

    def claim(self, code: str) -> bool:
        """False if there is no such coupon."""
        found = next((offer for offer in self.offers if offer["code"] == code.upper()), None)
        if found is None:
            return False
        self.claimed.append(code)
        self.coupons.append({**found, "code": f"OWN{code}"})
        return True

    def mine(self, holds: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "type": "mine",
            "waiting": self.waiting,
            "coupons": self.coupons,
            "claimed": self.claimed,
            "entered": self.entered,
            "offered": self.offered,
            "missed": self.missed,
            "holds": holds,
            "fits": [fit for hold in holds for fit in self._fits(hold)],
        }

    def _fits(self, hold: dict[str, Any]) -> list[dict[str, Any]]:
        total, found = hold["total"]["minor"], []
        for own in self.coupons:
            least = own["least"]["minor"] if own["least"] else 0
            fits = total >= least
            off = own["off"]["minor"] if fits else 0
            found.append(
                {
                    "hold": hold["id"],
                    "code": own["code"],
                    "off": money(off) if fits else None,
                    "pay": money(total - off),
                    "why": "" if fits else "coupon_least",
                }
            )
        return sorted(found, key=lambda fit: fit["pay"]["minor"])

    def _rules(self) -> dict[str, Any]:
        prizes = [{"minor": prize.minor, "count": prize.count} for prize in self._prizes()]
        return {
            "packet": "k_1", "prizes": prizes, "currency": CURRENCY, "most": 500,
            "closes_at": int(self._closes),
        }  # fmt: skip

    def _prizes(self) -> list[Prize]:
        return [Prize(2000, 3), Prize(500, 10)]

    def _count(self) -> None:
        packet = self.packets["k_1"]
        packet["entrants"] = len(self.entries)
        packet["odds"] = draw.odds(self._prizes(), len(self.entries))
        packet["at_least"] = draw.odds(self._prizes(), 500)
