"""The one tree of errors. `retryable` says whether the same call may succeed later."""

from __future__ import annotations


class IdolError(Exception):
    """Root of every error that Idol raises on purpose."""

    retryable = False


class BadInput(IdolError):
    """Something a person wrote is wrong. The message names the file, line or field.

    `where` is e.g. ``show.yaml:12 segments[2].lines[0].say``; `hint` the nearest right word.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        text = f"{where}: {what}" if where else what
        super().__init__(f"{text} (did you mean {hint!r}?)" if hint else text)


class Refused(IdolError):
    """A rule of the shop, the guard or a licence said no. `code` is stable, for programs."""

    def __init__(self, code: str, text: str = "") -> None:
        self.code = code
        super().__init__(text or code)


class Unavailable(IdolError):
    """An engine, worker or outside service cannot serve now."""

    retryable = True


class Missing(IdolError):
    """A package, weight file or asset is not installed. The message says the command to run."""
