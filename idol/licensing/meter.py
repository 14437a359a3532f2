"""The audit: one JSON line per decision, appended and flushed; airings are counted from it.

The file is the truth, so a restarted show goes on counting where it was.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from idol.licensing.policy import Allow, Decision


class Meter:
    """Counts airings by grant id. A torn last line (a crash while writing) is left out."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._airings: Counter[str] = Counter()
        for record in read(file):
            if record.get("event") == "aired":
                self._airings[str(record.get("grant"))] += 1

    def airings(self, grant_id: str) -> int:
        """How often a segment has aired under this grant."""
        return self._airings[grant_id]

    def record(self, decision: Decision, now: float, **details: Any) -> None:
        """Write down a decision; an `Allow` is an airing."""
        if isinstance(decision, Allow):
            grant = decision.grant
            self._airings[grant.id] += 1
            entry = {"event": "aired", "grant": grant.id, "brand": grant.brand}
        else:
            entry = {"event": "refused", "clause": decision.clause, "reason": decision.reason}
        self._append({"at": round(now, 3), **entry, **details})

    def _append(self, entry: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as out:
            torn = out.tell() and not _ends_with_newline(self._file)
            text = json.dumps(entry, ensure_ascii=False)
            out.write((("\n" if torn else "") + text + "\n").encode())
            out.flush()
            os.fsync(out.fileno())


def read(file: Path) -> list[dict[str, Any]]:
    """All records of an audit file, oldest first; lines that cannot be read are left out."""
    if not file.exists():
        return []
    records = []
    for line in file.read_bytes().splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records


def _ends_with_newline(file: Path) -> bool:
    with file.open("rb") as data:
        data.seek(-1, os.SEEK_END)
        return data.read(1) == b"\n"
