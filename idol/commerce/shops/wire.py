"""What the shop adapters share: secrets, signatures, and one way to call an HTTP interface."""

from __future__ import annotations

import base64
import hmac
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import httpx

from idol.errors import BadInput, Missing, Refused, Unavailable

REFERENCE = "idol_reference"
"""The name under which our payment reference travels with the order."""


def secret(name: str) -> str:
    """From the environment. Raises `Missing`."""
    value = os.environ.get(name, "")
    if not value:
        raise Missing(f"{name} is not set; this shop needs it in the environment")
    return value


def verified(headers: Mapping[str, str], header: str, body: bytes, key: str) -> Any:
    """The JSON of a webhook whose base64 HMAC-SHA256 stands in `header`.

    Raises `Refused("bad_signature")`, `BadInput`.
    """
    given = next((value for name, value in headers.items() if name.lower() == header), "")
    mine = base64.b64encode(hmac.new(key.encode(), body, sha256).digest())
    if not hmac.compare_digest(mine, given.encode()):
        raise Refused("bad_signature", "it does not match")
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadInput(f"not JSON: {error}") from None


def topic(headers: Mapping[str, str], header: str) -> str:
    """What a webhook is about."""
    return next((value for name, value in headers.items() if name.lower() == header), "")


async def call(
    who: str,
    method: str,
    url: str,
    *,
    transport: httpx.AsyncBaseTransport | None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    content: Any = None,
) -> Any:
    """One request and its JSON. Raises `Unavailable` for what may pass, `Refused` for a no."""
    try:
        async with httpx.AsyncClient(transport=transport, timeout=20.0) as client:
            answer = await client.request(
                method, url, headers=headers, auth=auth, params=params, json=content
            )
        data = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(f"{who} cannot be reached: {type(error).__name__}") from error
    if answer.is_success:
        return data
    text = str(data.get("message") or data.get("errors") or "") if isinstance(data, dict) else ""
    if answer.status_code >= 500 or answer.status_code in (401, 403, 408, 409, 425, 429):
        raise Unavailable(f"{who}: status {answer.status_code} {text}".rstrip())
    raise Refused("refused_by_shop", f"{who}: {text or answer.status_code}")
