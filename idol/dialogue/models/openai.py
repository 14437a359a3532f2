"""Any server that speaks the OpenAI chat protocol: a local one, or one that is paid for.

The key comes only from the environment (`IDOL_MODEL_KEY`) and is never logged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence

import httpx

from idol.errors import Unavailable
from idol.ports import Prompt

CONNECT_S = 5.0
READ_S = 20.0


class OpenAICompatibleModel:
    """`model` at `endpoint`, such as ``http://127.0.0.1:8000/v1``, by server-sent events."""

    def __init__(
        self,
        model: str = "default",
        endpoint: str = "",
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name = model
        self._base = endpoint.rstrip("/")
        self._transport = transport
        self._client: httpx.Client | None = None

    def load(self) -> None:
        """Check that the server answers. Raises `Unavailable` with the reason."""
        if not self._base.startswith(("http://", "https://")):
            raise Unavailable(f"mind.endpoint {self._base!r} is not an http(s) URL")
        key = os.environ.get("IDOL_MODEL_KEY", "")
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            transport=self._transport,
        )
        try:
            answer = self._client.get(f"{self._base}/models")
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._base} does not answer: {error}") from error
        # A server may lack the list of models; only a refusal of the key is final.
        if answer.status_code in (401, 403):
            raise Unavailable(f"{self._base} refuses the key ({answer.status_code})")

    def stream(
        self, prompts: Sequence[Prompt], *, max_tokens: int, stop: Callable[[], bool]
    ) -> Iterator[str]:
        """Yield the answer as it comes; closing the connection stops the server."""
        if self._client is None:
            raise Unavailable("the model is not loaded")
        if stop():
            return
        body = {
            "model": self.name,
            "messages": [{"role": p.role, "content": p.content} for p in prompts],
            "max_tokens": max_tokens,
            "stream": True,
            "temperature": 0.7,
        }
        try:
            with self._client.stream(
                "POST", f"{self._base}/chat/completions", json=body
            ) as response:
                if response.status_code != 200:
                    detail = response.read()[:200].decode("utf-8", "replace")
                    raise Unavailable(f"{self._base} answered {response.status_code}: {detail}")
                for line in response.iter_lines():
                    if stop():
                        return
                    if text := _text(line):
                        yield text
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._base} failed: {error}") from error


def _text(line: str) -> str:
    """The text in one line of the event stream, or empty."""
    if not line.startswith("data:"):
        return ""
    data = line[5:].strip()
    if data == "[DONE]":
        return ""
    try:
        delta = json.loads(data)["choices"][0]["delta"]
        return str(delta.get("content") or "")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return ""  # a comment, a usage report, or a dialect's own event
