"""What sold, as tables that a terminal of 80 columns has room for; the files hold everything."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from idol.commerce import money, report_page
from idol.commerce.analysis import Analysis
from idol.model import Language, Money

_COLUMNS = {
    "minutes": ("minute", "segment", "viewers", "clicks", "holds", "orders", "gmv", "gpm"),
    "segments": ("segment", "viewers", "clicks", "holds", "orders", "gmv", "conversion", "gpm"),
    "listings": ("listing", "viewers", "clicks", "holds", "orders", "gmv", "conversion", "gpm"),
    "lines": ("text", "segment", "holds", "last_explained", "five_minutes"),
    "sales": ("number", "words", "source", "sku", "quantity", "gmv", "state"),
    "bots": ("viewer", "reason"),
}
_WORDS = frozenset(("text", "words"))
_ROWS = 20
"""Rows of one table here."""


def tables(analysis: Analysis, language: Language) -> list[Table]:
    """The funnel, then minutes, segments, products, lines by both models, sales, and bots."""
    word = report_page.word
    totals = Table(title=word("funnel", language), show_header=False)
    for name, value in analysis.totals.items():
        totals.add_row(word(name, language), _cell(name, value, analysis.currency))
    made = [totals]
    for name, columns in _COLUMNS.items():
        rows = analysis.tables.get(name, [])
        if not rows:
            continue
        more = f" ({_ROWS} / {len(rows)})" if len(rows) > _ROWS else ""
        table = Table(title=word(name, language) + more)
        for column in columns:
            text = column in _WORDS
            table.add_column(
                word(column, language), no_wrap=not text, ratio=1 if text else None, overflow="fold"
            )
        for row in rows[:_ROWS]:
            table.add_row(*(_cell(column, row[column], analysis.currency) for column in columns))
        made.append(table)
    return made


def _cell(name: str, value: object, currency: str) -> Text:
    """As text: what a viewer wrote is no markup."""
    return Text(_text(name, value, currency))


def _text(name: str, value: object, currency: str) -> str:
    if name in report_page.MONEY and isinstance(value, int):
        return money.show(Money(value, currency))
    if name in report_page.RATES and isinstance(value, int):
        return f"{value / 100:.1f}%"
    return str(value) or "—"
