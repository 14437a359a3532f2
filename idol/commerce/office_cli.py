"""`idol shop`: the back office on the command line, from the same actions as the console's.

It opens the ledger itself, also while a show is live: the show follows within a second. Refunds
and webhooks that an action causes are sent by the live show, the next one if none is live.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic_core import PydanticUndefined
from rich.console import Console
from rich.table import Table
from rich.text import Text

from idol.commerce import demand, money, office, persons, production, suppliers
from idol.commerce.elsewhere import leave_word
from idol.commerce.holds import Rules
from idol.commerce.office_actions import ACTIONS, Action, read
from idol.commerce.webhooks import publish
from idol.config import Settings, load
from idol.model import Money
from idol.store import Tx, open_store

T = TypeVar("T")
office_app = typer.Typer(
    help="Orders, parcels, returns, presale lots, production, offers, persons.",
    no_args_is_help=True,
)
Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file (idol.toml).")]
By = Annotated[str, typer.Option("--by", help="Who does it; written into the books.")]
Currency = Annotated[str, typer.Option(help="Currency of amounts that are typed.")]
_COLUMNS: dict[str, tuple[str, ...]] = {
    "orders": ("number", "state", "viewer", "total", "lines", "open_lines", "parcels"),
    "returns": ("id", "order_number", "sku", "quantity", "state", "reason", "amount"),
    "lots": ("name", "sku", "supplier", "state", "capacity", "reserved", "ready_on", "delay"),
    "alerts": ("lot", "sku", "ships_by", "pieces", "orders", "chance"),
    "production": ("id", "sequence", "lot", "sku", "quantity", "ready_on", "state", "approved_by"),
    "suppliers": ("id", "name", "minimum", "step", "most", "lead", "rest", "url"),
    "delays": ("id", "lot", "was_on", "now_on", "asked", "consented", "refunded"),
    "waves": ("id", "sku", "quantity", "at", "state"),
    "groups": ("id", "listing", "state", "tiers", "now", "final"),
    "coupons": ("code", "kind", "value", "least", "uses", "used"),
    "packets": ("id", "state", "entrants", "odds", "commitment"),
    "variants": ("sku", "listing", "left"),
}


@office_app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help=", ".join(office.LISTS))] = "orders",
    config: Config = None,
    currency: Currency = "CNY",
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
) -> None:
    """Show one of the lists of the back office."""
    if what not in office.LISTS:
        raise typer.BadParameter(f"one of {', '.join(office.LISTS)}")
    rows = _with(config, currency, "", lambda tx, desk: office.LISTS[what](tx, desk))
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    table = Table()
    for name in _COLUMNS[what]:
        table.add_column(name, overflow="fold")  # a number cut short is of no use
    for row in rows:
        table.add_row(*(Text(_cell(row.get(name))) for name in _COLUMNS[what]))
    Console().print(table)


@office_app.command()
def advise(
    sku: Annotated[str, typer.Argument(help="The variant.")],
    cost: Annotated[str, typer.Option(help="What a piece costs to make.")],
    salvage: Annotated[str, typer.Option(help="What a piece left over fetches.")] = "0",
    supplier: Annotated[str, typer.Option(help="Whose minimum and steps to keep to.")] = "",
    more: Annotated[int, typer.Option(help="Minutes that it will still be on air.")] = 10,
    plot: Annotated[Path | None, typer.Option(help="Draw the reason into this SVG file.")] = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "en",
    currency: Currency = "CNY",
    config: Config = None,
) -> None:
    """How large a lot to order, from the show's own demand, and why."""
    language: Any = "zh" if lang == "zh" else "en"
    found = _with(
        config, currency, "",
        lambda tx, desk: demand.propose(
            tx, sku, cost, salvage, supplier, more, currency, desk.now, language
        ),
    )  # fmt: skip
    typer.echo(found.reason[language])
    if plot is not None:
        plot.write_text(found.plot, "utf-8")
        typer.echo(f"-> {plot}")


@office_app.command("production-csv")
def production_csv(
    file: Annotated[Path, typer.Argument(help="File to write.")], config: Config = None
) -> None:
    """Write all production orders as CSV, for the factory's spreadsheet."""
    text = _with(config, "CNY", "", lambda tx, desk: production.to_csv(production.every(tx)))
    file.write_text(text, "utf-8-sig", newline="")
    typer.echo(f"-> {file}")


@office_app.command("export-person")
def export_person(
    who: Annotated[str, typer.Argument(help="Viewer id, or the number of an order of theirs.")],
    file: Annotated[Path, typer.Argument(help="JSON file to write.")],
    config: Config = None,
) -> None:
    """Write everything that is kept of one person."""
    data = _with(config, "CNY", "", lambda tx, desk: persons.export(tx, persons.find(tx, who)))
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1, default=str), "utf-8")
    typer.echo(f"-> {file}: {sum(len(v) for v in data.values() if isinstance(v, list))} rows")


@office_app.command("erase-person")
def erase_person(
    who: Annotated[str, typer.Argument(help="Viewer id, or the number of an order of theirs.")],
    by: By,
    config: Config = None,
) -> None:
    """Forget a person as far as the law allows; sales stay three years without the name."""
    finish = _with(
        config, "CNY", by,
        lambda tx, desk: persons.erase(tx, persons.find(tx, who), desk.now, by),
    )  # fmt: skip
    typer.echo(f"erased; the last records go on {datetime.fromtimestamp(finish):%Y-%m-%d}")


def _command(kind: type[Action]) -> Callable[..., None]:
    """A command with an argument for each field that is needed, an option for each other."""

    def run(config: Path | None, by: str, currency: str, **values: Any) -> None:
        given = {"do": kind.model_fields["do"].default}
        given |= {name: value for name, value in values.items() if value is not None}
        action = read(given)

        def work(tx: Tx, desk: office.Desk) -> Any:
            result, events = office.carry_out(tx, action, desk)
            publish(tx, events, desk.rules.webhooks, desk.now)
            leave_word(tx, events, desk.now)
            return office.plain(result)

        result = _with(config, currency, by, work, write=True)
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1, default=str))

    parameters = []
    for name, info in kind.model_fields.items():
        if name == "do":
            continue
        shape, default = _shape(info.annotation), info.default
        needed = default is PydanticUndefined
        note = typer.Argument() if needed else typer.Option(f"--{name.replace('_', '-')}")
        parameters.append(
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if needed else _default(default),
                annotation=Annotated[shape, note],
            )
        )
    for name, annotation, default in (
        ("by", By, "cli"),
        ("currency", Currency, "CNY"),
        ("config", Config, None),
    ):
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
        )
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    run.__doc__ = kind.__doc__
    return run


def _shape(annotation: Any) -> Any:
    text = str(annotation)
    if "date" in text:
        return str | None if "None" in text else str
    if "tuple" in text:
        return list[int]
    if "bool" in text:
        return bool
    if "float" in text:
        return float
    if "int" in text:
        return int | None if "None" in text else int
    return str


def _default(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


for _kind in ACTIONS:
    office_app.command(str(_kind.model_fields["do"].default))(_command(_kind))


def _with(
    config: Path | None,
    currency: str,
    by: str,
    work: Callable[[Tx, office.Desk], T],
    *,
    write: bool | None = None,
) -> T:
    """Run one transaction on the ledger that the settings name."""
    default = Path("idol.toml")
    file = config if config is not None else default if default.is_file() else None
    settings: Settings = load(file)
    store = open_store(settings.shop.database, Path(settings.data))
    try:
        base = Rules(
            hold_seconds=float(settings.shop.hold_seconds), webhooks=settings.shop.webhooks
        )
        dates = store.read(lambda tx: suppliers.dates(tx, base.dates))
        rules = Rules(hold_seconds=base.hold_seconds, dates=dates, webhooks=base.webhooks)
        desk = office.Desk(by, time.time(), rules, currency)
        if write or (write is None and by):

            async def submitted() -> T:
                return await store.submit(lambda tx: work(tx, desk))

            return asyncio.run(submitted())
        return store.read(lambda tx: work(tx, desk))
    finally:
        store.close()


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case {"minor": int(minor), "currency": str(currency)}:
            return money.show(Money(minor, currency))
        case {"name": str(name)}:
            return name
        case [{"sku": _}, *_]:  # numbered as `open_lines` and `ship --lines` name them
            return ", ".join(f"{n}: {row['sku']} ×{row['quantity']}" for n, row in enumerate(value))
        case [{"tracking": _}, *_]:
            return ", ".join(row["tracking"] for row in value)
        case list():
            return " ".join(str(item) for item in value)
        case _:
            return str(value)
