"""Copies SQLite's log into its file beside the writer, so that no buyer waits for it."""

from __future__ import annotations

import sqlite3
import threading

_EVERY = 8
"""Commits to one copying. With fewer the same pages are written more often; with more a commit
waits for longer behind the copying's sync, and in a rush the log is never empty: it grows, and
then each commit's sync has to write down the file's new length too."""


class Checkpointer:
    """A thread with a connection of its own, on which it checkpoints. The log is emptied by
    the writer, once all of it is copied."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._commits = 0
        self._due = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
        self._thread.start()

    def committed(self) -> None:
        """Call after each commit, from one thread."""
        self._commits += 1
        if self._commits >= _EVERY:
            self._commits = 0
            self._due.set()

    def close(self) -> None:
        """Once what is being copied is copied."""
        self._closing = True
        self._due.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._due.wait() and not self._closing:
            self._due.clear()
            try:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            except sqlite3.Error:  # a full or broken disk, of which the writer hears itself
                continue
