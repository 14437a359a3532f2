"""The report's tables as files for other programs: CSV always, Parquet where pyarrow is."""

from __future__ import annotations

import csv
from pathlib import Path

from idol.commerce.analysis import Analysis, Table
from idol.errors import Missing

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(analysis: Analysis, folder: Path) -> list[Path]:
    """One UTF-8 file for each table, with a mark that spreadsheets know; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, table in _tables(analysis).items():
        file = folder / f"{name}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            if table:
                writer.writerow(table[0])
            writer.writerows([_cell(value) for value in row.values()] for row in table)
        files.append(file)
    return files


def to_parquet(analysis: Analysis, folder: Path) -> list[Path]:
    """One file for each table that has rows. Raises `Missing` without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise Missing("Parquet needs pyarrow: pip install 'idol[report]'") from error
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for name, table in _tables(analysis).items():
        if table:
            file = folder / f"{name}.parquet"
            parquet.write_table(pyarrow.Table.from_pylist(table), file)
            files.append(file)
    return files


def _tables(analysis: Analysis) -> dict[str, Table]:
    totals: Table = [{"currency": analysis.currency, **analysis.totals}]
    return {"totals": totals, **analysis.tables}


def _cell(value: object) -> object:
    """Viewers' words may look like a formula: a spreadsheet must not run them."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
