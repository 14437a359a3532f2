"""A real show in a process of its own, for end-to-end tests and benchmarks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PASSWORD = "a-password-for-tests"
_URL = re.compile(r"viewers\s+(http://\S+)/")


@dataclass
class Live:
    """A show on air. `log` grows with every line that the process prints."""

    url: str
    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self.process.pid

    def health(self) -> dict[str, object]:
        """What /healthz says."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
            answer: dict[str, object] = json.load(response)
        return answer

    def worker(self, name: str) -> int:
        """Process id of a worker, from the newest line of the log that names it."""
        for line in reversed(self.log):
            if f"worker={name}" in line and (match := re.search(r"pid=(\d+)", line)):
                return int(match[1])
        raise LookupError(f"no worker {name!r} in the log:\n" + "\n".join(self.log[-20:]))

    async def until(self, words: str, *, seconds: float, since: int = 0) -> str:
        """Wait for a line of the log, from line `since` on, that holds `words`."""
        async with asyncio.timeout(seconds):
            while True:
                for line in self.log[since:]:
                    if words in line:
                        return line
                await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def on_air(
    show: Path, data: Path, *, settings: Mapping[str, str] | None = None, patience: float = 120.0
) -> AsyncIterator[Live]:
    """`idol live` on a free port, ended afterwards. `settings` are IDOL_* variables."""
    # IDOL_E2E_* says how long a test is; the product would refuse it as an unknown setting.
    ours = {key: value for key, value in os.environ.items() if not key.startswith("IDOL_E2E_")}
    environ = {
        **ours,
        "PYTHONUNBUFFERED": "1",
        "IDOL_DATA": str(data),
        "IDOL_WEB__PORT": "0",
        "IDOL_CONSOLE_PASSWORD": PASSWORD,
        **(settings or {}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from idol.cli import main; main()",
        "live",
        str(show),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    live = Live("", process)
    reader = asyncio.create_task(_read(process, live))
    try:
        async with asyncio.timeout(patience):
            while not live.url:
                if reader.done():
                    raise RuntimeError("the show did not start:\n" + "\n".join(live.log[-30:]))
                await asyncio.sleep(0.05)
        yield live
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)


async def _read(process: asyncio.subprocess.Process, live: Live) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        text = re.sub(r"\x1b\[[0-9;]*m", "", line.decode("utf-8", "replace")).rstrip()
        live.log.append(text)
        if match := _URL.search(text):
            live.url = match[1]
