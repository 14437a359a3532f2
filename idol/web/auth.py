"""Who is who: signed viewer cookies, the operator's password and sessions, login attempts."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from idol.clock import Clock
from idol.errors import BadInput, Refused
from idol.model import Language, Viewer
from idol.web.clean import clean_name
from idol.web.limiter import Limiter, Rate
from idol.web.texts import say

VIEWER_COOKIE = "idol_viewer"
CONSOLE_COOKIE = "idol_console"
VIEWER_COOKIE_SECONDS = 365 * 86_400
SESSION_SECONDS = 12 * 3600.0
_REMEMBERED = 10_000
"""Names that viewers chose; those of the longest silent go first."""


def cookie_secret(data: Path, environ: Mapping[str, str] = os.environ) -> bytes:
    """The key that signs cookies: `IDOL_SECRET`, else one made once and kept in the data folder.

    With a kept key, viewers are the same after a restart and still find their orders.
    """
    if text := environ.get("IDOL_SECRET"):
        if len(text) < 16:
            raise BadInput("at least 16 characters are needed", where="IDOL_SECRET")
        return text.encode()
    file = data / "cookie.key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_bytes()
        if len(key) < 16:
            raise BadInput("too short for a key; delete the file", where=str(file)) from None
        return key
    with os.fdopen(handle, "wb") as out:
        key = secrets.token_bytes(32)
        out.write(key)
    return key


def console_password(environ: Mapping[str, str] = os.environ) -> str:
    """`IDOL_CONSOLE_PASSWORD`, else a new one for this run, easy to type: about 62 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))
    return environ.get("IDOL_CONSOLE_PASSWORD") or "-".join(groups)


def host_names(host: Mapping[Language, str]) -> frozenset[str]:
    """Her names as nobody else may bear them."""
    return frozenset(name.casefold().replace(" ", "") for name in host.values())


class Viewers:
    """Viewers are known by a signed cookie, and by the name they chose."""

    def __init__(self, secret: bytes, reserved: frozenset[str] = frozenset()) -> None:
        """`reserved`: names nobody may take, casefolded without spaces: the host's."""
        self._secret, self._reserved = secret, reserved
        self._names: OrderedDict[str, str] = OrderedDict()

    def new(self) -> str:
        """A cookie for somebody who has none."""
        return self._cookie(secrets.token_hex(8))

    def adopt(self, viewer: Viewer) -> str:
        """A cookie for somebody of another platform who has proved who they are."""
        self._remember(viewer.id, viewer.name)
        return self._cookie(viewer.id)

    def id(self, cookie: str | None) -> str | None:
        """The viewer's id, or None if the cookie is not one of ours."""
        id, _, signature = (cookie or "").rpartition(".")
        # Bytes: a cookie may hold letters that compare_digest does not take as text.
        good = hmac.compare_digest(signature.encode(), self._sign(id).encode())
        return id if id and good else None

    def viewer(self, id: str, language: Language) -> Viewer:
        """The viewer with the name they chose, else a guest's name with a number."""
        name = self._names.get(id)
        if name is None:
            number = int(hashlib.sha256(id.encode()).hexdigest()[:8], 16) % 9000 + 1000
            name = say("guest", language, n=number)
        return Viewer(id, name, _platform(id))

    def named(self, id: str) -> bool:
        """Whether the viewer has chosen a name."""
        return id in self._names

    def rename(self, id: str, name: str) -> Viewer:
        """Raises `Refused("bad_name")`."""
        name = clean_name(name, self._reserved)
        if not name:
            raise Refused("bad_name")
        self._remember(id, name)
        return Viewer(id, name, _platform(id))

    def _remember(self, id: str, name: str) -> None:
        self._names.pop(id, None)
        self._names[id] = name
        if len(self._names) > _REMEMBERED:
            self._names.popitem(last=False)

    def _cookie(self, id: str) -> str:
        return f"{id}.{self._sign(id)}"

    def _sign(self, id: str) -> str:
        return hmac.new(self._secret, f"viewer {id}".encode(), hashlib.sha256).hexdigest()[:32]


def _platform(id: str) -> str:
    """Viewers of other platforms are PLATFORM:ACCOUNT; our own ids hold no colon."""
    platform, colon, _ = id.partition(":")
    return platform if colon else "web"


class Operators:
    """The operator's password, kept only as a hash, and the sessions it opened."""

    def __init__(self, password: str, clock: Clock) -> None:
        # OWASP's second Argon2id set (19 MiB, 2 passes): some 20 ms, so that a login does not
        # take a frame's worth of memory bandwidth from the picture.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._hash = self._hasher.hash(password)
        self._clock = clock
        self._sessions: dict[str, float] = {}
        self._by_address = Limiter(Rate(5, 1 / 30))
        self._at_all = Limiter(Rate(20, 1 / 5))

    async def login(self, password: str, address: str) -> str:
        """A session token. Raises `Refused`: wrong_password; too_many_logins, whose text is the
        number of seconds to wait."""
        now = self._clock.monotonic()
        for limiter, who in ((self._by_address, address), (self._at_all, "")):
            if not limiter.take(who, now):
                raise Refused("too_many_logins", str(int(limiter.wait(who)) + 1))
        if len(password) > 200 or not await asyncio.to_thread(self._matches, password):
            raise Refused("wrong_password")
        self._forget(now)
        token = secrets.token_urlsafe(32)
        self._sessions[_digest(token)] = now + SESSION_SECONDS
        return token

    def valid(self, token: str | None) -> bool:
        """Whether the token is of a session that has not ended."""
        until = self._sessions.get(_digest(token)) if token else None
        return until is not None and self._clock.monotonic() < until

    def logout(self, token: str | None) -> None:
        if token:
            self._sessions.pop(_digest(token), None)

    def _matches(self, password: str) -> bool:
        try:
            return self._hasher.verify(self._hash, password)
        except VerificationError:
            return False

    def _forget(self, now: float) -> None:
        self._sessions = {token: end for token, end in self._sessions.items() if now < end}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
