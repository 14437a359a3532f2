"""Ed25519 keys of brands: public ones in a folder that we trust, private ones elsewhere.

A public key is a file `NAME.pub.json`: ``{"brand": ..., "key": JWK}``. It is bound
to one brand, so the key of one brand can never sign for another. A private key is a file
outside the repository (or the environment variable `IDOL_LICENCE_KEY`): the same with the
private JWK (RFC 8037), readable by its owner only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from idol.errors import BadInput, Missing

SUFFIX = ".pub.json"
ENVIRONMENT = "IDOL_LICENCE_KEY"


@dataclass(frozen=True, slots=True)
class BrandKey:
    """A key and the only brand it may speak for. `id` is the key's RFC 7638 thumbprint."""

    brand: str
    key: OKPKey

    @property
    def id(self) -> str:
        return self.key.thumbprint()

    @property
    def private(self) -> bool:
        return bool(self.key.is_private)


class TrustStore:
    """The public keys we trust, by key id."""

    def __init__(self, keys: Mapping[str, BrandKey]) -> None:
        self._keys = dict(keys)

    @classmethod
    def load(cls, folder: Path) -> TrustStore:
        """Read every `*.pub.json` of a folder. Raises `BadInput` naming the file.

        A folder that is not there trusts nobody.
        """
        keys = [read(file) for file in sorted(folder.glob(f"*{SUFFIX}"))]
        return cls({key.id: key for key in keys})

    def get(self, key_id: str) -> BrandKey | None:
        return self._keys.get(key_id)

    def __len__(self) -> int:
        return len(self._keys)


def new(brand: str) -> BrandKey:
    """A fresh private key for a brand."""
    return BrandKey(brand, OKPKey.generate_key("Ed25519"))


def write(key: BrandKey, file: Path, *, private: bool) -> None:
    """Write a key file; a private one is created with mode 0600 and never overwritten.

    Raises `BadInput` if a private key would be overwritten.
    """
    tree = {"brand": key.brand, "key": key.key.as_dict(private=private)}
    text = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not private:
        file.write_text(text, "utf-8")
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput("there is a key already; it will not be overwritten", where=str(file)) from (
            None
        )
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)


def read(file: Path) -> BrandKey:
    """Read a public or private key file. Raises `BadInput` naming the file."""
    try:
        return parse(file.read_text("utf-8"), where=str(file))
    except FileNotFoundError:
        raise BadInput("there is no such file", where=str(file)) from None
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8 text: {error.reason}", where=str(file)) from None


def parse(text: str, *, where: str) -> BrandKey:
    """Read a key from its JSON text. Raises `BadInput`."""
    try:
        tree: Any = json.loads(text)
        brand, jwk = tree["brand"], tree["key"]
        if not (isinstance(brand, str) and brand and isinstance(jwk, dict)):
            raise TypeError
        key = OKPKey.import_key(jwk)
        if key.curve_name != "Ed25519":
            raise BadInput(f"the curve is {key.curve_name}, not Ed25519", where=where)
    except (ValueError, KeyError, TypeError, JoseError):
        raise BadInput(
            'not a key file: {"brand": ..., "key": {"kty": "OKP", "crv": "Ed25519", ...}}',
            where=where,
        ) from None
    return BrandKey(brand, key)


def private_key(file: Path | None, environ: Mapping[str, str] = os.environ) -> BrandKey:
    """The private key to sign with: from `file`, else from the environment.

    Raises `BadInput` for a public key, `Missing` when there is neither.
    """
    if file is not None:
        key, where = read(file), str(file)
    elif text := environ.get(ENVIRONMENT):
        key, where = parse(text, where=ENVIRONMENT), ENVIRONMENT
    else:
        raise Missing(
            f"no private key: name a file, or set {ENVIRONMENT}; "
            "`idol licence new-key BRAND FOLDER` makes one"
        )
    if not key.private:
        raise BadInput("this is a public key; signing needs the private one", where=where)
    return key
