"""What sold, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from idol.commerce.analysis import Analysis
from idol.commerce.money import show as show_money
from idol.commerce.outcomes import Report
from idol.model import Money

_MONEY = frozenset(
    ("gmv", "refunded", "gpm", "uv_value", "on_air", "last_explained", "five_minutes")
)
_WIDE = frozenset(("at", "times", "click_rate", "conversion", "pieces", "interested", "heard_by"))
_LONGEST = 40
"""Rows of one table on a terminal; files hold them all."""


def tables(report: Report) -> Iterator[Table]:
    """Totals, then by product, segment and source."""
    totals = Table("orders", "paid", "pieces", "sold", "refunded", "holds", "holds expired")
    totals.add_row(
        str(report.orders),
        str(report.paid),
        str(report.pieces),
        show_money(Money(report.gmv, report.currency)),
        show_money(Money(report.refunded, report.currency)),
        str(report.holds),
        str(report.holds_expired),
    )
    yield totals
    for title in ("listing", "segment", "source"):
        rows: tuple[dict[str, object], ...] = getattr(report, f"by_{title}")
        if rows:
            yield _table(f"by {title}", rows, report.currency)


def analysis_tables(analysis: Analysis) -> Iterator[Table]:
    """The funnel, then minutes, segments, products, lines by both models, and who was left out."""
    yield _table("funnel", (dict(analysis.totals),), analysis.currency)
    for name in ("minutes", "segments", "listings", "lines", "bots"):
        rows = tuple(_narrow(row) for row in analysis.tables[name][:_LONGEST])
        if rows:
            yield _table(name, rows, analysis.currency)


def _narrow(row: dict[str, object]) -> dict[str, object]:
    """Without the columns that a terminal has no room for; the files have them."""
    return {name: value for name, value in row.items() if name not in _WIDE}


def _table(title: str, rows: tuple[dict[str, object], ...], currency: str) -> Table:
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(_cell(key, value, currency) for key, value in row.items()))
    return table


def _cell(key: str, value: object, currency: str) -> str:
    if key in _MONEY and isinstance(value, int):
        return show_money(Money(value, currency))
    if key in ("conversion", "click_rate") and isinstance(value, int):
        return f"{value / 100:.1f}%"
    return str(value) if len(str(value)) <= _LONGEST else f"{str(value)[:_LONGEST]}…"
