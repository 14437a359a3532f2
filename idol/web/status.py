"""What a refusal is in HTTP's terms, over HTTP and in the notices of a page's socket."""

from __future__ import annotations

_STATUS = {
    "bad_signature": 401,
    "wrong_password": 401,
    "not_logged_in": 401,
    "wrong_origin": 403,
    "not_found": 404,
    "unknown_order": 404,
    "unknown_payment": 404,
    "unknown_session": 404,
    "no_h264": 406,
    "body_too_big": 413,
    "key_reused": 422,
    "wrong_type": 415,
    "too_many_logins": 429,
    "full": 503,
    "not_ready": 503,
    "bad_sdp": 400,
    "bad_candidate": 400,
    "bad_command": 400,
}


def status_of(code: str) -> int:
    """The HTTP status of a refusal; 409 where none is named: it clashes with what is."""
    return _STATUS.get(code, 409)
