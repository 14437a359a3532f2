"""What every benchmark gives: tables, and the facts of the machine they were measured on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

NOT_MEASURED = "n/a"


@dataclass
class Table:
    """One table of a benchmark. `note` says how it was measured and what it leaves out."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def add(self, *cells: object) -> None:
        """Append a row; every cell is turned into text."""
        assert len(cells) == len(self.columns), f"{self.title}: {cells!r}"
        self.rows.append([str(cell) for cell in cells])

    def markdown(self) -> str:
        """The table as GitHub Markdown, with its title and note."""
        lines = [f"**{self.title}**", ""]
        lines += ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        lines += ["| " + " | ".join(c.replace("|", "/") for c in row) + " |" for row in self.rows]
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of them lie; nan if there are none.

    >>> percentile([3, 1, 2], 0.5)
    2
    """
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def machine() -> str:
    """Cores, processor, system and Python, in one line."""
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores, {_processor()}, {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}"
    )


def load() -> str:
    """The load average of the last minute: how busy the machine was with other work, too."""
    return f"{os.getloadavg()[0]:.1f}"


def today() -> str:
    return time.strftime("%Y-%m-%d")


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
