"""What sold, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from idol.commerce.money import show as show_money
from idol.commerce.outcomes import Report
from idol.model import Money

_MONEY = ("gmv", "refunded", "paid_minor", "total")


def tables(report: Report) -> Iterator[Table]:
    """Totals, then by product, segment, spoken line and source."""
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
    for title in ("listing", "segment", "utterance", "source"):
        rows: tuple[dict[str, object], ...] = getattr(report, f"by_{title}")
        if rows:
            yield _table(title, rows, report.currency)


def _table(title: str, rows: tuple[dict[str, object], ...], currency: str) -> Table:
    table = Table(*rows[0], title=f"by {title}")
    for row in rows:
        table.add_row(*(_cell(key, value, currency) for key, value in row.items()))
    return table


def _cell(key: str, value: object, currency: str) -> str:
    if key in _MONEY and isinstance(value, int):
        return show_money(Money(value, currency))
    if key == "conversion" and isinstance(value, int):
        return f"{value / 100:.1f}%"
    return str(value)
