"""The signed grant: a JWT (RFC 7519) under Ed25519 (RFC 9864), one small text file.

Claims: `jti` id, `iss` brand, `sub` host (may be empty), `nbf` and `exp`, and our own
`products`, `kinds`, `max_airings`, `labels`. The header's `kid` names the signing key; the
trust store says which brand that key may speak for.
"""

from __future__ import annotations

from typing import Annotated, Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from idol.errors import BadInput, Refused
from idol.licensing import policy
from idol.licensing.keys import BrandKey, TrustStore
from idol.licensing.policy import Deny, Grant
from idol.model import Language

ALGORITHM = "Ed25519"
LONGEST = 8192
"""Characters of a token; a grant for a hundred products has about three thousand."""


class NotGranted(Refused):
    """A token that grants nothing; `denial` says why in each language."""

    def __init__(self, denial: Deny) -> None:
        self.denial = denial
        super().__init__(denial.clause, denial.reason)


_Name = Annotated[str, Field(min_length=1, max_length=80)]


class _Claims(BaseModel):
    """Unknown claims are refused: a condition that we do not know must not be passed over."""

    model_config = ConfigDict(extra="forbid", strict=True)

    jti: _Name
    iss: _Name
    sub: Annotated[str, Field(max_length=80)] = ""
    iat: int = 0
    nbf: int
    exp: int
    products: list[_Name] = Field(min_length=1, max_length=500)
    kinds: list[_Name] = Field(default=["sponsored"], min_length=1, max_length=20)
    max_airings: int = Field(0, ge=0)
    labels: dict[Language, Annotated[str, Field(max_length=40)]] = {}


def sign(grant: Grant, key: BrandKey, now: float) -> str:
    """The token of a grant. Raises `BadInput` if the key is not this brand's."""
    if key.brand != grant.brand:
        raise BadInput(f"the key is {key.brand}'s and cannot sign for {grant.brand}", where="key")
    if grant.until <= grant.since:
        raise BadInput("the grant ends before it begins", where="until")
    claims: dict[str, Any] = {
        "jti": grant.id,
        "iss": grant.brand,
        "sub": grant.idol,
        "iat": int(now),
        "nbf": int(grant.since),
        "exp": int(grant.until),
        "products": list(grant.products),
        "kinds": list(grant.kinds),
        "max_airings": grant.max_airings,
        "labels": dict(grant.labels),
    }
    _read(claims)
    header = {"alg": ALGORITHM, "kid": key.id}
    return jwt.encode(header, claims, key.key, algorithms=[ALGORITHM])


def verify(token: str, keys: TrustStore, now: float) -> Grant:
    """The grant in a token, once its signature, key and time window are proved.

    Raises `NotGranted` with a clause of `policy.Clause` as its code: unreadable, unknown_key,
    signature, brand, not_yet, expired.
    """
    grant = authenticate(token, keys)
    decision = policy.decide(grant, "", grant.products[0], now, kind=grant.kinds[0])
    if isinstance(decision, Deny):
        raise NotGranted(decision)
    return grant


def authenticate(token: str, keys: TrustStore) -> Grant:
    """The grant in a token, whose signature is proved but whose time is not looked at.

    Raises `NotGranted` like `verify`.
    """
    token = token.strip()
    if not token or len(token) > LONGEST:
        raise _refused("unreadable")
    signers: list[BrandKey] = []

    def find(guest: Any) -> Any:
        key_id = str(guest.headers().get("kid", ""))
        signer = keys.get(key_id)
        if signer is None:
            raise _refused("unknown_key", detail=key_id[:16] or "-")
        signers.append(signer)
        return signer.key

    try:
        claims = _read(jwt.decode(token, find, algorithms=[ALGORITHM]).claims)
    except BadSignatureError:
        raise _refused("signature") from None
    except (JoseError, BadInput, ValueError):
        raise _refused("unreadable") from None
    signer = signers[0]
    if signer.brand != claims.iss:
        raise _refused("brand", granted=claims.iss, asked=signer.brand)
    return Grant(
        id=claims.jti,
        brand=claims.iss,
        idol=claims.sub,
        products=tuple(claims.products),
        since=float(claims.nbf),
        until=float(claims.exp),
        kinds=tuple(claims.kinds),
        max_airings=claims.max_airings,
        labels=dict(claims.labels),
    )


def _read(claims: Any) -> _Claims:
    try:
        return _Claims.model_validate(claims)
    except ValidationError as error:
        item = error.errors()[0]
        raise BadInput(item["msg"], where=".".join(str(p) for p in item["loc"])) from None


def _refused(clause: policy.Clause, **details: str) -> NotGranted:
    return NotGranted(policy.deny(clause, **details))
