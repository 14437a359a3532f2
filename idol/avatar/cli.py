"""`idol avatar check | import | preview`: bring your own idol."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from idol.errors import BadInput
from idol.model import Language

avatar_app = typer.Typer(
    help="自带形象：检查、导入、调试。Bring your own idol: check, import, preview.",
    no_args_is_help=True,
)

Folder = Annotated[Path, typer.Argument(help="形象文件夹 / avatar folder")]
Tongue = Annotated[str, typer.Option("--language", "-l", help="zh | en (by default as LANG says)")]


def _language(asked: str) -> Language:
    asked = asked or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh" if asked.lower().startswith("zh") else "en"


def find(name: str, kind: str) -> Path:
    """The folder `name`, or the one of that name in assets/KIND, here or beside the program."""
    for root in (Path(), Path("assets") / kind, Path(__file__).parents[2] / "assets" / kind):
        if (root / name).is_dir():
            return root / name
    raise BadInput(f"there is no folder and no name {name!r}", where=f"assets/{kind}")


def _stages() -> dict[str, Path]:
    studio = find("studio", "stages")
    return {f.name: f for f in sorted(studio.parent.iterdir()) if (f / "stage.yaml").is_file()}


@avatar_app.command("check")
def check(
    folder: Folder,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", "-p", help="写一张标出问题的图 / write a proof sheet (PNG)"),
    ] = None,
    language: Tongue = "",
) -> None:
    """检查形象文件夹，可输出标注图。Name every mistake, and draw a sheet that shows where."""
    import cv2

    from idol.avatar import sheet
    from idol.avatar.baking import baking
    from idol.avatar.proof import prove

    tongue = _language(language)
    with baking() as tell:
        proof = prove(folder, tell)
    for finding in proof.findings:
        mark = "" if finding.serious else "提醒 " if tongue == "zh" else "remark: "
        typer.echo(mark + finding.say(tongue), err=finding.serious)
    if picture is not None:
        picture.parent.mkdir(parents=True, exist_ok=True)
        _, png = cv2.imencode(".png", sheet.draw(proof, tongue))
        picture.write_bytes(png.tobytes())
        typer.echo(f"{'图' if tongue == 'zh' else 'picture'}: {picture}")
    if not proof.good:
        raise typer.Exit(1)
    drawings = len(proof.pictures)
    good = f"{drawings} 张图，可以上镜" if tongue == "zh" else f"{drawings} drawings, fit for air"
    typer.echo(f"{folder}: {good}")


@avatar_app.command("import")
def import_(
    source: Annotated[
        Path, typer.Argument(help="分层 PSD 或 PNG 图层文件夹 / layered PSD, or folder of PNGs")
    ],
    to: Annotated[Path, typer.Option("--to", help="形象文件夹 / the avatar folder to make")],
    like: Annotated[
        str, typer.Option(help="表情与动作取自 / whose expressions and gestures it takes")
    ] = "aira",
    force: Annotated[
        bool, typer.Option("--force", help="覆盖已有文件夹 / write over a folder that is there")
    ] = False,
    language: Tongue = "",
) -> None:
    """从分层图生成形象文件夹。Make an avatar folder of a layered drawing."""
    import shutil

    from idol.avatar import importing

    tongue = _language(language)
    if to.exists() and not force:
        raise BadInput("is there already; --force writes over it", where=str(to))
    if to.exists():
        if any(to.iterdir()) and not (to / "avatar.yaml").is_file():
            raise BadInput("is not an avatar folder: not written over", where=str(to))
        shutil.rmtree(to)
    findings = importing.make(source, to, find(like, "idols"))
    for finding in findings:
        mark = "" if finding.serious else "提醒 " if tongue == "zh" else "remark: "
        typer.echo(mark + finding.say(tongue), err=finding.serious)
    if any(f.serious for f in findings):
        raise typer.Exit(1)
    check(to, picture=None, language=language)


@avatar_app.command("preview")
def preview(
    name: Annotated[
        str, typer.Argument(help="形象名或文件夹 / name or folder of an idol")
    ] = "aira",
    port: Annotated[int, typer.Option(help="端口 / port of the page")] = 8090,
) -> None:
    """打开调试页：每个参数都能拖动，改文件即刷新。A page to move her by hand, with hot reload."""
    import uvicorn

    from idol.avatar.preview.booth import Booth
    from idol.avatar.preview.server import create_app

    booth = Booth(find(name, "idols"), _stages())
    typer.echo(f"http://127.0.0.1:{port}/")
    uvicorn.run(create_app(booth), host="127.0.0.1", port=port, log_level="warning")


@avatar_app.command("sheet")
def sheet_(
    name: Annotated[
        str, typer.Argument(help="形象名或文件夹 / name or folder of an idol")
    ] = "aira",
    out: Annotated[Path, typer.Option("--out", "-o", help="写到哪里 / folder to write to")] = Path(
        "sheets"
    ),
    what: Annotated[
        str, typer.Option(help="emotions,visemes,gestures,states / 逗号分隔，默认全部")
    ] = "",
    stage: Annotated[
        str, typer.Option(help="舞台名或文件夹 / name or folder of a stage")
    ] = "studio",
    size: Annotated[str, typer.Option(help="宽x高 / width x height")] = "540x960",
) -> None:
    """看一眼她的全部表情、口型、手势和状态。Contact sheets of faces, mouths, gestures, states."""
    import cv2

    from idol.avatar import contact
    from idol.avatar.baking import baking

    folder = find(name, "idols")
    sheets = [word.strip() for word in what.split(",") if word.strip()] or list(contact.SHEETS)
    for sheet in sheets:
        if sheet not in contact.SHEETS:
            raise BadInput(f"there is no sheet {sheet!r}; there are " + ", ".join(contact.SHEETS))
    width, _, height = size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise BadInput(f"{size!r} is not WIDTHxHEIGHT", where="--size")
    with baking() as tell:
        camera = contact.Camera(folder, find(stage, "stages"), (int(width), int(height)), tell=tell)
    out.mkdir(parents=True, exist_ok=True)
    for sheet in sheets:
        path = out / f"{folder.name}-{sheet}.png"
        cv2.imwrite(str(path), contact.SHEETS[sheet](camera))
        typer.echo(str(path))
