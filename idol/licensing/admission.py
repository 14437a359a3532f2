"""Before a sponsored segment airs: read its grant, decide, write the decision down."""

from __future__ import annotations

from pathlib import Path

from idol.licensing import grant as grants
from idol.licensing import policy
from idol.licensing.keys import TrustStore
from idol.licensing.meter import Meter
from idol.licensing.policy import Decision


class Admission:
    """The door to the air for sponsored segments. `idol` is the host who would present."""

    def __init__(self, keys: TrustStore, meter: Meter, idol: str) -> None:
        self._keys, self._meter, self._idol = keys, meter, idol

    def admit(
        self, file: Path, *, segment: str, kind: str, brand: str, product: str, now: float
    ) -> Decision:
        """Decide for one airing that is about to begin, and record it. Never raises.

        The grant file is read anew each time, so a new one takes effect without a restart.
        """
        decision = self._decide(file, kind=kind, brand=brand, product=product, now=now)
        self._meter.record(decision, now, segment=segment, product=product)
        return decision

    def _decide(self, file: Path, *, kind: str, brand: str, product: str, now: float) -> Decision:
        try:
            token = file.read_text("ascii")
        except (FileNotFoundError, IsADirectoryError):
            return policy.deny("missing")
        except (OSError, UnicodeDecodeError):
            return policy.deny("unreadable")
        try:
            grant = grants.authenticate(token, self._keys)
        except grants.NotGranted as error:
            return error.denial
        return policy.decide(
            grant,
            brand,
            product,
            now,
            idol=self._idol,
            kind=kind,
            airings=self._meter.airings(grant.id),
        )
