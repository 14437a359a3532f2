"""Contribution by SRT: MPEG-TS with H.264 and AAC, to a listener."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from idol.errors import BadInput
from idol.stream.outputs.libsrt import SrtCaller
from idol.stream.outputs.mux import Muxed
from idol.stream.outputs.options import Options, checked, key_name


class SrtOptions(Options):
    """`url` is srt://host:port; `latency` in ms. The passphrase comes from the environment."""

    url: str
    latency: int = Field(200, ge=20, le=8000)
    stream_id: str = Field("", max_length=512)


class SrtOutput(Muxed):
    """Encrypted if the output's key is set in the environment (10 to 79 characters)."""

    name = "srt"
    format = "mpegts"
    _caller: SrtCaller | None = None

    def open(self, settings: Mapping[str, Any]) -> None:
        self._options = options = checked(SrtOptions, settings, self.name)
        name = options.name or self.name
        parts = urlsplit(options.url)
        if parts.scheme != "srt" or not parts.hostname or not parts.port:
            raise BadInput("must be srt://host:port", where=f"outputs.{name}.url")
        if parts.query:
            raise BadInput(
                "parameters are settings of their own: latency, stream_id",
                where=f"outputs.{name}.url",
            )
        self._host, self._port = parts.hostname, parts.port
        variable = key_name(name)
        self._passphrase = os.environ.get(variable, "")
        if self._passphrase and not 10 <= len(self._passphrase) <= 79:
            raise BadInput("SRT wants 10 to 79 characters", where=variable)

    def target(self) -> SrtCaller:
        self._caller = SrtCaller(
            self._host,
            self._port,
            latency=self._options.latency,
            passphrase=self._passphrase,
            stream_id=self._options.stream_id,
        )
        return self._caller

    def options(self) -> dict[str, str]:
        return {"flush_packets": "1", "mpegts_flags": "+resend_headers"}

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self._caller is not None:
                self._caller.close()
