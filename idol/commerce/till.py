"""Where purchases stand in line: all that wait are decided together, in one transaction.

While one commit is on its way to the disk the next purchases gather, so a rush makes the
batches larger and not the line longer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from idol.clock import Clock
from idol.commerce import answers, webhooks
from idol.commerce.answers import Answer, Purchase
from idol.commerce.holds import Rules
from idol.commerce.idempotency import flight
from idol.commerce.outcomes import ShopEvent
from idol.errors import IdolError, Refused
from idol.store import Store, Tx

_MOST = 256
"""Purchases decided at once: bounds the wait of the first among them."""
_Waiting = tuple[Purchase, "asyncio.Future[Answer]"]
_Decided = tuple[list[Answer | Refused], list[ShopEvent]]


class Till:
    """Takes purchases from the event loop; `tell` hears what came of a batch, after commit."""

    def __init__(
        self, store: Store, clock: Clock, rules: Rules, tell: Callable[[list[ShopEvent]], None]
    ) -> None:
        self._store, self._clock, self.rules, self._tell = store, clock, rules, tell
        self._line: deque[_Waiting] = deque()
        self._serving: set[asyncio.Task[None]] = set()
        self._called = False
        self._flying: dict[str, str] = {}

    async def place(self, purchase: Purchase) -> Answer:
        """Answered once it is on disk. Raises `Unavailable`; `Refused`: key_reused, or in_flight
        while the same request is being answered elsewhere."""
        with flight(self._flying, purchase.key, purchase.request):
            return await self._place(purchase)

    async def _place(self, purchase: Purchase) -> Answer:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._line.append((purchase, future))
        self._call()
        return await future

    def _call(self) -> None:
        """See that somebody serves the line."""
        if self._line and not self._called:
            self._called = True
            task = asyncio.get_running_loop().create_task(self._serve())
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(self) -> None:
        taken: list[_Waiting] = []

        def work(tx: Tx) -> _Decided:
            if not taken:  # it may be run again, and then for the same purchases
                self._called = False  # before the line is read, so that nobody is left in it
                while self._line and len(taken) < _MOST:
                    taken.append(self._line.popleft())
            return self._decide(tx, [purchase for purchase, _ in taken])

        try:
            decided = await self._store.submit(work)
        except IdolError as error:
            self._refuse(taken, error)
        except Exception as error:
            # One of them is to blame: each goes alone, and only that one fails.
            if len(taken) < 2:
                self._refuse(taken, error)
            for each in taken if len(taken) > 1 else ():
                await self._serve_one(each)
        else:
            self._answer(taken, decided)
        self._call()  # for those who were too many for this batch

    async def _serve_one(self, waiting: _Waiting) -> None:
        try:
            decided = await self._store.submit(lambda tx: self._decide(tx, [waiting[0]]))
        except Exception as error:
            self._refuse([waiting], error)
        else:
            self._answer([waiting], decided)

    def _decide(self, tx: Tx, purchases: list[Purchase]) -> _Decided:
        now = self._clock.now()
        given, events = answers.place_all(tx, purchases, now, self.rules)
        # What ran out is freed by whoever buys next: then its word to others goes out from here.
        webhooks.publish(tx, events, self.rules.webhooks, now)
        return given, events

    def _answer(self, taken: list[_Waiting], decided: _Decided) -> None:
        given, events = decided
        self._tell(events)
        for (_, future), answer in zip(taken, given, strict=True):
            if future.done():  # its caller has left; what was bought stays bought
                continue
            if isinstance(answer, Refused):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _refuse(self, taken: list[_Waiting], error: Exception) -> None:
        if not taken:  # the store would not even begin
            self._called = False
            taken = list(self._line)
            self._line.clear()
        for _, future in taken:
            if not future.done():
                future.set_exception(error)
