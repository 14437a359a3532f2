"""What was really heard: words that were cut off before the voice reached them are not here."""

from __future__ import annotations

from collections import deque

Heard = tuple[str, str]
"""(who, text); `who` is "host" or a viewer's id."""


class History:
    """The last exchanges. She may only refer to what her viewers heard."""

    def __init__(self, size: int = 24) -> None:
        self._lines: deque[tuple[str, str, str]] = deque(maxlen=size)

    def wrote(self, viewer: str, text: str) -> None:
        """A viewer's message that is being answered."""
        self._lines.append(("", viewer, text))

    def heard(self, utterance: str, text: str, chars: int) -> None:
        """The first `chars` characters of an utterance have been heard; later calls extend it."""
        said = text[: max(0, chars)]
        for i, (id, _, _) in enumerate(self._lines):
            if id and id == utterance:
                self._lines[i] = (utterance, "host", said)
                return
        if said:
            self._lines.append((utterance, "host", said))

    def last(self, count: int = 6) -> tuple[Heard, ...]:
        """The last exchanges, oldest first, as `ports.Situation.heard` wants them."""
        return tuple((who, text) for _, who, text in self._lines)[-count:]

    @property
    def last_said(self) -> str:
        """The last thing that she was heard to say, or empty."""
        return next((text for _, who, text in reversed(self._lines) if who == "host"), "")
