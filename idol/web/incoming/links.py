"""Somebody who ordered on a platform comes to our page to confirm and pay: they prove who they
are by writing a code, which the page shows, in that platform's chat.

What the code opens is the page that asked for it, and nothing else; the page then bears the
platform account's signed cookie. So nobody should write a code that somebody else gave them,
and the page says so.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from idol.clock import Clock
from idol.model import Viewer

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 6
GOOD_FOR_S = 600.0
MOST = 2000
_COMMAND = re.compile(rf"!link\s+([{LETTERS}{LETTERS.lower()}]{{{LENGTH}}})", re.ASCII)


@dataclass(slots=True)
class _Wish:
    code: str
    until: float
    viewer: Viewer | None = None


class Links:
    """Codes that are shown and not yet written, and those that were."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wishes: OrderedDict[str, _Wish] = OrderedDict()
        self._codes: dict[str, str] = {}

    def ask(self) -> tuple[str, str]:
        """(code to write, ticket of the page that shows it)."""
        self._forget()
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        ticket = secrets.token_urlsafe(24)
        self._wishes[ticket] = _Wish(code, self._clock.monotonic() + GOOD_FOR_S)
        self._codes[code] = ticket
        return code, ticket

    def written(self, text: str, viewer: Viewer) -> bool:
        """Whether a line of chat was the command; a good code is used up by it."""
        found = _COMMAND.fullmatch(text)
        if found is None:
            return False
        self._forget()
        ticket = self._codes.pop(found[1].upper(), "")
        if wish := self._wishes.get(ticket):
            wish.viewer = viewer
        return True

    def claim(self, ticket: str) -> tuple[bool, Viewer | None]:
        """(whether the ticket is still good, who wrote its code): once, then it is over."""
        self._forget()
        wish = self._wishes.get(ticket)
        if wish is None:
            return False, None
        if wish.viewer is not None:
            del self._wishes[ticket]
        return True, wish.viewer

    def _forget(self) -> None:
        now = self._clock.monotonic()
        while self._wishes:
            ticket, wish = next(iter(self._wishes.items()))
            if wish.until > now and len(self._wishes) < MOST:
                return
            del self._wishes[ticket]
            self._codes.pop(wish.code, None)
