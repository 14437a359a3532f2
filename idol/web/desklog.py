"""The host's log, as the operator's desk shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

from idol.clock import Clock
from idol.web.audience import WebAudience

_SHOWN = ("info", "warning", "error", "critical")
_NOT_FOR_PEOPLE = frozenset(("event", "level", "timestamp", "room", "exception", "exc_info"))


def attach(audience: WebAudience, clock: Clock) -> Callable[[], None]:
    """Show every record to the operators from now on; returns what ends that again.

    Call it on the event loop. Records may come from any thread. One that carries `text` was
    written by a room that tells the operators itself.
    """
    loop = asyncio.get_running_loop()

    def forward(_: Any, level: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if level in _SHOWN and "text" not in record:
            event = {"type": "log", "at": clock.now(), "level": level, "text": line(record)}
            if not loop.is_closed():
                loop.call_soon_threadsafe(audience.tell_operators, event)
        return record

    # In place: loggers that have been used already hold on to this very list.
    processors: list[Any] = structlog.get_config()["processors"]
    processors.insert(len(processors) - 1, forward)
    return lambda: processors.remove(forward)


def line(record: MutableMapping[str, Any]) -> str:
    """One record on one line: room, what happened, details; the last line of a traceback."""
    details = " ".join(f"{k}={v}" for k, v in record.items() if k not in _NOT_FOR_PEOPLE)
    error = record.get("exc_info")
    if isinstance(error, BaseException):
        details += f" {type(error).__name__}: {error}"
    elif text := str(record.get("exception", "")).strip():
        details += f" {text.splitlines()[-1]}"
    room = f"{record['room']}: " if record.get("room") else ""
    return f"{room}{record.get('event', '')} {details}".strip()[:600]
