"""`idol products`: bring a merchant's own product file into a show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from idol.errors import IdolError

products_app = typer.Typer(help="Products of a show.", no_args_is_help=True)
_AT_ONCE = 8
_NAMED = 20
"""Rejected rows that are printed; the file beside the table names all of them."""


@products_app.callback()
def _products() -> None:
    """A group, also while it has one command."""


@products_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, Excel (.xlsx) or a Shopify product export.")],
    show: Annotated[Path, typer.Option(help="Show folder to import into.")],
    currency: Annotated[str, typer.Option(help="Currency of the prices.")] = "CNY",
    pictures: Annotated[bool, typer.Option(help="Fetch the pictures that it links to.")] = True,
    dry_run: Annotated[bool, typer.Option(help="Only check; write nothing.")] = False,
) -> None:
    """Read products, name every row that is wrong, fetch pictures once, add them to the show.

    Exits with 1 if a row was rejected; the good ones are in the show all the same.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from idol.commerce import importing, product_files

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns) as bar:
        reading = bar.add_task("rows", total=None)
        result = importing.Import()
        for result in importing.read(file, currency):
            bar.update(reading, completed=result.rows)
        bar.update(reading, total=result.rows, completed=result.rows)
        result.items, clashing = product_files.fit(result.items, show, currency)
        result.rejected = sorted([*result.rejected, *clashing], key=lambda row: row.row)
        urls = sorted({item.picture for item in result.items if item.picture})
        fetched: dict[str, Path] = {}
        failed: dict[str, str] = {}
        if pictures and urls and not dry_run:
            task = bar.add_task("pictures", total=len(urls))
            fetched, failed = asyncio.run(
                _fetch(urls, show / "pictures", lambda: bar.advance(task))
            )
    for row in result.rejected[:_NAMED]:
        typer.echo(f"row {row.row}: {row.reason}", err=True)
    for url, why in list(failed.items())[:_NAMED]:
        typer.echo(f"picture {url}: {why}", err=True)
    if result.rejected and not dry_run:
        listed = show / "rejected.csv"
        product_files.write_rejected(result.rejected, listed)
        typer.echo(f"{len(result.rejected)} rows rejected, all in {listed}", err=True)
    typer.echo(
        f"{result.rows} rows: {len(result.items)} taken, {len(result.rejected)} rejected,"
        f" {result.extra} of pictures alone; {len(fetched)} pictures, {len(failed)} failed"
    )
    if result.items and not dry_run:
        done = product_files.write(result.items, show, fetched)
        typer.echo(
            f"{show}: {done.products} new products, {done.added} rows added,"
            f" {done.changed} changed, {done.kept} kept"
        )
    if result.rejected:
        raise typer.Exit(1)


async def _fetch(
    urls: list[str], folder: Path, step: Callable[[], None]
) -> tuple[dict[str, Path], dict[str, str]]:
    from idol.commerce.fetching import PictureFetcher

    fetcher, gate = PictureFetcher(folder), asyncio.Semaphore(_AT_ONCE)
    fetched: dict[str, Path] = {}
    failed: dict[str, str] = {}

    async def one(url: str) -> None:
        async with gate:
            try:
                fetched[url] = await fetcher.fetch(url)
            except (IdolError, TimeoutError, OSError) as error:
                failed[url] = str(error) or type(error).__name__
            finally:
                step()

    await asyncio.gather(*(one(url) for url in urls))
    return fetched, failed
