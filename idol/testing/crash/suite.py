"""The driver: forks the shops' processes, hears their answers, kills them, and judges."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from idol.commerce import coupons
from idol.store import is_url
from idol.testing.crash.buyers import COUPON, Buyer, Place, advance, live, opened
from idol.testing.crash.proof import Heard, Proof, prove
from idol.testing.postgres import PostgresServer


@dataclass(frozen=True)
class Plan:
    """How much of it. `processes` share one database; an SQLite file has one."""

    buyers: int = 10_000
    kills: int = 1_000
    processes: int = 1
    stock: int = 5_000
    seed: int = 7
    longest: float = 1.2
    """How long most processes live at most after their first answer, as a multiple of how long
    they took to it: so they get as far on a busy machine as on a quiet one."""
    patient: int = 20
    """One process in so many lives on until it has heard of a payment, which takes several
    commits; but for 5 s more at most."""
    hold_seconds: float = 120.0
    crash_every: int = 100
    """Kills of shops to one crash of the database server, where it is ours."""


_PATIENCE = 5.0


@dataclass
class Life:
    """A running process: its pid, the pipe it answers on, and its buyers. It dies `span` times
    the wait for its first answer after that, at `ends_at`, or, if `patient`, with a payment."""

    pid: int
    pipe: int
    buyers: list[Buyer]
    span: float
    begun: float
    patient: bool = False
    ends_at: float = 0.0
    rest: bytes = b""

    def over(self, now: float) -> bool:
        """Whether its time has come."""
        return self.ends_at > 0 and self.ends_at + self.patient * _PATIENCE < now


@dataclass(frozen=True)
class Result:
    proof: Proof
    heard: Heard
    kills: int
    server_crashes: int
    seconds: float


@dataclass
class Suite:
    """One run on one database. `say` hears progress."""

    plan: Plan
    database: str
    folder: Path
    server: PostgresServer | None = None
    say: Callable[[str], None] = lambda text: None
    heard: Heard = field(default_factory=Heard)

    def run(self) -> Result:
        """Raises `RuntimeError` if a process ends of itself, which is a fault of the suite."""
        plan, begun = self.plan, time.monotonic()
        chance = random.Random(plan.seed)
        place = Place(self.database, self.folder, plan.stock, plan.hold_seconds)
        asyncio.run(_open(place))
        self.buyers = [Buyer(f"b{n}") for n in range(plan.buyers)]
        shares = [self.buyers[n :: plan.processes] for n in range(plan.processes)]
        lives = [self._begin(place, share, chance) for share in shares]
        kills = crashes = 0
        try:
            while kills < plan.kills:
                self._hear(lives, 0.02)
                for life in [each for each in lives if each.over(time.monotonic())]:
                    self._end(life)
                    lives.remove(life)
                    kills += 1
                    if kills % 100 == 0:
                        self.say(f"{kills:,} kills, {self.heard.total:,} answers")
                    if self.server and kills % plan.crash_every == 0:
                        self.server.crash()
                        crashes += 1
                    lives.append(self._begin(place, life.buyers, chance))
        finally:
            for life in lives:
                self._end(life)
        for share in shares:  # whoever still waited for an answer gets it
            self._finish(place, share, chance)
        store, _, _ = asyncio.run(opened(place))
        try:
            proof = store.read(lambda tx: prove(tx, self.heard, plan.stock))
        finally:
            store.close()
        return Result(proof, self.heard, kills, crashes, time.monotonic() - begun)

    def _begin(
        self, place: Place, buyers: list[Buyer], chance: random.Random, last: bool = False
    ) -> Life:
        reading, writing = os.pipe()
        gc.freeze()  # or each process would copy all that was heard, only to look for garbage
        seed = chance.getrandbits(32)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                os.close(reading)
                live(place, buyers, writing, seed, last)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        os.close(writing)
        patient = chance.randrange(self.plan.patient) == 0
        span = chance.uniform(0.02, self.plan.longest)
        return Life(pid, reading, buyers, span, time.monotonic(), patient and not last)

    def _hear(self, lives: list[Life], seconds: float) -> None:
        ready, _, _ = select.select([life.pipe for life in lives], [], [], seconds)
        for life in list(lives):
            if life.pipe not in ready:
                continue
            data = os.read(life.pipe, 1 << 16)
            if not data:
                lives.remove(life)
                os.waitpid(life.pid, 0)
                raise RuntimeError("a shop ended by itself; see its traceback")
            if not life.ends_at:
                now = time.monotonic()
                life.ends_at = now + life.span * (now - life.begun)
            self._take(life, data)

    def _take(self, life: Life, data: bytes) -> None:
        *lines, life.rest = (life.rest + data).split(b"\n")
        for line in lines:
            name, key, step, answer = json.loads(line)
            life.patient &= answer != "paid"
            if self.heard.add(name, key, step, answer):
                advance(self.buyers[int(name[1:])], step, answer)

    def _end(self, life: Life) -> None:
        """SIGKILL; then hear what it had said before."""
        os.kill(life.pid, signal.SIGKILL)
        os.waitpid(life.pid, 0)
        while data := os.read(life.pipe, 1 << 16):
            self._take(life, data)
        os.close(life.pipe)

    def _finish(self, place: Place, buyers: list[Buyer], chance: random.Random) -> None:
        life = self._begin(place, buyers, chance, last=True)
        while data := os.read(life.pipe, 1 << 16):
            self._take(life, data)
        os.close(life.pipe)
        _, status = os.waitpid(life.pid, 0)
        if status:
            raise RuntimeError("the last shop did not end well; see its traceback")


async def _open(place: Place) -> None:
    store, shop, _ = place.open()
    try:
        await shop.start()
        await store.submit(lambda tx: coupons.make(tx, COUPON))
    finally:
        store.close()


def run(database: str, plan: Plan, say: Callable[[str], None]) -> Result:
    """On "sqlite", on "postgres" (a server of our own), or on an empty database by its URL."""
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            return Suite(plan, "ledger.db", Path(folder), None, say).run()
        if is_url(database):
            return Suite(plan, database, Path(folder), None, say).run()
        with PostgresServer() as server:
            return Suite(plan, server.database(), Path(folder), server, say).run()
