"""Push to a platform by RTMP or RTMPS. One output for each platform, as many as you like."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from idol.errors import BadInput, Unavailable
from idol.stream import platforms
from idol.stream.outputs.mux import Muxed
from idol.stream.outputs.options import CONNECT_S, Options, checked, key, reach


class RtmpOptions(Options):
    """`url` is the server's address without the key; with `platform`, its usual one is known."""

    platform: str = ""
    url: str = ""
    confirmed: tuple[platforms.Check, ...] = ()
    """What of the platform's rules the operator has seen to; see `show.policy`."""


class RtmpOutput(Muxed):
    """Settings: `platform` (a name in platforms.yaml) or `url`; the key from the environment."""

    name = "rtmp"
    format = "flv"

    def open(self, settings: Mapping[str, Any]) -> None:
        options = checked(RtmpOptions, settings, self.name)
        name = options.name or options.platform or self.name
        url = options.url
        if options.platform:
            platform = platforms.platform(options.platform, where=f"outputs.{name}.platform")
            self.key_seconds = platform.key_seconds
            url = url or platform.server
            if not url:
                raise BadInput(
                    f"{options.platform} gives each stream a server of its own: copy it from there",
                    where=f"outputs.{name}.url",
                )
        parts = urlsplit(url)
        if parts.scheme not in ("rtmp", "rtmps") or not parts.hostname:
            raise BadInput("must be rtmp://server/app or rtmps://", where=f"outputs.{name}.url")
        self._secure = parts.scheme == "rtmps"
        self._host = parts.hostname
        self._port = parts.port or (443 if self._secure else 1935)
        self._url = f"{url.rstrip('/')}/{key(name)}"

    def target(self) -> str:
        if self._secure:
            trusted(self._host, self._port)
        else:
            reach(self._host, self._port)
        return self._url

    def options(self) -> dict[str, str]:
        return {"flvflags": "no_duration_filesize", "flush_packets": "1"}


def trusted(host: str, port: int) -> None:
    """Raises `Unavailable` unless the server shows a certificate that this machine trusts.

    FFmpeg's own TLS does not look at it, and a stream key is a password.
    """
    reach(host, port)
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return
    except ssl.SSLCertVerificationError as error:
        raise Unavailable(f"{host}: its certificate is not good: {error.verify_message}") from None
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(f"{host}:{port}: no TLS: {error}") from None
