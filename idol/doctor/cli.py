"""The command `idol doctor`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

MARKS = {"good": ("good", "green"), "warn": ("warn", "yellow"), "bad": ("BAD ", "red")}


def doctor(
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Settings file (idol.toml).")
    ] = None,
) -> None:
    """Say what this machine lacks, and what a viewer on the internet would meet."""
    from idol import config as configs
    from idol.doctor import Finding, machine, network, platforms

    default = Path("idol.toml")
    settings = configs.load(config or (default if default.is_file() else None))

    async def look() -> list[Finding]:
        found = list(machine.look(settings))
        found += [finding async for finding in network.look(settings)]
        found += [finding async for finding in platforms.look(settings)]
        return found

    found = asyncio.run(look())
    for one in found:
        typer.echo(f"{typer.style(*MARKS[one.level])}  {one.what}: {one.found}")
        if one.advice:
            typer.echo(f"      -> {one.advice}")
    if any(one.level == "bad" for one in found):
        raise typer.Exit(1)
