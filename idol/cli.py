"""The command line. Imports are inside the commands: `idol --help` must not load torch."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from idol.avatar.cli import avatar_app
from idol.commerce.office_cli import office_app
from idol.commerce.products_cli import products_app
from idol.doctor.cli import doctor
from idol.errors import BadInput, IdolError
from idol.licensing.cli import licence_app
from idol.model import Language

app = typer.Typer(
    help="A virtual-idol live host that presents, answers and sells.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(licence_app, name="licence")
app.add_typer(products_app, name="products")
app.add_typer(office_app, name="shop")
app.add_typer(avatar_app, name="avatar")
app.command()(doctor)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings file (idol.toml).")]
Folder = Annotated[Path, typer.Argument(help="Show folder: show.yaml, products.csv, pictures/.")]
DEFAULT_SHOW = Path("assets/shows/zh-autumn")


@app.command()
def live(
    show: Folder = DEFAULT_SHOW,
    config: Config = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages.")] = None,
    landscape: Annotated[bool, typer.Option(help="1280x720 instead of 720x1280.")] = False,
    record: Annotated[str, typer.Option(help="Record to this MP4 file.")] = "",
    watch: Annotated[bool, typer.Option(help="Reload the idol when her files change.")] = False,
) -> None:
    """Go on air: prints the viewer URL and the console URL with its one-time password."""
    from idol import config as configs
    from idol.serve import serve

    settings = configs.load(_config(config))
    web, stream = settings.web, settings.stream
    if port is not None:
        web = web.model_copy(update={"port": port})
    if landscape:
        stream = stream.model_copy(update={"orientation": "landscape"})
    if record:
        stream = stream.model_copy(update={"record": record})
    if watch:
        stream = stream.model_copy(update={"watch": True})
    settings = settings.model_copy(update={"web": web, "stream": stream, "show": str(show)})
    asyncio.run(serve(settings, typer.echo))


@app.command()
def check(
    show: Folder,
    config: Config = None,
    platform: Annotated[
        list[str] | None, typer.Option(help="Check its rules too, beside those in the settings.")
    ] = None,
) -> None:
    """Name file, line and field of every mistake in a show, and the nearest right word."""
    from idol import config as configs
    from idol.app import ASSETS
    from idol.show import policy
    from idol.show.inspection import inspect
    from idol.show.script import load

    mistakes = inspect(show)
    for mistake in mistakes:
        typer.echo(str(mistake), err=True)
    if mistakes:
        raise typer.Exit(1)
    run = load(show)
    settings = configs.load(_config(config))
    names = {**dict.fromkeys(platform or (), ()), **policy.destinations(settings)}
    verdicts = policy.judge(run, settings, names, ASSETS)
    for verdict in verdicts:
        typer.echo(f"{verdict.level}: {verdict}", err=True)
    if any(verdict.level == "refuse" for verdict in verdicts):
        raise typer.Exit(1)
    typer.echo(f"{show}: {len(run.segments)} segments, {len(run.products)} products, all good")


@app.command()
def rehearse(
    show: Folder,
    minutes: Annotated[float, typer.Option(help="How much of the show to run through.")] = 0.0,
    speech: Annotated[
        bool, typer.Option(help="Then speak all of it, so that nobody waits for her on air.")
    ] = False,
    config: Config = None,
) -> None:
    """Run through the show on a virtual clock: what she would say, when, and how long it is."""
    from idol import config as configs
    from idol.rehearse import rehearse as run

    settings = configs.load(_config(config))
    asyncio.run(run(settings, show, minutes * 60, typer.echo, speech))


@avatar_app.command()
def clip(
    name: Annotated[
        str, typer.Argument(help="形象名或文件夹 / name or folder of an idol")
    ] = "aira",
    to: Annotated[Path, typer.Option("--to", help="MP4 文件 / the MP4 file")] = Path("clip.mp4"),
    seconds: Annotated[float, typer.Option(help="时长 / how long")] = 60.0,
    show: Annotated[Path, typer.Option(help="台词取自 / whose script she speaks")] = DEFAULT_SHOW,
    stage: Annotated[str, typer.Option(help="场景 / stage; by default the show's")] = "",
    theme: Annotated[str, typer.Option(help="卡片主题 / theme; by default the show's")] = "",
    light: Annotated[
        str, typer.Option(help="day | night | auto; 默认取自节目 / by default the show's")
    ] = "",
    landscape: Annotated[bool, typer.Option(help="1280x720")] = False,
    strip: Annotated[
        Path | None, typer.Option(help="画面条 / write twelve frames into this PNG")
    ] = None,
) -> None:
    """生成样片：真实的声音、口型、动作和卡片。Film a sample: real voice, lips, gestures, card."""
    from idol.avatar.baking import baking
    from idol.avatar.cli import find
    from idol.avatar.stage import at_home
    from idol.show.clip import Wanted, film
    from idol.show.script import load
    from idol.telemetry import configure_log

    configure_log("ERROR")
    run = load(show)
    pack = find(name, "idols")
    wanted = Wanted(
        pack,
        find(at_home(stage or run.stage, pack), "stages"),
        (1280, 720) if landscape else (720, 1280),
        seconds=seconds,
        theme=theme,
        light=light,
    )
    tell = _show_progress()
    with baking() as baked:
        made, frames = asyncio.run(
            film(run, wanted, to, lambda part: tell(to.name, round(part * 100), 100), baked)
        )
    if strip is not None:
        strip.write_bytes(frames)
    typer.echo(
        f"{made.path}: {made.seconds:.0f} s, {made.frames} frames, she speaks for"
        f" {made.spoken_s:.0f} s; took {made.took_s:.0f} s, {made.cpu_s:.0f} s of CPU"
    )


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names; by default what the voices need.")
    ] = None,
) -> None:
    """Fetch model weights by pinned hash into the cache."""
    from idol import known_weights, weights

    weights.fetch(names or known_weights.VOICE, None, _show_progress())


@app.command()
def report(
    show: Folder = DEFAULT_SHOW,
    config: Config = None,
    html: Annotated[Path | None, typer.Option(help="Draw the report into this file.")] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write every table into this folder, as CSV.")
    ] = None,
    parquet: Annotated[bool, typer.Option(help="With --export: as Parquet too.")] = False,
    lang: Annotated[str, typer.Option(help="zh or en; by default the show's.")] = "",
) -> None:
    """What sold: totals, by product, segment, minute and spoken line, by two models."""
    from rich.console import Console

    from idol import config as configs
    from idol.commerce import exports, report_page
    from idol.report import sales_report
    from idol.show.insight import tables

    analysis, run = sales_report(configs.load(_config(config)), show)
    language: Language = "zh" if (lang or run.language) == "zh" else "en"
    console = Console()
    for table in tables(analysis, language):
        console.print(table)
    if html is not None:
        page = report_page.page(analysis, run.title.get(language, run.folder.name), language)
        html.write_text(page, "utf-8")
        console.print(f"-> {html}")
    if export is not None:
        files = exports.to_csv(analysis, export)
        if parquet:
            files += exports.to_parquet(analysis, export)
        console.print(f"-> {export}: {', '.join(file.name for file in files)}")


def _config(file: Path | None) -> Path | None:
    default = Path("idol.toml")
    return file if file is not None else default if default.is_file() else None


def _show_progress() -> Callable[[str, int, int], None]:
    shown: dict[str, int] = {}

    def show(name: str, here: int, whole: int) -> None:
        percent = 100 * here // max(1, whole)
        if shown.get(name) != percent:
            shown[name] = percent
            end = "\n" if here >= whole else ""
            much = f" of {whole >> 20} MB" if whole > 1 << 20 else ""
            sys.stderr.write(f"\r      {name}: {percent:3d}%{much}{end}")
            sys.stderr.flush()

    return show


def main() -> None:
    """Entry point: an error that a person can mend is one line, not a traceback."""
    try:
        app()
    except BadInput as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except IdolError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
